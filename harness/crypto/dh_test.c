#include "crypto/dh.h"

#include "base/mem.h"
#include "crypto/openssl.h"
#include "tests/testkit.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/param_build.h>
#include <stdio.h>

static const struct row {
    const char *what;
    uint16_t group;
} rows[] = {
    {"group_1", 1},   {"group_2", 2},   {"group_5", 5},   {"group_14", 14},
    {"group_15", 15}, {"group_16", 16}, {"group_17", 17}, {"group_18", 18},
};

static struct rng *seeded(struct rng_seeded *r, uint64_t seed)
{
    rng_seeded_init(r, seed, "dh");
    return &r->rng;
}

static void both_sides_come_to_the_same_secret(void **state)
{
    const struct row *row = *state;
    struct rng_seeded r1, r2;
    struct dh *a, *b;
    uint8_t ab[DH_PUBLIC_MAX], ba[DH_PUBLIC_MAX];

    for (uint64_t seed = 0; seed < (row->group <= 14 ? 8 : 1); seed++) {
        assert_ok(dh_new(row->group, seeded(&r1, seed), &a));
        assert_ok(dh_new(row->group, seeded(&r2, seed + 1000), &b));
        assert_int_equal(dh_public(a).n, dh_len(row->group));
        assert_false(bytes_eq(dh_public(a), dh_public(b)));
        assert_ok(dh_shared(a, dh_public(b), ab));
        assert_ok(dh_shared(b, dh_public(a), ba));
        assert_memory_equal(ab, ba, dh_len(row->group));
        dh_free(a);
        dh_free(b);
    }
}

static void the_same_randomness_gives_the_same_keys(void **state)
{
    const struct row *row = *state;
    struct rng_seeded r;
    struct dh *a, *b, *c;

    assert_ok(dh_new(row->group, seeded(&r, 7), &a));
    assert_ok(dh_new(row->group, &r.rng, &c));
    assert_ok(dh_new(row->group, seeded(&r, 7), &b));
    assert_true(bytes_eq(dh_public(a), dh_public(b)));
    assert_false(bytes_eq(dh_public(a), dh_public(c)));
    dh_free(a);
    dh_free(b);
    dh_free(c);
}

static BIGNUM *prime(uint16_t group)
{
    switch (group) {
    case 1: return BN_get_rfc2409_prime_768(NULL);
    case 2: return BN_get_rfc2409_prime_1024(NULL);
    case 5: return BN_get_rfc3526_prime_1536(NULL);
    case 14: return BN_get_rfc3526_prime_2048(NULL);
    case 15: return BN_get_rfc3526_prime_3072(NULL);
    case 16: return BN_get_rfc3526_prime_4096(NULL);
    case 17: return BN_get_rfc3526_prime_6144(NULL);
    default: return BN_get_rfc3526_prime_8192(NULL);
    }
}

/* OpenSSL's key object with the group's parameters and no key yet. */
static EVP_PKEY *parameters(uint16_t group)
{
    OSSL_PARAM_BLD *bld = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DH", NULL);
    BIGNUM *p = prime(group), *g = BN_new();
    EVP_PKEY *key = NULL;

    assert_int_equal(BN_set_word(g, 2), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_P, p), 1);
    assert_int_equal(OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_FFC_G, g), 1);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(bld);
    assert_int_equal(EVP_PKEY_fromdata_init(ctx), 1);
    assert_int_equal(EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_KEY_PARAMETERS, params), 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(bld);
    EVP_PKEY_CTX_free(ctx);
    BN_free(p);
    BN_free(g);
    return key;
}

static EVP_PKEY *key_pair(uint16_t group)
{
    EVP_PKEY *key = parameters(group), *pair = NULL;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);

    assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
    assert_int_equal(EVP_PKEY_keygen(ctx, &pair), 1);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return pair;
}

/* Against OpenSSL's own key agreement, which shares no code of ours. */
static void openssl_comes_to_the_same_secret(void **state)
{
    const struct row *row = *state;
    size_t n = dh_len(row->group);
    uint8_t ours[DH_PUBLIC_MAX], theirs[DH_PUBLIC_MAX];
    unsigned char *public;
    struct rng_seeded r;
    struct dh *d;

    assert_ok(dh_new(row->group, seeded(&r, 3), &d));
    EVP_PKEY *pair = key_pair(row->group), *peer = parameters(row->group);
    assert_int_equal(EVP_PKEY_set1_encoded_public_key(peer, dh_public(d).p, n), 1);
    assert_int_equal(EVP_PKEY_get1_encoded_public_key(pair, &public), n);
    assert_ok(dh_shared(d, bytes_of(public, n), ours));

    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair, NULL);
    assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_dh_pad(ctx, 1), 1);
    assert_int_equal(EVP_PKEY_derive_set_peer(ctx, peer), 1);
    size_t len = sizeof(theirs);
    assert_int_equal(EVP_PKEY_derive(ctx, theirs, &len), 1);
    assert_int_equal(len, n);
    assert_memory_equal(ours, theirs, n);

    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    EVP_PKEY_free(pair);
    OPENSSL_free(public);
    dh_free(d);
}

static void a_public_value_that_gives_the_secret_away_is_refused(void **state)
{
    const struct row *row = *state;
    size_t n = dh_len(row->group);
    uint8_t v[DH_PUBLIC_MAX + 1] = {0}, out[DH_PUBLIC_MAX];
    BIGNUM *p = prime(row->group);
    struct rng_seeded r;
    struct dh *d;

    assert_ok(dh_new(row->group, seeded(&r, 1), &d));
    assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE); /* 0 */
    v[n - 1] = 1;
    assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
    v[n - 1] = 2;
    assert_ok(dh_shared(d, bytes_of(v, n), out));
    assert_memory_equal(out, dh_public(d).p, n); /* the generator gives our own public value */
    assert_int_equal(dh_shared(d, bytes_of(v, n - 1), out), ERR_RANGE);
    assert_int_equal(dh_shared(d, bytes_of(v, n + 1), out), ERR_RANGE);
    assert_int_equal(dh_shared(d, bytes_of(v, 0), out), ERR_RANGE);
    for (int i = 0; i < 2; i++) { /* p, p - 1, then p - 2 */
        assert_int_equal(BN_bn2binpad(p, v, (int)n), n);
        assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
        assert_int_equal(BN_sub_word(p, 1), 1);
    }
    assert_int_equal(BN_bn2binpad(p, v, (int)n), n);
    assert_ok(dh_shared(d, bytes_of(v, n), out));
    memset(v, 0xff, n);
    assert_int_equal(dh_shared(d, bytes_of(v, n), out), ERR_RANGE);
    dh_free(d);
    BN_free(p);
}

static void an_unknown_group_is_refused(void **state)
{
    struct rng_seeded r;
    struct dh *d;

    (void)state;
    assert_int_equal(dh_new(0, seeded(&r, 1), &d), ERR_UNSUPPORTED);
    assert_int_equal(dh_new(22, &r.rng, &d), ERR_UNSUPPORTED);
    assert_int_equal(dh_len(3), 0);
    assert_null(dh_name(3));
    assert_string_equal(dh_name(2), "modp1024");
    assert_int_equal(dh_by_name("ecp384"), 20);
    assert_int_equal(dh_by_name("ecp"), 0);
    dh_free(NULL);
}

int main(void)
{
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } each[] = {
        {"both_sides_come_to_the_same_secret", both_sides_come_to_the_same_secret},
        {"the_same_randomness_gives_the_same_keys", the_same_randomness_gives_the_same_keys},
        {"openssl_comes_to_the_same_secret", openssl_comes_to_the_same_secret},
        {"a_public_value_that_gives_the_secret_away_is_refused",
         a_public_value_that_gives_the_secret_away_is_refused},
    };
    struct CMUnitTest tests[1 + COUNT(rows) * COUNT(each)] = {
        cmocka_unit_test(an_unknown_group_is_refused)};
    char names[COUNT(rows) * COUNT(each)][80];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t k = 0; k < COUNT(each); k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", rows[i].what, each[k].what);
            tests[1 + n] =
                (struct CMUnitTest){names[n], each[k].run, NULL, NULL, (void *)(uintptr_t)&rows[i]};
        }
    return _cmocka_run_group_tests("crypto/dh", tests, 1 + n, NULL, NULL);
}
