#include "tests/ipv6_lab.h"

#include "base/mem.h"
#include "tests/testkit.h"

/* The note's office in IPv6 as well: the tunnel's peers still speak IPv4 to each other. */
#define BO6                                                                                        \
    "interface Ethernet0/1\n ipv6 address 2001:db8:b0::5/64\n"                                     \
    "interface Ethernet0/0\n ipv6 address 2001:db8:a::2/64\n"                                      \
    "ipv6 route outside ::/0 2001:db8:a::1\n"
#define HO6                                                                                        \
    "interface Ethernet0/1\n ipv6 address 2001:db8:50::1/64\n"                                     \
    "interface Ethernet0/0\n ipv6 address 2001:db8:a::3/64\n"                                      \
    "ipv6 route outside ::/0 2001:db8:a::1\n"
#define CRYPTO_BO "ipv6 access-list 6 permit ip 2001:db8:b0::/64 2001:db8:50::/64\n"
#define CRYPTO_HO "ipv6 access-list 6 permit ip 2001:db8:50::/64 2001:db8:b0::/64\n"
#define MAP(peer)                                                                                  \
    "crypto map map1 6 match address 6\ncrypto map map1 6 set peer " peer                          \
    "\ncrypto map map1 6 set transform-set testSET\n"

struct gateway_lab *v6_new(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf b = BUF_INIT, h = BUF_INIT;

    buf_addf(&b, "%s%s", BO6 CRYPTO_BO MAP("209.165.200.10"), bo ? bo : "");
    buf_addf(&h, "%s%s", HO6 CRYPTO_HO MAP("209.165.201.2"), ho ? ho : "");
    lab_init(l, buf_str(&b), buf_str(&h), 6);
    buf_release(&b);
    buf_release(&h);
    return l;
}

void v6_free(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

struct ip_addr v6_address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

struct ip v6_header(const char *src, const char *dst, uint8_t proto)
{
    return (struct ip){.version = 6,
                       .proto = proto,
                       .next = proto,
                       .ttl = 64,
                       .src = v6_address(src),
                       .dst = v6_address(dst)};
}

void v6_send_ip(struct gateway_lab *l, enum lab_side side, enum lab_leg leg, const struct ip *ip,
                struct bytes payload)
{
    uint8_t packet[4096];
    struct wr w = wr_of(packet, sizeof(packet));

    ip_put_whole(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    lab_send_packet(l, side, leg, wr_bytes(&w));
    lab_run(l, SPAN_MS(100));
}

void v6_send_tcp(struct gateway_lab *l, enum lab_side side, const struct tcp *t)
{
    bool bo = side == LAB_BO;
    struct ip ip = v6_header(bo ? V6_USER : V6_SERVER, bo ? V6_SERVER : V6_USER, IP_TCP);
    uint8_t segment[2048];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, t, &ip.src, &ip.dst);
    v6_send_ip(l, side, LAB_LAN, &ip, wr_bytes(&w));
}

void v6_ping(struct gateway_lab *l, const char *src, const char *dst, size_t n)
{
    static const uint8_t zeros[4096];
    struct ip ip = v6_header(src, dst, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_ECHO, .rest = 7u << 16 | 1, .data = bytes_of(zeros, n)};
    uint8_t message[4096];
    struct wr w = wr_of(message, sizeof(message));

    icmp_put(&w, &m, &ip.src, &ip.dst);
    v6_send_ip(l, LAB_BO, LAB_LAN, &ip, wr_bytes(&w));
}

bool v6_icmp_checksum_ok(const struct pkt *p)
{
    uint8_t again[4096];
    struct wr w = wr_of(again, sizeof(again));

    icmp_put(&w, &p->icmp, &p->ip.src, &p->ip.dst);
    return bytes_eq(wr_bytes(&w), p->ip.payload);
}

void v6_connect(struct gateway_lab *l, struct v6_stream *s)
{
    static const uint8_t mss[] = {2, 4, 1440 >> 8, 1440 & 0xff};
    struct tcp syn = {.src = 62477, .dst = 443, .seq = 1000, .flags = TCP_SYN, .window = 65535};
    struct tcp_opts o;
    struct pkt p;

    syn.opts = bytes_of(mss, sizeof(mss));
    v6_send_tcp(l, LAB_BO, &syn);
    lab_run(l, SPAN_S(2));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    tcp_opts_parse(p.tcp.opts, &o);
    assert_int_equal(o.mss, 1380);
    s->user = p.tcp.seq + 1;
    assert_int_not_equal(p.tcp.seq, 1000); /* both gateways have changed it */
    struct tcp second = {.src = 443,
                         .dst = 62477,
                         .seq = 5000,
                         .ack = s->user,
                         .flags = TCP_SYN | TCP_ACK,
                         .window = 65535};
    v6_send_tcp(l, LAB_HO, &second);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.tcp.ack, 1001);
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    struct tcp third = {
        .src = 62477, .dst = 443, .seq = 1001, .ack = 5001, .flags = TCP_ACK, .window = 65535};
    v6_send_tcp(l, LAB_BO, &third);
    assert_true(lab_take(l, LAB_HO, &p));
    s->server = 5001;
}

bool v6_download(struct gateway_lab *l, const struct v6_stream *s, size_t n)
{
    static const uint8_t data[1380] = {1, 2, 3};
    struct tcp t = {.src = 443,
                    .dst = 62477,
                    .seq = s->server,
                    .ack = s->user,
                    .flags = TCP_ACK | TCP_PSH,
                    .window = 65535,
                    .data = bytes_of(data, n)};
    struct pkt p;

    lab_flush(l, LAB_BO);
    v6_send_tcp(l, LAB_HO, &t);
    if (!lab_take(l, LAB_BO, &p) || p.kind != PKT_TCP || tcp_has(&p.tcp, TCP_RST))
        return false;
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    return p.tcp.seq == s->server && p.tcp.ack == 1001 && bytes_eq(p.tcp.data, t.data);
}

void v6_send_fragments(struct gateway_lab *l, size_t n)
{
    static const uint8_t zeros[4096];
    struct ip ip = v6_header(V6_USER, V6_SERVER, IP_UDP);
    struct udp u = {.src = 4, .dst = 5, .data_len = n, .data = bytes_of(zeros, n)};
    uint8_t datagram[4096];
    struct wr d = wr_of(datagram, sizeof(datagram));

    ip.id = 99;
    udp_put(&d, &u, &ip.src, &ip.dst);
    for (size_t at = 0; at < d.at; at += 1448) {
        struct bytes part = bytes_head(bytes_from(wr_bytes(&d), at), 1448);
        uint8_t head[IP6_FRAGMENT_LEN];
        struct wr h = wr_of(head, sizeof(head));
        ip.frag_off = (uint32_t)at;
        ip.more = at + part.n < d.at;
        ip6_put_fragment(&h, &ip);
        ip.next = IP_FRAGMENT;
        ip.ext = wr_bytes(&h);
        v6_send_ip(l, LAB_BO, LAB_LAN, &ip, part);
    }
}
