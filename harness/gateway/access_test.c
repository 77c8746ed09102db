/* Access lists, security levels and ICMP between the interfaces of one gateway: what passes, what
 * is denied, and in which words. The forms with a real sample (106100, 313004, 313005) are those of
 * the samples; the others are those of Cisco's message guide. */
#include "gateway/gateway.h"
#include "tests/testkit.h"

#include "base/mem.h"
#include "wire/nd.h"
#include "wire/pkt.h"

#include <stdio.h>

static const char config[] =
    "interface Ethernet0/0\n nameif outside\n security-level 0\n ip address 192.0.2.1 "
    "255.255.255.0\n ipv6 address 2001:db8::1/64\n"
    "interface Ethernet0/1\n nameif inside\n security-level 100\n ip address 10.1.1.1 "
    "255.255.255.0\n ipv6 address 2001:db8:1::1/64\n"
    "interface Ethernet0/2\n nameif dmz\n security-level 50\n ip address 10.2.2.1 255.255.255.0\n"
    "interface Ethernet0/3\n nameif lab\n security-level 50\n ip address 10.3.3.1 255.255.255.0\n"
    "route inside 10.9.0.0 255.255.0.0 10.1.1.99\n"
    "logging enable\nlogging buffered debugging\nlogging buffer-size 100000\n";

enum { OUTSIDE, INSIDE, DMZ, LAB, INTERFACES };

struct end {
    struct sink sink;
    struct bench *b;
    uint8_t buf[65536];
    struct mac mac, gw;
    uint8_t last[2048]; /* the IP packet that came out last */
    size_t n, came;
};

struct bench {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway *g;
    struct end end[INTERFACES];
};

static uint8_t *reserve(struct sink *s, size_t cap)
{
    struct end *e = CONTAINER_OF(s, struct end, sink);

    return cap <= sizeof(e->buf) ? e->buf : NULL;
}

static void answer(struct end *e, const struct wr *frame)
{
    gateway_input(e->b->g, (size_t)(e - e->b->end), bytes_of(frame->p, frame->at));
}

static void answer_arp(struct end *e, const struct arp *q)
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

static void answer_nd(struct end *e, const struct pkt *p)
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
    struct end *e = CONTAINER_OF(s, struct end, sink);
    uint8_t copy[2048];
    struct pkt p;

    assert_true(n <= sizeof(copy));
    memcpy(copy, e->buf, n); /* an answer comes at once, and may use the memory again */
    pkt_parse(bytes_of(copy, n), &p);
    if (p.kind == PKT_ARP) {
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
static void greet(struct bench *b, size_t i, uint32_t addr)
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

static struct bench *make(const char *extra)
{
    static const char *const nameifs[] = {"outside", "inside", "dmz", "lab"};
    static const uint32_t addresses[] = {0xc0000201, 0x0a010101, 0x0a020201, 0x0a030301};
    struct bench *b = mem_zalloc(sizeof(*b));
    struct gw_config *c = gw_config_new();
    struct gateway_env env = {.clk = &b->clk.clock, .rng = &b->rng.rng};
    struct diag why = {0};

    clock_virtual_init(&b->clk);
    rng_seeded_init(&b->rng, 9, "access");
    assert_ok(gw_config_load(c, "config", bytes_str(config), NULL, &why));
    if (gw_config_load(c, "extra", bytes_str(extra), NULL, &why))
        fail_msg("%s", why.text);
    assert_ok(gateway_new(c, &env, &b->g, &why));
    for (size_t i = 0; i < INTERFACES; i++) {
        size_t at;
        assert_ok(gateway_find_interface(b->g, nameifs[i], &at));
        assert_int_equal(at, i);
        b->end[i] =
            (struct end){.sink = {&ops}, .b = b, .mac = {{2, 0, 0, 0, 0, (uint8_t)(i + 1)}}};
        gateway_attach(b->g, i, &b->end[i].sink);
    }
    for (size_t i = 0; i < INTERFACES; i++)
        greet(b, i, addresses[i]);
    return b;
}

static void done(struct bench *b)
{
    gateway_free(b->g);
    mem_free(b);
}

static void wait_s(struct bench *b, int64_t s)
{
    struct mono until = mono_add(b->clk.at, SPAN_S(s));

    while (mono_before(gateway_deadline(b->g), until)) {
        clock_sleep_until(&b->clk.clock, gateway_deadline(b->g));
        gateway_tick(b->g);
    }
    clock_sleep_until(&b->clk.clock, until);
}

static size_t logged(struct bench *b, const char *text)
{
    struct buf out = BUF_INIT;
    size_t n = 0;

    gateway_command(b->g, "show logging", &out);
    for (const char *at = buf_str(&out); (at = strstr(at, text)); at++)
        n++;
    buf_release(&out);
    return n;
}

static void assert_logged(struct bench *b, const char *text)
{
    struct buf out = BUF_INIT;

    if (logged(b, text))
        return;
    gateway_command(b->g, "show logging", &out);
    fail_msg("not logged: %s\nin\n%s", text, buf_str(&out));
}

static struct ip_addr address(const char *text)
{
    struct ip_addr a;

    assert_ok(ip_addr_parse(text, &a));
    return a;
}

/* A first packet: SYN, datagram, echo request, or just a payload. */
static void send_first(struct bench *b, size_t from, const char *src, const char *dst,
                       uint8_t proto, uint16_t port)
{
    struct ip ip = {.proto = proto, .ttl = 64, .src = address(src), .dst = address(dst)};
    uint8_t body[64], frame[256];
    struct wr p = wr_of(body, sizeof(body)), w = wr_of(frame, sizeof(frame));

    ip.version = ip.src.family;
    if (proto == IP_TCP) {
        struct tcp t = {.src = 1000, .dst = port, .seq = 5, .flags = TCP_SYN, .window = 100};
        tcp_put(&p, &t, &ip.src, &ip.dst);
    } else if (proto == IP_UDP) {
        struct udp u = {.src = 1000, .dst = port};
        udp_put(&p, &u, &ip.src, &ip.dst);
    } else if (proto == IP_ICMP || proto == IP_ICMPV6) {
        struct icmp m = {.type = (uint8_t)port, .rest = 7u << 16 | 1};
        icmp_put(&p, &m, &ip.src, &ip.dst);
    } else {
        wr_be32(&p, 0);
    }
    ether_put(&w, &b->end[from].gw, &b->end[from].mac, ip.version == 6 ? ETHER_IPV6 : ETHER_IPV4);
    ip_put(&w, &ip, p.at);
    wr_put(&w, wr_bytes(&p));
    assert_ok(w.err);
    gateway_input(b->g, from, wr_bytes(&w));
    wait_s(b, 0);
}

/* --- who may begin ------------------------------------------------------------------------------
 */

static const struct row {
    const char *what, *config;
    size_t from, to;
    const char *src, *dst;
    uint8_t proto;
    uint16_t port; /* or ICMP type */
    bool passes;
    const char *log; /* NULL: none is asked for */
} rows[] = {
    {"down_the_levels__passes", "", INSIDE, DMZ, "10.1.1.9", "10.2.2.9", IP_TCP, 80, true,
     "Built outbound TCP connection 1 for dmz:10.2.2.9/80 (10.2.2.9/80) to inside:10.1.1.9/1000"},
    {"up_the_levels__is_denied", "", DMZ, INSIDE, "10.2.2.9", "10.1.1.9", IP_TCP, 80, false,
     "%ASA-2-106001: Inbound TCP connection denied from 10.2.2.9/1000 to 10.1.1.9/80 flags SYN  "
     "on interface dmz"},
    {"a_datagram_up__is_denied", "", DMZ, INSIDE, "10.2.2.9", "10.1.1.9", IP_UDP, 500, false,
     "%ASA-2-106006: Deny inbound UDP from 10.2.2.9/1000 to 10.1.1.9/500 on interface dmz"},
    {"a_query_up__is_denied_as_one", "", DMZ, INSIDE, "10.2.2.9", "10.1.1.9", IP_UDP, 53, false,
     "%ASA-2-106007: Deny inbound UDP from 10.2.2.9/1000 to 10.1.1.9/53 due to DNS Query"},
    {"a_ping_up__is_denied", "", OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, 8, false,
     "%ASA-3-106014: Deny inbound icmp src outside:192.0.2.9 dst inside:10.1.1.9 (type 8, code 0)"},
    {"another_protocol_up__is_denied", "", OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.9", IP_GRE, 0,
     false, "%ASA-3-106010: Deny inbound protocol 47 src outside:192.0.2.9 dst inside:10.1.1.9"},
    {"a_ping_up_in_ipv6__is_denied", "", OUTSIDE, INSIDE, "2001:db8::9", "2001:db8:1::9", IP_ICMPV6,
     128, false,
     "%ASA-3-106014: Deny inbound icmp6 src outside:2001:db8::9 dst inside:2001:db8:1::9 (type "
     "128, code 0)"},
    {"up_with_a_list__passes",
     "access-list a permit tcp any host 10.1.1.9 eq 80\naccess-group a in interface dmz\n", DMZ,
     INSIDE, "10.2.2.9", "10.1.1.9", IP_TCP, 80, true, "Built inbound TCP connection"},
    {"down_with_a_list_that_does_not_say_so__is_denied",
     "access-list a permit tcp any any eq 443\naccess-group a in interface inside\n", INSIDE, DMZ,
     "10.1.1.9", "10.2.2.9", IP_TCP, 80, false,
     "%ASA-4-106023: Deny tcp src inside:10.1.1.9/1000 dst dmz:10.2.2.9/80 by access-group \"a\""},
    {"the_list_of_the_way_out__is_asked_too",
     "access-list o permit udp any any\naccess-group o out interface dmz\n", INSIDE, DMZ,
     "10.1.1.9", "10.2.2.9", IP_TCP, 80, false, "by access-group \"o\""},
    {"both_lists_have_to_agree",
     "access-list i permit tcp any any\naccess-list o permit tcp any any eq 80\n"
     "access-group i in interface outside\naccess-group o out interface inside\n",
     OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.9", IP_TCP, 80, true, "Built inbound TCP"},
    /* the note's own list, with the mask it prints: odd last bytes of one network */
    {"the_notes_list_permits_by_its_odd_mask",
     "access-list inside_access_out extended permit ip any 10.1.1.0 255.255.255.1\naccess-list i "
     "permit ip any any\naccess-group i in interface outside\naccess-group inside_access_out out "
     "interface inside\n",
     OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.8", IP_TCP, 80, true, "Built inbound TCP"},
    {"and_denies_by_it",
     "access-list inside_access_out extended permit ip any 10.1.1.0 255.255.255.1\naccess-list i "
     "permit ip any any\naccess-group i in interface outside\naccess-group inside_access_out out "
     "interface inside\n",
     OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.9", IP_TCP, 80, false,
     "by access-group \"inside_access_out\""},
    {"between_equals__is_denied", "", DMZ, LAB, "10.2.2.9", "10.3.3.9", IP_TCP, 80, false,
     "106001: Inbound TCP connection denied"},
    {"between_equals_with_a_list__still_is",
     "access-list a permit ip any any\naccess-group a in interface dmz\n", DMZ, LAB, "10.2.2.9",
     "10.3.3.9", IP_TCP, 80, false, "106001: Inbound TCP connection denied"},
    {"between_equals_that_are_permitted__passes", "same-security-traffic permit inter-interface\n",
     DMZ, LAB, "10.2.2.9", "10.3.3.9", IP_TCP, 80, true,
     "Built inbound TCP connection 1 for dmz:10.2.2.9/1000"},
    {"back_through_its_interface__is_denied", "", INSIDE, INSIDE, "10.1.1.9", "10.9.9.9", IP_ICMP,
     8, false,
     "106014: Deny inbound icmp src inside:10.1.1.9 dst inside:10.9.9.9 (type 8, code 0)"},
    {"back_through_its_interface_that_is_permitted__passes",
     "same-security-traffic permit intra-interface\n", INSIDE, INSIDE, "10.1.1.9", "10.9.9.9",
     IP_TCP, 80, true, "Built inbound TCP"},
    {"a_reply_that_nobody_asked_for__is_denied_by_the_levels", "", OUTSIDE, INSIDE, "192.0.2.9",
     "10.1.1.9", IP_ICMP, 0, false, "106014: Deny inbound icmp"},
    {"a_reply_without_a_session__is_denied_by_inspection",
     "policy-map p\n class c\n  inspect icmp\naccess-list i permit ip any any\naccess-group i in "
     "interface outside\n",
     OUTSIDE, INSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, 0, false,
     "%ASA-4-313004: Denied ICMP type=0, from laddr 192.0.2.9 on interface outside to 10.1.1.9: no "
     "matching session"},
};

static void a_first_packet_passes_or_does_not(void **state)
{
    const struct row *row = *state;
    struct bench *b = make(row->config);

    send_first(b, row->from, row->src, row->dst, row->proto, row->port);
    assert_int_equal(b->end[row->to].came, row->passes);
    assert_logged(b, row->log);
    done(b);
}

/* `service resetinbound` is off by default, `resetoutbound` on; between equals either is enough;
 * `resetoutside` is about what ends at the least secure interface. */
static const struct reset_row {
    const char *what, *config;
    size_t from;
    const char *src, *dst;
    bool reset;
} resets[] = {
    {"denied_on_the_way_down__is_reset",
     "access-list a deny ip any any\naccess-group a in interface inside\n", INSIDE, "10.1.1.9",
     "10.2.2.9", true},
    {"without_resetoutbound__is_not",
     "access-list a deny ip any any\naccess-group a in interface inside\nno service "
     "resetoutbound\n",
     INSIDE, "10.1.1.9", "10.2.2.9", false},
    {"denied_on_the_way_up__is_not_reset", "", DMZ, "10.2.2.9", "10.1.1.9", false},
    {"with_resetinbound__is", "service resetinbound\n", DMZ, "10.2.2.9", "10.1.1.9", true},
    {"denied_between_equals__is_reset", "", DMZ, "10.2.2.9", "10.3.3.9", true},
    {"between_equals_with_resetinbound_alone__is_too",
     "no service resetoutbound\nservice resetinbound\n", DMZ, "10.2.2.9", "10.3.3.9", true},
    {"between_equals_with_neither__is_not", "no service resetoutbound\n", DMZ, "10.2.2.9",
     "10.3.3.9", false},
    {"to_the_box_from_outside__is_not_reset", "", OUTSIDE, "192.0.2.9", "192.0.2.1", false},
    {"to_the_box_from_outside_with_resetoutside__is", "service resetoutside\n", OUTSIDE,
     "192.0.2.9", "192.0.2.1", true},
    {"to_the_box_from_inside_with_resetoutside__is_not", "service resetoutside\n", INSIDE,
     "10.1.1.9", "10.1.1.1", false},
};

static void a_denied_segment_is_reset_or_not(void **state)
{
    const struct reset_row *row = *state;
    struct bench *b = make(row->config);
    struct end *e = &b->end[row->from];

    send_first(b, row->from, row->src, row->dst, IP_TCP, 80);
    assert_int_equal(e->came, row->reset);
    if (row->reset) {
        struct pkt p;
        pkt_parse_ip(bytes_of(e->last, e->n), &p);
        assert_int_equal(p.tcp.flags, TCP_RST | TCP_ACK);
        assert_int_equal(p.tcp.ack, 6);
    }
    done(b);
}

/* --- 106100 ------------------------------------------------------------------------------------
 */

static void entries_with_log_count_their_hits(void **state)
{
    struct bench *b =
        make("access-list a deny tcp any any eq 23 log interval 60\naccess-list a permit "
             "ip any any log\naccess-group a in interface dmz\n");

    (void)state;
    for (int i = 0; i < 3; i++)
        send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(logged(b, "%ASA-6-106100: access-list a denied tcp dmz/10.2.2.9(1000) -> "
                               "inside/10.1.1.9(23) hit-cnt 1 first hit [0x"),
                     1);
    assert_int_equal(logged(b, "106023"), 0);
    wait_s(b, 61);
    assert_int_equal(logged(b, "(23) hit-cnt 2 60-second interval [0x"), 1);
    wait_s(b, 61); /* none has come since: it is forgotten */
    send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(logged(b, "(23) hit-cnt 1 first hit"), 2);
    send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_ICMP, 8);
    assert_logged(b, "access-list a permitted icmp dmz/10.2.2.9(8) -> inside/10.1.1.9(0) hit-cnt 1 "
                     "first hit [0x");
    done(b);
}

static void a_flood_of_denied_flows_fills_a_table_and_no_more(void **state)
{
    struct bench *b = make("access-list a deny ip any any log\naccess-group a in interface dmz\n"
                           "logging buffer-size 1048576\n");

    (void)state;
    for (uint16_t i = 1; i <= 5000; i++)
        send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, i);
    assert_int_equal(logged(b, "hit-cnt 1 first hit"), 4096);
    wait_s(b, 301);
    send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 6000);
    assert_int_equal(logged(b, "(6000) hit-cnt 1 first hit"), 1);
    done(b);
}

static void log_disable_says_nothing(void **state)
{
    struct bench *b = make("access-list a deny ip any any log disable\naccess-group a in interface "
                           "dmz\n");

    (void)state;
    send_first(b, DMZ, "10.2.2.9", "10.1.1.9", IP_TCP, 23);
    assert_int_equal(logged(b, "106100") + logged(b, "106023"), 0);
    assert_int_equal(b->end[INSIDE].came, 0);
    done(b);
}

/* --- ICMP --------------------------------------------------------------------------------------
 */

static void send_icmp(struct bench *b, size_t from, const char *src, const char *dst,
                      const struct icmp *m)
{
    struct ip ip = {
        .version = 4, .proto = IP_ICMP, .ttl = 64, .src = address(src), .dst = address(dst)};
    uint8_t body[128], frame[256];
    struct wr p = wr_of(body, sizeof(body)), w = wr_of(frame, sizeof(frame));

    icmp_put(&p, m, &ip.src, &ip.dst);
    ether_put(&w, &b->end[from].gw, &b->end[from].mac, ETHER_IPV4);
    ip_put(&w, &ip, p.at);
    wr_put(&w, wr_bytes(&p));
    gateway_input(b->g, from, wr_bytes(&w));
}

static void a_reply_needs_inspection_or_a_list(void **state)
{
    static const struct {
        const char *config;
        bool back;
    } ways[] = {
        {"", false},
        {"policy-map p\n class c\n  inspect icmp\n", true},
        {"access-list i permit icmp any any echo-reply\naccess-group i in interface outside\n",
         true},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct bench *b = make(ways[i].config);
        send_first(b, INSIDE, "10.1.1.9", "192.0.2.9", IP_ICMP, ICMP_ECHO);
        assert_int_equal(b->end[OUTSIDE].came, 1);
        send_first(b, OUTSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, ICMP_ECHO_REPLY);
        assert_int_equal(b->end[INSIDE].came, ways[i].back);
        done(b);
    }
}

static void inspection_takes_one_reply_for_each_request(void **state)
{
    static const struct {
        uint16_t seq;
        bool asks, passes;
    } steps[] = {
        {10, true, true},  {10, false, true},    {10, false, false}, /* the same again */
        {11, true, true},  {12, true, true},     {12, false, true},  /* out of order */
        {11, false, true}, {13, false, false},                       /* not asked */
        {50, true, true},  {49, false, false},   {50, false, true},  {65535, true, true},
        {0, true, true},   {65535, false, true}, {0, false, true},
    };
    struct bench *b = make("policy-map p\n class c\n  inspect icmp\n");

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        size_t to = steps[i].asks ? OUTSIDE : INSIDE, before = b->end[to].came;
        struct icmp m = {.type = steps[i].asks ? ICMP_ECHO : ICMP_ECHO_REPLY,
                         .rest = 7u << 16 | steps[i].seq};
        if (steps[i].asks)
            send_icmp(b, INSIDE, "10.1.1.9", "192.0.2.9", &m);
        else
            send_icmp(b, OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
        if (b->end[to].came - before != steps[i].passes)
            fail_msg("step %zu", i);
    }
    struct buf out = BUF_INIT;
    gateway_command(b->g, "show asp drop", &out);
    assert_non_null(strstr(buf_str(&out),
                           "ICMP Inspect seq num not matched (inspect-icmp-seq-num-not-matched)"));
    buf_release(&out);
    done(b);
}

static void an_error_about_no_flow_is_denied_in_the_devices_words(void **state)
{
    struct bench *b =
        make("access-list i permit ip any any\naccess-group i in interface outside\n");
    struct ip quoted = {.version = 4,
                        .proto = IP_UDP,
                        .ttl = 60,
                        .src = address("10.1.1.9"),
                        .dst = address("192.0.2.66")};
    static const uint8_t ports[] = {0xa0, 0x26, 0, 53, 0, 8, 0, 0};
    uint8_t data[64];
    struct wr q = wr_of(data, sizeof(data));
    struct icmp m = {.type = ICMP_UNREACHABLE, .code = 3};

    (void)state;
    ip_put(&q, &quoted, 8);
    wr_put(&q, bytes_of(ports, 8));
    m.data = wr_bytes(&q);
    send_icmp(b, OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
    assert_logged(b, "%ASA-4-313005: No matching connection for ICMP error message: icmp src "
                     "outside:192.0.2.9 dst inside:10.1.1.9 (type 3, code 3) on outside interface. "
                     " Original IP payload: udp src 10.1.1.9/40998 dst 192.0.2.66/53.");
    m.data = bytes_of(data, 10);
    send_icmp(b, OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
    assert_logged(b, "Original IP payload: <unknown>.");
    assert_int_equal(b->end[INSIDE].came, 0);
    done(b);
}

static void errors_of_the_gateways_own_are_limited(void **state)
{
    static const struct {
        const char *config;
        size_t at_once, in_ten_s;
    } ways[] = {{"", 1, 11}, {"icmp unreachable rate-limit 5 burst-size 4\n", 4, 54}};

    (void)state;
    for (size_t i = 0; i < COUNT(ways); i++) {
        struct buf extra = BUF_INIT;
        buf_addf(&extra, "%spolicy-map p\n class c\n  set connection decrement-ttl\n",
                 ways[i].config);
        struct bench *b = make(buf_str(&extra));
        struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = 1};
        static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
        uint8_t frame[128];
        struct wr w = wr_of(frame, sizeof(frame));
        ip.src = address("10.1.1.9");
        ip.dst = address("192.0.2.9");
        ether_put(&w, &b->end[INSIDE].gw, &b->end[INSIDE].mac, ETHER_IPV4);
        ip_put(&w, &ip, 8);
        wr_put(&w, bytes_of(datagram, 8));
        for (int k = 0; k < 20; k++)
            gateway_input(b->g, INSIDE, wr_bytes(&w));
        assert_int_equal(b->end[INSIDE].came, ways[i].at_once);
        for (int k = 0; k < 1000; k++) { /* ten seconds */
            clock_sleep_until(&b->clk.clock, mono_add(b->clk.at, SPAN_MS(10)));
            gateway_tick(b->g);
            gateway_input(b->g, INSIDE, wr_bytes(&w));
        }
        assert_int_equal(b->end[INSIDE].came, ways[i].in_ten_s);
        buf_release(&extra);
        done(b);
    }
}

int main(void)
{
    struct CMUnitTest tests[48] = {
        cmocka_unit_test(entries_with_log_count_their_hits),
        cmocka_unit_test(a_flood_of_denied_flows_fills_a_table_and_no_more),
        cmocka_unit_test(log_disable_says_nothing),
        cmocka_unit_test(a_reply_needs_inspection_or_a_list),
        cmocka_unit_test(inspection_takes_one_reply_for_each_request),
        cmocka_unit_test(an_error_about_no_flow_is_denied_in_the_devices_words),
        cmocka_unit_test(errors_of_the_gateways_own_are_limited),
    };
    size_t n = 7;

    for (size_t i = 0; i < COUNT(resets); i++)
        tests[n++] = (struct CMUnitTest){resets[i].what, a_denied_segment_is_reset_or_not, NULL,
                                         NULL, (void *)(uintptr_t)&resets[i]};
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, a_first_packet_passes_or_does_not, NULL,
                                         NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("gateway/access", tests, n, NULL, NULL);
}
