#include "ike/ike2_transform.h"

#include "base/attr.h"
#include "tests/testkit.h"

/* IANA's registry "IKEv2 parameters", and what RFC 8221 calls the algorithms. */
static const struct {
    enum cipher_alg cipher;
    uint16_t id, bits;
} encrs[] = {
    {CIPHER_NONE, 11, 0},
    {CIPHER_DES_CBC, 2, 0},
    {CIPHER_3DES_CBC, 3, 0},
    {CIPHER_AES128_CBC, 12, 128},
    {CIPHER_AES256_CBC, 12, 256},
    {CIPHER_AES192_CTR, 13, 192},
    {CIPHER_AES128_CCM_8, 14, 128},
    {CIPHER_AES192_CCM_12, 15, 192},
    {CIPHER_AES256_CCM_16, 16, 256},
    {CIPHER_AES128_GCM_8, 18, 128},
    {CIPHER_AES192_GCM_12, 19, 192},
    {CIPHER_AES256_GCM_16, 20, 256},
    {CIPHER_CHACHA20_POLY1305, 28, 0},
};

static void ciphers_have_the_numbers_of_iana(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(encrs); i++) {
        struct ikev2_transform t = ike2_encr(encrs[i].cipher);
        assert_int_equal(t.type, 1);
        assert_int_equal(t.id, encrs[i].id);
        assert_int_equal(t.key_bits, encrs[i].bits);
    }
}

static void every_algorithm_is_found_again(void **state)
{
    (void)state;
    for (enum cipher_alg want = CIPHER_NONE; want < CIPHER_COUNT; want++) {
        struct ikev2_transform t = ike2_encr(want);
        enum cipher_alg got = CIPHER_COUNT;
        assert_ok(ike2_cipher_of(&t, &got));
        assert_int_equal(got, want);
        assert_non_null(ikev2_encr_name(t.id));
    }
    for (enum prf_alg want = PRF_NONE + 1; want < PRF_COUNT; want++) {
        struct ikev2_transform t = ike2_prf(want);
        enum prf_alg got = PRF_COUNT;
        assert_ok(ike2_prf_of(&t, &got));
        assert_int_equal(got, want);
    }
    for (enum integ_alg want = INTEG_NONE; want < INTEG_COUNT; want++) {
        struct ikev2_transform t = ike2_integ(want);
        enum integ_alg got = INTEG_COUNT;
        assert_ok(ike2_integ_of(&t, &got));
        assert_int_equal(got, want);
    }
}

static void what_we_do_not_have_is_not_found(void **state)
{
    static const struct ikev2_transform others[] = {
        {IKEV2_T_ENCR, 12, 0, false},   /* AES without a key length */
        {IKEV2_T_ENCR, 12, 512, false}, /* of no length that it has */
        {IKEV2_T_ENCR, 3, 192, false},  /* one where none belongs */
        {IKEV2_T_ENCR, 12, 128, true},  /* with something odd */
        {IKEV2_T_ENCR, 7, 128, false},  /* Blowfish */
    };
    static const struct ikev2_transform xcbc = {IKEV2_T_INTEG, 5, 0, false},
                                        tiger = {IKEV2_T_PRF, 3, 0, false};
    enum cipher_alg c;
    enum integ_alg i;
    enum prf_alg p;

    (void)state;
    for (size_t k = 0; k < COUNT(others); k++)
        assert_int_equal(ike2_cipher_of(&others[k], &c), ERR_NOTFOUND);
    assert_int_equal(ike2_integ_of(&xcbc, &i), ERR_NOTFOUND);
    assert_int_equal(ike2_prf_of(&tiger, &p), ERR_NOTFOUND);
}

static void the_rest_is_plain(void **state)
{
    (void)state;
    assert_int_equal(ike2_group(31).type, IKEV2_T_DH);
    assert_int_equal(ike2_group(31).id, 31);
    assert_int_equal(ike2_esn(true).id, 1);
    assert_int_equal(ike2_esn(false).id, 0);
    assert_int_equal(ike2_integ(INTEG_HMAC_SHA256_128).id, 12);
    assert_int_equal(ike2_prf(PRF_HMAC_SHA256).id, 5);
    assert_int_equal(ike2_prf(PRF_AES128_CMAC).id, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ciphers_have_the_numbers_of_iana),
        cmocka_unit_test(every_algorithm_is_found_again),
        cmocka_unit_test(what_we_do_not_have_is_not_found),
        cmocka_unit_test(the_rest_is_plain),
    };

    return cmocka_run_group_tests_name("ike/ike2_transform", tests, NULL, NULL);
}
