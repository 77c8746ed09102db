/* ICMP between the interfaces of one gateway: replies, errors about flows, and errors of its own.
 * 313005 is that of a real sample. */
#include "tests/access_lab.h"
#include "tests/testkit.h"

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
        struct access_bench *b = access_new(ways[i].config);
        access_send_first(b, ACCESS_INSIDE, "10.1.1.9", "192.0.2.9", IP_ICMP, ICMP_ECHO);
        assert_int_equal(b->end[ACCESS_OUTSIDE].came, 1);
        access_send_first(b, ACCESS_OUTSIDE, "192.0.2.9", "10.1.1.9", IP_ICMP, ICMP_ECHO_REPLY);
        assert_int_equal(b->end[ACCESS_INSIDE].came, ways[i].back);
        access_free(b);
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
    struct access_bench *b = access_new("policy-map p\n class c\n  inspect icmp\n");

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        size_t to = steps[i].asks ? ACCESS_OUTSIDE : ACCESS_INSIDE, before = b->end[to].came;
        struct icmp m = {.type = steps[i].asks ? ICMP_ECHO : ICMP_ECHO_REPLY,
                         .rest = 7u << 16 | steps[i].seq};
        if (steps[i].asks)
            access_send_icmp(b, ACCESS_INSIDE, "10.1.1.9", "192.0.2.9", &m);
        else
            access_send_icmp(b, ACCESS_OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
        if (b->end[to].came - before != steps[i].passes)
            fail_msg("step %zu", i);
    }
    struct buf out = BUF_INIT;
    gateway_command(b->g, "show asp drop", &out);
    assert_non_null(strstr(buf_str(&out),
                           "ICMP Inspect seq num not matched (inspect-icmp-seq-num-not-matched)"));
    buf_release(&out);
    access_free(b);
}

static void an_error_about_no_flow_is_denied_in_the_devices_words(void **state)
{
    struct access_bench *b =
        access_new("access-list i permit ip any any\naccess-group i in interface outside\n");
    struct ip quoted = {.version = 4,
                        .proto = IP_UDP,
                        .ttl = 60,
                        .src = access_address("10.1.1.9"),
                        .dst = access_address("192.0.2.66")};
    static const uint8_t ports[] = {0xa0, 0x26, 0, 53, 0, 8, 0, 0};
    uint8_t data[64];
    struct wr q = wr_of(data, sizeof(data));
    struct icmp m = {.type = ICMP_UNREACHABLE, .code = 3};

    (void)state;
    ip_put(&q, &quoted, 8);
    wr_put(&q, bytes_of(ports, 8));
    m.data = wr_bytes(&q);
    access_send_icmp(b, ACCESS_OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
    access_assert_logged(
        b, "%ASA-4-313005: No matching connection for ICMP error message: icmp src "
           "outside:192.0.2.9 dst inside:10.1.1.9 (type 3, code 3) on outside interface. "
           " Original IP payload: udp src 10.1.1.9/40998 dst 192.0.2.66/53.");
    m.data = bytes_of(data, 10);
    access_send_icmp(b, ACCESS_OUTSIDE, "192.0.2.9", "10.1.1.9", &m);
    access_assert_logged(b, "Original IP payload: <unknown>.");
    assert_int_equal(b->end[ACCESS_INSIDE].came, 0);
    access_free(b);
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
        struct access_bench *b = access_new(buf_str(&extra));
        struct ip ip = {.version = 4, .proto = IP_UDP, .ttl = 1};
        static const uint8_t datagram[] = {0, 4, 0, 5, 0, 8, 0, 0};
        uint8_t frame[128];
        struct wr w = wr_of(frame, sizeof(frame));
        ip.src = access_address("10.1.1.9");
        ip.dst = access_address("192.0.2.9");
        ether_put(&w, &b->end[ACCESS_INSIDE].gw, &b->end[ACCESS_INSIDE].mac, ETHER_IPV4);
        ip_put(&w, &ip, 8);
        wr_put(&w, bytes_of(datagram, 8));
        for (int k = 0; k < 20; k++)
            gateway_input(b->g, ACCESS_INSIDE, wr_bytes(&w));
        assert_int_equal(b->end[ACCESS_INSIDE].came, ways[i].at_once);
        for (int k = 0; k < 1000; k++) { /* ten seconds */
            clock_sleep_until(&b->clk.clock, mono_add(b->clk.at, SPAN_MS(10)));
            gateway_tick(b->g);
            gateway_input(b->g, ACCESS_INSIDE, wr_bytes(&w));
        }
        assert_int_equal(b->end[ACCESS_INSIDE].came, ways[i].in_ten_s);
        buf_release(&extra);
        access_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reply_needs_inspection_or_a_list),
        cmocka_unit_test(inspection_takes_one_reply_for_each_request),
        cmocka_unit_test(an_error_about_no_flow_is_denied_in_the_devices_words),
        cmocka_unit_test(errors_of_the_gateways_own_are_limited),
    };
    return cmocka_run_group_tests_name("gateway/access_icmp", tests, NULL, NULL);
}
