#include "wire/ether.h"

static bool is_tag(uint16_t type)
{
    return type == ETHER_VLAN || type == ETHER_QINQ || type == ETHER_QINQ_OLD;
}

enum err ether_parse(struct bytes frame, struct ether *out)
{
    struct rd r = rd_of(frame);
    struct ether e = {0};

    rd_copy(&r, e.dst.b, 6);
    rd_copy(&r, e.src.b, 6);
    e.type = rd_be16(&r);
    while (is_tag(e.type) && !r.err) {
        if (e.vlans == COUNT(e.vlan)) {
            rd_fail(&r, ERR_FORMAT);
            break;
        }
        e.vlan[e.vlans++] = rd_be16(&r) & 0x0fff; /* 802.1Q: priority, DEI, 12 bits of id */
        e.type = rd_be16(&r);
    }
    e.payload = rd_rest(&r);
    if (!r.err)
        *out = e;
    return r.err;
}

void ether_put(struct wr *w, const struct mac *dst, const struct mac *src, uint16_t type)
{
    wr_put(w, bytes_of(dst->b, 6));
    wr_put(w, bytes_of(src->b, 6));
    wr_be16(w, type);
}
