/* Link headers that are met seldom. */
#include "wire/link_parts.h"

/* ARCNET protocol ids (RFC 1201; RFC 1051's are older and have no fragments). */
enum { ARC_IPV6 = 196, ARC_IP = 212, ARC_ARP = 213, ARC_IP_1051 = 240, ARC_ARP_1051 = 241 };

/* RFC 1201, 3: split flag and number; a flag of FF is an exception packet's, the real one follows.
 * Of a packet in fragments the first stands for it. */
static uint16_t arcnet_1201(struct rd *r, uint16_t type)
{
    uint8_t split = rd_u8(r);

    if (split == 0xff) {
        rd_skip(r, 3);
        split = rd_u8(r);
    }
    rd_skip(r, 2);
    return split == 0 || split & 1 ? type : 0;
}

uint16_t link_arcnet_type(struct rd *r, bool linux_kind)
{
    rd_skip(r, linux_kind ? 4 : 2); /* sender, receiver; Linux: and an offset */
    switch (rd_u8(r)) {
    case ARC_IP: return arcnet_1201(r, ETHER_IPV4);
    case ARC_IPV6: return arcnet_1201(r, ETHER_IPV6);
    case ARC_ARP: return arcnet_1201(r, ETHER_ARP);
    case ARC_IP_1051: return ETHER_IPV4;
    case ARC_ARP_1051: return ETHER_ARP;
    default: return 0;
    }
}

uint16_t link_fddi_type(struct rd *r)
{
    uint8_t control = rd_u8(r);

    rd_skip(r, 12);
    return (control & 0x30) == 0x10 ? link_llc_type(r) : 0; /* LLC frames */
}

/* IEEE 802.5: access and frame control, addresses; a group bit in the source address announces
 * routing information, whose length is in its first byte. */
uint16_t link_token_ring_type(struct rd *r)
{
    rd_skip(r, 1);
    uint8_t control = rd_u8(r);
    rd_skip(r, 6);
    uint8_t source = rd_u8(r);
    rd_skip(r, 5);
    struct rd ahead = *r;
    if (source & 0x80)
        rd_skip(r, rd_u8(&ahead) & 0x1fu);
    return (control & 0xc0) == 0x40 ? link_llc_type(r) : 0;
}

/* RFC 2427: two bytes of address, then control and NLPID; Cisco's own has an EtherType. */
uint16_t link_frame_relay_type(struct rd *r)
{
    rd_skip(r, 2);
    struct rd ahead = *r;
    if (rd_u8(&ahead) != 0x03)
        return rd_be16(r);
    *r = ahead;
    uint8_t nlpid = rd_u8(r);
    if (nlpid == 0)
        nlpid = rd_u8(r); /* padding */
    switch (nlpid) {
    case 0xcc: return ETHER_IPV4;
    case 0x8e: return ETHER_IPV6;
    case 0x80: rd_skip(r, 3); return rd_be16(r); /* SNAP */
    default: return 0;
    }
}

/* RFC 2684: LLC, or bare IP on a channel of its own. */
uint16_t link_atm_type(struct rd *r)
{
    struct rd ahead = *r;

    return (rd_be16(&ahead) & 0xfefe) == 0xaaaa ? link_llc_type(r) : link_ip_type(r);
}

/* OpenBSD's packet filter log: its length is in the first byte, the whole is aligned to four. */
uint16_t link_pflog_type(struct rd *r)
{
    struct rd ahead = *r;

    rd_skip(r, (rd_u8(&ahead) + 3u) & ~3u);
    return link_ip_type(r);
}

enum { NFLOG_PAYLOAD = 9 };

/* Linux NFLOG: family, version, id, then attributes; one of them is the packet. */
uint16_t link_nflog_type(struct rd *r)
{
    rd_skip(r, 4);
    while (rd_left(r) >= 4) {
        size_t len = rd_le16(r);
        uint16_t type = rd_le16(r) & 0x7fff;
        if (len < 4)
            return 0;
        if (type == NFLOG_PAYLOAD) {
            r->in = bytes_head(r->in, r->at + len - 4);
            return link_ip_type(r);
        }
        rd_skip(r, ((len + 3u) & ~(size_t)3u) - 4);
    }
    return 0;
}

enum { JUNIPER_MAGIC = 0x4d4743, JUNIPER_NO_L2 = 0x02, JUNIPER_EXTENDED = 0x80 };

/* "MGC" and flags, then perhaps extensions behind their length, before the frame. */
uint16_t link_juniper_type(struct rd *r, struct ether *eth)
{
    uint32_t first = rd_be32(r);

    if (first >> 8 != JUNIPER_MAGIC || first & JUNIPER_NO_L2)
        return 0;
    if (first & JUNIPER_EXTENDED)
        rd_skip(r, rd_be16(r));
    return link_ether_type(r, eth);
}
