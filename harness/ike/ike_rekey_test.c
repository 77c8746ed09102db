/* Rekeying of both phases, by either side and by both at once. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

/* At no time has a side been without a pair that the other one has, too. */
static void never_without(const struct two_ikes *t)
{
    for (int side = 0; side < 2; side++) {
        const struct ike_end_point *s = &t->side[side];
        size_t up = 0;
        for (size_t i = 0; i < s->nsaid; i++) {
            up += s->said[i].kind == IKE_OUT_CHILD_UP;
            if (s->said[i].kind != IKE_OUT_CHILD_DOWN || s->said[i].attempt)
                continue;
            up--;
            assert_true(up > 0);
        }
    }
}

static void phase_2_rekeyed_by_either_side(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_up(&t);
        uint32_t old[2] = {two_ikes_pair(&t, 0), two_ikes_pair(&t, 1)};
        assert_ok(ike_rekey_child(t.side[side].ike, old[side]));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 2); /* the old one still opens */
        for (int i = 0; i < 2; i++) {
            const struct ike_out *up = two_ikes_last(&t, i, IKE_OUT_CHILD_UP);
            assert_true(up->rekey);
            assert_int_equal(up->child.old_in_spi, old[i]);
            assert_int_equal(up->initiator, i == side);
        }
        two_ikes_run(&t, 20);
        two_ikes_agree(&t, 1, 1);
        for (int i = 0; i < 2; i++) {
            const struct ike_out *down = two_ikes_last(&t, i, IKE_OUT_CHILD_DOWN);
            assert_int_equal(down->end, IKE_END_REPLACED);
            assert_int_equal(down->child.in_spi, old[i]);
        }
        never_without(&t);
        assert_int_equal(two_ikes_said(&t, side, IKE_OUT_IKE_UP), 1);
        two_ikes_release(&t);
    }
}

static void phase_1_rekeyed_by_either_side(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_up(&t);
        uint32_t pair = two_ikes_pair(&t, side);
        assert_ok(ike_rekey_ike(t.side[side].ike, &t.side[!side].addr));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 2, 1);
        for (int i = 0; i < 2; i++)
            assert_true(two_ikes_last(&t, i, IKE_OUT_IKE_UP)->rekey);
        two_ikes_run(&t, 10);
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(two_ikes_pair(&t, side), pair);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_ends(&t, i, IKE_OUT_IKE_DOWN, IKE_END_REPLACED), 1);
            assert_int_equal(two_ikes_said(&t, i, IKE_OUT_CHILD_DOWN), 0);
        }
        /* the pair has moved: its delete goes out under the new IKE SA */
        assert_ok(ike_delete_child(t.side[!side].ike, two_ikes_pair(&t, !side), true));
        two_ikes_wait(&t, !side, 1);
        two_ikes_agree(&t, 1, 0);
        assert_int_equal(two_ikes_last(&t, !side, IKE_OUT_CHILD_DOWN)->ike,
                         two_ikes_last(&t, !side, IKE_OUT_IKE_UP)->ike);
        two_ikes_release(&t);
    }
}

static void soft_lifetime__rekeys_in_time_for_hours(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].suites[0].lifetime_s = 1000;
        t.side[i].esp[0].lifetime_s = 300;
    }
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_run(&t, 36000);
    never_without(&t);
    for (int i = 0; i < 2; i++) {
        struct ike_status st = two_ikes_status(&t, i);
        assert_in_range(st.ikes, 1, 2);
        assert_in_range(st.children, 1, 2);
        assert_int_equal(two_ikes_ends(&t, i, IKE_OUT_CHILD_DOWN, IKE_END_EXPIRED), 0);
        assert_int_equal(two_ikes_ends(&t, i, IKE_OUT_IKE_DOWN, IKE_END_EXPIRED), 0);
        assert_in_range(two_ikes_said(&t, i, IKE_OUT_CHILD_UP), 125, 129); /* 36000 / 285 */
        assert_in_range(two_ikes_said(&t, i, IKE_OUT_IKE_UP), 37, 40);
    }
    two_ikes_release(&t);
}

static const struct share_row {
    const char *what;
    double share;
    bool a_never; /* the initiator leaves rekeying to the responder */
    double at;    /* when the rekeying of 1000 s begins */
    int by;
} share_rows[] = {
    {"by_default_at_95_percent", 0, false, 950, IKE_A},
    {"at_half", 0.5, false, 500, IKE_A},
    {"responder_waits_for_half_of_the_rest", 0.5, true, 750, IKE_B},
    {"responder_by_default", 0, true, 975, IKE_B},
};

static void rekeying_begins_when_the_row_says(void **state)
{
    const struct share_row *row = *state;
    struct two_ikes t;

    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp[0].lifetime_s = 1000;
        t.side[i].peer.soft_share = row->share;
    }
    t.side[IKE_A].peer.never_rekeys = row->a_never;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_run(&t, row->at - 5.1);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(two_ikes_said(&t, row->by, IKE_OUT_CHILD_UP), 1);
    two_ikes_run(&t, 1);
    assert_int_equal(two_ikes_said(&t, row->by, IKE_OUT_CHILD_UP), 2);
    assert_true(two_ikes_last(&t, row->by, IKE_OUT_CHILD_UP)->initiator);
    two_ikes_run(&t, 20);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void kilobytes__rekey_too(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_up(&t);
        uint32_t old = two_ikes_pair(&t, side);
        for (int i = 0; i < 5; i++) /* told more than once, as packets go on */
            ike_child_volume(t.side[side].ike, old, true);
        two_ikes_wait(&t, side, 20);
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(two_ikes_said(&t, side, IKE_OUT_CHILD_UP), 2);
        never_without(&t);
        two_ikes_release(&t);
    }
}

static void rekeying_with_pfs__gives_unrelated_keys(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[0].esp[0].pfs_group = t.side[1].esp[0].pfs_group = 2;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    struct ike_out first = *two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP);
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, first.child.in_spi));
    two_ikes_wait(&t, IKE_A, 20);
    two_ikes_agree(&t, 1, 1);
    const struct ike_out *second = two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP);
    assert_memory_not_equal(first.child.in_cipher_key, second->child.in_cipher_key, 16);
    two_ikes_release(&t);
}

/* --- both at once ---------------------------------------------------------------------------- */

/* DELAY between the two beginnings, in units of a fifth of the way from side to side. */
static void crossing(struct two_ikes *t, int phase, int delay, uint64_t seed, double seconds)
{
    two_ikes_init(t);
    t->seed = seed;
    if (phase == 2)
        t->side[IKE_A].esp[0].lifetime_s = t->side[IKE_B].esp[0].lifetime_s = 60;
    two_ikes_start(t);
    two_ikes_establish(t, IKE_A);
    for (int i = 0; i < 2; i++) {
        int side = (int)(seed + (uint64_t)i) % 2;
        if (phase == 1)
            assert_ok(ike_rekey_ike(t->side[side].ike, NULL));
        else if (ike_rekey_child(t->side[side].ike, two_ikes_pair(t, side)))
            fail();
        two_ikes_drain(t, side);
        two_ikes_run(t, i == 0 ? 0.002 * delay : seconds);
    }
}

static bool is_up(const struct two_ikes *t, int side, uint32_t in_spi)
{
    const struct ike_end_point *s = &t->side[side];
    bool up = false;

    for (size_t i = 0; i < s->nsaid; i++) {
        if (s->said[i].child.in_spi == in_spi && !s->said[i].attempt)
            up = s->said[i].kind == IKE_OUT_CHILD_UP ||
                 (up && s->said[i].kind != IKE_OUT_CHILD_DOWN);
    }
    return up;
}

/* The newest pair of SIDE, which is what an owner sends with, is one that the other side opens. */
static void is_opened(const struct two_ikes *t, int side)
{
    const struct ike_out *newest = two_ikes_last(t, side, IKE_OUT_CHILD_UP);

    assert_true(is_up(t, side, newest->child.in_spi));
    assert_true(is_up(t, !side, newest->child.out_spi));
}

/* IKEv1 has no rule for who wins: both pairs are good for as long as was agreed. */
static void phase_2_rekeyed_by_both__what_one_sends_with_the_other_opens(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int delay = 0; delay < 22; delay++) {
        for (uint64_t seed = 1; seed <= 6; seed++) {
            crossing(&t, 2, delay, seed, 0.5);
            for (int i = 0; i < 50; i++) { /* three lifetimes, and rekeyings that may cross again */
                is_opened(&t, IKE_A);
                is_opened(&t, IKE_B);
                two_ikes_run(&t, 4);
            }
            never_without(&t);
            for (int i = 0; i < 2; i++) {
                assert_int_equal(two_ikes_ends(&t, i, IKE_OUT_CHILD_DOWN, IKE_END_EXPIRED), 0);
                assert_in_range(two_ikes_pairs(&t, i), 1, 4);
            }
            two_ikes_release(&t);
        }
    }
}

static void phase_1_rekeyed_by_both__one_ike_sa_is_left(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int delay = 0; delay < 40; delay++) {
        for (uint64_t seed = 1; seed <= 6; seed++) {
            crossing(&t, 1, delay, seed, 100);
            never_without(&t);
            two_ikes_agree(&t, 1, 1);
            two_ikes_release(&t);
        }
    }
}

static void both_phases_at_once__cross_unharmed(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int delay = 0; delay < 40; delay++) {
        two_ikes_up(&t);
        assert_ok(ike_rekey_ike(t.side[IKE_A].ike, NULL));
        two_ikes_wait(&t, IKE_A, 0.002 * delay);
        assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
        two_ikes_wait(&t, IKE_B, 100);
        never_without(&t);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void rekeying_crossed_by_a_delete__leaves_nothing_half(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int delay = 0; delay < 40; delay++) {
        for (int phase = 1; phase <= 2; phase++) {
            two_ikes_up(&t);
            if (phase == 1)
                assert_ok(ike_rekey_ike(t.side[IKE_A].ike, NULL));
            else
                assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
            two_ikes_wait(&t, IKE_A, 0.002 * delay);
            ike_delete_ike(t.side[IKE_B].ike, NULL, true);
            two_ikes_wait(&t, IKE_B, 100);
            assert_int_equal(two_ikes_pairs(&t, IKE_A), two_ikes_pairs(&t, IKE_B));
            assert_int_equal(two_ikes_status(&t, IKE_A).ikes, two_ikes_status(&t, IKE_B).ikes);
            assert_int_equal(two_ikes_status(&t, IKE_A).negotiating, 0);
            assert_int_equal(two_ikes_status(&t, IKE_B).negotiating, 0);
            two_ikes_release(&t);
        }
    }
}

/* --- rekeying that fails --------------------------------------------------------------------- */

static bool lose_quick_mode(struct two_ikes *t, struct flown *d, size_t n)
{
    (void)t, (void)n;
    return d->p[18] != 32;
}

static void unanswered_rekeying__is_tried_again_until_the_end(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp[0].lifetime_s = 1000;
        t.side[i].peer.soft_share = 0.8;
    }
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    t.filter = lose_quick_mode;
    two_ikes_run(&t, 990);
    assert_int_equal(two_ikes_pairs(&t, IKE_A), 1);
    two_ikes_run(&t, 10);
    assert_int_equal(two_ikes_pairs(&t, IKE_A), 0);
    assert_in_range(two_ikes_ends(&t, IKE_A, IKE_OUT_CHILD_DOWN, IKE_END_TIMEOUT), 4, 6);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_CHILD_DOWN, IKE_END_EXPIRED), 1);
    t.filter = NULL;
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 60);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(phase_2_rekeyed_by_either_side),
        cmocka_unit_test(phase_1_rekeyed_by_either_side),
        cmocka_unit_test(soft_lifetime__rekeys_in_time_for_hours),
        cmocka_unit_test(kilobytes__rekey_too),
        cmocka_unit_test(rekeying_with_pfs__gives_unrelated_keys),
        cmocka_unit_test(phase_2_rekeyed_by_both__what_one_sends_with_the_other_opens),
        cmocka_unit_test(phase_1_rekeyed_by_both__one_ike_sa_is_left),
        cmocka_unit_test(both_phases_at_once__cross_unharmed),
        cmocka_unit_test(rekeying_crossed_by_a_delete__leaves_nothing_half),
        cmocka_unit_test(unanswered_rekeying__is_tried_again_until_the_end),
    };
    struct CMUnitTest tests[COUNT(share_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(share_rows); i++)
        tests[n++] = (struct CMUnitTest){share_rows[i].what, rekeying_begins_when_the_row_says,
                                         NULL, NULL, (void *)&share_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("ike/ike_rekey", tests, NULL, NULL);
}
