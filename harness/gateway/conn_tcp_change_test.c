/* What is changed in TCP segments that pass: numbers, options, flags. Truth: numbers of a real ASAv
 * 9.16(4) (CSCwj61793). */
#include "tests/conn_tcp_lab.h"
#include "tests/testkit.h"

#include "tests/conn_tcp_letters.h"

/* --- the real capture --------------------------------------------------------------------------
 */

/* ASAv 9.16(4)170: SYN, a challenge ACK of a server that still has an old connection, and the
 * client's reset, which the gateway drops: below the ISN. The numbers are those of the capture. */
static void the_real_capture_of_a_challenge_ack_is_reproduced(void **state)
{
    static const uint8_t mss[] = {2, 4, 1460 >> 8, 1460 & 0xff};
    struct tcp_bench *b = bench_new(true, 100, 100);
    struct bench_seg syn = {C, S, 2514567835u, 0, 0, 0, {0}, 4};
    struct bench_seg stray = {V, A, 1000, 2338118548u, 0, 0, {0}, 0};
    struct bench_seg reset = {C, R, 969796095u, 0, 0, 0, {0}, 0};
    struct tcp_opts o;

    (void)state;
    memcpy(syn.opts, mss, sizeof(mss));
    for (int again = 0; again < 2; again++) { /* a repeated SYN keeps its offset */
        assert_int_equal(bench_pass(b, &syn), GW_DROP_NONE);
        assert_int_equal(bench_sent(b).seq, 3882890288u);
        tcp_opts_parse(bench_sent(b).opts, &o);
        assert_int_equal(o.mss, 1380);
    }
    assert_int_equal(bench_pass(b, &stray), GW_DROP_NONE);
    assert_int_equal(bench_sent(b).ack, 969796095u);
    assert_int_equal(bench_pass(b, &reset), GW_DROP_TCP_RSTFIN_OOO);
    assert_int_equal(conns_count(b->t), 1);
    bench_wait_s(b, 31);
    bench_assert_logged(b, "to dmz:192.168.198.28/443 duration 0:00:30 bytes 0 SYN Timeout");
    bench_free(b);
}

/* The second connection of the same capture: another offset, and a reset above the ISN, which the
 * gateway takes whatever the window is. */
static void a_reset_above_the_initial_number_ends_a_half_open_connection(void **state)
{
    struct tcp_bench *b = bench_new(true, 100, 100);
    struct bench_seg syn = {C, S, 2514567835u, 0, 0, 0, {0}, 0};
    struct bench_seg reset = {C, R, 2514567835u + 1000000000u, 0, 0, 0, {0}, 0};

    (void)state;
    b->rng.next = 1007318055;
    assert_int_equal(bench_pass(b, &syn), GW_DROP_NONE);
    assert_int_equal(bench_sent(b).seq, 3521885890u);
    bench_wait_s(b, 2);
    assert_int_equal(bench_pass(b, &reset), GW_DROP_NONE);
    assert_int_equal(conns_count(b->t), 0);
    bench_assert_logged(b, "Built inbound TCP connection 1 for inside:10.117.142.19/42098 "
                           "(10.117.142.19/42098) to dmz:192.168.198.28/443 (192.168.198.28/443)");
    bench_assert_logged(b, "Teardown TCP connection 1 for inside:10.117.142.19/42098 to "
                           "dmz:192.168.198.28/443 duration 0:00:02 bytes 0 TCP Reset-O");
    bench_free(b);
}

/* --- what is changed ---------------------------------------------------------------------------
 */

static void unknown_options_and_the_urgent_flag_are_cleared(void **state)
{
    /* MSS, window scale, NOP, MD5 (19, RFC 2385) cut to 4, 6 (echo, RFC 1072), 253 of odd length */
    static const uint8_t in[20] = {2,    4,    5, 0xb4, 3,    3,   7, 1, 19, 4,
                                   0xaa, 0xbb, 6, 3,    0xcc, 253, 3, 9, 1,  0};
    static const uint8_t out[20] = {2, 4, 5, 0x64, 3, 3, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    struct tcp_bench *b = bench_new(false, 100, 0);
    struct bench_seg syn = {C, S, 1000, 0, 0, 0, {0}, 20};
    struct bench_seg plain = {C, A, 1001, 5001, 0, 0, {8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1}, 12};
    struct bench_seg urgent = {C, PA | TCP_URG, 1001, 5001, 5, 0, {0}, 0};

    (void)state;
    memcpy(syn.opts, in, sizeof(in));
    assert_int_equal(bench_pass(b, &syn), GW_DROP_NONE);
    assert_true(bytes_eq(bench_sent(b).opts, bytes_of(out, sizeof(out))));
    struct bench_seg second = {V, SA, 5000, 1001, 0, 0, {0}, 0};
    assert_int_equal(bench_pass(b, &second), GW_DROP_NONE);
    assert_int_equal(bench_pass(b, &plain), GW_DROP_NONE);
    assert_true(
        bytes_eq(bench_sent(b).opts, bytes_of(plain.opts, 12))); /* timestamps are allowed */
    assert_int_equal(bench_pass(b, &urgent), GW_DROP_NONE);
    assert_int_equal(bench_sent(b).flags, PA);
    bench_free(b);
}

static void the_mss_is_raised_to_the_minimum_too(void **state)
{
    struct tcp_bench *b = bench_new(false, 100, 0);
    struct bench_seg syn = {C, S, 1000, 0, 0, 0, {2, 4, 0, 200}, 4};
    struct tcp_opts o;

    (void)state;
    b->cfg->sysopt.tcpmss_minimum = 400;
    assert_int_equal(bench_pass(b, &syn), GW_DROP_NONE);
    tcp_opts_parse(bench_sent(b).opts, &o);
    assert_int_equal(o.mss, 400);
    bench_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_capture_of_a_challenge_ack_is_reproduced),
        cmocka_unit_test(a_reset_above_the_initial_number_ends_a_half_open_connection),
        cmocka_unit_test(unknown_options_and_the_urgent_flag_are_cleared),
        cmocka_unit_test(the_mss_is_raised_to_the_minimum_too),
    };
    return cmocka_run_group_tests_name("gateway/conn_tcp_change", tests, NULL, NULL);
}
