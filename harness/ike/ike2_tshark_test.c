/* What we send in IKEv2, Wireshark reads: every message of a life with rekeyings, a probe and
 * deletes, decrypted and authenticated with the keys that we export, for every suite that it has.
 */
#include "base/attr.h"
#include "base/buf.h"
#include "tests/ike_shark.h"
#include "tests/testkit.h"

#include <stdio.h>

static void act(struct two_ikes *t, int side, enum err e, double seconds)
{
    assert_ok(e);
    two_ikes_wait(t, side, seconds);
}

/* A establishes, B rekeys the pair, then the IKE SA, A probes under the new keys, B deletes. */
static void live(struct two_ikes *t)
{
    struct ike *a = t->side[IKE_A].ike, *b = t->side[IKE_B].ike;

    two_ikes_establish(t, IKE_A);
    act(t, IKE_B, ike_rekey_child(b, two_ikes_pair(t, IKE_B)), 1);
    act(t, IKE_B, ike_rekey_ike(b, NULL), 1);
    act(t, IKE_A, ike_probe(a, NULL), 1);
    act(t, IKE_B, ike_delete_child(b, two_ikes_pair(t, IKE_B), true), 1);
    ike_delete_ike(a, NULL, true);
    two_ikes_wait(t, IKE_A, 1);
    two_ikes_agree(t, 0, 0);
}

/* exchange | encrypted | payloads, those inside SA and SK included | message ID | notifies |
 * malformed | complaints. A star is the transform of the integrity that a cipher without one has.
 */
static const char expected[] =
    "34||33,2,3,3,3*,34,40,41,41,41|0x00000000|16388,16389,16430||\n"
    "34||33,2,3,3,3*,34,40,41,41,41|0x00000000|16388,16389,16430||\n"
    "35||46,35,39,41,33,2,3,3,44,45|0x00000001|16384||\n" /* IDi, AUTH, INITIAL_CONTACT, SA, TS, TS
                                                           */
    "35||46,36,39,33,2,3,3,44,45|0x00000001|||\n"         /* TSi first here, too */
    "36||46,41,33,2,3,3,3,40,34,44,45|0x00000000|16393||\n" /* REKEY_SA, SA, Ni, KEi, TS, TS */
    "36||46,33,2,3,3,3,40,34,44,45|0x00000000|||\n"
    "37||46,42|0x00000001|||\n" /* the old pair goes */
    "37||46,42|0x00000001|||\n"
    "36||46,33,2,3,3,3*,40,34|0x00000002|||\n" /* the IKE SA */
    "36||46,33,2,3,3,3*,40,34|0x00000002|||\n"
    "37||46,42|0x00000003|||\n"
    "37||46|0x00000003|||\n"
    "37||46|0x00000000|||\n" /* a probe, under the new keys */
    "37||46|0x00000000|||\n"
    "37||46,42|0x00000000|||\n" /* the pair */
    "37||46,42|0x00000000|||\n"
    "37||46,42|0x00000001|||\n" /* the IKE SA */
    "37||46|0x00000001|||\n";

static const struct row {
    struct ike_suite suite;
    uint8_t family; /* 0: IPv4 */
} rows[] = {
    {{CIPHER_3DES_CBC, DIGEST_MD5, 2, 86400, INTEG_HMAC_MD5_96}, 0},
    {{CIPHER_AES128_CBC, DIGEST_SHA1, 2, 86400, INTEG_HMAC_SHA1_96}, 0},
    {{CIPHER_AES192_CBC, DIGEST_SHA256, 31, 86400, INTEG_HMAC_SHA256_128}, 0},
    {{CIPHER_AES256_CBC, DIGEST_SHA256, 14, 86400, INTEG_HMAC_SHA256_128}, 0},
    {{CIPHER_AES256_CBC, DIGEST_SHA256, 31, 86400, INTEG_HMAC_SHA384_192}, 0},
    {{CIPHER_AES128_CTR, DIGEST_SHA256, 31, 86400, INTEG_HMAC_SHA512_256}, 0},
    {{CIPHER_AES192_CTR, DIGEST_SHA256, 31, 86400, INTEG_HMAC_SHA256_128}, 0},
    {{CIPHER_AES256_CTR, DIGEST_SHA256, 31, 86400, INTEG_HMAC_SHA1_96}, 0},
    {{CIPHER_AES256_GCM_16, DIGEST_SHA384, 19, 86400, INTEG_NONE}, 6},
    {{CIPHER_AES128_GCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_GCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES256_GCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES128_GCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_GCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES256_GCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES128_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_GCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES128_CCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_CCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES256_CCM_8, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES128_CCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_CCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES256_CCM_12, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES128_CCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES192_CCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
    {{CIPHER_AES256_CCM_16, DIGEST_SHA256, 31, 86400, INTEG_NONE}, 0},
};

/* EXPECTED, with the transform of integrity where there is one. */
static void expect(struct buf *want, bool integ)
{
    for (const char *p = expected; *p; p++) {
        if (*p != '*')
            buf_addc(want, *p);
        else if (integ)
            buf_adds(want, ",3");
    }
}

static void wireshark_reads_every_message(void **state)
{
    const struct row *row = *state;
    struct buf want = BUF_INIT;
    struct ike_shark l;

    ike_shark_need();
    ike_shark_init(&l);
    two_ikes_init_v2(&l.t);
    for (int i = 0; i < 2; i++) {
        l.t.side[i].suites[0] = row->suite;
        l.t.side[i].esp[0].pfs_group = 31;
        l.t.side[i].peer.dpd.answer_only = true;
        if (row->family == 6)
            assert_ok(ip_addr_parse(i ? "2001:db8::2" : "2001:db8::1", &l.t.side[i].addr));
    }
    two_ikes_start(&l.t);
    live(&l.t);
    expect(&want, row->suite.integ != INTEG_NONE);
    ike_shark_check(&l, "-e isakmp.messageid -e isakmp.notify.msgtype", buf_str(&want));
    buf_release(&want);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    char names[COUNT(rows)][80];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i += test_step(), n++) {
        snprintf(names[n], sizeof(names[n]), "%s_%s%s", cipher_name(rows[i].suite.cipher),
                 integ_name(rows[i].suite.integ), rows[i].family == 6 ? "_over_ipv6" : "");
        tests[n] = (struct CMUnitTest){names[n], wireshark_reads_every_message, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    }
    return _cmocka_run_group_tests("ike/ike2_tshark", tests, n, NULL, NULL);
}
