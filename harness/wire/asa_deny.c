/* Messages about packets that were not let through, and about what was typed. */
#include "wire/asa_parts.h"
#include "wire/ip.h"

static uint8_t proto_of(struct bytes word)
{
    static const struct {
        const char *name;
        uint8_t proto;
    } names[] = {{"tcp", IP_TCP}, {"udp", IP_UDP}, {"icmp", IP_ICMP}, {"icmp6", IP_ICMPV6},
                 {"esp", IP_ESP}, {"ah", IP_AH},   {"gre", IP_GRE}};
    uint64_t v;

    for (size_t i = 0; i < COUNT(names); i++) {
        if (scan_is_nocase(word, names[i].name))
            return names[i].proto;
    }
    if (scan_lit(&word, "protocol ") && scan_u64(&word, &v) && v < 256)
        return (uint8_t)v;
    return 0;
}

static bool plain_socket(struct bytes *s, struct asa_endpoint *e)
{
    e->has_port = asa_scan_socket(s, &e->address, &e->addr, &e->port);
    return e->has_port;
}

/* "... from 10.0.0.1/80 to 10.0.0.2/1025 flags PSH ACK  on interface inside" */
bool asa_parse_no_conn(struct asa_log *l, struct bytes s)
{
    struct bytes flags;

    if (scan_lit(&s, "Deny "))
        l->protocol = bytes_head(s, 3);
    else if (scan_lit(&s, "Inbound "))
        l->protocol = bytes_head(s, 3);
    if (!scan_lit(&s, "TCP (no connection) from ") && !scan_lit(&s, "TCP connection denied from "))
        return false;
    if (!plain_socket(&s, &l->a) || !scan_lit(&s, " to ") || !plain_socket(&s, &l->b) ||
        !scan_lit(&s, " flags ") || !scan_before(&s, " on interface ", &flags))
        return false;
    l->tcp_flags = scan_trim(flags);
    l->interface = scan_trim(s);
    return l->interface.n > 0;
}

/* "inside:10.0.0.1/123(LOCAL\user)", "outside:10.0.0.1" where a protocol has no ports */
static bool deny_side(struct bytes *s, struct asa_endpoint *e)
{
    struct bytes t = *s;
    size_t n = 0;

    if (!asa_scan_endpoint(s, e)) {
        if (!scan_before(&t, ":", &e->interface) || !e->interface.n)
            return false;
        while (n < t.n && t.p[n] != ' ' && t.p[n] != '(')
            n++;
        if (!n)
            return false;
        e->address = bytes_head(t, n);
        e->addr = scan_addr(e->address);
        *s = bytes_from(t, n);
    }
    (void)asa_scan_parens(s, &e->ident);
    return true;
}

/* " (type 8, code 0)"; older: " type 8, code 0," */
static bool deny_icmp(struct asa_log *l, struct bytes *s)
{
    uint64_t type, code;

    if (!scan_lit(s, " (type ") && !scan_lit(s, " type "))
        return true;
    if (!scan_u64(s, &type) || !scan_lit(s, ", code ") || !scan_u64(s, &code) || type > 255 ||
        code > 255)
        return false;
    l->icmp_type = (int)type;
    l->icmp_code = (int)code;
    return scan_lit(s, ")") || scan_lit(s, ",");
}

bool asa_parse_acl(struct asa_log *l, struct bytes s)
{
    if (!scan_lit(&s, "Deny ") || !scan_before(&s, " src ", &l->protocol))
        return false;
    l->proto = proto_of(l->protocol);
    if (!deny_side(&s, &l->a) || !scan_lit(&s, " dst ") || !deny_side(&s, &l->b) ||
        !deny_icmp(l, &s))
        return false;
    return scan_lit(&s, " by access-group \"") && scan_before(&s, "\"", &l->acl);
}

bool asa_parse_no_route(struct asa_log *l, struct bytes s)
{
    if (!scan_lit(&s, "Routing failed to locate next hop for ") &&
        !scan_lit(&s, "Failed to locate egress interface for "))
        return false;
    if (!scan_before(&s, " from ", &l->protocol))
        return false;
    l->proto = proto_of(l->protocol);
    if (!asa_scan_endpoint(&s, &l->a) || !scan_lit(&s, " to "))
        return false;
    return (asa_scan_endpoint(&s, &l->b) || plain_socket(&s, &l->b)) && !s.n;
}

/* "User 'enable_15', running 'CLI' from IP 192.0.2.12, executed 'clear crypto ipsec sa'" */
bool asa_parse_command(struct asa_log *l, struct bytes s)
{
    if (!scan_lit(&s, "User '") || !scan_before(&s, "'", &l->user))
        return false;
    if (l->id == 111009) {
        l->detail = scan_lit(&s, " executed cmd: ") ? scan_trim(s) : (struct bytes){0};
        return l->detail.n > 0;
    }
    if (l->id == 111010) {
        if (!scan_lit(&s, ", running '") || !scan_before(&s, "' from IP ", &l->session_type) ||
            !scan_before(&s, ", executed '", &l->peer))
            return false;
        l->peer_addr = scan_addr(l->peer);
        return scan_before_last(&s, "'", &l->detail) && !s.n;
    }
    return scan_lit(&s, " executed the '") && scan_before_last(&s, "' command.", &l->detail) &&
           !s.n;
}
