/* How SAs end: deletes, crashes, expiry. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

/* The place of the first output of this kind on SIDE. */
static size_t place(const struct two_ikes *t, int side, enum ike_out_kind kind)
{
    size_t i = 0;

    while (i < t->side[side].nsaid && t->side[side].said[i].kind != kind)
        i++;
    return i;
}

/* --- deletes --------------------------------------------------------------------------------- */

static void phase_1_delete__takes_the_pairs_along(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_up(&t);
        ike_delete_ike(t.side[side].ike, &t.side[!side].addr, true);
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 0, 0);
        assert_int_equal(two_ikes_ends(&t, side, IKE_OUT_IKE_DOWN, IKE_END_LOCAL_DELETE), 1);
        assert_int_equal(two_ikes_ends(&t, !side, IKE_OUT_IKE_DOWN, IKE_END_PEER_DELETE), 1);
        for (int i = 0; i < 2; i++) {
            const struct ike_out *down = two_ikes_last(&t, i, IKE_OUT_CHILD_DOWN);
            assert_int_equal(down->end, IKE_END_PARENT);
            assert_int_equal(down->child.in_spi,
                             two_ikes_last(&t, i, IKE_OUT_CHILD_UP)->child.in_spi);
            assert_true(place(&t, i, IKE_OUT_IKE_DOWN) < place(&t, i, IKE_OUT_CHILD_DOWN));
        }
        assert_int_equal(two_ikes_facts(&t, side, IKE_FACT_DELETE_SENT), 1);
        assert_int_equal(two_ikes_facts(&t, !side, IKE_FACT_DELETE_RECEIVED), 1);
        assert_ok(ike_acquire(t.side[!side].ike, 7)); /* and traffic brings it back */
        two_ikes_wait(&t, !side, 5);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void phase_2_delete__leaves_phase_1(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_up(&t);
        assert_ok(ike_delete_child(t.side[side].ike, two_ikes_pair(&t, side), true));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 0);
        assert_int_equal(two_ikes_last(&t, side, IKE_OUT_CHILD_DOWN)->end, IKE_END_LOCAL_DELETE);
        assert_int_equal(two_ikes_last(&t, !side, IKE_OUT_CHILD_DOWN)->end, IKE_END_PEER_DELETE);
        assert_ok(ike_acquire(t.side[side].ike, 7));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 1);
        assert_int_equal(two_ikes_said(&t, side, IKE_OUT_IKE_UP), 1);
        ike_delete_children(t.side[side].ike, NULL, true);
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 0);
        two_ikes_release(&t);
    }
}

static void delete_without_telling__leaves_the_other_side_behind(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    t.side[IKE_B].peer.dpd.enabled = false; /* borrowed: takes effect at once */
    ike_delete_ike(t.side[IKE_A].ike, NULL, false);
    two_ikes_wait(&t, IKE_A, 1);
    assert_int_equal(two_ikes_status(&t, IKE_A).ikes, 0);
    assert_int_equal(two_ikes_pairs(&t, IKE_A), 0);
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, 1);
    assert_int_equal(two_ikes_pairs(&t, IKE_B), 1);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_DELETE_SENT), 0);
    two_ikes_release(&t);
}

static void both_delete_at_once__both_are_done(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int phase = 1; phase <= 2; phase++) {
        two_ikes_up(&t);
        for (int i = 0; i < 2; i++) {
            if (phase == 1)
                ike_delete_ike(t.side[i].ike, NULL, true);
            else
                ike_delete_children(t.side[i].ike, NULL, true);
            two_ikes_drain(&t, i);
        }
        two_ikes_run(&t, 1);
        two_ikes_agree(&t, phase == 2, 0);
        for (int i = 0; i < 2; i++)
            assert_int_equal(two_ikes_said(&t, i, IKE_OUT_CHILD_DOWN), 1);
        two_ikes_release(&t);
    }
}

static void deleting_what_is_being_negotiated__ends_it(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int step = 0; step < 9; step++) {
        two_ikes_init(&t);
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        two_ikes_wait(&t, IKE_A, 0.010 * step + 0.005);
        ike_delete_ike(t.side[IKE_A].ike, NULL, true);
        two_ikes_wait(&t, IKE_A, 100);
        assert_int_equal(two_ikes_status(&t, IKE_A).ikes, 0);
        assert_int_equal(two_ikes_status(&t, IKE_A).negotiating, 0);
        assert_int_equal(two_ikes_status(&t, IKE_B).negotiating, 0);
        assert_int_equal(two_ikes_pairs(&t, IKE_A), 0);
        assert_int_equal(two_ikes_pairs(&t, IKE_B), 0);
        two_ikes_release(&t);
    }
}

/* --- crashes --------------------------------------------------------------------------------- */

static void crash__says_nothing_and_initial_contact_clears_up(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    uint32_t old = two_ikes_pair(&t, IKE_B);
    ike_forget(t.side[IKE_A].ike);
    two_ikes_drain(&t, IKE_A);
    assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_CHILD_DOWN), 0);
    assert_int_equal(two_ikes_status(&t, IKE_A).ikes, 0);
    assert_true(mono_is_never(ike_deadline(t.side[IKE_A].ike)));
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 2);
    struct ike_status st = two_ikes_status(&t, IKE_B);
    assert_int_equal(st.ikes, 1);
    assert_int_equal(st.children, 1);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_PEER_RESTARTED), 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN)->child.in_spi, old);
    assert_false(two_ikes_last(&t, IKE_B, IKE_OUT_IKE_UP)->rekey);
    /* the old ones went before the new ones came */
    assert_true(place(&t, IKE_B, IKE_OUT_CHILD_DOWN) + 1 < t.side[IKE_B].nsaid);
    two_ikes_release(&t);
}

static void crash_without_initial_contact__looks_like_a_rekeying(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[IKE_A].peer.initial_contact = false;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    ike_forget(t.side[IKE_A].ike);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_wait(&t, IKE_A, 2);
    assert_true(two_ikes_last(&t, IKE_B, IKE_OUT_IKE_UP)->rekey);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->child.old_in_spi != 0, 1);
    two_ikes_run(&t, 120); /* the old IKE SA is given up */
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, 1);
    two_ikes_release(&t);
}

static void crashed_peer__is_found_dead_by_probes(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    ike_forget(t.side[IKE_A].ike);
    two_ikes_run(&t, 20);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_DPD), 1);
    assert_true(two_ikes_facts(&t, IKE_A, IKE_FACT_NO_SA) >=
                4); /* what it is asked means nothing */
    two_ikes_release(&t);
}

/* --- expiry ---------------------------------------------------------------------------------- */

static void pair_without_rekeying__expires_on_time(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp[0].lifetime_s = 120;
        t.side[i].peer.never_rekeys = true;
    }
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_run(&t, 114.9);
    two_ikes_agree(&t, 1, 1);
    two_ikes_run(&t, 1);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->end, IKE_END_EXPIRED);
    two_ikes_release(&t);
}

static void ike_sa_without_rekeying__expires_with_its_pairs(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].suites[0].lifetime_s = 300;
        t.side[i].peer.never_rekeys = true;
    }
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_run(&t, 294.9);
    two_ikes_agree(&t, 1, 1);
    two_ikes_run(&t, 1);
    two_ikes_agree(&t, 0, 0);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->end, IKE_END_PARENT);
    two_ikes_release(&t);
}

static void used_up_kilobytes__end_the_pair(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up(&t);
    ike_child_volume(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B), false);
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_DOWN)->end, IKE_END_EXPIRED);
    ike_child_volume(t.side[IKE_B].ike, 12345, false); /* unknown: nothing */
    two_ikes_drain(&t, IKE_B);
    two_ikes_release(&t);
}

static void every_name__is_known(void **state)
{
    (void)state;
    for (int e = IKE_END_NONE; e <= IKE_END_AUTH; e++)
        assert_string_not_equal(ike_end_name((enum ike_end)e), "unknown");
    for (int f = IKE_FACT_INITIATING_1; f <= IKE_FACT_LIMIT; f++)
        assert_string_not_equal(ike_fact_name((enum ike_fact)f), "unknown");
    ike_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phase_1_delete__takes_the_pairs_along),
        cmocka_unit_test(phase_2_delete__leaves_phase_1),
        cmocka_unit_test(delete_without_telling__leaves_the_other_side_behind),
        cmocka_unit_test(both_delete_at_once__both_are_done),
        cmocka_unit_test(deleting_what_is_being_negotiated__ends_it),
        cmocka_unit_test(crash__says_nothing_and_initial_contact_clears_up),
        cmocka_unit_test(crash_without_initial_contact__looks_like_a_rekeying),
        cmocka_unit_test(crashed_peer__is_found_dead_by_probes),
        cmocka_unit_test(pair_without_rekeying__expires_on_time),
        cmocka_unit_test(ike_sa_without_rekeying__expires_with_its_pairs),
        cmocka_unit_test(used_up_kilobytes__end_the_pair),
        cmocka_unit_test(every_name__is_known),
    };
    return cmocka_run_group_tests_name("ike/ike_end", tests, NULL, NULL);
}
