/* What happens in the life of an IKEv2 tunnel, against strongSwan's charon: secrets, proposals and
 * selectors that differ, another group, cookies, fragments, probes, a dead peer, collisions decided
 * by nonce, another authentication, another address. */
#include "tests/charon_left.h"
#include "tests/charon_v2.h"
#include "tests/testkit.h"

#include <signal.h>
#include <stdio.h>

static const struct ike_suite suite = {CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE};
static const struct ike_esp_suite esp = {CIPHER_AES128_GCM_16, INTEG_NONE, 0, 28800, 0, false};
static const struct charon_v2 usual = {.proposals = "aes128gcm16-prfsha256-curve25519",
                                       .esp_proposals = "aes128gcm16"};

static void acquire(struct charon_lab *l)
{
    assert_ok(ike_acquire(l->ike, 1));
    charon_lab_drain(l);
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    charon_lab_ping(l);
}

static void charon_initiates(struct charon_lab *l)
{
    assert_true(charon_lab_ask(l, "--initiate --child net --timeout 10"));
    charon_lab_await(l, IKE_OUT_CHILD_UP, IKE_END_NONE, 1);
    charon_lab_ping(l);
}

/* A tunnel that we begin, or charon: EVENT is tried on it. */
static void up(struct charon_lab *l, const struct charon_v2 *v, bool ours, const char *event)
{
    charon_v2_start(l, v);
    l->row.responder = !ours;
    charon_lab_try(l, event);
    if (ours)
        acquire(l);
    else
        charon_initiates(l);
    charon_lab_has(l, 1, 1);
}

/* --- refused --------------------------------------------------------------------------------- */

static void another_secret__is_found_out_by_both(void **state)
{
    struct charon_lab l;

    (void)state;
    charon_v2_init(&l, &suite, &esp);
    l.peer.psk = bytes_str("not the secret of two gateways");
    charon_v2_start(&l, &usual);
    charon_lab_try(&l, "another secret: found out");
    assert_ok(ike_acquire(l.ike, 1));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_AUTH, 1);
    charon_lab_ok(&l);
    l.row.responder = true;
    charon_lab_try(&l, "another secret: found out");
    assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 3"));
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_AUTH, 2);
    assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 0);
    charon_lab_has(&l, 0, 0);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void another_ike_suite__is_refused_both_ways(void **state)
{
    struct ike_suite other = suite;
    struct charon_lab l;

    (void)state;
    other.cipher = CIPHER_AES256_GCM_16;
    charon_v2_init(&l, &other, &esp);
    charon_v2_start(&l, &usual);
    charon_lab_try(&l, "another IKE suite: refused");
    assert_ok(ike_acquire(l.ike, 1));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_REFUSED, 1);
    charon_lab_ok(&l);
    l.row.responder = true;
    charon_lab_try(&l, "another IKE suite: refused");
    assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 3"));
    assert_int_equal(charon_lab_facts(&l, IKE_FACT_NO_PROPOSAL), 1);
    charon_lab_has(&l, 0, 0);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void another_esp_suite_or_selector__costs_the_pair_and_not_the_ike_sa(void **state)
{
    (void)state;
    for (int selector = 0; selector < 2; selector++) {
        const char *event = selector ? "other selectors: refused" : "another ESP suite: refused";
        struct charon_lab l;
        charon_v2_init(&l, &suite, &esp);
        if (selector)
            l.policy.selector.remote.addr = ip4(0x0a030000);
        else
            l.esp.cipher = CIPHER_AES256_GCM_16;
        charon_v2_start(&l, &usual);
        charon_lab_try(&l, event);
        assert_ok(ike_acquire(l.ike, 1));
        charon_lab_drain(&l);
        charon_lab_await(&l, IKE_OUT_CHILD_DOWN, IKE_END_REFUSED, 1);
        assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_UP, IKE_END_NONE), 1);
        charon_lab_has(&l, 1, 0);
        charon_lab_ok(&l);
        l.row.responder = true;
        charon_lab_try(&l, event);
        /* and the other way round, on the SA that is there */
        assert_false(charon_lab_ask(&l, "--initiate --child net --timeout 5"));
        assert_int_equal(charon_lab_facts(&l, selector ? IKE_FACT_NO_POLICY : IKE_FACT_NO_PROPOSAL),
                         1);
        charon_lab_has(&l, 1, 0);
        charon_lab_ok(&l);
        charon_lab_release(&l);
    }
}

/* --- on the way ------------------------------------------------------------------------------ */

static void another_group__is_taken_after_invalid_ke_payload(void **state)
{
    const struct ike_suite both[2] = {suite,
                                      {CIPHER_AES128_GCM_16, DIGEST_SHA256, 14, 86400, INTEG_NONE}};

    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        struct charon_v2 v = usual;
        struct charon_lab l;
        v.proposals =
            ours ? "aes128gcm16-prfsha256-modp2048" : "aes128gcm16-prfsha256-modp2048-curve25519";
        charon_v2_init(&l, &suite, &esp);
        if (ours) {
            l.peer.suites = both;
            l.peer.nsuites = 2;
        }
        up(&l, &v, ours, "another group after INVALID_KE_PAYLOAD");
        assert_int_equal(charon_lab_facts(&l, IKE_FACT_INVALID_KE), 1);
        charon_lab_ok(&l);
        charon_lab_release(&l);
    }
}

static void cookie__is_paid_by_charon(void **state)
{
    struct charon_lab l;

    (void)state;
    charon_v2_init(&l, &suite, &esp);
    l.cfg.cookies_from = SIZE_MAX;
    up(&l, &usual, false, "we ask for a COOKIE");
    assert_int_equal(charon_lab_facts(&l, IKE_FACT_COOKIE), 1);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void long_identities__go_in_fragments_both_ways(void **state)
{
    char ours[1500], theirs[1500];

    (void)state;
    memset(ours, 'a', sizeof(ours));
    snprintf(theirs, sizeof(theirs), "keyid:%0*d", 1400, 7);
    for (int begin = 0; begin < 2; begin++) {
        struct charon_v2 v = usual;
        struct charon_lab l;
        v.id = theirs;
        charon_v2_init(&l, &suite, &esp);
        l.peer.id = (struct ike_identity){11, {(const uint8_t *)ours, sizeof(ours)}};
        l.peer.fragment_mtu = 600;
        up(&l, &v, begin, "fragments both ways (RFC 7383)");
        struct buf log = charon_log(&l.charon);
        assert_non_null(strstr(buf_str(&log), "splitting IKE message"));
        assert_non_null(strstr(buf_str(&log), "reassembled fragmented IKE message"));
        buf_release(&log);
        charon_lab_ok(&l);
        charon_lab_release(&l);
    }
}

static void selectors__are_narrowed_to_what_both_have(void **state)
{
    (void)state;
    for (int ours = 0; ours < 2; ours++) {
        for (int wide = 0; wide < 2; wide++) {
            struct charon_v2 v = usual;
            struct charon_lab l;
            v.local_ts = wide ? "10.0.0.0/8" : "10.2.0.0/24";
            charon_v2_init(&l, &suite, &esp);
            up(&l, &v, ours, "selectors are narrowed");
            assert_int_equal(l.pair.child.selector.remote.prefix, wide ? 16 : 24);
            assert_int_equal(charon_lab_facts(&l, IKE_FACT_NARROWED), ours != wide);
            charon_lab_ok(&l);
            charon_lab_release(&l);
        }
    }
}

/* --- life and death -------------------------------------------------------------------------- */

static void probes__are_answered_by_both(void **state)
{
    struct charon_v2 v = usual;
    struct charon_lab l;

    (void)state;
    v.dpd_delay = "1s";
    charon_v2_init(&l, &suite, &esp);
    l.peer.dpd.answer_only = true; /* each of the two would keep the other from asking */
    up(&l, &v, true, "charon probes, we answer");
    charon_lab_work(&l, 3);
    struct buf log = charon_log(&l.charon);
    assert_non_null(strstr(buf_str(&log), "sending DPD request"));
    assert_non_null(strstr(buf_str(&log), "parsed INFORMATIONAL response"));
    buf_release(&log);
    charon_lab_ok(&l);
    charon_lab_try(&l, "we probe, charon answers");
    assert_ok(ike_probe(l.ike, NULL));
    charon_lab_drain(&l);
    charon_lab_work(&l, 0.5);
    assert_true(charon_lab_facts(&l, IKE_FACT_DPD_SENT) > 0);
    assert_int_equal(charon_lab_facts(&l, IKE_FACT_DPD_ANSWERED), 1);
    charon_lab_has(&l, 1, 1);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void charon_is_killed__and_found_dead(void **state)
{
    struct charon_lab l;

    (void)state;
    charon_v2_init(&l, &suite, &esp);
    up(&l, &usual, true, "charon is killed: found dead");
    assert_int_equal(kill(l.charon.pid, SIGKILL), 0);
    charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_DPD, 1);
    assert_int_equal(charon_lab_count(&l, IKE_OUT_CHILD_DOWN, IKE_END_PARENT), 1);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

/* --- collisions ------------------------------------------------------------------------------ */

static void collision__is_decided_by_the_lowest_nonce(void **state)
{
    (void)state;
    for (int ike = 0; ike < 2; ike++) {
        for (int wins = 0; wins < 2; wins++) {
            struct ike_quirks quirks = {.cross = IKE_CROSS_REQUEST,
                                        .nonce = wins ? IKE_NONCE_WINS : IKE_NONCE_LOSES};
            struct charon_lab l;
            const char *event =
                ike ? "IKE rekeyings cross, lowest nonce" : "pair rekeyings cross, lowest nonce";
            charon_v2_init(&l, &suite, &esp);
            l.cfg.quirks = &quirks;
            up(&l, &usual, true, event);
            if (ike)
                assert_ok(ike_rekey_ike(l.ike, NULL));
            else
                assert_ok(ike_rekey_child(l.ike, l.pair.child.in_spi));
            charon_lab_drain(&l);
            charon_lab_ask(&l, ike ? "--rekey --ike gw" : "--rekey --child net");
            charon_lab_await(&l, ike ? IKE_OUT_IKE_DOWN : IKE_OUT_CHILD_DOWN, IKE_END_REPLACED, 2);
            assert_int_equal(charon_lab_facts(&l, IKE_FACT_COLLISION), 1);
            for (size_t i = 0; i < l.nsaid; i++) {
                if (l.said[i].kind == IKE_OUT_FACT && l.said[i].fact == IKE_FACT_COLLISION)
                    assert_int_equal(l.said[i].initiator, wins);
            }
            charon_lab_work(&l, 0.3);
            charon_lab_has(&l, 1, 1);
            charon_lab_ok(&l);
            charon_lab_release(&l);
        }
    }
}

/* --- anew, elsewhere ------------------------------------------------------------------------- */

static void another_authentication__keeps_the_tunnel(void **state)
{
    (void)state;
    for (enum ike_reauth how = IKE_REAUTH_BREAK; how <= IKE_REAUTH_MAKE; how++) {
        struct charon_lab l;
        charon_v2_init(&l, &suite, &esp);
        up(&l, &usual, true,
           how == IKE_REAUTH_BREAK ? "authentication anew, break before make"
                                   : "authentication anew, make before break");
        assert_ok(ike_reauthenticate(l.ike, NULL, how));
        charon_lab_drain(&l);
        charon_lab_await(&l, IKE_OUT_CHILD_UP, IKE_END_NONE, 2);
        charon_lab_await(&l, IKE_OUT_IKE_DOWN, IKE_END_REPLACED, 1);
        charon_lab_work(&l, 0.3);
        charon_lab_has(&l, 1, 1);
        charon_lab_ping(&l);
        charon_lab_ok(&l);
        charon_lab_release(&l);
    }
}

static void another_address__takes_the_tunnel_along(void **state)
{
    struct charon_v2 v = usual;
    struct charon_lab l;

    (void)state;
    v.mobike = "yes";
    charon_v2_init(&l, &suite, &esp);
    l.peer.mobike = true;
    up(&l, &v, true, "another address (MOBIKE)");
    charon_lab_move(&l, 3);
    ike_move(l.ike, &l.us);
    charon_lab_drain(&l);
    charon_lab_work(&l, 1);
    charon_lab_has(&l, 1, 1);
    charon_lab_ping(&l);
    assert_int_equal(charon_lab_count(&l, IKE_OUT_IKE_DOWN, IKE_END_NONE), 0);
    assert_ok(ike_rekey_ike(l.ike, NULL));
    charon_lab_drain(&l);
    charon_lab_await(&l, IKE_OUT_IKE_UP, IKE_END_NONE, 2);
    charon_lab_ok(&l);
    charon_lab_release(&l);
}

static void is_skipped(void **state)
{
    (void)state;
    skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        charon_unit_test(another_secret__is_found_out_by_both),
        charon_unit_test(another_ike_suite__is_refused_both_ways),
        charon_unit_test(another_esp_suite_or_selector__costs_the_pair_and_not_the_ike_sa),
        charon_unit_test(another_group__is_taken_after_invalid_ke_payload),
        charon_unit_test(cookie__is_paid_by_charon),
        charon_unit_test(long_identities__go_in_fragments_both_ways),
        charon_unit_test(selectors__are_narrowed_to_what_both_have),
        charon_unit_test(probes__are_answered_by_both),
        charon_unit_test(charon_is_killed__and_found_dead),
        charon_unit_test(collision__is_decided_by_the_lowest_nonce),
        charon_unit_test(another_authentication__keeps_the_tunnel),
        charon_unit_test(another_address__takes_the_tunnel_along),
    };
    const char *missing = charon_missing();

    if (missing) {
        const struct CMUnitTest none[] = {cmocka_unit_test(is_skipped)};
        matrix_skipped(2, missing);
        printf("SKIPPED: events of IKEv2 against strongSwan: %s\n", missing);
        return cmocka_run_group_tests_name("tests/ike2_strongswan_events", none, NULL, NULL);
    }
    return cmocka_run_group_tests_name("tests/ike2_strongswan_events", tests, NULL, NULL);
}
