#include "tests/access_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"
#include "wire/nd.h"

static const char config[] =
    "interface Ethernet0/0\n nameif outside\n security-level 0\n ip address 192.0.2.1 "
    "255.255.255.0\n ipv6 address 2001:db8::1/64\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n ip address 10.1.1.1 "
    "255.255.255.0\n ipv6 address 2001:db8:1::1/64\n"
    "interface Ethernet0/2\n nameif dmz\n security-level 50\n ip address 10.2.2.1 255.255.255.0\n"
    "interface Ethernet0/3\n nameif lab\n security-level 50\n ip address 10.3.3.1 255.255.255.0\n"
    "route inside 10.9.0.0 255.255.0.0 10.1.1.99\n"
    "logging enable\nlogging buffered debugging\nlogging buffer-size 100000\n";

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct access_end *e = CONTAINER_OF(s, struct access_end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void answer(struct access_end *e, const struct wr *frame)
{
    gateway_input(e->b->g, (size_t)(e - e->b->end), bytes_of(frame->p, frame->at));
}

static void answer_arp(struct access_end *e, const struct arp *q)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp a = {.op = ARP_REPLY,
                    .sender_mac = e->mac,
                    .sender = q->target,
                    .target_mac = q->sender_mac,
                    .target = q->sender};

    e->gw = q->sender_mac;
    if (q->op != ARP_REQUEST || ip_addr_eq(&q->sender, &q->target))
        return;
    ether_put(&w, &q->sender_mac, &e->mac, ETHER_ARP);
    arp_put(&w, &a);
    answer(e, &w);
}

static void answer_nd(struct access_end *e, const struct pkt *p)
{
    uint8_t frame[128], message[32];
    struct wr w = wr_of(frame, sizeof(frame)), b = wr_of(message, sizeof(message));
    struct nd m;

    if (nd_parse(&p->ip, &m) || m.advertises || ip6_is_unspecified(&p->ip.src))
        return;
    struct nd a = {
        .advertises = true, .solicited = true, .target = m.target, .has_mac = true, .mac = e->mac};
    struct ip ip = {
        .version = 6, .proto = IP_ICMPV6, .ttl = ND_HOP_LIMIT, .src = m.target, .dst = p->ip.src};
    nd_put(&b, &a, &ip.src, &ip.dst);
    ether_put(&w, &p->eth.src, &e->mac, ETHER_IPV6);
    ip_put(&w, &ip, b.at);
    wr_put(&w, wr_bytes(&b));
    answer(e, &w);
}

static void commit(struct sink *s, size_t n)
{
    struct access_end *e = CONTAINER_OF(s, struct access_end, sink);
    uint8_t copy[2048];
    struct pkt p;

    assert_true(n <= sizeof(copy));
    memcpy(copy, e->buf, n); /* an answer comes at once, and may use the memory again */
    pkt_parse(bytes_of(copy, n), &p);
    if (p.kind == PKT_ARP) {
        if (!e->deaf)
            answer_arp(e, &p.arp);
        return;
    }
    if (p.kind == PKT_ICMP && p.ip.version == 6 && p.icmp.type >= ICMP6_NEIGHBOR_SOLICITATION) {
        e->gw = p.eth.src;
        answer_nd(e, &p);
        return;
    }
    e->came++;
    e->n = n - ETHER_HDR_LEN;
    memcpy(e->last, copy + ETHER_HDR_LEN, e->n);
}

static const struct sink_ops ops = {reserve, commit};

/* Asks for the gateway's address, so that its MAC is known. */
static void greet(struct access_bench *b, size_t i, uint32_t addr)
{
    uint8_t frame[64];
    struct wr w = wr_of(frame, sizeof(frame));
    struct arp q = {.op = ARP_REQUEST,
                    .sender_mac = b->end[i].mac,
                    .sender = ip4(addr + 1),
                    .target = ip4(addr)};

    ether_put(&w, &MAC_BROADCAST, &b->end[i].mac, ETHER_ARP);
    arp_put(&w, &q);
    answer(&b->end[i], &w);
}

struct access_bench *access_new(const char *extra)
{
    static const char *const nameifs[] = {"outside", "inside", "dmz", "lab"};
    static const uint32_t addresses[] = {0xc0000201, 0x0a010101, 0x0a020201, 0x0a030301};
    struct access_bench *b = mem_zalloc(sizeof(*b));
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &b->clk.clock, .rng = &b->rng.rng};
    struct diag why = {0};

    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng, 9, "access");
    assert_ok(gw_config_load(c, "config", bytes_str(config), NULL, &why));
    if (gw_config_load(c, "extra", bytes_str(extra), NULL, &why))
        fail_msg("%s", why.text);
    assert_ok(gateway_new(c, &env, &b->g, &why));
    for (size_t i = 0; i < ACCESS_INTERFACES; i++) {
        size_t at;
        assert_ok(gateway_find_interface(b->g, nameifs[i], &at));
        assert_int_equal(at, i);
        b->end[i] =
            (struct access_end){.sink = {&ops}, .b = b, .mac = {{2, 0, 0, 0, 0, (uint8_t)(i + 1)}}};
        gateway_attach(b->g, i, &b->end[i].sink);
    }
    for (size_t i = 0; i < ACCESS_INTERFACES; i++)
        greet(b, i, addresses[i]);
    return b;
}

void access_free(struct access_bench *b)
{
    gateway_free(b->g);
    mem_free(b);
}

void access_wait_s(struct access_bench *b, int64_t s)
{
    struct mono until = mono_add(b->clk.at, SPAN_S(s));

    while (mono_before(gateway_deadline(b->g), until)) {
        clock_sleep_until(&b->clk.clock, gateway_deadline(b->g));
        gateway_tick(b->g);
    }
    clock_sleep_until(&b->clk.clock, until);
}

size_t access_logged(struct access_bench *b, const char *text)
{
    struct buf out = BUF_INIT;
    size_t n = 0;

    gateway_command(b->g, "show logging", &out);
    for (const char *at = buf_str(&out); (at = strstr(at, text)); at++)
        n++;
    buf_release(&out);
    return n;
}

void access_assert_logged(struct access_bench *b, const char *text)
{
    struct buf out = BUF_INIT;

    if (access_logged(b, text))
        return;
    gateway_command(b->g, "show logging", &out);
    fail_msg("not logged: %s\nin\n%s", text, buf_str(&out));
}

struct ip_addr access_address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

void access_send(struct access_bench *b, size_t from, const char *src, const char *dst,
                 uint8_t proto, struct bytes payload)
{
    struct ip ip = {
        .proto = proto, .ttl = 64, .src = access_address(src), .dst = access_address(dst)};
    uint8_t frame[512];
    struct wr w = wr_of(frame, sizeof(frame));

    ip.version = ip.src.family;
    ether_put(&w, &b->end[from].gw, &b->end[from].mac, ip.version == 6 ? ETHER_IPV6 : ETHER_IPV4);
    ip_put(&w, &ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    gateway_input(b->g, from, wr_bytes(&w));
}

void access_send_first(struct access_bench *b, size_t from, const char *src, const char *dst,
                       uint8_t proto, uint16_t port)
{
    struct ip_addr a = access_address(src), to = access_address(dst);
    uint8_t body[64];
    struct wr p = wr_of(body, sizeof(body));

    if (proto == IP_TCP) {
        struct tcp t = {.src = 1000, .dst = port, .seq = 5, .flags = TCP_SYN, .window = 100};
        tcp_put(&p, &t, &a, &to);
    } else if (proto == IP_UDP) {
        struct udp u = {.src = 1000, .dst = port};
        udp_put(&p, &u, &a, &to);
    } else if (proto == IP_ICMP || proto == IP_ICMPV6) {
        struct icmp m = {.type = (uint8_t)port, .rest = 7u << 16 | 1};
        icmp_put(&p, &m, &a, &to);
    } else {
        wr_be32(&p, 0);
    }
    access_send(b, from, src, dst, proto, wr_bytes(&p));
    access_wait_s(b, 0);
}

void access_send_icmp(struct access_bench *b, size_t from, const char *src, const char *dst,
                      const struct icmp *m)
{
    struct ip_addr a = access_address(src), to = access_address(dst);
    uint8_t body[128];
    struct wr p = wr_of(body, sizeof(body));

    icmp_put(&p, m, &a, &to);
    access_send(b, from, src, dst, IP_ICMP, wr_bytes(&p));
}
