/* show vpn-sessiondb: values out of the gateway. */
#include "gateway/console.h"
#include "gateway/show_vpn.h"
#include "gateway/vpn_words.h"

#include <stdio.h>

#define CAPACITY 250 /* sessions that `show vpn-sessiondb` says the device can have */

static uint64_t left(uint64_t whole, uint64_t used)
{
    return used < whole ? whole - used : 0;
}

static int64_t seconds_since(const struct gateway *g, struct mono t)
{
    return mono_diff(t, clock_now(g->env.clk)).ns / 1000000000;
}

/* What the session has sent and received: in SAs that are gone, and in those that are there. */
static void session_bytes(const struct gateway *g, const struct vpn_session *s, uint64_t *sent,
                          uint64_t *received)
{
    struct sadb_pair *p;

    *sent = s->sent;
    *received = s->received;
    for (size_t i = 0; (p = sadb_at(g->vpn.sadb, i)); i++) {
        if (!ip_addr_eq(&esp_sa_params(p->out)->dst, &s->peer))
            continue;
        *sent += esp_sa_counters(p->out)->bytes;
        *received += esp_sa_counters(p->in)->bytes;
    }
}

static bool is_tunnel_of(const struct vpn_policy *p, const struct vpn_session *s)
{
    return p->up && ip_addr_eq(&p->peer, &s->peer);
}

static unsigned tunnels_of(const struct vpn *v, const struct vpn_session *s)
{
    unsigned n = 0;

    for (size_t i = 0; i < v->npolicies; i++)
        n += is_tunnel_of(v->policies[i], s);
    return n;
}

static void show_ike_block(const struct gateway *g, const struct vpn_session *s, struct buf *out)
{
    struct show_ike_tunnel t = {.index = s->index,
                                .id = 1,
                                .local_port = 500,
                                .peer_port = 500,
                                .mode = "Main",
                                .auth = "preSharedKeys",
                                .cipher = vpn_session_cipher(s->suite.cipher),
                                .hash = vpn_session_digest(s->suite.digest),
                                .lifetime_s = s->suite.lifetime_s,
                                .left_s =
                                    (int64_t)s->suite.lifetime_s - seconds_since(g, s->ike_since),
                                .group = s->suite.group,
                                .filter = ""};

    show_ike_tunnel_put(g->cfg->profile, &t, out);
}

static void show_esp_block(const struct gateway *g, const struct vpn_session *s,
                           const struct vpn_policy *p, bool last, struct buf *out)
{
    const struct ike_selector *sel = &p->selector;
    const struct esp_counters *in = esp_sa_counters(p->pair->in);
    const struct esp_counters *sent = esp_sa_counters(p->pair->out);
    uint64_t used = (in->bytes > sent->bytes ? in->bytes : sent->bytes) / 1024;
    uint64_t idle = (uint64_t)seconds_since(g, p->used) / 60;
    char local[VPN_IDENT_TEXT], remote[VPN_IDENT_TEXT];
    struct show_esp_tunnel t = {
        .index = s->index,
        .id = (p->context[1] + 1) / 2 + 1,
        .local = vpn_ident(&sel->local, sel->proto, sel->local_port, local),
        .remote = vpn_ident(&sel->remote, sel->proto, sel->remote_port, remote),
        .cipher = vpn_session_cipher(p->suite.cipher),
        .hash = vpn_session_integ(p->suite.integ),
        .pfs_group = p->suite.pfs_group,
        .lifetime_s = p->suite.lifetime_s,
        .left_s = (int64_t)p->suite.lifetime_s - seconds_since(g, esp_sa_born(p->pair->in)),
        .lifetime_kb = p->suite.lifetime_kb,
        .left_kb = left(p->suite.lifetime_kb, used),
        .idle_min = gw_config_idle_min(g->cfg),
        .idle_left_min = (unsigned)left(gw_config_idle_min(g->cfg), idle),
        .sent = sent->bytes,
        .received = in->bytes,
        .packets_sent = p->past[1] + sent->packets,
        .packets_received = p->past[0] + in->packets,
        .last = last,
    };

    show_esp_tunnel_put(g->cfg->profile, &t, out);
}

static void show_blocks(const struct gateway *g, const struct vpn_session *s, unsigned tunnels,
                        struct buf *out)
{
    unsigned n = 0;

    if (s->ikes)
        show_ike_block(g, s, out);
    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        if (is_tunnel_of(g->vpn.policies[i], s))
            show_esp_block(g, s, g->vpn.policies[i], ++n == tunnels, out);
    }
    if (!g->cfg->profile->session_lists)
        show_session_put_nac(seconds_since(g, s->since), out);
}

static void show_session(const struct gateway *g, const struct vpn_session *s, bool detail,
                         struct buf *out)
{
    unsigned tunnels = tunnels_of(&g->vpn, s);
    char peer[IP_ADDR_TEXT];
    struct show_session line = {
        .connection = s->group[0] ? s->group : ip_addr_format(&s->peer, peer),
        .index = s->index,
        .ike = (g->cfg->profile->can & GW_CAN_IKEV1) ? "IKEv1" : "IKE",
        .ipsec = "IPsec",
        .ikes = s->ikes,
        .tunnels = tunnels,
        .ike_cipher = vpn_session_cipher(s->suite.cipher),
        .ike_hash = vpn_session_digest(s->suite.digest),
        .esp_cipher = tunnels ? vpn_session_cipher(s->esp_suite.cipher) : "",
        .esp_hash = tunnels ? vpn_session_integ(s->esp_suite.integ) : "",
        .login_unix_s = g->env.epoch_s + s->since.ns / 1000000000,
        .zone = "UTC",
        .seconds = seconds_since(g, s->since)};

    line.peer = ip_addr_format(&s->peer, peer);
    session_bytes(g, s, &line.sent, &line.received);
    show_session_put(g->cfg->profile, &line, out);
    if (detail) {
        show_session_put_counts(&line, out);
        show_blocks(g, s, tunnels, out);
    }
}

static enum err no_sessions(struct gw_call *call)
{
    buf_adds(call->answer, "INFO: There are presently no active sessions of the type specified\n");
    return ERR_OK;
}

/* WHAT: detail */
static enum err show_sessions(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);

    if (!g->vpn.nsessions)
        return no_sessions(call);
    buf_addf(call->answer, "\nSession Type: LAN-to-LAN%s\n\n", call->what ? " Detailed" : "");
    for (size_t i = 0; i < g->vpn.nsessions; i++)
        show_session(g, &g->vpn.sessions[i], call->what, call->answer);
    return ERR_OK;
}

static enum err show_summary(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    const struct vpn *v = &g->vpn;
    const char *ike = (g->cfg->profile->can & GW_CAN_IKEV1) ? "IKEv1" : "IKE";
    char kind[32];
    uint64_t ikes = 0, tunnels = 0;

    for (size_t i = 0; i < v->nsessions; i++) {
        ikes += v->sessions[i].ikes;
        tunnels += tunnels_of(v, &v->sessions[i]);
    }
    snprintf(kind, sizeof(kind), "%s IPsec", ike);
    struct show_tally sessions[] = {
        {"Site-to-Site VPN", v->nsessions, v->indexes, v->most.sessions},
        {kind, v->nsessions, v->indexes, v->most.sessions}};
    struct show_tally kinds[] = {{ike, ikes, v->ikes_ever, v->most.ikes},
                                 {"IPsec", tunnels, v->contexts / 2, v->most.tunnels}};
    show_summary_put(sessions, COUNT(sessions), kinds, COUNT(kinds), CAPACITY, call->answer);
    return ERR_OK;
}

#define SHOW(pattern, run, what, help)                                                             \
    {                                                                                              \
        GW_EXEC, GW_YES, "show vpn-sessiondb" pattern, run, what, help                             \
    }

static const struct gw_command rows[] = {
    SHOW("", show_summary, 0, "How many sessions there are"),
    SHOW(" summary", show_summary, 0, "How many sessions there are"),
    SHOW(" l2l", show_sessions, 0, "LAN-to-LAN sessions"),
    SHOW(" detail l2l", show_sessions, 1, "LAN-to-LAN sessions in detail"),
    SHOW(" l2l detail", show_sessions, 1, NULL),
    SHOW(" detail", show_sessions, 1, NULL),
    SHOW(" remote", no_sessions, 0, "Remote access sessions"),
    SHOW(" detail remote", no_sessions, 0, NULL),
    SHOW(" ra-ikev1-ipsec", no_sessions, 0, "Remote access sessions"),
    SHOW(" anyconnect", no_sessions, 0, "AnyConnect sessions"),
    SHOW(" detail anyconnect", no_sessions, 0, NULL),
    SHOW(" svc", no_sessions, 0, NULL),
    SHOW(" webvpn", no_sessions, 0, NULL),
};

const struct gw_command_set gw_show_session_commands = {rows, COUNT(rows)};
