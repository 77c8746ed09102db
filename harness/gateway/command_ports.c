#include "gateway/command_ports.h"

#include "base/attr.h"
#include "gateway/command_parts.h"
#include "wire/ip.h"

struct name {
    const char *word;
    uint16_t number;
};

/* Cisco ASA command reference, "Protocols and applications" */
static const struct name protos[] = {
    {"ip", 0},     {"icmp", 1},  {"igmp", 2},   {"ipinip", 4}, {"tcp", 6},
    {"igrp", 9},   {"udp", 17},  {"gre", 47},   {"pptp", 47},  {"esp", 50},
    {"ipsec", 50}, {"ah", 51},   {"icmp6", 58}, {"eigrp", 88}, {"ospf", 89},
    {"nos", 94},   {"pim", 103}, {"pcp", 108},  {"snp", 109},  {"sctp", 132},
};

static const struct name tcp_ports[] = {
    {"aol", 5190},
    {"bgp", 179},
    {"chargen", 19},
    {"cifs", 3020},
    {"citrix-ica", 1494},
    {"cmd", 514},
    {"ctiqbe", 2748},
    {"daytime", 13},
    {"discard", 9},
    {"domain", 53},
    {"echo", 7},
    {"exec", 512},
    {"finger", 79},
    {"ftp", 21},
    {"ftp-data", 20},
    {"gopher", 70},
    {"h323", 1720},
    {"hostname", 101},
    {"http", 80},
    {"https", 443},
    {"ident", 113},
    {"imap4", 143},
    {"irc", 194},
    {"kerberos", 750},
    {"klogin", 543},
    {"kshell", 544},
    {"ldap", 389},
    {"ldaps", 636},
    {"login", 513},
    {"lotusnotes", 1352},
    {"lpd", 515},
    {"netbios-ssn", 139},
    {"nfs", 2049},
    {"nntp", 119},
    {"pcanywhere-data", 5631},
    {"pim-auto-rp", 496},
    {"pop2", 109},
    {"pop3", 110},
    {"pptp", 1723},
    {"rsh", 514},
    {"rtsp", 554},
    {"sip", 5060},
    {"smtp", 25},
    {"sqlnet", 1521},
    {"ssh", 22},
    {"sunrpc", 111},
    {"tacacs", 49},
    {"talk", 517},
    {"telnet", 23},
    {"uucp", 540},
    {"whois", 43},
    {"www", 80},
};

static const struct name udp_ports[] = {
    {"biff", 512},
    {"bootpc", 68},
    {"bootps", 67},
    {"cifs", 3020},
    {"discard", 9},
    {"dnsix", 195},
    {"domain", 53},
    {"echo", 7},
    {"http", 80},
    {"isakmp", 500},
    {"kerberos", 750},
    {"mobile-ip", 434},
    {"nameserver", 42},
    {"netbios-dgm", 138},
    {"netbios-ns", 137},
    {"nfs", 2049},
    {"ntp", 123},
    {"pcanywhere-status", 5632},
    {"pim-auto-rp", 496},
    {"radius", 1645},
    {"radius-acct", 1646},
    {"rip", 520},
    {"secureid-udp", 5510},
    {"sip", 5060},
    {"snmp", 161},
    {"snmptrap", 162},
    {"sunrpc", 111},
    {"syslog", 514},
    {"tacacs", 49},
    {"talk", 517},
    {"tftp", 69},
    {"time", 37},
    {"vxlan", 4789},
    {"who", 513},
    {"www", 80},
    {"xdmcp", 177},
};

static const struct name icmp_types[] = {
    {"echo-reply", 0},           {"unreachable", 3},
    {"source-quench", 4},        {"redirect", 5},
    {"alternate-address", 6},    {"echo", 8},
    {"router-advertisement", 9}, {"router-solicitation", 10},
    {"time-exceeded", 11},       {"parameter-problem", 12},
    {"timestamp-request", 13},   {"timestamp-reply", 14},
    {"information-request", 15}, {"information-reply", 16},
    {"mask-request", 17},        {"mask-reply", 18},
    {"traceroute", 30},          {"conversion-error", 31},
    {"mobile-redirect", 32},
};

static const struct name icmp6_types[] = {
    {"unreachable", 1},
    {"packet-too-big", 2},
    {"time-exceeded", 3},
    {"parameter-problem", 4},
    {"echo", 128},
    {"echo-reply", 129},
    {"membership-query", 130},
    {"membership-report", 131},
    {"membership-reduction", 132},
    {"router-solicitation", 133},
    {"router-advertisement", 134},
    {"neighbor-solicitation", 135},
    {"neighbor-advertisement", 136},
    {"neighbor-redirect", 137},
    {"router-renumbering", 138},
};

static bool named(const struct name *names, size_t n, const char *word, uint32_t most,
                  uint32_t *number)
{
    if (gw_parse_number(word, 0, most, number))
        return true;
    for (size_t i = 0; i < n; i++) {
        if (strlen(word) == strlen(names[i].word) && gw_prefix_of(word, names[i].word)) {
            *number = names[i].number;
            return true;
        }
    }
    return false;
}

bool gw_proto_named(const char *word, uint8_t *proto)
{
    uint32_t v;

    if (!named(protos, COUNT(protos), word, 255, &v))
        return false;
    *proto = (uint8_t)v;
    return true;
}

bool gw_port_named(const char *word, uint8_t proto, uint16_t *port)
{
    bool tcp = proto == IP_TCP;
    uint32_t v;

    if (!named(tcp ? tcp_ports : udp_ports, tcp ? COUNT(tcp_ports) : COUNT(udp_ports), word, 65535,
               &v))
        return false;
    *port = (uint16_t)v;
    return true;
}

bool gw_icmp_named(const char *word, int *type)
{
    uint32_t v;

    if (!named(icmp_types, COUNT(icmp_types), word, 255, &v))
        return false;
    *type = (int)v;
    return true;
}

bool gw_icmp6_named(const char *word, int *type)
{
    uint32_t v;

    if (!named(icmp6_types, COUNT(icmp6_types), word, 255, &v))
        return false;
    *type = (int)v;
    return true;
}
