/* What the commands of IKEv2 leave in the configuration, what is refused, and what a review says
 * of it. */
#include "base/mem.h"
#include "gateway/config.h"
#include "tests/config_rows_lab.h"
#include "tests/testkit.h"

#define V9 "asa version 9.8(2)\n"

static const struct config_row rows[] = {
    {V9 "crypto ikev2 policy 10",
     "crypto ikev2 policy 10\n encryption 3des\n integrity sha\n group 2\n prf sha\n lifetime "
     "seconds 86400\n",
     NULL},
    {V9 "crypto ikev2 policy 1\n encryption aes-256 aes\n integrity sha256 sha\n group 5 2\n prf "
        "sha256 sha\n lifetime seconds 3600",
     "crypto ikev2 policy 1\n encryption aes-256 aes\n integrity sha256 sha\n group 5 2\n prf "
     "sha256 sha\n lifetime seconds 3600\n",
     NULL},
    {V9 "crypto ikev2 policy 1\n encryption aes-gcm-256\n integrity null\n group 21 20 31\n prf "
        "sha512\n lifetime seconds none",
     " encryption aes-gcm-256\n integrity null\n group 21 20 31\n prf sha512\n lifetime seconds "
     "none\n",
     NULL},
    {V9 "crypto ikev2 policy 20\ncrypto ikev2 policy 3\nno crypto ikev2 policy 20",
     "crypto ikev2 policy 3\n", "policy 20"},
    {V9 "crypto ikev2 policy 1\n lifetime seconds 120\n no lifetime", " lifetime seconds 86400\n",
     NULL},
    {V9 "crypto ikev2 enable outside", "crypto ikev2 enable outside\n", NULL},
    {V9 "crypto ikev2 enable outside client-services port 443", "crypto ikev2 enable outside\n",
     NULL},
    {V9 "crypto ikev2 enable outside\nno crypto ikev2 enable outside", NULL, "enable"},
    {V9 "crypto ikev2 cookie-challenge always", "crypto ikev2 cookie-challenge always\n", NULL},
    {V9 "crypto ikev2 cookie-challenge never", "crypto ikev2 cookie-challenge never\n", NULL},
    {V9 "crypto ikev2 cookie-challenge 30", "crypto ikev2 cookie-challenge 30\n", NULL},
    {V9 "crypto ikev2 cookie-challenge 30\nno crypto ikev2 cookie-challenge", NULL, "cookie"},
    {V9 "crypto ikev2 limit max-sa 100\ncrypto ikev2 limit max-in-negotiation-sa 50",
     "crypto ikev2 limit max-in-negotiation-sa 50\ncrypto ikev2 limit max-sa 100\n", NULL},
    {V9 "crypto ikev2 fragmentation mtu 1200 preferred-method ietf",
     "crypto ikev2 fragmentation mtu 1200\n", NULL},
    {V9 "no crypto ikev2 fragmentation", "no crypto ikev2 fragmentation\n", NULL},
    {V9 "crypto ipsec ikev2 ipsec-proposal p\n protocol esp encryption aes-256 aes\n protocol esp "
        "integrity sha-256 sha-1",
     "crypto ipsec ikev2 ipsec-proposal p\n protocol esp encryption aes-256 aes\n protocol esp "
     "integrity sha-256 sha-1\n",
     NULL},
    {V9 "crypto ipsec ikev2 ipsec-proposal p\nno crypto ipsec ikev2 ipsec-proposal p", NULL,
     "proposal"},
    {V9 "crypto ipsec ikev2 ipsec-proposal a\n protocol esp encryption aes-gcm\ncrypto ipsec ikev2 "
        "ipsec-proposal b\n protocol esp encryption 3des\n protocol esp integrity md5\ncrypto map "
        "m 5 set peer 1.1.1.1\ncrypto map m 5 set ikev2 ipsec-proposal b a\ncrypto map m 5 set pfs "
        "group21",
     "crypto map m 5 set pfs group21\ncrypto map m 5 set peer 1.1.1.1\ncrypto map m 5 set ikev2 "
     "ipsec-proposal b a\n",
     NULL},
    {V9 "crypto ipsec ikev2 ipsec-proposal a\ncrypto map m 5 set peer 1.1.1.1\ncrypto map m 5 set "
        "ikev2 ipsec-proposal a\nno crypto map m 5 set ikev2 ipsec-proposal",
     "crypto map m 5 set peer 1.1.1.1\n", "set ikev2"},
    {V9 "tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 ipsec-attributes\n ikev2 "
        "remote-authentication pre-shared-key k1\n ikev2 local-authentication pre-shared-key k2",
     "tunnel-group 1.1.1.1 ipsec-attributes\n ikev2 remote-authentication pre-shared-key k1\n "
     "ikev2 "
     "local-authentication pre-shared-key k2\n",
     " pre-shared-key *"},
    {V9 "tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 ipsec-attributes\n ikev2 "
        "remote-authentication pre-shared-key k1\n no ikev2 remote-authentication pre-shared-key",
     NULL, "ikev2"},
    {V9 "group-policy g internal\ngroup-policy g attributes\n vpn-tunnel-protocol ikev1 ikev2",
     " vpn-tunnel-protocol ikev1 ikev2\n", NULL},
    {V9 "crypto ikev2 policy 1\ncrypto ikev2 enable outside\nclear configure crypto ikev2", NULL,
     "ikev2"},
};

static void commands_have_their_effect(void **state)
{
    (void)state;
    config_rows_check(rows, COUNT(rows));
}

static enum err load(struct gw_config *c, const char *text)
{
    static const struct gw_load_options strict = {.strict = true};
    struct diag why = {0};

    return gw_config_load(c, "row", bytes_str(text), &strict, &why);
}

static void what_is_no_such_command_is_refused(void **state)
{
    static const char *const lines[] = {
        V9 "crypto ikev2 policy 0",
        V9 "crypto ikev2 policy 1\n encryption aes-512",
        V9 "crypto ikev2 policy 1\n prf null",
        V9 "crypto ikev2 policy 1\n group 30",
        V9 "crypto ikev2 policy 1\n encryption",
        V9 "crypto ikev2 policy 1\n lifetime seconds 119",
        V9 "crypto ikev2 cookie-challenge 101",
        V9 "crypto ikev2 fragmentation mtu 67",
        V9 "no crypto ikev2 policy 7",
        V9 "crypto map m 5 set ikev2 ipsec-proposal none-such",
        V9 "crypto ipsec ikev2 ipsec-proposal p\n protocol esp integrity sha",
        V9 "crypto ipsec ikev2 ipsec-proposal p\n protocol ah integrity sha-1",
        /* releases before 8.4 have none of it */
        "asa version 8.3(2)\ncrypto ikev2 policy 1",
        "asa version 8.3(2)\ncrypto ikev2 enable outside",
        "asa version 8.3(2)\ncrypto ipsec ikev2 ipsec-proposal p",
        "asa version 8.3(2)\ncrypto map m 5 set pfs group21",
    };

    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) {
        struct gw_config *c = gw_config_new();
        struct buf text = BUF_INIT;
        buf_addf(&text, CONFIG_ROWS_BASE "%s", lines[i]);
        if (!load(c, buf_str(&text)))
            fail_msg("taken: %s", lines[i]);
        buf_release(&text);
        gw_config_free(c);
    }
}

#define SOUND                                                                                      \
    V9 "interface Ethernet0/0\n nameif outside\n security-level 0\n ip address 1.1.1.2 "           \
       "255.255.255.0\n"                                                                           \
       "access-list 100 permit ip 10.1.0.0 255.255.0.0 any\n"                                      \
       "crypto ipsec ikev2 ipsec-proposal a\n protocol esp encryption aes-gcm\n"                   \
       "crypto map m 5 match address 100\ncrypto map m 5 set peer 1.1.1.1\n"                       \
       "crypto map m 5 set ikev2 ipsec-proposal a\ncrypto map m interface outside\n"               \
       "crypto ikev2 policy 1\ncrypto ikev2 enable outside\n"                                      \
       "tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 ipsec-attributes\n"              \
       " ikev2 local-authentication pre-shared-key k\n"                                            \
       " ikev2 remote-authentication pre-shared-key k\n"

static void a_review_says_what_keeps_ikev2_from_working(void **state)
{
    static const struct {
        const char *more, *says;
    } cases[] = {
        {"", NULL},
        {"no crypto ikev2 enable outside", "IKEv2 is not enabled on interface outside"},
        {"no crypto ikev2 policy 1", "there is no IKEv2 policy"},
        {"no crypto ipsec ikev2 ipsec-proposal a", "names ipsec-proposal a"},
        {"crypto ipsec ikev2 ipsec-proposal a\n protocol esp encryption aes",
         "has no cipher with an integrity check"},
        {"tunnel-group 1.1.1.1 ipsec-attributes\n no ikev2 local-authentication pre-shared-key",
         "add `ikev2 local-authentication"},
        {"tunnel-group 1.1.1.1 ipsec-attributes\n ikev2 remote-authentication pre-shared-key *",
         "the remote pre-shared-key of"},
        {"crypto map m 5 set pfs group24", "group 24"},
        {"group-policy DfltGrpPolicy attributes\n vpn-tunnel-protocol ikev1",
         "does not permit IKEv2"},
        /* both: then IKEv1 needs what it needs as well */
        {"crypto ipsec ikev1 transform-set t esp-aes esp-sha-hmac\ncrypto map m 5 set ikev1 "
         "transform-set t",
         "ISAKMP is not enabled"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct gw_config *c = gw_config_new();
        struct buf out = BUF_INIT;
        struct diag why = {0};
        assert_ok(gw_config_load(c, "row", bytes_str(SOUND), NULL, &why));
        if (gw_config_load(c, "row", bytes_str(cases[i].more), NULL, &why))
            fail_msg("%s", why.text);
        size_t errors = gw_config_review(c, &out);
        if (!cases[i].says && errors)
            fail_msg("%s", buf_str(&out));
        if (cases[i].says && (!errors || !strstr(buf_str(&out), cases[i].says)))
            fail_msg("%s\n--- has not\n%s\n--- but\n%s", cases[i].more, cases[i].says,
                     buf_str(&out));
        buf_release(&out);
        gw_config_free(c);
    }
}

static void keys_are_masked_where_they_are_shown(void **state)
{
    struct gw_config *c = gw_config_new();
    struct buf out = BUF_INIT;

    (void)state;
    assert_ok(load(c, V9 "tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 "
                         "ipsec-attributes\n ikev2 local-authentication pre-shared-key sesame"));
    gw_config_write(c, false, &out);
    assert_null(strstr(buf_str(&out), "sesame"));
    assert_non_null(strstr(buf_str(&out), " ikev2 local-authentication pre-shared-key *****\n"));
    buf_release(&out);
    gw_config_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_their_effect),
        cmocka_unit_test(what_is_no_such_command_is_refused),
        cmocka_unit_test(a_review_says_what_keeps_ikev2_from_working),
        cmocka_unit_test(keys_are_masked_where_they_are_shown),
    };
    return cmocka_run_group_tests_name("gateway/config_ikev2", tests, NULL, NULL);
}
