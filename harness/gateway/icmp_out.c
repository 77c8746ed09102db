/* ICMP errors of the gateway's own. */
#include "gateway/gateway_parts.h"

#define QUOTED4 (IP4_HDR_LEN + 8)                          /* RFC 792: the header and eight bytes */
#define QUOTED6 (IP6_MTU_MIN - IP6_HDR_LEN - ICMP_HDR_LEN) /* RFC 4443, 2.4: what fits */

/* RFC 4443, 2.4 (e): the same for IPv6. A packet to a group is told that it is too big. */
static bool must_be_silent6(const struct gw_packet *p, uint8_t type)
{
    const struct ip *ip = &p->p.ip;

    if (ip->frag_off || ip6_is_unspecified(&ip->src) || ip6_is_multicast(&ip->src) ||
        (ip6_is_multicast(&ip->dst) && type != ICMP6_TOO_BIG))
        return true;
    return p->p.kind == PKT_ICMP && icmp_is_error(6, p->p.icmp.type);
}

/* RFC 1122, 3.2.2: about what no error is ever sent. */
static bool must_be_silent(const struct gw_packet *p)
{
    const struct ip *ip = &p->p.ip;
    uint32_t src = ip4_u32(&ip->src), dst = ip4_u32(&ip->dst);

    if (ip->frag_off || src == 0 || src >> 28 >= 0xe || dst >> 28 >= 0xe)
        return true;
    return ip->proto == IP_ICMP && p->p.kind == PKT_ICMP && icmp_is_error(4, p->p.icmp.type);
}

/* `icmp unreachable rate-limit R burst-size B`: R a second, and B at once. */
static bool is_too_soon(struct gateway *g)
{
    struct mono now = clock_now(g->env.clk), due = g->icmp_error_at;
    struct span gap = {SPAN_S(1).ns / (g->cfg->icmp_rate ? g->cfg->icmp_rate : 1)};
    struct span ahead = {gap.ns * ((int64_t)g->cfg->icmp_burst - 1)};

    if (mono_before(mono_add(now, ahead), due))
        return true;
    g->icmp_error_at = mono_add(mono_before(due, now) ? now : due, gap);
    return false;
}

/* An error about a packet out of a tunnel quotes it, so it may only go back through one. */
static bool would_leak(struct gateway *g, const struct gw_packet *p, const struct ip *ip)
{
    struct gw_flow_key key = {.proto = ip->proto, .src = ip->src, .dst = ip->dst, .icmp_type = -1};

    return p->policy != VPN_NONE && vpn_plan_match(&g->vpn, &key) == VPN_NONE;
}

void gw_send_icmp_error(struct gateway *g, const struct gw_packet *p, uint8_t type, uint8_t code,
                        uint32_t rest)
{
    bool six = p->p.ip.version == 6;
    size_t most = six ? QUOTED6 : QUOTED4;
    struct ip ip = {.proto = six ? IP_ICMPV6 : IP_ICMP,
                    .src = netif_source(&g->ifs.v[p->ifi], &p->p.ip.src),
                    .dst = p->p.ip.src};
    struct icmp m = {.type = type, .code = code, .rest = rest};
    uint8_t quoted[QUOTED6], message[ICMP_HDR_LEN + QUOTED6];
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(message, sizeof(message));

    if (!ip.src.family || (six ? must_be_silent6(p, type) : must_be_silent(p)) ||
        would_leak(g, p, &ip) || is_too_soon(g))
        return;
    ip_put_whole(&q, &p->p.ip, p->p.ip.payload_len);
    if (q.at < most)
        wr_put(&q, bytes_head(p->p.ip.payload, most - q.at));
    m.data = wr_bytes(&q);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    if (!w.err && !q.err)
        (void)gw_send_own(g, NETIF_NONE, &ip, wr_bytes(&w));
}
