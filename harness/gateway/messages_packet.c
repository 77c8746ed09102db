/* Messages about packets that the normalizer and the access rules turn away. The forms with a real
 * sample: 419002, 313004, 313005, 313008, 500003, 500004; the others are those of Cisco's message
 * guide. */
#include "gateway/messages_parts.h"

#include "wire/ip.h"

#include <stdio.h>

#define DNS_PORT 53
void gw_msg_duplicate_syn(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                          const char *dst_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (gw_log_wants(s, 419002))
        gw_log(s, 419002,
               "Duplicate TCP SYN from %s:%s/%u to %s:%s/%u with different initial sequence "
               "number.",
               src_if, ip_addr_format(&p->src, a), p->sport, dst_if, ip_addr_format(&p->dst, b),
               p->dport);
}

static void denied_udp(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    ip_addr_format(&p->src, a);
    ip_addr_format(&p->dst, b);
    if (p->sport == DNS_PORT || p->dport == DNS_PORT)
        gw_log(s, 106007, "Deny inbound UDP from %s/%u to %s/%u due to DNS %s", a, p->sport, b,
               p->dport, p->dport == DNS_PORT ? "Query" : "Response");
    else
        gw_log(s, 106006, "Deny inbound UDP from %s/%u to %s/%u on interface %s", a, p->sport, b,
               p->dport, src_if);
}

void gw_msg_denied_inbound(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if,
                           const char *dst_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT];

    ip_addr_format(&p->src, a);
    ip_addr_format(&p->dst, b);
    if (p->proto == IP_TCP)
        gw_msg_inbound_denied(s, p, src_if);
    else if (p->proto == IP_UDP)
        denied_udp(s, p, src_if);
    else if (p->icmp_type >= 0)
        gw_log(s, 106014, "Deny inbound %s src %s:%s dst %s:%s (type %d, code %d)",
               gw_proto_word(p->proto, false, proto), src_if, a, dst_if, b, p->icmp_type,
               p->icmp_code);
    else
        gw_log(s, 106010, "Deny inbound %s src %s:%s dst %s:%s",
               gw_proto_word(p->proto, false, proto), src_if, a, dst_if, b);
}

void gw_msg_icmp_denied(struct gw_syslog *s, const struct gw_msg_packet *p, const char *src_if)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    gw_log(s, 313004,
           "Denied ICMP type=%d, from laddr %s on interface %s to %s: no matching session",
           p->icmp_type, ip_addr_format(&p->src, a), src_if, ip_addr_format(&p->dst, b));
}

void gw_msg_icmp_error_denied(struct gw_syslog *s, const struct gw_msg_packet *p,
                              const char *src_if, const char *dst_if,
                              const struct gw_msg_packet *quoted)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT], original[160];

    if (!gw_log_wants(s, 313005))
        return;
    if (!quoted)
        snprintf(original, sizeof(original), "<unknown>");
    else if (quoted->proto == IP_TCP || quoted->proto == IP_UDP)
        snprintf(original, sizeof(original), "%s src %s/%u dst %s/%u",
                 gw_proto_word(quoted->proto, false, proto), ip_addr_format(&quoted->src, a),
                 quoted->sport, ip_addr_format(&quoted->dst, b), quoted->dport);
    else
        snprintf(original, sizeof(original), "%s src %s dst %s",
                 gw_proto_word(quoted->proto, false, proto), ip_addr_format(&quoted->src, a),
                 ip_addr_format(&quoted->dst, b));
    gw_log(s, 313005,
           "No matching connection for ICMP error message: %s src %s:%s dst %s:%s (type %d, code "
           "%d) on %s interface.  Original IP payload: %s.",
           gw_proto_word(p->proto, false, proto), src_if, ip_addr_format(&p->src, a), dst_if,
           ip_addr_format(&p->dst, b), p->icmp_type, p->icmp_code, src_if, original);
}

/* An ICMP message has its type and code where others have ports. */
void gw_msg_access(struct gw_syslog *s, const struct gw_msg_access *m, uint32_t hits,
                   unsigned interval_s)
{
    const struct gw_msg_packet *p = &m->packet;
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], proto[GW_PROTO_TEXT], when[32];
    bool icmp = p->icmp_type >= 0;

    if (!gw_log_wants(s, 106100))
        return;
    if (interval_s)
        snprintf(when, sizeof(when), "%u-second interval", interval_s);
    else
        snprintf(when, sizeof(when), "first hit");
    gw_log(s, 106100,
           "access-list %s %s %s %s/%s(%d) -> %s/%s(%d) hit-cnt %u %s [0x%08x, 0x00000000]",
           m->list, m->permitted ? "permitted" : "denied", gw_proto_word(p->proto, false, proto),
           m->in_if, ip_addr_format(&p->src, a), icmp ? p->icmp_type : p->sport, m->out_if,
           ip_addr_format(&p->dst, b), icmp ? p->icmp_code : p->dport, hits, when, m->hash);
}

/* "FIN PSH ACK", or "INVALID" where none is set. A real line has INVALID in a segment whose header
 * "has" four bytes; which sets of flags are called so is not known. */
static const char *flag_list(uint8_t flags, char out[static GW_FLAGS_TEXT])
{
    size_t n = strlen(gw_flag_words(flags, out));

    if (n == 0)
        return "INVALID";
    out[n - 1] = '\0'; /* the blank behind the last one */
    return out;
}

void gw_msg_bad_tcp_header(struct gw_syslog *s, const struct gw_msg_packet *p, unsigned header_len,
                           size_t packet_len, const char *nameif)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT], flags[GW_FLAGS_TEXT];

    if (gw_log_wants(s, 500003))
        gw_log(s, 500003,
               "Bad TCP hdr length (hdrlen=%u, pktlen=%zu) from %s/%u to %s/%u, flags: %s, on "
               "interface %s",
               header_len, packet_len, ip_addr_format(&p->src, a), p->sport,
               ip_addr_format(&p->dst, b), p->dport, flag_list(p->tcp_flags, flags), nameif);
}

void gw_msg_bad_port(struct gw_syslog *s, const struct gw_msg_packet *p)
{
    char a[IP_ADDR_TEXT], b[IP_ADDR_TEXT];

    if (gw_log_wants(s, 500004))
        gw_log(s, 500004, "Invalid transport field for protocol=%s, from %s/%u to %s/%u",
               p->proto == IP_TCP ? "TCP" : "UDP", ip_addr_format(&p->src, a), p->sport,
               ip_addr_format(&p->dst, b), p->dport);
}
