#include "wire/tunnel.h"

#include "wire/link.h"
#include "wire/link_parts.h"
#include "wire/tunnel_parts.h"

/* GRE, first 16 bits: RFC 2890, 2.1; RFC 2637, 4.1. */
enum { GRE_CHECKSUM = 0x8000, GRE_ROUTING = 0x4000, GRE_KEY = 0x2000, GRE_SEQ = 0x1000 };
enum { GRE_ACK = 0x0080, GRE_VERSION = 0x0007 };

/* Protocol types that are no EtherTypes of anything but GRE. */
enum { GRE_WCCP = 0x883e, GRE_ERSPAN = 0x88be, GRE_ERSPAN_III = 0x22eb, GRE_ARUBA = 0x8200 };

static struct tunnel_inner erspan(struct rd *r, bool third)
{
    rd_skip(r, third ? 11 : 8);
    if (third && rd_u8(r) & 1)
        rd_skip(r, 8); /* a platform's own subheader */
    return tunnel_frame(LINK_ETHERNET, r);
}

/* WCCP's redirect header of four bytes, which its first version does not have: none of its first
 * bytes looks like IP version 4. */
static struct tunnel_inner wccp(struct rd *r)
{
    if (link_ip_type(r) != ETHER_IPV4)
        rd_skip(r, 4);
    return tunnel_frame(LINK_RAW, r);
}

struct tunnel_inner tunnel_gre(struct rd *r)
{
    uint16_t flags = rd_be16(r), type = rd_be16(r);

    if ((flags & GRE_VERSION) == 1) { /* PPTP: key is length and call, number and acknowledgement */
        rd_skip(r, 4);
        rd_skip(r, (flags & GRE_SEQ ? 4u : 0) + (flags & GRE_ACK ? 4u : 0));
        return tunnel_frame(LINK_PPP, r);
    }
    if (flags & (GRE_VERSION | GRE_ROUTING))
        return tunnel_nothing;
    rd_skip(r, (flags & GRE_CHECKSUM ? 4u : 0) + (flags & GRE_KEY ? 4u : 0));
    rd_skip(r, flags & GRE_SEQ ? 4u : 0);
    if (type == GRE_WCCP)
        return wccp(r);
    if (type == GRE_ERSPAN && !(flags & GRE_SEQ))
        return tunnel_frame(LINK_ETHERNET, r); /* its first type has no header */
    if (type == GRE_ERSPAN || type == GRE_ERSPAN_III)
        return erspan(r, type == GRE_ERSPAN_III);
    if ((type & 0xff00) == GRE_ARUBA)
        return tunnel_frame(LINK_WLAN, r);
    return tunnel_type(type, r);
}

/* RFC 4302, 2: next header, length in words less two, reserved, SPI, number, check value. */
static struct tunnel_inner ah(struct rd *r, const struct ip *ip)
{
    uint8_t next = rd_u8(r);
    size_t words = rd_u8(r);

    rd_skip(r, words * 4 + 6);
    if (next == IP_IPIP || next == IP_IPV6)
        return tunnel_frame(LINK_RAW, r);
    if (next == IP_ESP || next == IP_AH || ip->frag_off)
        return tunnel_nothing;
    return (struct tunnel_inner){.kind = TUNNEL_TRANSPORT, .type = next, .in = rd_rest(r)};
}

static struct tunnel_inner by_protocol(const struct pkt *p, struct rd *r)
{
    switch (p->ip.proto) {
    case IP_IPIP:
    case IP_IPV6: return tunnel_frame(LINK_RAW, r);
    case IP_GRE: return tunnel_gre(r);
    case IP_AH: return ah(r, &p->ip);
    case IP_ETHERIP: rd_skip(r, 2); return tunnel_frame(LINK_ETHERNET, r);
    case IP_MPLS: return tunnel_type(ETHER_MPLS, r);
    default: return tunnel_nothing;
    }
}

/* What is left of the outer packet bounds the inner one, even where its header says more. */
static void bound(struct pkt *in, const struct pkt *outer)
{
    size_t cut = outer->ip.payload_len - outer->ip.payload.n;

    if (in->ip.payload_len <= in->ip.payload.n + cut)
        return;
    in->ip.payload_len = in->ip.payload.n + cut;
    pkt_parse_payload(in);
}

/* The transport header as if there were no AH before it. */
static void take_transport(const struct pkt *p, const struct tunnel_inner *i, struct pkt *out)
{
    size_t header = p->ip.payload.n - i->in.n;

    *out = *p;
    out->ip.proto = (uint8_t)i->type;
    out->ip.payload = i->in;
    out->ip.payload_len -= header;
    out->ip.hdr_len += header;
    out->eth.more = bytes_of(NULL, 0);
    pkt_parse_payload(out);
}

bool tunnel_open(const struct pkt *p, struct pkt *out)
{
    struct rd r = rd_of(p->kind == PKT_UDP ? p->udp.data : p->ip.payload);
    struct tunnel_inner i = tunnel_nothing;

    if (p->kind == PKT_UDP)
        i = tunnel_udp(&p->udp, &r);
    else if (p->kind == PKT_IP)
        i = by_protocol(p, &r);
    if (r.err || i.kind == TUNNEL_NOTHING)
        return false;
    if (i.kind == TUNNEL_TRANSPORT) {
        take_transport(p, &i, out);
        return true;
    }
    if (i.kind == TUNNEL_FRAME)
        link_parse(i.type, i.in, out);
    else
        link_parse_type((uint16_t)i.type, i.in, out);
    while (out->kind < PKT_IP && link_next_part(out->eth.more, out))
        ;
    if (out->kind < PKT_IP)
        return false;
    if (i.kind == TUNNEL_TYPE || i.type != LINK_ETHERNET) {
        struct bytes more = out->eth.more;
        out->eth = p->eth;
        out->eth.more = more;
    }
    bound(out, p);
    return true;
}
