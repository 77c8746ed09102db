#include "cli/far_end.h"

#include "base/mem.h"
#include "cli/far_flow.h"
#include "cli/far_suites.h"
#include "gateway/acl.h"
#include "gateway/routes.h"
#include "peer/peer.h"
#include "port/port_mem.h"

#define LEGS       8
#define HOSTS      16
#define FLOWS      64
#define POLICIES   32
#define SUITES     16
#define ESP_SUITES 32

#define INNER LEGS /* the leg behind the peer */

/* Where the hosts behind the peer find it; no packet carries it. */
#define PEER_INNER_ADDR "169.254.113.14"

struct far_leg {
    char nameif[GW_NAME];
    struct ip_addr own; /* the gateway's; INNER: the peer's */
    size_t number;      /* the gateway's */
    struct port *near, *far;
};

struct far_host {
    struct host *host;
    size_t leg;
    struct ip_addr addr;
};

struct far_end {
    struct clock *clk;
    struct rng *rng;
    const struct log *log;
    struct gateway *gw;
    struct netifs ifs;
    struct routes routes;
    struct far_leg legs[LEGS + 1];
    size_t nlegs, wan;
    struct peer *peer;
    char psk[129], remote_psk[129];
    struct ike_suite suites[SUITES];
    struct ike_esp_suite esp[ESP_SUITES];
    struct ike_policy policies[POLICIES];
    struct ike_peer_config ike;
    struct peer_config peer_cfg;
    struct far_host hosts[HOSTS];
    size_t nhosts;
    struct far_flow *flows[FLOWS];
    size_t nflows;
    bool cut;
};

/* --- the peer ----------------------------------------------------------------------------------
 */

static const struct gw_map_entry *entry_of(const struct gw_config *c)
{
    for (size_t i = 0; i < c->nmap; i++) {
        const struct gw_map_entry *m = &c->map[i];
        if (strcmp(m->map, c->map_applied) == 0 && m->npeers && (m->nsets || m->nproposals) &&
            gw_config_acl(c, m->acl))
            return m;
    }
    return NULL;
}

/* The crypto map's permit entries, seen from the other side. */
static void take_policies(struct far_end *f, const struct gw_acl *acl, size_t nesp)
{
    size_t n = 0;

    for (size_t i = 0; i < acl->naces && n < POLICIES; i++) {
        const struct gw_ace *a = &acl->aces[i];
        struct ike_policy p = {.id = (uint32_t)n, .suites = f->esp, .nsuites = nesp};
        if (a->action != GW_PERMIT || a->inactive ||
            gw_ace_networks(a, &p.selector.remote, &p.selector.local))
            continue;
        p.selector.proto = a->proto;
        f->policies[n++] = p;
    }
    f->peer_cfg.ike.policies = f->policies;
    f->peer_cfg.ike.npolicies = n;
}

static enum err take_peer(struct far_end *f, const struct gw_config *c, struct diag *why)
{
    static const struct mac wan = {{0x02, 0x48, 0x46, 0, 0x60, 0}},
                            inner = {{0x02, 0x48, 0x46, 0, 0x60, 1}};
    const struct gw_map_entry *m = entry_of(c);
    const struct gw_tunnel_group *g = m ? gw_config_group(c, &m->peers[0]) : NULL;
    bool ikev2 = m && !m->nsets; /* where only IKEv2 is configured */
    struct ip_addr hop;

    if (!g || !(ikev2 ? g->ikev2_remote_psk : g->psk)[0])
        return diag_fail(why, ERR_INVALID,
                         "--peer: the configuration has no applied crypto map with a peer and its "
                         "pre-shared key");
    if (!routes_find(&f->routes, &m->peers[0], NETIF_NONE, &f->wan, &hop))
        return diag_fail(why, ERR_INVALID, "--peer: the gateway has no route to its peer");
    memcpy(f->psk, ikev2 ? g->ikev2_remote_psk : g->psk, sizeof(f->psk));
    memcpy(f->remote_psk, g->ikev2_local_psk, sizeof(f->remote_psk));
    f->ike.ike_version = ikev2 ? 2 : 1;
    f->ike.remote_psk = bytes_str(f->remote_psk);
    f->ike.nsuites = far_suites(c, ikev2, f->suites, SUITES);
    size_t nesp = far_esp_suites(c, m, ikev2, f->esp, ESP_SUITES);
    f->ike.address = f->ifs.v[f->wan].net.addr;
    f->ike.psk = bytes_str(f->psk);
    f->ike.suites = f->suites;
    f->ike.initial_contact = true;
    f->ike.dpd =
        (struct ike_dpd){.enabled = true, .threshold = SPAN_S(10), .retry = SPAN_S(2), .tries = 3};
    f->peer_cfg = (struct peer_config){.wan = m->peers[0],
                                       .wan_on_link = hop.family ? hop : m->peers[0],
                                       .wan_next_hop = f->ike.address,
                                       .wan_mac = wan,
                                       .inner_mac = inner};
    f->peer_cfg.ike = (struct ike_config){.local = m->peers[0], .peers = &f->ike, .npeers = 1};
    take_policies(f, gw_config_acl(c, m->acl), nesp);
    return ip_addr_parse(PEER_INNER_ADDR, &f->peer_cfg.inner);
}

/* --- making and joining ------------------------------------------------------------------------
 */

static void make_link(struct far_end *f, struct far_leg *leg)
{
    static const struct link_spec spec = {.delay = {5000000}, .rate_bps = 100000000};

    link_new(&spec, f->clk, f->rng, &leg->near, &leg->far);
}

enum err far_end_new(const struct gw_config *cfg, struct clock *clk, struct rng *rng,
                     const struct log *log, struct far_end **out, struct diag *why)
{
    struct far_end *f = mem_zalloc(sizeof(*f));

    f->clk = clk;
    f->rng = rng;
    f->log = log;
    netifs_configure(&f->ifs, cfg);
    routes_build(&f->routes, cfg, &f->ifs);
    enum err e = take_peer(f, cfg, why);
    if (e) {
        far_end_free(f);
        return e;
    }
    f->legs[INNER].own = f->peer_cfg.inner;
    make_link(f, &f->legs[INNER]);
    f->peer = peer_new(&f->peer_cfg, clk, rng, log);
    peer_attach(f->peer, PEER_INNER, &f->legs[INNER].near->sink);
    *out = f;
    return ERR_OK;
}

void far_end_free(struct far_end *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->nhosts; i++)
        host_free(f->hosts[i].host);
    for (size_t i = 0; i < f->nflows; i++)
        far_flow_free(f->flows[i]);
    peer_free(f->peer);
    for (size_t i = 0; i < COUNT(f->legs); i++) {
        port_close(f->legs[i].near);
        port_close(f->legs[i].far);
    }
    routes_release(&f->routes);
    netifs_release(&f->ifs);
    mem_wipe(f->psk, sizeof(f->psk));
    mem_wipe(f->remote_psk, sizeof(f->remote_psk));
    mem_free(f);
}

static bool passes(void *ctx, bool outbound, struct bytes frame)
{
    (void)outbound;
    (void)frame;
    return !((struct far_end *)ctx)->cut;
}

void far_end_attach(struct far_end *f, struct gateway *gw)
{
    f->gw = gw;
    for (size_t i = 0; i < f->ifs.n && i < LEGS; i++) {
        struct far_leg *leg = &f->legs[i];
        memcpy(leg->nameif, f->ifs.v[i].nameif, sizeof(leg->nameif));
        leg->own = f->ifs.v[i].net.addr;
        if (gateway_find_interface(gw, leg->nameif, &leg->number))
            bug("the gateway lacks an interface of its configuration");
        make_link(f, leg);
        gateway_attach(gw, leg->number, &leg->near->sink);
        f->nlegs = i + 1;
    }
    peer_attach(f->peer, PEER_WAN, &f->legs[f->wan].far->sink);
    port_set_filter(f->legs[f->wan].far, (struct port_filter){passes, f});
}

/* --- time --------------------------------------------------------------------------------------
 */

static void forget_facts(struct far_end *f)
{
    struct peer_fact fact;

    while (peer_next_fact(f->peer, &fact))
        mem_wipe(&fact, sizeof(fact));
}

static void to_hosts(struct far_end *f, size_t leg, struct bytes frame)
{
    for (size_t i = 0; i < f->nhosts; i++) {
        if (f->hosts[i].leg == leg)
            host_input(f->hosts[i].host, frame);
    }
}

static bool move_frames(struct far_end *f)
{
    struct bytes frame;
    struct mono when;
    bool some = false;

    for (size_t i = 0; i < f->nlegs; i++) {
        while (port_receive(f->legs[i].near, &frame, &when)) {
            gateway_input(f->gw, f->legs[i].number, frame);
            some = true;
        }
        while (port_receive(f->legs[i].far, &frame, &when)) {
            to_hosts(f, i, frame);
            if (i == f->wan)
                peer_input(f->peer, PEER_WAN, frame);
            some = true;
        }
    }
    while (port_receive(f->legs[INNER].near, &frame, &when)) {
        peer_input(f->peer, PEER_INNER, frame);
        some = true;
    }
    while (port_receive(f->legs[INNER].far, &frame, &when)) {
        to_hosts(f, INNER, frame);
        some = true;
    }
    forget_facts(f);
    return some;
}

void far_end_tick(struct far_end *f)
{
    for (size_t i = 0; i < f->nhosts; i++)
        host_tick(f->hosts[i].host);
    peer_tick(f->peer);
    while (move_frames(f))
        ;
}

struct mono far_end_deadline(const struct far_end *f)
{
    struct mono t = peer_deadline(f->peer);

    for (size_t i = 0; i < COUNT(f->legs); i++) {
        if (f->legs[i].near)
            t = mono_min(t, mono_min(port_next(f->legs[i].near), port_next(f->legs[i].far)));
    }
    for (size_t i = 0; i < f->nhosts; i++)
        t = mono_min(t, host_deadline(f->hosts[i].host));
    return t;
}

/* --- hosts and flows ---------------------------------------------------------------------------
 */

static bool is_behind_peer(const struct far_end *f, const struct ip_addr *a,
                           const struct ip_addr *other)
{
    for (size_t i = 0; i < f->peer_cfg.ike.npolicies; i++) {
        const struct ike_selector *s = &f->policies[i].selector;
        if (ip_net_has(&s->local, a) && ip_net_has(&s->remote, other))
            return true;
    }
    return false;
}

/* The host at A, made if need be. NULL: there is no place for it. */
static struct host *host_at(struct far_end *f, const struct ip_addr *a, bool behind_peer)
{
    struct host_config c = {.addr = *a, .on_link = *a, .mac = {{0x02, 0x48, 0x46, 0, 0x61, 0}}};
    struct ip_addr hop = {0};
    size_t leg = INNER;

    for (size_t i = 0; i < f->nhosts; i++) {
        if (ip_addr_eq(&f->hosts[i].addr, a) && behind_peer == (f->hosts[i].leg == INNER))
            return f->hosts[i].host;
    }
    if (!behind_peer && (!routes_find(&f->routes, a, NETIF_NONE, &leg, &hop) || leg == f->wan ||
                         leg >= f->nlegs || ip_addr_eq(a, &f->legs[leg].own)))
        return NULL;
    if (f->nhosts == HOSTS)
        return NULL;
    if (hop.family)
        c.on_link = hop;
    c.next_hop = f->legs[leg].own;
    c.mac.b[5] = (uint8_t)leg; /* all of a leg have one: they may share a router */
    struct far_host *h = &f->hosts[f->nhosts++];
    *h = (struct far_host){host_new(&c, f->clk, f->rng, f->log), leg, *a};
    host_attach(h->host, &f->legs[leg].far->sink);
    return h->host;
}

/* The hosts at both addresses. */
static enum err find_hosts(struct far_end *f, const struct ip_addr *src, const struct ip_addr *dst,
                           struct host *out[static 2], struct diag *why)
{
    bool to_peer = is_behind_peer(f, dst, src), from_peer = is_behind_peer(f, src, dst);

    if (f->nflows == FLOWS)
        return diag_fail(why, ERR_NOSPACE, "no more than %d flows can be begun", FLOWS);
    if (src->family != 4 || dst->family != 4)
        return diag_fail(why, ERR_INVALID, "wants IPv4 addresses");
    if (to_peer == from_peer)
        return diag_fail(why, ERR_INVALID,
                         "the crypto map is not for packets between these addresses");
    out[0] = host_at(f, src, from_peer);
    out[1] = host_at(f, dst, to_peer);
    if (!out[0] || !out[1])
        return diag_fail(why, ERR_INVALID, "no host can be at one of these addresses");
    return ERR_OK;
}

/* FLOW is kept, also on failure: a host may have heard of it. */
static enum err begin(struct far_end *f, struct far_flow *flow, struct host *const hosts[static 2],
                      size_t *id, struct diag *why)
{
    enum err e = far_flow_begin(flow, hosts[0], hosts[1], clock_now(f->clk));

    *id = f->nflows;
    f->flows[f->nflows++] = flow;
    return e ? diag_fail(why, e, "the flow cannot begin: it %s", err_text(e)) : ERR_OK;
}

enum err far_end_ping(struct far_end *f, const struct ip_addr *src, const struct ip_addr *dst,
                      unsigned count, size_t *id, struct diag *why)
{
    uint16_t echo_id = (uint16_t)(1000 + f->nflows);
    struct host *hosts[2];
    enum err e = find_hosts(f, src, dst, hosts, why);

    return e ? e : begin(f, far_flow_ping(src, dst, echo_id, count), hosts, id, why);
}

enum err far_end_connect(struct far_end *f, const struct ip_addr *src, const struct ip_addr *dst,
                         uint16_t port, size_t *id, struct diag *why)
{
    uint16_t own = (uint16_t)(30000 + f->nflows);
    struct host *hosts[2];
    enum err e = find_hosts(f, src, dst, hosts, why);

    return e ? e : begin(f, far_flow_tcp(src, own, dst, port), hosts, id, why);
}

void far_end_status(const struct far_end *f, size_t id, struct far_status *out)
{
    *out = (struct far_status){0};
    far_flow_status(f->flows[id], &out->opener);
    out->sent = (unsigned)(out->opener.sent / FAR_ECHO_BYTES);
    out->answered = (unsigned)(out->opener.delivered / FAR_ECHO_BYTES);
}

/* --- what the peer can do ----------------------------------------------------------------------
 */

enum err far_end_delete(struct far_end *f, unsigned phase)
{
    enum err e = phase == 1 ? peer_delete_phase1(f->peer) : peer_delete_phase2(f->peer);

    forget_facts(f);
    return e;
}

void far_end_crash(struct far_end *f)
{
    peer_crash(f->peer);
    forget_facts(f);
}

void far_end_cut(struct far_end *f, bool cut)
{
    f->cut = cut;
}
