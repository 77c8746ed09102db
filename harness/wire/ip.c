#include "wire/ip.h"

#include "wire/checksum.h"

static enum err parse4(struct bytes in, struct ip *out)
{
    struct rd r = rd_of(in);
    struct ip ip = {.version = 4};

    if (in.n < IP4_HDR_LEN) /* what is below need not ask again */
        return ERR_SHORT;
    ip.hdr_len = (rd_u8(&r) & 0x0fu) * 4u;
    ip.tos = rd_u8(&r);
    size_t total = rd_be16(&r);
    ip.id = rd_be16(&r);
    uint16_t frag = rd_be16(&r);
    ip.ttl = rd_u8(&r);
    ip.proto = rd_u8(&r);
    rd_skip(&r, 2); /* checksum: captures often hold it unfilled (offload), so it is no test */
    ip.src = ip4(rd_be32(&r));
    ip.dst = ip4(rd_be32(&r));
    if (ip.hdr_len < IP4_HDR_LEN)
        rd_fail(&r, ERR_FORMAT);
    rd_skip(&r, ip.hdr_len - IP4_HDR_LEN);
    if (total == 0)
        total = in.n;
    if (total < ip.hdr_len)
        rd_fail(&r, ERR_FORMAT);
    ip.df = frag & 0x4000;
    ip.more = frag & 0x2000;
    ip.frag_off = (frag & 0x1fffu) * 8u;
    ip.payload_len = total - ip.hdr_len;
    ip.payload = bytes_head(rd_rest(&r), ip.payload_len);
    if (!r.err)
        *out = ip;
    return r.err;
}

static bool is_extension(uint8_t proto)
{
    return proto == IP_HOPOPT || proto == IP_ROUTING || proto == IP_FRAGMENT ||
           proto == IP_DSTOPTS || proto == IP_MOBILITY;
}

/* Skips one extension header (RFC 8200, 4.3 to 4.6); false at a later fragment, whose payload is
 * the middle of something. */
static bool skip_extension(struct rd *r, struct ip *ip)
{
    if (ip->proto == IP_FRAGMENT) {
        ip->proto = rd_u8(r);
        rd_skip(r, 1);
        uint16_t frag = rd_be16(r);
        ip->id = rd_be32(r);
        ip->frag_off = frag & 0xfff8u;
        ip->more = frag & 1;
        return ip->frag_off == 0;
    }
    ip->proto = rd_u8(r);
    size_t words = rd_u8(r);
    rd_skip(r, words * 8 + 6);
    return true;
}

static enum err parse6(struct bytes in, struct ip *out)
{
    struct rd r = rd_of(in);
    struct ip ip = {.version = 6};

    uint32_t first = rd_be32(&r);
    ip.tos = (uint8_t)(first >> 20);
    size_t len = rd_be16(&r);
    ip.proto = ip.next = rd_u8(&r);
    ip.ttl = rd_u8(&r);
    ip.src.family = ip.dst.family = 6;
    rd_copy(&r, ip.src.b, 16);
    rd_copy(&r, ip.dst.b, 16);
    if (len == 0)
        len = rd_left(&r); /* jumbogram or offload: all there is */
    r.in = bytes_head(r.in, r.at + len);
    for (int n = 0; is_extension(ip.proto) && !r.err; n++) {
        if (n == 16) /* each may occur once or twice; sixteen is an attack */
            rd_fail(&r, ERR_FORMAT);
        if (!skip_extension(&r, &ip))
            break;
    }
    ip.hdr_len = r.at;
    ip.ext = bytes_from(bytes_head(in, r.at), IP6_HDR_LEN);
    ip.payload_len = len + IP6_HDR_LEN - r.at;
    ip.payload = rd_rest(&r);
    if (!r.err)
        *out = ip;
    return r.err;
}

enum err ip_parse(struct bytes in, struct ip *out)
{
    if (in.n == 0)
        return ERR_SHORT;
    switch (in.p[0] >> 4) {
    case 4: return parse4(in, out);
    case 6: return parse6(in, out);
    default: return ERR_FORMAT;
    }
}

static void put4(struct wr *w, const struct ip *ip, size_t payload_len)
{
    size_t start = w->at;
    size_t total = IP4_HDR_LEN + payload_len;

    if (total > 0xffff)
        wr_fail(w, ERR_RANGE);
    wr_u8(w, 0x45);
    wr_u8(w, ip->tos);
    wr_be16(w, (uint16_t)total);
    wr_be16(w, (uint16_t)ip->id);
    wr_be16(w, (uint16_t)((ip->df ? 0x4000u : 0) | (ip->more ? 0x2000u : 0) | ip->frag_off / 8));
    wr_u8(w, ip->ttl);
    wr_u8(w, ip->proto);
    size_t check = wr_hole16(w);
    wr_put(w, bytes_of(ip->src.b, 4));
    wr_put(w, bytes_of(ip->dst.b, 4));
    if (!w->err)
        wr_fill16(w, check, checksum_finish(checksum_add(0, bytes_of(w->p + start, IP4_HDR_LEN))));
}

static void put6(struct wr *w, const struct ip *ip, uint8_t next, size_t payload_len)
{
    if (payload_len > 0xffff)
        wr_fail(w, ERR_RANGE);
    wr_be32(w, 6u << 28 | (uint32_t)ip->tos << 20);
    wr_be16(w, (uint16_t)payload_len);
    wr_u8(w, next);
    wr_u8(w, ip->ttl);
    wr_put(w, bytes_of(ip->src.b, 16));
    wr_put(w, bytes_of(ip->dst.b, 16));
}

void ip_put(struct wr *w, const struct ip *ip, size_t payload_len)
{
    if (ip->version == 6)
        put6(w, ip, ip->proto, payload_len);
    else
        put4(w, ip, payload_len);
}

void ip_put_whole(struct wr *w, const struct ip *ip, size_t payload_len)
{
    if (ip->version != 6 || !ip->ext.n) {
        ip_put(w, ip, payload_len);
        return;
    }
    put6(w, ip, ip->next, ip->ext.n + payload_len);
    wr_put(w, ip->ext);
}

void ip6_put_fragment(struct wr *w, const struct ip *ip)
{
    wr_u8(w, ip->proto);
    wr_u8(w, 0);
    wr_be16(w, (uint16_t)(ip->frag_off | (ip->more ? 1u : 0u)));
    wr_be32(w, ip->id);
}

bool ip6_is_multicast(const struct ip_addr *a)
{
    return a->family == 6 && a->b[0] == 0xff;
}

bool ip6_is_link_local(const struct ip_addr *a)
{
    return a->family == 6 && a->b[0] == 0xfe && (a->b[1] & 0xc0) == 0x80;
}

bool ip6_is_unspecified(const struct ip_addr *a)
{
    static const struct ip_addr unspecified = {.family = 6};

    return ip_addr_eq(a, &unspecified);
}
