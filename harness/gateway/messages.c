/* Messages about connections, packets and what was typed. */
#include "gateway/messages_parts.h"

#include "wire/ip.h"
#include "wire/tcp.h"

#include <stdio.h>

#define ADDRS 4

const char *gw_reason_text(enum gw_reason r)
{
    static const char *const texts[] = {
#define X(id, text) text,
        GW_REASONS(X)
#undef X
    };

    return (unsigned)r < GW_REASON_COUNT ? texts[r] : "Unknown";
}

/* The two sides in the order of the log: lower security first, the initiator between equals. */
struct order {
    const struct gw_msg_side *first, *second;
    bool inbound;
};

static struct order order_of(const struct gw_msg_conn *c)
{
    bool first = c->initiator.security_level <= c->responder.security_level;
    bool inbound = c->direction == GW_MSG_BY_LEVELS ? first : c->direction == GW_MSG_INBOUND;

    return first ? (struct order){&c->initiator, &c->responder, inbound}
                 : (struct order){&c->responder, &c->initiator, inbound};
}

static void built_icmp(struct gw_syslog *s, const struct gw_msg_conn *c, struct order o)
{
    char f[IP_ADDR_TEXT], g[IP_ADDR_TEXT], l[IP_ADDR_TEXT], type[32] = "";

    if (c->icmp_type >= 0)
        snprintf(type, sizeof(type), " type %d code %d", c->icmp_type, c->icmp_code);
    /* the identifier stands with the side that began, the other prints 0 */
    gw_log(s, 302020, "Built %s ICMP connection for faddr %s/%u gaddr %s/%u laddr %s/%u%s",
           o.inbound ? "inbound" : "outbound", ip_addr_format(&o.first->addr, f),
           o.inbound ? o.first->port : 0, ip_addr_format(&o.second->mapped, g),
           o.inbound ? 0 : o.second->mapped_port, ip_addr_format(&o.second->addr, l),
           o.inbound ? 0 : o.second->port, type);
}

void gw_msg_built(struct gw_syslog *s, const struct gw_msg_conn *c)
{
    uint32_t id = c->proto == IP_TCP ? 302013 : c->proto == IP_UDP ? 302015 : 302020;
    struct order o = order_of(c);
    char text[ADDRS][IP_ADDR_TEXT];

    if (!gw_log_wants(s, id))
        return;
    if (id == 302020) {
        built_icmp(s, c, o);
        return;
    }
    gw_log(s, id, "Built %s %s connection %u for %s:%s/%u (%s/%u) to %s:%s/%u (%s/%u)",
           o.inbound ? "inbound" : "outbound", id == 302013 ? "TCP" : "UDP", c->id, o.first->nameif,
           ip_addr_format(&o.first->addr, text[0]), o.first->port,
           ip_addr_format(&o.first->mapped, text[1]), o.first->mapped_port, o.second->nameif,
           ip_addr_format(&o.second->addr, text[2]), o.second->port,
           ip_addr_format(&o.second->mapped, text[3]), o.second->mapped_port);
}

static void teardown_icmp(struct gw_syslog *s, const struct gw_msg_conn *c, struct order o)
{
    char f[IP_ADDR_TEXT], g[IP_ADDR_TEXT], l[IP_ADDR_TEXT], type[32] = "";

    if (c->icmp_type >= 0)
        snprintf(type, sizeof(type), " type %d code %d", c->icmp_type, c->icmp_code);
    gw_log(s, 302021, "Teardown ICMP connection for faddr %s/%u gaddr %s/%u laddr %s/%u%s",
           ip_addr_format(&o.first->addr, f), o.inbound ? o.first->port : 0,
           ip_addr_format(&o.second->mapped, g), o.inbound ? 0 : o.second->mapped_port,
           ip_addr_format(&o.second->addr, l), o.inbound ? 0 : o.second->port, type);
}

void gw_msg_teardown(struct gw_syslog *s, const struct gw_msg_conn *c, struct span duration,
                     uint64_t bytes, enum gw_reason reason)
{
    uint32_t id = c->proto == IP_TCP ? 302014 : c->proto == IP_UDP ? 302016 : 302021;
    struct order o = order_of(c);
    int64_t seconds = duration.ns / 1000000000;
    const char *from = NULL;
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (!gw_log_wants(s, id))
        return;
    if (id == 302014 && gw_syslog_forms(s).initiator)
        from = c->ended_by;
    if (id == 302021) {
        teardown_icmp(s, c, o);
        return;
    }
    gw_log(s, id,
           "Teardown %s connection %u for %s:%s/%u to %s:%s/%u duration %lld:%02d:%02d bytes "
           "%llu%s%s%s%s",
           id == 302014 ? "TCP" : "UDP", c->id, o.first->nameif, ip_addr_format(&o.first->addr, a),
           o.first->port, o.second->nameif, ip_addr_format(&o.second->addr, b), o.second->port,
           (long long)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60),
           (unsigned long long)bytes, id == 302014 ? " " : "",
           id == 302014 ? gw_reason_text(reason) : "", from ? " from " : "", from ? from : "");
}

char *gw_flag_words(uint8_t flags, char out[static GW_FLAGS_TEXT])
{
    static const struct {
        uint8_t bit;
        const char *word;
    } words[] = {{TCP_FIN, "FIN "}, {TCP_SYN, "SYN "}, {TCP_RST, "RST "},
                 {TCP_PSH, "PSH "}, {TCP_ACK, "ACK "}, {TCP_URG, "URG "}};
    size_t n = 0;

    out[0] = '\0';
    for (size_t i = 0; i < COUNT(words); i++) {
        if (flags & words[i].bit)
            n += (size_t)snprintf(out + n, GW_FLAGS_TEXT - n, "%s", words[i].word);
    }
    return out;
}

void gw_msg_no_connection(struct gw_syslog *s, const struct gw_msg_packet *p, const char *nameif)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], flags[GW_FLAGS_TEXT];

    if (gw_log_wants(s, 106015))
        gw_log(s, 106015, "Deny TCP (no connection) from %s/%u to %s/%u flags %s on interface %s",
               ip_addr_format(&p->src, a), p->sport, ip_addr_format(&p->dst, b), p->dport,
               gw_flag_words(p->tcp_flags, flags), nameif);
}

void gw_msg_inbound_denied(struct gw_syslog *s, const struct gw_msg_packet *p, const char *nameif)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], flags[GW_FLAGS_TEXT];

    if (gw_log_wants(s, 106001))
        gw_log(s, 106001,
               "Inbound TCP connection denied from %s/%u to %s/%u flags %s on interface %s",
               ip_addr_format(&p->src, a), p->sport, ip_addr_format(&p->dst, b), p->dport,
               gw_flag_words(p->tcp_flags, flags), nameif);
}

char *gw_proto_word(uint8_t proto, bool upper, char out[static GW_PROTO_TEXT])
{
    const char *name = proto == IP_TCP      ? (upper ? "TCP" : "tcp")
                       : proto == IP_UDP    ? (upper ? "UDP" : "udp")
                       : proto == IP_ICMP   ? (upper ? "ICMP" : "icmp")
                       : proto == IP_ICMPV6 ? (upper ? "ICMP6" : "icmp6") /* as access lists do */
                                            : NULL;

    if (name)
        snprintf(out, GW_PROTO_TEXT, "%s", name);
    else
        snprintf(out, GW_PROTO_TEXT, "protocol %u", proto);
    return out;
}

void gw_msg_acl_denied(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                       const char *dst_if, const char *acl)
{
    const char *hashes = gw_syslog_forms(s).hashes ? " [0x0, 0x0]" : "";
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT];

    if (!gw_log_wants(s, 106023))
        return;
    ip_addr_format(&p->src, a);
    ip_addr_format(&p->dst, b);
    gw_proto_word(p->proto, false, proto);
    if (p->proto == IP_TCP || p->proto == IP_UDP)
        gw_log(s, 106023, "Deny %s src %s:%s/%u dst %s:%s/%u by access-group \"%s\"%s", proto,
               src_if, a, p->sport, dst_if, b, p->dport, acl, hashes);
    else if (p->proto == IP_ICMP || p->proto == IP_ICMPV6)
        gw_log(s, 106023, "Deny %s src %s:%s dst %s:%s (type %d, code %d) by access-group \"%s\"%s",
               proto, src_if, a, dst_if, b, p->icmp_type, p->icmp_code, acl, hashes);
    else
        gw_log(s, 106023, "Deny %s src %s:%s dst %s:%s by access-group \"%s\"%s", proto, src_if, a,
               dst_if, b, acl, hashes);
}

void gw_msg_no_route(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                     const char *dst_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT];

    if (gw_log_wants(s, 110003))
        gw_log(s, 110003, "Routing failed to locate next hop for %s from %s:%s/%u to %s:%s/%u",
               gw_proto_word(p->proto, true, proto), src_if, ip_addr_format(&p->src, a), p->sport,
               dst_if, ip_addr_format(&p->dst, b), p->dport);
}

void gw_msg_not_ipsec(struct gw_syslog *s, const struct gw_msg_packet *p)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT];

    if (!gw_log_wants(s, 402117))
        return;
    if (p->proto == IP_TCP || p->proto == IP_UDP || p->proto == IP_ICMP)
        gw_proto_word(p->proto, true, proto);
    else
        snprintf(proto, sizeof(proto), "%u", p->proto);
    gw_log(s, 402117, "IPSEC: Received a non-IPSec packet (protocol= %s) from %s to %s.", proto,
           ip_addr_format(&p->src, a), ip_addr_format(&p->dst, b));
}

#define LINE_TEXT 512

/* What was typed, without its secrets. */
static char *typed(const char *line, char out[static LINE_TEXT])
{
    size_t n = strlen(line) < LINE_TEXT ? strlen(line) : LINE_TEXT - 1;

    memcpy(out, line, n);
    out[n] = '\0';
    gw_mask_secrets(out);
    return out;
}

void gw_msg_configured(struct gw_syslog *s, const char *user, const char *line)
{
    char text[LINE_TEXT];

    typed(line, text);
    gw_log(s, 111008, "User '%s' executed the '%s' command.", user, text);
    gw_log(s, 111010, "User '%s', running 'CLI' from IP 0.0.0.0, executed '%s'", user, text);
}

void gw_msg_shown(struct gw_syslog *s, const char *user, const char *line)
{
    char text[LINE_TEXT];

    gw_log(s, 111009, "User '%s' executed cmd: %s", user, typed(line, text));
}
