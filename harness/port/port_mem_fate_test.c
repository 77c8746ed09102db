/* What an impaired link does to frames by chance: loss, duplicates, reordering, jitter. */
#include "port/port_mem.h"

#include "port/port_mem_lab.h"
#include "tests/testkit.h"

static void a_share_of_frames_is_lost(void **state)
{
    struct link_spec spec = {.loss = 0.1};
    struct lab l;
    struct port_stats s;
    struct mono when;
    uint64_t got = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 10000; i++)
        send(l.a, 60, i);
    port_stats(l.a, &s);
    while (take(&l, l.b, &when) != UINT32_MAX)
        got++;
    assert_int_equal(s.sent, 10000);
    assert_int_equal(got, 10000 - s.lost);
    assert_in_range(s.lost, 900, 1100); /* more than three standard deviations either way */
    port_stats(l.b, &s);
    assert_int_equal(s.received, got);
    lab_release(&l);
}

static void a_share_of_frames_comes_twice_in_a_row(void **state)
{
    struct link_spec spec = {.duplicate = 0.2, .delay = SPAN_MS(1)};
    struct lab l;
    struct mono when;
    uint32_t last = UINT32_MAX, twice = 0, got;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 1000; i++)
        send(l.a, 60, i);
    while ((got = take(&l, l.b, &when)) != UINT32_MAX) {
        assert_true(got == last || got == last + 1);
        twice += got == last;
        last = got;
    }
    assert_int_equal(last, 999);
    assert_in_range(twice, 150, 250);
    lab_release(&l);
}

static void a_share_of_frames_is_overtaken(void **state)
{
    struct link_spec spec = {.reorder = 0.1, .reorder_by = SPAN_US(35), .delay = SPAN_MS(1)};
    struct lab l;
    struct mono when, last = {0};
    uint32_t highest = 0, late = 0, got, n = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 1; i <= 1000; i++) {
        send(l.a, 60, i);
        clock_sleep_until(&l.clk.clock, (struct mono){(int64_t)i * 10000});
    }
    while ((got = take(&l, l.b, &when)) != UINT32_MAX) {
        assert_false(mono_before(when, last));
        last = when;
        n++;
        if (got < highest) {
            late++;
            assert_true(highest - got <= 4); /* 35 us: three frames pass it, or a few held ones */
        }
        highest = got > highest ? got : highest;
    }
    assert_int_equal(n, 1000);
    assert_in_range(late, 60, 140);
    lab_release(&l);
}

static void an_unset_reorder_time_is_three_frames(void **state)
{
    struct link_spec spec = {.reorder = 1, .rate_bps = 1000000000};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 1514, 1);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(when.ns, 4 * 12304);
    lab_release(&l);
    spec.rate_bps = 0;
    lab_init(&l, &spec);
    send(l.a, 1514, 1);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(when.ns, 1000000);
    lab_release(&l);
}

static void jitter_spreads_arrivals_and_keeps_order(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1), .jitter = SPAN_MS(4)};
    struct lab l;
    struct mono when;
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 1000; i++) {
        struct mono sent = clock_now(&l.clk.clock);
        send(l.a, 60, i);
        assert_int_equal(take(&l, l.b, &when), i);
        least = when.ns - sent.ns < least ? when.ns - sent.ns : least;
        most = when.ns - sent.ns > most ? when.ns - sent.ns : most;
    }
    assert_in_range(least, 1000000, 1100000);
    assert_in_range(most, 4900000, 5000000);
    for (uint32_t i = 0; i < 1000; i++)
        send(l.a, 60, i);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(take(&l, l.b, &when), i);
    lab_release(&l);
}

static void the_same_seed_gives_every_frame_the_same_fate(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1),
                             .jitter = SPAN_US(50),
                             .rate_bps = 100000000,
                             .loss = 0.05,
                             .duplicate = 0.05,
                             .reorder = 0.05};
    struct {
        uint32_t number;
        int64_t ns;
    } first[4000];
    size_t n[2] = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        struct lab l;
        struct mono when;
        lab_init(&l, &spec);
        for (uint32_t i = 0; i < 2000; i++) {
            send(l.a, 60 + i % 1400, i);
            clock_sleep_until(&l.clk.clock, (struct mono){(int64_t)i * 100000});
        }
        for (uint32_t got; (got = take(&l, l.b, &when)) != UINT32_MAX; n[round]++) {
            assert_true(n[round] < COUNT(first));
            if (round == 0) {
                first[n[0]].number = got;
                first[n[0]].ns = when.ns;
            }
            assert_int_equal(got, first[n[round]].number);
            assert_int_equal(when.ns, first[n[round]].ns);
        }
        lab_release(&l);
    }
    assert_int_equal(n[0], n[1]);
    assert_int_not_equal(n[0], 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_share_of_frames_is_lost),
        cmocka_unit_test(a_share_of_frames_comes_twice_in_a_row),
        cmocka_unit_test(a_share_of_frames_is_overtaken),
        cmocka_unit_test(an_unset_reorder_time_is_three_frames),
        cmocka_unit_test(jitter_spreads_arrivals_and_keeps_order),
        cmocka_unit_test(the_same_seed_gives_every_frame_the_same_fate),
    };
    return cmocka_run_group_tests_name("port/port_mem_fate", tests, NULL, NULL);
}
