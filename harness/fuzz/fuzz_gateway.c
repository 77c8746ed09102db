/* A gateway that is fed whatever the input says: raw frames, packets and segments that nearly fit,
 * ESP, IKE, console lines, time. Whatever comes, what it sends must be whole, and what the crypto
 * map protects must never be in clear on the outside. */
#include "base/mem.h"
#include "gateway/gateway.h"
#include "wire/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES_MAX = 200000, STEPS_MAX = 1000, INTERFACES = 3 };

static const char config[] =
    "hostname fuzzed\n"
    "interface Ethernet0/0\n nameif outside\n security-level 0\n"
    " ip address 209.165.201.2 255.255.255.248\n ipv6 address 2001:db8:a::2/64\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n"
    " ip address 10.224.228.1 255.255.255.0\n ipv6 address 2001:db8:b0::1/64\n"
    "interface Ethernet0/2\n nameif dmz\n security-level 50\n ip address 10.1.1.1 255.255.255.0\n"
    "access-list 100 permit ip 10.224.228.0 255.255.255.128 any\n"
    "access-list in permit ip any any\n"
    "access-group in in interface dmz\n"
    "route outside 0 0 209.165.201.1\nipv6 route outside ::/0 2001:db8:a::1\n"
    "ipv6 access-list 6 permit ip 2001:db8:b0::/64 any\n"
    "logging enable\nlogging trap debugging\nlogging buffered debugging\n"
    "logging host dmz 10.1.1.9\n"
    "sysopt connection preserve-vpn-flows\nservice resetoutside\n"
    "crypto ipsec transform-set s esp-3des esp-md5-hmac\n"
    "crypto map m 5 match address 100\ncrypto map m 5 set peer 209.165.200.10\n"
    "crypto map m 5 set transform-set s\n"
    "crypto map m 6 match address 6\ncrypto map m 6 set peer 209.165.200.10\n"
    "crypto map m 6 set transform-set s\ncrypto map m interface outside\n"
    "crypto isakmp enable outside\n"
    "crypto isakmp policy 5\n authentication pre-share\n encryption 3des\n hash sha\n group 2\n"
    "tunnel-group 209.165.200.10 type ipsec-l2l\n"
    "tunnel-group 209.165.200.10 ipsec-attributes\n pre-shared-key k\n";

struct end {
    struct sink sink;
    struct world *w;
    uint8_t buf[65536 + 64];
};

struct world {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway *g;
    struct end end[INTERFACES];
    struct mac mac[INTERFACES]; /* the gateway's */
    bool typed;                 /* the console may have taken the crypto map away */
    size_t frames;
};

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static bool is_protected(const struct ip_addr *a)
{
    static const uint8_t net6[8] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0xb0};

    if (a->family == 6)
        return memcmp(a->b, net6, sizeof(net6)) == 0;
    return a->family == 4 && ip4_u32(a) >> 7 == 0x0ae0e400u >> 7;
}

static void commit(struct sink *s, size_t n)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);
    size_t at = (size_t)(e - e->w->end);
    struct pkt p;

    pkt_parse(bytes_of(e->buf, n), &p);
    if (p.kind == PKT_OTHER || (p.kind != PKT_ARP && (ip_is_cut(&p.ip) || n > 1514)))
        bug("a broken frame was sent");
    e->w->mac[at] = p.eth.src;
    if (at == 0 && !e->w->typed && p.kind != PKT_ARP && is_protected(&p.ip.src))
        bug("what is to be protected went out in clear");
    if (p.kind == PKT_TCP && !tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst) && !e->w->typed &&
        p.tcp.data.n == 0 && p.tcp.flags == TCP_RST)
        bug("a reset with a bad checksum was sent");
    if (++e->w->frames > FRAMES_MAX)
        bug("a flood of frames was sent");
}

static const struct sink_ops sink_ops = {reserve, commit};

static void input(struct world *w, size_t i, const struct wr *frame)
{
    uint8_t *block = mem_array(frame->at, 1); /* exactly sized */

    memcpy(block, frame->p, frame->at);
    gateway_input(w->g, i, bytes_of(block, frame->at));
    mem_free(block);
}

static struct ip_addr address(struct rd *r)
{
    static const uint32_t known[] = {0x0ae0e40a, 0x0ae0e40b, 0x0ae0e4f0, 0xc0a83214,
                                     0xc0a83215, 0xd1a5c902, 0xd1a5c80a, 0x0ae0e401,
                                     0x0a010109, 0x0a010101, 0xd1a5c901, 0xffffffff};
    uint8_t k = rd_u8(r);

    return ip4(k < COUNT(known) ? known[k] : rd_be32(r));
}

/* Ethernet and IP around what PUT_PAYLOAD has to be. */
static void packet(struct world *w, struct rd *r, uint8_t proto)
{
    uint8_t buf[4096], body[2048];
    struct wr f = wr_of(buf, sizeof(buf)), b = wr_of(body, sizeof(body));
    size_t i = rd_u8(r) % INTERFACES;
    uint8_t how = rd_u8(r);
    struct ip ip = {.version = 4, .proto = proto, .ttl = how & 0x10 ? 1 : 64, .id = how};

    ip.src = address(r);
    ip.dst = address(r);
    ip.df = how & 1;
    ip.more = how & 2;
    ip.frag_off = how & 4 ? rd_u8(r) * 8u : 0;
    struct bytes data = rd_take(r, how & 8 ? 1400 % (rd_left(r) + 1) : rd_u8(r) % (rd_left(r) + 1));
    if (proto == IP_TCP) {
        struct rd d = rd_of(data);
        struct tcp t = {.src = (uint16_t)(1000 + (rd_u8(&d) & 3)),
                        .dst = (uint16_t)(80 + (rd_u8(&d) & 3))};
        t.seq = 5000u + rd_u8(&d);
        t.ack = 7000u + rd_u8(&d);
        t.flags = rd_u8(&d);
        t.data = rd_rest(&d);
        if (how & 0x20) {
            uint16_t swap = t.src;
            t.src = t.dst;
            t.dst = swap;
        }
        tcp_put(&b, &t, &ip.src, &ip.dst);
    } else if (proto == IP_UDP) {
        uint16_t port = how & 0x80 ? 4500 : 500;
        struct udp u = {
            .src = port, .dst = how & 0xc0 ? port : 53, .data_len = data.n, .data = data};
        udp_put(&b, &u, &ip.src, &ip.dst);
    } else {
        wr_put(&b, data);
    }
    ether_put(&f, &w->mac[i], &MAC_BROADCAST, ETHER_IPV4);
    ip_put(&f, &ip, b.at);
    wr_put(&f, wr_bytes(&b));
    if (!f.err)
        input(w, i, &f);
}

static struct ip_addr address6(struct rd *r)
{
    static const char *const known[] = {
        "2001:db8:b0::1", "2001:db8:b0::9", "2001:db8:b0::a", "2001:db8:a::1",  "2001:db8:a::2",
        "2001:db8:50::9", "fe80::9",        "ff02::1",        "ff02::1:ff00:1", "::"};
    struct ip_addr a;

    if (ip_addr_parse(known[rd_u8(r) % COUNT(known)], &a))
        bug("an address of the fuzz target does not parse");
    return a;
}

/* The headers between: those of a fragment, options of any bytes, or none. */
static void put_extension(struct wr *w, struct rd *r, struct ip *ip, uint8_t how)
{
    if (how & 4) {
        ip->id = how & 3;
        ip->frag_off = rd_u8(r) * 8u;
        ip->more = how & 8;
        ip6_put_fragment(w, ip);
        ip->next = IP_FRAGMENT;
    } else if (how & 16) {
        wr_u8(w, ip->proto);
        wr_u8(w, rd_u8(r) & 3);
        wr_put(w, rd_take(r, 6 % (rd_left(r) + 1)));
        ip->next = how & 32 ? IP_DSTOPTS : IP_HOPOPT;
    }
}

/* IPv6: TCP, or a message of ICMPv6 that is often neighbor discovery. */
static void packet6(struct world *w, struct rd *r)
{
    uint8_t buf[1024], body[512], between[64];
    struct wr f = wr_of(buf, sizeof(buf)), b = wr_of(body, sizeof(body));
    struct wr x = wr_of(between, sizeof(between));
    size_t i = rd_u8(r) % INTERFACES;
    uint8_t how = rd_u8(r), type = rd_u8(r);
    bool tcp = how & 64;
    struct ip ip = {.version = 6, .ttl = how & 128 ? 255 : 64};

    ip.proto = ip.next = tcp ? IP_TCP : IP_ICMPV6;
    ip.src = address6(r);
    ip.dst = address6(r);
    put_extension(&x, r, &ip, how);
    ip.ext = wr_bytes(&x);
    struct bytes data = rd_take(r, rd_u8(r) % (rd_left(r) + 1));
    if (tcp) {
        struct tcp t = {.src = 1000, .dst = 80, .seq = 5000u + type, .flags = type, .data = data};
        tcp_put(&b, &t, &ip.src, &ip.dst);
    } else {
        struct icmp m = {.type = type & 128 ? 133 + (type & 3) : type, .data = data};
        icmp_put(&b, &m, &ip.src, &ip.dst);
    }
    ether_put(&f, &w->mac[i], &MAC_BROADCAST, ETHER_IPV6);
    ip_put_whole(&f, &ip, b.at);
    wr_put(&f, wr_bytes(&b));
    if (!f.err)
        input(w, i, &f);
}

static void raw(struct world *w, struct rd *r)
{
    size_t i = rd_u8(r) % INTERFACES;
    struct bytes b = rd_take(r, rd_u8(r) % (rd_left(r) + 1));
    uint8_t buf[512];
    struct wr f = wr_of(buf, sizeof(buf));

    wr_put(&f, b);
    input(w, i, &f);
}

/* Who is asked for answers; how else would packets get anywhere. */
static void arp(struct world *w, struct rd *r)
{
    size_t i = rd_u8(r) % INTERFACES;
    uint8_t buf[64];
    struct wr f = wr_of(buf, sizeof(buf));
    struct arp a = {.op = rd_u8(r) & 1 ? ARP_REPLY : ARP_REQUEST,
                    .sender_mac = {{2, 0, 0, 0, 0, (uint8_t)i}}};

    a.sender = address(r);
    a.target = address(r);
    ether_put(&f, &MAC_BROADCAST, &a.sender_mac, ETHER_ARP);
    arp_put(&f, &a);
    input(w, i, &f);
}

static void type(struct world *w, struct rd *r)
{
    struct bytes b = rd_take(r, rd_u8(r) % (rd_left(r) + 1));
    struct buf line = BUF_INIT, answer = BUF_INIT;

    w->typed = true;
    buf_add(&line, b.p, b.n);
    gateway_command(w->g, buf_str(&line), &answer);
    buf_release(&line);
    buf_release(&answer);
}

static void wait(struct world *w, struct rd *r)
{
    uint8_t k = rd_u8(r);
    struct mono until = mono_add(w->clk.at, k & 0x80 ? SPAN_S((k & 0x7f) * 30) : SPAN_MS(k * 50));

    for (int i = 0; i < 2000; i++) {
        struct mono t = gateway_deadline(w->g);
        if (mono_before(until, t))
            break;
        clock_sleep_until(&w->clk.clock, t);
        gateway_tick(w->g);
    }
    clock_sleep_until(&w->clk.clock, until);
    gateway_tick(w->g);
}

static bool begin(struct world *w)
{
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &w->clk.clock, .rng = &w->rng.rng};

    clock_virtual_init(&w->clk);
    rng_seeded_init(&w->rng, 1, "fuzz");
    if (gw_config_load(c, "config", bytes_str(config), NULL, NULL) ||
        gateway_new(c, &env, &w->g, NULL))
        return false;
    for (size_t i = 0; i < INTERFACES; i++) {
        w->end[i].sink.ops = &sink_ops;
        w->end[i].w = w;
        gateway_attach(w->g, i, &w->end[i].sink);
    }
    return true;
}

/* Every leg has a station that asks for the gateway, so that both know each other. */
static void greet(struct world *w)
{
    static const uint8_t hello[] = {0, 0, 10, 5, 1, 0, 0, 7, 2, 0, 8, 9};
    struct rd r = rd_of(bytes_of(hello, sizeof(hello)));

    for (size_t i = 0; i < INTERFACES; i++)
        arp(w, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct world *w = mem_zalloc(sizeof(*w));
    struct rd r = rd_of(bytes_of(data, size));

    if (!begin(w))
        bug("the configuration of the fuzz target does not load");
    greet(w);
    for (int i = 0; i < STEPS_MAX && rd_left(&r); i++) {
        uint8_t step = rd_u8(&r);
        if (step >= 252) {
            packet6(w, &r);
            continue;
        }
        switch (step % 9) {
        case 0: raw(w, &r); break;
        case 1: arp(w, &r); break;
        case 2:
        case 3: packet(w, &r, IP_TCP); break;
        case 4: packet(w, &r, IP_UDP); break;
        case 5: packet(w, &r, IP_ICMP); break;
        case 6: packet(w, &r, IP_ESP); break;
        case 7: type(w, &r); break;
        default: wait(w, &r); break;
        }
    }
    gateway_free(w->g);
    mem_free(w);
    return 0;
}
