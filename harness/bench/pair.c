#include "bench/pair.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char tunnel[] =
    "access-list 100 permit ip 10.0.0.0 255.0.0.0 10.0.0.0 255.0.0.0\n"
    "crypto ipsec transform-set s esp-aes esp-sha-hmac\n"
    "crypto map m 5 match address 100\ncrypto map m 5 set transform-set s\n"
    "crypto isakmp policy 5\n authentication pre-share\n"
    "tunnel-group 192.0.2.1 type ipsec-l2l\n"
    "tunnel-group 192.0.2.1 ipsec-attributes\n pre-shared-key k\n"
    "tunnel-group 192.0.2.2 type ipsec-l2l\n"
    "tunnel-group 192.0.2.2 ipsec-attributes\n pre-shared-key k\n";

static const char *const peer[] = {"crypto map m 5 set peer 192.0.2.2\n",
                                   "crypto map m 5 set peer 192.0.2.1\n"};

static const char bound[] = "crypto map m interface outside\ncrypto isakmp enable outside\n";

static const char open[] =
    "access-list in permit ip any any\naccess-group in in interface outside\n";

static const char *const own[] = {
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"
    " ip address 192.0.2.1 255.255.255.0\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n"
    " ip address 10.1.0.1 255.255.255.0\n"
    "route outside 0 0 192.0.2.2\n",
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"
    " ip address 192.0.2.2 255.255.255.0\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n"
    " ip address 10.2.0.1 255.255.255.0\n"
    "route outside 0 0 192.0.2.1\n",
};

double pair_cpu(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

void pair_die(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

/* --- wires -------------------------------------------------------------------------------------
 */

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct pair_end *e = CONTAINER_OF(s, struct pair_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void arrive(struct pair *p, const struct pair_end *e, size_t n)
{
    p->out[e->side]++;
    if (p->blind)
        return;
    memcpy(p->seen[e->side], e->buf, n);
    pkt_parse(bytes_of(p->seen[e->side], n), &p->last[e->side]);
}

static void commit(struct sink *s, size_t n)
{
    struct pair_end *e = CONTAINER_OF(s, struct pair_end, sink);
    struct pair *p = e->pair;

    if (e->leg == PAIR_LAN) {
        arrive(p, e, n);
        return;
    }
    p->wan[e->side]++;
    if (!p->cut)
        gateway_input(p->g[!e->side], 0, bytes_of(e->buf, n));
}

static const struct sink_ops ops = {reserve, commit};

/* --- setup -------------------------------------------------------------------------------------
 */

static void load(struct gw_config *c, const char *text)
{
    struct diag why = {0};

    if (text && gw_config_load(c, "bench", bytes_str(text), NULL, &why))
        pair_die(why.text);
}

static void make(struct pair *p, int side, const struct pair_setup *setup)
{
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &p->clk.clock, .rng = &p->rng[side].rng};
    struct diag why = {0};

    load(c, own[side]);
    load(c, setup->plain ? open : tunnel);
    load(c, setup->plain ? NULL : peer[side]);
    load(c, setup->plain ? NULL : bound);
    load(c, setup->more);
    if (gateway_new(c, &env, &p->g[side], &why))
        pair_die(why.text);
    for (int leg = 0; leg < 2; leg++) {
        p->end[side][leg] =
            (struct pair_end){.sink.ops = &ops, .pair = p, .side = side, .leg = leg};
        gateway_attach(p->g[side], leg == PAIR_WAN ? 0 : 1, &p->end[side][leg].sink);
    }
}

/* The station of SIDE asks for its gateway. */
static void greet(struct pair *p, int side)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp a = {.op = ARP_REQUEST, .sender_mac = {{2, 0, 0, 0, 0, (uint8_t)side}}};

    a.sender = ip4(side == PAIR_BO ? 0x0a010009 : 0x0a020009);
    a.target = ip4(side == PAIR_BO ? 0x0a010001 : 0x0a020001);
    ether_put(&w, &MAC_BROADCAST, &a.sender_mac, ETHER_ARP);
    arp_put(&w, &a);
    gateway_input(p->g[side], 1, wr_bytes(&w));
    p->mac[side] = p->last[side].eth.src;
}

void pair_init(struct pair *p, const struct pair_setup *setup)
{
    *p = (struct pair){0};
    clock_virtual_init(&p->clk);
    rng_seeded_init(&p->rng[0], 1, "bo");
    rng_seeded_init(&p->rng[1], 1, "ho");
    make(p, PAIR_BO, setup);
    make(p, PAIR_HO, setup);
    greet(p, PAIR_BO);
    greet(p, PAIR_HO);
}

void pair_release(struct pair *p)
{
    gateway_free(p->g[0]);
    gateway_free(p->g[1]);
}

/* --- traffic -----------------------------------------------------------------------------------
 */

size_t pair_segment(const struct pair *p, int side, const struct tcp *t, uint8_t *out)
{
    struct mac from = {{2, 0, 0, 0, 0, (uint8_t)side}};
    struct ip ip = {.version = 4, .proto = IP_TCP, .ttl = 64, .df = true};
    struct wr w = wr_of(out, PAIR_FRAME);

    ip.src = ip4(side == PAIR_BO ? 0x0a010009 : 0x0a020009);
    ip.dst = ip4(side == PAIR_BO ? 0x0a020009 : 0x0a010009);
    ether_put(&w, &p->mac[side], &from, ETHER_IPV4);
    ip_put(&w, &ip, TCP_HDR_LEN + t->opts.n + t->data.n);
    tcp_put(&w, t, &ip.src, &ip.dst);
    return w.at;
}

void pair_send(struct pair *p, int side, const struct tcp *t)
{
    uint8_t frame[PAIR_FRAME];
    size_t n = pair_segment(p, side, t, frame);

    gateway_input(p->g[side], 1, bytes_of(frame, n));
}

void pair_wait(struct pair *p, struct span d)
{
    struct mono until = mono_add(p->clk.at, d);

    for (;;) {
        struct mono t = mono_min(gateway_deadline(p->g[0]), gateway_deadline(p->g[1]));
        if (!mono_before(t, until))
            break;
        clock_sleep_until(&p->clk.clock, t);
        gateway_tick(p->g[0]);
        gateway_tick(p->g[1]);
    }
    clock_sleep_until(&p->clk.clock, until);
}

static struct tcp header(const struct pair_flow *f, int side)
{
    bool bo = side == PAIR_BO;

    return (struct tcp){.src = bo ? f->port : 80,
                        .dst = bo ? 80 : f->port,
                        .flags = TCP_ACK,
                        .seq = f->next[side],
                        .ack = f->sees[side],
                        .window = 65535};
}

/* RFC 7323: windows of a gigabyte, so that packets pass without their being acknowledged. */
static const uint8_t wide[] = {1, 3, 3, 14};

void pair_connect(struct pair *p, struct pair_flow *f, uint16_t port)
{
    struct tcp t;

    *f = (struct pair_flow){.port = port, .next = {99, 0}};
    t = header(f, PAIR_BO);
    t.flags = TCP_SYN;
    t.opts = bytes_of(wide, sizeof(wide));
    pair_send(p, PAIR_BO, &t);
    pair_wait(p, SPAN_S(2));
    if (p->last[PAIR_HO].kind != PKT_TCP || p->last[PAIR_HO].tcp.src != port)
        pair_die("the SYN did not arrive");
    f->sees[PAIR_HO] = p->last[PAIR_HO].tcp.seq + 1;
    t = header(f, PAIR_HO);
    t.flags = TCP_SYN | TCP_ACK;
    t.opts = bytes_of(wide, sizeof(wide));
    pair_send(p, PAIR_HO, &t);
    if (p->last[PAIR_BO].kind != PKT_TCP || p->last[PAIR_BO].tcp.dst != port)
        pair_die("the SYN+ACK did not arrive");
    f->sees[PAIR_BO] = p->last[PAIR_BO].tcp.seq + 1;
    f->next[PAIR_BO]++;
    f->next[PAIR_HO]++;
    for (int side = 0; side < 2; side++) { /* windows are scaled from now on */
        t = header(f, side);
        pair_send(p, side, &t);
    }
}

void pair_frame(const struct pair *p, const struct pair_flow *f, int side, size_t n,
                struct pair_frame *out)
{
    static const uint8_t payload[PAIR_FRAME];
    struct tcp t = header(f, side);

    t.data = bytes_of(payload, n);
    out->n = pair_segment(p, side, &t, out->b);
    out->data = n;
}

void pair_next(struct pair *p, struct pair_flow *f, int side, struct pair_frame *frame)
{
    struct wr w = wr_of(frame->b, frame->n);
    size_t tcp = ETHER_HDR_LEN + IP4_HDR_LEN;

    w.at = frame->n;
    wr_fill32(&w, tcp + 4, f->next[side]);
    wr_fill32(&w, tcp + 8, f->sees[side]);
    gateway_input(p->g[side], 1, bytes_of(frame->b, frame->n));
    f->next[side] += (uint32_t)frame->data;
    f->sees[!side] += (uint32_t)frame->data;
}
