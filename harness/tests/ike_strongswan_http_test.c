/* A real download through a tunnel with strongSwan's charon: curl on our side, through a tun device
 * and our ESP; python3's http.server on charon's, behind kernel-libipsec. In both versions of IKE,
 * begun by either side, while both kinds of SA are rekeyed. */
#include "tests/charon_left.h"
#include "tests/charon_v2.h"
#include "tests/charon_wire.h"
#include "tests/testkit.h"

#include <stdio.h>

#define SIZE 400000

static void begin_v1(struct charon_lab *l)
{
    static const struct ike_suite suite = {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE};
    static const struct ike_esp_suite esp = {
        CIPHER_3DES_CBC, INTEG_HMAC_SHA1_96, 0, 28800, 0, false};

    charon_lab_init(l, "3des-sha1-modp1024", "3des-sha1", &suite, &esp, CHARON_SECRET);
}

static void begin_v2(struct charon_lab *l)
{
    static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400,
                                           INTEG_NONE};
    static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
    static const struct charon_v2 v = {.proposals = "aes128gcm16-prfsha256-curve25519",
                                       .esp_proposals = "aes128gcm16"};

    charon_v2_init(l, &suite, &esp);
    charon_v2_start(l, &v);
}

static void tunnel_up(struct charon_lab *l, bool ours)
{
    l->row.responder = !ours;
    charon_tun_open(l);
    if (ours) {
        assert_ok(ike_acquire(l->ike, 1));
        charon_lab_drain(l);
    } else {
        assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    }
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
}

static void rekey_pair(struct charon_lab *l)
{
    assert_ok(ike_rekey_child(l->ike, l->pair.child.in_spi));
    charon_lab_drain(l);
}

static void rekey_ike(struct charon_lab *l)
{
    assert_ok(ike_rekey_ike(l->ike, NULL));
    charon_lab_drain(l);
}

static void ask_for_rekey(struct charon_lab *l)
{
    assert_true(charon_lab_ask(l, "--rekey --child net"));
}

static void downloads(struct charon_lab *l, bool ours)
{
    static const struct {
        const char *event;
        void (*midway)(struct charon_lab *l);
        enum ike_out_kind kind; /* that there are then more of */
    } rows[] = {
        {"HTTP download", NULL, IKE_OUT_CHILD_UP},
        {"HTTP download, we rekey the pair", rekey_pair, IKE_OUT_CHILD_UP},
        {"HTTP download, charon rekeys the pair", ask_for_rekey, IKE_OUT_CHILD_UP},
        {"HTTP download, we rekey the IKE SA", rekey_ike, IKE_OUT_IKE_UP},
    };

    tunnel_up(l, ours);
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t before = charon_lab_count(l, rows[i].kind, IKE_END_NONE);
        charon_lab_try(l, rows[i].event);
        charon_lab_download(l, "10.2.0.1", SIZE, rows[i].midway);
        charon_lab_await(l, rows[i].kind, IKE_END_NONE, before + (rows[i].midway != NULL));
        charon_lab_ok(l);
    }
    charon_lab_release(l);
}

static void ikev1__downloads_are_whole_and_survive_rekeying(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        begin_v1(&l);
        downloads(&l, ours);
    }
}

static void ikev2__downloads_are_whole_and_survive_rekeying(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_lab l;
        begin_v2(&l);
        downloads(&l, ours);
    }
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        charon_unit_test(ikev1__downloads_are_whole_and_survive_rekeying),
        charon_unit_test(ikev2__downloads_are_whole_and_survive_rekeying),
    };
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(1, missing);
        matrix_skipped(2, missing);
        printf("SKIPPED: downloads through strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike_strongswan_http", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike_strongswan_http", tests, NULL, NULL);
}
