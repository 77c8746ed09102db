#include "track/range_set.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

/* The plainest set there is, to compare with: one flag a position. */
#define PLAIN 4096

static void check_same(const struct range_set *s, const bool plain[static PLAIN])
{
    struct range r = {0, 0};
    int64_t at = 0;
    size_t count = 0;
    uint64_t covered = 0;

    while (range_set_find(s, at, &r)) {
        assert_true(r.from < r.to && r.from >= at);
        for (int64_t i = at; i < r.from; i++)
            assert_false(plain[i]);
        for (int64_t i = r.from; i < r.to; i++)
            assert_true(plain[i]);
        covered += (uint64_t)(r.to - r.from);
        count++;
        at = r.to;
    }
    for (int64_t i = at; i < PLAIN; i++)
        assert_false(plain[i]);
    assert_int_equal(count, s->count);
    assert_int_equal(covered, range_set_covered(s));
}

static void random_additions_agree_with_a_plain_table(void **state)
{
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 7, "range_set");
    for (int round = 0; round < 20; round++) {
        struct range_set s;
        struct range_list fresh = {0};
        bool plain[PLAIN] = {false};
        uint64_t longest = 1u << (round % 8);
        range_set_init(&s);
        for (int i = 0; i < 2000; i++) {
            int64_t from = (int64_t)rng_below(&rng.rng, PLAIN - 256);
            int64_t to = from + 1 + (int64_t)rng_below(&rng.rng, longest);
            uint64_t want = 0, listed = 0;
            fresh.n = 0;
            for (int64_t p = from; p < to; p++)
                want += !plain[p];
            assert_int_equal(range_set_add(&s, (struct range){from, to}, &fresh), want);
            for (size_t k = 0; k < fresh.n; k++)
                for (int64_t p = fresh.r[k].from; p < fresh.r[k].to; p++) {
                    assert_false(plain[p]);
                    plain[p] = true;
                    listed++;
                }
            assert_int_equal(listed, want);
            if (i % 100 == 0)
                check_same(&s, plain);
        }
        check_same(&s, plain);
        range_list_release(&fresh);
        range_set_release(&s);
    }
}

static void negative_and_huge_positions_are_fine(void **state)
{
    struct range_set s;
    struct range r;

    (void)state;
    range_set_init(&s);
    assert_false(range_set_first(&s, &r));
    assert_false(range_set_find(&s, 0, &r));
    assert_int_equal(
        range_set_add(&s, (struct range){INT64_C(1) << 40, (INT64_C(1) << 40) + 5}, NULL), 5);
    assert_int_equal(range_set_add(&s, (struct range){-7, 2}, NULL), 9);
    assert_true(range_set_first(&s, &r) && r.from == -7 && r.to == 2);
    assert_true(range_set_last(&s, &r) && r.from == INT64_C(1) << 40);
    assert_true(range_set_find(&s, 2, &r) && r.from == INT64_C(1) << 40);
    range_set_release(&s);
}

/* Every second position from both ends, then the rest: the worst a sender can do to the leaves. */
static void a_comb_is_filled_without_residue(void **state)
{
    enum { TEETH = 20000 };
    struct range_set s;

    (void)state;
    range_set_init(&s);
    for (int64_t i = 0; i < TEETH / 2; i++) {
        range_set_add(&s, (struct range){4 * i, 4 * i + 1}, NULL);
        range_set_add(&s, (struct range){4 * (TEETH - 1 - i) + 2, 4 * (TEETH - 1 - i) + 3}, NULL);
    }
    assert_int_equal(s.count, TEETH);
    assert_int_equal(range_set_add(&s, (struct range){0, 4 * TEETH}, NULL), 3 * TEETH);
    assert_int_equal(s.count, 1);
    assert_null(s.tree); /* no holes: nothing beside the one range */
    range_set_release(&s);
}

static void past_the_bound_the_lowest_holes_are_closed(void **state)
{
    struct range_set s;
    struct range r;

    (void)state;
    range_set_init(&s);
    for (int64_t i = 0; i < RANGE_SET_MAX + 10; i++)
        range_set_add(&s, (struct range){3 * i, 3 * i + 1}, NULL);
    assert_int_equal(s.count, RANGE_SET_MAX);
    assert_int_equal(range_set_covered(&s), RANGE_SET_MAX + 10);
    assert_int_equal(range_set_closed_holes(&s), 10);
    assert_int_equal(range_set_closed_bytes(&s), 20);
    assert_true(range_set_first(&s, &r) && r.from == 0 && r.to == 31);
    assert_int_equal(range_set_add(&s, (struct range){1, 3}, NULL), 0);
    range_set_release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_additions_agree_with_a_plain_table),
        cmocka_unit_test(negative_and_huge_positions_are_fine),
        cmocka_unit_test(a_comb_is_filled_without_residue),
        cmocka_unit_test(past_the_bound_the_lowest_holes_are_closed),
    };
    return cmocka_run_group_tests_name("track/range_set", tests, NULL, NULL);
}
