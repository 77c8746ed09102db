#include "crypto/hash.h"

#include "base/mem.h"
#include "tests/testkit.h"

static const char hexdigits[] = "0123456789abcdef";

static void to_hex(const uint8_t *p, size_t n, char *out)
{
    for (size_t i = 0; i < n; i++) {
        *out++ = hexdigits[p[i] >> 4];
        *out++ = hexdigits[p[i] & 15];
    }
    *out = '\0';
}

/* A message written as text, or as N bytes of one value. */
struct message {
    const char *text;
    size_t n;
    uint8_t fill;
};

static struct bytes make(const struct message *m, uint8_t *scratch)
{
    if (m->text)
        return bytes_str(m->text);
    memset(scratch, m->fill, m->n);
    return bytes_of(scratch, m->n);
}

#define ALPHA448 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define DIGITS   "1234567890"
#define DIGITS8  DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS DIGITS

static const struct digest_row {
    const char *what;
    enum digest_alg alg;
    struct message in;
    const char *want;
} digest_rows[] = {
    /* RFC 1321, A.5 */
    {"md5_of_nothing", DIGEST_MD5, {"", 0, 0}, "d41d8cd98f00b204e9800998ecf8427e"},
    {"md5_of_a", DIGEST_MD5, {"a", 0, 0}, "0cc175b9c0f1b6a831c399e269772661"},
    {"md5_of_abc", DIGEST_MD5, {"abc", 0, 0}, "900150983cd24fb0d6963f7d28e17f72"},
    {"md5_of_message_digest",
     DIGEST_MD5,
     {"message digest", 0, 0},
     "f96b697d7cb7938d525a2f31aaf161d0"},
    {"md5_of_the_alphabet",
     DIGEST_MD5,
     {"abcdefghijklmnopqrstuvwxyz", 0, 0},
     "c3fcd3d76192e4007dfb496cca67e13b"},
    {"md5_of_letters_and_digits",
     DIGEST_MD5,
     {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 0, 0},
     "d174ab98d277d9f5a5611c2c9f419d9f"},
    {"md5_of_80_digits", DIGEST_MD5, {DIGITS8, 0, 0}, "57edf4a22be3c955ac49da2e2107b67a"},
    /* FIPS 180-2, appendices A and B */
    {"sha1_of_abc", DIGEST_SHA1, {"abc", 0, 0}, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"sha1_of_two_blocks",
     DIGEST_SHA1,
     {ALPHA448, 0, 0},
     "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {"sha1_of_a_million_a",
     DIGEST_SHA1,
     {NULL, 1000000, 'a'},
     "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
    {"sha256_of_abc",
     DIGEST_SHA256,
     {"abc", 0, 0},
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha256_of_two_blocks",
     DIGEST_SHA256,
     {ALPHA448, 0, 0},
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"sha256_of_a_million_a",
     DIGEST_SHA256,
     {NULL, 1000000, 'a'},
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    {"sha384_of_abc",
     DIGEST_SHA384,
     {"abc", 0, 0},
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
     "8086072ba1e7cc2358baeca134c825a7"},
    {"sha512_of_abc",
     DIGEST_SHA512,
     {"abc", 0, 0},
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
     "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
};

static void the_digest_is_the_published_one(void **state)
{
    const struct digest_row *row = *state;
    uint8_t *scratch = mem_zalloc(row->in.n), sum[DIGEST_MAX];
    struct bytes in = make(&row->in, scratch);
    char got[2 * DIGEST_MAX + 1];

    for (size_t cut = 0; cut <= in.n; cut += in.n / 5 + 1) { /* wherever it is cut */
        const struct bytes parts[] = {bytes_head(in, cut), bytes_from(in, cut)};
        digest_sum(row->alg, parts, COUNT(parts), sum);
        to_hex(sum, digest_len(row->alg), got);
        assert_string_equal(got, row->want);
    }
    mem_free(scratch);
}

static const struct hmac_row {
    const char *what;
    enum digest_alg alg;
    struct message key, in;
    const char *want;
} hmac_rows[] = {
    /* RFC 2202, 2 */
    {"hmac_md5_1",
     DIGEST_MD5,
     {NULL, 16, 0x0b},
     {"Hi There", 0, 0},
     "9294727a3638bb1c13f48ef8158bfc9d"},
    {"hmac_md5_2",
     DIGEST_MD5,
     {"Jefe", 0, 0},
     {"what do ya want for nothing?", 0, 0},
     "750c783e6ab0b503eaa86e310a5db738"},
    {"hmac_md5_3",
     DIGEST_MD5,
     {NULL, 16, 0xaa},
     {NULL, 50, 0xdd},
     "56be34521d144c88dbb8c733f0e8b3f6"},
    {"hmac_md5_5",
     DIGEST_MD5,
     {NULL, 16, 0x0c},
     {"Test With Truncation", 0, 0},
     "56461ef2342edc00f9bab995690efd4c"},
    {"hmac_md5_6_key_longer_than_a_block",
     DIGEST_MD5,
     {NULL, 80, 0xaa},
     {"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0},
     "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd"},
    {"hmac_md5_7_key_and_data_longer_than_a_block",
     DIGEST_MD5,
     {NULL, 80, 0xaa},
     {"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 0, 0},
     "6f630fad67cda0ee1fb1f562db3aa53e"},
    /* RFC 2202, 3 */
    {"hmac_sha1_1",
     DIGEST_SHA1,
     {NULL, 20, 0x0b},
     {"Hi There", 0, 0},
     "b617318655057264e28bc0b6fb378c8ef146be00"},
    {"hmac_sha1_2",
     DIGEST_SHA1,
     {"Jefe", 0, 0},
     {"what do ya want for nothing?", 0, 0},
     "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"},
    {"hmac_sha1_3",
     DIGEST_SHA1,
     {NULL, 20, 0xaa},
     {NULL, 50, 0xdd},
     "125d7342b9ac11cd91a39af48aa17b4f63f175d3"},
    {"hmac_sha1_5",
     DIGEST_SHA1,
     {NULL, 20, 0x0c},
     {"Test With Truncation", 0, 0},
     "4c1a03424b55e07fe7f27be1d58bb9324a9a5a04"},
    {"hmac_sha1_6_key_longer_than_a_block",
     DIGEST_SHA1,
     {NULL, 80, 0xaa},
     {"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0},
     "aa4ae5e15272d00e95705637ce8a3b55ed402112"},
    {"hmac_sha1_7_key_and_data_longer_than_a_block",
     DIGEST_SHA1,
     {NULL, 80, 0xaa},
     {"Test Using Larger Than Block-Size Key and Larger Than One Block-Size Data", 0, 0},
     "e8e99d0f45237d786d6bbaa7965c7808bbff1a91"},
    /* RFC 4231, 4 */
    {"hmac_sha256_1",
     DIGEST_SHA256,
     {NULL, 20, 0x0b},
     {"Hi There", 0, 0},
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {"hmac_sha256_2",
     DIGEST_SHA256,
     {"Jefe", 0, 0},
     {"what do ya want for nothing?", 0, 0},
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {"hmac_sha256_3",
     DIGEST_SHA256,
     {NULL, 20, 0xaa},
     {NULL, 50, 0xdd},
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"hmac_sha256_6_key_longer_than_a_block",
     DIGEST_SHA256,
     {NULL, 131, 0xaa},
     {"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0},
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {"hmac_sha256_7_key_and_data_longer_than_a_block",
     DIGEST_SHA256,
     {NULL, 131, 0xaa},
     {"This is a test using a larger than block-size key and a larger than block-size data. The "
      "key needs to be hashed before being used by the HMAC algorithm.",
      0, 0},
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
    {"hmac_sha384_1",
     DIGEST_SHA384,
     {NULL, 20, 0x0b},
     {"Hi There", 0, 0},
     "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c"
     "faea9ea9076ede7f4af152e8b2fa9cb6"},
    {"hmac_sha384_2",
     DIGEST_SHA384,
     {"Jefe", 0, 0},
     {"what do ya want for nothing?", 0, 0},
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e"
     "8e2240ca5e69e2c78b3239ecfab21649"},
    {"hmac_sha384_6_key_longer_than_a_block",
     DIGEST_SHA384,
     {NULL, 131, 0xaa},
     {"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0},
     "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c6"
     "0c2ef6ab4030fe8296248df163f44952"},
    {"hmac_sha512_1",
     DIGEST_SHA512,
     {NULL, 20, 0x0b},
     {"Hi There", 0, 0},
     "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
     "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854"},
    {"hmac_sha512_2",
     DIGEST_SHA512,
     {"Jefe", 0, 0},
     {"what do ya want for nothing?", 0, 0},
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
     "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"},
    {"hmac_sha512_6_key_longer_than_a_block",
     DIGEST_SHA512,
     {NULL, 131, 0xaa},
     {"Test Using Larger Than Block-Size Key - Hash Key First", 0, 0},
     "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
     "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598"},
};

static void the_hmac_is_the_published_one(void **state)
{
    const struct hmac_row *row = *state;
    uint8_t keymem[256], inmem[256], sum[DIGEST_MAX];
    struct bytes key = make(&row->key, keymem), in = make(&row->in, inmem);
    char got[2 * DIGEST_MAX + 1];
    struct hmac *h;

    assert_ok(hmac_new(row->alg, key, &h));
    for (size_t cut = 0; cut <= in.n; cut++) { /* one key, many messages */
        const struct bytes parts[] = {bytes_head(in, cut), bytes_from(in, cut)};
        hmac_sum(h, parts, COUNT(parts), sum);
        to_hex(sum, digest_len(row->alg), got);
        assert_string_equal(got, row->want);
    }
    hmac_free(h);
    hmac_once(row->alg, key, &in, 1, sum);
    to_hex(sum, digest_len(row->alg), got);
    assert_string_equal(got, row->want);
}

static void an_hmac_of_no_algorithm_is_refused(void **state)
{
    struct hmac *h;

    (void)state;
    assert_int_equal(hmac_new(DIGEST_NONE, bytes_str("key"), &h), ERR_UNSUPPORTED);
    assert_int_equal(hmac_new(DIGEST_COUNT, bytes_str("key"), &h), ERR_UNSUPPORTED);
    hmac_free(NULL);
}

static void integrity_algorithms_are_found_by_name(void **state)
{
    (void)state;
    for (enum integ_alg a = INTEG_NONE + 1; a < INTEG_COUNT; a++)
        assert_int_equal(integ_by_name(integ_name(a)), a);
    assert_int_equal(integ_by_name("none"), INTEG_NONE);
    assert_int_equal(integ_by_name("hmac-sha3"), INTEG_NONE);
    assert_int_equal(integ_icv_len(INTEG_HMAC_MD5_96), 12);
    assert_int_equal(integ_key_len(INTEG_HMAC_MD5_96), 16);
    assert_int_equal(integ_key_len(INTEG_HMAC_SHA1_96), 20);
    assert_int_equal(integ_icv_len(INTEG_HMAC_SHA256_128), 16);
    assert_int_equal(integ_key_len(INTEG_HMAC_SHA256_128), 32);
    assert_int_equal(integ_icv_len(INTEG_NONE), 0);
    assert_string_equal(digest_name(DIGEST_SHA256), "sha256");
}

static void a_running_sha256_goes_on_behind_its_end(void **state)
{
    struct sha256 s;
    uint8_t sum[32];
    char got[65];

    (void)state;
    sha256_begin(&s);
    sha256_end(&s, sum);
    to_hex(sum, 32, got);
    assert_string_equal(got, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    sha256_add(&s, bytes_str("ab"));
    sha256_end(&s, sum);
    sha256_add(&s, bytes_str("c"));
    for (int i = 0; i < 2; i++) {
        sha256_end(&s, sum);
        to_hex(sum, 32, got);
        assert_string_equal(got, digest_rows[10].want);
    }
}

static void a_running_sha256_ends_in_its_own_memory(void **state)
{
    union {
        struct sha256 s;
        uint8_t sum[32];
    } u;
    char got[65];

    (void)state;
    sha256_begin(&u.s);
    sha256_add(&u.s, bytes_str("abc"));
    sha256_end(&u.s, u.sum);
    to_hex(u.sum, 32, got);
    assert_string_equal(got, digest_rows[10].want);
}

static void secrets_compare_over_every_byte(void **state)
{
    uint8_t a[16] = {0}, b[16] = {0};

    (void)state;
    assert_true(secret_eq(a, b, sizeof(a)));
    for (size_t i = 0; i < sizeof(a); i++) {
        b[i] = 1;
        assert_false(secret_eq(a, b, sizeof(a)));
        b[i] = 0;
    }
}

int main(void)
{
    struct CMUnitTest tests[4 + COUNT(digest_rows) + COUNT(hmac_rows)] = {
        cmocka_unit_test(an_hmac_of_no_algorithm_is_refused),
        cmocka_unit_test(integrity_algorithms_are_found_by_name),
        cmocka_unit_test(a_running_sha256_goes_on_behind_its_end),
        cmocka_unit_test(a_running_sha256_ends_in_its_own_memory),
        cmocka_unit_test(secrets_compare_over_every_byte),
    };
    size_t n = 4;

    for (size_t i = 0; i < COUNT(digest_rows); i++)
        tests[n++] = (struct CMUnitTest){digest_rows[i].what, the_digest_is_the_published_one, NULL,
                                         NULL, (void *)(uintptr_t)&digest_rows[i]};
    for (size_t i = 0; i < COUNT(hmac_rows); i++)
        tests[n++] = (struct CMUnitTest){hmac_rows[i].what, the_hmac_is_the_published_one, NULL,
                                         NULL, (void *)(uintptr_t)&hmac_rows[i]};
    return _cmocka_run_group_tests("crypto/hash", tests, n, NULL, NULL);
}
