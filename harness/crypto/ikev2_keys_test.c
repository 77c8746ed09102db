#define _GNU_SOURCE /* memmem */
#include "crypto/ikev2_keys.h"

#include "base/attr.h"
#include "base/cursor.h"
#include "base/mem.h"
#include "tests/ikev2_lives.h"
#include "tests/testkit.h"

#include <stdio.h>

static struct ikev2_lives lives;

static void assert_bytes(const uint8_t *got, struct bytes want, size_t n)
{
    assert_int_equal(want.n, n);
    assert_memory_equal(got, want.p, n);
}

static struct ikev2_seed seed_of(const struct ikev2_life *l, const char *prefix)
{
    return (struct ikev2_seed){.prf = l->prf,
                               .cipher = l->cipher,
                               .integ = l->integ,
                               .nonce_i = ikev2_life_get(l, prefix, "nonce_i"),
                               .nonce_r = ikev2_life_get(l, prefix, "nonce_r"),
                               .spi_i = ikev2_life_get(l, prefix, "spi_i").p,
                               .spi_r = ikev2_life_get(l, prefix, "spi_r").p};
}

static void assert_keys(const struct ikev2_life *l, const char *prefix, const struct ikev2_keys *k)
{
    size_t np = prf_len(l->prf), ne = cipher_key_len(l->cipher), na = integ_key_len(l->integ);

    assert_bytes(k->d, ikev2_life_get(l, prefix, "d"), np);
    assert_bytes(k->pi, ikev2_life_get(l, prefix, "pi"), np);
    assert_bytes(k->pr, ikev2_life_get(l, prefix, "pr"), np);
    assert_bytes(k->ei, ikev2_life_get(l, prefix, "ei"), ne);
    assert_bytes(k->er, ikev2_life_get(l, prefix, "er"), ne);
    if (na == 0)
        return;
    assert_bytes(k->ai, ikev2_life_get(l, prefix, "ai"), na);
    assert_bytes(k->ar, ikev2_life_get(l, prefix, "ar"), na);
}

static struct ikev2_keys first_keys(const struct ikev2_life *l)
{
    struct ikev2_seed x = seed_of(l, "");
    struct ikev2_keys k;

    ikev2_derive(&x, ikev2_life_get(l, "", "shared"), &k);
    return k;
}

static void keys_of_the_first_ike_sa_are_those_of_strongswan(void **state)
{
    struct ikev2_keys k = first_keys(*state);

    assert_keys(*state, "", &k);
}

static void keys_of_the_rekeyed_ike_sa_are_those_of_strongswan(void **state)
{
    const struct ikev2_life *l = *state;
    struct ikev2_keys old = first_keys(l), k;
    struct ikev2_seed x = seed_of(l, "rekey_");

    ikev2_derive_rekeyed(&x, &old, ikev2_life_get(l, "rekey_", "shared"), &k);
    assert_keys(l, "rekey_", &k);
}

static void proofs_by_pre_shared_key_are_those_of_strongswan(void **state)
{
    const struct ikev2_life *l = *state;
    struct bytes psk = bytes_str(IKEV2_LIVES_PSK);
    struct ikev2_keys k = first_keys(l);
    uint8_t got[PRF_MAX];

    ikev2_auth_psk(l->prf, psk, k.pi, ikev2_life_get(l, "", "init_i"),
                   ikev2_life_get(l, "", "nonce_r"), ikev2_life_get(l, "", "id_i"), got);
    assert_bytes(got, ikev2_life_get(l, "", "auth_i"), prf_len(l->prf));
    ikev2_auth_psk(l->prf, psk, k.pr, ikev2_life_get(l, "", "init_r"),
                   ikev2_life_get(l, "", "nonce_i"), ikev2_life_get(l, "", "id_r"), got);
    assert_bytes(got, ikev2_life_get(l, "", "auth_r"), prf_len(l->prf));
}

static void assert_child(const struct ikev2_life *l, const char *prefix,
                         const struct ikev2_child_keys *c)
{
    size_t ne = cipher_key_len(l->esp_cipher), na = integ_key_len(l->esp_integ);

    assert_bytes(c->ei, ikev2_life_get(l, prefix, "child_ei"), ne);
    assert_bytes(c->er, ikev2_life_get(l, prefix, "child_er"), ne);
    if (na == 0)
        return;
    assert_bytes(c->ai, ikev2_life_get(l, prefix, "child_ai"), na);
    assert_bytes(c->ar, ikev2_life_get(l, prefix, "child_ar"), na);
}

/* The first child is made by IKE_AUTH, with the nonces of IKE_SA_INIT; its successor has nonces of
 * its own and, in half of the lives, a shared secret. */
static void keys_of_both_children_are_those_of_strongswan(void **state)
{
    const struct ikev2_life *l = *state;
    struct ikev2_keys k = first_keys(l);
    struct ikev2_child_keys c;

    ikev2_child(&k, bytes_of(NULL, 0), ikev2_life_get(l, "", "nonce_i"),
                ikev2_life_get(l, "", "nonce_r"), l->esp_cipher, l->esp_integ, &c);
    assert_child(l, "", &c);
    ikev2_child(&k, ikev2_life_maybe(l, "rekey_", "child_shared"),
                ikev2_life_get(l, "rekey_", "child_nonce_i"),
                ikev2_life_get(l, "rekey_", "child_nonce_r"), l->esp_cipher, l->esp_integ, &c);
    assert_child(l, "rekey_", &c);
}

/* strongSwan's own hash of where it sent the first message to, and the answer from there. */
static void nat_detection_is_that_of_strongswan(void **state)
{
    const struct ikev2_life *l = *state;
    static const uint8_t zero[8], a[] = {192, 0, 2, 1}, b[] = {192, 0, 2, 2};
    uint8_t hash[IKEV2_NATD_LEN];
    struct bytes request = ikev2_life_get(l, "", "init_i"),
                 answer = ikev2_life_get(l, "", "init_r");

    ikev2_nat_detection(ikev2_life_get(l, "", "spi_i").p, zero, bytes_of(b, 4), 500, hash);
    assert_non_null(memmem(request.p, request.n, hash, sizeof(hash)));
    ikev2_nat_detection(ikev2_life_get(l, "", "spi_i").p, ikev2_life_get(l, "", "spi_r").p,
                        bytes_of(a, 4), 500, hash);
    assert_non_null(memmem(answer.p, answer.n, hash, sizeof(hash)));
    ikev2_nat_detection(ikev2_life_get(l, "", "spi_i").p, ikev2_life_get(l, "", "spi_r").p,
                        bytes_of(a, 4), 501, hash);
    assert_null(memmem(answer.p, answer.n, hash, sizeof(hash)));
}

/* --- cookies --------------------------------------------------------------------------------- */

struct asked {
    struct bytes nonce, address;
    uint16_t port;
    const uint8_t *spi;
};

static const uint8_t nonces[2][16] = {{1}, {2}}, spis[2][8] = {{3}, {4}}, ips[2][4] = {{5}, {6}};

static struct asked asked_by(int nonce, int ip, uint16_t port, int spi)
{
    return (struct asked){bytes_of(nonces[nonce], 16), bytes_of(ips[ip], 4), port, spis[spi]};
}

static bool fits(const struct ikev2_cookie_jar *j, const uint8_t *cookie, struct asked a)
{
    return ikev2_cookie_is_ours(j, bytes_of(cookie, IKEV2_COOKIE_LEN), a.nonce, a.address, a.port,
                                a.spi);
}

static void a_cookie_is_good_for_its_message_alone(void **state)
{
    struct rng_seeded rng;
    struct ikev2_cookie_jar j;
    uint8_t cookie[IKEV2_COOKIE_LEN];
    struct asked a = asked_by(0, 0, 500, 0);

    (void)state;
    rng_seeded_init(&rng, 1, "cookies");
    ikev2_cookie_jar_init(&j, &rng.rng);
    ikev2_cookie_make(&j, a.nonce, a.address, a.port, a.spi, cookie);
    assert_true(fits(&j, cookie, a));
    assert_false(fits(&j, cookie, asked_by(1, 0, 500, 0)));
    assert_false(fits(&j, cookie, asked_by(0, 1, 500, 0)));
    assert_false(fits(&j, cookie, asked_by(0, 0, 501, 0)));
    assert_false(fits(&j, cookie, asked_by(0, 0, 500, 1)));
    for (size_t i = 0; i < sizeof(cookie); i++) {
        cookie[i] ^= 1;
        assert_false(fits(&j, cookie, a));
        cookie[i] ^= 1;
    }
    for (size_t n = 0; n < sizeof(cookie); n++)
        assert_false(
            ikev2_cookie_is_ours(&j, bytes_of(cookie, n), a.nonce, a.address, a.port, a.spi));
}

static void a_cookie_outlives_one_change_of_the_secret(void **state)
{
    struct rng_seeded rng;
    struct ikev2_cookie_jar j;
    uint8_t cookie[IKEV2_COOKIE_LEN], forged[IKEV2_COOKIE_LEN] = {0xff};
    struct asked a = asked_by(0, 0, 500, 0);

    (void)state;
    rng_seeded_init(&rng, 1, "cookies");
    ikev2_cookie_jar_init(&j, &rng.rng);
    assert_false(fits(&j, forged, a)); /* there is no secret before the first */
    for (unsigned round = 0; round < 300; round++) {
        ikev2_cookie_make(&j, a.nonce, a.address, a.port, a.spi, cookie);
        ikev2_cookie_jar_turn(&j, &rng.rng);
        assert_true(fits(&j, cookie, a));
        ikev2_cookie_jar_turn(&j, &rng.rng);
        assert_false(fits(&j, cookie, a));
    }
}

int main(void)
{
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } each[] = {
        {"first_keys", keys_of_the_first_ike_sa_are_those_of_strongswan},
        {"rekeyed_keys", keys_of_the_rekeyed_ike_sa_are_those_of_strongswan},
        {"proofs", proofs_by_pre_shared_key_are_those_of_strongswan},
        {"children", keys_of_both_children_are_those_of_strongswan},
        {"nat_detection", nat_detection_is_that_of_strongswan},
    };
    enum { EACH = COUNT(each) };
    struct CMUnitTest tests[2 + EACH * IKEV2_LIVES_MAX] = {
        cmocka_unit_test(a_cookie_is_good_for_its_message_alone),
        cmocka_unit_test(a_cookie_outlives_one_change_of_the_secret)};
    char names[EACH * IKEV2_LIVES_MAX][120];
    size_t n = 0;

    ikev2_lives_load(&lives);
    for (size_t i = 0; i < lives.n; i++)
        for (size_t k = 0; k < EACH; k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s_as_strongswan", lives.v[i].suite,
                     each[k].what);
            tests[2 + n] = (struct CMUnitTest){names[n], each[k].run, NULL, NULL, &lives.v[i]};
        }
    int failed = _cmocka_run_group_tests("crypto/ikev2_keys", tests, 2 + n, NULL, NULL);
    ikev2_lives_release(&lives);
    return failed;
}
