/* The VPN side as a whole: made from the configuration, kept alive, forgotten. */
#include "gateway/vpn_parts.h"
#include "gateway/vpn_plan_parts.h"

#include "base/mem.h"

void gw_vpn_init(struct gateway *g)
{
    g->vpn = (struct vpn){.ifi = NETIF_NONE,
                          .sadb = sadb_new(),
                          .idle_due = MONO_NEVER,
                          .look = MONO_NEVER,
                          .whole_ikev1 = g->model.ikev1_in_one_piece,
                          .last_wanted = VPN_NONE};
    map_init(&g->vpn.numbers);
}

static void drop_held(struct vpn *v, struct vpn_policy *p)
{
    for (size_t i = 0; i < p->nheld; i++)
        mem_free(p->held[i].packet);
    v->nheld -= p->nheld;
    p->nheld = 0;
}

static void drop_engine(struct vpn *v)
{
    ike_free(v->ike);
    v->ike = NULL;
    if (v->used != v->plan)
        vpn_plan_free(v->used);
    v->used = NULL;
}

void gw_vpn_release(struct gateway *g)
{
    struct vpn *v = &g->vpn;

    drop_engine(v);
    vpn_plan_free(v->plan);
    sadb_free(v->sadb);
    for (size_t i = 0; i < v->npolicies; i++) {
        drop_held(v, v->policies[i]);
        mem_free(v->policies[i]);
    }
    mem_free(v->policies);
    map_release(&v->numbers);
    mem_free(v->sessions);
    *v = (struct vpn){.ifi = NETIF_NONE};
}

void gw_vpn_be_faulty(struct gateway *g)
{
    struct vpn *v = &g->vpn;

    if (!v->plan)
        return;
    v->quirks = (struct ike_quirks){.gullible = gw_fault_on(g->faults, GW_FAULT_GULLIBLE),
                                    .highest_wins = gw_fault_on(g->faults, GW_FAULT_HIGHEST_NONCE),
                                    .keeps_loser = gw_fault_on(g->faults, GW_FAULT_KEEPS_LOSER),
                                    .answers_late = gw_fault_on(g->faults, GW_FAULT_ANSWERS_LATE)};
    v->plan->ike.quirks = &v->quirks;
    if (gw_fault_on(g->faults, GW_FAULT_NO_COOKIE))
        v->plan->ike.cookies_from = SIZE_MAX - 1;
}

void gw_vpn_renew(struct gateway *g)
{
    struct vpn *v = &g->vpn;
    struct ike_status now = {0};

    if (v->used == v->plan)
        return;
    if (v->ike)
        ike_status(v->ike, &now);
    if (now.ikes || now.children || now.negotiating || sadb_count(v->sadb))
        return;
    drop_engine(v);
    v->used = v->plan;
    gw_vpn_be_faulty(g);
    if (v->plan && v->plan->ike.npolicies && v->enabled)
        v->ike = ike_new(&v->plan->ike, g->env.clk, g->env.rng, g->env.log);
}

void gw_vpn_configure(struct gateway *g)
{
    struct vpn *v = &g->vpn;
    struct vpn_plan *old = v->plan;

    size_t ifi = netifs_find(&g->ifs, g->cfg->map_interface);

    v->plan = NULL;
    v->enabled =
        strcmp(g->cfg->isakmp_interface, g->cfg->map_interface) == 0 || vpn_plan_has_ikev2(g->cfg);
    if (ifi != NETIF_NONE && g->cfg->map_applied[0]) {
        v->ifi = ifi;
        v->plan = vpn_plan_new(v, g->cfg, &g->ifs.v[ifi].net.addr);
    }
    if (old != v->used)
        vpn_plan_free(old);
    v->fresh = true;
    gw_vpn_renew(g);
    gw_vpn_idle_renew(g);
}

void gw_vpn_forget(struct gateway *g)
{
    struct vpn *v = &g->vpn;

    if (v->ike)
        ike_forget(v->ike);
    sadb_free(v->sadb);
    v->sadb = sadb_new();
    for (size_t i = 0; i < v->npolicies; i++) {
        drop_held(v, v->policies[i]);
        v->policies[i]->up = false;
        v->policies[i]->pair = NULL;
    }
    v->nsessions = 0;
    v->look = MONO_NEVER;
    v->contexts = v->indexes = 0;
    v->ever = v->most = (struct vpn_tally){.tunnels = 0};
    gw_vpn_renew(g);
}

/* The policy as IKE knows it. */
static uint32_t by_version(uint32_t policy, uint8_t version)
{
    return version == 2 ? policy | VPN_BY_IKEV2 : policy;
}

void gw_vpn_try(struct gateway *g, uint32_t policy, uint8_t version)
{
    struct vpn_policy *p = g->vpn.policies[policy];
    struct gw_msg_map m = {p->map, p->seq};

    p->wanted = true;
    p->trying = version;
    gw_msg_tunnel_wanted(g->log, &m, version, p->ikev2);
    /* not there: the configuration has it and IKE does not, until the old SAs are gone */
    (void)!ike_acquire(g->vpn.ike, by_version(policy, version));
}

void gw_vpn_acquire(struct gateway *g, uint32_t policy)
{
    struct vpn *v = &g->vpn;
    struct vpn_policy *p = v->policies[policy];

    if (p->parent != VPN_NONE && !p->configured) { /* a part is asked for as a whole */
        policy = p->parent;
        p = v->policies[policy];
    }
    if (!v->ike || !p->may_begin)
        return;
    v->last_wanted = policy;
    if (!p->wanted)
        gw_vpn_try(g, policy, p->ikev2 ? 2 : 1);
    else
        (void)!ike_acquire(v->ike, by_version(policy, p->trying));
}

void gw_vpn_hold(struct gateway *g, uint32_t policy, const struct gw_packet *in)
{
    struct vpn_policy *p = g->vpn.policies[policy];
    const struct ip *ip = &in->p.ip;

    if (p->nheld == VPN_HELD_MAX) {
        gw_drop(g, GW_DROP_NEED_SA);
        return;
    }
    size_t n = ip_whole_hdr_len(ip) + ip->payload_len;
    struct vpn_held *h = &p->held[p->nheld];
    *h = (struct vpn_held){
        .packet = mem_array(n, 1), .n = n, .ifi = in->ifi, .whole = in->whole, .id = ip->id};
    struct wr w = wr_of(h->packet, n);
    ip_put_whole(&w, ip, ip->payload_len);
    wr_put(&w, ip->payload);
    g->vpn.nheld++;
    if (p->nheld++ == 0)
        p->held_since = clock_now(g->env.clk);
}

void gw_vpn_expire_held(struct gateway *g)
{
    struct mono now = clock_now(g->env.clk);

    for (size_t i = 0; g->vpn.nheld && i < g->vpn.npolicies; i++) {
        struct vpn_policy *p = g->vpn.policies[i];
        if (!p->nheld || mono_before(now, mono_add(p->held_since, VPN_HELD_LIFE)))
            continue;
        g->drops[GW_DROP_NEED_SA] += p->nheld;
        drop_held(&g->vpn, p);
    }
}

void gw_vpn_tick(struct gateway *g)
{
    if (g->vpn.ike)
        ike_tick(g->vpn.ike);
    gw_vpn_end_idle(g);
    gw_vpn_expire_held(g);
    if (!mono_before(clock_now(g->env.clk), g->vpn.look))
        gw_vpn_limit_sessions(g);
}

struct mono gw_vpn_deadline(const struct gateway *g)
{
    const struct vpn *v = &g->vpn;

    if (!v->ike)
        return MONO_NEVER;
    return mono_min(ike_deadline(v->ike), mono_min(v->idle_due, v->look));
}

void gw_vpn_ike_input(struct gateway *g, const struct gw_packet *p)
{
    struct endpoint from = {p->p.ip.src, p->p.udp.src}, to = {p->p.ip.dst, p->p.udp.dst};

    if (g->vpn.ike && p->ifi == g->vpn.ifi)
        ike_input(g->vpn.ike, &from, &to, p->p.udp.data);
}
