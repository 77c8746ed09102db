/* Two peers that speak IKEv2: the tunnel comes, is renewed, deleted, forgotten and found dead as by
 * IKEv1, with ciphers of either kind. */
#include "base/attr.h"
#include "crypto/dh.h"
#include "tests/testkit.h"
#include "tests/two_peers.h"

struct kind {
    struct ike_suite ike;
    struct ike_esp_suite esp;
};

static const struct kind kinds[] = {
    {{CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400, INTEG_HMAC_SHA256_128},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 0, 28800, 0, false}},
    {{CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE},
     {CIPHER_AES128_GCM_16, INTEG_NONE, 31, 28800, 0, false}},
    {{CIPHER_CHACHA20_POLY1305, DIGEST_SHA512, 19, 86400, INTEG_NONE},
     {CIPHER_CHACHA20_POLY1305, INTEG_NONE, 0, 28800, 0, false}},
};

static void begin(struct two_peers *t, const struct kind *k)
{
    two_peers_init(t);
    for (int i = 0; i < 2; i++) {
        t->side[i].ike.ike_version = 2;
        t->side[i].suite = k->ike;
        t->side[i].esp = k->esp;
    }
    two_peers_start(t);
    two_peers_up(t);
}

static void a_tunnel_comes_up_and_says_its_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        struct two_peers t;
        begin(&t, &kinds[i]);
        two_peers_pass(&t, PEER_A);
        two_peers_pass(&t, PEER_B);
        const struct ike_out *a = &two_peers_last_fact(&t, PEER_A, PEER_IKE_UP)->ike;
        const struct ike_out *b = &two_peers_last_fact(&t, PEER_B, PEER_IKE_UP)->ike;
        assert_int_equal(a->version, 2);
        assert_true(a->initiator && !b->initiator);
        assert_int_equal(a->sa.suite.group, kinds[i].ike.group);
        size_t n = cipher_key_len(kinds[i].ike.cipher);
        assert_memory_equal(a->sa.sk_ei, b->sa.sk_ei, n);
        assert_memory_equal(a->sa.sk_er, b->sa.sk_er, n);
        assert_memory_not_equal(a->sa.sk_ei, a->sa.sk_er, n);
        two_peers_release(&t);
    }
}

static void a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++) {
        struct two_peers t;
        begin(&t, &kinds[by]);
        assert_ok(peer_delete_phase2(t.side[by].peer));
        two_peers_run(&t, 1);
        assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
        assert_int_equal(peer_children(t.side[PEER_B].peer), 0);
        assert_int_equal(two_peers_ike_facts(&t, by, IKE_FACT_DELETE_SENT), 1);
        assert_int_equal(two_peers_ike_facts(&t, !by, IKE_FACT_DELETE_RECEIVED), 1);
        assert_int_equal(two_peers_facts(&t, !by, PEER_IKE_DOWN), 0);
        two_peers_send(&t, !by, 10, false, 64);
        two_peers_run(&t, 1);
        two_peers_pass(&t, by);
        assert_int_equal(two_peers_facts(&t, by, PEER_IKE_UP), 1); /* the same IKE SA */
        two_peers_release(&t);
    }
}

static void a_deleted_ike_sa_takes_its_pairs_along(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++) {
        struct two_peers t;
        begin(&t, &kinds[by]);
        assert_ok(peer_delete_phase1(t.side[by].peer));
        two_peers_run(&t, 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(peer_children(t.side[i].peer), 0);
            assert_int_equal(two_peers_facts(&t, i, PEER_IKE_DOWN), 1);
            assert_int_equal(two_peers_facts(&t, i, PEER_CHILD_DOWN), 1);
        }
        assert_int_equal(two_peers_last_fact(&t, !by, PEER_CHILD_DOWN)->ike.end, IKE_END_PARENT);
        two_peers_release(&t);
    }
}

static void either_phase_is_renewed_by_either_side(void **state)
{
    (void)state;
    for (int by = 0; by < 2; by++) {
        struct two_peers t;
        begin(&t, &kinds[by]);
        assert_ok(peer_rekey_phase2(t.side[by].peer));
        two_peers_run(&t, 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_peers_facts(&t, i, PEER_CHILD_UP), 2);
            assert_int_equal(two_peers_last_fact(&t, i, PEER_CHILD_DOWN)->ike.end,
                             IKE_END_REPLACED);
            assert_int_equal(peer_children(t.side[i].peer), 1);
        }
        assert_ok(peer_rekey_phase1(t.side[by].peer));
        two_peers_run(&t, 1);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_peers_facts(&t, i, PEER_IKE_UP), 2);
            assert_true(two_peers_last_fact(&t, i, PEER_IKE_UP)->ike.rekey);
            assert_int_equal(two_peers_facts(&t, i, PEER_CHILD_UP), 2); /* inherited */
        }
        two_peers_pass(&t, PEER_A);
        two_peers_pass(&t, PEER_B);
        two_peers_release(&t);
    }
}

static void after_a_crash_the_peer_begins_anew(void **state)
{
    struct two_peers t;

    (void)state;
    begin(&t, &kinds[1]);
    peer_crash(t.side[PEER_A].peer);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_run(&t, 1);
    assert_int_equal(peer_children(t.side[PEER_B].peer), 1); /* nobody was told */
    two_peers_send(&t, PEER_A, 10, false, 64);
    two_peers_run(&t, 1);
    assert_int_equal(two_peers_last_fact(&t, PEER_B, PEER_IKE_DOWN)->ike.end,
                     IKE_END_PEER_RESTARTED);
    two_peers_pass(&t, PEER_B);
    two_peers_release(&t);
}

static void a_pair_is_rekeyed_before_its_volume_is_used_up(void **state)
{
    struct kind k = kinds[1];
    struct two_peers t;

    (void)state;
    k.esp.lifetime_kb = 64;
    begin(&t, &k);
    for (int i = 0; i < 150; i++)
        two_peers_send(&t, PEER_A, 996, false, 64);
    assert_int_equal(t.side[PEER_B].ngot, 150);
    assert_true(two_peers_facts(&t, PEER_A, PEER_CHILD_UP) >= 3);
    assert_int_equal(two_peers_count(&t, PEER_A).no_sa, 0);
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
    begin(&t, &kinds[0]);
    t.hook = lose_all;
    two_peers_run(&t, 14);
    assert_int_equal(two_peers_facts(&t, PEER_A, PEER_CHILD_DOWN), 0);
    two_peers_run(&t, 6);
    assert_int_equal(two_peers_last_fact(&t, PEER_A, PEER_IKE_DOWN)->ike.end, IKE_END_DPD);
    assert_int_equal(peer_children(t.side[PEER_A].peer), 0);
    two_peers_release(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tunnel_comes_up_and_says_its_keys),
        cmocka_unit_test(a_deleted_pair_is_gone_on_both_sides_and_comes_back_with_traffic),
        cmocka_unit_test(a_deleted_ike_sa_takes_its_pairs_along),
        cmocka_unit_test(either_phase_is_renewed_by_either_side),
        cmocka_unit_test(after_a_crash_the_peer_begins_anew),
        cmocka_unit_test(a_pair_is_rekeyed_before_its_volume_is_used_up),
        cmocka_unit_test(a_dead_peer_is_noticed_after_threshold_and_retries),
    };

    return cmocka_run_group_tests_name("peer/ikev2", tests, NULL, NULL);
}
