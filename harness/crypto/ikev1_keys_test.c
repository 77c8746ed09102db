#include "crypto/ikev1_keys.h"

#include "base/mem.h"
#include "crypto/ikev1_vectors.h"
#include "tests/testkit.h"

#include <stdio.h>

#define PSK "a pre-shared key"

enum { FIELDS = 40 }; /* more than a vector has */

/* One vector as bytes, and what follows from it. */
struct fixture {
    const struct ikev1_vector *v;
    uint8_t *mem[FIELDS];
    size_t nmem;
    struct ikev1_phase1 x;
    struct ikev1_keys keys;
};

static struct bytes hex(struct fixture *f, const char *text)
{
    size_t n;
    uint8_t *p = test_hex(text, &n);

    assert_true(f->nmem < FIELDS);
    f->mem[f->nmem++] = p;
    return bytes_of(p, n);
}

static void assert_hex(struct fixture *f, const uint8_t *got, size_t n, const char *want)
{
    struct bytes w = hex(f, want);

    assert_int_equal(w.n, n);
    assert_memory_equal(got, w.p, n);
}

static void fixture_init(struct fixture *f, const struct ikev1_vector *v)
{
    *f = (struct fixture){.v = v};
    f->x = (struct ikev1_phase1){.digest = v->digest,
                                 .nonce_i = hex(f, v->nonce_i),
                                 .nonce_r = hex(f, v->nonce_r),
                                 .public_i = hex(f, v->public_i),
                                 .public_r = hex(f, v->public_r),
                                 .cookie_i = hex(f, v->cookie_i).p,
                                 .cookie_r = hex(f, v->cookie_r).p};
    ikev1_derive(&f->x, bytes_str(PSK), hex(f, v->shared), &f->keys);
}

static void fixture_release(struct fixture *f)
{
    for (size_t i = 0; i < f->nmem; i++)
        mem_free(f->mem[i]);
}

static void phase_1_keys_are_those_of_strongswan(void **state)
{
    const struct ikev1_vector *v = *state;
    struct fixture f;
    uint8_t out[CIPHER_KEY_MAX];
    size_t n = digest_len(v->digest);

    fixture_init(&f, v);
    assert_hex(&f, f.keys.skeyid, n, v->skeyid);
    assert_hex(&f, f.keys.skeyid_d, n, v->skeyid_d);
    assert_hex(&f, f.keys.skeyid_a, n, v->skeyid_a);
    assert_hex(&f, f.keys.skeyid_e, n, v->skeyid_e);
    ikev1_cipher_key(&f.keys, v->cipher, out);
    assert_hex(&f, out, cipher_key_len(v->cipher), v->ka);
    fixture_release(&f);
}

static void ivs_are_those_of_strongswan(void **state)
{
    const struct ikev1_vector *v = *state;
    struct fixture f;
    uint8_t out[CIPHER_BLOCK_MAX];

    fixture_init(&f, v);
    ikev1_phase1_iv(&f.x, v->cipher, out);
    assert_hex(&f, out, cipher_block_len(v->cipher), v->phase1_iv);
    ikev1_phase2_iv(v->digest, hex(&f, v->message6_end).p, v->message_id, v->cipher, out);
    assert_hex(&f, out, cipher_block_len(v->cipher), v->phase2_iv);
    fixture_release(&f);
}

static void hashes_are_those_of_strongswan(void **state)
{
    const struct ikev1_vector *v = *state;
    struct fixture f;
    uint8_t out[DIGEST_MAX];
    size_t n = digest_len(v->digest);

    fixture_init(&f, v);
    ikev1_hash_i(&f.keys, &f.x, hex(&f, v->sa_i), hex(&f, v->id_i), out);
    assert_hex(&f, out, n, v->hash_i);
    ikev1_hash_r(&f.keys, &f.x, hex(&f, v->sa_i), hex(&f, v->id_r), out);
    assert_hex(&f, out, n, v->hash_r);
    struct bytes ni = hex(&f, v->quick_nonce_i), nr = hex(&f, v->quick_nonce_r);
    ikev1_hash_1(&f.keys, v->message_id, hex(&f, v->quick_1), out);
    assert_hex(&f, out, n, v->hash_1);
    ikev1_hash_2(&f.keys, v->message_id, ni, hex(&f, v->quick_2), out);
    assert_hex(&f, out, n, v->hash_2);
    ikev1_hash_3(&f.keys, v->message_id, ni, nr, out);
    assert_hex(&f, out, n, v->hash_3);
    fixture_release(&f);
}

static void key_material_is_that_of_strongswan(void **state)
{
    const struct ikev1_vector *v = *state;
    struct fixture f;
    uint8_t out[CIPHER_KEY_MAX + DIGEST_MAX];

    fixture_init(&f, v);
    struct bytes ni = hex(&f, v->quick_nonce_i), nr = hex(&f, v->quick_nonce_r);
    struct bytes shared = hex(&f, v->quick_shared);
    size_t n = strlen(v->keymat_i) / 2;
    ikev1_keymat(&f.keys, shared, 3, v->spi_i, ni, nr, out, n);
    assert_hex(&f, out, n, v->keymat_i);
    ikev1_keymat(&f.keys, shared, 3, v->spi_r, ni, nr, out, n);
    assert_hex(&f, out, n, v->keymat_r);
    fixture_release(&f);
}

/* Appendix B: Ka = K1 | K2 ..., where K1 = prf(SKEYID_e, 0) and Kn = prf(SKEYID_e, Kn-1). Python:
 * hmac.new(bytes(range(16)), b"\0", "md5"), then of its result. */
static void a_short_skeyid_is_expanded(void **state)
{
    struct ikev1_keys k = {.digest = DIGEST_MD5};
    uint8_t out[CIPHER_KEY_MAX];
    struct fixture f = {0};

    (void)state;
    for (uint8_t i = 0; i < 16; i++)
        k.skeyid_e[i] = i;
    ikev1_cipher_key(&k, CIPHER_AES256_CBC, out);
    assert_hex(&f, out, 32, "5d76401b50b90caee409473960c04a9614b5f3b70b892097525b06f252c61fbe");
    ikev1_cipher_key(&k, CIPHER_3DES_CBC, out);
    assert_hex(&f, out, 24, "5d76401b50b90caee409473960c04a9614b5f3b70b892097");
    ikev1_cipher_key(&k, CIPHER_AES128_CBC, out);
    assert_hex(&f, out, 16, "000102030405060708090a0b0c0d0e0f");
    ikev1_cipher_key(&k, CIPHER_DES_CBC, out);
    assert_hex(&f, out, 8, "0001020304050607");
    fixture_release(&f);
}

int main(void)
{
    static const struct {
        const char *what;
        CMUnitTestFunction run;
    } each[] = {
        {"phase_1_keys_are_those_of_strongswan", phase_1_keys_are_those_of_strongswan},
        {"ivs_are_those_of_strongswan", ivs_are_those_of_strongswan},
        {"hashes_are_those_of_strongswan", hashes_are_those_of_strongswan},
        {"key_material_is_that_of_strongswan", key_material_is_that_of_strongswan},
    };
    enum { EACH = COUNT(each), VECTORS = COUNT(ikev1_vectors) };
    struct CMUnitTest tests[1 + EACH * VECTORS] = {cmocka_unit_test(a_short_skeyid_is_expanded)};
    char names[EACH * VECTORS][120];
    size_t n = 0;

    for (size_t i = 0; i < VECTORS; i++)
        for (size_t k = 0; k < EACH; k++, n++) {
            snprintf(names[n], sizeof(names[n]), "%s__%s", ikev1_vectors[i].what, each[k].what);
            tests[1 + n] = (struct CMUnitTest){names[n], each[k].run, NULL, NULL,
                                               (void *)(uintptr_t)&ikev1_vectors[i]};
        }
    return _cmocka_run_group_tests("crypto/ikev1_keys", tests, 1 + n, NULL, NULL);
}
