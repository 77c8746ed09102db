/* Key agreement on curves, against published vectors and against OpenSSL's own. */
#include "crypto/dh.h"

#include "base/mem.h"
#include "crypto/openssl.h"
#include "tests/testkit.h"

#include <string.h>

/* Randomness that gives out a private value on which a vector rests. */
struct rng_fixed {
    struct rng rng;
    const uint8_t *bytes;
    size_t n;
};

static void fixed_fill(struct rng *r, void *out, size_t n)
{
    struct rng_fixed *f = (struct rng_fixed *)r;

    assert_int_equal(n, f->n);
    memcpy(out, f->bytes, n);
}

static const struct rng_ops fixed_ops = {fixed_fill};

static struct dh *with_secret(uint16_t group, const uint8_t *secret, size_t n)
{
    struct rng_fixed r = {.rng = {&fixed_ops}, .bytes = secret, .n = n};
    struct dh *d;

    assert_ok(dh_new(group, &r.rng, &d));
    return d;
}

/* RFC 7748, 6.1 */
static void curve25519_of_rfc_7748(void **state)
{
    static const char *const hex[] = {
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
        "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"};
    uint8_t *v[COUNT(hex)], out[32];
    size_t n;

    (void)state;
    for (size_t i = 0; i < COUNT(hex); i++)
        v[i] = test_hex(hex[i], &n);
    struct dh *a = with_secret(31, v[0], 32), *b = with_secret(31, v[2], 32);
    assert_memory_equal(dh_public(a).p, v[1], 32);
    assert_memory_equal(dh_public(b).p, v[3], 32);
    assert_ok(dh_shared(a, dh_public(b), out));
    assert_memory_equal(out, v[4], 32);
    assert_ok(dh_shared(b, dh_public(a), out));
    assert_memory_equal(out, v[4], 32);
    for (size_t i = 0; i < COUNT(hex); i++)
        mem_free(v[i]);
    dh_free(a);
    dh_free(b);
}

/* RFC 5903, 8.1. The private value is one more than what randomness gives, reduced. */
static void ecp256_of_rfc_5903(void **state)
{
    size_t n;
    uint8_t *secret = test_hex("0000000000000000"
                               "c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1432",
                               &n);
    uint8_t *public = test_hex("dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180"
                               "5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
                               &n);
    uint8_t *peer = test_hex("d12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf63"
                             "56fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab",
                             &n);
    uint8_t *want =
        test_hex("d6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de", &n);
    uint8_t out[32];

    (void)state;
    struct dh *d = with_secret(19, secret, 40);
    assert_memory_equal(dh_public(d).p, public, 64);
    assert_ok(dh_shared(d, bytes_of(peer, 64), out));
    assert_memory_equal(out, want, 32);
    dh_free(d);
    mem_free(secret);
    mem_free(public);
    mem_free(peer);
    mem_free(want);
}

static const struct row {
    uint16_t group;
    const char *name; /* OpenSSL's; NULL: X25519 */
} rows[] = {{19, "P-256"}, {20, "P-384"}, {21, "P-521"}, {31, NULL}};

/* OpenSSL wants the form of SEC 1 for points: 4, x, y. */
static void openssl_agrees(const struct row *row)
{
    EVP_PKEY *key = row->name ? EVP_EC_gen(row->name) : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
    EVP_PKEY *peer = EVP_PKEY_new();
    uint8_t encoded[1 + DH_PUBLIC_MAX] = {4}, ours[66], theirs[66];
    size_t lead = row->name ? 1 : 0, n = dh_len(row->group), len = sizeof(theirs);
    unsigned char *public;
    struct rng_seeded r;
    struct dh *d;

    rng_seeded_init(&r, 9, "curve");
    assert_ok(dh_new(row->group, &r.rng, &d));
    memcpy(encoded + lead, dh_public(d).p, n);
    assert_int_equal(EVP_PKEY_copy_parameters(peer, key), 1);
    assert_int_equal(EVP_PKEY_set1_encoded_public_key(peer, encoded, n + lead), 1);
    assert_int_equal(EVP_PKEY_get1_encoded_public_key(key, &public), n + lead);
    assert_ok(dh_shared(d, bytes_of(public + lead, n), ours));
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(ctx, peer), 1);
    assert_int_equal(EVP_PKEY_derive(ctx, theirs, &len), 1);
    assert_int_equal(len, dh_secret_len(row->group));
    assert_memory_equal(ours, theirs, len);
    EVP_PKEY_CTX_free(ctx);
    OPENSSL_free(public);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(key);
    dh_free(d);
}

static void openssl_comes_to_the_same_secret(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        openssl_agrees(&rows[i]);
}

static void a_point_off_the_curve_is_refused(void **state)
{
    uint8_t v[DH_PUBLIC_MAX] = {0}, out[66];
    struct rng_seeded r;
    struct dh *d;

    (void)state;
    rng_seeded_init(&r, 9, "curve");
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t n = dh_len(rows[i].group);
        assert_ok(dh_new(rows[i].group, &r.rng, &d));
        memset(v, 0, n); /* not on the curve; of order 1 on Curve25519 */
        assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
        assert_int_equal(dh_shared(d, bytes_of(v, n - 1), out), ERR_RANGE);
        if (rows[i].name) {
            memcpy(v, dh_public(d).p, n);
            v[n - 1] ^= 1;
            assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
            memset(v, 0xff, n);
            assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
        }
        dh_free(d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(curve25519_of_rfc_7748),
        cmocka_unit_test(ecp256_of_rfc_5903),
        cmocka_unit_test(openssl_comes_to_the_same_secret),
        cmocka_unit_test(a_point_off_the_curve_is_refused),
    };
    return cmocka_run_group_tests_name("crypto/dh_curve", tests, NULL, NULL);
}
