#include "crypto/cipher.h"

#include "base/mem.h"
#include "tests/testkit.h"

/* SP 800-38A, F.2: the plaintext and IV of all its CBC examples. */
#define SP_PLAIN                                                                                   \
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"                             \
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
#define SP_IV      "000102030405060708090a0b0c0d0e0f"
#define ZERO_IV    "00000000000000000000000000000000"
#define NIST_BLOCK "00112233445566778899aabbccddeeff" /* FIPS 197, C: one block, so a zero IV */

static const struct row {
    const char *what;
    enum cipher_alg alg;
    const char *key, *iv, *plain, *cipher;
} rows[] = {
    {"aes_128_of_fips_197_c1", CIPHER_AES128_CBC, "000102030405060708090a0b0c0d0e0f", ZERO_IV,
     NIST_BLOCK, "69c4e0d86a7b0430d8cdb78070b4c55a"},
    {"aes_192_of_fips_197_c2", CIPHER_AES192_CBC,
     "000102030405060708090a0b0c0d0e0f1011121314151617", ZERO_IV, NIST_BLOCK,
     "dda97ca4864cdfe06eaf70a0ec0d7191"},
    {"aes_256_of_fips_197_c3", CIPHER_AES256_CBC,
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", ZERO_IV, NIST_BLOCK,
     "8ea2b7ca516745bfeafc49904b496089"},
    {"aes_128_of_sp_800_38a_f21", CIPHER_AES128_CBC, "2b7e151628aed2a6abf7158809cf4f3c", SP_IV,
     SP_PLAIN,
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {"aes_192_of_sp_800_38a_f23", CIPHER_AES192_CBC,
     "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", SP_IV, SP_PLAIN,
     "4f021db243bc633d7178183a9fa071e8b4d9ada9ad7dedf4e5e738763f69145a"
     "571b242012fb7ae07fa9baac3df102e008b0e27988598881d920a9e64f5615cd"},
    {"aes_256_of_sp_800_38a_f25", CIPHER_AES256_CBC,
     "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", SP_IV, SP_PLAIN,
     "f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d"
     "39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b"},
    {"aes_128_of_rfc_3602_case_1", CIPHER_AES128_CBC, "06a9214036b8a15b512e03d534120006",
     "3dafba429d9eb430b422da802c9fac41", "53696e676c6520626c6f636b206d7367",
     "e353779c1079aeb82708942dbe77181a"},
    {"aes_128_of_rfc_3602_case_2", CIPHER_AES128_CBC, "c286696d887c9aa0611bbb3e2025a45a",
     "562e17996d093d28ddb3ba695a2e6f58",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "d296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1"},
    {"aes_128_of_rfc_3602_case_3", CIPHER_AES128_CBC, "6c3ea0477630ce21a2ce334aa746c2cd",
     "c782dc4c098c66cbd9cd27d825682c81",
     "5468697320697320612034382d62797465206d657373616765202865786163746c7920332041455320626c6f63"
     "6b7329",
     "d0a02b3836451753d493665d33f0e8862dea54cdb293abc7506939276772f8d5021c19216bad525c8579695d83"
     "ba2684"},
    {"aes_128_of_rfc_3602_case_4", CIPHER_AES128_CBC, "56e47a38c5598974bc46903dba290349",
     "8ce82eefbea0da3c44699ed7db51b7d9",
     "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
     "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedf",
     "c30e32ffedc0774e6aff6af0869f71aa0f3af07a9a31a9c684db207eb0ef8e4e"
     "35907aa632c3ffdf868bb7b29d3d46ad83ce9f9a102ee99d49a53e87f4c3da55"},
    {"des_of_fips_81_b1", CIPHER_DES_CBC, "0123456789abcdef", "1234567890abcdef",
     "4e6f77206973207468652074696d6520666f7220616c6c20",
     "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"},
    {"des_of_sp_800_17_variable_plaintext", CIPHER_DES_CBC, "0101010101010101", "0000000000000000",
     "8000000000000000", "95f8a5e5dd31d900"},
    {"des_of_sp_800_17_permutation", CIPHER_DES_CBC, "1046913489980131", "0000000000000000",
     "0000000000000000", "88d55e54f54c97b4"},
    {"3des_with_three_keys", CIPHER_3DES_CBC, "0123456789abcdeff1e0d3c2b5a49786fedcba9876543210",
     "fedcba9876543210", "37363534333231204e6f77206973207468652074696d6520666f722000000000",
     "3fe301c962ac01d02213763c1cbd4cdc799657c064ecf5d41c673812cfde9675"},
    {"3des_with_equal_keys_is_des", CIPHER_3DES_CBC,
     "0123456789abcdef0123456789abcdef0123456789abcdef", "1234567890abcdef",
     "4e6f77206973207468652074696d6520666f7220616c6c20",
     "e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6"},
};

struct vector {
    uint8_t *key, *iv, *plain, *cipher;
    size_t nkey, niv, nplain, ncipher;
};

static struct vector unhex(const struct row *row)
{
    struct vector v;

    v.key = test_hex(row->key, &v.nkey);
    v.iv = test_hex(row->iv, &v.niv);
    v.plain = test_hex(row->plain, &v.nplain);
    v.cipher = test_hex(row->cipher, &v.ncipher);
    return v;
}

static void vector_release(struct vector *v)
{
    mem_free(v->key);
    mem_free(v->iv);
    mem_free(v->plain);
    mem_free(v->cipher);
}

static void the_ciphertext_is_the_published_one(void **state)
{
    const struct row *row = *state;
    struct vector v = unhex(row);
    uint8_t *out = mem_zalloc(v.nplain);
    struct cipher *c;

    assert_int_equal(v.niv, cipher_block_len(row->alg));
    assert_int_equal(v.nplain, v.ncipher);
    assert_ok(cipher_new(row->alg, bytes_of(v.key, v.nkey), &c));
    for (int i = 0; i < 3; i++) { /* one key, many messages, both ways in turn */
        assert_ok(cipher_encrypt(c, v.iv, v.plain, out, v.nplain));
        assert_memory_equal(out, v.cipher, v.nplain);
        assert_ok(cipher_decrypt(c, v.iv, v.cipher, out, v.nplain));
        assert_memory_equal(out, v.plain, v.nplain);
    }
    assert_ok(cipher_encrypt(c, v.iv, out, out, v.nplain)); /* in place */
    assert_memory_equal(out, v.cipher, v.nplain);
    assert_ok(cipher_decrypt(c, v.iv, out, out, v.nplain));
    assert_memory_equal(out, v.plain, v.nplain);
    cipher_free(c);
    mem_free(out);
    vector_release(&v);
}

static void a_key_of_another_length_is_refused(void **state)
{
    uint8_t key[CIPHER_KEY_MAX + 1] = {0};
    struct cipher *c;

    (void)state;
    for (enum cipher_alg a = CIPHER_NONE + 1; a < CIPHER_COUNT; a++)
        for (size_t n = 0; n <= sizeof(key); n++)
            if (n != cipher_key_len(a))
                assert_int_equal(cipher_new(a, bytes_of(key, n), &c), ERR_RANGE);
    assert_int_equal(cipher_new(CIPHER_NONE, bytes_of(key, 0), &c), ERR_UNSUPPORTED);
    assert_int_equal(cipher_new(CIPHER_COUNT, bytes_of(key, 8), &c), ERR_UNSUPPORTED);
    cipher_free(NULL);
}

static void a_message_of_broken_blocks_is_refused(void **state)
{
    uint8_t key[16] = {0}, iv[16] = {0}, in[32] = {0}, out[32];
    struct cipher *c;

    (void)state;
    assert_ok(cipher_new(CIPHER_AES128_CBC, bytes_of(key, 16), &c));
    for (size_t n = 0; n <= 32; n++) {
        enum err want = n % 16 ? ERR_RANGE : ERR_OK;
        assert_int_equal(cipher_encrypt(c, iv, in, out, n), want);
        assert_int_equal(cipher_decrypt(c, iv, in, out, n), want);
    }
    cipher_free(c);
}

static void ciphers_are_found_by_name(void **state)
{
    (void)state;
    for (enum cipher_alg a = CIPHER_NONE + 1; a < CIPHER_COUNT; a++) {
        assert_int_equal(cipher_by_name(cipher_name(a)), a);
        assert_true(cipher_key_len(a) <= CIPHER_KEY_MAX);
        assert_true(cipher_block_len(a) <= CIPHER_BLOCK_MAX);
    }
    assert_int_equal(cipher_by_name("none"), CIPHER_NONE);
    assert_int_equal(cipher_by_name("rot13"), CIPHER_NONE);
    assert_string_equal(cipher_name(CIPHER_NONE), "none");
}

int main(void)
{
    struct CMUnitTest tests[3 + COUNT(rows)] = {
        cmocka_unit_test(a_key_of_another_length_is_refused),
        cmocka_unit_test(a_message_of_broken_blocks_is_refused),
        cmocka_unit_test(ciphers_are_found_by_name),
    };
    size_t n = 3;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, the_ciphertext_is_the_published_one, NULL,
                                         NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("crypto/cipher", tests, n, NULL, NULL);
}
