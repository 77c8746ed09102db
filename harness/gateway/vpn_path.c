/* What the way to a peer takes (RFC 4301, 8.2): an ASA copies DF to the outer header, and a router
 * in front of a narrow link says so by ICMP. Hosts are then told what fits when they send too much.
 */
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
