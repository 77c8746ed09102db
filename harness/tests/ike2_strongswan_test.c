/* Our IKEv2 against strongSwan's charon over real UDP: both roles, several suites, rekeying of each
 * kind from each side, deletes from each side; a ping through each pair shows that the keys are the
 * same. */
#include "tests/charon_left.h"
#include "tests/charon_v2.h"
#include "tests/testkit.h"

#include <stdio.h>

struct row {
    const char *what, *proposals, *esp_proposals;
    struct ike_suite suite;
    struct ike_esp_suite esp;
};

static const struct row rows[] = {
    {"aes128gcm_sha256_curve25519",
     "aes128gcm16-prfsha256-curve25519",
     "aes128gcm16",
     {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE},
     {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false}},
    {"aes256_sha512_modp2048__pfs",
     "aes256-sha512-modp2048",
     "aes256-sha256-modp2048",
     {CIPHER_AES256_CBC, DIGEST_SHA512, 14, 86400, INTEG_HMAC_SHA512_256},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA256_128, 14, 28800, 0, false}},
    {"aes128_sha1_modp1024",
     "aes128-sha1-modp1024",
     "aes128-sha1",
     {CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_HMAC_SHA1_96},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false}},
    {"3des_md5_modp1536",
     "3des-md5-modp1536",
     "3des-md5",
     {CIPHER_3DES_CBC, DIGEST_MD5, 5, 86400, INTEG_HMAC_MD5_96},
     {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 0, false}},
    {"aes256gcm_sha384_ecp384__pfs_ecp256",
     "aes256gcm16-prfsha384-ecp384",
     "aes256gcm16-ecp256",
     {CIPHER_AES256_GCM_16, DIGEST_SHA384, 20, 86400, INTEG_NONE},
     {CIPHER_AES256_GCM_16, INTEG_NONE, 19, 28800, 0, false}},
    {"chacha20poly1305_sha256_ecp521__pfs_curve25519",
     "chacha20poly1305-prfsha256-ecp521",
     "chacha20poly1305-curve25519",
     {CIPHER_CHACHA20_POLY1305, DIGEST_SHA256, 21, 86400, INTEG_NONE},
     {CIPHER_CHACHA20_POLY1305, INTEG_NONE, 31, 28800, 0, false}},
};

static void begin(struct charon_lab *l, const struct row *row, bool responder)
{
    struct charon_v2 v = {.proposals = row->proposals, .esp_proposals = row->esp_proposals};

    charon_v2_init(l, &row->suite, &row->esp);
    charon_v2_start(l, &v);
    l->row.responder = responder;
}

/* --- lives ----------------------------------------------------------------------------------- */

static void acquire(struct charon_lab *l, size_t pairs)
{
    charon_lab_try(l, pairs == 1 ? "tunnel up" : "up again after a delete");
    assert_ok(ike_acquire(l->ike, 1));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, pairs);
    assert_true(l->pair.initiator);
    charon_lab_ping(l);
    charon_lab_ok(l);
}

static void we_rekey_pair(struct charon_lab *l, size_t pairs)
{
    size_t before = charon_lab_count(l, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED);

    charon_lab_try(l, "we rekey the pair");
    assert_ok(ike_rekey_child(l->ike, l->pair.child.in_spi));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, pairs);
    charon_lab_await(l, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED, before + 1);
    charon_lab_ping(l);
    charon_lab_ok(l);
}

static void we_rekey_ike(struct charon_lab *l, size_t ikes)
{
    charon_lab_try(l, "we rekey the IKE SA");
    assert_ok(ike_rekey_ike(l->ike, NULL));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_IKE_UP, IKE_END_NONE, ikes);
    charon_lab_await(l, IKE_OUT_IKE_DOWN, IKE_END_REPLACED, ikes - 1);
    charon_lab_work(l, 0.2);
    charon_lab_has(l, 1, 1);
    charon_lab_ping(l);
    charon_lab_ok(l);
}

static void we_begin(struct charon_lab *l)
{
    acquire(l, 1);
    charon_lab_has(l, 1, 1);
    we_rekey_pair(l, 2);
    we_rekey_ike(l, 2);
    we_rekey_pair(l, 3); /* under the keys of the new IKE SA */
    charon_lab_try(l, "we delete the pair");
    ike_delete_children(l->ike, NULL, true);
    charon_lab_drain(l);
    charon_lab_work(l, 0.3);
    charon_lab_has(l, 1, 0);
    charon_lab_ok(l);
    acquire(l, 4);
    charon_lab_try(l, "we delete the IKE SA");
    ike_delete_ike(l->ike, NULL, true);
    charon_lab_drain(l);
    charon_lab_work(l, 0.3);
    charon_lab_has(l, 0, 0);
    charon_lab_ok(l);
}

static void charon_begins(struct charon_lab *l)
{
    charon_lab_try(l, "tunnel up");
    assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    assert_false(l->pair.initiator);
    charon_lab_has(l, 1, 1);
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "charon rekeys the pair");
    assert_true(charon_lab_ask(l, "--rekey --child net"));
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    assert_true(l->pair.rekey);
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "charon rekeys the IKE SA");
    assert_true(charon_lab_ask(l, "--rekey --ike gw"));
    charon_lab_await(l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    charon_lab_await(l, IKE_OUT_IKE_DOWN, IKE_END_REPLACED, 1);
    charon_lab_ping(l);
    charon_lab_ok(l);
    we_rekey_pair(l, 3);
    charon_lab_try(l, "charon deletes the pair");
    assert_true(charon_lab_ask(l, "--terminate --child net --timeout 5"));
    charon_lab_await(l, IKE_OUT_CHILD_DOWN, IKE_END_PEER_DELETE, 1);
    charon_lab_ok(l);
    charon_lab_try(l, "up again after a delete");
    assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 4);
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "charon deletes the IKE SA");
    assert_true(charon_lab_ask(l, "--terminate --ike gw --timeout 5"));
    charon_lab_work(l, 0.5);
    struct ike_status st;
    ike_status(l->ike, &st);
    assert_int_equal(st.ikes, 0);
    assert_int_equal(st.children, 0);
    charon_lab_ok(l);
}

static void speaks_with_charon(void **state)
{
    const struct row *row = *state;
    struct charon_lab l;

    begin(&l, row, false);
    we_begin(&l);
    charon_lab_release(&l);
    begin(&l, row, true);
    charon_begins(&l);
    charon_lab_release(&l);
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(2, missing);
        printf("SKIPPED: IKEv2 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike2_strongswan", none, NULL, NULL);
    }
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, speaks_with_charon, NULL, charon_teardown,
                                       (void *)&rows[i]};
    return cmocka_run_group_tests_name("tests/ike2_strongswan", tests, NULL, NULL);
}
