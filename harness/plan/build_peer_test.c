/* The names of algorithms that a case may use are those that the engine knows: a suite of every
 * combination loads, and comes out as the names of crypto/. */
#include "base/buf.h"
#include "crypto/cipher.h"
#include "crypto/dh.h"
#include "crypto/hash.h"
#include "plan/plan.h"
#include "tests/testkit.h"

static void load_with(int version, const char *ike, const char *esp)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    struct buf xml = BUF_INIT;

    buf_addf(&xml,
             "<case xmlns=\"" PLAN_NAMESPACE "\" id=\"a\" version=\"1\"><title>T</title>"
             "<about>A</about><peer ike-version=\"%d\" ike=\"%s\" esp=\"%s\"/><timeline>"
             "<stream id=\"s\" capture=\"c\"/></timeline><expect><no-cleartext/></expect></case>",
             version, ike, esp);
    if (plan_from_resolved(buf_bytes(&xml), &p, &problems))
        fail_msg("%s", problems->diag.text);
    assert_int_equal(p->peer.ike_version, version == 2 ? PLAN_IKEV2 : PLAN_IKEV1);
    assert_string_equal(p->peer.ike, ike);
    assert_string_equal(p->peer.esp, esp);
    plan_free(p);
    buf_release(&xml);
}

static void every_algorithm_of_the_engine_has_its_name_here(void **state)
{
    static const uint16_t groups[] = {
#define X(id, name, public, secret) id,
        DH_GROUPS(X)
#undef X
    };
    struct buf ike = BUF_INIT, esp = BUF_INIT;

    (void)state;
    for (enum cipher_alg c = 1; c < CIPHER_COUNT; c++) {
        if (c == CIPHER_CHACHA20_POLY1305)
            continue; /* IKEv1 has no number for it */
        for (unsigned d = 1; d < DIGEST_COUNT && cipher_mode(c) == CIPHER_MODE_CBC; d++) {
            for (size_t g = 0; g < COUNT(groups); g++)
                buf_addf(&ike, "%s%s-%s-%s", ike.n ? " " : "", cipher_name(c), digest_name(d),
                         dh_name(groups[g]));
        }
        if (cipher_is_aead(c)) {
            buf_addf(&esp, " %s", cipher_name(c));
            for (size_t g = 0; g < COUNT(groups); g++)
                buf_addf(&esp, " %s-%s", cipher_name(c), dh_name(groups[g]));
            continue;
        }
        for (unsigned i = 1; i < INTEG_COUNT; i++) {
            buf_addf(&esp, "%s%s-%s", esp.n ? " " : "", cipher_name(c), integ_name(i));
            for (size_t g = 0; g < COUNT(groups); g++)
                buf_addf(&esp, " %s-%s-%s", cipher_name(c), integ_name(i), dh_name(groups[g]));
        }
    }
    load_with(1, ike.s, esp.s);
    buf_release(&ike);
    buf_release(&esp);
}

static void ikev2_has_ciphers_that_authenticate(void **state)
{
    struct buf ike = BUF_INIT, esp = BUF_INIT;

    (void)state;
    for (enum cipher_alg c = 1; c < CIPHER_COUNT; c++) {
        for (unsigned d = 1; d < DIGEST_COUNT; d++)
            buf_addf(&ike, "%s%s-%s-curve25519", ike.n ? " " : "", cipher_name(c), digest_name(d));
        if (cipher_is_aead(c))
            buf_addf(&esp, "%s%s-ecp256", esp.n ? " " : "", cipher_name(c));
    }
    load_with(2, ike.s, esp.s);
    load_with(2, "aes-256-cbc-sha256-modp2048",
              "aes-128-gcm-16-esn aes-256-cbc-hmac-sha2-256-128-modp2048-esn");
    buf_release(&ike);
    buf_release(&esp);
}

static void what_a_version_has_not_is_refused(void **state)
{
    static const char *const peers[] = {
        "<peer ike=\"aes-128-gcm-16-sha256-ecp256\"/>",
        "<peer esp=\"chacha20-poly1305\"/>",
        "<peer ike-version=\"2\" ike=\"aes-128-gcm-16-ecp256\"/>",
        "<peer ike-version=\"3\"/>",
        "<lab device=\"ho\"/><peer ike-version=\"2\" mode=\"nem\" group=\"hw\"/>",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(peers); i++) {
        struct plan_problem *problems = NULL;
        struct plan *p = NULL;
        struct buf xml = BUF_INIT;
        buf_addf(&xml,
                 "<case xmlns=\"" PLAN_NAMESPACE "\" id=\"a\" version=\"1\"><title>T</title>"
                 "<about>A</about>%s<timeline><stream id=\"s\" capture=\"c\"/></timeline>"
                 "<expect><no-cleartext/></expect></case>",
                 peers[i]);
        if (!plan_from_resolved(buf_bytes(&xml), &p, &problems))
            fail_msg("taken: %s", peers[i]);
        plan_problems_free(problems);
        buf_release(&xml);
    }
}

static void clients_of_remote_access_are_as_written(void **state)
{
    static const struct {
        const char *peer;
        enum plan_peer_mode mode;
        const char *group, *username;
    } rows[] = {
        {"", PEER_L2L, "", ""},
        {"mode=\"l2l\"", PEER_L2L, "", ""},
        {"mode=\"nem\" group=\"hw\" username=\"bob\"", PEER_NEM, "hw", "bob"},
        {"mode=\"client\" group=\"sw\"", PEER_CLIENT, "sw", ""},
        {"mode=\"anyconnect\" group=\"ac\"", PEER_ANYCONNECT, "ac", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct plan_problem *problems = NULL;
        struct plan *p = NULL;
        struct buf xml = BUF_INIT;
        buf_addf(&xml,
                 "<case xmlns=\"" PLAN_NAMESPACE "\" id=\"a\" version=\"1\"><title>T</title>"
                 "<about>A</about><lab device=\"ho\"/><peer %s/><timeline>"
                 "<stream id=\"s\" capture=\"c\"/></timeline><expect><no-cleartext/></expect>"
                 "</case>",
                 rows[i].peer);
        if (plan_from_resolved(buf_bytes(&xml), &p, &problems))
            fail_msg("%s", problems->diag.text);
        assert_int_equal(p->peer.mode, rows[i].mode);
        assert_string_equal(p->peer.group, rows[i].group);
        assert_string_equal(p->peer.username, rows[i].username);
        assert_string_equal(p->peer.password, "holdfast-user");
        plan_free(p);
        buf_release(&xml);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_of_the_engine_has_its_name_here),
        cmocka_unit_test(ikev2_has_ciphers_that_authenticate),
        cmocka_unit_test(what_a_version_has_not_is_refused),
        cmocka_unit_test(clients_of_remote_access_are_as_written),
    };

    return cmocka_run_group_tests_name("peer of a plan", tests, NULL, NULL);
}
