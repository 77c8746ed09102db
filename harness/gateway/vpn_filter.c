/* vpn-filter of a group policy: a list for what goes through its tunnels, whatever the lists of the
 * interfaces say. It is written as for packets that come out of the tunnel, the remote network
 * first; for flows that begin on this side source and destination change places. It is asked about
 * first packets, like every list.
 *
 * Not known from a real device: that a denial is logged as 106023 with the filter's name, as an
 * interface's list is (106102 and 106103 are for entries with `log` of lists that belong to a
 * user), and that a list that does not exist filters nothing. */
#include "gateway/access.h"
#include "gateway/forward.h"
#include "gateway/vpn_parts.h"

const struct gw_acl *gw_vpn_filter(const struct gateway *g, uint32_t number)
{
    const struct gw_msg_ike who = gw_vpn_who(g, &g->vpn.policies[number]->peer);
    const struct gw_tunnel_group *t = who.group ? gw_config_group_named(g->cfg, who.group) : NULL;
    struct gw_group_policy p = gw_config_policy(g->cfg, t ? t->policy : "");

    return p.filter[0] ? gw_config_acl(g->cfg, p.filter) : NULL;
}

static bool permits(struct gateway *g, const struct gw_packet *p, size_t out_if, uint32_t number,
                    const struct gw_flow_key *key)
{
    const struct gw_acl *list = number >= g->vpn.npolicies ? NULL : gw_vpn_filter(g, number);

    return !list || gw_fault_on(g->faults, GW_FAULT_FILTER_IGNORED) ||
           gw_list_permits(g, p, out_if, list, key);
}

bool gw_vpn_filter_permits(struct gateway *g, const struct gw_packet *p, size_t out_if, uint32_t in,
                           uint32_t out, const struct gw_flow_key *wire)
{
    struct gw_flow_key key = gw_packet_key(&p->p), back = gw_flow_key_reverse(wire);

    return permits(g, p, out_if, in, &key) && permits(g, p, out_if, out, &back);
}
