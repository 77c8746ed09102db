#include "crypto/prf.h"

#include "base/attr.h"
#include "base/mem.h"
#include "tests/testkit.h"

/* RFC 4434, 2 (and 3566, 4); RFC 4615, 4; RFC 4493, 4; RFC 2202 and 4231 for the HMACs. */
static const struct row {
    const char *what;
    enum prf_alg alg;
    const char *key, *text, *want;
} rows[] = {
    {"xcbc__key_of_16", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
     "000102030405060708090a0b0c0d0e0f10111213", "47f51b4564966215b8985c63055ed308"},
    {"xcbc__key_of_10__is_padded", PRF_AES128_XCBC, "00010203040506070809",
     "000102030405060708090a0b0c0d0e0f10111213", "0fa087af7d866e7653434e602fdde835"},
    {"xcbc__key_of_18__is_hashed", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0fedcb",
     "000102030405060708090a0b0c0d0e0f10111213", "8cd3c93ae598a9803006ffb67c40e9e4"},
    {"xcbc__nothing", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f", "",
     "75f0251d528ac01c4573dfd584d79f29"},
    {"xcbc__three_bytes", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f", "000102",
     "5b376580ae2f19afe7219ceef172756f"},
    {"xcbc__one_block", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
     "000102030405060708090a0b0c0d0e0f", "d2a246fa349b68a79998a4394ff7a263"},
    {"xcbc__two_blocks", PRF_AES128_XCBC, "000102030405060708090a0b0c0d0e0f",
     "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "f54f0ec8d2b9f3d36807734bd5283fd4"},
    {"cmac__key_of_18__is_hashed", PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0fedcb",
     "000102030405060708090a0b0c0d0e0f10111213", "84a348a4a45d235babfffc0d2b4da09a"},
    {"cmac__key_of_16", PRF_AES128_CMAC, "000102030405060708090a0b0c0d0e0f",
     "000102030405060708090a0b0c0d0e0f10111213", "980ae87b5f4c9c5214f5b6a8455e4c2d"},
    {"cmac__key_of_10__is_hashed", PRF_AES128_CMAC, "00010203040506070809",
     "000102030405060708090a0b0c0d0e0f10111213", "290d9e112edb09ee141fcf64c0b72f3d"},
    {"cmac__nothing", PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c", "",
     "bb1d6929e95937287fa37d129b756746"},
    {"cmac__one_block", PRF_AES128_CMAC, "2b7e151628aed2a6abf7158809cf4f3c",
     "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"},
    {"hmac_md5", PRF_HMAC_MD5, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "750c783e6ab0b503eaa86e310a5db738"},
    {"hmac_sha1", PRF_HMAC_SHA1, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"hmac_sha2_256", PRF_HMAC_SHA256, "4a656665",
     "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
};

static void is_that_of_the_rfc(void **state)
{
    const struct row *row = *state;
    size_t nk, nt, nw;
    uint8_t *key = test_hex(row->key, &nk), *text = test_hex(row->text, &nt);
    uint8_t *want = test_hex(row->want, &nw), got[PRF_MAX];

    assert_int_equal(nw, prf_len(row->alg));
    for (size_t cut = 0; cut <= nt; cut++) { /* however it comes in parts */
        const struct bytes parts[] = {bytes_of(text, cut), bytes_of(NULL, 0),
                                      bytes_of(text + cut, nt - cut)};
        prf_once(row->alg, bytes_of(key, nk), parts, COUNT(parts), got);
        assert_memory_equal(got, want, nw);
    }
    mem_free(key);
    mem_free(text);
    mem_free(want);
}

/* T1 = prf(K, S | 1), T2 = prf(K, T1 | S | 2), T3: Python's hmac with K = bytes(range(20)), S =
 * b"seed", SHA-1. */
static void prf_plus_goes_on_from_block_to_block(void **state)
{
    static const char want_hex[] = "fc6692ab20a215e10da622ae9d0ef252d290c5ce"
                                   "2afc818987d1e9bc79a297682ff6f32fef155334"
                                   "3273ad9e5dc81a0448e6";
    uint8_t key[20], got[60];
    const struct bytes seed[] = {{(const uint8_t *)"se", 2}, {(const uint8_t *)"ed", 2}};
    size_t n;
    uint8_t *want = test_hex(want_hex, &n);

    (void)state;
    for (uint8_t i = 0; i < sizeof(key); i++)
        key[i] = i;
    prf_plus(PRF_HMAC_SHA1, bytes_of(key, sizeof(key)), seed, COUNT(seed), got, n);
    assert_memory_equal(got, want, n);
    mem_free(want);
}

static void names_lead_back(void **state)
{
    (void)state;
    for (enum prf_alg a = PRF_NONE + 1; a < PRF_COUNT; a++)
        assert_int_equal(prf_by_name(prf_name(a)), a);
    assert_int_equal(prf_by_name("prf-of-nobody"), PRF_NONE);
    assert_int_equal(prf_of_digest(DIGEST_SHA384), PRF_HMAC_SHA384);
    assert_int_equal(prf_of_digest(DIGEST_NONE), PRF_NONE);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(prf_plus_goes_on_from_block_to_block), cmocka_unit_test(names_lead_back)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 2] = (struct CMUnitTest){rows[i].what, is_that_of_the_rfc, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("crypto/prf", tests, NULL, NULL);
}
