/* What the way to a peer takes (RFC 4301, 8.2): an ASA copies DF to the outer header unless `crypto
 * ipsec df-bit` says otherwise, and a router in front of a narrow link says so by ICMP. Hosts are
 * then told what fits when they send too much.
 *
 * What does not fit, of IPv4, with `crypto ipsec fragmentation` before-encryption and after-:
 *
 *   inner DF   copy-df             clear-df            set-df
 *   0          cut before; after   cut before; after   cut before, for the outer packet must not be
 *   1          too big             cut before; after   too big
 *
 * This is IOS's table of look-ahead fragmentation, with one difference where that is of two minds:
 * after-encryption with set-df. IPv6 is cut where its sender has cut it. */
#include "gateway/gateway_parts.h"

#define MTU_LEAST   576 /* what an ICMP error may bring it down to */
#define FRAG_NEEDED 4   /* code of "unreachable" (RFC 1191) */

size_t gw_vpn_path(const struct gateway *g, uint32_t policy)
{
    uint16_t path = g->vpn.policies[policy]->path_mtu;

    return path ? path : NETIF_MTU;
}

size_t gw_vpn_mtu(const struct gateway *g, uint32_t policy)
{
    const struct vpn_policy *p = g->vpn.policies[policy];

    return esp_way_inner_max(&p->pair->way, p->pair->out, gw_vpn_path(g, policy));
}

bool gw_vpn_path_input(struct gateway *g, const struct pkt *in)
{
    uint16_t mtu = (uint16_t)in->icmp.rest;
    struct ip quoted;

    if (in->ip.version != 4 || in->icmp.type != ICMP_UNREACHABLE || in->icmp.code != FRAG_NEEDED ||
        ip_parse(in->icmp.data, &quoted) || (quoted.proto != IP_ESP && quoted.proto != IP_UDP))
        return false;
    struct rd r = rd_of(bytes_from(quoted.payload, quoted.proto == IP_UDP ? UDP_HDR_LEN : 0));
    const struct sadb_pair *pair = sadb_by_out_spi(g->vpn.sadb, rd_be32(&r), &quoted.dst);
    if (r.err || !pair || !ip_addr_eq(&esp_sa_params(pair->out)->src, &quoted.src))
        return false;
    struct vpn_policy *p = g->vpn.policies[pair->policy];
    if (gw_fault_on(g->faults, GW_FAULT_PATH_IGNORED))
        return true;
    if (mtu >= MTU_LEAST && mtu < gw_vpn_path(g, pair->policy))
        p->path_mtu = mtu;
    return true;
}

void gw_vpn_path_configure(struct gateway *g)
{
    g->vpn.df = gw_ipsec_df_bit(&g->cfg->ipsec, g->cfg->map_interface);
    g->vpn.cut = gw_ipsec_cut(&g->cfg->ipsec, g->cfg->map_interface);
}

/* RFC 8200, 5: 1280 bytes must get through, the outer packet in fragments. */
static enum gw_vpn_fate fate6(size_t n, bool whole)
{
    return n <= IP6_MTU_MIN ? GW_VPN_WHOLE : whole ? GW_VPN_TOO_BIG : GW_VPN_CUT;
}

enum gw_vpn_fate gw_vpn_fate(const struct gateway *g, uint32_t policy, const struct ip *ip,
                             size_t n, bool whole)
{
    const struct sadb_pair *pair = g->vpn.policies[policy]->pair;

    if (esp_way_outer_len(&pair->way, pair->out, n) <= gw_vpn_path(g, policy))
        return GW_VPN_WHOLE;
    if (ip->version == 6)
        return fate6(n, whole);
    if (ip->df && g->vpn.df != GW_DF_CLEAR)
        return GW_VPN_TOO_BIG;
    return g->vpn.cut == GW_CUT_BEFORE || g->vpn.df == GW_DF_SET ? GW_VPN_CUT : GW_VPN_WHOLE;
}

bool gw_vpn_outer_df(const struct gateway *g, bool df, size_t n)
{
    if (n > NETIF_MTU) /* it has to be cut */
        return false;
    return g->vpn.df == GW_DF_COPY ? df : g->vpn.df == GW_DF_SET;
}
