/* IEEE 802.11 frames, with and without what radio drivers say about them. */
#include "wire/link_parts.h"

enum {
    FC_VERSION = 0x0003, /* there is version 0 alone */
    FC_TYPE = 0x000c,
    FC_DATA = 0x0008,
    FC_NULL = 0x0040, /* of the data subtypes: carries none */
    FC_QOS = 0x0080,
    FC_TO_DS = 0x0100,
    FC_FROM_DS = 0x0200,
    FC_MORE_FRAGMENTS = 0x0400,
    FC_PROTECTED = 0x4000,
    FC_ORDER = 0x8000,
};

enum { QOS_AMSDU = 0x0080 };

/* IEEE 802.11, 9.3.2.2: destination, source, length, and padding to four bytes behind all but the
 * last. */
uint16_t link_part_type(struct rd *r, struct ether *eth)
{
    rd_skip(r, 12);
    size_t len = rd_be16(r);
    struct rd behind = *r;
    rd_skip(&behind, len);
    rd_skip(&behind, (4 - (LINK_PART_HDR_LEN + len) % 4) % 4);
    eth->more = rd_rest(&behind);
    r->in = bytes_head(r->in, r->at + len);
    return link_llc_type(r);
}

static uint16_t swap(uint16_t v)
{
    return (uint16_t)(v >> 8 | v << 8);
}

/* Cisco's access points swap the bytes of frame and sequence control in CAPWAP: told by a version
 * that there is not, where the other byte would make a data frame. */
static bool is_swapped(uint16_t fc)
{
    return fc & FC_VERSION && (swap(fc) & (FC_VERSION | FC_TYPE)) == FC_DATA;
}

/* IEEE 802.11, 9.2 and 9.3.2. PADDED: the driver aligned the body to four bytes. */
static uint16_t data_frame(struct rd *r, bool padded, struct ether *eth)
{
    size_t start = r->at;
    uint16_t fc = rd_le16(r), qos = 0;
    bool swapped = is_swapped(fc);

    fc = swapped ? swap(fc) : fc;
    if ((fc & FC_TYPE) != FC_DATA || fc & (FC_NULL | FC_PROTECTED))
        return 0;
    rd_skip(r, 20); /* duration, three addresses */
    uint16_t sequence = rd_le16(r);
    if ((swapped ? swap(sequence) : sequence) & 0x000f)
        return 0; /* a later fragment */
    if ((fc & FC_TO_DS) && (fc & FC_FROM_DS))
        rd_skip(r, 6);
    if (fc & FC_QOS) {
        qos = rd_le16(r);
        if (fc & FC_ORDER)
            rd_skip(r, 4); /* HT control */
    }
    if (padded)
        rd_skip(r, (4 - (r->at - start) % 4) % 4);
    return qos & QOS_AMSDU ? link_part_type(r, eth) : link_llc_type(r);
}

uint16_t link_wlan_type(struct rd *r, struct ether *eth)
{
    return data_frame(r, false, eth);
}

enum { PRESENT_TSFT = 1, PRESENT_FLAGS = 2, PRESENT_MORE = INT32_MIN };
enum { FLAG_FCS = 0x10, FLAG_PADDED = 0x20 };

/* www.radiotap.org: version, pad, length, then words that say which fields follow, each aligned to
 * its own size. The flags are the first or second field. */
static uint8_t radiotap_flags(struct rd r)
{
    uint32_t first = rd_le32(&r), more = first;

    for (int i = 0; i < 16 && more & (uint32_t)PRESENT_MORE; i++)
        more = rd_le32(&r);
    if (first & PRESENT_TSFT)
        rd_skip(&r, (8 - r.at % 8) % 8 + 8);
    return first & PRESENT_FLAGS ? rd_u8(&r) : 0;
}

uint16_t link_radiotap_type(struct rd *r, struct ether *eth)
{
    size_t start = r->at;

    rd_skip(r, 2);
    size_t len = rd_le16(r);
    uint8_t flags = radiotap_flags(*r);
    if (len < 8)
        return 0;
    rd_skip(r, len - (r->at - start));
    if (flags & FLAG_FCS && rd_left(r) > 4)
        r->in = bytes_head(r->in, r->in.n - 4);
    return data_frame(r, flags & FLAG_PADDED, eth);
}

#define PRISM_LEN 144

uint16_t link_prism_type(struct rd *r, struct ether *eth)
{
    struct rd ahead = *r;

    if ((rd_be32(&ahead) & 0xfffff000u) == 0x80211000u) /* AVS under Prism's number */
        return link_avs_type(r, eth);
    rd_skip(r, PRISM_LEN);
    return link_wlan_type(r, eth);
}

uint16_t link_avs_type(struct rd *r, struct ether *eth)
{
    rd_skip(r, 4); /* magic and version */
    size_t len = rd_be32(r);
    if (len < 8)
        return 0;
    rd_skip(r, len - 8);
    return link_wlan_type(r, eth);
}

/* Per-Packet Information: version, flags, length, the link type of what follows. */
uint16_t link_ppi_type(struct rd *r, struct ether *eth)
{
    rd_skip(r, 2);
    size_t len = rd_le16(r);
    uint32_t linktype = rd_le32(r);
    if (len < 8 || linktype != 105)
        return 0;
    rd_skip(r, len - 8);
    return link_wlan_type(r, eth);
}
