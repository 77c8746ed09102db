/* Remote access: who may come in, what he gets, and for how long.
 *
 * AnyConnect is modelled by what it means for flows, not by its bytes: a client whose
 * APPLICATION_VERSION begins with "AnyConnect", in a group whose policy allows `svc`, is such a
 * session. IKE and ESP then stand for TLS and DTLS on the wire, and the log says what it says of
 * AnyConnect; nothing is said of IKE and IPsec. */
#include "gateway/vpn_parts.h"

#define LOOK_EVERY SPAN_S(60) /* vpn-idle-timeout counts minutes */

const char *gw_vpn_type_text(enum vpn_session_type t)
{
    switch (t) {
    case VPN_LAN_TO_LAN: return "LAN-to-LAN";
    case VPN_SSL: return "SSL";
    default: return "IPsec";
    }
}

bool gw_vpn_is_ssl(struct gateway *g, const struct ip_addr *peer)
{
    const struct vpn_session *s = gw_vpn_session(g, peer);

    return s && s->type == VPN_SSL;
}

static struct gw_group_policy policy_of(const struct gateway *g, const char *group)
{
    const struct gw_tunnel_group *t = gw_config_group_named(g->cfg, group);

    return gw_config_policy(g->cfg, t ? t->policy : "");
}

/* --- the user ------------------------------------------------------------------------------------
 */

void gw_vpn_login(struct gateway *g, const struct ike_out *o)
{
    const struct gw_user *u = gw_config_user(g->cfg, o->user);
    struct gw_group_policy p = policy_of(g, o->group);
    bool ok = u && !u->hashed && u->password[0] && strcmp(u->password, o->password) == 0;

    if (ok) {
        gw_msg_user_accepted(g->log, o->user);
        gw_msg_user_policy(g->log, o->user, p.name);
    } else {
        gw_msg_user_rejected(g->log, u ? o->user : gw_syslog_user(g->log, o->user),
                             u ? "Invalid password" : "User was not found");
    }
    ike_answer_login(g->vpn.ike, o->ike, ok);
}

/* --- what he gets --------------------------------------------------------------------------------
 */

static bool is_taken(const struct gateway *g, const struct ip_addr *a)
{
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        if (ip_addr_eq(&g->vpn.sessions[i].assigned, a))
            return true;
    }
    return false;
}

static uint32_t number_of(const struct ip_addr *a)
{
    return (uint32_t)a->b[0] << 24 | (uint32_t)a->b[1] << 16 | (uint32_t)a->b[2] << 8 | a->b[3];
}

/* The lowest free address of POOL; that of a session that goes on. */
static bool take_address(struct gateway *g, const struct ike_out *o, const struct gw_pool *pool,
                         struct ip_addr *out)
{
    const struct vpn_session *s = gw_vpn_session(g, &o->peer);

    if (s && s->assigned.family && strcmp(s->group, o->group) == 0) {
        *out = s->assigned;
        return true;
    }
    if (!pool)
        return false;
    for (uint64_t n = number_of(&pool->first); n <= number_of(&pool->last); n++) {
        *out = ip4((uint32_t)n);
        if (!is_taken(g, out))
            return true;
    }
    return false;
}

static void fill_splits(const struct gateway *g, const struct gw_group_policy *p,
                        struct ike_net_config *net)
{
    const struct gw_acl *list = p->split ? gw_config_acl(g->cfg, p->split_acl) : NULL;

    for (size_t i = 0; list && i < list->naces && net->nsplits < IKE_SPLITS_MAX; i++) {
        struct ip_net src, dst;
        if (list->aces[i].action != GW_PERMIT || gw_ace_networks(&list->aces[i], &src, &dst))
            continue;
        net->splits[net->nsplits++] = list->standard ? dst : src;
    }
}

static bool is_anyconnect(const struct gateway *g, const char *group, const char *client)
{
    return strncmp(client, "AnyConnect", 10) == 0 &&
           policy_of(g, group).protocols & GW_PROTOCOL_SVC;
}

/* True when the policy lets the client in; else it is said why not. */
static bool is_let_in(struct gateway *g, const struct ike_out *o, const struct gw_group_policy *p,
                      bool ssl)
{
    struct gw_msg_ike k = gw_vpn_who_of(g, o);

    if (!ssl && !(p->protocols & GW_PROTOCOL_IPSEC)) {
        gw_msg_protocol_refused(g->log, &k);
        return false;
    }
    if (!o->wants_address && p->nem != GW_NEM_ENABLE) {
        gw_msg_nem_refused(g->log, &k);
        return false;
    }
    return true;
}

void gw_vpn_config(struct gateway *g, const struct ike_out *o)
{
    const struct gw_tunnel_group *t = gw_config_group_named(g->cfg, o->group);
    struct gw_group_policy p = policy_of(g, o->group);
    struct ike_net_config net = {.dns = {p.dns[0], p.dns[1]}, .version = "Cisco Systems, Inc ASA"};
    const struct gw_pool *pool = t ? gw_config_pool(g->cfg, t->pool) : NULL;
    struct gw_msg_ike k = gw_vpn_who_of(g, o);
    bool ssl = is_anyconnect(g, o->group, o->client);

    memcpy(g->vpn.client, o->client, sizeof(g->vpn.client));
    if (!is_let_in(g, o, &p, ssl)) {
        ike_answer_config(g->vpn.ike, o->ike, NULL);
        return;
    }
    if (!ssl)
        gw_msg_client_type(g->log, &k, o->client);
    if (o->wants_address && !take_address(g, o, pool, &net.address)) {
        gw_msg_no_address(g->log, &k);
        ike_answer_config(g->vpn.ike, o->ike, NULL);
        return;
    }
    if (o->wants_address && pool)
        net.netmask = pool->mask;
    if (o->wants_address && !ssl)
        gw_msg_address_assigned(g->log, &k, &net.address);
    memcpy(net.domain, p.domain, sizeof(p.domain));
    fill_splits(g, &p, &net);
    ike_answer_config(g->vpn.ike, o->ike, &net);
}

/* --- the session ---------------------------------------------------------------------------------
 */

static void look_again(struct gateway *g)
{
    g->vpn.look = MONO_NEVER;
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        if (g->vpn.sessions[i].idle_s || g->vpn.sessions[i].max_s)
            g->vpn.look = mono_add(clock_now(g->env.clk), LOOK_EVERY);
    }
}

void gw_vpn_remote_up(struct gateway *g, struct vpn_session *s, const struct ike_out *o)
{
    struct gw_group_policy p = policy_of(g, o->group);
    struct gw_msg_ike k = gw_vpn_who_of(g, o);

    s->type = !o->net.address.family                      ? VPN_NEM
              : is_anyconnect(g, o->group, g->vpn.client) ? VPN_SSL
                                                          : VPN_CLIENT;
    s->assigned = o->net.address;
    (void)memcpy(s->user, o->user, sizeof(s->user));
    memcpy(s->policy, p.name, sizeof(s->policy));
    memcpy(s->client, g->vpn.client, sizeof(s->client));
    g->vpn.client[0] = '\0';
    s->idle_s = p.idle_min < UINT32_MAX / 60 ? p.idle_min * 60 : 0;
    s->max_s = p.session_min < UINT32_MAX / 60 ? p.session_min * 60 : 0;
    s->used = s->since;
    look_again(g);
    if (s->type == VPN_SSL) {
        struct gw_msg_ssl ssl = {s->policy, s->user, s->peer};
        gw_msg_ssl_up(g->log, &ssl, &s->assigned);
    } else if (s->type == VPN_NEM && p.nem != GW_NEM_ENABLE) { /* it did without mode-config */
        gw_msg_nem_refused(g->log, &k);
        ike_delete_ike(g->vpn.ike, &s->peer, true);
    }
}

void gw_vpn_remote_tunnel(struct gateway *g, const struct vpn_session *s,
                          const struct vpn_policy *p, bool up)
{
    struct gw_msg_ike k = {s->group, s->peer, s->user[0] ? s->user : NULL};

    if (s->type == VPN_NEM)
        gw_msg_nem_route(g->log, &k, &p->selector.remote, up);
}

static uint64_t bytes_of_session(const struct gateway *g, const struct vpn_session *s)
{
    uint64_t n = s->sent + s->received;
    struct sadb_pair *p;

    for (size_t i = 0; (p = sadb_at(g->vpn.sadb, i)); i++) {
        if (ip_addr_eq(&esp_sa_params(p->out)->dst, &s->peer))
            n += esp_sa_counters(p->out)->bytes + esp_sa_counters(p->in)->bytes;
    }
    return n;
}

static enum vpn_limit limit_of(const struct gateway *g, struct vpn_session *s)
{
    struct mono now = clock_now(g->env.clk);
    uint64_t bytes = bytes_of_session(g, s);

    if (bytes != s->seen_bytes) {
        s->seen_bytes = bytes;
        s->used = now;
    }
    if (s->max_s && !mono_before(now, mono_add(s->since, SPAN_S(s->max_s))))
        return VPN_LIMIT_SESSION;
    if (s->idle_s && !mono_before(now, mono_add(s->used, SPAN_S(s->idle_s))))
        return VPN_LIMIT_IDLE;
    return VPN_LIMIT_NONE;
}

void gw_vpn_limit_sessions(struct gateway *g)
{
    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        struct vpn_session *s = &g->vpn.sessions[i];
        if (s->type == VPN_LAN_TO_LAN || s->over != VPN_LIMIT_NONE)
            continue;
        s->over = limit_of(g, s);
        if (s->over == VPN_LIMIT_NONE)
            continue;
        ike_delete_ike(g->vpn.ike, &s->peer, true);
        ike_delete_children(g->vpn.ike, &s->peer, true);
    }
    look_again(g);
}
