/* Establishing: both roles against each other, every algorithm, refusals, both at once. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static const struct ike_out *child_up(const struct two_ikes *t, int side)
{
    return two_ikes_last(t, side, IKE_OUT_CHILD_UP);
}

/* --- algorithms ------------------------------------------------------------------------------ */

static const struct algorithms {
    const char *what;
    struct ike_suite suite;
    struct ike_esp_suite esp;
} algorithms[] = {
    {"des_md5_group_1",
     {CIPHER_DES_CBC, DIGEST_MD5, 1, 86400, INTEG_NONE},
     {CIPHER_DES_CBC, INTEG_HMAC_MD5_96, 0, 3600, 0, false}},
    {"3des_sha1_group_2__esp_3des_md5",
     {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE},
     {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 4608000, false}},
    {"aes_128_sha256_group_5",
     {CIPHER_AES128_CBC, DIGEST_SHA256, 5, 86400, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 0, 28800, 0, false}},
    {"aes_192_sha1_group_14",
     {CIPHER_AES192_CBC, DIGEST_SHA1, 14, 86400, INTEG_NONE},
     {CIPHER_AES192_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false}},
    {"aes_256_md5__key_is_expanded",
     {CIPHER_AES256_CBC, DIGEST_MD5, 2, 86400, INTEG_NONE},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false}},
    {"aes_256_sha256_group_14__pfs_14",
     {CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400, INTEG_NONE},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA256_128, 14, 28800, 0, false}},
    {"pfs_group_1",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 1, 28800, 0, false}},
    {"pfs_group_2",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 2, 28800, 0, false}},
    {"pfs_group_5",
     {CIPHER_3DES_CBC, DIGEST_MD5, 2, 86400, INTEG_NONE},
     {CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96, 5, 28800, 0, false}},
    {"phase_1_without_a_lifetime",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 0, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 120, 0, false}},
    {"esp_without_integrity",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_NONE, 0, 28800, 0, false}},
};

static void both_sides_come_up_with_the_same_keys(void **state)
{
    const struct algorithms *row = *state;
    struct two_ikes t;

    for (int side = 0; side < 2; side++) {
        two_ikes_init(&t);
        for (int i = 0; i < 2; i++) {
            t.side[i].suites[0] = row->suite;
            t.side[i].esp[0] = row->esp;
        }
        two_ikes_start(&t);
        two_ikes_establish(&t, side);
        const struct ike_out *up = child_up(&t, side),
                             *ike = two_ikes_last(&t, side, IKE_OUT_IKE_UP);
        assert_memory_equal(&up->child.suite, &row->esp, sizeof(row->esp));
        assert_memory_equal(&ike->sa.suite, &row->suite, sizeof(row->suite));
        assert_int_equal(ike->sa.skey_len, cipher_key_len(row->suite.cipher));
        assert_int_equal(up->child.policy, 7);
        assert_true(up->initiator && ike->initiator && !up->rekey && !ike->rekey);
        assert_int_not_equal(up->child.in_spi, up->child.out_spi);
        two_ikes_release(&t);
    }
}

/* --- which suite is taken -------------------------------------------------------------------- */

static void responders_preference_counts(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    struct ike_suite weak = {CIPHER_DES_CBC, DIGEST_MD5, 1, 86400, INTEG_NONE};
    struct ike_suite strong = {CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400, INTEG_NONE};
    struct ike_esp_suite esp_weak = {CIPHER_DES_CBC, INTEG_HMAC_MD5_96, 2, 28800, 0, false};
    struct ike_esp_suite esp_strong = {
        CIPHER_AES256_CBC, INTEG_HMAC_SHA256_128, 2, 28800, 0, false};
    struct ike_end_point *a = &t.side[IKE_A], *b = &t.side[IKE_B];
    a->suites[0] = b->suites[1] = weak;
    a->suites[1] = b->suites[0] = strong;
    a->esp[0] = b->esp[1] = esp_weak;
    a->esp[1] = b->esp[0] = esp_strong;
    a->peer.nsuites = b->peer.nsuites = 2;
    a->policies[0].nsuites = b->policies[0].nsuites = 2;
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_IKE_UP)->sa.suite.cipher, CIPHER_AES256_CBC);
    assert_int_equal(child_up(&t, IKE_A)->child.suite.cipher, CIPHER_AES256_CBC);
    two_ikes_release(&t);
}

static void very_many_suites__are_offered_as_far_as_they_fit(void **state)
{
    static struct ike_suite many[300];
    static struct ike_esp_suite esp[300];
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (size_t i = 0; i < COUNT(many); i++) {
        many[i] = (struct ike_suite){CIPHER_AES256_CBC, DIGEST_SHA256, 14, 100000 + (uint32_t)i,
                                     INTEG_NONE};
        esp[i] =
            (struct ike_esp_suite){CIPHER_AES256_CBC, INTEG_HMAC_MD5_96, 0, 100000, 100000, false};
    }
    many[20] = t.side[IKE_B].suites[0];
    esp[20] = t.side[IKE_B].esp[0];
    t.side[IKE_A].peer.nsuites = t.side[IKE_A].policies[0].nsuites = COUNT(many);
    t.side[IKE_A].policies[0].suites = esp;
    two_ikes_start(&t);
    ike_free(t.side[IKE_A].ike);
    t.side[IKE_A].peer.suites = many;
    t.side[IKE_A].ike = ike_new(&t.side[IKE_A].cfg, &t.clk.clock, &t.side[IKE_A].rng.rng, NULL);
    two_ikes_establish(&t, IKE_A);
    two_ikes_release(&t);
}

static void no_common_phase_1_suite__is_refused(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[IKE_B].suites[0].group = 5;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 29);
    assert_int_equal(two_ikes_status(&t, IKE_A).negotiating, 1);
    two_ikes_run(&t, 2);
    /* each of the four sendings was refused by notify, in the clear; that ends nothing by itself */
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_NO_PROPOSAL), 4);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_NOTIFY), 4);
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_FACT)->code, 14);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_REFUSED), 1);
    assert_true(two_ikes_last(&t, IKE_A, IKE_OUT_IKE_DOWN)->attempt);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_DOWN), 0);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void no_common_phase_2_suite__is_refused_and_phase_1_stays(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[IKE_B].esp[0].integ = INTEG_HMAC_MD5_96;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_NO_PROPOSAL), 1);
    assert_int_equal(two_ikes_last(&t, IKE_B, IKE_OUT_FACT)->phase, 2);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED), 1);
    assert_true(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->attempt);
    two_ikes_agree(&t, 1, 0);
    two_ikes_release(&t);
}

static void pfs_demanded_by_one_side(void **state)
{
    struct two_ikes t;

    (void)state;
    /* who has none configured takes the other's; who has one insists */
    for (int with = 0; with < 2; with++) {
        two_ikes_init(&t);
        t.side[with].esp[0].pfs_group = 5;
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        two_ikes_drain(&t, IKE_A);
        two_ikes_run(&t, 1);
        two_ikes_agree(&t, 1, with == IKE_A);
        if (with == IKE_A)
            assert_int_equal(child_up(&t, IKE_B)->child.suite.pfs_group, 5);
        two_ikes_release(&t);
    }
}

/* --- who is asked, for what ------------------------------------------------------------------ */

static void wrong_key__ends_as_such_after_a_while(void **state)
{
    static const uint8_t other[] = "another key";
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[IKE_B].peer.psk = bytes_of(other, sizeof(other) - 1);
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_AUTH), 1);
    assert_int_equal(two_ikes_facts(&t, IKE_A, IKE_FACT_NOTIFY), 1);
    two_ikes_run(&t, 60);
    assert_int_equal(two_ikes_ends(&t, IKE_B, IKE_OUT_IKE_DOWN, IKE_END_AUTH), 1);
    assert_int_equal(two_ikes_ends(&t, IKE_A, IKE_OUT_IKE_DOWN, IKE_END_AUTH), 1);
    assert_int_equal(two_ikes_said(&t, IKE_A, IKE_OUT_IKE_UP), 0);
    assert_int_equal(two_ikes_said(&t, IKE_B, IKE_OUT_IKE_UP), 0);
    two_ikes_agree(&t, 0, 0);
    two_ikes_release(&t);
}

static void other_selector__is_no_policy(void **state)
{
    struct two_ikes t;
    struct ip_net asked;

    (void)state;
    two_ikes_init(&t);
    assert_ok(ip_net_parse("10.9.0.0/16", &asked));
    t.side[IKE_A].policies[0].selector.local = asked;
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 1);
    assert_int_equal(two_ikes_facts(&t, IKE_B, IKE_FACT_NO_POLICY), 1);
    const struct ike_out *o = two_ikes_last(&t, IKE_B, IKE_OUT_FACT);
    assert_memory_equal(&o->child.selector.remote, &asked, sizeof(asked));
    assert_int_equal(two_ikes_last(&t, IKE_A, IKE_OUT_CHILD_DOWN)->end, IKE_END_REFUSED);
    two_ikes_agree(&t, 1, 0);
    two_ikes_release(&t);
}

static void over_ipv6(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    assert_ok(ip_addr_parse("2001:db8::a", &t.side[IKE_A].addr));
    assert_ok(ip_addr_parse("2001:db8::b", &t.side[IKE_B].addr));
    two_ikes_start(&t);
    two_ikes_establish(&t, IKE_A);
    two_ikes_release(&t);
}

static void second_policy__uses_the_same_phase_1(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        struct ike_end_point *s = &t.side[i];
        s->policies[1] = s->policies[0];
        s->policies[1].id = 9;
        struct ip_net *net = i ? &s->policies[1].selector.remote : &s->policies[1].selector.local;
        assert_ok(ip_net_parse("172.16.0.0/12", net));
        s->cfg.npolicies = 2;
    }
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
    assert_ok(ike_acquire(t.side[IKE_A].ike, 9));
    two_ikes_drain(&t, IKE_A);
    two_ikes_run(&t, 1);
    two_ikes_agree(&t, 1, 2);
    two_ikes_release(&t);
}

static void acquiring_again__changes_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    for (int i = 0; i < 20; i++) {
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        two_ikes_drain(&t, IKE_A);
        two_ikes_run(&t, 0.007);
    }
    two_ikes_run(&t, 5);
    two_ikes_agree(&t, 1, 1);
    assert_int_equal(t.side[IKE_A].nsent, 5);
    assert_int_equal(t.side[IKE_B].nsent, 4);
    two_ikes_release(&t);
}

static void what_cannot_be_acquired__says_so(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[IKE_A].peer.never_initiates = true;
    two_ikes_start(&t);
    assert_int_equal(ike_acquire(t.side[IKE_A].ike, 7), ERR_STATE);
    assert_int_equal(ike_acquire(t.side[IKE_A].ike, 8), ERR_NOTFOUND);
    assert_int_equal(ike_rekey_child(t.side[IKE_A].ike, 1), ERR_NOTFOUND);
    assert_int_equal(ike_delete_child(t.side[IKE_A].ike, 1, true), ERR_NOTFOUND);
    assert_int_equal(ike_rekey_ike(t.side[IKE_A].ike, &t.side[IKE_B].addr), ERR_NOTFOUND);
    two_ikes_establish(&t, IKE_B); /* but it answers */
    two_ikes_release(&t);
}

/* Quick modes that cross may leave two pairs: IKEv1 has no rule for who wins. */
static void both_begin_at_once__one_ike_sa_is_left__and_each_pair_at_both_ends(void **state)
{
    struct two_ikes t;

    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        two_ikes_init(&t);
        t.seed = seed;
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[IKE_A].ike, 7));
        assert_ok(ike_acquire(t.side[IKE_B].ike, 7));
        two_ikes_drain(&t, IKE_A);
        two_ikes_drain(&t, IKE_B);
        two_ikes_run(&t, 1);
        assert_true(two_ikes_pairs(&t, IKE_A) > 0);
        assert_int_equal(two_ikes_pairs(&t, IKE_A), two_ikes_pairs(&t, IKE_B));
        two_ikes_run(&t, 60);
        size_t n = two_ikes_pairs(&t, IKE_A);
        assert_in_range(n, 1, 2);
        two_ikes_agree(&t, 1, n);
        /* and what is left can be rekeyed */
        assert_ok(ike_rekey_child(t.side[IKE_B].ike, two_ikes_pair(&t, IKE_B)));
        two_ikes_drain(&t, IKE_B);
        two_ikes_run(&t, 60);
        assert_in_range(two_ikes_pairs(&t, IKE_B), 1, n);
        two_ikes_agree(&t, 1, two_ikes_pairs(&t, IKE_B));
        two_ikes_release(&t);
    }
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(responders_preference_counts),
        cmocka_unit_test(very_many_suites__are_offered_as_far_as_they_fit),
        cmocka_unit_test(no_common_phase_1_suite__is_refused),
        cmocka_unit_test(no_common_phase_2_suite__is_refused_and_phase_1_stays),
        cmocka_unit_test(pfs_demanded_by_one_side),
        cmocka_unit_test(wrong_key__ends_as_such_after_a_while),
        cmocka_unit_test(other_selector__is_no_policy),
        cmocka_unit_test(over_ipv6),
        cmocka_unit_test(second_policy__uses_the_same_phase_1),
        cmocka_unit_test(acquiring_again__changes_nothing),
        cmocka_unit_test(what_cannot_be_acquired__says_so),
        cmocka_unit_test(both_begin_at_once__one_ike_sa_is_left__and_each_pair_at_both_ends),
    };
    struct CMUnitTest tests[COUNT(algorithms) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(algorithms); i++)
        tests[n++] = (struct CMUnitTest){algorithms[i].what, both_sides_come_up_with_the_same_keys,
                                         NULL, NULL, (void *)&algorithms[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("ike/ike", tests, NULL, NULL);
}
