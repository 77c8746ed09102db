/* Configuration commands as rows: what is typed, and what the running configuration then has (and
 * has not). Each row starts from two named interfaces. */
#include "gateway/command.h"
#include "tests/testkit.h"

#include <stdio.h>

#define BASE                                                                                       \
    "interface Ethernet0/0\n nameif outside\n ip address 209.165.201.2 255.255.255.248\n"          \
    "interface Ethernet0/1\n nameif inside\n ip address 10.224.9.5 255.255.255.0\n"

struct row {
    const char *typed, *has, *lacks; /* lines; NULL: none */
};

static const struct row rows[] = {
    /* names */
    {"hostname fw1", "hostname fw1\n", NULL},
    {"hostname fw1\nno hostname", "hostname ciscoasa\n", NULL},
    {"domain-name example.com\nno domain-name", NULL, "domain-name"},
    {"name 10.1.1.1 web\naccess-list a permit ip host web any",
     "access-list a extended permit ip host 10.1.1.1 any\n", NULL},
    {"no names", "no names\n", NULL},
    {"name 10.1.1.1 web\nno name 10.1.1.1 web", NULL, "web"},
    /* interfaces */
    {"interface gi0/1\n nameif dmz",
     "interface GigabitEthernet0/1\n nameif dmz\n security-level 0\n", NULL},
    {"int eth 0/1\n no shut\n sec 90", " nameif inside\n security-level 90\n", NULL},
    {"interface Ethernet0/1\n nameif dmz\n", " nameif dmz\n security-level 100\n", "nameif inside"},
    {"interface Ethernet0/2.17\n vlan 17\n ip address 172.16.0.1",
     "interface Ethernet0/2.17\n no nameif\n no security-level\n ip address 172.16.0.1 "
     "255.255.0.0\n",
     NULL},
    {"interface Management0/0\n management-only\n description the lab\n shutdown",
     "interface Management0/0\n shutdown\n", NULL},
    {"route inside 10.0.0.0 255.0.0.0 10.224.9.1\ninterface Ethernet0/1\n nameif lan",
     "route lan 10.0.0.0 255.0.0.0 10.224.9.1 1\n", "route inside"},
    {"route inside 10.0.0.0 255.0.0.0 10.224.9.1\ninterface Ethernet0/1\n no nameif", NULL,
     "route"},
    /* access lists */
    {"access-list 100 permit ip any any", "access-list 100 extended permit ip any any\n", NULL},
    {"access-list a extended permit tcp host 1.1.1.1 eq www 10.0.0.0 255.0.0.0 range ftp-data ftp",
     "access-list a extended permit tcp host 1.1.1.1 eq 80 10.0.0.0 255.0.0.0 range 20 21\n", NULL},
    {"access-list a extended deny udp any gt 1023 any neq domain log 4 interval 30",
     "access-list a extended deny udp any gt 1023 any neq 53 log warnings interval 30\n", NULL},
    {"access-list a extended permit udp any lt 1024 any eq isakmp inactive",
     "access-list a extended permit udp any lt 1024 any eq 500 inactive\n", NULL},
    {"access-list a extended permit icmp any any echo-reply\naccess-list a permit icmp any any 11",
     "access-list a extended permit icmp any any 0\naccess-list a extended permit icmp any any "
     "11\n",
     NULL},
    {"access-list a extended permit 47 any any\naccess-list a permit esp any interface outside",
     "access-list a extended permit gre any any\naccess-list a extended permit esp any host "
     "209.165.201.2\n",
     NULL},
    {"access-list a permit ip any 10.224.228.77 255.255.255.1",
     "access-list a extended permit ip any 10.224.228.1 255.255.255.1\n", NULL},
    {"access-list a permit ip any any\naccess-list a permit ip any any",
     "access-list a extended permit ip any any\n",
     "access-list a extended permit ip any any\naccess-list a"},
    {"access-list a permit ip any host 2.2.2.2\naccess-list a line 1 permit ip any host 1.1.1.1",
     "access-list a extended permit ip any host 1.1.1.1\naccess-list a extended permit ip any host "
     "2.2.2.2\n",
     NULL},
    {"access-list a permit ip any any\nno access-list a permit ip any any", NULL, "access-list"},
    {"access-list a permit ip any any\naccess-group a in interface outside\nclear configure "
     "access-list a",
     NULL, "access-"},
    {"access-list s standard permit 10.0.0.0 255.0.0.0\naccess-list s standard deny any",
     "access-list s standard permit 10.0.0.0 255.0.0.0\naccess-list s standard deny any\n", NULL},
    {"access-list a remark anything goes here\naccess-list a permit ip any any",
     "access-list a extended permit ip any any\n", "remark"},
    {"access-list a permit tcp object-group g any\naccess-list a permit ip any any",
     "access-list a extended permit ip any any\n", "tcp"},
    {"access-list a permit ip any any\naccess-group a out interface inside",
     "access-group a out interface inside\n", NULL},
    /* routes and translation */
    {"route outside 0 0 209.165.201.1", "route outside 0.0.0.0 0.0.0.0 209.165.201.1 1\n", NULL},
    {"route outside 0.0.0.0 255.255.255.255 209.165.201.1 1",
     "route outside 0.0.0.0 0.0.0.0 209.165.201.1 1\n", NULL},
    {"route inside 10.0.0.0 255.0.0.0 10.224.9.1 1\nno route inside 10.0.0.0 255.0.0.0 10.224.9.1",
     NULL, "route"},
    {"nat (inside) 0 access-list test\nnat (inside) 1 10.0.0.0 255.0.0.0\nglobal (outside) 1 "
     "interface",
     "global (outside) 1 interface\nnat (inside) 0 access-list test\n"
     "nat (inside) 1 10.0.0.0 255.0.0.0\n",
     NULL},
    {"nat (inside) 1 10.0.0.0 255.0.0.0 outside\nno nat (inside) 1 10.0.0.0 255.0.0.0", NULL,
     "nat ("},
    {"nat (inside) 0 10.1.0.0 255.255.0.0 dns", "nat (inside) 0 10.1.0.0 255.255.0.0\n", NULL},
    {"access-list p permit ip any any\nnat (inside) 5 access-list p",
     "nat (inside) 5 access-list p\n", NULL},
    {"global (outside) 1 209.165.201.3-209.165.201.5 netmask 255.255.255.248\n"
     "global (outside) 1 209.165.201.6",
     "global (outside) 1 209.165.201.3-209.165.201.5\nglobal (outside) 1 209.165.201.6\n", NULL},
    {"global (outside) 1 interface\nno global (outside) 1 interface", NULL, "global"},
    {"static (inside,outside) 209.165.201.4 10.1.1.4 netmask 255.255.255.255",
     "static (inside,outside) 209.165.201.4 10.1.1.4 netmask 255.255.255.255\n", NULL},
    {"static (inside,outside) tcp interface www 10.1.1.4 8080 netmask 255.255.255.255 0 0",
     "static (inside,outside) tcp interface 80 10.1.1.4 8080 netmask 255.255.255.255\n", NULL},
    {"access-list p permit ip 10.1.1.0 255.255.255.0 any\n"
     "static (inside,outside) 192.168.9.0 access-list p",
     "static (inside,outside) 192.168.9.0 access-list p\n", NULL},
    {"static (inside,outside) 1.1.1.1 10.1.1.4\nno static (inside,outside) 1.1.1.1 10.1.1.4", NULL,
     "static ("},
    {"nat-control", "nat-control\n", NULL},
    {"nat-control\nno nat-control", NULL, "nat-control"},
    {"object network web\n host 10.1.1.4\n nat (inside,outside) static 209.165.201.4",
     "object network web\n nat (inside,outside) static 209.165.201.4\n", NULL},
    {"object network lan\n subnet 10.1.0.0 255.255.0.0\n nat (any,outside) dynamic interface",
     "object network lan\n subnet 10.1.0.0 255.255.0.0\n", NULL},
    {"object network web\n host 10.1.1.4\n nat (inside,outside) static interface service tcp 8080 "
     "www",
     " nat (inside,outside) static interface service tcp 8080 80\n", NULL},
    {"object network r\n range 10.1.1.1 10.1.1.9\nobject network r\n no range 10.1.1.1 10.1.1.9",
     "object network r\n", "range"},
    {"object network a\n host 10.1.1.4\nobject network b\n host 10.2.2.2\nnat (inside,outside) "
     "source static a a destination static b b no-proxy-arp route-lookup",
     "nat (inside,outside) source static a a destination static b b\n", NULL},
    {"object network a\n host 10.1.1.4\nnat (inside,outside) after-auto source dynamic any "
     "interface inactive\nnat (inside,outside) source static a a\nnat (inside,any) 1 source "
     "static any a",
     "nat (inside,any) source static any a\nnat (inside,outside) source static a a\n"
     "nat (inside,outside) after-auto source dynamic any interface inactive\n",
     NULL},
    {"object network a\n host 10.1.1.4\nnat (inside) 1 10.0.0.0 255.0.0.0", /* leaves the mode */
     "nat (inside) 1 10.0.0.0 255.0.0.0\n", NULL},
    {"object network a\n host 10.1.1.4\n nat (inside,outside) static 1.1.1.1\ninterface "
     "Ethernet0/1\n no nameif",
     "object network a\n host 10.1.1.4\n", "nat ("},
    {"global (outside) 1 interface\ninterface Ethernet0/0\n nameif wan",
     "global (wan) 1 interface\n", NULL},
    {"timeout pat-xlate 0:01:00", "timeout pat-xlate 0:01:00\n", NULL},
    /* timeouts */
    {"timeout conn 2:00:00 half-closed 0:05:00 udp 0:01:00 icmp 0:0:5",
     "timeout conn 2:00:00 half-closed 0:05:00 udp 0:01:00 icmp 0:00:05\n", NULL},
    {"timeout conn 0", "timeout conn 0:00:00 half-closed", NULL},
    {"timeout conn 2:00:00\nno timeout conn", "timeout conn 1:00:00", NULL},
    {"timeout sip 0:30:00 sip_media 0:02:00 uauth 0:05:00 absolute", "timeout conn 1:00:00", NULL},
    /* sysopt and service */
    {"sysopt connection preserve-vpn-flows", "sysopt connection preserve-vpn-flows\n", NULL},
    {"sysopt connection preserve-vpn-flows\nno sysopt connection preserve-vpn-flows", NULL,
     "preserve"},
    {"sy c pre", "sysopt connection preserve-vpn-flows\n", NULL},
    {"no sysopt connection reclassify-vpn\nno sysopt connection permit-vpn",
     "no sysopt connection permit-vpn\nno sysopt connection reclassify-vpn\n", NULL},
    {"sysopt connection tcpmss 1350\nsysopt connection tcpmss minimum 500",
     "sysopt connection tcpmss 1350\nsysopt connection tcpmss minimum 500\n", NULL},
    {"sysopt connection tcpmss 0\nno sysopt connection tcpmss", NULL, "tcpmss"},
    {"sysopt connection timewait", "sysopt connection timewait\n", NULL},
    {"service resetinbound\nservice resetoutside\nno service resetoutbound",
     "service resetinbound\nno service resetoutbound\nservice resetoutside\n", NULL},
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
    /* logging */
    {"logging enable\nlogging timestamp rfc5424\nlogging trap debugging\nlogging buffered warn\n"
     "logging facility 23\nlogging queue 100\nlogging buffer-size 65536\nlogging permit-hostdown",
     "logging enable\nlogging timestamp rfc5424\nlogging buffer-size 65536\nlogging buffered "
     "warnings\n"
     "logging trap debugging\nlogging facility 23\nlogging queue 100\nlogging permit-hostdown\n",
     NULL},
    {"logging host inside 10.224.9.20\nlogging host inside 10.224.9.21 tcp\nlogging host inside "
     "10.224.9.22 udp/5140 format emblem\nlogging host inside 10.224.9.23 6/1471",
     "logging host inside 10.224.9.20\nlogging host inside 10.224.9.21 6/1470\nlogging host inside "
     "10.224.9.22 17/5140 format emblem\nlogging host inside 10.224.9.23 6/1471\n",
     NULL},
    {"logging host inside 10.224.9.20\nno logging host inside 10.224.9.20", NULL, "logging host"},
    {"logging device-id hostname", "logging device-id hostname\n", NULL},
    {"logging device-id string bo-1", "logging device-id string bo-1\n", NULL},
    {"logging device-id ipaddress inside", "logging device-id ipaddress inside\n", NULL},
    {"logging device-id hostname\nno logging device-id", NULL, "device-id"},
    {"logging message 302013 level 5\nno logging message 302014",
     "logging message 302013 level notifications\nno logging message 302014\n", NULL},
    {"logging device-id context-name", "logging device-id context-name\n", NULL},
    {"logging device-id cluster-id", "logging device-id cluster-id\n", NULL},
    {"logging console 3\nlogging monitor err\nlogging history 2\nlogging mail 1\nlogging asdm info",
     "logging console errors\nlogging monitor errors\nlogging history critical\n"
     "logging mail alerts\nlogging asdm informational\n",
     NULL},
    {"logging console 3\nno logging console", NULL, "console"},
    {"logging trap 6\nno logging trap 6", NULL, "trap"},
    {"logging list a level 6 class session\nlogging list b message 302013-302016\n"
     "logging list a message 713120\nlogging trap a",
     "logging list a level informational class session\nlogging list a message 713120\n"
     "logging list b message 302013-302016\nlogging trap a\n",
     NULL},
    {"logging list a level 6\nlogging trap a\nno logging list a", NULL, "logging"},
    {"logging list a level 6\nlogging list a level 5\nno logging list a level 6",
     "logging list a level notifications\n", "informational"},
    {"logging class vpn trap 7 buffered 5\nlogging class session console 3",
     "logging class vpn buffered notifications trap debugging\n"
     "logging class session console errors\n",
     NULL},
    {"logging class vpn trap 7 buffered 5\nno logging class vpn trap",
     "logging class vpn buffered notifications\n", "debugging"},
    {"logging class vpn trap 7\nno logging class vpn", NULL, "class"},
    {"logging rate-limit 100 5 level 6\nlogging rate-limit 1 message 402114",
     "logging rate-limit 100 5 level 6\nlogging rate-limit 1 1 message 402114\n", NULL},
    {"logging rate-limit 100 5 level 6\nlogging rate-limit unlimited level 6", NULL, "rate-limit"},
    {"logging rate-limit 100 level 6\nno logging rate-limit 100 level 6", NULL, "rate-limit"},
    {"logging emblem\nlogging standby\nlogging hide username\nlogging debug-trace\n"
     "logging flash-bufferwrap",
     "logging emblem\nlogging standby\nlogging debug-trace\nlogging hide username\n"
     "logging flash-bufferwrap\n",
     NULL},
    {"clock timezone EDT -4\nlogging enable", "clock timezone EDT -4\nlogging enable\n", NULL},
    {"clock timezone IST 5 30", "clock timezone IST 5 30\n", NULL},
    {"clock timezone EDT -4\nno clock timezone", NULL, "clock"},
    {"no logging message 302014\nlogging message 302014", NULL, "302014"},
    /* IPv6 */
    {"interface Ethernet0/1\n ipv6 address 2001:DB8:0:1::5/64\n ipv6 address 2001:db8:2::/64 "
     "eui-64\n "
     "ipv6 address fe80::1 link-local\n ipv6 enable",
     " ipv6 address 2001:db8:0:1::5/64\n ipv6 address 2001:db8:2::/64 eui-64\n ipv6 address "
     "fe80::1 "
     "link-local\n ipv6 enable\n",
     NULL},
    {"interface Ethernet0/1\n ipv6 address 2001:db8::5/64\n ipv6 address fe80::1 link-local\n ipv6 "
     "enable\n no ipv6 enable\n no ipv6 address 2001:db8::5/64\n no ipv6 address fe80::1 "
     "link-local",
     NULL, "ipv6"},
    {"interface Ethernet0/1\n ipv6 address 2001:db8::5/64\n no ipv6 address", NULL, "ipv6"},
    {"interface Ethernet0/1\n ipv6 nd suppress-ra\nipv6 route outside 2001:db8:5::77/48 "
     "2001:db8::1 1",
     "ipv6 route outside 2001:db8:5::/48 2001:db8::1\n", NULL},
    {"ipv6 route outside ::/0 2001:db8::1\nno ipv6 route outside ::/0 2001:db8::1", NULL, "ipv6"},
    {"ipv6 access-list s permit icmp6 any host 2001:db8::1 echo\nipv6 access-list s deny tcp "
     "2001:db8::/32 range 1 9 any log",
     "ipv6 access-list s permit icmp6 any host 2001:db8::1 128\nipv6 access-list s deny tcp "
     "2001:db8::/32 range 1 9 any log\n",
     NULL},
    {"ipv6 access-list s permit ip any any\nipv6 access-list s deny tcp any any\nno ipv6 "
     "access-list s "
     "permit ip any any",
     "ipv6 access-list s deny tcp any any\n", "permit"},
    {"access-list a permit ip any any\nipv6 access-list s permit ip any any\naccess-group a in "
     "interface outside\naccess-group s in interface outside",
     "access-group a in interface outside\naccess-group s in interface outside\n", NULL},
    {"asa version 9.1(2)\naccess-list a permit ip any any4\naccess-list a permit tcp any6 "
     "2001:db8::/32 eq 80\naccess-list a permit icmp6 any6 any6 packet-too-big\naccess-list a deny "
     "udp any any",
     "access-list a extended permit ip any any4\naccess-list a extended permit tcp any6 "
     "2001:db8::/32 eq 80\naccess-list a extended permit icmp6 any6 any6 2\naccess-list a extended "
     "deny udp any any\n",
     NULL},
    {"asa version 9.1(2)\nipv6 access-list s permit ip any host 2001:db8::1",
     "access-list s extended permit ip any6 host 2001:db8::1\n", "ipv6 access-list"},
    {"access-list a deny ip any any log disable\naccess-list a permit tcp any any log default\n"
     "access-list a permit udp any any log interval 60 inactive",
     "access-list a extended deny ip any any log disable\naccess-list a extended permit tcp any "
     "any\n"
     "access-list a extended permit udp any any log interval 60 inactive\n",
     NULL},
    {"same-security-traffic permit inter-interface\nsame-security-traffic permit "
     "intra-interface\nicmp "
     "unreachable rate-limit 10 burst-size 5",
     "same-security-traffic permit inter-interface\nsame-security-traffic permit "
     "intra-interface\nicmp "
     "unreachable rate-limit 10 burst-size 5\n",
     NULL},
    {"same-security-traffic permit inter-interface\nno same-security-traffic permit "
     "inter-interface\nicmp unreachable rate-limit 10 burst-size 5\nno icmp unreachable rate-limit "
     "10 "
     "burst-size 5\nicmp permit any outside",
     NULL, "icmp unreachable"},
    {"policy-map p\n class c\n  inspect icmp\n  inspect icmp error",
     "  inspect icmp\n  inspect icmp error\n", NULL},
    /* policies */
    {"policy-map p\n class c\n  set connection decrement-ttl\n  set connection "
     "random-sequence-number disable",
     "policy-map global_policy\n class class-default\n  set connection decrement-ttl\n  set "
     "connection random-sequence-number disable\n",
     NULL},
    {"policy-map p\n class c\n  set connection decrement-ttl\n  no set connection decrement-ttl",
     NULL, "policy-map"},
    {"policy-map p\n class c\n  set connection timeout embryonic 0:0:10 half-closed 0:5:0 tcp "
     "2:0:0 "
     "reset",
     "  set connection timeout embryonic 0:00:10\n  set connection timeout half-closed 0:05:00\n  "
     "set connection timeout idle 2:00:00 reset\n",
     NULL},
    {"policy-map p\n class c\n  set connection timeout idle 0 dcd 0:15:00 5\n  set connection "
     "timeout "
     "embryonic 0:0:10\n  no set connection timeout embryonic 0:0:10",
     "  set connection timeout idle 0:00:00\n", "embryonic"},
    {"policy-map p\n class c\n  set connection timeout idle 1:0:0\n  no set connection timeout",
     NULL, "policy-map"},
    {"policy-map p\n class c\n  inspect ftp",
     "policy-map global_policy\n class "
     "inspection_default\n  inspect ftp\n",
     NULL},
    {"policy-map p\n class c\n  inspect ftp strict\n  no inspect ftp", NULL, "policy-map"},
    /* what is only accepted */
    {"mtu outside 1500\nsnmp-server host inside 10.1.1.1 community x\nwebvpn\n enable outside\n "
     "svc image disk0:/x 1\nhostname after",
     "hostname after\n", "webvpn"},
    {"dns server-group g\n name-server 10.1.1.1\nobject network n\n host 10.1.1.1\n"
     "hostname after",
     "hostname after\n", NULL},
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

static char *written(const char *typed, struct buf *out)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    struct buf text = BUF_INIT;

    buf_addf(&text, BASE "%s", typed);
    if (gw_config_load(c, "row", buf_bytes(&text), NULL, &why))
        fail_msg("%s\n%s", typed, why.text);
    gw_config_write(c, true, out);
    gw_config_free(c);
    buf_release(&text);
    return out->s;
}

static void commands_have_their_effect(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf out = BUF_INIT, again = BUF_INIT;
        const char *text = written(rows[i].typed, &out);
        if (rows[i].has && !strstr(text, rows[i].has))
            fail_msg("%s\n--- has not\n%s\n--- but\n%s", rows[i].typed, rows[i].has, text);
        if (rows[i].lacks && strstr(text, rows[i].lacks))
            fail_msg("%s\n--- still has\n%s\n--- in\n%s", rows[i].typed, rows[i].lacks, text);
        /* what was written loads, and is then written the same */
        assert_string_equal(written(text, &again), text);
        buf_release(&out);
        buf_release(&again);
    }
}

static const struct {
    const char *line, *answer; /* what the device says */
} refused[] = {
    {"frobnicate", "^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"sysopt connection preserve", NULL},
    {"sysopt connection preserve-vpn-flow", NULL},
    {"sysopt connection preserve-flows",
     "                  ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto ipsec security-association lifetime seconds 119",
     "                                                   ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"crypto ipsec security-association lifetime seconds 2147483648",
     "                                                   ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"crypto ipsec security-association lifetime seconds", "ERROR: % Incomplete command\n"},
    {"crypto isakmp policy 5 lifetime 60",
     "                                ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto ipsec transform-set s esp-rot13", "                             ^\nERROR: % Invalid "
                                               "input detected at '^' marker.\n"},
    {"crypto map m 5 set transform-set nothing",
     "ERROR: transform set with tag \"nothing\" does not exist.\n"},
    {"crypto map m 0 set peer 1.1.1.1",
     "             ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"crypto map m interface dmz",
     "                       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"access-list a extended permit ip any 10.0.0.0", "ERROR: % Incomplete command\n"},
    {"access-list a extended permit ip any any eq 80",
     "                                         ^\nERROR: % Invalid input detected at '^' "
     "marker.\n"},
    {"access-list a extended permit tcp any any range 80 70",
     "                                                   ^\nERROR: % Invalid input detected at "
     "'^' marker.\n"},
    {"access-list a extended maybe ip any any",
     "                       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"access-group a in interface outside", "ERROR: access-list <a> does not exist\n"},
    {"route dmz 0 0 1.1.1.1", "      ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"route outside 10.0.0.1 255.0.0.0 1.1.1.1", "ERROR: Invalid address/mask pair\n"},
    {"timeout conn 0:04:59", "             ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"timeout conn", "ERROR: % Incomplete command\n"},
    {"logging facility 24", "                 ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"logging host inside 10.1.1.1 tcp/1470 format emblem",
     "ERROR: format emblem can only be used with UDP\n"},
    {"logging message 99999",
     "                ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"tunnel-group 9.9.9.9 ipsec-attributes",
     "ERROR: tunnel-group 9.9.9.9 does not exist: its type comes first\n"},
    {"interface Banana0/0", "          ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"no route outside 0 0 1.1.1.1", "ERROR: No matching route to delete\n"},
    {"no access-list a permit ip any any", "ERROR: entry not found in access-list <a>\n"},
    {"nat (inside) 1 10.0.0.1 255.0.0.0", "ERROR: Invalid address/mask pair\n"},
    {"global (outside) 1 nowhere", "ERROR: Invalid global IP address nowhere\n"},
    {"global (outside) 1 1.1.1.9-1.1.1.1", "ERROR: Invalid global IP address 1.1.1.9-1.1.1.1\n"},
    {"static (inside,dmz) 1.1.1.1 10.1.1.1",
     "       ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"static (inside,outside) tcp 1.1.1.1 70000 10.1.1.1 80",
     "                                    ^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"static (inside,outside) 1.1.1.1", "ERROR: % Incomplete command\n"},
    {"static (inside,outside) 1.1.1.1 access-list none",
     "ERROR: access-list none does not exist\n"},
    {"nat (inside,outside) source static a b",
     "ERROR: a doesn't match an existing object or object-group\n"},
    {"nat (inside,outside) source", "ERROR: % Incomplete command\n"},
    {"no object network a", "ERROR: object (a) does not exist.\n"},
    {"pre-shared-key x", "^\nERROR: % Invalid input detected at '^' marker.\n"},
    {"nameif x", "^\nERROR: % Invalid input detected at '^' marker.\n"},
};

static void what_the_device_refuses_is_refused_in_its_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(refused); i++) {
        struct gw_config *c = gw_config_new();
        struct buf before = BUF_INIT, after = BUF_INIT, answer = BUF_INIT;
        struct gw_place place = {.mode = GW_CONFIG};
        struct gw_call call = {.cfg = c, .place = &place, .answer = &answer};
        assert_ok(gw_config_load(c, "base", bytes_str(BASE), NULL, NULL));
        gw_config_write(c, true, &before);
        enum err e =
            gw_command_line(gw_config_commands, gw_config_command_sets, refused[i].line, &call);
        if ((refused[i].answer == NULL) != (e == ERR_OK) ||
            (e && strcmp(buf_str(&answer), refused[i].answer) != 0))
            fail_msg("%s\n%s", refused[i].line, buf_str(&answer));
        gw_config_write(c, true, &after);
        if (e)
            assert_string_equal(buf_str(&before), buf_str(&after));
        buf_release(&before);
        buf_release(&after);
        buf_release(&answer);
        gw_config_free(c);
    }
}

static void a_command_says_which_part_it_changed(void **state)
{
    static const struct {
        const char *line;
        unsigned changed;
    } parts[] = {
        {"hostname x", GW_CHANGED_HOSTNAME},
        {"sysopt connection preserve-vpn-flows", GW_CHANGED_SYSOPT},
        {"timeout conn 2:00:00", GW_CHANGED_TIMEOUT},
        {"service resetinbound", GW_CHANGED_SERVICE},
        {"access-list a permit ip any any", GW_CHANGED_ACL},
        {"route outside 0 0 209.165.201.1", GW_CHANGED_ROUTE},
        {"crypto map m 5 set peer 1.1.1.1", GW_CHANGED_MAP},
        {"crypto isakmp policy 5 group 5", GW_CHANGED_ISAKMP},
        {"crypto ipsec security-association lifetime seconds 600", GW_CHANGED_LIFETIME},
        {"logging enable", GW_CHANGED_LOGGING},
        {"global (outside) 1 interface", GW_CHANGED_NAT},
        {"nat-control", GW_CHANGED_NAT},
        {"object network a", GW_CHANGED_NAT},
        {"mtu outside 1500", GW_CHANGED_NOTHING},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(parts); i++) {
        struct gw_config *c = gw_config_new();
        struct buf answer = BUF_INIT;
        struct gw_place place = {.mode = GW_CONFIG};
        struct gw_call call = {.cfg = c, .place = &place, .answer = &answer};
        assert_ok(gw_config_load(c, "base", bytes_str(BASE), NULL, NULL));
        assert_ok(
            gw_command_line(gw_config_commands, gw_config_command_sets, parts[i].line, &call));
        assert_int_equal(call.changed, parts[i].changed);
        buf_release(&answer);
        gw_config_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_have_their_effect),
        cmocka_unit_test(what_the_device_refuses_is_refused_in_its_words),
        cmocka_unit_test(a_command_says_which_part_it_changed),
    };
    return cmocka_run_group_tests_name("gateway/config_rows", tests, NULL, NULL);
}
