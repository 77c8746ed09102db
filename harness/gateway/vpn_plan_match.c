/* Which policy a packet is for, and which peer of an entry is tried next. */
#include "gateway/vpn_plan.h"

static uint32_t choose(const struct vpn *v, const struct vpn_entry *e, size_t ace)
{
    uint32_t next = VPN_NONE;

    for (size_t i = 0; i < e->npeers; i++) {
        uint32_t number = e->policies[i * e->list.naces + ace];
        if (number == VPN_NONE)
            continue;
        if (v->policies[number]->up)
            return number;
        if (next == VPN_NONE || i == e->active)
            next = number;
    }
    return next == VPN_NONE ? VPN_BLOCKED : next;
}

bool vpn_selector_has(const struct ike_selector *s, const struct gw_flow_key *k)
{
    if (!ip_net_has(&s->local, &k->src) || !ip_net_has(&s->remote, &k->dst) ||
        (s->proto && s->proto != k->proto))
        return false;
    return (!s->local_port || s->local_port == k->sport) &&
           (!s->remote_port || s->remote_port == k->dport);
}

/* A tunnel for a part of policy NUMBER, when the whole of it has none and the part has KEY. */
static uint32_t part_of(const struct vpn *v, uint32_t number, const struct gw_flow_key *key)
{
    if (number >= v->npolicies || v->policies[number]->up)
        return number;
    for (size_t i = 0; i < v->npolicies; i++) {
        const struct vpn_policy *p = v->policies[i];
        if (p->parent == number && p->up && vpn_selector_has(&p->selector, key))
            return (uint32_t)i;
    }
    return number;
}

/* The tunnel of the remote access client that KEY's destination is behind. */
static uint32_t client_of(const struct vpn *v, const struct gw_flow_key *key)
{
    for (size_t i = 0; i < v->npolicies; i++) {
        const struct vpn_policy *p = v->policies[i];
        if (p->up && p->parent != VPN_NONE && v->policies[p->parent]->group[0] &&
            vpn_selector_has(&p->selector, key))
            return (uint32_t)i;
    }
    return VPN_NONE;
}

uint32_t vpn_plan_match(const struct vpn *v, const struct gw_flow_key *key)
{
    for (size_t i = 0; v->plan && i < v->plan->nentries; i++) {
        const struct vpn_entry *e = &v->plan->entries[i];
        struct gw_acl_hit hit = gw_acl_match(&e->list, key);
        if (!hit.permit) /* a deny leaves the packet to the next entry */
            continue;
        uint32_t number = choose(v, e, hit.ace);
        return v->nparts ? part_of(v, number, key) : number;
    }
    return v->nclients ? client_of(v, key) : VPN_NONE; /* a dynamic map comes last */
}

void vpn_plan_next_peer(struct vpn *v, const struct vpn_policy *p)
{
    for (size_t i = 0; v->plan && i < v->plan->nentries; i++) {
        struct vpn_entry *e = &v->plan->entries[i];
        if (e->seq == p->seq && e->npeers > 1)
            e->active = (e->active + 1) % e->npeers;
    }
}
