/* show vpn-sessiondb: values out of the gateway. */
#include "gateway/console.h"
#include "gateway/console_show_ikev2.h"
#include "gateway/show_vpn.h"
#include "gateway/vpn_parts.h"

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

static void show_ike_block(const struct gateway *g, const struct vpn_session *s, struct buf *out)
{
    struct show_ike_tunnel t = {.index = s->index,
                                .id = 1,
                                .local_port = s->natt ? IKE_NATT_PORT : IKE_PORT,
                                .peer_port = s->natt ? s->remote.port : IKE_PORT,
                                .mode = s->type == VPN_LAN_TO_LAN ? "Main" : "Aggressive",
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

    if (s->ikes && s->version == 2)
        show_ikev2_block(g, s, out);
    else if (s->ikes)
        show_ike_block(g, s, out);
    for (size_t i = 0; i < g->vpn.npolicies; i++) {
        if (gw_vpn_is_tunnel_of(g->vpn.policies[i], s))
            show_esp_block(g, s, g->vpn.policies[i], ++n == tunnels, out);
    }
    if (!g->cfg->profile->session_lists)
        show_session_put_nac(seconds_since(g, s->since), out);
}

static const char *ike_word(const struct gateway *g, uint8_t version)
{
    return version == 2 ? "IKEv2" : (g->cfg->profile->can & GW_CAN_IKEV1) ? "IKEv1" : "IKE";
}

static void show_session(const struct gateway *g, const struct vpn_session *s, bool detail,
                         struct buf *out)
{
    unsigned tunnels = gw_vpn_tunnels(&g->vpn, s);
    char peer[IP_ADDR_TEXT];
    struct show_session line = {
        .connection = s->group[0] ? s->group : ip_addr_format(&s->peer, peer),
        .index = s->index,
        .ike = ike_word(g, s->version),
        .ipsec = "IPsec",
        .ikes = s->ikes,
        .tunnels = tunnels,
        .ike_cipher = vpn_session_cipher(s->suite.cipher),
        .ike_hash = s->version == 2 ? vpn_session_integ(s->suite.integ)
                                    : vpn_session_digest(s->suite.digest),
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

/* --- users ---------------------------------------------------------------------------------------
 */

#define WORDS 96

/* "IKEv1: (1)AES128  IPsec: (1)AES128"; AnyConnect's parent session has no suite. */
static const char *suites(const struct vpn_session *s, const char *ike_name, unsigned tunnels,
                          const char *ike, const char *esp, char out[static WORDS])
{
    if (s->type == VPN_SSL)
        snprintf(out, WORDS, "AnyConnect-Parent: (1)none  SSL-Tunnel: (1)%s", esp);
    else if (tunnels)
        snprintf(out, WORDS, "%s: (%u)%s  IPsec: (%u)%s", ike_name, s->ikes, ike, tunnels, esp);
    else
        snprintf(out, WORDS, "%s: (%u)%s", ike_name, s->ikes, ike);
    return out;
}

static const char *protocols(const struct vpn_session *s, const char *ike, unsigned tunnels,
                             char out[static WORDS])
{
    if (s->type == VPN_SSL)
        snprintf(out, WORDS, "AnyConnect-Parent SSL-Tunnel");
    else
        snprintf(out, WORDS, "%s%s", ike, tunnels ? " IPsec" : "");
    return out;
}

static void show_user(const struct gateway *g, const struct vpn_session *s, bool detail,
                      struct buf *out)
{
    const char *ike = (g->cfg->profile->can & GW_CAN_IKEV1) ? "IKEv1" : "IKE";
    unsigned tunnels = gw_vpn_tunnels(&g->vpn, s);
    char assigned[IP_ADDR_TEXT] = "", peer[IP_ADDR_TEXT];
    char protos[WORDS], ciphers[WORDS], hashes[WORDS];
    struct show_user u = {.name = s->user,
                          .index = s->index,
                          .assigned =
                              s->assigned.family ? ip_addr_format(&s->assigned, assigned) : "",
                          .public = ip_addr_format(&s->peer, peer),
                          .protocols = protocols(s, ike, tunnels, protos),
                          .license = s->type == VPN_SSL ? "AnyConnect Premium" : "Other VPN",
                          .ciphers = suites(s, ike, tunnels, vpn_session_cipher(s->suite.cipher),
                                            vpn_session_cipher(s->esp_suite.cipher), ciphers),
                          .hashes = suites(s, ike, tunnels, vpn_session_digest(s->suite.digest),
                                           vpn_session_integ(s->esp_suite.integ), hashes),
                          .policy = s->policy,
                          .group = s->group,
                          .login_unix_s = g->env.epoch_s + s->since.ns / 1000000000,
                          .zone = "UTC",
                          .seconds = seconds_since(g, s->since)};

    session_bytes(g, s, &u.sent, &u.received);
    show_user_put(&u, out);
    if (detail && s->type != VPN_SSL)
        show_blocks(g, s, tunnels, out);
}

/* --- commands ------------------------------------------------------------------------------------
 */

enum { L2L = 1, REMOTE = 2, SSL = 4, WEB = 8, DETAIL = 16 }; /* which sessions */

static unsigned kind_of(const struct vpn_session *s)
{
    return s->type == VPN_LAN_TO_LAN ? L2L : s->type == VPN_SSL ? SSL : REMOTE;
}

static void show_kind(const struct gateway *g, unsigned kind, bool detail, struct buf *out)
{
    bool later = (g->cfg->profile->can & GW_CAN_IKEV1) != 0;
    const char *name = kind == L2L   ? "LAN-to-LAN"
                       : kind == SSL ? (later ? "AnyConnect" : "SVC")
                       : later       ? "IKEv1 IPsec"
                                     : "IPsec";
    bool headed = false;

    for (size_t i = 0; i < g->vpn.nsessions; i++) {
        const struct vpn_session *s = &g->vpn.sessions[i];
        if (kind_of(s) != kind)
            continue;
        if (!headed)
            buf_addf(out, "\nSession Type: %s%s\n\n", name, detail ? " Detailed" : "");
        headed = true;
        if (kind == L2L)
            show_session(g, s, detail, out);
        else
            show_user(g, s, detail, out);
    }
}

/* WHAT: which kinds, and DETAIL. The last words are from memory of the device. */
static enum err show_sessions(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    size_t before = call->answer->n;
    unsigned kinds = (unsigned)call->what;

    for (unsigned kind = L2L; kind <= SSL; kind <<= 1) {
        if (kinds & kind)
            show_kind(g, kind, kinds & DETAIL, call->answer);
    }
    if (call->answer->n == before)
        buf_adds(call->answer,
                 "INFO: There are presently no active sessions of the type specified\n");
    return ERR_OK;
}

static struct show_tally tally(const struct gateway *g, const char *name, unsigned kind,
                               const struct vpn_tally *now)
{
    const struct vpn_tally *ever = &g->vpn.ever, *most = &g->vpn.most;
    struct show_tally t = {.name = name, .resumes = kind == SSL};

    for (enum vpn_session_type i = VPN_LAN_TO_LAN; i < VPN_SESSION_TYPES; i++) {
        struct vpn_session like = {.type = i};
        if (kind_of(&like) != kind)
            continue;
        t.active += now->sessions[i];
        t.cumulative += ever->sessions[i];
        t.peak += most->sessions[i]; /* not quite, when a server has both kinds of IPsec clients */
    }
    return t;
}

/* LAN-to-LAN sessions by version of IKE, the later first: how many lines there are. */
static size_t versions_of(const struct gateway *g, const struct vpn_tally *now,
                          char names[VPN_IKES][32], struct show_tally *out)
{
    const struct vpn_tally *ever = &g->vpn.ever, *most = &g->vpn.most;
    size_t n = 0;

    for (size_t i = VPN_IKES; i-- > 0;) {
        if (!ever->l2l[i] && (i > 0 || ever->l2l[1]))
            continue;
        snprintf(names[i], 32, "%s IPsec", ike_word(g, (uint8_t)(i + 1)));
        out[n++] = (struct show_tally){.name = names[i],
                                       .active = now->l2l[i],
                                       .cumulative = ever->l2l[i],
                                       .peak = most->l2l[i],
                                       .part = true};
    }
    return n;
}

/* The same of IKE SAs, the older version first. */
static size_t ikes_of(const struct gateway *g, const struct vpn_tally *now, struct show_tally *out)
{
    const struct vpn_tally *ever = &g->vpn.ever;
    size_t n = 0;

    for (size_t i = 0; i < VPN_IKES; i++) {
        if (!ever->ikes[i] && (i > 0 || ever->ikes[1]))
            continue;
        out[n++] = (struct show_tally){.name = ike_word(g, (uint8_t)(i + 1)),
                                       .active = now->ikes[i],
                                       .cumulative = ever->ikes[i],
                                       .peak = g->vpn.most.ikes[i]};
    }
    return n;
}

/* Kinds that never were are not listed, as on real devices; that a device without any lists its
 * LAN-to-LAN sessions is a guess. The line of IPsec clients is from memory of the device. */
static enum err show_summary(struct gw_call *call)
{
    const struct gateway *g = gateway_of(call);
    const struct vpn *v = &g->vpn;
    struct vpn_tally now = gw_vpn_now(g);
    struct show_tally l2l = tally(g, "Site-to-Site VPN", L2L, &now);
    struct show_tally ssl = tally(g, "AnyConnect Client", SSL, &now);
    struct show_tally remote = tally(g, "IKEv1 IPsec/L2TP IPsec", REMOTE, &now);
    struct show_tally sessions[4 + VPN_IKES], kinds[3 + VPN_IKES];
    size_t nsessions = 0, nkinds = 0;
    char names[VPN_IKES][32];

    if (ssl.cumulative) {
        sessions[nsessions++] = ssl;
        sessions[nsessions] = ssl;
        sessions[nsessions].part = true;
        sessions[nsessions++].name = "SSL/TLS/DTLS";
    }
    if (remote.cumulative)
        sessions[nsessions++] = remote;
    if (l2l.cumulative || nsessions == 0) {
        sessions[nsessions++] = l2l;
        nsessions += versions_of(g, &now, names, sessions + nsessions);
    }
    if (v->ever.ikes[0] || v->ever.ikes[1] || !ssl.cumulative) {
        nkinds += ikes_of(g, &now, kinds);
        kinds[nkinds++] = (struct show_tally){.name = "IPsec",
                                              .active = now.tunnels,
                                              .cumulative = v->ever.tunnels,
                                              .peak = v->most.tunnels};
    }
    if (ssl.cumulative) {
        kinds[nkinds] = ssl;
        kinds[nkinds++].name = "AnyConnect-Parent";
        kinds[nkinds] = ssl;
        kinds[nkinds++].name = "SSL-Tunnel";
    }
    show_summary_put(sessions, nsessions, kinds, nkinds, CAPACITY, call->answer);
    return ERR_OK;
}

#define SHOW(pattern, run, what, help)                                                             \
    {                                                                                              \
        GW_EXEC, GW_YES, "show vpn-sessiondb" pattern, run, what, help                             \
    }

#define SHOW_KIND(word, what, help)                                                                \
    SHOW(" " word, show_sessions, what, help),                                                     \
        SHOW(" detail " word, show_sessions, (what) | DETAIL, help),                               \
        SHOW(" " word " detail", show_sessions, (what) | DETAIL, NULL)

static const struct gw_command rows[] = {
    SHOW("", show_summary, 0, "How many sessions there are"),
    SHOW(" summary", show_summary, 0, "How many sessions there are"),
    SHOW(" detail", show_sessions, L2L | REMOTE | SSL | DETAIL, "All sessions in detail"),
    SHOW_KIND("l2l", L2L, "LAN-to-LAN sessions"),
    SHOW_KIND("remote", REMOTE, "Remote access sessions"),
    SHOW_KIND("ra-ikev1-ipsec", REMOTE, "Remote access sessions"),
    SHOW_KIND("anyconnect", SSL, "AnyConnect sessions"),
    SHOW_KIND("svc", SSL, "AnyConnect sessions"),
    SHOW_KIND("webvpn", WEB, "Clientless sessions"),
};

const struct gw_command_set gw_show_session_commands = {rows, COUNT(rows)};
