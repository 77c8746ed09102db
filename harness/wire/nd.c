#include "wire/nd.h"

#include "wire/checksum.h"
#include "wire/icmp.h"

enum { OPT_SOURCE_LINK = 1, OPT_TARGET_LINK = 2 }; /* RFC 4861, 4.6 */

#define NA_ROUTER    0x80000000u /* RFC 4861, 4.4 */
#define NA_SOLICITED 0x40000000u
#define NA_OVERRIDE  0x20000000u

/* The option that tells an address; others are passed over, but for those of length 0. */
static enum err parse_options(struct rd *r, struct nd *m)
{
    uint8_t wanted = m->advertises ? OPT_TARGET_LINK : OPT_SOURCE_LINK;

    while (rd_left(r) > 0) {
        uint8_t type = rd_u8(r);
        size_t len = rd_u8(r) * 8u;
        if (!r->err && len == 0)
            return ERR_FORMAT;
        struct rd body = rd_of(rd_take(r, len - 2));
        if (r->err)
            return r->err;
        if (type == wanted && !m->has_mac) {
            m->has_mac = true;
            rd_copy(&body, m->mac.b, sizeof(m->mac.b));
        }
    }
    return r->err;
}

static bool is_checked(const struct ip *ip)
{
    uint64_t sum = checksum_pseudo(&ip->src, &ip->dst, IP_ICMPV6, ip->payload.n);

    return checksum_finish(checksum_add(sum, ip->payload)) == 0;
}

/* RFC 4861, 7.1.1 and 7.1.2: what the addresses must be. */
static bool is_addressed_well(const struct ip *ip, const struct nd *m)
{
    struct ip_addr group = ip6_solicited_node(&m->target);

    if (ip6_is_multicast(&m->target))
        return false;
    if (m->advertises)
        return !(m->solicited && ip6_is_multicast(&ip->dst));
    return !ip6_is_unspecified(&ip->src) || (ip_addr_eq(&ip->dst, &group) && !m->has_mac);
}

enum err nd_parse(const struct ip *ip, struct nd *out)
{
    struct rd r = rd_of(ip->payload);
    struct nd m = {.target.family = 6};

    if (ip->version != 6 || ip->proto != IP_ICMPV6 || ip->ttl != ND_HOP_LIMIT || ip_is_fragment(ip))
        return ERR_FORMAT;
    uint8_t type = rd_u8(&r), code = rd_u8(&r);
    rd_skip(&r, 2); /* checksum */
    uint32_t flags = rd_be32(&r);
    rd_copy(&r, m.target.b, sizeof(m.target.b));
    if (r.err)
        return r.err;
    m.advertises = type == ICMP6_NEIGHBOR_ADVERTISEMENT;
    if ((!m.advertises && type != ICMP6_NEIGHBOR_SOLICITATION) || code != 0 || !is_checked(ip))
        return ERR_FORMAT;
    m.router = m.advertises && flags & NA_ROUTER;
    m.solicited = m.advertises && flags & NA_SOLICITED;
    m.override = m.advertises && flags & NA_OVERRIDE;
    enum err e = parse_options(&r, &m);
    if (!e && !is_addressed_well(ip, &m))
        e = ERR_FORMAT;
    if (!e)
        *out = m;
    return e;
}

void nd_put(struct wr *w, const struct nd *m, const struct ip_addr *src, const struct ip_addr *dst)
{
    uint8_t body[24];
    struct wr b = wr_of(body, sizeof(body));
    struct icmp i = {.type = m->advertises ? ICMP6_NEIGHBOR_ADVERTISEMENT
                                           : ICMP6_NEIGHBOR_SOLICITATION};

    if (m->advertises)
        i.rest = (m->router ? NA_ROUTER : 0) | (m->solicited ? NA_SOLICITED : 0) |
                 (m->override ? NA_OVERRIDE : 0);
    wr_put(&b, bytes_of(m->target.b, 16));
    if (m->has_mac) {
        wr_u8(&b, m->advertises ? OPT_TARGET_LINK : OPT_SOURCE_LINK);
        wr_u8(&b, 1); /* eight bytes */
        wr_put(&b, bytes_of(m->mac.b, sizeof(m->mac.b)));
    }
    i.data = wr_bytes(&b);
    icmp_put(w, &i, src, dst);
}

struct ip_addr ip6_solicited_node(const struct ip_addr *a)
{
    struct ip_addr g = {6, {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}};

    memcpy(&g.b[13], &a->b[13], 3);
    return g;
}

struct mac ip6_multicast_mac(const struct ip_addr *g)
{
    return (struct mac){{0x33, 0x33, g->b[12], g->b[13], g->b[14], g->b[15]}};
}

struct ip_addr ip6_eui64(const struct ip_addr *net, const struct mac *mac)
{
    struct ip_addr a = {.family = 6};

    memcpy(a.b, net->b, 8);
    memcpy(&a.b[8], mac->b, 3);
    a.b[8] ^= 0x02; /* the universal/local bit, the other way round */
    a.b[11] = 0xff;
    a.b[12] = 0xfe;
    memcpy(&a.b[13], &mac->b[3], 3);
    return a;
}
