#include "host/intervals.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

static const struct row {
    const char *what;
    struct interval add[6];
    struct interval want[6];
} rows[] = {
    {"one_range__is_itself", {{5, 9}}, {{5, 9}}},
    {"ranges_apart__stay_apart_and_are_sorted", {{20, 30}, {0, 5}}, {{0, 5}, {20, 30}}},
    {"a_range_that_touches_on_the_left__merges", {{5, 9}, {2, 5}}, {{2, 9}}},
    {"a_range_that_touches_on_the_right__merges", {{5, 9}, {9, 12}}, {{5, 12}}},
    {"a_range_that_fills_the_gap__joins_both", {{0, 5}, {9, 12}, {5, 9}}, {{0, 12}}},
    {"a_range_inside_another__changes_nothing", {{0, 50}, {10, 20}}, {{0, 50}}},
    {"a_range_over_several__swallows_them",
     {{10, 12}, {14, 16}, {18, 20}, {40, 50}, {5, 19}},
     {{5, 20}, {40, 50}}},
    {"beyond_32_bits__works_the_same",
     {{0x100000000, 0x100000010}, {0xfffffff0, 0x100000000}},
     {{0xfffffff0, 0x100000010}}},
};

static void holds_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct intervals s = {0};
    uint64_t bytes = 0, gained = 0;
    uint32_t n = 0;

    for (size_t i = 0; i < COUNT(r->add) && r->add[i].to; i++)
        gained += intervals_add(&s, r->add[i].from, r->add[i].to);
    for (; n < COUNT(r->want) && r->want[n].to; n++) {
        assert_true(n < s.n);
        assert_int_equal(s.v[n].from, r->want[n].from);
        assert_int_equal(s.v[n].to, r->want[n].to);
        bytes += r->want[n].to - r->want[n].from;
    }
    assert_int_equal(s.n, n);
    assert_int_equal(s.bytes, bytes);
    assert_int_equal(gained, bytes);
    intervals_release(&s);
}

#define SPACE 600

/* Against a plain bitmap, which cannot be wrong. */
static void agrees_with_a_bitmap(void **state)
{
    struct rng_seeded r;
    bool map[SPACE] = {false};
    struct intervals s = {0};
    uint64_t floor = 0;

    (void)state;
    rng_seeded_init(&r, 1, "intervals");
    for (int step = 0; step < 4000; step++) {
        uint64_t from = floor + rng_below(&r.rng, SPACE - floor - 1);
        uint64_t to = from + 1 + rng_below(&r.rng, step % 3 ? 4 : 40);
        if (to > SPACE)
            to = SPACE;
        uint64_t fresh = 0, all = 0, inside = 0;
        for (uint64_t i = from; i < to; i++) {
            fresh += !map[i];
            map[i] = true;
        }
        assert_int_equal(intervals_add(&s, from, to), fresh);
        if (step % 50 == 49) {
            floor = rng_below(&r.rng, SPACE / 2);
            intervals_trim(&s, floor);
            memset(map, 0, floor);
        }
        uint64_t a = rng_below(&r.rng, SPACE), b = a + rng_below(&r.rng, SPACE - a);
        for (uint64_t i = 0; i < SPACE; i++) {
            all += map[i];
            inside += map[i] && i >= a && i < b;
        }
        assert_int_equal(s.bytes, all);
        assert_int_equal(intervals_covered(&s, a, b), inside);
        for (uint32_t i = 1; i < s.n; i++)
            assert_true(s.v[i - 1].to < s.v[i].from);
        if (step % 200 == 199) {
            floor = 0;
            intervals_release(&s);
            memset(map, 0, sizeof(map));
        }
    }
    intervals_release(&s);
}

static void a_full_set__takes_only_what_merges(void **state)
{
    struct intervals s = {0};

    (void)state;
    for (uint64_t i = 0; i < INTERVALS_MAX; i++)
        assert_int_equal(intervals_add(&s, i * 10, i * 10 + 5), 5);
    assert_false(intervals_fits(&s, 10000, 10001));
    assert_int_equal(intervals_add(&s, 10000, 10001), 0);
    assert_true(intervals_fits(&s, 5, 10));
    assert_int_equal(intervals_add(&s, 5, 10), 5);
    assert_int_equal(s.n, INTERVALS_MAX - 1);
    intervals_release(&s);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, holds_what_its_row_says, NULL, NULL,
                                       (void *)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(agrees_with_a_bitmap);
    tests[COUNT(rows) + 1] =
        (struct CMUnitTest)cmocka_unit_test(a_full_set__takes_only_what_merges);
    return cmocka_run_group_tests_name("intervals", tests, NULL, NULL);
}
