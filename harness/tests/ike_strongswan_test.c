/* Our IKE against strongSwan's charon over real UDP: both roles, both phases, probes, rekeying and
 * deletes from either side; a ping through each pair shows that the keys are the same. */
#include "tests/charon_lab.h"
#include "tests/charon_left.h"
#include "tests/testkit.h"

#include <stdio.h>

static const struct row {
    const char *what, *proposals, *esp_proposals;
    struct ike_suite suite;
    struct ike_esp_suite esp;
} rows[] = {
    {"3des_sha1_modp1024__esp_3des_md5",
     "3des-sha1-modp1024",
     "3des-md5",
     {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE},
     {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96, 0, 28800, 4608000, false}},
    {"aes128_sha256_modp2048__pfs",
     "aes128-sha256-modp2048",
     "aes128-sha256-modp2048",
     {CIPHER_AES128_CBC, DIGEST_SHA256, 14, 86400, INTEG_NONE},
     {CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 14, 28800, 0, false}},
    {"aes256_md5_modp1536__esp_aes256_sha1_pfs_modp1024",
     "aes256-md5-modp1536",
     "aes256-sha1-modp1024",
     {CIPHER_AES256_CBC, DIGEST_MD5, 5, 0, INTEG_NONE},
     {CIPHER_AES256_CBC, INTEG_HMAC_SHA1_96, 2, 3600, 0, false}},
    {"aes192_sha1_modp1536",
     "aes192-sha1-modp1536",
     "aes192-sha1",
     {CIPHER_AES192_CBC, DIGEST_SHA1, 5, 86400, INTEG_NONE},
     {CIPHER_AES192_CBC, INTEG_HMAC_SHA1_96, 0, 3600, 0, false}},
};

static void begin(struct charon_lab *l, const struct row *row, const char *secret, bool responder)
{
    charon_lab_init(l, row->proposals, row->esp_proposals, &row->suite, &row->esp, secret);
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

static void we_rekey(struct charon_lab *l)
{
    charon_lab_try(l, "we rekey the pair");
    assert_ok(ike_rekey_child(l->ike, l->pair.child.in_spi));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "we rekey the IKE SA");
    assert_ok(ike_rekey_ike(l->ike, NULL));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    charon_lab_ping(l);
    charon_lab_ok(l);
}

/* What was replaced is deleted in the end, and until then both sides probe each other. */
static void grow_old(struct charon_lab *l)
{
    charon_lab_try(l, "what was replaced is deleted; both probe");
    charon_lab_await(l, IKE_OUT_IKE_DOWN, IKE_END_REPLACED, 1);
    charon_lab_work(l, 2);
    charon_lab_await(l, IKE_OUT_CHILD_DOWN, IKE_END_REPLACED, 1);
    charon_lab_has(l, 1, 1);
    assert_true(charon_lab_facts(l, IKE_FACT_DPD_SENT) > 0);
    assert_true(charon_lab_facts(l, IKE_FACT_DPD_ANSWERED) > 0);
    assert_int_equal(charon_lab_count(l, IKE_OUT_IKE_DOWN, IKE_END_DPD), 0);
    charon_lab_ping(l);
    charon_lab_ok(l);
}

static void we_begin(struct charon_lab *l, bool wait)
{
    acquire(l, 1);
    charon_lab_has(l, 1, 1);
    we_rekey(l);
    if (wait)
        grow_old(l);
    else
        charon_lab_work(l, 1); /* charon moves its pairs to the new IKE SA in its own time */
    charon_lab_try(l, "we delete the pair");
    ike_delete_children(l->ike, NULL, true);
    charon_lab_drain(l);
    charon_lab_work(l, 0.3);
    charon_lab_has(l, wait ? 1 : 2, 0);
    charon_lab_ok(l);
    acquire(l, 3);
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
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "charon deletes the pair");
    assert_true(charon_lab_ask(l, "--terminate --child net --timeout 5"));
    charon_lab_await(l, IKE_OUT_CHILD_DOWN, IKE_END_PEER_DELETE, 1);
    charon_lab_ok(l);
    charon_lab_try(l, "up again after a delete");
    assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 3);
    charon_lab_ping(l);
    charon_lab_ok(l);
    charon_lab_try(l, "charon deletes the IKE SA");
    assert_true(charon_lab_ask(l, "--terminate --ike gw --timeout 5"));
    charon_lab_work(l, 1);
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

    begin(&l, row, CHARON_SECRET, false);
    we_begin(&l, row == rows);
    charon_lab_release(&l);
    begin(&l, row, CHARON_SECRET, true);
    charon_begins(&l);
    charon_lab_release(&l);
}

static void another_secret__is_found_out_by_both(void **state)
{
    struct charon_lab l;

    (void)state;
    begin(&l, &rows[0], "not the secret of two gateways", true);
    charon_lab_try(&l, "another secret: found out");
    assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 3"));
    assert_true(charon_lab_facts(&l, IKE_FACT_AUTH) > 0);
    charon_lab_ok(&l);
    l.row.responder = false;
    charon_lab_try(&l, "another secret: found out");
    assert_ok(ike_acquire(l.ike, 1));
    charon_lab_drain(&l);
    charon_lab_work(&l, 1);
    assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 0);
    charon_lab_has(&l, 0, 0);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void another_esp_suite_or_selector__is_refused_by_charon(void **state)
{
    (void)state;
    for (int selector = 0; selector < 2; selector++) {
        const char *event = selector ? "other selectors: refused" : "another ESP suite: refused";
        struct charon_lab l;
        begin(&l, &rows[0], CHARON_SECRET, false);
        charon_lab_try(&l, event);
        if (selector)
            l.policy.selector.remote.addr = ip4(0x0a030000);
        else
            l.esp.integ = INTEG_HMAC_SHA1_96;
        assert_ok(ike_acquire(l.ike, 1));
        charon_lab_drain(&l);
        charon_lab_await(&l, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1);
        assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 1);
        charon_lab_ok(&l);
        l.row.responder = true;
        charon_lab_try(&l, event);
        /* and the other way round we refuse; charon is told and gives up at once */
        assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 5"));
        assert_int_equal(charon_lab_facts(&l, selector ? IKE_FACT_NO_POLICY : IKE_FACT_NO_PROPOSAL),
                         1);
        charon_lab_ok(&l);
        charon_lab_release(&l);
    }
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        charon_unit_test(another_secret__is_found_out_by_both),
        charon_unit_test(another_esp_suite_or_selector__is_refused_by_charon),
    };
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(1, missing);
        printf("SKIPPED: IKE against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike_strongswan", none, NULL, NULL);
    }
    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 2] = (struct CMUnitTest){rows[i].what, speaks_with_charon, NULL, charon_teardown,
                                           (void *)&rows[i]};
    return cmocka_run_group_tests_name("tests/ike_strongswan", tests, NULL, NULL);
}
