/* What commands about interfaces, access, routes and flows leave in the configuration. */
#include "tests/config_rows_lab.h"
#include "tests/testkit.h"

static const struct config_row rows[] = {
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
    return cmocka_run_group_tests_name("gateway/config_rows", tests, NULL, NULL);
}
