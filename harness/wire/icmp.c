#include "wire/icmp.h"

#include "wire/checksum.h"
#include "wire/ip.h"

enum err icmp_parse(struct bytes in, struct icmp *out)
{
    struct rd r = rd_of(in);
    struct icmp m = {0};

    m.type = rd_u8(&r);
    m.code = rd_u8(&r);
    rd_skip(&r, 2); /* checksum */
    m.rest = rd_be32(&r);
    m.data = rd_rest(&r);
    if (!r.err)
        *out = m;
    return r.err;
}

void icmp_put(struct wr *w, const struct icmp *m, const struct ip_addr *src,
              const struct ip_addr *dst)
{
    size_t start = w->at;

    wr_u8(w, m->type);
    wr_u8(w, m->code);
    size_t check = wr_hole16(w);
    wr_be32(w, m->rest);
    wr_put(w, m->data);
    if (w->err)
        return;
    struct bytes msg = bytes_of(w->p + start, w->at - start);
    uint64_t sum = src->family == 6 ? checksum_pseudo(src, dst, IP_ICMPV6, msg.n) : 0;
    wr_fill16(w, check, checksum_finish(checksum_add(sum, msg)));
}

bool icmp_is_error(uint8_t ip_version, uint8_t type)
{
    if (ip_version == 6)
        return type < 128; /* RFC 4443, 2.1 */
    return type == ICMP_UNREACHABLE || type == 4 || type == ICMP_REDIRECT ||
           type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETER_PROBLEM;
}
