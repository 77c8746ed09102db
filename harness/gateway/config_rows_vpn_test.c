/* What commands about tunnels and their clients leave in the configuration. */
#include "tests/config_rows_lab.h"
#include "tests/testkit.h"

static const struct config_row rows[] = {
    /* crypto */
    {"crypto ipsec transform-set s esp-aes-256 esp-sha-hmac",
     "crypto ipsec transform-set s esp-aes-256 esp-sha-hmac\n", NULL},
    {"crypto ipsec transform-set s esp-md5-hmac esp-des",
     "crypto ipsec transform-set s esp-des esp-md5-hmac\n", NULL},
    {"asa version 8.4(2)\ncrypto ipsec ikev1 transform-set s esp-3des esp-md5-hmac\nno crypto "
     "ipsec transform-set s",
     NULL, "transform-set"},
    {"crypto ipsec security-association lifetime seconds 120\ncrypto ipsec security-association "
     "lifetime kilobytes 10",
     "lifetime seconds 120\ncrypto ipsec security-association lifetime kilobytes 10\n", NULL},
    {"crypto ipsec security-association lifetime seconds 214783647",
     "crypto ipsec security-association lifetime seconds 214783647\n", NULL},
    {"crypto ipsec security-association lifetime seconds 2147483647 kilobytes 2147483647",
     "lifetime seconds 2147483647\n", NULL},
    {"crypto ipsec df-bit clear-df outside\ncrypto ipsec fragmentation after-encryption outside",
     "crypto ipsec fragmentation after-encryption outside\ncrypto ipsec df-bit clear-df outside\n",
     NULL},
    {"crypto ipsec df-bit set-df outside\ncrypto ipsec df-bit copy-df outside", NULL, "df-bit"},
    {"crypto ipsec df-bit set-df outside\nno crypto ipsec df-bit set-df outside", NULL, "df-bit"},
    {"crypto ipsec fragmentation after-encryption outside\nno crypto ipsec fragmentation outside",
     NULL, "fragmentation"},
    {"crypto ipsec df-bit clear-df", "crypto ipsec df-bit clear-df\n", NULL},
    {"crypto ipsec df-bit clear-df\ncrypto ipsec df-bit copy-df outside\ncrypto ipsec df-bit "
     "set-df "
     "inside",
     "crypto ipsec df-bit clear-df\ncrypto ipsec df-bit copy-df outside\ncrypto ipsec df-bit "
     "set-df "
     "inside\n",
     NULL},
    {"crypto ipsec df-bit clear-df\nno crypto ipsec df-bit", NULL, "df-bit"},
    {"crypto ipsec df-bit clear-df outside\nclear configure crypto ipsec", NULL, "df-bit"},
    {"crypto ipsec df-bit clear-df outside\ninterface Ethernet0/0\n nameif wan",
     "crypto ipsec df-bit clear-df wan\n", NULL},
    {"crypto ipsec df-bit clear-df outside\ninterface Ethernet0/0\n no nameif", NULL, "df-bit"},
    {"crypto ipsec security-association lifetime seconds 600\nno crypto ipsec security-association "
     "lifetime seconds",
     NULL, "lifetime"},
    {"crypto ipsec transform-set a esp-3des esp-md5-hmac\ncrypto ipsec transform-set b esp-aes "
     "esp-sha-hmac\ncrypto map m 5 match address 100\ncrypto map m 5 set peer 1.1.1.1 2.2.2.2\n"
     "crypto map m 5 set transform-set a b\ncrypto map m 5 set pfs\ncrypto map m 5 set "
     "security-association lifetime seconds 3600 kilobytes 1000\ncrypto map m 5 set "
     "connection-type answer-only\ncrypto map m interface outside",
     "crypto map m 5 match address 100\ncrypto map m 5 set pfs\ncrypto map m 5 set connection-type "
     "answer-only\ncrypto map m 5 set peer 1.1.1.1 2.2.2.2\ncrypto map m 5 set transform-set a b\n"
     "crypto map m 5 set security-association lifetime seconds 3600\ncrypto map m 5 set "
     "security-association lifetime kilobytes 1000\ncrypto map m interface outside\n",
     NULL},
    {"crypto map m 10 set peer 1.1.1.1\ncrypto map m 5 set peer 2.2.2.2\ncrypto map a 7 set peer "
     "3.3.3.3",
     "crypto map a 7 set peer 3.3.3.3\ncrypto map m 5 set peer 2.2.2.2\ncrypto map m 10 set peer "
     "1.1.1.1\n",
     NULL},
    {"crypto map m 5 set peer 1.1.1.1 2.2.2.2\nno crypto map m 5 set peer 1.1.1.1",
     "crypto map m 5 set peer 2.2.2.2\n", "1.1.1.1"},
    {"crypto map m 5 set pfs group5", "crypto map m 5 set pfs group5\n", NULL},
    {"crypto map m 5 set peer 1.1.1.1\nno crypto map m 5", NULL, "crypto map"},
    {"crypto map m interface outside\nno crypto map m interface outside", NULL, "crypto map"},
    /* ISAKMP */
    {"crypto isakmp policy 5", /* the defaults of a new policy */
     "crypto isakmp policy 5\n authentication pre-share\n encryption 3des\n hash sha\n group 2\n "
     "lifetime 86400\n",
     NULL},
    {"crypto isakmp policy 50 lifetime 0", /* the note's way to an SA without end */
     "crypto isakmp policy 50\n authentication pre-share\n encryption 3des\n hash sha\n group 2\n "
     "lifetime none\n",
     NULL},
    {"asa version 8.4(2)\ncrypto ikev1 policy 5\n authentication rsa-sig\n encryption aes-256\n "
     "hash md5\n group 5\n "
     "lifetime none",
     " authentication rsa-sig\n encryption aes-256\n hash md5\n group 5\n lifetime none\n", NULL},
    {"crypto isakmp policy 9\ncrypto isakmp policy 3\nno crypto isakmp policy 9",
     "crypto isakmp policy 3\n", "policy 9"},
    {"crypto isakmp policy 5\n lifetime 120\n no lifetime", " lifetime 86400\n", NULL},
    {"crypto isakmp enable outside", "crypto isakmp enable outside\n", NULL},
    {"crypto isakmp nat-traversal 60", "crypto isakmp nat-traversal 60\n", NULL},
    {"crypto isakmp nat-traversal 20", NULL, "nat-traversal"}, /* as it is by itself */
    {"no crypto isakmp nat-traversal", "no crypto isakmp nat-traversal\n", NULL},
    {"no crypto isakmp nat-traversal\ncrypto isakmp nat-traversal", NULL, "nat-traversal"},
    {"isakmp enable outside\nisakmp policy 10 group 5", "crypto isakmp enable outside\n", NULL},
    {"crypto isakmp enable outside\nno crypto isakmp enable outside", NULL, "enable"},
    /* tunnel groups */
    {"tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 ipsec-attributes\n pre-shared-key "
     "k1\n isakmp keepalive threshold 30 retry 5",
     "tunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 ipsec-attributes\n pre-shared-key "
     "k1\n isakmp keepalive threshold 30 retry 5\n",
     NULL},
    {"asa version 8.4(2)\ntunnel-group 1.1.1.1 type ipsec-l2l\ntunnel-group 1.1.1.1 "
     "ipsec-attributes\n ikev1 pre-shared-key k1\n isakmp keepalive disable",
     " ikev1 pre-shared-key k1\n isakmp keepalive disable\n", NULL},
    {"tunnel-group DefaultL2LGroup ipsec-attributes\n pre-shared-key k\n isakmp keepalive "
     "threshold "
     "infinite\n no isakmp keepalive threshold 10 retry 2",
     "tunnel-group DefaultL2LGroup type ipsec-l2l\ntunnel-group DefaultL2LGroup "
     "ipsec-attributes\n pre-shared-key k\n",
     "infinite"},
    {"tunnel-group 1.1.1.1 type ipsec-l2l\nno tunnel-group 1.1.1.1", NULL, "tunnel-group"},
    /* remote access */
    {"ip local pool p 10.9.0.1-10.9.0.9 mask 255.255.255.0\nip local pool q 10.8.0.1",
     "ip local pool p 10.9.0.1-10.9.0.9 mask 255.255.255.0\nip local pool q 10.8.0.1-10.8.0.1\n",
     NULL},
    {"ip local pool p 10.9.0.1-10.9.0.9\nno ip local pool p", NULL, "pool"},
    {"group-policy g internal\ngroup-policy g attributes\n nem enable\n vpn-idle-timeout none\n "
     "vpn-session-timeout 60\n vpn-tunnel-protocol IPSec svc\n banner value hello\n dns-server "
     "value 10.1.1.1 10.1.1.2\nhostname after",
     "group-policy g internal\ngroup-policy g attributes\n dns-server value 10.1.1.1 10.1.1.2\n "
     "vpn-idle-timeout none\n vpn-session-timeout 60\n vpn-tunnel-protocol IPSec svc\n nem "
     "enable\n",
     NULL},
    {"group-policy DfltGrpPolicy attributes\n vpn-tunnel-protocol ikev1 ssl-client\n nem enable\n "
     "no nem",
     "group-policy DfltGrpPolicy attributes\n vpn-tunnel-protocol IPSec svc\n", "nem"},
    {"group-policy g internal\nno group-policy g", NULL, "group-policy"},
    {"username alice password sesame privilege 15\nusername bob password x",
     "username alice password sesame privilege 15\nusername bob password x\n", NULL},
    {"username alice password sesame\nno username alice", NULL, "username"},
    {"tunnel-group g type remote-access\ntunnel-group g general-attributes\n address-pool p\n "
     "default-group-policy gp\ntunnel-group g ipsec-attributes\n pre-shared-key k\n isakmp "
     "ikev1-user-authentication none",
     "tunnel-group g type remote-access\ntunnel-group g general-attributes\n address-pool p\n "
     "default-group-policy gp\ntunnel-group g ipsec-attributes\n pre-shared-key k\n isakmp "
     "ikev1-user-authentication none\n",
     "keepalive"},
    {"tunnel-group g type ipsec-ra", "tunnel-group g type remote-access\n", NULL},
    {"crypto ipsec transform-set s esp-aes esp-sha-hmac\ncrypto dynamic-map d 10 set "
     "transform-set s\ncrypto dynamic-map d 10 set pfs group5\ncrypto map m 65535 ipsec-isakmp "
     "dynamic d\ncrypto isakmp am-disable",
     "crypto dynamic-map d 10 set pfs group5\ncrypto dynamic-map d 10 set transform-set s\ncrypto "
     "map m 65535 ipsec-isakmp dynamic d\ncrypto isakmp am-disable\n",
     NULL},
    {"crypto dynamic-map d 10 set pfs\nno crypto dynamic-map d 10", NULL, "dynamic"},
};

static void commands_have_their_effect(void **state)
{
    (void)state;
    config_rows_check(rows, COUNT(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_their_effect),
    };
    return cmocka_run_group_tests_name("gateway/config_rows_vpn", tests, NULL, NULL);
}
