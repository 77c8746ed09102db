#include "tests/gateway_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/nd.h"

#include <stdlib.h>

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct lab_end *e = CONTAINER_OF(s, struct lab_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void push(struct gateway_lab *l, enum lab_side to, enum lab_leg leg, const uint8_t *p,
                 size_t n, struct span delay)
{
    struct lab_frame f = {.at = mono_add(l->clk.at, delay), .to = to, .leg = leg, .n = n};

    f.p = mem_array(n, 1);
    memcpy(f.p, p, n);
    if (l->nqueue == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 64;
        l->queue = mem_resize(l->queue, l->cap, sizeof(f));
    }
    size_t at = l->nqueue++;
    for (; at > 0 && mono_before(f.at, l->queue[at - 1].at); at--)
        l->queue[at] = l->queue[at - 1];
    l->queue[at] = f;
}

/* Whoever is asked for on this leg answers. */
static void answer_arp(struct gateway_lab *l, struct lab_end *e, const struct arp *a)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp r = {.op = ARP_REPLY,
                    .sender_mac = e->mac,
                    .sender = a->target,
                    .target_mac = a->sender_mac,
                    .target = a->sender};

    e->gw_mac = a->sender_mac;
    if (a->op != ARP_REQUEST || ip_addr_eq(&a->target, &e->gw_addr))
        return;
    ether_put(&w, &a->sender_mac, &e->mac, ETHER_ARP);
    arp_put(&w, &r);
    push(l, e->side, e->leg, frame, w.at, SPAN_US(10));
}

/* The same for IPv6. False: P is no neighbor discovery. */
static bool answer_nd(struct gateway_lab *l, struct lab_end *e, const struct pkt *p)
{
    uint8_t frame[128], message[32];
    struct wr w = wr_of(frame, sizeof(frame)), b = wr_of(message, sizeof(message));
    struct nd m;

    if (p->kind != PKT_ICMP || p->ip.version != 6 ||
        (p->icmp.type != ICMP6_NEIGHBOR_SOLICITATION &&
         p->icmp.type != ICMP6_NEIGHBOR_ADVERTISEMENT))
        return false;
    assert_ok(nd_parse(&p->ip, &m));
    e->gw_mac = p->eth.src;
    l->nd_seen++;
    if (m.advertises || ip6_is_unspecified(&p->ip.src) || e->deaf)
        return true;
    struct nd answer = {.advertises = true,
                        .solicited = true,
                        .override = true,
                        .target = m.target,
                        .has_mac = true,
                        .mac = e->mac};
    struct ip ip = {
        .version = 6, .proto = IP_ICMPV6, .ttl = ND_HOP_LIMIT, .src = m.target, .dst = p->ip.src};
    nd_put(&b, &answer, &ip.src, &ip.dst);
    ether_put(&w, &p->eth.src, &e->mac, ETHER_IPV6);
    ip_put(&w, &ip, b.at);
    wr_put(&w, wr_bytes(&b));
    push(l, e->side, e->leg, frame, w.at, SPAN_US(10));
    return true;
}

static void count_on_wan(struct gateway_lab *l, const struct pkt *p)
{
    bool ike = p->kind == PKT_UDP && p->udp.dst == 500;

    l->fragments_on_wan += ip_is_fragment(&p->ip);
    if (p->ip.proto == IP_ESP)
        l->esp_on_wan++;
    else if (ike)
        l->ike_on_wan++;
    else
        l->clear_on_wan++;
}

static void out_on_wan(struct gateway_lab *l, struct lab_end *e, const struct pkt *p, size_t n)
{
    struct lab_end *far = &l->end[!e->side][LAB_WAN];
    struct wr w = wr_of(e->buf, n);

    count_on_wan(l, p);
    if (l->wan_down || (l->hook && !l->hook(l, e->side, e->buf, n)))
        return;
    ether_put(&w, &far->gw_mac, &far->mac, p->eth.type); /* the routers between them */
    push(l, far->side, LAB_WAN, e->buf, n, l->wan_delay);
}

static void out_on_lan(struct gateway_lab *l, struct lab_end *e, size_t n)
{
    struct lab_frame f = {.at = l->clk.at, .n = n, .p = mem_array(n, 1)};

    memcpy(f.p, e->buf, n);
    l->got[e->side] = mem_resize(l->got[e->side], l->ngot[e->side] + 1, sizeof(f));
    l->got[e->side][l->ngot[e->side]++] = f;
}

static void commit(struct sink *s, size_t n)
{
    struct lab_end *e = CONTAINER_OF(s, struct lab_end, sink);
    struct pkt p;

    pkt_parse(bytes_of(e->buf, n), &p);
    if (p.kind == PKT_ARP) {
        answer_arp(e->lab, e, &p.arp);
        return;
    }
    assert_true(p.kind != PKT_OTHER);
    if (answer_nd(e->lab, e, &p))
        return;
    assert_true(mac_eq(&p.eth.dst, &e->mac));
    e->gw_mac = p.eth.src;
    if (e->leg == LAB_WAN) {
        out_on_wan(e->lab, e, &p, n);
    } else if (e->leg == LAB_LAN) {
        out_on_lan(e->lab, e, n);
    } else if (p.kind == PKT_UDP && p.udp.dst == 514) {
        buf_add(&e->lab->logs[e->side], p.udp.data.p, p.udp.data.n);
        buf_addc(&e->lab->logs[e->side], '\n');
    }
}

static const struct sink_ops ops = {reserve, commit};

/* --- making and releasing ----------------------------------------------------------------------
 */

static void load(struct gw_config *c, const char *path)
{
    struct gw_load_options opts = {.psk = LAB_PSK};
    struct diag why = {0};
    size_t n;
    uint8_t *text = test_file(path, &n);

    assert_non_null(text);
    if (gw_config_load(c, path, bytes_of(text, n), &opts, &why))
        fail_msg("%s", why.text);
    mem_free(text);
}

static void make(struct gateway_lab *l, enum lab_side side, const char *extra,
                 const struct gateway_model *model)
{
    static const char *const nameifs[] = {"inside", "outside", "management"};
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {
        .clk = &l->clk.clock, .rng = &l->rng[side].rng, .epoch_s = LAB_EPOCH, .model = model};
    struct diag why = {0};

    load(c, side == LAB_BO ? "cases/devices/bo-asa.cfg" : "cases/devices/ho-asa.cfg");
    load(c, "cases/devices/logging.cfg");
    if (extra && gw_config_load(c, "extra", bytes_str(extra), NULL, &why))
        fail_msg("%s", why.text);
    for (int leg = 0; leg < 3; leg++)
        l->end[side][leg].gw_addr = gw_config_interface(c, nameifs[leg])->addr;
    if (gateway_new(c, &env, &l->gw[side], &why))
        fail_msg("%s", why.text);
    for (int leg = 0; leg < 3; leg++) {
        struct lab_end *e = &l->end[side][leg];
        e->sink.ops = &ops;
        e->lab = l;
        e->side = side;
        e->leg = (enum lab_leg)leg;
        e->mac = (struct mac){{0x02, 0x1a, 0xb0, 0, (uint8_t)side, (uint8_t)leg}};
        assert_ok(gateway_find_interface(l->gw[side], nameifs[leg], &e->ifi));
        gateway_attach(l->gw[side], e->ifi, &e->sink);
    }
}

/* Asks a gateway for its address, so that its MAC is known. */
static void greet(struct gateway_lab *l, struct lab_end *e)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp q = {.op = ARP_REQUEST, .sender_mac = e->mac, .target = e->gw_addr};

    q.sender = ip4(ip4_u32(&e->gw_addr) ^ 3);
    ether_put(&w, &MAC_BROADCAST, &e->mac, ETHER_ARP);
    arp_put(&w, &q);
    gateway_input(l->gw[e->side], e->ifi, wr_bytes(&w));
}

void lab_init(struct gateway_lab *l, const char *extra_bo, const char *extra_ho, uint64_t seed)
{
    lab_init_model(l, extra_bo, extra_ho, seed, NULL);
}

void lab_init_model(struct gateway_lab *l, const char *extra_bo, const char *extra_ho,
                    uint64_t seed, const struct gateway_model *model)
{
    memset(l, 0, sizeof(*l));
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng[0], seed, "bo");
    rng_seeded_init(&l->rng[1], seed, "ho");
    l->wan_delay = SPAN_MS(5);
    make(l, LAB_BO, extra_bo, model);
    make(l, LAB_HO, extra_ho, NULL);
    for (int side = 0; side < 2; side++)
        for (int leg = 0; leg < 3; leg++)
            greet(l, &l->end[side][leg]);
    lab_run(l, SPAN_S(1));
}

void lab_release(struct gateway_lab *l)
{
    for (int side = 0; side < 2; side++) {
        gateway_free(l->gw[side]);
        for (size_t i = 0; i < l->ngot[side]; i++)
            mem_free(l->got[side][i].p);
        mem_free(l->got[side]);
        buf_release(&l->logs[side]);
    }
    for (size_t i = 0; i < l->nqueue; i++)
        mem_free(l->queue[i].p);
    mem_free(l->queue);
}

/* --- time and packets --------------------------------------------------------------------------
 */

static void deliver(struct gateway_lab *l)
{
    struct lab_frame f = l->queue[0];

    l->nqueue--;
    memmove(l->queue, l->queue + 1, l->nqueue * sizeof(f));
    gateway_input(l->gw[f.to], l->end[f.to][f.leg].ifi, bytes_of(f.p, f.n));
    mem_free(f.p);
}

void lab_run(struct gateway_lab *l, struct span d)
{
    struct mono until = mono_add(l->clk.at, d);

    for (;;) {
        struct mono t = l->nqueue ? l->queue[0].at : MONO_NEVER;
        t = mono_min(t, mono_min(gateway_deadline(l->gw[0]), gateway_deadline(l->gw[1])));
        if (!mono_before(t, until))
            break;
        clock_sleep_until(&l->clk.clock, t);
        if (l->nqueue && !mono_before(l->clk.at, l->queue[0].at))
            deliver(l);
        gateway_tick(l->gw[0]);
        gateway_tick(l->gw[1]);
    }
    clock_sleep_until(&l->clk.clock, until);
}

void lab_send_packet(struct gateway_lab *l, enum lab_side side, enum lab_leg leg,
                     struct bytes packet)
{
    struct lab_end *e = &l->end[side][leg];
    uint8_t frame[65536];
    struct wr w = wr_of(frame, sizeof(frame));
    struct rd r = rd_of(packet);

    ether_put(&w, &e->gw_mac, &e->mac, rd_u8(&r) >> 4 == 6 ? ETHER_IPV6 : ETHER_IPV4);
    wr_put(&w, packet);
    gateway_input(l->gw[side], e->ifi, wr_bytes(&w));
}

void lab_again(struct gateway_lab *l, enum lab_side side, enum lab_leg leg, const uint8_t *frame,
               size_t n, struct span d)
{
    struct lab_end *e = &l->end[side][leg];
    uint8_t copy[2048];
    struct wr w = wr_of(copy, sizeof(copy));

    wr_put(&w, bytes_of(frame, n));
    w.at = 0;
    ether_put(&w, &e->gw_mac, &e->mac, ETHER_IPV4);
    push(l, side, leg, copy, n, d);
}

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static struct ip header(struct gateway_lab *l, enum lab_side from, uint8_t proto)
{
    struct ip ip = {.version = 4, .proto = proto, .ttl = 64, .id = ++l->id & 0xffff};

    ip.src = address(from == LAB_BO ? LAB_USER : LAB_SERVER);
    ip.dst = address(from == LAB_BO ? LAB_SERVER : LAB_USER);
    return ip;
}

static void send_payload(struct gateway_lab *l, enum lab_side from, const struct ip *ip,
                         struct bytes payload)
{
    uint8_t packet[65536];
    struct wr w = wr_of(packet, sizeof(packet));

    ip_put(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    lab_send_packet(l, from, LAB_LAN, wr_bytes(&w));
}

void lab_send_tcp(struct gateway_lab *l, enum lab_side from, const struct tcp *t)
{
    struct ip ip = header(l, from, IP_TCP);
    uint8_t segment[65536];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, t, &ip.src, &ip.dst);
    send_payload(l, from, &ip, wr_bytes(&w));
}

void lab_send_udp(struct gateway_lab *l, enum lab_side from, uint16_t src, uint16_t dst, size_t n)
{
    static const uint8_t zeros[65536];
    struct ip ip = header(l, from, IP_UDP);
    struct udp u = {.src = src, .dst = dst, .data_len = n, .data = bytes_of(zeros, n)};
    uint8_t datagram[65536];
    struct wr w = wr_of(datagram, sizeof(datagram));

    udp_put(&w, &u, &ip.src, &ip.dst);
    send_payload(l, from, &ip, wr_bytes(&w));
}

void lab_ping(struct gateway_lab *l, enum lab_side from, uint16_t id, size_t n, bool df)
{
    static const uint8_t zeros[65536];
    struct ip ip = header(l, from, IP_ICMP);
    struct icmp m = {.type = ICMP_ECHO, .rest = (uint32_t)id << 16 | 1, .data = bytes_of(zeros, n)};
    uint8_t message[65536];
    struct wr w = wr_of(message, sizeof(message));

    if (from == LAB_HO)
        m.type = ICMP_ECHO_REPLY;
    ip.df = df;
    icmp_put(&w, &m, &ip.src, &ip.dst);
    send_payload(l, from, &ip, wr_bytes(&w));
}

bool lab_take(struct gateway_lab *l, enum lab_side side, struct pkt *out)
{
    if (l->taken[side] == l->ngot[side])
        return false;
    struct lab_frame *f = &l->got[side][l->taken[side]++];
    pkt_parse(bytes_of(f->p, f->n), out);
    return true;
}

size_t lab_flush(struct gateway_lab *l, enum lab_side side)
{
    size_t n = l->ngot[side] - l->taken[side];

    l->taken[side] = l->ngot[side];
    return n;
}
