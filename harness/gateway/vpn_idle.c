/* vpn-idle-timeout: a tunnel that carries nothing goes. The longer idle timeout of its TCP
 * connections is what persistent flows are for. */
#include "gateway/vpn_parts.h"

static struct span timeout_of(const struct gateway *g)
{
    return SPAN_S((int64_t)gw_config_idle_min(g->cfg) * 60);
}

struct vpn_end_words gw_vpn_words(struct gateway *g, const struct ip_addr *peer, enum ike_end end)
{
    const struct vpn_session *s = gw_vpn_session(g, peer);

    if (s && s->idled)
        return (struct vpn_end_words){"IPsec SA Idle Timeout", "Idle Timeout", "Idle Timeout"};
    return vpn_end_words(end);
}

void gw_vpn_idle_renew(struct gateway *g)
{
    struct mono due = MONO_NEVER;

    for (size_t i = 0; gw_config_idle_min(g->cfg) && i < g->vpn.npolicies; i++) {
        if (g->vpn.policies[i]->up)
            due = mono_min(due, mono_add(g->vpn.policies[i]->used, timeout_of(g)));
    }
    g->vpn.idle_due = due;
}

static bool is_idle(const struct gateway *g, const struct vpn_policy *p)
{
    return p->up && !mono_before(clock_now(g->env.clk), mono_add(p->used, timeout_of(g)));
}

static bool has_another(const struct vpn *v, const struct vpn_policy *p)
{
    for (size_t i = 0; i < v->npolicies; i++) {
        const struct vpn_policy *o = v->policies[i];
        if (o != p && o->up && ip_addr_eq(&o->peer, &p->peer))
            return true;
    }
    return false;
}

/* The session goes with its last tunnel; of several, only the idle one does. */
static void end_tunnel(struct gateway *g, const struct vpn_policy *p)
{
    struct vpn_session *s = gw_vpn_session(g, &p->peer);
    uint32_t spi = esp_sa_params(p->pair->in)->spi;
    bool others = has_another(&g->vpn, p);

    if (s)
        s->idled = true;
    if (!others)
        ike_delete_ike(g->vpn.ike, &p->peer, true);
    if (ike_delete_child(g->vpn.ike, spi, true) && others)
        return;
    gw_vpn_events(g);
    s = gw_vpn_session(g, &p->peer);
    if (s)
        s->idled = false;
}

void gw_vpn_end_idle(struct gateway *g)
{
    if (mono_before(clock_now(g->env.clk), g->vpn.idle_due))
        return;
    for (size_t i = 0; g->vpn.ike && gw_config_idle_min(g->cfg) && i < g->vpn.npolicies; i++) {
        if (is_idle(g, g->vpn.policies[i]))
            end_tunnel(g, g->vpn.policies[i]);
    }
    gw_vpn_idle_renew(g);
}
