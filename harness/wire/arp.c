#include "wire/arp.h"

enum err arp_parse(struct bytes in, struct arp *out)
{
    struct rd r = rd_of(in);
    struct arp a = {0};

    uint16_t hardware = rd_be16(&r), protocol = rd_be16(&r);
    uint8_t hardware_len = rd_u8(&r), protocol_len = rd_u8(&r);
    a.op = rd_be16(&r);
    if (!r.err && (hardware != 1 || protocol != 0x0800 || hardware_len != 6 || protocol_len != 4))
        rd_fail(&r, ERR_UNSUPPORTED);
    rd_copy(&r, a.sender_mac.b, 6);
    a.sender = ip4(rd_be32(&r));
    rd_copy(&r, a.target_mac.b, 6);
    a.target = ip4(rd_be32(&r));
    if (!r.err)
        *out = a;
    return r.err;
}

void arp_put(struct wr *w, const struct arp *a)
{
    wr_be16(w, 1);
    wr_be16(w, 0x0800);
    wr_u8(w, 6);
    wr_u8(w, 4);
    wr_be16(w, a->op);
    wr_put(w, bytes_of(a->sender_mac.b, 6));
    wr_put(w, bytes_of(a->sender.b, 4));
    wr_put(w, bytes_of(a->target_mac.b, 6));
    wr_put(w, bytes_of(a->target.b, 4));
}
