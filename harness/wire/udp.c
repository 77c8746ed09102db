#include "wire/udp.h"

#include "wire/checksum.h"
#include "wire/ip.h"

enum err udp_parse(struct bytes in, struct udp *out)
{
    struct rd r = rd_of(in);
    struct udp u = {0};

    u.src = rd_be16(&r);
    u.dst = rd_be16(&r);
    size_t len = rd_be16(&r);
    rd_skip(&r, 2); /* checksum */
    if (len == 0)
        len = in.n;
    if (len < UDP_HDR_LEN)
        rd_fail(&r, ERR_FORMAT);
    u.data_len = len - UDP_HDR_LEN;
    u.data = bytes_head(rd_rest(&r), u.data_len);
    if (!r.err)
        *out = u;
    return r.err;
}

void udp_put(struct wr *w, const struct udp *u, const struct ip_addr *src,
             const struct ip_addr *dst)
{
    size_t start = w->at;
    size_t len = UDP_HDR_LEN + u->data.n;

    if (len > 0xffff)
        wr_fail(w, ERR_RANGE);
    wr_be16(w, u->src);
    wr_be16(w, u->dst);
    wr_be16(w, (uint16_t)len);
    size_t check = wr_hole16(w);
    wr_put(w, u->data);
    if (w->err)
        return;
    struct bytes dgram = bytes_of(w->p + start, len);
    uint16_t sum = checksum_finish(checksum_add(checksum_pseudo(src, dst, IP_UDP, len), dgram));
    wr_fill16(w, check, sum ? sum : 0xffff);
}
