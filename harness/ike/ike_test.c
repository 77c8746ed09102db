/* Two engines against each other: what each side ends up with, and what it was told on the way. */
#include "base/mem.h"
#include "tests/testkit.h"
#include "tests/two_ikes.h"

#include <stdio.h>

static void up(struct two_ikes *t)
{
    two_ikes_start(t);
    assert_ok(ike_acquire(t->side[0].ike, 7));
    two_ikes_run(t, SPAN_S(1));
}

static void assert_same_keys(const struct ike_out *a, const struct ike_out *b)
{
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(a->child.in_spi, b->child.out_spi);
    assert_int_equal(a->child.out_spi, b->child.in_spi);
    assert_memory_equal(a->child.in_cipher_key, b->child.out_cipher_key, CIPHER_KEY_MAX);
    assert_memory_equal(a->child.out_cipher_key, b->child.in_cipher_key, CIPHER_KEY_MAX);
    assert_memory_equal(a->child.in_integ_key, b->child.out_integ_key, DIGEST_MAX);
    assert_memory_not_equal(a->child.in_integ_key, b->child.in_integ_key, DIGEST_MAX);
}

struct suite_row {
    const char *what;
    struct ike_suite suite;
    struct ike_esp_suite esp;
};

static const struct suite_row suite_rows[] = {
    {"des_md5_group_1__comes_up",
     {CIPHER_DES_CBC, DIGEST_MD5, 1, 3600},
     {CIPHER_DES_CBC, INTEG_HMAC_MD5_96, 0, 3600, 0}},
    {"3des_sha1_group_2__comes_up",
     {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400},
     {CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 4608000}},
    {"aes128_sha1_group_5_pfs_5__comes_up",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 5, 0},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 5, 28800, 0}},
    {"aes192_sha256_group_14_pfs_2__comes_up",
     {CIPHER_AES192_CBC, DIGEST_SHA256, 14, 7200},
     {CIPHER_AES192_CBC, INTEG_HMAC_SHA256_128, 2, 28800, 100000}},
    {"aes256_sha256_group_14_pfs_14__comes_up",
     {CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA256_128, 14, 3600, 0}},
    {"aes128_md5_group_1_pfs_1__comes_up",
     {CIPHER_AES128_CBC, DIGEST_MD5, 1, 86400},
     {CIPHER_AES256_CBC, INTEG_HMAC_MD5_96, 1, 3600, 0}},
};

static void comes_up(void **state)
{
    const struct suite_row *row = *state;
    struct two_ikes t;

    for (int initiator = 0; initiator < 2; initiator++) {
        two_ikes_init(&t);
        for (int i = 0; i < 2; i++) {
            t.side[i].suites[0] = row->suite;
            t.side[i].esp[0] = row->esp;
        }
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[initiator].ike, 7));
        two_ikes_run(&t, SPAN_S(1));
        const struct ike_out *a = two_ikes_out(&t, 0, IKE_OUT_CHILD_UP, 0);
        assert_same_keys(a, two_ikes_out(&t, 1, IKE_OUT_CHILD_UP, 0));
        assert_int_equal(a->child.suite.cipher, row->esp.cipher);
        assert_int_equal(a->initiator, initiator == 0);
        assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_UP), 1);
        assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_CHILD_UP), 1);
        assert_memory_equal(two_ikes_out(&t, 0, IKE_OUT_IKE_UP, 0)->sa.skey,
                            two_ikes_out(&t, 1, IKE_OUT_IKE_UP, 0)->sa.skey, IKE_SKEY_MAX);
        two_ikes_release(&t);
    }
}

static bool lose_one(void *ctx, size_t i, const struct two_ikes_datagram *d)
{
    (void)d;
    return i == *(size_t *)ctx;
}

static void any_one_message_may_be_lost(void **state)
{
    (void)state;
    for (size_t lost = 0; lost < 9; lost++) {
        struct two_ikes t;
        two_ikes_init(&t);
        t.lose = lose_one;
        t.lose_ctx = &lost;
        two_ikes_start(&t);
        assert_ok(ike_acquire(t.side[0].ike, 7));
        two_ikes_run(&t, SPAN_S(5));
        assert_same_keys(two_ikes_out(&t, 0, IKE_OUT_CHILD_UP, 0),
                         two_ikes_out(&t, 1, IKE_OUT_CHILD_UP, 0));
        assert_int_equal(two_ikes_children(&t, 0), 1);
        assert_int_equal(two_ikes_children(&t, 1), 1);
        two_ikes_release(&t);
    }
}

static void every_message_twice__changes_nothing(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    up(&t);
    size_t n = t.nwire;
    for (size_t i = 0; i < n; i++) {
        struct two_ikes_datagram d = t.wire[i];
        ike_input(t.side[d.to].ike, &d.from_at, &d.to_at, bytes_of(d.bytes, d.n));
        two_ikes_drain(&t);
    }
    two_ikes_run(&t, SPAN_S(1));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_children(&t, i), 1);
        assert_int_equal(two_ikes_count(&t, i, IKE_OUT_CHILD_UP), 1);
        assert_int_equal(two_ikes_count(&t, i, IKE_OUT_CHILD_DOWN), 0);
        assert_int_equal(two_ikes_count(&t, i, IKE_OUT_IKE_DOWN), 0);
    }
    assert_non_null(two_ikes_fact(&t, 1, IKE_FACT_DUPLICATE));
    two_ikes_release(&t);
}

static void wrong_key__ends_as_auth_and_no_child_comes(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[1].peer.psk = bytes_str("another key");
    up(&t);
    two_ikes_run(&t, SPAN_S(60));
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_count(&t, i, IKE_OUT_IKE_UP), 0);
        assert_int_equal(two_ikes_count(&t, i, IKE_OUT_CHILD_UP), 0);
    }
    assert_int_equal(two_ikes_out(&t, 1, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_AUTH);
    assert_non_null(two_ikes_out(&t, 0, IKE_OUT_IKE_DOWN, 0));
    two_ikes_release(&t);
}

static void no_common_suite__is_refused_and_told(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[1].suites[0].group = 5;
    up(&t);
    assert_non_null(two_ikes_fact(&t, 1, IKE_FACT_NO_PROPOSAL));
    assert_int_equal(two_ikes_fact(&t, 0, IKE_FACT_NOTIFY)->code, 14);
    two_ikes_run(&t, SPAN_S(60));
    assert_int_equal(two_ikes_out(&t, 0, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_TIMEOUT);
    two_ikes_release(&t);
}

static void no_common_esp_suite__is_refused_in_phase_2(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[1].esp[0].cipher = CIPHER_AES256_CBC;
    up(&t);
    assert_int_equal(two_ikes_fact(&t, 1, IKE_FACT_NO_PROPOSAL)->phase, 2);
    assert_int_equal(two_ikes_out(&t, 0, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_REFUSED);
    assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_UP), 1);
    two_ikes_release(&t);
}

static void foreign_selector__finds_no_policy(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[0].policy.selector.local = (struct ip_net){ip4(0x0b000000), 8};
    up(&t);
    const struct ike_out *o = two_ikes_fact(&t, 1, IKE_FACT_NO_POLICY);
    assert_non_null(o);
    assert_int_equal(o->child.selector.remote.prefix, 8);
    assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_CHILD_UP), 0);
    two_ikes_release(&t);
}

static void lower_lifetime_wins_on_both_sides(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[0].esp[0].lifetime_s = 28800;
    t.side[1].esp[0].lifetime_s = 3600;
    t.side[1].esp[0].lifetime_kb = 1000;
    t.side[0].suites[0].lifetime_s = 5000;
    up(&t);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(two_ikes_out(&t, i, IKE_OUT_CHILD_UP, 0)->child.suite.lifetime_s, 3600);
        assert_int_equal(two_ikes_out(&t, i, IKE_OUT_CHILD_UP, 0)->child.suite.lifetime_kb, 1000);
        assert_int_equal(two_ikes_out(&t, i, IKE_OUT_IKE_UP, 0)->sa.suite.lifetime_s, 5000);
    }
    assert_int_equal(two_ikes_fact(&t, 0, IKE_FACT_LIFETIME_LOWERED)->phase, 2);
    two_ikes_release(&t);
}

static void deleting_the_pair__takes_it_from_both_and_leaves_phase_1(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int by = 0; by < 2; by++) {
        two_ikes_init(&t);
        up(&t);
        ike_delete_children(t.side[by].ike, NULL, true);
        two_ikes_run(&t, SPAN_S(1));
        assert_int_equal(two_ikes_out(&t, by, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_LOCAL_DELETE);
        assert_int_equal(two_ikes_out(&t, !by, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_PEER_DELETE);
        assert_int_equal(two_ikes_fact(&t, by, IKE_FACT_DELETE_SENT)->phase, 2);
        assert_int_equal(two_ikes_fact(&t, !by, IKE_FACT_DELETE_RECEIVED)->phase, 2);
        assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_DOWN), 0);
        assert_ok(
            ike_acquire(t.side[!by].ike, 7)); /* and it comes again, in one round trip and a half */
        two_ikes_run(&t, SPAN_S(1));
        assert_int_equal(two_ikes_children(&t, 0), 1);
        assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_UP), 1);
        two_ikes_release(&t);
    }
}

static void deleting_phase_1__takes_everything(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int by = 0; by < 2; by++) {
        two_ikes_init(&t);
        up(&t);
        ike_delete_ike(t.side[by].ike, NULL, true);
        two_ikes_run(&t, SPAN_S(1));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_count(&t, i, IKE_OUT_CHILD_DOWN), 1);
            assert_int_equal(two_ikes_count(&t, i, IKE_OUT_IKE_DOWN), 1);
            assert_int_equal(two_ikes_children(&t, i), 0);
        }
        assert_int_equal(two_ikes_out(&t, by, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_LOCAL_DELETE);
        assert_int_equal(two_ikes_out(&t, !by, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_PEER_DELETE);
        two_ikes_release(&t);
    }
}

static bool lose_all(void *ctx, size_t i, const struct two_ikes_datagram *d)
{
    (void)i;
    (void)d;
    return *(bool *)ctx;
}

static void dead_peer__is_noticed_after_threshold_and_four_probes(void **state)
{
    struct two_ikes t;
    bool dark = false;

    (void)state;
    two_ikes_init(&t);
    t.lose = lose_all;
    t.lose_ctx = &dark;
    up(&t);
    two_ikes_run(&t, SPAN_S(60)); /* probes are answered: nothing happens */
    assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_DOWN), 0);
    assert_non_null(two_ikes_fact(&t, 1, IKE_FACT_DPD_ANSWERED));
    dark = true;
    two_ikes_run(&t, SPAN_S(15));
    assert_int_equal(two_ikes_count(&t, 0, IKE_OUT_IKE_DOWN), 0);
    two_ikes_run(&t, SPAN_S(4)); /* 10 + 2 + 2 + 2 + 2 after the last sign of life */
    assert_int_equal(two_ikes_out(&t, 0, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_DPD);
    assert_int_equal(two_ikes_out(&t, 0, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_PARENT);
    two_ikes_release(&t);
}

static void rekeyed_pair__takes_over_and_the_old_one_goes(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int by = 0; by < 2; by++) {
        two_ikes_init(&t);
        up(&t);
        uint32_t old = two_ikes_out(&t, by, IKE_OUT_CHILD_UP, 0)->child.in_spi;
        assert_ok(ike_rekey_child(t.side[by].ike, old));
        two_ikes_run(&t, SPAN_S(1));
        const struct ike_out *o = two_ikes_out(&t, by, IKE_OUT_CHILD_UP, 1);
        assert_same_keys(o, two_ikes_out(&t, !by, IKE_OUT_CHILD_UP, 1));
        assert_true(o->rekey);
        assert_int_equal(o->child.old_in_spi, old);
        assert_true(two_ikes_out(&t, !by, IKE_OUT_CHILD_UP, 1)->rekey);
        assert_int_equal(two_ikes_children(&t, 0), 2);
        two_ikes_run(&t, SPAN_S(3));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_children(&t, i), 1);
            assert_int_equal(two_ikes_out(&t, i, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_REPLACED);
        }
        two_ikes_release(&t);
    }
}

static void rekeyed_phase_1__keeps_the_pair(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int by = 0; by < 2; by++) {
        two_ikes_init(&t);
        up(&t);
        assert_ok(ike_rekey_ike(t.side[by].ike, &t.side[by].peer.address));
        two_ikes_run(&t, SPAN_S(1));
        for (int i = 0; i < 2; i++) {
            assert_int_equal(two_ikes_count(&t, i, IKE_OUT_IKE_UP), 2);
            assert_true(two_ikes_out(&t, i, IKE_OUT_IKE_UP, 1)->rekey);
            assert_int_equal(two_ikes_out(&t, i, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_REPLACED);
            assert_int_equal(two_ikes_count(&t, i, IKE_OUT_CHILD_DOWN), 0);
            assert_int_equal(two_ikes_children(&t, i), 1);
        }
        ike_delete_children(t.side[by].ike, NULL, true); /* the new SA carries the word */
        two_ikes_run(&t, SPAN_S(1));
        assert_int_equal(two_ikes_children(&t, !by), 0);
        two_ikes_release(&t);
    }
}

static void lifetimes__rekey_by_themselves_and_nothing_is_ever_down(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp[0].lifetime_s = 300;
        t.side[i].suites[0].lifetime_s = 1000;
    }
    up(&t);
    for (int n = 0; n < 3600; n++) {
        two_ikes_run(&t, SPAN_S(1));
        assert_true(two_ikes_children(&t, 0) >= 1 && two_ikes_children(&t, 0) <= 2);
        assert_true(two_ikes_children(&t, 1) >= 1 && two_ikes_children(&t, 1) <= 2);
    }
    assert_in_range(two_ikes_count(&t, 0, IKE_OUT_CHILD_UP), 12, 14);
    assert_in_range(two_ikes_count(&t, 0, IKE_OUT_IKE_UP), 4, 5);
    for (size_t i = 0; i < two_ikes_count(&t, 1, IKE_OUT_CHILD_DOWN); i++)
        assert_int_equal(two_ikes_out(&t, 1, IKE_OUT_CHILD_DOWN, i)->end, IKE_END_REPLACED);
    two_ikes_release(&t);
}

static void nobody_may_rekey__the_pair_expires(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    for (int i = 0; i < 2; i++) {
        t.side[i].esp[0].lifetime_s = 300;
        t.side[i].peer.never_rekeys = true;
    }
    up(&t);
    two_ikes_run(&t, SPAN_S(310));
    assert_int_equal(two_ikes_out(&t, 0, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_EXPIRED);
    assert_int_equal(two_ikes_children(&t, 1), 0);
    two_ikes_release(&t);
}

static void both_rekey_at_once__both_still_share_a_pair(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    up(&t);
    for (int i = 0; i < 2; i++) {
        assert_ok(
            ike_rekey_child(t.side[i].ike, two_ikes_out(&t, i, IKE_OUT_CHILD_UP, 0)->child.in_spi));
        assert_ok(ike_rekey_ike(t.side[i].ike, &t.side[i].peer.address));
    }
    two_ikes_run(&t, SPAN_S(60));
    for (int i = 0; i < 2; i++) {
        struct ike_status s;
        ike_status(t.side[i].ike, &s);
        assert_in_range(s.children, 1, 2);
        assert_in_range(s.ikes, 1, 2);
        assert_int_equal(s.negotiating, 0);
    }
    two_ikes_release(&t);
}

static void both_begin_at_once__both_have_a_tunnel(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    two_ikes_start(&t);
    assert_ok(ike_acquire(t.side[0].ike, 7));
    assert_ok(ike_acquire(t.side[1].ike, 7));
    two_ikes_run(&t, SPAN_S(5));
    for (int i = 0; i < 2; i++)
        assert_in_range(two_ikes_children(&t, i), 1, 2);
    ike_delete_ike(t.side[0].ike, NULL, true);
    two_ikes_run(&t, SPAN_S(5));
    assert_int_equal(two_ikes_children(&t, 1), 0);
    two_ikes_release(&t);
}

static void crashed_peer__comes_back_with_initial_contact(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    t.side[0].peer.initial_contact = true;
    up(&t);
    ike_forget(t.side[0].ike);
    assert_ok(ike_acquire(t.side[0].ike, 7));
    two_ikes_run(&t, SPAN_S(1));
    assert_int_equal(two_ikes_out(&t, 1, IKE_OUT_IKE_DOWN, 0)->end, IKE_END_PEER_RESTARTED);
    assert_int_equal(two_ikes_out(&t, 1, IKE_OUT_CHILD_DOWN, 0)->end, IKE_END_PEER_RESTARTED);
    assert_int_equal(two_ikes_children(&t, 1), 1);
    assert_false(two_ikes_out(&t, 1, IKE_OUT_CHILD_UP, 1)->rekey);
    two_ikes_release(&t);
}

static void used_up_volume__rekeys_soft_and_ends_hard(void **state)
{
    struct two_ikes t;

    (void)state;
    two_ikes_init(&t);
    up(&t);
    ike_child_volume(t.side[0].ike, two_ikes_out(&t, 0, IKE_OUT_CHILD_UP, 0)->child.in_spi, true);
    two_ikes_run(&t, SPAN_S(1));
    assert_int_equal(two_ikes_count(&t, 1, IKE_OUT_CHILD_UP), 2);
    ike_child_volume(t.side[0].ike, two_ikes_out(&t, 0, IKE_OUT_CHILD_UP, 1)->child.in_spi, false);
    two_ikes_run(&t, SPAN_S(10));
    assert_int_equal(two_ikes_children(&t, 1), 0);
    two_ikes_release(&t);
}

static enum err feed(struct bytes in, void *ctx)
{
    struct two_ikes *t = ctx;

    ike_input(t->side[1].ike, &t->wire[0].from_at, &t->wire[0].to_at, in);
    two_ikes_drain(t);
    return ERR_OK;
}

static void broken_copies_of_every_message__change_nothing(void **state)
{
    struct two_ikes t;
    struct ike_status s;

    (void)state;
    two_ikes_init(&t);
    up(&t);
    size_t n = t.nwire;
    for (size_t i = 0; i < n; i++) {
        struct two_ikes_datagram d = t.wire[i];
        if (d.to != 1)
            continue;
        test_truncations(bytes_of(d.bytes, d.n), feed, &t);
        for (size_t b = 0; b < d.n; b += 3) {
            d.bytes[b] ^= 0x5a;
            feed(bytes_of(d.bytes, d.n), &t);
            d.bytes[b] ^= 0x5a;
            t.side[0].nouts = t.side[1].nouts = 0;
            t.nwire = n;
        }
    }
    ike_status(t.side[1].ike, &s);
    assert_int_equal(s.children, 1);
    assert_int_equal(s.ikes, 1);
    assert_true(s.negotiating <= 64);
    two_ikes_release(&t);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(suite_rows) + 32];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(suite_rows); i++)
        tests[n++] = (struct CMUnitTest){suite_rows[i].what, comes_up, NULL, NULL,
                                         (void *)(uintptr_t)&suite_rows[i]};
    const struct CMUnitTest more[] = {
        cmocka_unit_test(any_one_message_may_be_lost),
        cmocka_unit_test(every_message_twice__changes_nothing),
        cmocka_unit_test(wrong_key__ends_as_auth_and_no_child_comes),
        cmocka_unit_test(no_common_suite__is_refused_and_told),
        cmocka_unit_test(no_common_esp_suite__is_refused_in_phase_2),
        cmocka_unit_test(foreign_selector__finds_no_policy),
        cmocka_unit_test(lower_lifetime_wins_on_both_sides),
        cmocka_unit_test(deleting_the_pair__takes_it_from_both_and_leaves_phase_1),
        cmocka_unit_test(deleting_phase_1__takes_everything),
        cmocka_unit_test(dead_peer__is_noticed_after_threshold_and_four_probes),
        cmocka_unit_test(rekeyed_pair__takes_over_and_the_old_one_goes),
        cmocka_unit_test(rekeyed_phase_1__keeps_the_pair),
        cmocka_unit_test(lifetimes__rekey_by_themselves_and_nothing_is_ever_down),
        cmocka_unit_test(nobody_may_rekey__the_pair_expires),
        cmocka_unit_test(both_rekey_at_once__both_still_share_a_pair),
        cmocka_unit_test(both_begin_at_once__both_have_a_tunnel),
        cmocka_unit_test(crashed_peer__comes_back_with_initial_contact),
        cmocka_unit_test(used_up_volume__rekeys_soft_and_ends_hard),
        cmocka_unit_test(broken_copies_of_every_message__change_nothing),
    };
    for (size_t i = 0; i < COUNT(more); i++)
        tests[n++] = more[i];
    return _cmocka_run_group_tests("ike/ike", tests, n, NULL, NULL);
}
