/* IPv6 at the gateway itself: hops, its own addresses, errors about a flow, and what stays on its
 * link. */
#include "base/mem.h"
#include "tests/ipv6_lab.h"
#include "tests/testkit.h"
#include "wire/nd.h"

static void the_last_hop_is_told_so(void **state)
{
    struct gateway_lab *l =
        v6_new("policy-map p\n class c\n  set connection decrement-ttl\n", NULL);
    struct ip ip = v6_header(V6_USER, V6_SERVER, IP_UDP);
    static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
    struct pkt p;

    (void)state;
    v6_send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, 8));
    lab_run(l, SPAN_S(2));
    lab_flush(l, LAB_HO);
    ip.ttl = 1;
    v6_send_ip(l, LAB_BO, LAB_LAN, &ip, bytes_of(datagram, 8));
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_TIME_EXCEEDED);
    assert_int_equal(p.icmp.code, 0);
    assert_true(v6_icmp_checksum_ok(&p));
    v6_free(l);
}

static void what_speaks_of_neighbours_stays_on_its_link(void **state)
{
    static const uint8_t types[] = {133, 134, 135, 136, 137};
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct ip ip = v6_header(V6_USER, V6_SERVER, IP_ICMPV6);

    (void)state;
    v6_ping(l, V6_USER, V6_SERVER, 8);
    lab_run(l, SPAN_S(1));
    assert_int_equal(lab_flush(l, LAB_HO), 1);
    ip.ttl = ND_HOP_LIMIT;
    for (size_t i = 0; i < sizeof(types); i++) {
        struct icmp m = {.type = types[i], .data = bytes_of((const uint8_t[16]){0x20, 1}, 16)};
        uint8_t message[64];
        struct wr w = wr_of(message, sizeof(message));
        icmp_put(&w, &m, &ip.src, &ip.dst);
        v6_send_ip(l, LAB_BO, LAB_LAN, &ip, wr_bytes(&w));
    }
    assert_int_equal(lab_flush(l, LAB_HO), 0);
    v6_free(l);
}

/* A router of the HO says that the user's segment does not get through: it quotes the numbers that
 * the server's side sees, and the user reads its own. */
static void errors_about_a_flow_find_their_way_back(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct ip ip = v6_header("2001:db8:50::99", V6_USER, IP_ICMPV6);
    struct icmp m = {.type = ICMP6_UNREACHABLE, .code = 3};
    uint8_t quoted[128], message[256];
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(message, sizeof(message));
    struct v6_stream s;
    struct pkt p;

    (void)state;
    v6_connect(l, &s);
    l->taken[LAB_HO] = 0;
    assert_true(lab_take(l, LAB_HO, &p));
    assert_int_not_equal(p.tcp.seq, 1000);
    ip_put(&q, &p.ip, p.ip.payload_len);
    wr_put(&q, p.ip.payload);
    m.data = wr_bytes(&q);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    lab_flush(l, LAB_BO);
    v6_send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_true(lab_take(l, LAB_BO, &p));
    assert_int_equal(p.icmp.type, ICMP6_UNREACHABLE);
    assert_true(v6_icmp_checksum_ok(&p));
    struct rd r = rd_of(p.icmp.data);
    rd_skip(&r, IP6_HDR_LEN + 4);
    assert_int_equal(rd_be32(&r), 1000);
    m.data = bytes_head(m.data, IP6_HDR_LEN + 2); /* and one that quotes too little is denied */
    w = wr_of(message, sizeof(message));
    icmp_put(&w, &m, &ip.src, &ip.dst);
    v6_send_ip(l, LAB_HO, LAB_LAN, &ip, wr_bytes(&w));
    assert_false(lab_take(l, LAB_BO, &p));
    assert_int_equal(
        lab_logged(l, LAB_HO, 313005,
                   "icmp6 src inside:2001:db8:50::99 dst outside:2001:db8:b0::10 (type "
                   "1, code 3) on inside interface.  Original IP payload: <unknown>."),
        1);
    v6_free(l);
}

static void the_gateway_answers_pings_to_its_addresses(void **state)
{
    static const struct {
        const char *src, *dst;
        bool answered;
    } rows[] = {
        {V6_USER, "2001:db8:b0::5", true},
        {"fe80::9", "fe80::a5:aff:fee0:905", true}, /* the EUI-64 of 02:a5:0a:e0:09:05 */
        {V6_USER, "2001:db8:a::2", false},          /* of the far interface */
        {"fe80::9", V6_SERVER, false},              /* never leaves its link */
        {V6_USER, "fe80::77", false},
        {V6_USER, "ff02::1", false},
        {V6_USER, "ff0e::1", false},
    };
    struct gateway_lab *l = v6_new(NULL, NULL);

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ip_addr from = v6_address(rows[i].dst);
        struct pkt p;
        v6_ping(l, rows[i].src, rows[i].dst, 8);
        bool answered = lab_take(l, LAB_BO, &p);
        if (answered != rows[i].answered)
            fail_msg("%s to %s", rows[i].src, rows[i].dst);
        if (!answered)
            continue;
        assert_int_equal(p.icmp.type, ICMP6_ECHO_REPLY);
        assert_int_equal(p.icmp.rest, 7u << 16 | 1);
        assert_true(ip_addr_eq(&p.ip.src, &from));
        assert_true(v6_icmp_checksum_ok(&p));
    }
    assert_int_equal(l->esp_on_wan, 0);
    v6_free(l);
}

static void an_interface_without_ipv6_takes_none(void **state)
{
    struct gateway_lab *l = mem_zalloc(sizeof(*l));
    struct buf out = BUF_INIT;

    (void)state;
    lab_init(l, NULL, NULL, 6);
    v6_ping(l, V6_USER, V6_SERVER, 8);
    assert_int_equal(l->nd_seen, 0);
    assert_non_null(strstr(lab_type(l, LAB_BO, "show asp drop", &out),
                           "Unsupported IP version (unsupported-ip-version)"));
    buf_release(&out);
    v6_free(l);
}

static void the_console_shows_what_is_known_of_ipv6(void **state)
{
    struct gateway_lab *l = v6_new(NULL, NULL);
    struct buf out = BUF_INIT;

    (void)state;
    v6_ping(l, V6_USER, "2001:db8:b0::5", 8);
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
    v6_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_hop_is_told_so),
        cmocka_unit_test(what_speaks_of_neighbours_stays_on_its_link),
        cmocka_unit_test(errors_about_a_flow_find_their_way_back),
        cmocka_unit_test(the_gateway_answers_pings_to_its_addresses),
        cmocka_unit_test(an_interface_without_ipv6_takes_none),
        cmocka_unit_test(the_console_shows_what_is_known_of_ipv6),
    };
    return cmocka_run_group_tests_name("gateway/ipv6_hops", tests, NULL, NULL);
}
