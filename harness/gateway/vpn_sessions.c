/* Sessions with peers: they begin with an IKE SA and end with the last SA of either phase. */
#include "gateway/vpn_parts.h"

#include "base/mem.h"
#include "gateway/vpn_ikev2.h"
#include "gateway/vpn_words.h"

struct gw_msg_ike gw_vpn_who(const struct gateway *g, const struct ip_addr *peer)
{
    const struct gw_tunnel_group *group = gw_config_group(g->cfg, peer);

    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        const struct vpn_session *s = &g->vpn.sessions[i];
        if (s->type != VPN_LAN_TO_LAN && ip_addr_eq(&s->peer, peer))
            return (struct gw_msg_ike){s->group, *peer, s->user[0] ? s->user : NULL};
    }
    return (struct gw_msg_ike){.group = group ? group->name : NULL, .peer = *peer};
}

struct gw_msg_ike gw_vpn_who_of(const struct gateway *g, const struct ike_out *o)
{
    if (!o->group[0])
        return gw_vpn_who(g, &o->peer);
    return (struct gw_msg_ike){o->group, o->peer, o->user[0] ? o->user : NULL};
}

struct vpn_session *gw_vpn_session(struct gateway *g, const struct ip_addr *peer)
{
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        if (ip_addr_eq(&g->vpn.sessions[i].peer, peer))
            return &g->vpn.sessions[i];
    }
    return NULL;
}

static struct vpn_session *session_new(struct gateway *g, const struct ike_out *o)
{
    struct vpn *v = &g->vpn;
    const struct ip_addr *peer = &o->peer;
    const struct gw_tunnel_group *group =
        o->group[0] ? gw_config_group_named(g->cfg, o->group) : gw_config_group(g->cfg, peer);

    v->sessions = mem_resize(v->sessions, v->nsessions + 1, sizeof(*v->sessions));
    struct vpn_session *s = &v->sessions[v->nsessions++];
    *s = (struct vpn_session){.peer = *peer, .index = ++v->indexes, .since = clock_now(g->env.clk)};
    if (group)
        memcpy(s->group, group->name, sizeof(s->group));
    return s;
}

void gw_vpn_session_end(struct gateway *g, struct vpn_session *s, enum ike_end end)
{
    struct gw_msg_ike k = {.group = s->group[0] ? s->group : NULL,
                           .peer = s->peer,
                           .user = s->user[0] ? s->user : NULL};
    struct gw_msg_ssl ssl = {s->policy, s->user, s->peer};
    struct vpn_end_words w = gw_vpn_words(g, &s->peer, end);
    struct span lasted = mono_diff(s->since, clock_now(g->env.clk));

    if (s->over != VPN_LIMIT_NONE)
        w.session = w.disconnect = s->over == VPN_LIMIT_IDLE ? "Idle Timeout" : "Max Time Exceeded";
    if (s->type == VPN_SSL)
        gw_msg_ssl_down(g->log, &ssl, w.disconnect);
    else if (s->version != 2)
        gw_msg_session_down(g->log, &k, w.session);
    if (!gw_fault_on(g->faults, GW_FAULT_NO_113019))
        gw_msg_session_end(g->log, &k, gw_vpn_type_text(s->type), lasted, s->sent, s->received,
                           w.disconnect);
    *s = g->vpn.sessions[--g->vpn.nsessions];
}

bool gw_vpn_has_pairs(struct gateway *g, const struct ip_addr *peer)
{
    struct sadb_pair *p;

    for (size_t i = 0; (p = sadb_at(g->vpn.sadb, i)); i++) {
        if (ip_addr_eq(&esp_sa_params(p->out)->dst, peer))
            return true;
    }
    return false;
}

struct vpn_tally gw_vpn_now(const struct gateway *g)
{
    const struct vpn *v = &g->vpn;
    struct vpn_tally n = {.tunnels = 0};

    for (size_t i = 0; i < v->npolicies; i++)
        n.tunnels += v->policies[i]->up;
    for (size_t i = 0; i < v->nsessions; i++) {
        const struct vpn_session *s = &v->sessions[i];
        n.sessions[s->type]++;
        if (s->type == VPN_SSL)
            n.tunnels -= gw_vpn_tunnels(v, s);
        else
            n.ikes[vpn_ike(s)] += s->ikes;
        n.l2l[vpn_ike(s)] += s->type == VPN_LAN_TO_LAN;
    }
    return n;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

void gw_vpn_tally(struct gateway *g)
{
    struct vpn_tally now = gw_vpn_now(g), *most = &g->vpn.most;

    for (size_t i = 0; i < VPN_SESSION_TYPES; i++)
        most->sessions[i] = larger(most->sessions[i], now.sessions[i]);
    for (size_t i = 0; i < VPN_IKES; i++) {
        most->ikes[i] = larger(most->ikes[i], now.ikes[i]);
        most->l2l[i] = larger(most->l2l[i], now.l2l[i]);
    }
    most->tunnels = larger(most->tunnels, now.tunnels);
}

unsigned gw_vpn_tunnels(const struct vpn *v, const struct vpn_session *s)
{
    unsigned n = 0;

    for (size_t i = 0; i < v->npolicies; i++)
        n += gw_vpn_is_tunnel_of(v->policies[i], s);
    return n;
}

void gw_vpn_clear_counters(struct vpn *v, uint32_t policy)
{
    struct vpn_policy *p = v->policies[policy];
    struct sadb_pair *pair;

    p->cleared[0] = p->past[0];
    p->cleared[1] = p->past[1];
    for (size_t i = 0; (pair = sadb_at(v->sadb, i)); i++) {
        if (pair->policy != policy)
            continue;
        p->cleared[0] += esp_sa_counters(pair->in)->packets;
        p->cleared[1] += esp_sa_counters(pair->out)->packets;
    }
}

void gw_vpn_ike_up(struct gateway *g, const struct ike_out *o)
{
    struct vpn_session *s = gw_vpn_session(g, &o->peer);
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    bool new = !s;

    if (new)
        s = session_new(g, o);
    if (s->ikes && gw_fault_on(g->faults, GW_FAULT_REKEY_ENDS_CHILDREN))
        ike_delete_children(g->vpn.ike, &o->peer, true);
    s->ikes++;
    s->version = o->version;
    s->ike = o->ike;
    s->initiator = o->initiator;
    s->ike_since = clock_now(g->env.clk);
    s->suite = o->sa.suite;
    memcpy(s->spi_i, o->sa.spi_i, sizeof(s->spi_i));
    memcpy(s->spi_r, o->sa.spi_r, sizeof(s->spi_r));
    s->end = IKE_END_NONE;
    if (new && o->group[0])
        gw_vpn_remote_up(g, s, o);
    g->vpn.ever.sessions[s->type] += new;
    g->vpn.ever.ikes[vpn_ike(s)] += s->type != VPN_SSL;
    g->vpn.ever.l2l[vpn_ike(s)] += new && s->type == VPN_LAN_TO_LAN;
    gw_vpn_tally(g);
    if (o->version == 2)
        gw_vpn_ikev2_up(g, s, o);
    else if (s->type != VPN_SSL)
        gw_msg_phase1_done(g->log, &k);
}

static void tunnel_failed(struct gateway *g, uint32_t wanted, uint8_t version)
{
    struct vpn_policy *p = g->vpn.policies[wanted];
    struct gw_msg_map m = {p->map, p->seq};
    bool more = version == 2 && p->ikev1;

    if (p->wanted && p->trying == version) {
        gw_msg_tunnel_failed(g->log, &m, version, !more);
        if (more) { /* as an ASA falls back */
            gw_vpn_try(g, wanted, 1);
            return;
        }
    }
    p->wanted = false;
    vpn_plan_next_peer(&g->vpn, p);
}

/* Phase 1 did not come about: the crypto map's next peer is tried the next time. */
static void attempt_failed(struct gateway *g, const struct ike_out *o)
{
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    uint32_t wanted = g->vpn.last_wanted;

    if (o->version == 2)
        gw_vpn_ikev2_failed(g, o);
    else if (o->end == IKE_END_USER)
        gw_msg_login_failed(g->log, &k);
    else if (o->end == IKE_END_REFUSED && o->group[0])
        return; /* and it was said why */
    else if (o->end == IKE_END_AUTH)
        gw_msg_ike_text(g->log, 713904, &k,
                        "Error, had problems decrypting packet, probably due to mismatched "
                        "pre-shared key.  Aborting");
    else
        gw_msg_ike_timeout(g->log, &k,
                           o->group[0]    ? "AM_WAIT_MSG3"
                           : o->initiator ? "MM_WAIT_MSG2"
                                          : "MM_WAIT_MSG3");
    if (o->initiator && wanted < g->vpn.npolicies &&
        ip_addr_eq(&g->vpn.policies[wanted]->peer, &o->peer))
        tunnel_failed(g, wanted, o->version == 2 ? 2 : 1);
}

void gw_vpn_ike_down(struct gateway *g, const struct ike_out *o)
{
    struct vpn_session *s = gw_vpn_session(g, &o->peer);
    struct gw_msg_ike k = gw_vpn_who_of(g, o);

    if (o->attempt) {
        attempt_failed(g, o);
        return;
    }
    if (o->version == 2)
        gw_vpn_ikev2_down(g, s, o);
    else if (o->end == IKE_END_DPD && !gw_vpn_is_ssl(g, &o->peer))
        gw_msg_dpd_lost(g->log, &k);
    if (!s)
        return;
    s->ikes -= s->ikes > 0;
    if (o->end != IKE_END_REPLACED)
        s->end = o->end;
    if (s->ikes == 0 && !gw_vpn_has_pairs(g, &s->peer))
        gw_vpn_session_end(g, s, o->end);
}
