/* Packets through a gateway that translates ports: what comes out, what comes back, what is said.
 */
#include "tests/nat_lab.h"
#include "tests/testkit.h"
#include "wire/checksum.h"

/* --- ports -------------------------------------------------------------------------------------
 */

static void many_hosts_hide_behind_the_interface(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    struct pkt p;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", NAT_SERVER, NAT_OUTSIDE, "203.0.113.1:1772",
                NAT_SERVER);
    nat_send_tcp(l, NAT_INSIDE, "10.1.1.6:1772", NAT_SERVER, nat_syn());
    assert_true(nat_take(l, NAT_OUTSIDE, &p));
    assert_int_not_equal(p.tcp.src, 1772);
    assert_in_range(p.tcp.src, 1024, 65535);
    assert_int_equal(nat_logged(l, "%ASA-6-305011: Built dynamic TCP translation from "
                                   "inside:10.1.1.5/1772 to outside:203.0.113.1/1772"),
                     1);
    assert_int_equal(nat_logged(l, "302013: Built outbound TCP connection 1 for "
                                   "outside:198.51.100.9/80 (198.51.100.9/80) to "
                                   "inside:10.1.1.5/1772 (203.0.113.1/1772)"),
                     1);
    nat_lab_free(l);
}

static void bytes_go_both_ways_and_the_translation_outlives_the_connection(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    struct pkt p;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", NAT_SERVER, NAT_OUTSIDE, "203.0.113.1:1772",
                NAT_SERVER);
    nat_send_tcp(
        l, NAT_INSIDE, "10.1.1.5:1772", NAT_SERVER,
        (struct tcp){.flags = TCP_ACK, .seq = 1000, .ack = 5000, .data = bytes_str("odd")});
    p = nat_expect(l, NAT_OUTSIDE, "203.0.113.1:1772", NAT_SERVER);
    assert_true(bytes_eq(p.tcp.data, bytes_str("odd")));
    nat_send_tcp(l, NAT_OUTSIDE, NAT_SERVER, "203.0.113.1:1772",
                 (struct tcp){.flags = TCP_RST | TCP_ACK, .seq = 5000, .ack = 1003});
    nat_expect(l, NAT_INSIDE, NAT_SERVER, "10.1.1.5:1772");
    assert_int_equal(nat_logged(l, "bytes 3 TCP Reset-O"), 1);
    nat_run(l, SPAN_S(29));
    assert_int_equal(nat_logged(l, "305012"), 0);
    nat_run(l, SPAN_S(2));
    assert_int_equal(nat_logged(l, "305012: Teardown dynamic TCP translation from "
                                   "inside:10.1.1.5/1772 to outside:203.0.113.1/1772 duration "
                                   "0:00:30"),
                     1);
    nat_lab_free(l);
}

static void nobody_else_reaches_a_port_that_is_translated(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT "access-group in in interface outside\n");

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1772", NAT_SERVER, NAT_OUTSIDE, "203.0.113.1:1772",
                NAT_SERVER);
    nat_send_tcp(l, NAT_OUTSIDE, "198.51.100.66:80", "203.0.113.1:1772", nat_syn());
    nat_send_tcp(l, NAT_OUTSIDE, NAT_SERVER, "203.0.113.1:1773", nat_syn());
    nat_expect_none(l, NAT_INSIDE);
    nat_lab_free(l);
}

static void datagrams_are_translated_and_keep_a_checksum_that_is_not_used(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    static const uint8_t bare[] = {0x14, 0xe9, 0, 53, 0, 10, 0, 0, 'h', 'i'};
    struct ip ip = {.proto = IP_UDP};
    struct pkt p;

    (void)state;
    nat_send_udp(l, NAT_INSIDE, "10.1.1.5:5353", "198.51.100.9:53", "query");
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1:5353", "198.51.100.9:53");
    nat_send_udp(l, NAT_OUTSIDE, "198.51.100.9:53", "203.0.113.1:5353", "answers");
    nat_expect(l, NAT_INSIDE, "198.51.100.9:53", "10.1.1.5:5353");
    ip.src = nat_at("10.1.1.6").addr;
    ip.dst = nat_at("198.51.100.9").addr;
    nat_send_ip(l, NAT_INSIDE, &ip, bytes_of(bare, sizeof(bare)));
    assert_true(nat_take(l, NAT_OUTSIDE, &p));
    assert_int_equal(p.ip.payload.p[6] | p.ip.payload.p[7], 0);
    assert_int_equal(nat_logged(l, "305011: Built dynamic UDP translation from "
                                   "inside:10.1.1.5/5353 to outside:203.0.113.1/5353"),
                     1);
    nat_lab_free(l);
}

static void two_hosts_may_ping_with_the_same_identifier(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    uint16_t ids[2];
    struct pkt p;

    (void)state;
    for (int i = 0; i < 2; i++) {
        nat_ping(l, NAT_INSIDE, i ? "10.1.1.6" : "10.1.1.5", "198.51.100.9", ICMP_ECHO, 340);
        p = nat_expect(l, NAT_OUTSIDE, "203.0.113.1", "198.51.100.9");
        ids[i] = (uint16_t)(p.icmp.rest >> 16);
    }
    assert_int_not_equal(ids[0], ids[1]);
    for (int i = 1; i >= 0; i--) {
        nat_ping(l, NAT_OUTSIDE, "198.51.100.9", "203.0.113.1", ICMP_ECHO_REPLY, ids[i]);
        p = nat_expect(l, NAT_INSIDE, "198.51.100.9", i ? "10.1.1.6" : "10.1.1.5");
        assert_int_equal(p.icmp.rest >> 16, 340);
    }
    assert_int_equal(nat_logged(l, "305011: Built dynamic ICMP translation"), 2);
    assert_int_equal(nat_logged(l, "302020: Built outbound ICMP connection for faddr "
                                   "198.51.100.9/0 gaddr 203.0.113.1/340 laddr 10.1.1.5/340"),
                     1);
    nat_lab_free(l);
}

static void the_gateway_itself_still_answers_on_its_address(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);

    (void)state;
    nat_ping(l, NAT_OUTSIDE, "198.51.100.9", "203.0.113.1", ICMP_ECHO, 9);
    nat_expect(l, NAT_OUTSIDE, "203.0.113.1", "198.51.100.9");
    nat_lab_free(l);
}

static void a_wrong_checksum_stays_wrong(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    uint8_t segment[TCP_HDR_LEN];
    struct wr w = wr_of(segment, sizeof(segment));
    struct ip ip = {
        .proto = IP_TCP, .src = nat_at("10.1.1.5").addr, .dst = nat_at(NAT_SERVER).addr};
    struct tcp t = {.src = 9, .dst = 80, .flags = TCP_SYN, .seq = 5, .window = 9};

    (void)state;
    tcp_put(&w, &t, &ip.src, &ip.dst);
    segment[17] ^= 0x55;
    nat_send_ip(l, NAT_INSIDE, &ip, wr_bytes(&w));
    assert_int_equal(l->ngot, 1);
    struct pkt p;
    pkt_parse(bytes_of(l->got[0].p, l->got[0].n), &p);
    uint64_t sum = checksum_pseudo(&p.ip.src, &p.ip.dst, IP_TCP, p.ip.payload.n);
    assert_int_equal(ip4_u32(&p.ip.src), 0xcb007101);
    assert_int_not_equal(checksum_finish(checksum_add(sum, p.ip.payload)), 0);
    nat_lab_free(l);
}

static void protocols_without_ports_find_none(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    struct ip ip = {
        .proto = IP_GRE, .src = nat_at("10.1.1.5").addr, .dst = nat_at(NAT_SERVER).addr};

    (void)state;
    nat_send_ip(l, NAT_INSIDE, &ip, bytes_str("whatever"));
    nat_expect_none(l, NAT_OUTSIDE);
    assert_int_equal(nat_logged(l, "%ASA-3-305006: regular translation creation failed for "
                                   "protocol 47 src inside:10.1.1.5 dst outside:198.51.100.9"),
                     1);
    nat_lab_free(l);
}

/* --- ICMP errors -------------------------------------------------------------------------------
 */

/* An error of FROM about the last packet that came out at OUTSIDE, of which N bytes of payload are
 * quoted. */
static void complain(struct nat_lab *l, const char *from, const char *to, uint8_t type, size_t n)
{
    const struct nat_frame *f = &l->got[l->ngot - 1];
    struct bytes packet = bytes_from(bytes_of(f->p, f->n), ETHER_HDR_LEN);
    struct ip ip = {.proto = IP_ICMP, .src = nat_at(from).addr, .dst = nat_at(to).addr};
    struct icmp m = {.type = type, .code = 3, .data = bytes_head(packet, IP4_HDR_LEN + n)};
    uint8_t message[2048];
    struct wr w = wr_of(message, sizeof(message));

    icmp_put(&w, &m, &ip.src, &ip.dst);
    nat_send_ip(l, NAT_OUTSIDE, &ip, wr_bytes(&w));
}

static void errors_quote_the_packet_as_its_sender_knows_it(void **state)
{
    static const size_t quoted[] = {8, 13, 20, 200};
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT "class-map c\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_type(l, "policy-map p", &out);
    nat_type(l, "class c", &out);
    nat_type(l, "set connection random-sequence-number enable", &out);
    for (size_t i = 0; i < COUNT(quoted); i++) {
        struct pkt p, q;
        char from[32] = "10.1.1.5:3000";
        from[12] = (char)('0' + i);
        nat_send_tcp(l, NAT_INSIDE, from, NAT_SERVER,
                     (struct tcp){.flags = TCP_SYN, .seq = 123456});
        assert_true(nat_take(l, NAT_OUTSIDE, &p));
        assert_int_not_equal(p.tcp.seq, 123456);
        complain(l, "192.0.2.77", "203.0.113.1", ICMP_TIME_EXCEEDED, quoted[i]);
        p = nat_expect(l, NAT_INSIDE, "192.0.2.77", "10.1.1.5"); /* the router's own address */
        pkt_parse_ip(p.icmp.data, &q);
        assert_int_equal(ip4_u32(&q.ip.src), 0x0a010105);
        assert_int_equal(ip4_u32(&q.ip.dst), 0xc6336409);
        assert_int_equal(checksum_finish(checksum_add(0, bytes_head(p.icmp.data, 20))), 0);
        struct rd r = rd_of(bytes_from(p.icmp.data, 20));
        assert_int_equal(rd_be16(&r), 3000 + i);
        assert_int_equal(rd_be16(&r), 80);
        assert_int_equal(rd_be32(&r), 123456);
        if (quoted[i] >= 24) /* all of the segment: its checksum fits again */
            assert_true(tcp_checksum_ok(bytes_from(p.icmp.data, 20), &q.ip.src, &q.ip.dst));
    }
    buf_release(&out);
    nat_lab_free(l);
}

static void errors_about_datagrams_and_pings_find_their_hosts(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    struct pkt p, q;

    (void)state;
    nat_send_udp(l, NAT_INSIDE, "10.1.1.5:5353", "198.51.100.9:53", "query");
    complain(l, "198.51.100.9", "203.0.113.1", ICMP_UNREACHABLE, 200);
    p = nat_expect(l, NAT_INSIDE, "198.51.100.9", "10.1.1.5");
    pkt_parse_ip(p.icmp.data, &q);
    assert_int_equal(q.udp.src, 5353);
    uint64_t sum = checksum_pseudo(&q.ip.src, &q.ip.dst, IP_UDP, q.ip.payload.n);
    assert_int_equal(checksum_finish(checksum_add(sum, q.ip.payload)), 0);
    nat_ping(l, NAT_INSIDE, "10.1.1.5", "198.51.100.9", ICMP_ECHO, 77);
    nat_ping(l, NAT_INSIDE, "10.1.1.6", "198.51.100.9", ICMP_ECHO, 77);
    complain(l, "198.51.100.9", "203.0.113.1", ICMP_TIME_EXCEEDED, 8);
    p = nat_expect(l, NAT_INSIDE, "198.51.100.9", "10.1.1.6");
    pkt_parse_ip(p.icmp.data, &q);
    assert_int_equal(q.icmp.rest >> 16, 77);
    assert_int_equal(ip4_u32(&q.ip.src), 0x0a010106);
    nat_lab_free(l);
}

/* --- the console -------------------------------------------------------------------------------
 */

static void connections_are_shown_with_both_addresses(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.50:1000",
                NAT_SERVER);
    nat_run(l, SPAN_S(7));
    assert_non_null(strstr(nat_type(l, "show conn", &out),
                           "TCP outside 198.51.100.9:80 inside 10.1.1.5(203.0.113.50):1000, idle "
                           "0:00:07, bytes 0, flags U\n"));
    assert_string_equal(nat_type(l, "show xlate", &out),
                        "1 in use, 1 most used\nGlobal 203.0.113.50 Local 10.1.1.5\n");
    assert_string_equal(nat_type(l, "show xlate count", &out), "1 in use, 1 most used\n");
    assert_string_equal(nat_type(l, "show local-host 10.1.1.5", &out),
                        "Interface outside: 0 active, 0 maximum active, 0 denied\n"
                        "Interface inside: 1 active, 1 maximum active, 0 denied\n"
                        "local host: <10.1.1.5>,\n"
                        "    TCP flow count/limit = 1/unlimited\n"
                        "    TCP embryonic count to host = 0\n"
                        "    TCP intercept watermark = unlimited\n"
                        "    UDP flow count/limit = 0/unlimited\n"
                        "\n  Xlate:\n    Global 203.0.113.50 Local 10.1.1.5\n"
                        "\n  Conn:\n    TCP outside 198.51.100.9:80 inside "
                        "10.1.1.5(203.0.113.50):1000, idle 0:00:07, bytes 0, flags U\n"
                        "Interface dmz: 0 active, 0 maximum active, 0 denied\n");
    buf_release(&out);
    nat_lab_free(l);
}

static void clear_xlate_ends_connections_and_what_they_held(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", NAT_PAT);
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.1:1000",
                NAT_SERVER);
    nat_type(l, "clear xlate", &out);
    assert_int_equal(nat_logged(l, "duration 0:00:00 bytes 0 Xlate Clear"), 1);
    assert_int_equal(nat_logged(l, "305012: Teardown dynamic TCP"), 1);
    assert_string_equal(nat_type(l, "show xlate", &out), "0 in use, 1 most used\n");
    buf_release(&out);
    nat_lab_free(l);
}

static void connections_live_on_when_their_rule_goes(void **state)
{
    struct nat_lab *l = nat_lab_new("8.2(1)", "static (inside,outside) 203.0.113.50 10.1.1.5\n");
    struct buf out = BUF_INIT;

    (void)state;
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.50:1000",
                NAT_SERVER);
    nat_type(l, "no static (inside,outside) 203.0.113.50 10.1.1.5", &out);
    nat_send_tcp(l, NAT_OUTSIDE, NAT_SERVER, "203.0.113.50:1000",
                 (struct tcp){.flags = TCP_ACK, .seq = 5000, .ack = 1000, .data = bytes_str("x")});
    nat_expect(l, NAT_INSIDE, NAT_SERVER, "10.1.1.5:1000");
    nat_type(l, "clear conn", &out);
    nat_type(l, "reload noconfirm", &out);
    nat_connect(l, NAT_INSIDE, "10.1.1.5:1000", NAT_SERVER, NAT_OUTSIDE, "203.0.113.50:1000",
                NAT_SERVER);
    buf_release(&out);
    nat_lab_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_hosts_hide_behind_the_interface),
        cmocka_unit_test(bytes_go_both_ways_and_the_translation_outlives_the_connection),
        cmocka_unit_test(nobody_else_reaches_a_port_that_is_translated),
        cmocka_unit_test(datagrams_are_translated_and_keep_a_checksum_that_is_not_used),
        cmocka_unit_test(two_hosts_may_ping_with_the_same_identifier),
        cmocka_unit_test(the_gateway_itself_still_answers_on_its_address),
        cmocka_unit_test(a_wrong_checksum_stays_wrong),
        cmocka_unit_test(protocols_without_ports_find_none),
        cmocka_unit_test(errors_quote_the_packet_as_its_sender_knows_it),
        cmocka_unit_test(errors_about_datagrams_and_pings_find_their_hosts),
        cmocka_unit_test(connections_are_shown_with_both_addresses),
        cmocka_unit_test(clear_xlate_ends_connections_and_what_they_held),
        cmocka_unit_test(connections_live_on_when_their_rule_goes),
    };
    return cmocka_run_group_tests_name("gateway/conn_nat", tests, NULL, NULL);
}
