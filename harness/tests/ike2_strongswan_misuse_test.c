/* Misbehaviour against strongSwan's charon: Deletes of SAs that are not there, messages that come
 * twice, late, not at all, from another time or damaged, ESP that no honest end sends. Whatever it
 * was, charon has one IKE SA and one pair behind it, and traffic goes through it. */
#include "tests/charon_v2.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"
#include "wire/ikev2.h"

#include <stdio.h>

static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
static const struct charon_v2 usual = {.proposals = "aes128gcm16-prfsha256-curve25519",
                                       .esp_proposals = "aes128gcm16"};

#define KEPT 16

struct kept { /* messages of ours, the oldest first */
    size_t n;
    struct {
        uint8_t p[IKE_DATAGRAM_MAX];
        size_t n;
    } v[KEPT];
    unsigned lose; /* so many of the next ones are lost */
    bool twice;
};

static struct charon_lab lab; /* one for all tests: what one leaves the next one begins with */
static struct kept kept;
static struct ike_quirks quirks;

static bool keep(struct charon_lab *l, struct bytes message)
{
    if (kept.n == KEPT) {
        memmove(&kept.v[0], &kept.v[1], sizeof(kept.v[0]) * (KEPT - 1));
        kept.n--;
    }
    memcpy(kept.v[kept.n].p, message.p, message.n);
    kept.v[kept.n++].n = message.n;
    if (kept.lose) {
        kept.lose--;
        return false;
    }
    if (kept.twice)
        charon_lab_send_ike(l, message);
    return true;
}

static int start(void **state)
{
    (void)state;
    charon_v2_init(&lab, &suite, &esp);
    lab.cfg.quirks = &quirks;
    lab.leaves = keep;
    lab.peer.retransmit_after = SPAN_MS(500);
    charon_v2_start(&lab, &usual);
    assert_ok(ike_acquire(lab.ike, 1));
    charon_lab_drain(&lab);
    charon_lab_await(&lab, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    charon_lab_release(&lab);
    return 0;
}

static bool is_quiet(void)
{
    struct ike_status s;

    ike_status(lab.ike, &s);
    return s.negotiating == 0 && s.ikes == 1 && s.children == 1;
}

static void all_is_well(void)
{
    for (int i = 0; i < 80 && (i < 2 || !is_quiet()); i++)
        charon_lab_work(&lab, 0.1);
    assert_true(is_quiet());
    charon_lab_has(&lab, 1, 1);
    charon_lab_ping(&lab);
    charon_lab_ok(&lab);
}

static void rekey_pair(void)
{
    size_t ups = charon_lab_count(&lab, IKE_OUT_CHILD_UP, IKE_END_NONE);

    assert_ok(ike_rekey_child(lab.ike, lab.pair.child.in_spi));
    charon_lab_drain(&lab);
    charon_lab_await(&lab, IKE_OUT_CHILD_UP, IKE_END_NONE, ups + 1);
}

static void rekey_ike(void)
{
    size_t ups = charon_lab_count(&lab, IKE_OUT_IKE_UP, IKE_END_NONE);

    assert_ok(ike_rekey_ike(lab.ike, NULL));
    charon_lab_drain(&lab);
    charon_lab_await(&lab, IKE_OUT_IKE_UP, IKE_END_NONE, ups + 1);
}

/* --- IKE ------------------------------------------------------------------------------------- */

static void deletes_of_spis_that_are_not_there(void **state)
{
    uint32_t spis[IKE_SAY_MAX];

    (void)state;
    charon_lab_try(&lab, "Deletes of SPIs that are not there");
    for (size_t i = 0; i < COUNT(spis); i++)
        spis[i] = 0xdead0000u + (uint32_t)i;
    assert_ok(ike_say_delete(lab.ike, &lab.peer.address, spis, 1));
    assert_ok(ike_say_delete(lab.ike, &lab.peer.address, spis, COUNT(spis)));
    charon_lab_drain(&lab);
    all_is_well();
}

static void every_message_twice(void **state)
{
    (void)state;
    charon_lab_try(&lab, "every message twice");
    kept.twice = true;
    rekey_pair();
    rekey_ike();
    assert_true(charon_lab_ask(&lab, "--rekey --child net"));
    charon_lab_work(&lab, 0.3);
    kept.twice = false;
    all_is_well();
}

/* Requests and answers of ours that charon has had, also of an IKE SA that is gone. */
static void what_was_said_before_once_more(void **state)
{
    (void)state;
    charon_lab_try(&lab, "replayed messages");
    rekey_ike();
    charon_lab_work(&lab, 0.2);
    rekey_pair();
    charon_lab_work(&lab, 0.2);
    struct kept before = kept;
    assert_true(before.n >= 4);
    for (size_t i = 0; i < before.n; i++)
        charon_lab_send_ike(&lab, bytes_of(before.v[i].p, before.v[i].n));
    all_is_well();
}

static void a_request_and_an_answer_that_are_lost(void **state)
{
    size_t again = charon_lab_facts(&lab, IKE_FACT_RETRANSMIT);

    (void)state;
    charon_lab_try(&lab, "a request and an answer lost");
    kept.lose = 2;
    rekey_pair();
    assert_true(charon_lab_facts(&lab, IKE_FACT_RETRANSMIT) > again);
    charon_lab_work(&lab, 0.3);
    again = charon_lab_facts(&lab, IKE_FACT_DUPLICATE);
    kept.lose = 1;
    assert_true(charon_lab_ask(&lab, "--rekey --child net"));
    for (int i = 0; i < 80 && charon_lab_facts(&lab, IKE_FACT_DUPLICATE) == again; i++)
        charon_lab_work(&lab, 0.1);
    assert_true(charon_lab_facts(&lab, IKE_FACT_DUPLICATE) > again); /* it had to ask again */
    all_is_well();
}

/* Each byte of a message that is authentic makes another one that is not. */
static void damaged_messages(void **state)
{
    (void)state;
    charon_lab_try(&lab, "damaged messages");
    rekey_pair();
    charon_lab_work(&lab, 0.2);
    assert_true(kept.n > 0);
    struct bytes last = bytes_of(kept.v[kept.n - 1].p, kept.v[kept.n - 1].n);
    for (size_t i = 0; i < last.n; i++) {
        uint8_t b[IKE_DATAGRAM_MAX];
        memcpy(b, last.p, last.n);
        b[i] ^= 0x41;
        charon_lab_send_ike(&lab, bytes_of(b, last.n));
        charon_lab_send_ike(&lab, bytes_head(last, i));
    }
    all_is_well();
}

/* Without the keys nobody moves the window: message IDs of a message that is authentic otherwise.
 */
static void message_ids_out_of_the_window(void **state)
{
    static const uint32_t ids[] = {0, 1, 7, 1000, 0x7fffffff, 0xffffffff};

    (void)state;
    charon_lab_try(&lab, "message IDs out of the window");
    assert_true(kept.n > 0);
    for (size_t i = 0; i < COUNT(ids); i++) {
        uint8_t b[IKE_DATAGRAM_MAX];
        size_t n = kept.v[kept.n - 1].n;
        struct wr w = wr_of(b, sizeof(b));
        wr_put(&w, bytes_of(kept.v[kept.n - 1].p, n));
        wr_fill32(&w, 20, ids[i]); /* RFC 7296, 3.1 */
        charon_lab_send_ike(&lab, bytes_of(b, n));
    }
    rekey_pair();
    all_is_well();
}

/* --- ESP ------------------------------------------------------------------------------------- */

static void esp_twice__is_answered_once(void **state)
{
    uint8_t sealed[256];
    struct wr w = wr_of(sealed, sizeof(sealed));

    (void)state;
    charon_lab_try(&lab, "ESP twice");
    charon_lab_ping(&lab);
    charon_lab_seal_ping(&lab, lab.out, &w);
    lab.pong = false;
    charon_lab_send_esp(&lab, wr_bytes(&w));
    charon_lab_work(&lab, 0.2);
    assert_true(lab.pong);
    lab.pong = false;
    charon_lab_send_esp(&lab, wr_bytes(&w));
    charon_lab_work(&lab, 0.3);
    assert_false(lab.pong);
    all_is_well();
}

static void esp_damaged_or_of_no_sa__is_not_answered(void **state)
{
    uint8_t sealed[256];

    (void)state;
    charon_lab_try(&lab, "ESP damaged or of no SA");
    lab.pong = false;
    for (int spi = 0; spi < 2; spi++) {
        for (int i = 0; i < 20; i++) {
            struct wr w = wr_of(sealed, sizeof(sealed));
            charon_lab_seal_ping(&lab, lab.out, &w);
            sealed[spi ? 3 : w.at - 1] ^= 0x10;
            charon_lab_send_esp(&lab, wr_bytes(&w));
        }
    }
    charon_lab_work(&lab, 0.3);
    assert_false(lab.pong);
    all_is_well();
}

/* With the SA that was replaced and deleted. */
static void esp_of_the_old_pair__does_not_hurt(void **state)
{
    uint8_t sealed[256];
    struct esp_sa *old;

    (void)state;
    charon_lab_try(&lab, "ESP of the old pair");
    assert_ok(esp_sa_new(esp_sa_params(lab.out), (struct mono){0}, &old));
    rekey_pair();
    charon_lab_work(&lab, 0.3);
    for (int i = 0; i < 50; i++) {
        struct wr w = wr_of(sealed, sizeof(sealed));
        charon_lab_seal_ping(&lab, old, &w);
        charon_lab_send_esp(&lab, wr_bytes(&w));
    }
    esp_sa_free(old);
    all_is_well();
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

static const struct one {
    const char *what;
    void (*test)(void **state);
} ones[] = {
    {"deletes_of_spis_that_are_not_there", deletes_of_spis_that_are_not_there},
    {"every_message_twice", every_message_twice},
    {"what_was_said_before_once_more", what_was_said_before_once_more},
    {"a_request_and_an_answer_that_are_lost", a_request_and_an_answer_that_are_lost},
    {"damaged_messages", damaged_messages},
    {"message_ids_out_of_the_window", message_ids_out_of_the_window},
    {"esp_twice__is_answered_once", esp_twice__is_answered_once},
    {"esp_damaged_or_of_no_sa__is_not_answered", esp_damaged_or_of_no_sa__is_not_answered},
    {"esp_of_the_old_pair__does_not_hurt", esp_of_the_old_pair__does_not_hurt},
};

static bool through; /* the test has come to its end */

static void runs(void **state)
{
    const struct one *one = *state;

    through = false;
    one->test(state);
    through = true;
}

/* Of a test that failed: charon stays for the next one. */
static int tell(void **state)
{
    (void)state;
    if (!through)
        charon_lab_tell(&lab);
    return 0;
}

int main(void)
{
    struct CMUnitTest tests[COUNT(ones)];
    const char *missing = charon_missing();

    for (size_t i = 0; i < COUNT(ones); i++)
        tests[i] = (struct CMUnitTest){ones[i].what, runs, NULL, tell, (void *)(uintptr_t)&ones[i]};
    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        printf("SKIPPED: misbehaviour in IKEv2 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike2_strongswan_misuse", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike2_strongswan_misuse", tests, start, stop);
}
