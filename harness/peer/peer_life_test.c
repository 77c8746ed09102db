/* How the tunnel comes and goes: by command, by lifetime, by silence. */
#include "base/attr.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"

/* --- commands ----------------------------------------------------------------------------------
 */

static void a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    assert_ok(peer_delete_phase2(t.side[PEER_A].peer));
    two_peers_run(&t, 1);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DELETE_SENT), 1);
    assert_int_equal(two_peers_ike_facts(&t, PEER_B, IKE_FACT_DELETE_RECEIVED), 1);
    assert_int_equal(two_peers_last_fact(&t, PEER_B, PEER_CHILD_DOWN)->ike.end,
                     IKE_END_PEER_DELETE);
    assert_int_equal(two_peers_facts(&t, PEER_B, PEER_IKE_DOWN), 0);
    two_peers_send(&t, PEER_B, 10, false, 64);
    two_peers_run(&t, 1);
    two_peers_pass(&t, PEER_B);
    two_peers_release(&t);
}

static void a_deleted_ike_sa_takes_its_pairs_along(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    assert_ok(peer_delete_phase1(t.side[PEER_A].peer));
    two_peers_run(&t, 1);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(two_peers_facts(&t, PEER_B, PEER_IKE_DOWN), 1);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_DOWN), 1);
    two_peers_release(&t);
}

static void without_sas_there_is_nothing_to_delete_or_rekey(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    two_peers_start(&t);
    struct peer *p = t.side[PEER_A].peer;
    assert_int_equal(peer_delete_phase1(p), ERR_STATE);
    assert_int_equal(peer_delete_phase2(p), ERR_STATE);
    assert_int_equal(peer_rekey_phase1(p), ERR_STATE);
    assert_int_equal(peer_rekey_phase2(p), ERR_STATE);
    two_peers_release(&t);
}

/* Keeps the ESP packets of A back until the pair was rekeyed. */
struct kept {
    size_t n; /* 0: none yet */
    uint8_t frame[2048];
};

static bool keep_esp(struct two_peers *t, int from, struct bytes frame)
{
    struct kept *k = t->ctx;
    struct pkt p;

    pkt_parse(frame, &p);
    if (from != PEER_A || p.kind != PKT_ESP || k->n)
        return true;
    memcpy(k->frame, frame.p, frame.n);
    k->n = frame.n;
    return false;
}

static void a_rekeyed_pair_still_opens_what_is_under_way(void **state)
{
    struct two_peers t;
    struct kept kept = {0};
    struct pkt old, fresh;

    (void)state;
    two_peers_begin(&t);
    t.hook = keep_esp;
    t.ctx = &kept;
    two_peers_send(&t, PEER_A, 10, false, 64);
    assert_int_equal(t.side[PEER_B].ngot, 0);
    assert_ok(peer_rekey_phase2(t.side[PEER_A].peer));
    two_peers_run(&t, 0.5);
    assert_true(two_peers_last_fact(&t, PEER_A, PEER_CHILD_UP)->ike.rekey);
    two_peers_pass(&t, PEER_A);
    pkt_parse(bytes_of(kept.frame, kept.n), &old);
    pkt_parse(bytes_of(t.side[PEER_A].last_esp, t.side[PEER_A].last_esp_len), &fresh);
    assert_int_not_equal(old.esp.spi, fresh.esp.spi);
    peer_input(t.side[PEER_B].peer, PEER_WAN, bytes_of(kept.frame, kept.n));
    two_peers_run(&t, 0.1);
    assert_int_equal(t.side[PEER_B].ngot, 2);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1);
    two_peers_release(&t);
}

static void a_new_ike_sa_takes_over(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    assert_ok(peer_rekey_phase1(t.side[PEER_A].peer));
    two_peers_run(&t, 2);
    assert_true(two_peers_last_fact(&t, PEER_A, PEER_IKE_UP)->ike.rekey);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_IKE_UP), 2);
    two_peers_pass(&t, PEER_A);
    two_peers_pass(&t, PEER_B);
    two_peers_release(&t);
}

static void after_a_crash_nothing_is_known_and_nobody_was_told(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    size_t facts = t.side[PEER_B].nfacts;
    peer_crash(t.side[PEER_B].peer);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
    assert_int_equal(port_next(t.side[PEER_A].wan).ns, INT64_MAX);
    two_peers_send(&t, PEER_A, 10, false, 64);
    assert_int_equal(two_peers_count(&t, PEER_B).bad_spi, 1);
    assert_int_equal(t.side[PEER_B].nfacts, facts);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1); /* it does not know */
    two_peers_send(&t, PEER_B, 10, false, 64);               /* B begins anew */
    two_peers_run(&t, 2);
    two_peers_pass(&t, PEER_B);
    two_peers_pass(&t, PEER_A);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_IKE_DOWN)->ike.end,
                     IKE_END_PEER_RESTARTED);
    two_peers_release(&t);
}

/* --- lifetimes and dead peers ------------------------------------------------------------------
 */

static void a_pair_is_rekeyed_before_its_volume_is_used_up(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    t.side[PEER_A].esp.lifetime_kb = t.side[PEER_B].esp.lifetime_kb = 64;
    two_peers_start(&t);
    two_peers_up(&t);
    for (int i = 0; i < 150; i++) /* of 1 KB each: a new pair after the 61st packet of the last */
        two_peers_send(&t, PEER_A, 996, false, 64);
    assert_int_equal(t.side[PEER_B].ngot, 150);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_UP), 3);
    assert_int_equal(two_peers_count(&t, PEER_A).no_sa, 0);
    two_peers_release(&t);
}

/* Traffic both ways, and for longer than what was replaced is kept. */
static void passes_for_a_minute(struct two_peers *t)
{
    for (int i = 0; i < 30; i++) {
        two_peers_pass(t, PEER_A);
        two_peers_pass(t, PEER_B);
        two_peers_run(t, 2);
    }
}

/* Both find the volume used up at once: their quick modes cross. Whoever sends with whichever pair,
 * the other side opens it. */
static void rekeyings_for_volume_cross__and_traffic_goes_on(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct two_peers t;
        two_peers_init(&t);
        for (int i = 0; i < 2; i++)
            t.side[i].esp.lifetime_kb = 64;
        two_peers_start(&t);
        for (int i = 0; i < 2; i++)
            rng_seeded_init(&t.side[i].rng, seed, i ? "b" : "a");
        two_peers_up(&t);
        for (int i = 0; i < 2; i++)
            assert_ok(peer_rekey_phase2(t.side[i].peer));
        two_peers_run(&t, 1);
        assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_UP), 3);
        assert_int_equal(two_peers_facts(&t, PEER_B, PEER_CHILD_UP), 3);
        passes_for_a_minute(&t);
        for (int i = 0; i < 2; i++)
            assert_int_equal(two_peers_count(&t, i).no_sa + two_peers_count(&t, i).bad_spi, 0);
        two_peers_release(&t);
    }
}

static void a_pair_that_nobody_rekeys_ends_with_its_volume(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp.lifetime_kb = 16;
        t.side[i].ike.never_rekeys = true;
    }
    two_peers_start(&t);
    two_peers_up(&t);
    for (int i = 0; i < 16; i++)
        two_peers_send(&t, PEER_A, 996, false, 64);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_CHILD_DOWN)->ike.end, IKE_END_EXPIRED);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_release(&t);
}

static bool lose_all(struct two_peers *t, int from, struct bytes frame)
{
    (void)t;
    (void)from;
    (void)frame;
    return false;
}

static void a_dead_peer_is_noticed_after_threshold_and_retries(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    t.hook = lose_all;
    two_peers_run(&t, 14); /* 10 s and one or two of three more tries */
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_DOWN), 0);
    two_peers_run(&t, 6);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_IKE_DOWN)->ike.end, IKE_END_DPD);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_release(&t);
}

static void traffic_from_the_other_side_is_a_sign_of_life(void **state)
{
    struct two_peers t;

    (void)state;
    two_peers_begin(&t);
    for (int i = 0; i < 60; i++) { /* a minute, a packet each second, each way */
        two_peers_send(&t, PEER_A, 10, false, 64);
        two_peers_send(&t, PEER_B, 10, false, 64);
        two_peers_run(&t, 0.8);
    }
    assert_int_equal(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DPD_SENT) +
                         two_peers_ike_facts(&t, PEER_B, IKE_FACT_DPD_SENT),
                     0);
    two_peers_run(&t, 15); /* one of them asks, and the other one's answer is as good */
    assert_true(two_peers_ike_facts(&t, PEER_A, IKE_FACT_DPD_SENT) +
                    two_peers_ike_facts(&t, PEER_B, IKE_FACT_DPD_SENT) >
                0);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 1);
    two_peers_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic),
        cmocka_unit_test(a_deleted_ike_sa_takes_its_pairs_along),
        cmocka_unit_test(without_sas_there_is_nothing_to_delete_or_rekey),
        cmocka_unit_test(a_rekeyed_pair_still_opens_what_is_under_way),
        cmocka_unit_test(a_new_ike_sa_takes_over),
        cmocka_unit_test(after_a_crash_nothing_is_known_and_nobody_was_told),
        cmocka_unit_test(a_pair_is_rekeyed_before_its_volume_is_used_up),
        cmocka_unit_test(rekeyings_for_volume_cross__and_traffic_goes_on),
        cmocka_unit_test(a_pair_that_nobody_rekeys_ends_with_its_volume),
        cmocka_unit_test(a_dead_peer_is_noticed_after_threshold_and_retries),
        cmocka_unit_test(traffic_from_the_other_side_is_a_sign_of_life),
    };

    return cmocka_run_group_tests_name("peer/life", tests, NULL, NULL);
}
