/* Tunnels in UDP, told by their port; each looks at its header before it is believed. */
#include "wire/link.h"
#include "wire/link_parts.h"
#include "wire/tunnel_parts.h"

/* X(name, port, reader) of registered ports (IANA); 8472 is Linux's older one for VXLAN. */
#define TUNNEL_PORTS(X)                                                                            \
    X(L2TP, 1701, l2tp)                                                                            \
    X(GTP_U, 2152, gtp)                                                                            \
    X(TEREDO, 3544, teredo)                                                                        \
    X(GRE, 4754, gre)                                                                              \
    X(VXLAN, 4789, vxlan)                                                                          \
    X(VXLAN_GPE, 4790, vxlan_gpe)                                                                  \
    X(AYIYA, 5072, ayiya)                                                                          \
    X(CAPWAP_DATA, 5247, capwap)                                                                   \
    X(GUE, 6080, gue)                                                                              \
    X(GENEVE, 6081, geneve)                                                                        \
    X(MPLS, 6635, mpls)                                                                            \
    X(VXLAN_LINUX, 8472, vxlan)

/* RFC 7348, 5: flags with the I bit, the network in 24 bits. Reserved bits are not looked at. */
static struct tunnel_inner vxlan(struct rd *r)
{
    uint8_t flags = rd_u8(r);

    rd_skip(r, 7);
    return flags & 0x08 ? tunnel_frame(LINK_ETHERNET, r) : tunnel_nothing;
}

/* draft-ietf-nvo3-vxlan-gpe: the P bit says that the fourth byte names what follows. */
static struct tunnel_inner vxlan_gpe(struct rd *r)
{
    uint8_t flags = rd_u8(r);
    rd_skip(r, 2);
    uint8_t next = rd_u8(r);
    rd_skip(r, 4);
    if (!(flags & 0x04))
        return tunnel_frame(LINK_ETHERNET, r);
    switch (next) {
    case 1: return tunnel_type(ETHER_IPV4, r);
    case 2: return tunnel_type(ETHER_IPV6, r);
    case 3: return tunnel_frame(LINK_ETHERNET, r);
    case 4: return tunnel_type(ETHER_NSH, r);
    case 5: return tunnel_type(ETHER_MPLS, r);
    default: return tunnel_nothing;
    }
}

/* RFC 8926, 3.4: version and length of options in words, flags, EtherType, network. */
static struct tunnel_inner geneve(struct rd *r)
{
    uint8_t first = rd_u8(r), flags = rd_u8(r);
    uint16_t type = rd_be16(r);

    rd_skip(r, 4);
    rd_skip(r, (first & 0x3fu) * 4u);
    if (first >> 6 != 0 || flags & 0x80) /* another version, or control */
        return tunnel_nothing;
    return tunnel_type(type, r);
}

static struct tunnel_inner gre(struct rd *r)
{
    return tunnel_gre(r);
}

static struct tunnel_inner mpls(struct rd *r)
{
    return tunnel_type(ETHER_MPLS, r);
}

enum { GTP_T_PDU = 255, GTP_EXTENSION = 0x04, GTP_OPTIONS = 0x07 };

/* 3GPP TS 29.281, 5.1: flags, type, length, tunnel; with any of the flags E, S, PN four bytes more,
 * the last of which names an extension header. */
static struct tunnel_inner gtp(struct rd *r)
{
    uint8_t flags = rd_u8(r), type = rd_u8(r);
    uint16_t len = rd_be16(r);

    if (flags >> 5 != 1 || !(flags & 0x10) || type != GTP_T_PDU)
        return tunnel_nothing;
    rd_skip(r, 4);
    r->in = bytes_head(r->in, r->at + len);
    if (flags & GTP_OPTIONS) {
        rd_skip(r, 3);
        uint8_t next = rd_u8(r);
        for (int n = 0; flags & GTP_EXTENSION && next && n < 16 && !r->err; n++) {
            size_t words = rd_u8(r);
            if (words == 0)
                return tunnel_nothing;
            rd_skip(r, words * 4 - 2);
            next = rd_u8(r);
        }
    }
    return tunnel_frame(LINK_RAW, r);
}

enum { L2TP_CONTROL = 0x8000, L2TP_LENGTH = 0x4000, L2TP_SEQUENCE = 0x0800, L2TP_OFFSET = 0x0200 };

/* RFC 2661, 3.1; data messages carry PPP. */
static struct tunnel_inner l2tp(struct rd *r)
{
    uint16_t flags = rd_be16(r);

    if (flags & L2TP_CONTROL || (flags & 0x000f) != 2)
        return tunnel_nothing;
    rd_skip(r, (flags & L2TP_LENGTH ? 2u : 0) + 4);
    rd_skip(r, flags & L2TP_SEQUENCE ? 4u : 0);
    if (flags & L2TP_OFFSET)
        rd_skip(r, rd_be16(r));
    return tunnel_frame(LINK_PPP, r);
}

/* RFC 4380, 5.1.1: perhaps an authentication and an origin indication, then IPv6. */
static struct tunnel_inner teredo(struct rd *r)
{
    struct rd ahead = *r;
    uint16_t mark = rd_be16(&ahead);

    if (mark == 0x0001) {
        size_t client = rd_u8(&ahead), authentication = rd_u8(&ahead);
        rd_skip(&ahead, client + authentication + 9); /* nonce, confirmation */
        *r = ahead;
        mark = rd_be16(&ahead);
    }
    if (mark == 0x0000)
        rd_skip(r, 8);
    return link_ip_type(r) == ETHER_IPV6 ? tunnel_type(ETHER_IPV6, r) : tunnel_nothing;
}

/* draft-massar-v6ops-ayiya-02, 3: lengths of identity and signature (in words), operation, next. */
static struct tunnel_inner ayiya(struct rd *r)
{
    uint8_t identity = rd_u8(r), signature = rd_u8(r), operation = rd_u8(r), next = rd_u8(r);

    rd_skip(r, 4);
    rd_skip(r, ((size_t)1 << (identity >> 4)) + (signature >> 4) * 4u);
    if ((operation & 0x0f) != 1 || (next != IP_IPV6 && next != IP_IPIP)) /* forward it */
        return tunnel_nothing;
    return tunnel_frame(LINK_RAW, r);
}

/* draft-ietf-intarea-gue: version 0 has length in words and protocol; version 1 is IP itself. */
static struct tunnel_inner gue(struct rd *r)
{
    struct rd ahead = *r;
    uint8_t first = rd_u8(&ahead), proto = rd_u8(&ahead);

    if (first >> 6 == 1)
        return tunnel_frame(LINK_RAW, r);
    rd_skip(&ahead, 2 + (first & 0x1fu) * 4u);
    if (first >> 5 != 0) /* another version, or control */
        return tunnel_nothing;
    *r = ahead;
    switch (proto) {
    case IP_IPIP:
    case IP_IPV6: return tunnel_frame(LINK_RAW, r);
    case IP_GRE: return tunnel_gre(r);
    case IP_MPLS: return tunnel_type(ETHER_MPLS, r);
    case IP_ETHERIP: rd_skip(r, 2); return tunnel_frame(LINK_ETHERNET, r);
    default: return tunnel_nothing;
    }
}

/* RFC 5415, 4.3: its own length in words; T: the frame inside is the radio's own. First fragments
 * and whole ones in the clear. */
static struct tunnel_inner capwap(struct rd *r)
{
    struct rd ahead = *r;
    uint32_t first = rd_be32(&ahead), second = rd_be32(&ahead);

    if (first >> 24 != 0 || second & 0x0000fff8u) /* DTLS or another version; a later fragment */
        return tunnel_nothing;
    rd_skip(r, (first >> 19 & 0x1f) * 4u);
    return tunnel_frame(first & 0x100 ? LINK_WLAN : LINK_ETHERNET, r);
}

static bool by_port(uint16_t port, struct rd *r, struct tunnel_inner *out)
{
    switch (port) {
#define X(name, number, reader)                                                                    \
    case number: *out = reader(r); return true;
        TUNNEL_PORTS(X)
#undef X
    default: return false;
    }
}

struct tunnel_inner tunnel_udp(const struct udp *u, struct rd *r)
{
    struct tunnel_inner i = tunnel_nothing;
    struct rd again = *r;

    if (by_port(u->dst, r, &i) && i.kind != TUNNEL_NOTHING && !r->err)
        return i;
    *r = again;
    return by_port(u->src, r, &i) ? i : tunnel_nothing;
}
