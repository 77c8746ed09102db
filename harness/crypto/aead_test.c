/* Ciphers that authenticate, and counter mode: against published vectors, and CCM against its
 * definition. */
#include "crypto/cipher.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <string.h>

/* Test cases 4, 10 and 16 of the GCM specification (McGrew and Viega); its 12-byte IV is our salt
 * and IV. */
#define GCM_SALT "cafebabe"
#define GCM_IV   "facedbaddecaf888"
#define GCM_KEY  "feffe9928665731c6d6a8f9467308308"
#define GCM_AAD  "feedfacedeadbeeffeedfacedeadbeefabaddad2"
#define GCM_TEXT                                                                                   \
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6" \
    "b525b16aedf5aa0de657ba637b39"

static const struct row {
    const char *what;
    enum cipher_alg alg;
    const char *key, *iv, *aad, *plain, *cipher, *icv;
} rows[] = {
    {"aes_128_gcm_of_test_case_4", CIPHER_AES128_GCM_16, GCM_KEY GCM_SALT, GCM_IV, GCM_AAD,
     GCM_TEXT,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
     "aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95ae7121a47"},
    {"aes_128_gcm_with_12_bytes_of_icv", CIPHER_AES128_GCM_12, GCM_KEY GCM_SALT, GCM_IV, GCM_AAD,
     GCM_TEXT,
     "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84"
     "aa051ba30b396a0aac973d58e091",
     "5bc94fbc3221a5db94fae95a"},
    {"aes_192_gcm_of_test_case_10", CIPHER_AES192_GCM_16, GCM_KEY "feffe9928665731c" GCM_SALT,
     GCM_IV, GCM_AAD, GCM_TEXT,
     "3980ca0b3c00e841eb06fac4872a2757859e1ceaa6efd984628593b40ca1e19c7d773d00c144c525ac619d18c84a"
     "3f4718e2448b2fe324d9ccda2710",
     "2519498e80f1478f37ba55bd6d27618c"},
    {"aes_256_gcm_of_test_case_16", CIPHER_AES256_GCM_16, GCM_KEY GCM_KEY GCM_SALT, GCM_IV, GCM_AAD,
     GCM_TEXT,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682"
     "8838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768cddf8853bb2d551b"},
    {"aes_256_gcm_with_8_bytes_of_icv", CIPHER_AES256_GCM_8, GCM_KEY GCM_KEY GCM_SALT, GCM_IV,
     GCM_AAD, GCM_TEXT,
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b105682"
     "8838c5f61e6393ba7a0abcc9f662",
     "76fc6ece0f4e1768"},
    /* RFC 8439, 2.8.2 */
    {"chacha20_poly1305_of_rfc_8439", CIPHER_CHACHA20_POLY1305,
     "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f07000000", "4041424344454647",
     "50515253c0c1c2c3c4c5c6c7",
     "4c616469657320616e642047656e746c656d656e206f662074686520636c617373206f66202739393a2049662049"
     "20636f756c64206f6666657220796f75206f6e6c79206f6e652074697020666f7220746865206675747572652c20"
     "73756e73637265656e20776f756c642062652069742e",
     "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92"
     "728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b"
     "4831d7bc3ff4def08e4b7a9de576d26586cec64b6116",
     "1ae10b594f09e26a7e902ecbd0600691"},
    /* RFC 3686, 6: test vectors 1, 4 and 7 */
    {"aes_128_ctr_of_rfc_3686", CIPHER_AES128_CTR, "ae6852f8121067cc4bf7a5765577f39e00000030",
     "0000000000000000", "", "53696e676c6520626c6f636b206d7367", "e4095d4fb7a7b3792d6175a3261311b8",
     ""},
    {"aes_192_ctr_of_rfc_3686", CIPHER_AES192_CTR,
     "16af5b145fc9f579c175f93e3bfb0eed863d06ccfdb7851500000048", "36733c147d6d93cb", "",
     "53696e676c6520626c6f636b206d7367", "4b55384fe259c9c84e7935a003cbe928", ""},
    {"aes_256_ctr_of_rfc_3686", CIPHER_AES256_CTR,
     "776beff2851db06f4c8a0542c8696f6c6a81af1eec96b4d37fc1d689e6c1c10400000060", "db5672c97aa8f0b2",
     "", "53696e676c6520626c6f636b206d7367", "145ad01dbf824ec7560863dc71e3e0c0", ""},
};

struct part {
    uint8_t *p;
    size_t n;
};

static struct part unhex(const char *hex)
{
    struct part v;

    v.p = test_hex(hex, &v.n);
    return v;
}

static void check_stream(struct cipher *c, struct part iv, struct part plain, struct part text,
                         uint8_t *out)
{
    assert_ok(cipher_encrypt(c, iv.p, plain.p, out, plain.n));
    assert_memory_equal(out, text.p, text.n);
    assert_ok(cipher_decrypt(c, iv.p, out, out, plain.n));
    assert_memory_equal(out, plain.p, plain.n);
}

static void check_aead(struct cipher *c, struct part iv, struct part aad, struct part plain,
                       struct part text, struct part icv, uint8_t *out)
{
    uint8_t made[CIPHER_ICV_MAX];
    struct bytes a = bytes_of(aad.p, aad.n);

    assert_ok(cipher_seal(c, iv.p, a, plain.p, out, plain.n, made));
    assert_memory_equal(out, text.p, text.n);
    assert_memory_equal(made, icv.p, icv.n);
    assert_ok(cipher_open(c, iv.p, a, out, out, text.n, made)); /* where it lies */
    assert_memory_equal(out, plain.p, plain.n);
    made[icv.n - 1] ^= 1;
    assert_int_equal(cipher_open(c, iv.p, a, text.p, out, text.n, made), ERR_AUTH);
    made[icv.n - 1] ^= 1;
    aad.p[0] ^= 1;
    assert_int_equal(cipher_open(c, iv.p, a, text.p, out, text.n, made), ERR_AUTH);
    aad.p[0] ^= 1;
    text.p[0] ^= 1;
    assert_int_equal(cipher_open(c, iv.p, a, text.p, out, text.n, made), ERR_AUTH);
    text.p[0] ^= 1;
    assert_ok(cipher_open(c, iv.p, a, text.p, out, text.n, made)); /* a forgery leaves no trace */
}

static void the_text_is_the_published_one(void **state)
{
    const struct row *row = *state;
    struct part key = unhex(row->key), iv = unhex(row->iv), aad = unhex(row->aad);
    struct part plain = unhex(row->plain), text = unhex(row->cipher), icv = unhex(row->icv);
    uint8_t *out = mem_zalloc(plain.n);
    struct cipher *c;

    assert_int_equal(iv.n, cipher_iv_len(row->alg));
    assert_int_equal(icv.n, cipher_icv_len(row->alg));
    assert_ok(cipher_new(row->alg, bytes_of(key.p, key.n), &c));
    for (int i = 0; i < 3; i++) { /* one key, many messages */
        if (cipher_is_aead(row->alg))
            check_aead(c, iv, aad, plain, text, icv, out);
        else
            check_stream(c, iv, plain, text, out);
    }
    cipher_free(c);
    mem_free(out);
    const struct part all[] = {key, iv, aad, plain, text, icv};
    for (size_t i = 0; i < COUNT(all); i++)
        mem_free(all[i].p);
}

/* --- CCM ---------------------------------------------------------------------------------------
 *
 * RFC 4309 has no vectors of its own, so CCM is put together here as RFC 3610, 2 says, from CBC and
 * from single blocks, which have vectors. */

enum { MESSAGE = 100, AAD = 12 };

static void block(struct cipher *cbc, const uint8_t *in, uint8_t *out)
{
    static const uint8_t zero[16];

    assert_ok(cipher_encrypt(cbc, zero, in, out, 16));
}

/* B_0 and its followers are in IN; the CBC-MAC is the last block. */
static void cbc_mac(struct cipher *cbc, const uint8_t *in, size_t n, uint8_t *out)
{
    uint8_t x[16] = {0};

    for (size_t at = 0; at < n; at += 16) {
        for (size_t i = 0; i < 16; i++)
            x[i] ^= in[at + i];
        block(cbc, x, x);
    }
    memcpy(out, x, 16);
}

static void by_definition(enum cipher_alg alg, const uint8_t *key, const uint8_t *iv,
                          const uint8_t *aad, const uint8_t *in, size_t n, uint8_t *out,
                          uint8_t *icv)
{
    static const enum cipher_alg cbcs[] = {CIPHER_AES128_CBC, CIPHER_AES192_CBC, CIPHER_AES256_CBC};
    size_t key_len = cipher_key_bits(alg) / 8, m = cipher_icv_len(alg);
    uint8_t b[16 + 16 + MESSAGE + 16] = {0}, a[16] = {3}, s[16], mac[16];
    struct cipher *cbc;

    assert_ok(cipher_new(cbcs[key_len / 8 - 2], bytes_of(key, key_len), &cbc));
    memcpy(a + 1, key + key_len, 3); /* A_i: L' = 3, nonce, counter */
    memcpy(a + 4, iv, 8);
    memcpy(b, a, 16);
    b[0] = (uint8_t)(0x40 | (m - 2) / 2 << 3 | 3);
    b[15] = (uint8_t)n;
    b[17] = AAD;
    memcpy(b + 18, aad, AAD);
    memcpy(b + 32, in, n);
    cbc_mac(cbc, b, 32 + (n + 15) / 16 * 16, mac);
    block(cbc, a, s);
    for (size_t i = 0; i < m; i++)
        icv[i] = mac[i] ^ s[i];
    for (size_t i = 0; i < n; i++) {
        a[15] = (uint8_t)(i / 16 + 1);
        if (i % 16 == 0)
            block(cbc, a, s);
        out[i] = in[i] ^ s[i % 16];
    }
    cipher_free(cbc);
}

static void ccm_is_as_defined(void **state)
{
    uint8_t key[CIPHER_KEY_MAX], iv[8], aad[AAD], in[MESSAGE], want[MESSAGE], got[MESSAGE];
    uint8_t want_icv[16], icv[16];

    (void)state;
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)(i * 5 + 1);
    for (enum cipher_alg a = CIPHER_NONE + 1; a < CIPHER_COUNT; a++) {
        struct cipher *c;
        if (cipher_mode(a) != CIPHER_MODE_CCM)
            continue;
        assert_ok(cipher_new(a, bytes_of(key, cipher_key_len(a)), &c));
        for (size_t n = 1; n <= MESSAGE; n += 3) {
            memset(iv, (int)n, sizeof(iv));
            memset(aad, (int)n + 1, sizeof(aad));
            memset(in, (int)n + 2, sizeof(in));
            by_definition(a, key, iv, aad, in, n, want, want_icv);
            assert_ok(cipher_seal(c, iv, bytes_of(aad, AAD), in, got, n, icv));
            assert_memory_equal(got, want, n);
            assert_memory_equal(icv, want_icv, cipher_icv_len(a));
            assert_ok(cipher_open(c, iv, bytes_of(aad, AAD), got, got, n, icv));
            assert_memory_equal(got, in, n);
            icv[0] ^= 0x80;
            assert_int_equal(cipher_open(c, iv, bytes_of(aad, AAD), want, got, n, icv), ERR_AUTH);
        }
        cipher_free(c);
    }
}

static void the_two_ways_of_calling_are_not_mixed(void **state)
{
    uint8_t key[CIPHER_KEY_MAX] = {0}, iv[16] = {0}, text[16] = {0}, icv[16];
    struct cipher *c;

    (void)state;
    for (enum cipher_alg a = CIPHER_NONE + 1; a < CIPHER_COUNT; a++) {
        assert_ok(cipher_new(a, bytes_of(key, cipher_key_len(a)), &c));
        if (cipher_is_aead(a)) {
            assert_int_equal(cipher_encrypt(c, iv, text, text, 16), ERR_RANGE);
            assert_int_equal(cipher_decrypt(c, iv, text, text, 16), ERR_RANGE);
        } else {
            struct bytes none = {0};
            assert_int_equal(cipher_seal(c, iv, none, text, text, 16, icv), ERR_RANGE);
            assert_int_equal(cipher_open(c, iv, none, text, text, 16, icv), ERR_RANGE);
        }
        cipher_free(c);
    }
}

int main(void)
{
    struct CMUnitTest tests[2 + COUNT(rows)] = {
        cmocka_unit_test(ccm_is_as_defined),
        cmocka_unit_test(the_two_ways_of_calling_are_not_mixed),
    };
    size_t n = 2;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, the_text_is_the_published_one, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("crypto/aead", tests, n, NULL, NULL);
}
