/* Policies for clients whose address nobody knows beforehand: one for each remote access group and
 * entry of a dynamic map. */
#include "gateway/vpn_plan_parts.h"

#include "base/mem.h"

/* The peer that stands for the clients of group G. */
static size_t group_peer(const struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                         const struct gw_tunnel_group *g)
{
    size_t n = p->ike.npeers;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(p->names[i], g->name) == 0)
            return i;
    }
    memcpy(p->keys[n], g->psk, sizeof(p->keys[n]));
    memcpy(p->names[n], g->name, sizeof(p->names[n]));
    p->peers[n] = (struct ike_peer_config){
        .psk = bytes_str(p->keys[n]),
        .group = bytes_str(p->names[n]),
        .aggressive = true,
        .xauth = !g->no_xauth,
        .config = IKE_CONFIG_NETWORK,
        .suites = p->suites,
        .nsuites = p->nsuites,
        .dpd = {.enabled = !g->keepalive_disabled,
                .answer_only = g->keepalive_infinite,
                .threshold = SPAN_S(g->keepalive_threshold_s),
                .retry = SPAN_S(g->keepalive_retry_s),
                .tries = 3},
        .natt = !c->natt_off,
        .keepalive = SPAN_S(c->natt_keepalive_s),
        .fragment_mtu = vpn_plan_fragment_mtu(v),
        .never_initiates = true,
    };
    p->ike.npeers++;
    return n;
}

/* The policy that stands for what clients of group G may ask by entry M of a dynamic map. */
static uint32_t group_number(struct vpn *v, const struct gw_map_entry *m, const char *group,
                             const struct ike_selector *sel, size_t ace)
{
    size_t i = 0;

    while (i < v->npolicies &&
           (strcmp(v->policies[i]->group, group) != 0 || strcmp(v->policies[i]->map, m->map) != 0 ||
            v->policies[i]->seq != m->seq || v->policies[i]->ace != ace ||
            !vpn_plan_same_selector(&v->policies[i]->selector, sel)))
        i++;
    if (i < v->npolicies)
        return (uint32_t)i;
    struct vpn_policy *p = vpn_plan_policy_new(v);
    *p = (struct vpn_policy){
        .selector = *sel, .seq = m->seq, .ace = ace, .parent = VPN_NONE, .inner_ifi = NETIF_NONE};
    memcpy(p->map, m->map, sizeof(p->map));
    memcpy(p->acl, m->acl, sizeof(p->acl));
    (void)memcpy(p->group, group, strlen(group) + 1);
    return (uint32_t)(v->npolicies - 1);
}

static void add_group_policy(struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                             const struct gw_map_entry *m, const struct gw_tunnel_group *g,
                             const struct ike_selector *sel, size_t ace, size_t nsuites)
{
    size_t peer = group_peer(v, p, c, g);
    uint32_t number = group_number(v, m, g->name, sel, ace);

    v->policies[number]->configured = true;
    vpn_plan_add_policy(p, number, peer, sel, p->esp_suites[p->nentries - 1], nsuites);
}

/* Entry M of a dynamic map: anything, or what its access list permits, for each group. */
static void plan_dynamic(struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                         const struct gw_map_entry *m)
{
    const struct gw_acl *list = gw_config_acl(c, m->acl);
    struct ike_selector sel = {.local = {ip4(0), 0}, .remote = {ip4(0), 0}};
    size_t nsuites = 0;

    if (!m->nsets || (m->acl[0] && !list))
        return;
    p->entries[p->nentries] = (struct vpn_entry){.map = p->map, .seq = m->seq};
    p->esp_suites[p->nentries++] = vpn_plan_esp_suites(c, m, &nsuites);
    for (size_t g = 0; g < c->ngroups && nsuites; g++) {
        if (c->groups[g].l2l || !c->groups[g].psk[0])
            continue;
        if (!list)
            add_group_policy(v, p, c, m, &c->groups[g], &sel, 0, nsuites);
        for (size_t i = 0; list && i < list->naces; i++) {
            const struct gw_ace *a = &list->aces[i];
            if (a->action == GW_PERMIT && !a->inactive && vpn_plan_selector(a, &sel))
                add_group_policy(v, p, c, m, &c->groups[g], &sel, i, nsuites);
        }
    }
}

void vpn_plan_dynamic_map(struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                          const char *name)
{
    for (size_t i = 0; i < c->ndynamic; i++) {
        if (strcmp(c->dynamic[i].map, name) == 0)
            plan_dynamic(v, p, c, &c->dynamic[i]);
    }
}
