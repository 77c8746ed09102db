/* Tests against strongSwan can fail: our side makes one mistake (ike/ike_fault.h), or seals ESP
 * wrongly, and charon does not go along: each row says at what step of a life that shows. The same
 * lives without a mistake go through in full. `make faults` prints what was found. */
#include "base/mem.h"
#include "tests/charon_left.h"
#include "tests/charon_v2.h"
#include "tests/testkit.h"

#include <stdio.h>

enum step { /* of a life, in order */
            IKE_UP,
            PAIR_UP,
            PING,
            REKEY_PAIR, /* with another exchange of keys, and a ping */
            REKEY_IKE,  /* IKEv2, and a probe under the new keys */
            DELETE,     /* of the pair: charon has none left */
            WHOLE,
};

static const char *const steps[] = {
    "the IKE SA",          "the pair", "a ping", "rekeying the pair",
    "rekeying the IKE SA", "a Delete", "nothing"};

struct row {
    enum ike_fault fault;
    enum step at;
    bool charon_begins, cbc;
    enum step or_at; /* where it may also be, by who is faster; 0: nowhere else */
};

#define ROW(f, ...)                                                                                \
    {                                                                                              \
        .fault = IKE_FAULT_##f, __VA_ARGS__                                                        \
    }

static const struct row rows[] = {
    ROW(NONE, WHOLE, false, false, 0),
    ROW(NONE, WHOLE, true, true, 0),
    ROW(NONCES_SWAPPED, IKE_UP, false, false, 0),
    ROW(SPIS_SWAPPED, IKE_UP, false, false, 0),
    ROW(SPIS_REVERSED, IKE_UP, false, false, 0),
    ROW(SECRET_REVERSED, IKE_UP, true, false, 0),
    ROW(SK_E_SWAPPED, IKE_UP, false, false, 0),
    ROW(SK_A_SWAPPED, IKE_UP, false, true, 0),
    ROW(SK_P_SWAPPED, IKE_UP, false, false, 0),
    ROW(AUTH_OWN_NONCE, IKE_UP, false, false, 0),
    ROW(AUTH_OTHER_MESSAGE, IKE_UP, false, false, 0),
    ROW(AUTH_BARE_ID, IKE_UP, false, false, 0),
    ROW(MESSAGE_ID, IKE_UP, false, false, 0),
    ROW(NO_INITIATOR_FLAG, IKE_UP, false, false, 0),
    ROW(NO_RESPONSE_FLAG, IKE_UP, true, false, 0),
    ROW(SHORT_NONCE, IKE_UP, false, false, 0),
    ROW(KE_GROUP, IKE_UP, false, false, 0),
    ROW(TS_SWAPPED, PAIR_UP, false, false, 0),
    ROW(CHILD_SPI_REVERSED, PING, false, false, 0),
    ROW(CHILD_KEYS_SWAPPED, PING, false, false, 0),
    ROW(CHILD_ORDER, PING, false, true, 0),
    ROW(CHILD_NONCES_SWAPPED, PING, true, false, 0),
    ROW(SALT_IN_FRONT, PING, false, false, 0),
    ROW(CHILD_NO_SECRET, REKEY_PAIR, false, false, 0),
    ROW(REKEY_OUT_SPI, DELETE, false, false, 0), /* charon takes it, and keeps a pair too many */
    ROW(REKEYED_AS_FIRST, REKEY_IKE, false, false, 0),
    ROW(REKEYED_OLD_SPIS, REKEY_IKE, false, false, 0),
    ROW(IDS_GO_ON, REKEY_IKE, false, false, 0),
    /* charon goes on with the old pair; or it does not, but has not let it go in the end */
    ROW(DELETE_SPI_REVERSED, REKEY_PAIR, false, false, DELETE),
};

static const struct row rows_v1[] = {
    ROW(NONE, WHOLE, false, true, 0),
    ROW(V1_NONCES_SWAPPED, IKE_UP, false, true, 0),
    ROW(V1_COOKIES_SWAPPED, IKE_UP, true, true, 0),
    ROW(V1_IV_SWAPPED, IKE_UP, false, true, 0),
    ROW(V1_OTHER_HASH, IKE_UP, false, true, 0),
    ROW(V1_QUICK_IV, PAIR_UP, false, true, 0),
    ROW(V1_HASH_1, PAIR_UP, false, true, 0),
    ROW(V1_HASH_3, PING, false, true, 0),
    ROW(V1_SPI_REVERSED, PING, false, true, 0),
    ROW(V1_KEYMAT_SPI, PING, false, true, 0),
    ROW(V1_KEYMAT_PROTOCOL, PING, false, true, 0),
    ROW(V1_KEYMAT_NO_SECRET, PING, false, true, 0), /* quick mode has KE from the first pair on */
    ROW(V1_INFO_HASH, DELETE, false, true, 0),
};

struct life {
    struct charon_lab l;
    struct ike_quirks quirks;
    const struct row *row;
    int version;
};

/* --- steps ----------------------------------------------------------------------------------- */

/* Waits for COUNT outputs of this kind; no longer than it takes to be sure. */
static bool comes(struct life *f, enum ike_out_kind kind, size_t count)
{
    double limit = f->row->at == WHOLE ? 8 : 1.2;

    for (double t = 0; t < limit; t += 0.05) {
        if (charon_lab_count(&f->l, kind, IKE_END_NONE) >= count)
            return true;
        charon_lab_work(&f->l, 0.05);
    }
    return false;
}

static bool begins(struct life *f)
{
    if (f->row->charon_begins) {
        (void)charon_lab_ask(&f->l, f->row->at == WHOLE ? "--initiate --child net --timeout 8"
                                                        : "--initiate --child net --timeout 1");
    } else {
        assert_ok(ike_acquire(f->l.ike, 1));
        charon_lab_drain(&f->l);
    }
    return comes(f, IKE_OUT_IKE_UP, 1);
}

static bool pings(struct life *f)
{
    return charon_lab_pings(&f->l, f->row->at == WHOLE ? 10 : 2);
}

static bool rekeys_pair(struct life *f)
{
    assert_ok(ike_rekey_child(f->l.ike, f->l.pair.child.in_spi));
    charon_lab_drain(&f->l);
    return comes(f, IKE_OUT_CHILD_UP, 2) && pings(f);
}

static bool rekeys_ike(struct life *f)
{
    size_t answered;

    if (f->version == 1) /* phase 1 begins anew there, and nothing hangs on the old one */
        return true;
    assert_ok(ike_rekey_ike(f->l.ike, NULL));
    charon_lab_drain(&f->l);
    if (!comes(f, IKE_OUT_IKE_UP, 2))
        return false;
    charon_lab_work(&f->l, 0.2);
    answered = charon_lab_facts(&f->l, IKE_FACT_DPD_ANSWERED);
    if (ike_probe(f->l.ike, NULL))
        return false;
    charon_lab_drain(&f->l);
    for (double t = 0; t < 0.8; t += 0.05) {
        if (charon_lab_facts(&f->l, IKE_FACT_DPD_ANSWERED) > answered)
            return true;
        charon_lab_work(&f->l, 0.05);
    }
    return false;
}

static bool deletes(struct life *f)
{
    ike_delete_children(f->l.ike, NULL, true);
    charon_lab_drain(&f->l);
    charon_lab_work(&f->l, 0.4);
    return charon_lab_pairs(&f->l) == 0;
}

static enum step fails_at(struct life *f)
{
    if (!begins(f))
        return IKE_UP;
    if (!comes(f, IKE_OUT_CHILD_UP, 1))
        return PAIR_UP;
    if (!pings(f))
        return PING;
    if (!rekeys_pair(f))
        return REKEY_PAIR;
    if (!rekeys_ike(f))
        return REKEY_IKE;
    return deletes(f) ? WHOLE : DELETE;
}

/* --- rows ------------------------------------------------------------------------------------ */

static void begin_v2(struct life *f)
{
    const struct ike_suite gcm = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
    const struct ike_suite cbc = {CIPHER_AES128_CBC, DIGEST_SHA256, 31, 86400,
                                  INTEG_HMAC_SHA256_128};
    const struct ike_esp_suite esp_gcm = {CIPHER_AES128_GCM_16, INTEG_NONE, 31, 28800, 0, false};
    const struct ike_esp_suite esp_cbc = {
        CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 31, 28800, 0, false};
    struct charon_v2 v = {.proposals = "aes128gcm16-prfsha256-curve25519",
                          .esp_proposals = "aes128gcm16-curve25519"};

    if (f->row->cbc)
        v = (struct charon_v2){.proposals = "aes128-sha256-curve25519",
                               .esp_proposals = "aes128-sha256-curve25519"};
    charon_v2_init(&f->l, f->row->cbc ? &cbc : &gcm, f->row->cbc ? &esp_cbc : &esp_gcm);
    f->l.peer.retransmit_after = SPAN_MS(400);
    f->l.cfg.quirks = &f->quirks;
    charon_v2_start(&f->l, &v);
}

static void begin_v1(struct life *f)
{
    static const struct ike_suite suite = {CIPHER_AES128_CBC, DIGEST_SHA256, 14, 86400, INTEG_NONE};
    static const struct ike_esp_suite esp = {
        CIPHER_AES128_CBC, INTEG_HMAC_SHA256_128, 14, 28800, 0, false};

    charon_lab_init(&f->l, "aes128-sha256-modp2048", "aes128-sha256-modp2048", &suite, &esp,
                    CHARON_SECRET);
    f->l.cfg.quirks = &f->quirks;
}

static void run(const struct row *row, int version)
{
    struct life f = {.row = row, .version = version, .quirks = {.fault = row->fault}};

    assert_true(row->fault == IKE_FAULT_NONE || ike_fault_version(row->fault) == version);
    if (version == 2)
        begin_v2(&f);
    else
        begin_v1(&f);
    enum step at = fails_at(&f);
    printf("FAULT: IKEv%d  %-22s  fails at %-20s  %s", version, ike_fault_name(row->fault),
           steps[at], ike_fault_what(row->fault));
    printf(row->fault == IKE_FAULT_NONE ? "\n" : " (%s)\n", ike_fault_breaks(row->fault));
    if (at == IKE_UP && row->at == IKE_UP && version == 2) /* charon is not taken in, either */
        charon_lab_has(&f.l, 0, 0);
    assert_true(at == row->at || (row->or_at && at == row->or_at));
    charon_lab_release(&f.l);
}

static void is_refused_v2(void **state)
{
    run(*state, 2);
}

static void is_refused_v1(void **state)
{
    run(*state, 1);
}

static void every_fault_has_a_row(void **state)
{
    (void)state;
    for (int f = 0; f < IKE_FAULT_COUNT; f++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(rows) && !found; i++)
            found = rows[i].fault == (enum ike_fault)f;
        for (size_t i = 0; i < COUNT(rows_v1) && !found; i++)
            found = rows_v1[i].fault == (enum ike_fault)f;
        if (!found)
            fail_msg("no row for %s", ike_fault_name((enum ike_fault)f));
    }
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

static size_t add(struct CMUnitTest *tests, char (*names)[64], size_t n, const struct row *r,
                  size_t nrows, int version)
{
    for (size_t i = 0; i < nrows; i += test_step(), n++) {
        if (r[i].fault == IKE_FAULT_NONE)
            snprintf(names[n], sizeof(names[n]), "ikev%d_without_a_fault__goes_through%s", version,
                     r[i].charon_begins ? "__begun_by_charon" : "");
        else
            snprintf(names[n], sizeof(names[n]), "%s__does_not_get_beyond__%s",
                     ike_fault_name(r[i].fault), steps[r[i].at]);
        tests[n] = (struct CMUnitTest){names[n], version == 2 ? is_refused_v2 : is_refused_v1, NULL,
                                       charon_teardown, (void *)(uintptr_t)&r[i]};
    }
    return n;
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + COUNT(rows_v1) + 1] = {
        cmocka_unit_test(every_fault_has_a_row)};
    static char names[COUNT(tests)][64];
    const char *missing = charon_missing();
    size_t n = 1;

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        printf("SKIPPED: seeded faults of IKE against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike_faults_strongswan", none, NULL, NULL);
    }
    n = add(tests, names, n, rows, COUNT(rows), 2);
    n = add(tests, names, n, rows_v1, COUNT(rows_v1), 1);
    return _cmocka_run_group_tests("tests/ike_faults_strongswan", tests, n, NULL, NULL);
}
