/* ICMP errors of the gateway's own. */
#include "gateway/gateway_parts.h"

#define QUOTED (IP4_HDR_LEN + 8) /* RFC 792: the header and eight bytes */
#define LIMIT  SPAN_S(1)         /* icmp unreachable rate-limit 1 burst-size 1 */

/* RFC 1122, 3.2.2: about what no error is ever sent. */
static bool must_be_silent(const struct gw_packet *p)
{
    const struct ip *ip = &p->p.ip;
    uint32_t src = ip4_u32(&ip->src), dst = ip4_u32(&ip->dst);

    if (ip->frag_off || src == 0 || src >> 28 >= 0xe || dst >> 28 >= 0xe)
        return true;
    return ip->proto == IP_ICMP && p->p.kind == PKT_ICMP && icmp_is_error(4, p->p.icmp.type);
}

static bool is_too_soon(struct gateway *g)
{
    struct mono now = clock_now(g->env.clk);

    if (g->icmp_error_at.ns && mono_before(now, mono_add(g->icmp_error_at, LIMIT)))
        return true;
    g->icmp_error_at = now;
    return false;
}

/* An error about a packet out of a tunnel quotes it, so it may only go back through one. */
static bool would_leak(struct gateway *g, const struct gw_packet *p, const struct ip *ip)
{
    struct gw_flow_key key = {.proto = IP_ICMP, .src = ip->src, .dst = ip->dst, .icmp_type = -1};

    return p->policy != VPN_NONE && vpn_plan_match(&g->vpn, &key) == VPN_NONE;
}

void gw_send_icmp_error(struct gateway *g, const struct gw_packet *p, uint8_t type, uint8_t code,
                        uint32_t rest)
{
    struct ip ip = {.proto = IP_ICMP, .src = g->ifs.v[p->ifi].net.addr, .dst = p->p.ip.src};
    struct icmp m = {.type = type, .code = code, .rest = rest};
    uint8_t quoted[QUOTED], message[ICMP_HDR_LEN + QUOTED];
    struct wr q = wr_of(quoted, sizeof(quoted)), w = wr_of(message, sizeof(message));

    if (must_be_silent(p) || would_leak(g, p, &ip) || is_too_soon(g))
        return;
    ip_put(&q, &p->p.ip, p->p.ip.payload_len);
    wr_put(&q, bytes_head(p->p.ip.payload, QUOTED - IP4_HDR_LEN));
    m.data = wr_bytes(&q);
    icmp_put(&w, &m, &ip.src, &ip.dst);
    if (!w.err)
        (void)gw_send_own(g, NETIF_NONE, &ip, wr_bytes(&w));
}
