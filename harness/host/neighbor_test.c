/* ARP and neighbour discovery, pings, ICMP errors. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"
#include "wire/checksum.h"

#define A CONV_A
#define B CONV_B

static struct lone lone;
static struct conversation conv;
static struct tape tape;

static const struct two_row talk[] = {{TURN_DATA, A, 100000, 0}};

static int make(void **state)
{
    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    lone_release(&lone);
    conv_release(&conv);
    return 0;
}

/* The host behind a router: it answers for both addresses, and knows nobody yet. */
static void begin(uint8_t family)
{
    struct host_config cfg = {0};

    lone_init(&lone, NULL, family, 1);
    host_free(lone.host);
    cfg = lone.cfg;
    cfg.on_link = lone.us.addr;
    cfg.on_link.b[ip_addr_len(&cfg.on_link) - 1] = 99;
    lone.cfg = cfg;
    lone.host = host_new(&cfg, &lone.clk.clock, &lone.rng.rng, &lone.log);
    host_attach(lone.host, &lone.sink);
}

static void arp_in(uint16_t op, const struct mac *to, struct ip_addr sender, struct ip_addr target)
{
    uint8_t b[64];
    struct wr w = wr_of(b, sizeof(b));
    struct arp a = {.op = op, .sender_mac = lone.peer_mac, .sender = sender, .target = target};

    ether_put(&w, to, &lone.peer_mac, ETHER_ARP);
    arp_put(&w, &a);
    host_input(lone.host, wr_bytes(&w));
}

static void the_syn_waits_for_arp_and_goes_at_once(void **state)
{
    struct mono at;
    struct pkt p;

    (void)state;
    begin(4);
    lone_add(&lone, &tape, A);
    lone_wait(&lone, SPAN_MS(2500));
    for (int i = 0; i < 3; i++) { /* asked each second */
        assert_true(lone_frame(&lone, &p, &at));
        assert_int_equal(p.kind, PKT_ARP);
        assert_int_equal(p.arp.op, ARP_REQUEST);
        assert_true(ip_addr_eq(&p.arp.target, &lone.cfg.next_hop));
        assert_true(ip_addr_eq(&p.arp.sender, &lone.cfg.on_link));
        assert_true(mac_eq(&p.eth.dst, &MAC_BROADCAST));
        assert_in_range(at.ns / 1000000, i * 1000, i * 1000 + 6);
    }
    assert_false(lone_frame(&lone, &p, NULL));
    arp_in(ARP_REPLY, &lone.cfg.mac, lone.cfg.next_hop, lone.cfg.on_link);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_TCP);
    assert_true(mac_eq(&p.eth.dst, &lone.peer_mac));
}

static const struct arp_row {
    const char *what;
    uint8_t sender, target; /* last byte of 10.0.0.x; us 1, next hop 2, on_link 99 */
    bool answered;
} arp_rows[] = {
    {"asked_for_our_address__answers", 2, 1, true},
    {"asked_for_the_router_s_address__answers", 2, 99, true},
    {"asked_by_a_third_party__answers", 7, 1, true},
    {"asked_for_another__is_silent", 2, 3, false},
    {"a_gratuitous_one__is_silent", 2, 2, false},
    {"our_own_address_in_use_elsewhere__is_silent", 1, 1, false},
};

static void arp_is_answered_as_its_row_says(void **state)
{
    const struct arp_row *r = *state;
    struct ip_addr target = ip4(0x0a000000u + r->target);
    struct pkt p;

    make(NULL);
    begin(4);
    arp_in(ARP_REQUEST, &MAC_BROADCAST, ip4(0x0a000000u + r->sender), target);
    assert_int_equal(lone_frame(&lone, &p, NULL), r->answered);
    if (r->answered) {
        assert_int_equal(p.arp.op, ARP_REPLY);
        assert_true(ip_addr_eq(&p.arp.sender, &target));
        assert_true(mac_eq(&p.arp.sender_mac, &lone.cfg.mac));
        assert_true(mac_eq(&p.eth.dst, &lone.peer_mac));
    }
    drop(NULL);
}

static void the_next_hop_may_move(void **state)
{
    struct pkt p;

    (void)state;
    begin(4);
    arp_in(ARP_REQUEST, &MAC_BROADCAST, lone.cfg.next_hop, lone.cfg.next_hop); /* gratuitous */
    lone_add(&lone, &tape, A);
    assert_true(lone_frame(&lone, &p, NULL)); /* no question was needed */
    assert_int_equal(p.kind, PKT_TCP);
    lone.peer_mac.b[5] = 0x77;
    arp_in(ARP_REQUEST, &MAC_BROADCAST, lone.cfg.next_hop, lone.cfg.next_hop);
    lone_wait(&lone, SPAN_MS(1100));
    assert_true(lone_frame(&lone, &p, NULL)); /* nothing came back: is it still there? */
    assert_int_equal(p.kind, PKT_ARP);
    assert_int_equal(p.eth.dst.b[5], 0x77);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_TCP);
    assert_int_equal(p.eth.dst.b[5], 0x77);
}

static void an_answer_waits_for_arp_as_well(void **state)
{
    static const struct two_row ask[] = {{TURN_DATA, A, 10, 0}, {TURN_DATA, B, 20, 0}};
    struct conversation udp;
    struct tape udp_tape;
    uint8_t dgram[100];
    struct wr w = wr_of(dgram, sizeof(dgram));
    struct pkt p;

    (void)state;
    begin(4);
    lone_add(&lone, &tape, B);
    conv_make(&udp, CONV_UDP, ask, COUNT(ask));
    tape_init(&udp_tape, &udp, NULL);
    lone_add(&lone, &udp_tape, B);
    lone_send(&lone, (struct tcp){.flags = TCP_SYN, .window = 1000});
    struct ip ip = {
        .version = 4, .proto = IP_UDP, .ttl = 64, .src = lone.peer.addr, .dst = lone.us.addr};
    struct udp u = {.src = lone.peer.port, .dst = lone.us.port, .data = udp.data[A]};
    udp_put(&w, &u, &ip.src, &ip.dst);
    lone_input_ip(&lone, &ip, wr_bytes(&w));
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_ARP); /* one question for both */
    assert_false(lone_frame(&lone, &p, NULL));
    arp_in(ARP_REPLY, &lone.cfg.mac, lone.cfg.next_hop, lone.cfg.on_link);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_TCP);
    assert_int_equal(p.tcp.flags, TCP_SYN | TCP_ACK);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_UDP);
    assert_int_equal(p.udp.data.n, 20);
    conv_release(&udp);
}

/* --- IPv6 --------------------------------------------------------------------------------------
 */

static void nd_in(uint8_t type, struct ip_addr src, struct ip_addr dst, struct ip_addr target,
                  uint8_t option, uint8_t ttl)
{
    uint8_t body[32], msg[64];
    struct wr b = wr_of(body, sizeof(body)), w = wr_of(msg, sizeof(msg));

    wr_put(&b, bytes_of(target.b, 16));
    if (option) {
        wr_u8(&b, option);
        wr_u8(&b, 1);
        wr_put(&b, bytes_of(lone.peer_mac.b, 6));
    }
    struct icmp m = {.type = type, .data = wr_bytes(&b)};
    icmp_put(&w, &m, &src, &dst);
    struct ip ip = {.version = 6, .proto = IP_ICMPV6, .ttl = ttl, .src = src, .dst = dst};
    lone_input_ip(&lone, &ip, wr_bytes(&w));
}

static void the_syn_waits_for_neighbour_discovery(void **state)
{
    struct pkt p;

    (void)state;
    begin(6);
    lone_add(&lone, &tape, A);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.type, ICMP6_NEIGHBOR_SOLICITATION);
    assert_int_equal(p.ip.ttl, 255);
    static const uint8_t mac[6] = {0x33, 0x33, 0xff, 0, 0, 2}; /* RFC 2464, 7 */
    assert_memory_equal(p.eth.dst.b, mac, 6);
    assert_memory_equal(p.ip.dst.b, "\xff\x02\0\0\0\0\0\0\0\0\0\x01\xff\0\0\x02", 16);
    assert_memory_equal(p.icmp.data.p, lone.cfg.next_hop.b, 16);
    assert_int_equal(p.icmp.data.p[16], 1);
    assert_memory_equal(p.icmp.data.p + 18, lone.cfg.mac.b, 6);
    nd_in(ICMP6_NEIGHBOR_ADVERTISEMENT, lone.peer.addr, lone.us.addr, lone.cfg.next_hop, 2, 254);
    assert_false(lone_frame(&lone, &p, NULL)); /* RFC 4861, 7.1.2: it came from afar */
    nd_in(ICMP6_NEIGHBOR_ADVERTISEMENT, lone.peer.addr, lone.us.addr, lone.cfg.next_hop, 2, 255);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.kind, PKT_TCP);
}

static void a_solicitation__is_answered(void **state)
{
    struct ip_addr none = {.family = 6};
    struct pkt p;

    (void)state;
    begin(6);
    nd_in(ICMP6_NEIGHBOR_SOLICITATION, lone.peer.addr, lone.us.addr, lone.us.addr, 1, 255);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.icmp.type, ICMP6_NEIGHBOR_ADVERTISEMENT);
    assert_int_equal(p.icmp.rest, 0x60000000); /* solicited, override */
    assert_true(ip_addr_eq(&p.ip.dst, &lone.peer.addr));
    assert_memory_equal(p.icmp.data.p + 18, lone.cfg.mac.b, 6);
    nd_in(ICMP6_NEIGHBOR_SOLICITATION, none, lone.us.addr, lone.cfg.on_link, 0, 255);
    assert_true(lone_frame(&lone, &p, NULL)); /* somebody wants our address: tells everybody */
    assert_int_equal(p.ip.dst.b[0], 0xff);
    assert_int_equal(p.icmp.rest, 0x20000000);
    nd_in(ICMP6_NEIGHBOR_SOLICITATION, lone.peer.addr, lone.us.addr, lone.peer.addr, 1, 255);
    assert_false(lone_frame(&lone, &p, NULL));
}

/* --- pings and errors --------------------------------------------------------------------------
 */

static void icmp_in(const struct icmp *m)
{
    uint8_t msg[2000];
    struct wr w = wr_of(msg, sizeof(msg));
    uint8_t family = lone.us.addr.family;
    struct ip ip = {.version = family,
                    .proto = family == 6 ? IP_ICMPV6 : IP_ICMP,
                    .ttl = 64,
                    .src = lone.peer.addr,
                    .dst = lone.us.addr};

    icmp_put(&w, m, &ip.src, &ip.dst);
    lone_input_ip(&lone, &ip, wr_bytes(&w));
}

static void a_ping__is_answered(void **state)
{
    struct icmp m = {.type = ICMP_ECHO, .rest = 0x12340005, .data = bytes_str("are you there?")};
    struct pkt p;

    (void)state;
    lone_init(&lone, NULL, 4, 1);
    icmp_in(&m);
    assert_true(lone_frame(&lone, &p, NULL));
    assert_int_equal(p.icmp.type, ICMP_ECHO_REPLY);
    assert_int_equal(p.icmp.rest, 0x12340005);
    assert_true(bytes_eq(p.icmp.data, m.data));
    assert_int_equal(checksum_finish(checksum_add(0, p.ip.payload)), 0);
}

/* Opens side A with a window that is then full, and gives its first data segment. */
static void open_sending(uint8_t family, struct tcp *first)
{
    static const struct tcp_opts o = {.mss = 1400};

    lone_init(&lone, NULL, family, 1);
    lone_add(&lone, &tape, A);
    lone_open(&lone, A, &o, 60000);
    assert_true(lone_segment(&lone, first, NULL));
    assert_int_equal(first->data.n, 1400);
    lone_flush(&lone);
}

/* "Too big" about the segment that was captured first. */
static void too_big(uint32_t mtu, uint32_t seq)
{
    uint8_t quote[128];
    struct wr w = wr_of(quote, sizeof(quote));
    bool six = lone.us.addr.family == 6;
    struct ip ip = {.version = six ? 6 : 4,
                    .proto = IP_TCP,
                    .ttl = 60,
                    .df = true,
                    .src = lone.us.addr,
                    .dst = lone.peer.addr};

    ip_put(&w, &ip, 1420);
    wr_be16(&w, lone.us.port);
    wr_be16(&w, lone.peer.port);
    wr_be32(&w, seq + lone.irs); /* eight bytes, as RFC 792 promises */
    struct icmp m = {.type = six ? ICMP6_TOO_BIG : ICMP_UNREACHABLE,
                     .code = six ? 0 : 4,
                     .rest = mtu,
                     .data = wr_bytes(&w)};
    icmp_in(&m);
}

static const struct mtu_row {
    const char *what;
    uint8_t family;
    uint32_t mtu, seq;
    size_t segment; /* of what is sent again; 0: nothing */
} mtu_rows[] = {
    {"too_big__is_sent_again_in_smaller_pieces", 4, 1300, 1, 1260},
    {"too_big__an_mtu_below_576__is_taken_as_576", 4, 68, 1, 536},
    {"too_big__an_old_router_that_says_nothing__means_576", 4, 0, 1, 536},
    {"too_big__not_smaller_than_what_we_send__is_ignored", 4, 1500, 1, 0},
    {"too_big__about_bytes_never_sent__is_ignored", 4, 1300, 0x20000000, 0},
    {"too_big__ipv6", 6, 1300, 1, 1240},
    {"too_big__ipv6_below_1280__is_1280", 6, 600, 1, 1220},
};

static void the_path_mtu_is_found(void **state)
{
    const struct mtu_row *r = *state;
    struct tcp t;

    make(NULL);
    open_sending(r->family, &t);
    too_big(r->mtu, r->seq);
    if (r->segment == 0) {
        assert_int_equal(lone_flush(&lone), 0);
    } else {
        assert_true(lone_segment(&lone, &t, NULL));
        assert_int_equal(t.seq, 1);
        assert_int_equal(t.data.n, r->segment);
    }
    drop(NULL);
}

static const struct quote_row {
    const char *what;
    enum conv_proto proto;
    struct two_row turn;
} quote_rows[] = {
    {"an_error_about_tcp__is_counted_only", CONV_TCP, {TURN_DATA, A, 1000, 0}},
    {"an_error_about_udp__is_counted_only", CONV_UDP, {TURN_DATA, A, 1000, 0}},
    {"an_error_about_a_ping__is_counted_only", CONV_ICMP, {TURN_DATA, A, 1000, 0}},
};

static void an_error_is_counted(void **state)
{
    const struct quote_row *r = *state;
    struct pkt p;

    conv_make(&conv, r->proto, &r->turn, 1);
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, A);
    assert_true(lone_frame(&lone, &p, NULL));
    struct icmp m = {.type = ICMP_UNREACHABLE, .code = 1, .data = bytes_head(p.eth.payload, 28)};
    enum host_flow_state before = lone_status(&lone).state;
    icmp_in(&m);
    assert_false(lone_frame(&lone, &p, NULL));
    assert_int_equal(lone_status(&lone).icmp_errors, 1);
    assert_int_equal(lone_status(&lone).state, before);
    drop(NULL);
}

#define ONE(f)                                                                                     \
    {                                                                                              \
#f, f, make, drop, NULL                                                                    \
    }

int main(void)
{
    static const struct CMUnitTest single[] = {
        ONE(the_syn_waits_for_arp_and_goes_at_once),
        ONE(the_next_hop_may_move),
        ONE(an_answer_waits_for_arp_as_well),
        ONE(the_syn_waits_for_neighbour_discovery),
        ONE(a_solicitation__is_answered),
        ONE(a_ping__is_answered),
    };
    struct CMUnitTest tests[COUNT(arp_rows) + COUNT(mtu_rows) + COUNT(quote_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(arp_rows); i++)
        tests[n++] = (struct CMUnitTest){arp_rows[i].what, arp_is_answered_as_its_row_says, NULL,
                                         NULL, (void *)&arp_rows[i]};
    for (size_t i = 0; i < COUNT(mtu_rows); i++)
        tests[n++] = (struct CMUnitTest){mtu_rows[i].what, the_path_mtu_is_found, NULL, NULL,
                                         (void *)&mtu_rows[i]};
    for (size_t i = 0; i < COUNT(quote_rows); i++)
        tests[n++] = (struct CMUnitTest){quote_rows[i].what, an_error_is_counted, NULL, NULL,
                                         (void *)&quote_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("neighbor", tests, NULL, NULL);
}
