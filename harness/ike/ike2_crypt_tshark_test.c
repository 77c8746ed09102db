/* What we send as IKEv2, Wireshark reads: every message of a life with rekeyings, probes and
 * deletes, decrypted and authenticated with the keys that we export, for every suite that it has.
 */
#include "base/attr.h"
#include "tests/ike_shark.h"
#include "tests/testkit.h"

#include <stdio.h>

/* A establishes, B rekeys the pair, A probes, B rekeys the IKE SA, both kinds of delete. */
static void live(struct two_ikes *t)
{
    two_ikes_establish(t, IKE_A);
    assert_ok(ike_rekey_child(t->side[IKE_B].ike, two_ikes_pair(t, IKE_B)));
    two_ikes_wait(t, IKE_B, 1);
    assert_ok(ike_rekey_ike(t->side[IKE_B].ike, NULL));
    two_ikes_wait(t, IKE_B, 1);
    assert_ok(ike_delete_child(t->side[IKE_A].ike, two_ikes_pair(t, IKE_A), true));
    two_ikes_wait(t, IKE_A, 1);
    ike_delete_ike(t->side[IKE_A].ike, NULL, true);
    two_ikes_wait(t, IKE_A, 1);
    two_ikes_agree(t, 0, 0);
}

static struct ike_suite suite_of(enum cipher_alg c, enum integ_alg i)
{
    return (struct ike_suite){c, DIGEST_SHA256, 31, 86400, i};
}

/* exchange | payloads, those inside SK, SA and proposals included | notifies | malformed |
 * complaints. %s: the transform of integrity, where there is one. */
static const char expected[] = "34||33,2,3%s,3,3,34,40,41,41,41|16388,16389,16430||\n"
                               "34||33,2,3%s,3,3,34,40,41,41,41|16388,16389,16430||\n"
                               "35||46,35,39,41,33,2,3,3,44,45|16384||\n"
                               "35||46,36,39,33,2,3,3,45,44|||\n"
                               "36||46,41,33,2,3,3,40,44,45|16393||\n" /* the pair rekeyed */
                               "36||46,33,2,3,3,40,45,44|||\n"
                               "37||46,42|||\n"
                               "37||46,42|||\n"
                               "36||46,33,2,3%s,3,3,40,34|||\n" /* the IKE SA rekeyed */
                               "36||46,33,2,3%s,3,3,40,34|||\n"
                               "37||46,42|||\n"
                               "37||46|||\n"
                               "37||46,42|||\n" /* the pair goes */
                               "37||46,42|||\n"
                               "37||46,42|||\n" /* the IKE SA goes */
                               "37||46|||\n";

static const struct row {
    enum cipher_alg cipher;
    enum integ_alg integ;
} rows[] = {
    {CIPHER_3DES_CBC, INTEG_HMAC_MD5_96},       {CIPHER_AES128_CBC, INTEG_HMAC_SHA1_96},
    {CIPHER_AES192_CBC, INTEG_HMAC_SHA256_128}, {CIPHER_AES256_CBC, INTEG_HMAC_SHA384_192},
    {CIPHER_AES128_CTR, INTEG_HMAC_SHA512_256}, {CIPHER_AES192_CTR, INTEG_HMAC_SHA256_128},
    {CIPHER_AES256_CTR, INTEG_HMAC_SHA1_96},    {CIPHER_AES128_GCM_8, INTEG_NONE},
    {CIPHER_AES192_GCM_8, INTEG_NONE},          {CIPHER_AES256_GCM_8, INTEG_NONE},
    {CIPHER_AES128_GCM_12, INTEG_NONE},         {CIPHER_AES192_GCM_12, INTEG_NONE},
    {CIPHER_AES256_GCM_12, INTEG_NONE},         {CIPHER_AES128_GCM_16, INTEG_NONE},
    {CIPHER_AES192_GCM_16, INTEG_NONE},         {CIPHER_AES256_GCM_16, INTEG_NONE},
    {CIPHER_AES128_CCM_8, INTEG_NONE},          {CIPHER_AES192_CCM_8, INTEG_NONE},
    {CIPHER_AES256_CCM_8, INTEG_NONE},          {CIPHER_AES128_CCM_12, INTEG_NONE},
    {CIPHER_AES192_CCM_12, INTEG_NONE},         {CIPHER_AES256_CCM_12, INTEG_NONE},
    {CIPHER_AES128_CCM_16, INTEG_NONE},         {CIPHER_AES192_CCM_16, INTEG_NONE},
    {CIPHER_AES256_CCM_16, INTEG_NONE},
};

static void wireshark_reads_every_message(void **state)
{
    const struct row *row = *state;
    const char *integ = row->integ == INTEG_NONE ? "" : ",3";
    char want[sizeof(expected) + 16];
    struct ike_shark l;

    ike_shark_need();
    ike_shark_init(&l);
    two_ikes_init_v2(&l.t);
    for (int i = 0; i < 2; i++)
        l.t.side[i].suites[0] = suite_of(row->cipher, row->integ);
    two_ikes_start(&l.t);
    live(&l.t);
    snprintf(want, sizeof(want), expected, integ, integ, integ, integ);
    ike_shark_check(&l, "-e isakmp.notify.msgtype", want);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    char names[COUNT(rows)][80];

    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(names[i], sizeof(names[i]), "%s_%s", cipher_name(rows[i].cipher),
                 integ_name(rows[i].integ));
        tests[i] = (struct CMUnitTest){names[i], wireshark_reads_every_message, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    }
    return cmocka_run_group_tests_name("ike/ike2_tshark", tests, NULL, NULL);
}
