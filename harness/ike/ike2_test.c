/* IKEv2 between two endpoints: establishing, rekeying, deleting, probing; with every kind of
 * algorithm. */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static void up_comes__with_both_phases_and_four_messages(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    assert_int_equal(t.nflown, 4);
    const struct ike_out *up = two_ikes_last(&t, IKE_B, IKE_OUT_IKE_UP);
    assert_int_equal(up->version, 2);
    assert_false(up->initiator);
    assert_false(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_UP)->child.udp);
    two_ikes_release(&t);
}

static void rekey(struct two_ikes *t, int side)
{
    uint32_t old = two_ikes_pair(t, side);

    assert_ok(ike_rekey_child(t->side[side].ike, old));
    two_ikes_wait(t, side, 1);
    two_ikes_agree(t, 1, 1);
    assert_int_not_equal(two_ikes_pair(t, side), old);
    assert_int_equal(two_ikes_last(t, side, IKE_OUT_CHILD_UP)->child.old_in_spi, old);
    assert_int_equal(two_ikes_last(t, side, IKE_OUT_CHILD_DOWN)->end, IKE_END_REPLACED);
    assert_int_equal(two_ikes_last(t, !side, IKE_OUT_CHILD_DOWN)->end, IKE_END_REPLACED);
}

static void rekey_ike(struct two_ikes *t, int side)
{
    uint32_t old = two_ikes_last(t, side, IKE_OUT_IKE_UP)->ike;

    assert_ok(ike_rekey_ike(t->side[side].ike, NULL));
    two_ikes_wait(t, side, 1);
    two_ikes_agree(t, 1, 1);
    assert_int_not_equal(two_ikes_last(t, side, IKE_OUT_IKE_UP)->ike, old);
    assert_int_equal(two_ikes_last(t, side, IKE_OUT_IKE_DOWN)->end, IKE_END_REPLACED);
    assert_int_equal(two_ikes_last(t, !side, IKE_OUT_IKE_DOWN)->end, IKE_END_REPLACED);
}

static void each_side__rekeys_both_phases_again_and_again(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    for (int i = 0; i < 3; i++) {
        rekey(&t, IKE_A);
        rekey(&t, IKE_B);
        rekey_ike(&t, IKE_A);
        rekey(&t, IKE_A);
        rekey(&t, IKE_B);
        rekey_ike(&t, IKE_B);
    }
    two_ikes_release(&t);
}

static void deleted_pair__goes_on_both_sides_and_the_ike_sa_stays(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct two_ikes t;
        two_ikes_up_v2(&t);
        assert_ok(ike_delete_child(t.side[side].ike, two_ikes_pair(&t, side), true));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 0);
        assert_int_equal(two_ikes_last(&t, side, IKE_OUT_CHILD_DOWN)->end, IKE_END_LOCAL_DELETE);
        assert_int_equal(two_ikes_last(&t, !side, IKE_OUT_CHILD_DOWN)->end, IKE_END_PEER_DELETE);
        assert_ok(ike_acquire(t.side[side].ike, 7));
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void deleted_ike_sa__takes_its_pairs_along(void **state)
{
    (void)state;
    for (int side = 0; side < 2; side++) {
        struct two_ikes t;
        two_ikes_up_v2(&t);
        ike_delete_ike(t.side[side].ike, NULL, true);
        two_ikes_wait(&t, side, 1);
        two_ikes_agree(&t, 0, 0);
        assert_int_equal(two_ikes_last(&t, side, IKE_OUT_IKE_DOWN)->end, IKE_END_LOCAL_DELETE);
        assert_int_equal(two_ikes_last(&t, !side, IKE_OUT_IKE_DOWN)->end, IKE_END_PEER_DELETE);
        assert_int_equal(two_ikes_last(&t, !side, IKE_OUT_CHILD_DOWN)->end, IKE_END_PARENT);
        two_ikes_release(&t);
    }
}

static void silence__is_probed_and_a_dead_peer_is_buried(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    two_ikes_run(&t, 30);
    assert_true(two_ikes_facts(&t, IKE_A, IKE_FACT_DPD_ANSWERED) > 0);
    two_ikes_agree(&t, 1, 1);
    ike_forget(t.side[IKE_B].ike);
    t.filter = two_ikes_lose_all;
    two_ikes_run(&t, 40);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_DPD), 1);
    assert_int_equal(two_ikes_status(&t, IKE_A).children, 0);
    two_ikes_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_comes__with_both_phases_and_four_messages),
        cmocka_unit_test(each_side__rekeys_both_phases_again_and_again),
        cmocka_unit_test(deleted_pair__goes_on_both_sides_and_the_ike_sa_stays),
        cmocka_unit_test(deleted_ike_sa__takes_its_pairs_along),
        cmocka_unit_test(silence__is_probed_and_a_dead_peer_is_buried),
    };

    return cmocka_run_group_tests_name("ike/ike2", tests, NULL, NULL);
}
