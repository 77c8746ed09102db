/* Who takes part: hosts, device or devices, peer. */
#include "base/mem.h"
#include "base/rng_os.h"
#include "replay/impair.h"
#include "replay/wan_nat.h"

/* The lab's key where nobody gives one: both ends are ours. */
#define LAB_PSK "holdfast-lab"

static const struct mac host_macs[SITES] = {{{0x02, 0x48, 0x46, 0, 0x10, 0}},
                                            {{0x02, 0x48, 0x46, 0, 0x10, 1}}};
static const struct mac peer_inner_mac = {{0x02, 0x48, 0x46, 0, 0x40, 1}};

struct mac lab_host_mac(enum plan_site site)
{
    return host_macs[site];
}

struct rng *run_rng(struct run *r, const char *label)
{
    if (r->opts->live)
        return &r->os_rng;
    if (r->nrngs == COUNT(r->seeded))
        bug("more consumers of randomness than there is room for");
    struct rng_seeded *s = &r->seeded[r->nrngs++];
    rng_seeded_init(s, r->opts->seed, label);
    return &s->rng;
}

static const char *lab_psk(const struct run *r)
{
    return r->opts->psk ? r->opts->psk : LAB_PSK;
}

void lab_psk_is(struct run *r, bool wrong)
{
    r->ike_peer.psk = bytes_str(wrong ? "not-" LAB_PSK : lab_psk(r));
}

/* --- hosts and peer ----------------------------------------------------------------------------
 */

static void make_host(struct run *r, enum plan_site site)
{
    const struct plan_lab *l = &r->plan->lab;
    struct host_config c = {.addr = site == SITE_BO ? l->bo_host : l->ho_host,
                            .on_link = site == SITE_BO ? l->bo_on_link : l->ho_on_link,
                            .next_hop = site == SITE_BO ? l->bo_inside : l->ho_inside,
                            .mac = host_macs[site],
                            .mtu = l->legs[site == SITE_BO ? LEG_BO_LAN : LEG_HO_LAN].mtu};

    for (size_t i = 0; i < r->plan->nstreams; i++) {
        if (r->plan->streams[i].keepalive.ns)
            c.keepalive = r->plan->streams[i].keepalive;
    }
    r->host[site] =
        host_new(&c, r->clk, run_rng(r, site == SITE_BO ? "host-bo" : "host-ho"), r->opts->log);
    host_attach(r->host[site], &r->taps[site == SITE_BO ? TAP_BO : TAP_HO].sink);
}

/* The peer as a client of remote access. The BO host then is what its address is given to; a
 * client without a PAT of its own. */
static void make_client(struct run *r, const struct plan_peer *pp)
{
    bool network = pp->mode == PEER_NEM;

    r->ike_peer.group = bytes_str(pp->group);
    r->ike_peer.aggressive = true;
    r->ike_peer.xauth = *pp->username;
    r->ike_peer.user = bytes_str(pp->username);
    r->ike_peer.password = bytes_str(pp->password);
    r->ike_peer.config = network ? IKE_CONFIG_NETWORK : IKE_CONFIG_ADDRESS;
    r->policies[0].assigned = !network;
    if (pp->mode == PEER_ANYCONNECT)
        r->ike_peer.version = bytes_str("AnyConnect");
}

static void make_policies(struct run *r, const struct ip_net *local, const struct ip_net *remote)
{
    const uint8_t *protocols = r->plan->peer.protocols;

    do {
        struct ike_policy *p = &r->policies[r->npolicies];
        p->id = (uint32_t)r->npolicies;
        p->selector = (struct ike_selector){
            .local = *local, .remote = *remote, .proto = protocols[r->npolicies]};
        r->npolicies++;
    } while (r->npolicies < PLAN_PROTOCOLS && protocols[r->npolicies]);
}

static void make_peer(struct run *r)
{
    const struct plan_lab *l = &r->plan->lab;
    const struct plan_peer *pp = &r->plan->peer;
    bool at_ho = run_device_site(r) == SITE_BO;
    const struct plan_nat *own = &l->nat[at_ho ? SITE_HO : SITE_BO],
                          *its = &l->nat[at_ho ? SITE_BO : SITE_HO];
    const struct ip_addr *lab = at_ho ? &l->ho_outside : &l->bo_outside;

    r->ike_peer.address = its->is ? its->address : at_ho ? l->bo_outside : l->ho_outside;
    r->ike_peer.psk = bytes_str(lab_psk(r));
    r->ike_peer.ike_version = pp->ike_version == PLAN_IKEV2 ? 2 : 1;
    r->ike_peer.dpd = (struct ike_dpd){.enabled = pp->dpd,
                                       .threshold = pp->dpd_threshold,
                                       .retry = pp->dpd_retry,
                                       .tries = pp->dpd_tries};
    r->ike_peer.initial_contact = pp->initial_contact;
    r->ike_peer.natt = pp->natt;
    r->ike_peer.fragment_mtu = pp->fragments;
    r->ike_peer.never_rekeys = !pp->rekeys;
    make_policies(r, at_ho ? &l->ho_net : &l->bo_net, at_ho ? &l->bo_net : &l->ho_net);
    if (pp->mode != PEER_L2L)
        make_client(r, pp);
    struct peer_config c = {.wan = own->is ? own->address : *lab,
                            .wan_on_link = at_ho ? l->bo_wan_router : l->ho_wan_router,
                            .wan_next_hop = at_ho ? l->bo_outside : l->ho_outside,
                            .wan_mac = LAB_WAN_MAC,
                            .inner = at_ho ? l->ho_inside : l->bo_inside,
                            .inner_mac = peer_inner_mac,
                            .inner_next_hop = at_ho ? l->ho_on_link : l->bo_on_link,
                            .mtu = l->legs[LEG_WAN].mtu,
                            .no_acquire = !pp->acquire};
    c.ike = (struct ike_config){.local = c.wan,
                                .peers = &r->ike_peer,
                                .npeers = 1,
                                .policies = r->policies,
                                .npolicies = r->npolicies,
                                .quirks = &r->quirks};
    r->peer = peer_new(&c, r->clk, run_rng(r, "peer"), r->opts->log);
    peer_attach(r->peer, PEER_WAN, &r->taps[TAP_WAN].sink);
    peer_attach(r->peer, PEER_INNER, &r->inner_end->sink);
}

/* --- devices -----------------------------------------------------------------------------------
 */

static enum err open_device(struct run *r, const struct plan_device *spec, struct diag *why)
{
    const struct device_ops *ops = device_find(spec->type);
    struct device_env env = {.clk = r->clk,
                             .rng = run_rng(r, spec->site == SITE_BO ? "device-bo" : "device-ho"),
                             .epoch_s = r->opts->epoch_ns / 1000000000,
                             .log = r->opts->log,
                             .psk = lab_psk(r),
                             .fault = r->opts->fault};

    if (!ops)
        return diag_fail_at(why, ERR_INVALID, spec->at.file, spec->at.line,
                            "there is no device type \"%s\"", spec->type);
    if (ops->embedded == (r->opts->live != NULL))
        return diag_fail_at(why, ERR_UNSUPPORTED, spec->at.file, spec->at.line,
                            "device type \"%s\" %s", spec->type,
                            ops->embedded ? "runs in this process, not on interfaces: run it with "
                                            "`holdfast gateway` and use type external"
                                          : "is on real interfaces: give them with --live");
    return ops->open(spec, &env, &r->device[spec->site], why);
}

/* What a device cannot do is said before the run and not in its middle. */
static enum err check_events(const struct run *r, struct diag *why)
{
    for (size_t i = 0; i < r->plan->nevents; i++) {
        const struct plan_event *e = &r->plan->events[i];
        const struct device *d = e->by == ACTOR_DEVICE ? event_device(r, e) : NULL;
        if (!d || (d->ops->has_console &&
                   (e->action == ACTION_DEVICE_COMMAND || d->ops->action_command(d, e->action))))
            continue;
        return diag_fail_at(why, ERR_UNSUPPORTED, e->at.file, e->at.line,
                            "event \"%s\": a device of type \"%s\" cannot be told to do %s", e->id,
                            d->ops->name, plan_action_name(e->action));
    }
    return ERR_OK;
}

enum err lab_open(struct run *r, struct diag *why)
{
    enum err e = ERR_OK;

    rng_os_init(&r->os_rng);
    stations_init(r);
    for (size_t i = 0; !e && i < r->plan->ndevices; i++)
        e = open_device(r, &r->plan->devices[i], why);
    if (!e)
        e = check_events(r, why);
    if (!e)
        e = lab_suites(r, why);
    if (!e)
        e = legs_open(r, why);
    if (e)
        return e;
    make_host(r, SITE_BO);
    make_host(r, SITE_HO);
    if (!run_is_pair(r))
        make_peer(r);
    outside_open(r);
    r->impair = impair_new(r);
    r->nats = wan_nats_new(r);
    lab_next(r); /* looks at the deadlines for the first time */
    return ERR_OK;
}

void lab_close(struct run *r)
{
    for (int i = 0; i < SITES; i++) {
        log_server_release(&r->log_server[i]);
        host_free(r->host[i]);
        if (r->device[i])
            r->device[i]->ops->close(r->device[i]);
        for (int leg = 0; leg < DEVICE_LEGS; leg++)
            port_close(r->device_ports[i][leg]);
    }
    host_free(r->outside);
    impair_free(r->impair);
    wan_nats_free(r->nats);
    peer_free(r->peer);
    port_close(r->inner_end);
    for (int i = 0; i < TAPS; i++)
        port_close(r->taps[i].port);
}
