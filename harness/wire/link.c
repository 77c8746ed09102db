#include "wire/link.h"

#include "wire/link_parts.h"

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
uint16_t link_hdlc_type(struct rd *r)
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

uint16_t link_ip_type(const struct rd *r)
{
    struct rd ahead = *r;

    switch (rd_u8(&ahead) >> 4) {
    case 4: return ETHER_IPV4;
    case 6: return ETHER_IPV6;
    default: return 0;
    }
}

/* Ethernet behind MPLS labels: nothing names it, so its own type must be one that is read. */
static bool is_ether(struct rd r)
{
    rd_skip(&r, 12);
    switch (rd_be16(&r)) {
    case ETHER_IPV4:
    case ETHER_IPV6:
    case ETHER_ARP:
    case ETHER_VLAN:
    case ETHER_QINQ: return true;
    default: return false;
    }
}

/* RFC 3032, 2.1: entries of 20 bits label, 3 bits class, bottom-of-stack, 8 bits TTL. What is below
 * is not named: IP shows by its version, a pseudo-wire (RFC 4448) by what is in it, with or without
 * a control word that begins with four zero bits. */
static uint16_t mpls_type(struct rd *r, struct ether *eth)
{
    while (!r->err && !(rd_be32(r) & 0x100))
        ;
    struct rd word = *r;
    if (!is_ether(*r) && rd_be32(&word) >> 28 == 0 && is_ether(word))
        *r = word;
    return is_ether(*r) ? link_ether_type(r, eth) : link_ip_type(r);
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

uint16_t link_ether_type(struct rd *r, struct ether *eth)
{
    rd_copy(r, eth->dst.b, 6);
    rd_copy(r, eth->src.b, 6);
    return rd_be16(r);
}

/* RFC 8300, 2.2: length in words, and what follows. */
static uint16_t nsh_type(struct rd *r, struct ether *eth)
{
    size_t words = rd_be16(r) & 0x3f;
    rd_skip(r, 1);
    uint8_t next = rd_u8(r);
    if (words < 2)
        return 0;
    rd_skip(r, words * 4 - 4);
    switch (next) {
    case 1: return ETHER_IPV4;
    case 2: return ETHER_IPV6;
    case 3: return link_ether_type(r, eth);
    case 4: return ETHER_NSH;
    case 5: return ETHER_MPLS;
    default: return 0;
    }
}

/* Tags of fixed length that end with the EtherType of what they tag: how many bytes come before it.
 * 0: TYPE is none of them. */
static size_t tag_len(uint16_t type)
{
    switch (type) {
    case ETHER_VNTAG: return 4;
    case ETHER_HSR: return 4;  /* IEC 62439-3: path and size, number */
    case ETHER_CMD: return 6;  /* Cisco metadata: version, length, option, security group */
    case ETHER_ETAG: return 6; /* IEEE 802.1BR */
    default: return 0;
    }
}

static void take_vlan(struct rd *r, struct ether *eth)
{
    uint16_t tag = rd_be16(r) & 0x0fff;

    if (eth->vlans < COUNT(eth->vlan))
        eth->vlan[eth->vlans++] = tag;
    else
        rd_fail(r, ERR_FORMAT);
}

uint16_t link_llc_type(struct rd *r)
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
        case ETHER_MPLS_UPSTREAM: eth->type = mpls_type(r, eth); continue;
        case ETHER_PBB: /* IEEE 802.1ah: flags and service, then the customer's frame */
            rd_skip(r, 4);
            eth->type = link_ether_type(r, eth);
            continue;
        case ETHER_FABRICPATH: /* tree and hops to live, then the frame as it came in */
            rd_skip(r, 2);
            eth->type = link_ether_type(r, eth);
            continue;
        case ETHER_NSH: eth->type = nsh_type(r, eth); continue;
        case ETHER_TEB: eth->type = link_ether_type(r, eth); continue;
        case ETHER_PPP: eth->type = link_hdlc_type(r); continue;
        case ETHER_PPPOE_SESSION: eth->type = pppoe_type(r); continue;
        default: break;
        }
        if (tag_len(eth->type)) {
            rd_skip(r, tag_len(eth->type));
            eth->type = rd_be16(r);
            continue;
        }
        if (eth->type >= 0x0600 || eth->type == 0)
            return;
        eth->type = link_llc_type(r); /* it was a length: 802.3 */
    }
}

/* Apple's capture of several interfaces: length, record type, link type of what follows. */
static uint16_t pktap_type(struct rd *r, struct ether *eth);

/* Tags of switch chips, in Ethernet frames behind the addresses. */
static uint16_t tagged_type(struct rd *r, struct ether *eth, size_t tag)
{
    rd_copy(r, eth->dst.b, 6);
    rd_copy(r, eth->src.b, 6);
    rd_skip(r, tag);
    return rd_be16(r);
}

/* RFC 4391, 6: behind a routing header or an address of 20 bytes padded to its 40, the EtherType
 * and two reserved bytes. */
static uint16_t ipoib_type(struct rd *r)
{
    rd_skip(r, 40);
    uint16_t type = rd_be16(r);
    rd_skip(r, 2);
    return type;
}

static uint16_t rare_header(uint32_t linktype, struct rd *r, struct ether *eth)
{
    switch (linktype) {
    case LINK_TOKEN_RING: return link_token_ring_type(r);
    case LINK_ARCNET: return link_arcnet_type(r, false);
    case LINK_ARCNET_LINUX: return link_arcnet_type(r, true);
    case LINK_FDDI: return link_fddi_type(r);
    case LINK_ATM_11:
    case LINK_ATM: return link_atm_type(r);
    case LINK_SUNATM: rd_skip(r, 4); return link_atm_type(r);
    case LINK_WLAN: return link_wlan_type(r, eth);
    case LINK_FRAME_RELAY: return link_frame_relay_type(r);
    case LINK_ENC: rd_skip(r, 12); return link_ip_type(r); /* family, SPI, flags */
    case LINK_PFLOG: return link_pflog_type(r);
    case LINK_PRISM: return link_prism_type(r, eth);
    case LINK_RADIOTAP: return link_radiotap_type(r, eth);
    case LINK_AVS: return link_avs_type(r, eth);
    case LINK_PPP_PPPD:
    case LINK_PPP_DIRECTION: rd_skip(r, 1); return link_hdlc_type(r);
    case LINK_JUNIPER_ETHER: return link_juniper_type(r, eth);
    case LINK_PPI: return link_ppi_type(r, eth);
    case LINK_NFLOG: return link_nflog_type(r);
    case LINK_IPOIB: return ipoib_type(r);
    case LINK_PKTAP: return pktap_type(r, eth);
    case LINK_BRCM_TAG: return tagged_type(r, eth, 4);
    case LINK_BRCM_PREPEND: rd_skip(r, 4); return link_ether_type(r, eth);
    case LINK_DSA: return tagged_type(r, eth, 4);
    case LINK_EDSA: return tagged_type(r, eth, 8);
    default: return 0;
    }
}

static uint16_t link_header(uint32_t linktype, struct rd *r, struct ether *eth)
{
    switch (linktype) {
    case LINK_ETHERNET: return link_ether_type(r, eth);
    case LINK_NULL: return null_type(r);
    case LINK_LOOP: return family_type(rd_be32(r));
    case LINK_PPP:
    case LINK_PPP_HDLC:
    case LINK_C_HDLC: return link_hdlc_type(r);
    case LINK_PPP_ETHER: return pppoe_type(r);
    case LINK_SLL: return sll_type(r);
    case LINK_SLL2: return sll2_type(r);
    case LINK_IPV4: return ETHER_IPV4;
    case LINK_IPV6: return ETHER_IPV6;
    case LINK_RAW_12:
    case LINK_RAW_14:
    case LINK_RAW: return link_ip_type(r);
    default: return rare_header(linktype, r, eth);
    }
}

static uint16_t pktap_type(struct rd *r, struct ether *eth)
{
    size_t len = rd_le32(r);
    rd_skip(r, 4);
    uint32_t linktype = rd_le32(r);
    if (len < 12 || linktype == LINK_PKTAP)
        return 0;
    rd_skip(r, len - 12);
    return link_header(linktype, r, eth);
}

/* What is in R, from its EtherType on. */
static void parse_rest(struct rd *r, struct ether *eth, struct pkt *out)
{
    peel(r, eth);
    eth->payload = rd_rest(r);
    if (r->err)
        *eth = (struct ether){.more = eth->more};
    out->kind = PKT_OTHER;
    out->data_len = 0;
    if (eth->type == ETHER_IPV4 || eth->type == ETHER_IPV6)
        pkt_parse_ip(eth->payload, out);
    else if (eth->type == ETHER_ARP && !arp_parse(eth->payload, &out->arp))
        out->kind = PKT_ARP;
    out->eth = *eth;
}

void link_parse(uint32_t linktype, struct bytes frame, struct pkt *out)
{
    struct rd r = rd_of(frame);
    struct ether eth = {0};

    eth.type = link_header(linktype, &r, &eth);
    parse_rest(&r, &eth, out);
}

bool link_next_part(struct bytes rest, struct pkt *out)
{
    struct rd r = rd_of(rest);
    struct ether eth = {0};

    if (rest.n < LINK_PART_HDR_LEN)
        return false;
    eth.type = link_part_type(&r, &eth);
    parse_rest(&r, &eth, out);
    return true;
}

void link_parse_type(uint16_t type, struct bytes in, struct pkt *out)
{
    struct rd r = rd_of(in);
    struct ether eth = {.type = type};

    parse_rest(&r, &eth, out);
}
