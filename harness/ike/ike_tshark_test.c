/* What we send, Wireshark reads: every message of a life with both phases, rekeyings, probes and
 * deletes, decrypted with the keys that we export, for every cipher. */
#include "base/attr.h"
#include "tests/ike_shark.h"
#include "tests/testkit.h"

/* A establishes, B rekeys phase 2, A probes, B rekeys phase 1, both kinds of delete. */
static void live(struct two_ikes *t)
{
    two_ikes_establish(t, IKE_A);
    assert_ok(ike_rekey_child(t->side[IKE_B].ike, two_ikes_pair(t, IKE_B)));
    two_ikes_drain(t, IKE_B);
    two_ikes_run(t, 21);
    assert_ok(ike_rekey_ike(t->side[IKE_B].ike, NULL));
    two_ikes_drain(t, IKE_B);
    two_ikes_run(t, 8);
    assert_ok(ike_delete_child(t->side[IKE_A].ike, two_ikes_pair(t, IKE_A), true));
    two_ikes_drain(t, IKE_A);
    two_ikes_run(t, 1);
    ike_delete_ike(t->side[IKE_A].ike, NULL, true);
    two_ikes_drain(t, IKE_A);
    two_ikes_run(t, 1);
    two_ikes_agree(t, 0, 0);
}

/* exchange | encrypted | payloads, those inside SA included | notify | malformed | complaints */
static const char expected[] = "2|0|1,2,3,13|||\n" /* SA with proposal and transform, VID */
                               "2|0|1,2,3,13|||\n"
                               "2|0|4,10|||\n" /* KE, NONCE */
                               "2|0|4,10|||\n"
                               "2|1|5,8,11|24578||\n"       /* ID, HASH, INITIAL-CONTACT */
                               "2|1|5,8,11|24576||\n"       /* ID, HASH, RESPONDER-LIFETIME */
                               "32|1|8,1,2,3,10,4,5,5|||\n" /* HASH, SA, NONCE, KE, ID, ID */
                               "32|1|8,1,2,3,10,4,5,5|||\n"
                               "32|1|8|||\n"
                               "32|1|8,1,2,3,10,4,5,5|||\n" /* rekeyed */
                               "32|1|8,1,2,3,10,4,5,5|||\n"
                               "32|1|8|||\n"
                               "5|1|8,11|36136||\n" /* R-U-THERE */
                               "5|1|8,12|||\n"      /* the old pair goes */
                               "5|1|8,11|36137||\n"
                               "5|1|8,11|36136||\n"
                               "5|1|8,11|36137||\n"
                               "2|0|1,2,3,13|||\n" /* phase 1 rekeyed */
                               "2|0|1,2,3,13|||\n"
                               "2|0|4,10|||\n"
                               "2|0|4,10|||\n"
                               "2|1|5,8|||\n"
                               "2|1|5,8|||\n"
                               "5|1|8,12|||\n" /* the old IKE SA goes */
                               "5|1|8,12|||\n" /* the pair */
                               "5|1|8,12|||\n" /* the IKE SA */;

static const struct row {
    const char *what;
    struct ike_suite suite;
    uint8_t family;
} rows[] = {
    {"des_md5", {CIPHER_DES_CBC, DIGEST_MD5, 1, 86400, INTEG_NONE}, 4},
    {"3des_sha1", {CIPHER_3DES_CBC, DIGEST_SHA1, 2, 86400, INTEG_NONE}, 4},
    {"aes_128_sha256", {CIPHER_AES128_CBC, DIGEST_SHA256, 5, 86400, INTEG_NONE}, 4},
    {"aes_192_sha1", {CIPHER_AES192_CBC, DIGEST_SHA1, 14, 86400, INTEG_NONE}, 4},
    {"aes_256_md5_over_ipv6", {CIPHER_AES256_CBC, DIGEST_MD5, 2, 86400, INTEG_NONE}, 6},
};

static void wireshark_reads_every_message(void **state)
{
    const struct row *row = *state;
    struct ike_shark l;

    ike_shark_need();
    ike_shark_init(&l);
    for (int i = 0; i < 2; i++) {
        l.t.side[i].suites[0] = row->suite;
        l.t.side[i].esp[0].pfs_group = 2;
        if (row->family == 6)
            assert_ok(ip_addr_parse(i ? "2001:db8::2" : "2001:db8::1", &l.t.side[i].addr));
    }
    l.t.side[IKE_B].suites[0].lifetime_s = 3600; /* lower: RESPONDER-LIFETIME goes out */
    two_ikes_start(&l.t);
    live(&l.t);
    ike_shark_check(&l, "-e isakmp.notify.msgtype", expected);
}

/* --- fragments -------------------------------------------------------------------------------- */

/* exchange | encrypted | payloads, those of what the fragments make included | number | last |
 * malformed | complaints */
static const char expected_pieces[] = "2|0|1,2,3,13,13||||\n"
                                      "2|0|1,2,3,13,13||||\n"
                                      "2|0|132|1|0||\n"
                                      "2,2|0,0|132,4,10|2|1||\n"
                                      "2|0|132|1|0||\n"
                                      "2,2|0,0|132,4,10|2|1||\n"
                                      "2|1|5,8,11||||\n"
                                      "2|1|5,8||||\n"
                                      "2|0|132|1|0||\n"
                                      "2,32|0,1|132,8,1,2,3,10,5,5|2|1||\n"
                                      "2|0|132|1|0||\n"
                                      "2,32|0,1|132,8,1,2,3,10,5,5|2|1||\n"
                                      "32|1|8||||\n";

static void wireshark_puts_our_fragments_together(void **state)
{
    struct ike_shark l;

    (void)state;
    ike_shark_need();
    ike_shark_init(&l);
    l.t.side[IKE_A].peer.fragment_mtu = l.t.side[IKE_B].peer.fragment_mtu = 180;
    two_ikes_start(&l.t);
    two_ikes_establish(&l.t, IKE_A);
    ike_shark_check(&l, "-e isakmp.frag.seq -e isakmp.frag.last", expected_pieces);
}

/* --- remote access ---------------------------------------------------------------------------- */

static void admit(struct two_ikes *t, int side, const struct ike_out *o)
{
    struct ike_net_config net = {.address = ip4(0x0a090005),
                                 .netmask = ip4(0xffffff00),
                                 .dns = {ip4(0x0a020035)},
                                 .version = "holdfast"};

    if (o->kind == IKE_OUT_LOGIN)
        ike_answer_login(t->side[side].ike, o->ike, true);
    else if (side == IKE_B)
        ike_answer_config(t->side[side].ike, o->ike, &net);
}

/* exchange | encrypted | payloads | what a transaction is | its attributes | its text, address,
 * status | the group's name | malformed | complaints */
static const char expected_remote[] =
    "4|0|1,2,3,4,10,5,13,13,13||||||6272616e63686573||\n" /* SA, KE, NONCE, ID "branches", VID */
    "4|0|1,2,3,4,10,5,8,13,13,13||||||||\n"
    "4|1|8,11||||||||\n" /* HASH, INITIAL-CONTACT */
    "6|1|8,14|1|16520,16521,16522||||||\n"
    "6|1|8,14|2|16520,16521,16522|alice|||||\n"
    "6|1|8,14|3|16527|||1|||\n"
    "6|1|8,14|4|16527||||||\n"
    "6|1|8,14|1|1,2,3,28672,28674,28676,7||||||\n"
    "6|1|8,14|2|1,2,3,7||10.9.0.5||||\n"
    "32|1|8,1,2,3,10,5,5||||||||\n"
    "32|1|8,1,2,3,10,5,5||||||||\n"
    "32|1|8||||||||\n"
    "5|1|8,12||||||||\n";

static void wireshark_reads_aggressive_mode_xauth_and_mode_config(void **state)
{
    struct ike_shark l;

    (void)state;
    ike_shark_need();
    ike_shark_init(&l);
    l.t.answer = admit;
    for (int i = 0; i < 2; i++) {
        struct ike_peer_config *p = &l.t.side[i].peer;
        p->group = bytes_str("branches");
        p->aggressive = p->xauth = true;
        p->config = IKE_CONFIG_ADDRESS;
    }
    l.t.side[IKE_A].peer.user = bytes_str("alice");
    l.t.side[IKE_A].peer.password = bytes_str("open sesame");
    l.t.side[IKE_A].policies[0].assigned = true;
    l.t.side[IKE_B].is_server = true;
    l.t.side[IKE_B].policies[0].selector.remote = (struct ip_net){ip4(0), 0};
    two_ikes_start(&l.t);
    two_ikes_establish(&l.t, IKE_A);
    ike_delete_ike(l.t.side[IKE_A].ike, NULL, true);
    two_ikes_drain(&l.t, IKE_A);
    ike_shark_check(&l,
                    "-e isakmp.cfg.type -e isakmp.cfg.attr.type -e isakmp.cfg.attr.xauth.user_name"
                    " -e isakmp.cfg.attr.internal_ip4_address -e isakmp.cfg.attr.xauth.status"
                    " -e isakmp.id.data.key_id",
                    expected_remote);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(wireshark_reads_aggressive_mode_xauth_and_mode_config),
        cmocka_unit_test(wireshark_puts_our_fragments_together)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 2] = (struct CMUnitTest){rows[i].what, wireshark_reads_every_message, NULL, NULL,
                                           (void *)&rows[i]};
    return cmocka_run_group_tests_name("ike/ike_tshark", tests, NULL, NULL);
}
