/* IPv6 through the gateway: in clear between its interfaces, and through the tunnel. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"
#include "wire/nd.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#define USER6   "2001:db8:b0::10"
#define SERVER6 "2001:db8:50::20"
#define BEYOND6 "2001:db8:ffff::9" /* on no tunnel's list */

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

static struct gateway_lab *make(const char *bo, const char *ho)
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

static void done(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

static struct ip header(const char *src, const char *dst, uint8_t proto)
{
    return (struct ip){.version = 6,
                       .proto = proto,
                       .next = proto,
                       .ttl = 64,
                       .src = address(src),
                       .dst = address(dst)};
}

static void send_ip(struct gateway_lab *l, enum lab_side side, enum lab_leg leg,
                    const struct ip *ip, struct bytes payload)
{
    uint8_t packet[4096];
    struct wr w = wr_of(packet, sizeof(packet));

    ip_put_whole(&w, ip, payload.n);
    wr_put(&w, payload);
    assert_ok(w.err);
    lab_send_packet(l, side, leg, wr_bytes(&w));
    lab_run(l, SPAN_MS(100));
}

static void send_tcp(struct gateway_lab *l, enum lab_side side, const struct tcp *t)
{
    bool bo = side == LAB_BO;
    struct ip ip = header(bo ? USER6 : SERVER6, bo ? SERVER6 : USER6, IP_TCP);
    uint8_t segment[2048];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, t, &ip.src, &ip.dst);
    send_ip(l, side, LAB_LAN, &ip, wr_bytes(&w));
}

static void ping(struct gateway_lab *l, const char *src, const char *dst, size_t n)
{
    static const uint8_t zeros[4096];
    struct ip ip = header(src, dst, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_ECHO, .rest = 7u << 16 | 1, .data = bytes_of(zeros, n)};
    uint8_t message[4096];
    struct wr w = wr_of(message, sizeof(message));

    icmp_put(&w, &m, &ip.src, &ip.dst);
    send_ip(l, LAB_BO, LAB_LAN, &ip, wr_bytes(&w));
}

static bool icmp6_checksum_ok(const struct pkt *p)
{
    uint8_t again[4096];
    struct wr w = wr_of(again, sizeof(again));

    icmp_put(&w, &p->icmp, &p->ip.src, &p->ip.dst);
    return bytes_eq(wr_bytes(&w), p->ip.payload);
}

/* --- the tunnel --------------------------------------------------------------------------------
 */

static void a_ping_gets_through_the_tunnel_and_back(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = header(SERVER6, USER6, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_ECHO_REPLY, .rest = 7u << 16 | 1};
    uint8_t message[64];
    struct wr w = wr_of(message, sizeof(message));
    struct pkt p;

    (void)state;
    ping(l, USER6, SERVER6, 56);
    lab_run(l, SPAN_S(1));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.icmp.type, ICMP6_ECHO);
    assert_int_equal(p.ip.ttl, 64);
    assert_true(icmp6_checksum_ok(&p));
    icmp_put(&w, &m, &ip.src, &ip.dst);
    send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_ECHO_REPLY);
    assert_int_equal(l->esp_on_wan, 2);
    assert_int_equal(lab_logged(l, LAB_BO, 302020,
                                "Built outbound ICMP connection for faddr 2001:db8:50::20/0 gaddr "
                                "2001:db8:b0::10/7 laddr 2001:db8:b0::10/7 type 128 code 0"),
                     1);
    lab_run(l, SPAN_S(3));
    assert_int_equal(lab_logged(l, LAB_BO, 302021, "2001:db8:50::20"), 1);
    done(l);
}

/* A connection as the two hosts see it; the MSS is that of Ethernet in IPv6. */
struct stream {
    uint32_t user, server; /* what the server sees of the user's numbers: the offset */
};

static void connect_hosts(struct gateway_lab *l, struct stream *s)
{
    static const uint8_t mss[] = {2, 4, 1440 >> 8, 1440 & 0xff};
    struct tcp syn = {.src = 62477, .dst = 443, .seq = 1000, .flags = TCP_SYN, .window = 65535};
    struct tcp_opts o;
    struct pkt p;

    syn.opts = bytes_of(mss, sizeof(mss));
    send_tcp(l, LAB_BO, &syn);
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
    send_tcp(l, LAB_HO, &second);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.tcp.ack, 1001);
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    struct tcp third = {
        .src = 62477, .dst = 443, .seq = 1001, .ack = 5001, .flags = TCP_ACK, .window = 65535};
    send_tcp(l, LAB_BO, &third);
    assert_true(lab_take(l, LAB_HO, &p));
    s->server = 5001;
}

/* N bytes of the server; false when they did not come through. */
static bool download(struct gateway_lab *l, const struct stream *s, size_t n)
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
    send_tcp(l, LAB_HO, &t);
    if (!lab_take(l, LAB_BO, &p) || p.kind != PKT_TCP || tcp_has(&p.tcp, TCP_RST))
        return false;
    assert_true(tcp_checksum_ok(p.ip.payload, &p.ip.src, &p.ip.dst));
    return p.tcp.seq == s->server && p.tcp.ack == 1001 && bytes_eq(p.tcp.data, t.data);
}

static void the_log_and_show_conn_name_ipv6_addresses_as_the_device_does(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;
    struct stream s;

    (void)state;
    connect_hosts(l, &s);
    assert_true(download(l, &s, 1000));
    assert_int_equal(
        lab_logged(l, LAB_BO, 302013,
                   "Built outbound TCP connection 1 for outside:2001:db8:50::20/443 "
                   "(2001:db8:50::20/443) to inside:2001:db8:b0::10/62477 (2001:db8:b0::10/62477)"),
        1);
    struct asa_log log = lab_last_log(l, LAB_HO, 302013);
    struct ip_addr user = address(USER6);
    assert_int_equal(asa_endpoint_match(&log.a, &user, 62477), ASA_MATCH_YES);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show conn", &out),
                           "TCP outside 2001:db8:50::20:443 inside 2001:db8:b0::10:62477, idle "
                           "0:00:00, bytes 1000, flags UI"));
    buf_release(&out);
    done(l);
}

static void a_bounce_of_the_tunnel(bool preserve)
{
    struct gateway_lab *l = preserve ? make(NULL, NULL)
                                     : make("no sysopt connection preserve-vpn-flows\n",
                                            "no sysopt connection preserve-vpn-flows\n");
    struct buf out = BUF_INIT;
    struct stream s;

    connect_hosts(l, &s);
    assert_true(download(l, &s, 1000));
    lab_type(l, LAB_BO, "clear crypto isakmp sa", &out);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, 302014, "Tunnel has been torn down"), preserve ? 0 : 1);
    s.server += 1000;
    bool arrived = download(l, &s, 500); /* asks for the tunnel, when the flow is known */
    lab_run(l, SPAN_S(10));
    arrived = arrived || download(l, &s, 500);
    assert_int_equal(arrived, preserve);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), 1);
    buf_release(&out);
    done(l);
}

static void a_preserved_connection_survives_its_tunnel(void **state)
{
    (void)state;
    a_bounce_of_the_tunnel(true);
}

static void another_one_is_torn(void **state)
{
    (void)state;
    a_bounce_of_the_tunnel(false);
}

/* --- sizes -------------------------------------------------------------------------------------
 */

static void what_is_too_big_for_the_tunnel_is_answered_with_what_fits(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip_addr ours = address("2001:db8:b0::5");
    struct pkt p;

    (void)state;
    ping(l, USER6, SERVER6, 10);
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_HO);
    ping(l, USER6, SERVER6, 1452);
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_TOO_BIG);
    assert_int_equal(p.icmp.code, 0);
    assert_in_range(p.icmp.rest, 1420, 1460);
    assert_true(ip_addr_eq(&p.ip.src, &ours));
    assert_true(icmp6_checksum_ok(&p));
    assert_int_equal(IP6_HDR_LEN + p.ip.payload_len, IP6_MTU_MIN); /* RFC 4443, 2.4 (c) */
    size_t mtu = p.icmp.rest;
    struct rd quoted = rd_of(p.icmp.data);
    assert_int_equal(rd_be32(&quoted), 6u << 28);
    assert_int_equal(rd_be16(&quoted), 1460);
    ping(l, USER6, SERVER6, mtu - IP6_HDR_LEN - ICMP_HDR_LEN);
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    assert_int_equal(l->fragments_on_wan, 0);
    done(l);
}

static void send_fragments(struct gateway_lab *l, size_t n)
{
    static const uint8_t zeros[4096];
    struct ip ip = header(USER6, SERVER6, IP_UDP);
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
        send_ip(l, LAB_BO, LAB_LAN, &ip, part);
    }
}

static void fragments_are_put_together_and_leave_in_fragments(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    size_t at = 0;
    struct pkt p;

    (void)state;
    send_fragments(l, 3000);
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 302015, "inside:2001:db8:b0::10/4"), 1);
    while (lab_take(l, LAB_HO, &p)) {
        assert_int_equal(p.ip.proto, IP_UDP);
        assert_int_equal(p.ip.frag_off, at);
        assert_int_equal(p.ip.next, IP_FRAGMENT);
        assert_true(IP6_HDR_LEN + p.ip.ext.n + p.ip.payload_len <= 1500);
        at += p.ip.payload_len;
    }
    assert_int_equal(at, 3000 + UDP_HDR_LEN);
    assert_false(p.ip.more);
    done(l);
}

static void extension_headers_stay_where_they_are(void **state)
{
    static const uint8_t options[] = {IP_UDP, 0, 1, 4, 0, 0, 0, 0}; /* PadN */
    static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
    struct gateway_lab *l = make("policy-map p\n class c\n  set connection decrement-ttl\n", NULL);
    struct ip ip = header(USER6, SERVER6, IP_UDP);
    struct pkt p;

    (void)state;
    ip.next = IP_DSTOPTS;
    ip.ext = bytes_of(options, sizeof(options));
    for (int i = 0; i < 2; i++) { /* held for the tunnel, and not */
        send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, sizeof(datagram)));
        lab_run(l, SPAN_S(2));
        assert_true(lab_take(l, LAB_HO, &p));
        assert_int_equal(p.kind, PKT_UDP);
        assert_int_equal(p.ip.next, IP_DSTOPTS);
        assert_true(bytes_eq(p.ip.ext, ip.ext));
        assert_int_equal(p.ip.ttl, 63);
        assert_int_equal(p.udp.dst, 5);
    }
    done(l);
}

/* --- hops and addresses -------------------------------------------------------------------------
 */

static void the_last_hop_is_told_so(void **state)
{
    struct gateway_lab *l = make("policy-map p\n class c\n  set connection decrement-ttl\n", NULL);
    struct ip ip = header(USER6, SERVER6, IP_UDP);
    static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
    struct pkt p;

    (void)state;
    send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, 8));
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_HO);
    ip.ttl = 1;
    send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, 8));
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_TIME_EXCEEDED);
    assert_int_equal(p.icmp.code, 0);
    assert_true(icmp6_checksum_ok(&p));
    done(l);
}

static void what_speaks_of_neighbours_stays_on_its_link(void **state)
{
    static const uint8_t types[] = {133, 134, 135, 136, 137};
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = header(USER6, SERVER6, IP_ICMPV6);

    (void)state;
    ping(l, USER6, SERVER6, 8);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    ip.ttl = ND_HOP_LIMIT;
    for (size_t i = 0; i < sizeof(types); i++) {
        struct icmp m = {.type = types[i], .data = bytes_of((const uint8_t[16]){0x20, 1}, 16)};
        uint8_t message[64];
        struct wr w = wr_of(message, sizeof(message));
        icmp_put(&w, &m, &ip.src, &ip.dst);
        send_ip(l, LAB_BO, LAB_LAN, &ip, wr_bytes(&w));
    }
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    done(l);
}

/* A router of the HO says that the user's segment does not get through: it quotes the numbers that
 * the server's side sees, and the user reads its own. */
static void errors_about_a_flow_find_their_way_back(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = header("2001:db8:50::99", USER6, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_UNREACHABLE, .code = 3};
    uint8_t quoted[128], message[256];
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(message, sizeof(message));
    struct stream s;
    struct pkt p;

    (void)state;
    connect_hosts(l, &s);
    l->taken[LAB_HO] = 0;
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_not_equal(p.tcp.seq, 1000);
    ip_put(&q, &p.ip, p.ip.payload_len);
    wr_put(&q, p.ip.payload);
    m.data = wr_bytes(&q);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    lab_flush(l, LAB_BO);
    send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_UNREACHABLE);
    assert_true(icmp6_checksum_ok(&p));
    struct rd r = rd_of(p.icmp.data);
    rd_skip(&r, IP6_HDR_LEN + 4);
    assert_int_equal(rd_be32(&r), 1000);
    m.data = bytes_head(m.data, IP6_HDR_LEN + 2); /* and one that quotes too little is denied */
    w = wr_of(message, sizeof(message));
    icmp_put(&w, &m, &ip.src, &ip.dst);
    send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_false(lab_take(l, LAB_BO, &p));
    assert_int_equal(
        lab_logged(l, LAB_HO, 313005,
                   "icmp6 src inside:2001:db8:50::99 dst outside:2001:db8:b0::10 (type "
                   "1, code 3) on inside interface.  Original IP payload: <unknown>."),
        1);
    done(l);
}

static void the_gateway_answers_pings_to_its_addresses(void **state)
{
    static const struct {
        const char *src, *dst;
        bool answered;
    } rows[] = {
        {USER6, "2001:db8:b0::5", true},
        {"fe80::9", "fe80::a5:aff:fee0:905", true}, /* the EUI-64 of 02:a5:0a:e0:09:05 */
        {USER6, "2001:db8:a::2", false},            /* of the far interface */
        {"fe80::9", SERVER6, false},                /* never leaves its link */
        {USER6, "fe80::77", false},
        {USER6, "ff02::1", false},
        {USER6, "ff0e::1", false},
    };
    struct gateway_lab *l = make(NULL, NULL);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_addr from = address(rows[i].dst);
        struct pkt p;
        ping(l, rows[i].src, rows[i].dst, 8);
        bool answered = lab_take(l, LAB_BO, &p);
        if (answered != rows[i].answered)
            fail_msg("%s to %s", rows[i].src, rows[i].dst);
        if (!answered)
            continue;
        assert_int_equal(p.icmp.type, ICMP6_ECHO_REPLY);
        assert_int_equal(p.icmp.rest, 7u << 16 | 1);
        assert_true(ip_addr_eq(&p.ip.src, &from));
        assert_true(icmp6_checksum_ok(&p));
    }
    assert_int_equal(l->esp_on_wan, 0);
    done(l);
}

static void an_interface_without_ipv6_takes_none(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;

    (void)state;
    lab_init(l, NULL, NULL, 6);
    ping(l, USER6, SERVER6, 8);
    assert_int_equal(l->nd_seen, 0);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show asp drop", &out),
                           "Unsupported IP version (unsupported-ip-version)"));
    buf_release(&out);
    done(l);
}

static void the_console_shows_what_is_known_of_ipv6(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    ping(l, USER6, "2001:db8:b0::5", 8);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show ipv6 neighbor", &out),
                           "2001:db8:b0::10                             0 021a.b000.0000  REACH "
                           "inside\n"));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show ipv6 interface brief", &out),
                           "inside [up/up]\n    fe80::a5:aff:fee0:905\n    2001:db8:b0::5\n"));
    assert_non_null(strstr(buf_str(&out), "management [up/up]\n    unassigned\n"));
    assert_non_null(strstr(lab_type(l, LAB_BO, "show ipv6 route", &out),
                           "C   2001:db8:b0::/64 [0/0]\n     via ::, inside\n"));
    assert_non_null(strstr(buf_str(&out), "S   ::/0 [1/0]\n     via 2001:db8:a::1, outside\n"));
    assert_null(strstr(lab_type(l, LAB_BO, "show route", &out), "2001"));
    buf_release(&out);
    done(l);
}

/* --- access lists ------------------------------------------------------------------------------
 */

static const struct list_row {
    const char *what;
    const char *config;
    enum lab_leg leg;
    bool passes;
    uint32_t log; /* that says so */
    const char *text;
} lists[] = {
    {"outbound without a list passes", "", LAB_LAN, true, 302013, "2001:db8:ffff::9/80"},
    {"inbound without a list is denied", "", LAB_WAN, false, 106001,
     "from 2001:db8:ffff::9/1000 to 2001:db8:b0::10/80 flags SYN  on interface outside"},
    {"a list of IPv4 says nothing of IPv6 in 8.2",
     "access-list a deny ip any any\naccess-group a in interface inside\n", LAB_LAN, true, 302013,
     NULL},
    {"an IPv6 list denies",
     "ipv6 access-list s deny tcp 2001:db8:b0::/64 any eq 80\nipv6 access-list s permit ip any "
     "any\naccess-group s in interface inside\n",
     LAB_LAN, false, 106023,
     "Deny tcp src inside:2001:db8:b0::10/1000 dst outside:2001:db8:ffff::9/80 by access-group "
     "\"s\""},
    {"an IPv6 list permits from outside",
     "ipv6 access-list s permit tcp any host 2001:db8:b0::10 eq 80\naccess-group s in interface "
     "outside\n",
     LAB_WAN, true, 302013, "Built inbound TCP"},
    {"one list is for both in 9.1",
     "asa version 9.1(1)\naccess-list u extended permit tcp any6 host 2001:db8:b0::10 eq 80\n"
     "access-list u extended deny ip any any\naccess-group u in interface outside\n",
     LAB_WAN, true, 302013, "Built inbound TCP"},
    {"its any4 is not IPv6",
     "asa version 9.1(1)\naccess-list u extended permit tcp any4 any4\naccess-group u in interface "
     "outside\n",
     LAB_WAN, false, 106023, "access-group \"u\""},
    {"its any is",
     "asa version 9.1(1)\naccess-list u extended permit tcp any any\naccess-group u in interface "
     "outside\n",
     LAB_WAN, true, 302013, NULL},
};

static void access_lists_of_ipv6_are_kept(void **state)
{
    const struct list_row *row = *state;
    struct gateway_lab *l = make(row->config, NULL);
    bool out = row->leg == LAB_LAN;
    struct ip ip = header(out ? USER6 : BEYOND6, out ? BEYOND6 : USER6, IP_TCP);
    struct tcp t = {.src = 1000, .dst = 80, .seq = 5, .flags = TCP_SYN, .window = 100};
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));

    tcp_put(&w, &t, &ip.src, &ip.dst);
    send_ip(l, LAB_BO, row->leg, &ip, wr_bytes(&w));
    if (out)
        assert_int_equal(l->clear_on_wan, row->passes);
    else
        assert_int_equal(lab_flush(l, LAB_BO), row->passes);
    assert_int_equal(lab_logged(l, LAB_BO, row->log, row->text), 1);
    l->clear_on_wan = 0; /* no tunnel is for it */
    done(l);
}

/* --- tshark ------------------------------------------------------------------------------------
 */

/* What came out at the LANs, as a savefile; tshark judges checksums and dissects all of it. */
static void tshark_finds_nothing_wrong_with_what_is_sent(void **state)
{
    char dir[] = "/tmp/holdfast-v6-XXXXXX", path[96], command[512], line[256];
    struct gateway_lab *l = make(NULL, NULL);
    struct stream s;

    (void)state;
    if (system("tshark --version >/dev/null 2>&1") != 0) {
        print_message("SKIPPED: tshark is not there\n");
        done(l);
        skip();
    }
    connect_hosts(l, &s);
    assert_true(download(l, &s, 1000));
    ping(l, USER6, SERVER6, 1452); /* too big */
    ping(l, USER6, "2001:db8:b0::5", 8);
    send_fragments(l, 3000);
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/lan.pcap", dir);
    pcap_t *dead = pcap_open_dead(DLT_EN10MB, 65535);
    pcap_dumper_t *d = pcap_dump_open(dead, path);
    assert_non_null(d);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < l->ngot[side]; i++) {
            const struct lab_frame *f = &l->got[side][i];
            struct pcap_pkthdr h = {.caplen = (uint32_t)f->n, .len = (uint32_t)f->n};
            pcap_dump((unsigned char *)d, &h, f->p);
        }
    }
    pcap_dump_close(d);
    pcap_close(dead);
    snprintf(command, sizeof(command),
             "tshark -r %s -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields "
             "-E separator=, -e _ws.malformed -e tcp.checksum.status -e icmpv6.checksum.status "
             "-e udp.checksum.status 2>/dev/null; rm -r %s",
             path, dir);
    FILE *p = popen(command, "r");
    size_t lines = 0, good = 0;
    while (fgets(line, sizeof(line), p)) {
        lines++;
        assert_true(line[0] == ',');    /* not malformed */
        assert_null(strchr(line, '0')); /* "Bad" */
        good += strchr(line, '1') != NULL;
    }
    assert_int_equal(pclose(p), 0);
    assert_int_equal(lines, l->ngot[0] + l->ngot[1]);
    assert_true(good >= 7);
    done(l);
}

int main(void)
{
    struct CMUnitTest tests[32] = {
        cmocka_unit_test(a_ping_gets_through_the_tunnel_and_back),
        cmocka_unit_test(the_log_and_show_conn_name_ipv6_addresses_as_the_device_does),
        cmocka_unit_test(a_preserved_connection_survives_its_tunnel),
        cmocka_unit_test(another_one_is_torn),
        cmocka_unit_test(what_is_too_big_for_the_tunnel_is_answered_with_what_fits),
        cmocka_unit_test(fragments_are_put_together_and_leave_in_fragments),
        cmocka_unit_test(extension_headers_stay_where_they_are),
        cmocka_unit_test(the_last_hop_is_told_so),
        cmocka_unit_test(the_gateway_answers_pings_to_its_addresses),
        cmocka_unit_test(an_interface_without_ipv6_takes_none),
        cmocka_unit_test(the_console_shows_what_is_known_of_ipv6),
        cmocka_unit_test(errors_about_a_flow_find_their_way_back),
        cmocka_unit_test(what_speaks_of_neighbours_stays_on_its_link),
        cmocka_unit_test(tshark_finds_nothing_wrong_with_what_is_sent),
    };
    size_t n = 14;

    for (size_t i = 0; i < COUNT(lists); i++)
        tests[n++] = (struct CMUnitTest){lists[i].what, access_lists_of_ipv6_are_kept, NULL, NULL,
                                         (void *)(uintptr_t)&lists[i]};
    return _cmocka_run_group_tests("gateway/ipv6_through", tests, n, NULL, NULL);
}
