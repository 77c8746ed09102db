/* What time does to two ends of IKEv2, and what moves do: NATs, other addresses, lifetimes, volume,
 * restarts, both beginning at once, more beginnings than there is room for. */
#include "ike/ike2_exchanges.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

/* --- NAT, addresses -------------------------------------------------------------------------- */

/* A is behind a NAT whose outside is 203.0.113.77; its ports are 1000 and 1001, later others. */
static const struct ip_addr nat = {4, {203, 0, 113, 77}};

static bool through_nat(struct two_ikes *t, struct flown *d, size_t n)
{
    const uint16_t *shift = t->ctx;

    (void)n;
    if (d->from == IKE_A) {
        d->src.addr = nat;
        d->src.port = (uint16_t)(1000 + *shift + (d->src.port == IKE_NATT_PORT));
    } else {
        d->dst.addr = t->side[IKE_A].addr;
        d->dst.port = d->dst.port == 1000 + *shift ? IKE_PORT : IKE_NATT_PORT;
    }
    return true;
}

static void nat_between__is_found_evaded_kept_open_and_followed(void **state)
{
    uint16_t shift = 0;
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_A].peer.dpd.enabled = false; /* nothing but keep-alives */
    t.side[IKE_B].peer.dpd.enabled = false;
    t.filter = through_nat;
    t.ctx = &shift;
    two_ikes_start(&t);
    t.side[IKE_B].peer.address = nat;
    ike_free(t.side[IKE_B].ike);
    t.side[IKE_B].ike = ike_new(&t.side[IKE_B].cfg, &t.clk.clock, &t.side[IKE_B].rng.rng, NULL);
    two_ikes_acquire(&t, 2);
    two_ikes_agree(&t, 1, 1);
    const struct ike_out *up = two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP);
    assert_true(up->child.udp);
    assert_int_equal(up->to.port, 1001);
    assert_int_equal(up->from.port, IKE_NATT_PORT);
    size_t before = t.side[IKE_A].nsent;
    two_ikes_run(&t, 100);
    assert_int_equal(t.side[IKE_A].nsent - before, 5);
    assert_int_equal(t.flown[t.nflown - 1].n, 1);
    shift = 500; /* the NAT forgets */
    assert_ok(ike_probe(t.side[IKE_A].ike, NULL));
    two_ikes_wait(&t, IKE_A, 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_MOVED)->to.port, 1501);
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

static void mobile_side__takes_the_tunnel_to_another_address(void **state)
{
    struct ip_addr there = ip4(0xc6336463);
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_A].peer.mobike = t.side[IKE_B].peer.mobike = true;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    t.filter = two_ikes_lose_all; /* it is said until it is heard */
    ike_move(t.side[IKE_A].ike, &there);
    two_ikes_wait(&t, IKE_A, 1);
    t.filter = NULL;
    two_ikes_run(&t, 2);
    two_ikes_agree(&t, 1, 1);
    const struct ike_out *moved = two_ikes_last(&t, IKE_B, IKE_OUT_MOVED);
    assert_true(ip_addr_eq(&moved->to.addr, &there));
    assert_false(moved->child.udp);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_REPLY_ROUTE), 1);
    assert_ok(ike_rekey_ike(t.side[IKE_B].ike, NULL));
    two_ikes_wait(&t, IKE_B, 1);
    assert_true(ip_addr_eq(&t.flown[t.nflown - 1].src.addr, &there) ||
                ip_addr_eq(&t.flown[t.nflown - 1].dst.addr, &there));
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

/* --- time ------------------------------------------------------------------------------------ */

static void lifetimes__are_each_sides_own_and_the_shorter_rekeys(void **state)
{
    (void)state;
    for (int shorter = 0; shorter < 2; shorter++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.side[shorter].suites[0].lifetime_s = 1000;
        t.side[shorter].esp[0].lifetime_s = 300;
        two_ikes_start(&t);
        two_ikes_acquire(&t, 2);
        two_ikes_run(&t, 2000);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_status(&t, i).ikes, 1);
            assert_int_equal(two_ikes_status(&t, i).children, 1);
        }
        assert_int_equal(two_ikes_said(&t, shorter, IKE_OUT_IKE_UP), 3);
        assert_true(two_ikes_said(&t, shorter, IKE_OUT_CHILD_UP) >= 7);
        assert_int_equal(two_ikes_ends(&t, shorter, IKE_OUT_CHILD_DOWN, IKE_END_EXPIRED), 0);
        two_ikes_release(&t);
    }
}

static void volume__is_rekeyed_and_then_over(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    uint32_t first = two_ikes_pair(&t, IKE_A);
    ike_child_volume(t.side[IKE_A].ike, first, true);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 1);
    assert_int_not_equal(two_ikes_pair(&t, IKE_A), first);
    ike_child_volume(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A), false);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->end, IKE_END_EXPIRED);
    two_ikes_release(&t);
}

static void another_authentication__keeps_what_is_carried(void **state)
{
    (void)state;
    for (enum ike_reauth how = IKE_REAUTH_BREAK; how <= IKE_REAUTH_MAKE; how++) {
        for (int side = 0; side < 2; side++) {
            struct two_ikes t;
            two_ikes_up_v2(&t);
            assert_ok(ike_reauthenticate(t.side[side].ike, NULL, how));
            two_ikes_wait(&t, side, 3);
            two_ikes_agree(&t, 1, 1);
            assert_int_equal(two_ikes_ends(&t, side, IKE_OUT_IKE_DOWN, IKE_END_REPLACED), 1);
            assert_int_equal(two_ikes_last(&t, side, IKE_OUT_IKE_UP)->initiator, true);
            two_ikes_release(&t);
        }
    }
}

static void restarted_peer__says_initial_contact(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    ike_forget(t.side[IKE_A].ike);
    two_ikes_drain(&t, IKE_A);
    two_ikes_acquire(&t, 2);
    assert_int_equal(two_ikes_status(&t, IKE_B).ikes, 1);
    assert_int_equal(two_ikes_status(&t, IKE_B).children, 1);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_PEER_RESTARTED), 1);
    two_ikes_release(&t);
}

static void both_begin__and_keep_one_tunnel(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        struct two_ikes t;
        two_ikes_init_v2(&t);
        t.seed = seed;
        t.side[IKE_A].peer.initial_contact = t.side[IKE_B].peer.initial_contact = false;
        two_ikes_start(&t);
        for (int i = 0; i < 2; i++) {
            assert_ok(ike_acquire(t.side[i].ike, 7));
            two_ikes_drain(&t, i);
        }
        two_ikes_run(&t, 20);
        two_ikes_agree(&t, 1, 1);
        two_ikes_release(&t);
    }
}

static void client_of_a_group__may_come_from_anywhere(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_B].is_server = true;
    t.side[IKE_B].policies[0].selector.remote = (struct ip_net){ip4(0), 0};
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_true(ip_addr_eq(&two_ikes_last(&t, IKE_B, IKE_OUT_CHILD_UP)->peer, &t.side[0].addr));
    assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 1, 1);
    ike_delete_ike(t.side[IKE_B].ike, &t.side[IKE_A].addr, true);
    two_ikes_wait(&t, IKE_B, 1);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void pair_for_nothing__is_left_out_where_both_can(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init_v2(&t);
    t.side[IKE_B].peer.childless = true;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_ok(ike_delete_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A), true));
    two_ikes_wait(&t, IKE_A, 1);
    assert_ok(ike_reauthenticate(t.side[IKE_A].ike, NULL, IKE_REAUTH_MAKE));
    two_ikes_wait(&t, IKE_A, 2);
    two_ikes_agree(&t, 1, 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 2);
    two_ikes_release(&t);
}

static void ike_sa_closed_while_a_rekeying_is_held_back__goes_at_once(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_up_v2(&t);
    t.side[IKE_A].quirks.cross = IKE_CROSS_REQUEST;
    assert_ok(ike_rekey_child(t.side[IKE_A].ike, two_ikes_pair(&t, IKE_A)));
    two_ikes_wait(&t, IKE_A, 1);
    ike_delete_ike(t.side[IKE_A].ike, NULL, true);
    two_ikes_wait(&t, IKE_A, 1);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void many_first_messages_of_one_peer__are_bounded(void **state)
{
    struct two_ikes t, other;

    (void)state;
    two_ikes_init_v2(&t);
    two_ikes_start(&t);
    for (uint64_t seed = 0; seed < 100; seed++) { /* first messages of one peer, all different */
        two_ikes_init_v2(&other);
        other.seed = 1000 + seed;
        other.filter = two_ikes_lose_all;
        two_ikes_start(&other);
        assert_ok(ike_acquire(other.side[IKE_A].ike, 7));
        two_ikes_drain(&other, IKE_A);
        two_ikes_inject(&t, IKE_B, bytes_of(other.flown[0].p, other.flown[0].n));
        two_ikes_release(&other);
        assert_true(two_ikes_status(&t, IKE_B).negotiating <= IKE_HALF_OPENS);
    }
    two_ikes_acquire(&t, 2);
    assert_int_equal(two_ikes_pairs(&t, IKE_A), 1);
    two_ikes_run(&t, 40);
    two_ikes_agree(&t, 1, 1);
    two_ikes_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nat_between__is_found_evaded_kept_open_and_followed),
        cmocka_unit_test(mobile_side__takes_the_tunnel_to_another_address),
        cmocka_unit_test(lifetimes__are_each_sides_own_and_the_shorter_rekeys),
        cmocka_unit_test(volume__is_rekeyed_and_then_over),
        cmocka_unit_test(another_authentication__keeps_what_is_carried),
        cmocka_unit_test(restarted_peer__says_initial_contact),
        cmocka_unit_test(both_begin__and_keep_one_tunnel),
        cmocka_unit_test(client_of_a_group__may_come_from_anywhere),
        cmocka_unit_test(pair_for_nothing__is_left_out_where_both_can),
        cmocka_unit_test(ike_sa_closed_while_a_rekeying_is_held_back__goes_at_once),
        cmocka_unit_test(many_first_messages_of_one_peer__are_bounded),
    };
    return cmocka_run_group_tests_name("ike/ike2_time", tests, NULL, NULL);
}
