/* How long a TCP connection lives when nothing comes. */
#include "tests/conn_tcp_lab.h"
#include "tests/testkit.h"

#include "tests/conn_tcp_letters.h"

static const struct timer_row {
    const char *what;
    struct gw_set_timeouts set;
    bool open, fin;
    int64_t lives_s;    /* and not a second more */
    const char *reason; /* of 302014 */
    int resets;
} timers[] = {
    {"half_open__thirty_seconds", {0}, false, false, 30, "SYN Timeout", 0},
    {"half_closed__ten_minutes", {0}, true, true, 600, "FIN Timeout", 0},
    {"idle__an_hour", {0}, true, false, 3600, "Conn-timeout", 0},
    {"embryonic_of_a_class__comes_first",
     {.embryonic = 5, .has_embryonic = true},
     false,
     false,
     5,
     "SYN Timeout",
     0},
    {"half_closed_of_a_class__comes_first",
     {.half_closed = 300, .has_half_closed = true},
     true,
     true,
     300,
     "FIN Timeout",
     0},
    {"idle_of_a_class__comes_first",
     {.idle = 7200, .has_idle = true},
     true,
     false,
     7200,
     "Conn-timeout",
     0},
    {"idle_with_reset__tells_both_hosts",
     {.idle = 600, .has_idle = true, .reset = true},
     true,
     false,
     600,
     "Flow timed out with reset",
     1},
};

static void a_connection_lives_as_long_as_its_timeout_says(void **state)
{
    const struct timer_row *row = *state;
    struct tcp_bench *b = bench_new(false, 100, 0);
    struct bench_seg fin = {C, FA, 1001, 5001, 0, 0, {0}, 0};

    b->cfg->set_timeouts = row->set;
    if (row->open)
        bench_open_whole(b);
    else
        bench_open_half(b);
    if (row->fin)
        assert_int_equal(bench_pass(b, &fin), GW_DROP_NONE);
    bench_wait_s(b, row->lives_s - 1);
    assert_int_equal(conns_count(b->t), 1);
    bench_wait_s(b, 2);
    assert_int_equal(conns_count(b->t), 0);
    bench_assert_logged(b, row->reason);
    assert_int_equal(b->resets, row->resets);
    bench_free(b);
}

static void timewait_keeps_a_closed_connection_for_fifteen_seconds(void **state)
{
    struct bench_seg fins[] = {{C, FA, 1001, 5001, 0, 0, {0}, 0},
                               {V, FA, 5001, 1002, 0, 0, {0}, 0},
                               {C, A, 1002, 5002, 0, 0, {0}, 0}};

    (void)state;
    for (int timewait = 0; timewait < 2; timewait++) {
        struct tcp_bench *b = bench_new(false, 100, 0);
        b->cfg->sysopt.timewait = timewait;
        bench_open_whole(b);
        for (size_t i = 0; i < COUNT(fins); i++)
            assert_int_equal(bench_pass(b, &fins[i]), GW_DROP_NONE);
        bench_assert_logged(b, "bytes 0 TCP FINs");
        assert_int_equal(conns_count(b->t), timewait);
        assert_int_equal(bench_pass(b, &fins[1]), timewait ? GW_DROP_NONE : GW_DROP_NOT_SYN);
        bench_wait_s(b, 16);
        assert_int_equal(conns_count(b->t), 0);
        bench_free(b);
    }
}

#define MORE 1

int main(void)
{
    struct CMUnitTest tests[COUNT(timers) + MORE] = {
        cmocka_unit_test(timewait_keeps_a_closed_connection_for_fifteen_seconds),
    };

    for (size_t i = 0; i < COUNT(timers); i++)
        tests[MORE + i] =
            (struct CMUnitTest){timers[i].what, a_connection_lives_as_long_as_its_timeout_says,
                                NULL, NULL, (void *)(uintptr_t)&timers[i]};
    return cmocka_run_group_tests_name("gateway/conn_tcp_timeout", tests, NULL, NULL);
}
