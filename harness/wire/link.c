#include "wire/link.h"

/* PPP protocol numbers (IANA). */
enum { PPP_IP = 0x0021, PPP_IPV6 = 0x0057, PPP_MPLS = 0x0281, PPP_MPLS_MULTICAST = 0x0283 };

/* Headers inside headers are followed this deep; more is an attack. */
#define DEPTH_MAX 16

bool link_is_supported(uint32_t linktype)
{
    switch (linktype) {
#define X(id, number, name) case number:
        LINK_TYPES(X)
#undef X
        return true;
    default: return false;
    }
}

const char *link_name(uint32_t linktype)
{
    switch (linktype) {
#define X(id, number, name)                                                                        \
    case number: return name;
        LINK_TYPES(X)
#undef X
    default: return NULL;
    }
}

/* The EtherType of a PPP payload, reading the protocol field, which may be one byte long (RFC 1661,
 * 6.5). 0: no network protocol that is read here. */
static uint16_t ppp_type(struct rd *r)
{
    uint16_t proto = rd_u8(r);

    if (!(proto & 1))
        proto = (uint16_t)(proto << 8 | rd_u8(r));
    switch (proto) {
    case PPP_IP: return ETHER_IPV4;
    case PPP_IPV6: return ETHER_IPV6;
    case PPP_MPLS: return ETHER_MPLS;
    case PPP_MPLS_MULTICAST: return ETHER_MPLS_UPSTREAM;
    default: return 0;
    }
}

/* PPP in HDLC-like framing: FF 03 may be left out (RFC 1662, 3.1; RFC 1661, 6.6). Cisco HDLC, which
 * captures of serial lines mix in, begins with 0F or 8F, 00 and has an EtherType. */
static uint16_t hdlc_type(struct rd *r)
{
    struct rd ahead = *r;
    uint16_t head = rd_be16(&ahead);

    if (head == 0x0f00 || head == 0x8f00) {
        *r = ahead;
        return rd_be16(r);
    }
    if (head == 0xff03)
        *r = ahead;
    return ppp_type(r);
}

/* RFC 2516, 4: version and type, code (0: a session's data), session, length. */
static uint16_t pppoe_type(struct rd *r)
{
    rd_skip(r, 1);
    uint8_t code = rd_u8(r);
    rd_skip(r, 2);
    size_t len = rd_be16(r);
    if (code != 0)
        return 0;
    r->in = bytes_head(r->in, r->at + len); /* what follows is Ethernet padding */
    return ppp_type(r);
}

static uint16_t ip_type(const struct rd *r)
{
    struct rd ahead = *r;

    switch (rd_u8(&ahead) >> 4) {
    case 4: return ETHER_IPV4;
    case 6: return ETHER_IPV6;
    default: return 0;
    }
}

/* RFC 3032, 2.1: entries of 20 bits label, 3 bits class, bottom-of-stack, 8 bits TTL. What is below
 * is not named: IP shows by its version. */
static uint16_t mpls_type(struct rd *r)
{
    while (!r->err && !(rd_be32(r) & 0x100))
        ;
    return ip_type(r);
}

/* Families as the BSDs and Linux number them; the writer's byte order shows by the value. */
static uint16_t family_type(uint32_t family)
{
    if (family > 0xffff)
        family = __builtin_bswap32(family);
    switch (family) {
    case 2: return ETHER_IPV4;
    case 10: /* Linux */
    case 24: /* NetBSD, OpenBSD */
    case 28: /* FreeBSD */
    case 30: /* macOS */ return ETHER_IPV6;
    default: return 0;
    }
}

/* Some drivers of NULL links wrote PPP headers in place of the family. */
static uint16_t null_type(struct rd *r)
{
    struct rd ahead = *r;

    if (rd_be16(&ahead) == 0xff03) {
        *r = ahead;
        return ppp_type(r);
    }
    return family_type(rd_be32(r));
}

static uint16_t sll_type(struct rd *r)
{
    rd_skip(r, 14); /* packet type, ARPHRD type, address length, address */
    return rd_be16(r);
}

static uint16_t sll2_type(struct rd *r)
{
    uint16_t type = rd_be16(r);

    rd_skip(r, 18); /* reserved, interface, ARPHRD type, packet type, address length, address */
    return type;
}

static void take_vlan(struct rd *r, struct ether *eth)
{
    uint16_t tag = rd_be16(r) & 0x0fff;

    if (eth->vlans < COUNT(eth->vlan))
        eth->vlan[eth->vlans++] = tag;
    else
        rd_fail(r, ERR_FORMAT);
}

/* IEEE 802.2: SNAP with an EtherType (RFC 1042), or IP by its own SAP (RFC 948). */
static uint16_t llc_type(struct rd *r)
{
    uint16_t saps = rd_be16(r);
    uint8_t control = rd_u8(r);

    if (saps == 0x0606 && control == 0x03)
        return ETHER_IPV4;
    if (saps != 0xaaaa || control != 0x03)
        return 0;
    rd_skip(r, 3); /* organisation */
    return rd_be16(r);
}

/* Takes off what stands between the link header and IP; ends at a type that is none of these. */
static void peel(struct rd *r, struct ether *eth)
{
    for (int depth = 0; depth < DEPTH_MAX && !r->err; depth++) {
        switch (eth->type) {
        case ETHER_VLAN:
        case ETHER_QINQ:
        case ETHER_QINQ_OLD:
            take_vlan(r, eth);
            eth->type = rd_be16(r);
            continue;
        case ETHER_MPLS:
        case ETHER_MPLS_UPSTREAM: eth->type = mpls_type(r); continue;
        case ETHER_PPPOE_SESSION: eth->type = pppoe_type(r); continue;
        default: break;
        }
        if (eth->type >= 0x0600 || eth->type == 0)
            return;
        eth->type = llc_type(r); /* it was a length: 802.3 */
    }
}

static uint16_t link_header(uint32_t linktype, struct rd *r, struct ether *eth)
{
    switch (linktype) {
    case LINK_ETHERNET:
        rd_copy(r, eth->dst.b, 6);
        rd_copy(r, eth->src.b, 6);
        return rd_be16(r);
    case LINK_NULL: return null_type(r);
    case LINK_LOOP: return family_type(rd_be32(r));
    case LINK_PPP:
    case LINK_PPP_HDLC:
    case LINK_C_HDLC: return hdlc_type(r);
    case LINK_PPP_ETHER: return pppoe_type(r);
    case LINK_SLL: return sll_type(r);
    case LINK_SLL2: return sll2_type(r);
    case LINK_IPV4: return ETHER_IPV4;
    case LINK_IPV6: return ETHER_IPV6;
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW: return ip_type(r);
    default: return 0;
    }
}

void link_parse(uint32_t linktype, struct bytes frame, struct pkt *out)
{
    struct rd r = rd_of(frame);
    struct ether eth = {0};

    eth.type = link_header(linktype, &r, &eth);
    peel(&r, &eth);
    eth.payload = rd_rest(&r);
    if (r.err)
        eth = (struct ether){0};
    out->kind = PKT_OTHER;
    out->data_len = 0;
    if (eth.type == ETHER_IPV4 || eth.type == ETHER_IPV6)
        pkt_parse_ip(eth.payload, out);
    else if (eth.type == ETHER_ARP && !arp_parse(eth.payload, &out->arp))
        out->kind = PKT_ARP;
    out->eth = eth;
}
