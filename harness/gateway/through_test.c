/* What may pass a gateway, in which size, and what is said about the rest. */
#include "tests/gateway_lab.h"
#include "tests/testkit.h"

#include "base/mem.h"

static struct gateway_lab *make(const char *bo, const char *ho)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));

    lab_init(l, bo, ho, 3);
    return l;
}

static void done(struct gateway_lab *l)
{
    assert_int_equal(l->clear_on_wan, 0);
    lab_release(l);
    mem_free(l);
}

static void send(struct gateway_lab *l, enum lab_side side, enum lab_leg leg, const char *src,
                 const char *dst, uint8_t proto, struct bytes payload, uint8_t ttl)
{
    struct ip ip = {.version = 4, .proto = proto, .ttl = ttl, .id = 77};
    uint8_t packet[2048];
    struct wr w = wr_of(packet, sizeof(packet));

    assert_ok(ip_addr_parse(src, &ip.src));
    assert_ok(ip_addr_parse(dst, &ip.dst));
    ip_put(&w, &ip, payload.n);
    wr_put(&w, payload);
    lab_send_packet(l, side, leg, wr_bytes(&w));
    lab_run(l, SPAN_MS(100));
}

static void send_syn(struct gateway_lab *l, enum lab_leg leg, const char *src, const char *dst,
                     uint8_t flags)
{
    struct tcp t = {.src = 1000, .dst = 80, .seq = 5, .flags = flags, .window = 100};
    struct ip_addr s, d;
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));

    assert_ok(ip_addr_parse(src, &s));
    assert_ok(ip_addr_parse(dst, &d));
    tcp_put(&w, &t, &s, &d);
    send(l, LAB_BO, leg, src, dst, IP_TCP, wr_bytes(&w), 64);
}

static bool got_reset(struct gateway_lab *l)
{
    struct pkt p;
    bool reset = false;

    while (lab_take(l, LAB_BO, &p))
        reset = reset || (p.kind == PKT_TCP && tcp_has(&p.tcp, TCP_RST));
    return reset;
}

/* --- sizes -------------------------------------------------------------------------------------
 */

static void the_mss_of_both_sides_is_clamped(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct tcp_opts o;
    struct lab_tcp c;
    struct pkt p;

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    for (int side = 0; side < 2; side++) {
        l->taken[side] = 0;
        assert_true(lab_take(l, (enum lab_side)side, &p));
        tcp_opts_parse(p.tcp.opts, &o);
        assert_int_equal(o.mss, 1380);
    }
    done(l);
}

static void a_large_packet_is_sealed_whole_and_sent_in_fragments(void **state)
{
    static const char after[] = "crypto ipsec fragmentation after-encryption outside\n";
    struct gateway_lab *l = make(after, after);
    struct pkt p;

    (void)state;
    lab_ping(l, LAB_BO, 7, 1472, false);
    lab_run(l, SPAN_S(2));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.icmp.data.n, 1472);
    assert_int_equal(l->fragments_on_wan, 2);
    assert_int_equal(l->esp_on_wan, 2); /* and not two packets sealed */
    done(l);
}

static void one_that_must_not_be_fragmented_is_answered_with_the_size_that_fits(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct pkt p;
    size_t fits;

    (void)state;
    lab_ping(l, LAB_BO, 7, 10, false);
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_HO);
    lab_ping(l, LAB_BO, 8, 1472, true);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP_UNREACHABLE);
    assert_int_equal(p.icmp.code, 4);
    fits = p.icmp.rest & 0xffff;
    assert_in_range(fits, 1420, 1460);
    uint64_t before = l->fragments_on_wan;
    lab_ping(l, LAB_BO, 9, fits - IP4_HDR_LEN - ICMP_HDR_LEN, true);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    lab_ping(l, LAB_BO, 9, fits - IP4_HDR_LEN - ICMP_HDR_LEN + 1, true); /* and not one more */
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_int_equal(l->fragments_on_wan, before);
    done(l);
}

static void fragments_from_a_host_are_put_together_first(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = 64, .id = 9};
    uint8_t datagram[3000], packet[1500];
    static const uint8_t data[2500];
    struct udp u = {.src = 4, .dst = 5, .data_len = sizeof(data), .data = bytes_of(data, 2500)};
    struct wr d = wr_of(datagram, sizeof(datagram));
    struct pkt p;

    (void)state;
    assert_ok(ip_addr_parse(LAB_USER, &ip.src));
    assert_ok(ip_addr_parse(LAB_SERVER, &ip.dst));
    udp_put(&d, &u, &ip.src, &ip.dst);
    for (uint32_t at = 0; at < d.at; at += 1480) {
        struct bytes part = bytes_head(bytes_from(wr_bytes(&d), at), 1480);
        struct wr w = wr_of(packet, sizeof(packet));
        ip.frag_off = at;
        ip.more = at + part.n < d.at;
        ip_put(&w, &ip, part.n);
        wr_put(&w, part);
        lab_send_packet(l, LAB_BO, LAB_LAN, wr_bytes(&w));
    }
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 302015, NULL), 1);
    assert_true(lab_take(l, LAB_HO, &p)); /* too large for one frame there as well */
    assert_int_equal(p.ip.proto, IP_UDP);
    assert_true(p.ip.more);
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.ip.frag_off + p.ip.payload_len, d.at);
    done(l);
}

/* --- hops --------------------------------------------------------------------------------------
 */

static void a_gateway_is_no_hop_unless_it_is_told_to_be_one(void **state)
{
    static const uint8_t echo[] = {8, 0, 0xf7, 0xfa, 0, 5, 0, 0};
    struct gateway_lab *l = make(NULL, NULL);
    struct pkt p;

    (void)state;
    send(l, LAB_BO, LAB_LAN, LAB_USER, LAB_SERVER, IP_ICMP, bytes_of(echo, 8), 1);
    lab_run(l, SPAN_S(2));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.ip.ttl, 1);
    done(l);
    l = make("policy-map p\n class c\n  set connection decrement-ttl\n", NULL);
    send(l, LAB_BO, LAB_LAN, LAB_USER, LAB_SERVER, IP_ICMP, bytes_of(echo, 8), 2);
    lab_run(l, SPAN_S(2));
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_equal(p.ip.ttl, 1);
    send(l, LAB_BO, LAB_LAN, LAB_USER, LAB_SERVER, IP_ICMP, bytes_of(echo, 8), 1);
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP_TIME_EXCEEDED);
    done(l);
}

static void the_gateway_answers_pings_on_the_interface_they_come_in(void **state)
{
    static const uint8_t echo[] = {8, 0, 0xf7, 0xfa, 0, 5, 0, 0};
    struct gateway_lab *l = make(NULL, NULL);
    struct pkt p;

    (void)state;
    send(l, LAB_BO, LAB_LAN, LAB_USER, "10.224.9.5", IP_ICMP, bytes_of(echo, 8), 64);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP_ECHO_REPLY);
    assert_int_equal(p.icmp.rest >> 16, 5);
    send(l, LAB_BO, LAB_LAN, LAB_USER, "209.165.201.2", IP_ICMP, bytes_of(echo, 8), 64);
    assert_false(lab_take(l, LAB_BO, &p)); /* the far interface is out of reach */
    done(l);
}

/* --- what is denied ----------------------------------------------------------------------------
 */

struct deny_row {
    const char *what;
    const char *config; /* lines more */
    enum lab_leg leg;
    const char *src, *dst;
    uint8_t flags;
    uint32_t log; /* the record that says so */
    bool reset;   /* the sender gets one (seen on the LAN only) */
};

static const struct deny_row deny_rows[] = {
    {"a segment without a connection is denied and reset", NULL, LAB_LAN, LAB_USER, LAB_SERVER,
     TCP_ACK, 106015, true},
    {"without resetoutbound it is only denied", "no service resetoutbound\n", LAB_LAN, LAB_USER,
     LAB_SERVER, TCP_ACK, 106015, false},
    {"a reset without a connection is not answered", NULL, LAB_LAN, LAB_USER, LAB_SERVER,
     TCP_RST | TCP_ACK, 106015, false},
    {"an access list denies and names itself",
     "access-list in deny tcp any any eq 80\naccess-list in permit ip any any\n"
     "access-group in in interface inside\n",
     LAB_LAN, LAB_USER, LAB_SERVER, TCP_SYN, 106023, true},
    {"an outgoing access list denies too",
     "access-list o deny tcp any any eq 80\naccess-list o permit ip any any\n"
     "access-group o out interface outside\n",
     LAB_LAN, LAB_USER, LAB_SERVER, TCP_SYN, 106023, true},
    {"from outside nothing begins without a list", NULL, LAB_WAN, "8.8.8.8", "10.224.10.9", TCP_SYN,
     106001, false},
    {"a clear packet for the tunnel is not taken", NULL, LAB_WAN, LAB_SERVER, LAB_USER, TCP_SYN,
     402117, false},
};

static void what_may_not_pass_is_logged(void **state)
{
    const struct deny_row *row = *state;
    struct gateway_lab *l = make(row->config, NULL);

    send_syn(l, row->leg, row->src, row->dst, row->flags);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_logged(l, LAB_BO, row->log, NULL), 1);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, NULL), 0);
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_int_equal(got_reset(l), row->reset);
    done(l);
}

static void decrypted_packets_meet_access_lists_without_permit_vpn(void **state)
{
    struct gateway_lab *l = make(NULL, "no sysopt connection permit-vpn\n");
    struct lab_tcp c;

    (void)state;
    assert_false(lab_connect(l, &c, 1135, 80));
    assert_true(lab_logged(l, LAB_HO, 106001, NULL) > 0);
    done(l);
    l = make(NULL, "no sysopt connection permit-vpn\naccess-list o permit tcp any any eq 80\n"
                   "access-group o in interface outside\n");
    assert_true(lab_connect(l, &c, 1135, 80));
    assert_false(lab_connect(l, &c, 1136, 81));
    assert_true(lab_logged(l, LAB_HO, 106023, "access-group \"o\"") > 0);
    done(l);
}

static void what_needs_no_tunnel_goes_in_clear(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);

    (void)state;
    send_syn(l, LAB_LAN, "10.224.10.9", "8.8.8.8", TCP_SYN);
    assert_int_equal(l->clear_on_wan, 1);
    assert_int_equal(lab_logged(l, LAB_BO, 302013, "outside:8.8.8.8/80"), 1);
    assert_int_equal(l->ike_on_wan, 0);
    l->clear_on_wan = 0; /* as it was to be */
    done(l);
}

static void errors_about_a_flow_find_their_way_back(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct ip_addr router;
    struct lab_tcp c;
    struct pkt p;
    uint8_t message[64];

    (void)state;
    assert_true(lab_connect(l, &c, 1135, 80));
    /* a router of the HO says that the user's segment does not fit: the numbers are those that the
     * server's side sees */
    l->taken[LAB_HO] = 0;
    assert_true(lab_take(l, LAB_HO, &p));
    uint32_t seen = p.tcp.seq, isn = 1000;
    uint8_t quoted[28], again[64];
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(message, sizeof(message));
    struct icmp m = {.type = ICMP_UNREACHABLE, .code = 4, .rest = 1200};
    assert_ok(ip_addr_parse("192.168.50.99", &router));
    ip_put(&q, &p.ip, p.ip.payload_len);
    wr_put(&q, bytes_head(p.ip.payload, 8));
    m.data = wr_bytes(&q);
    icmp_put(&w, &m, &router, &p.ip.src);
    lab_flush(l, LAB_BO);
    send(l, LAB_HO, LAB_LAN, "192.168.50.99", LAB_USER, IP_ICMP, wr_bytes(&w), 64);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.kind, PKT_ICMP);
    assert_int_equal(p.icmp.rest, 1200);
    struct rd r = rd_of(p.icmp.data);
    rd_skip(&r, IP4_HDR_LEN + 4);
    assert_int_not_equal(seen, isn); /* both gateways have changed it */
    assert_int_equal(rd_be32(&r), isn);
    struct wr a = wr_of(again, sizeof(again));
    icmp_put(&a, &p.icmp, &p.ip.src, &p.ip.dst);
    assert_true(bytes_eq(wr_bytes(&a), p.ip.payload)); /* its checksum is right */
    done(l);
}

static void udp_is_left_to_its_own_timer(void **state)
{
    struct gateway_lab *l = make(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    lab_send_udp(l, LAB_BO, 5000, 53, 100);
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    lab_type(l, LAB_BO, "clear crypto ipsec sa", &out);
    lab_run(l, SPAN_S(117)); /* timeout udp 0:02:00 */
    assert_int_equal(lab_logged(l, LAB_BO, 302016, NULL), 0);
    lab_run(l, SPAN_S(2));
    assert_int_equal(lab_logged(l, LAB_BO, 302016, "bytes 100"), 1);
    buf_release(&out);
    done(l);
}

int main(void)
{
    struct CMUnitTest tests[32] = {
        cmocka_unit_test(the_mss_of_both_sides_is_clamped),
        cmocka_unit_test(a_large_packet_is_sealed_whole_and_sent_in_fragments),
        cmocka_unit_test(one_that_must_not_be_fragmented_is_answered_with_the_size_that_fits),
        cmocka_unit_test(fragments_from_a_host_are_put_together_first),
        cmocka_unit_test(a_gateway_is_no_hop_unless_it_is_told_to_be_one),
        cmocka_unit_test(the_gateway_answers_pings_on_the_interface_they_come_in),
        cmocka_unit_test(decrypted_packets_meet_access_lists_without_permit_vpn),
        cmocka_unit_test(what_needs_no_tunnel_goes_in_clear),
        cmocka_unit_test(errors_about_a_flow_find_their_way_back),
        cmocka_unit_test(udp_is_left_to_its_own_timer),
    };
    size_t n = 10;

    for (size_t i = 0; i < COUNT(deny_rows); i++)
        tests[n++] = (struct CMUnitTest){deny_rows[i].what, what_may_not_pass_is_logged, NULL, NULL,
                                         (void *)(uintptr_t)&deny_rows[i]};
    return _cmocka_run_group_tests("gateway/through", tests, n, NULL, NULL);
}
