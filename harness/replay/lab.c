/* The run's topology: hosts, legs, device or devices, peer. */
#include "base/mem.h"
#include "base/rng_os.h"
#include "port/interface.h"
#include "port/port_live.h"
#include "port/privileges.h"
#include "replay/run_parts.h"

/* The lab's key where nobody gives one: both ends are ours. */
#define LAB_PSK "holdfast-lab"

static const struct mac host_macs[SITES] = {{{0x02, 0x48, 0x46, 0, 0x10, 0}},
                                            {{0x02, 0x48, 0x46, 0, 0x10, 1}}};
static const struct mac peer_wan_mac = {{0x02, 0x48, 0x46, 0, 0x40, 0}};
static const struct mac peer_inner_mac = {{0x02, 0x48, 0x46, 0, 0x40, 1}};

static bool is_pair(const struct run *r)
{
    return r->plan->lab.mode == MODE_PAIR;
}

static enum plan_site device_site(const struct run *r)
{
    return r->plan->lab.device_site;
}

static enum plan_site peer_site(const struct run *r)
{
    return device_site(r) == SITE_BO ? SITE_HO : SITE_BO;
}

struct rng *run_rng(struct run *r, const char *label)
{
    if (r->opts->live)
        return &r->os_rng;
    struct rng_seeded *s = &r->seeded[r->nrngs++];
    rng_seeded_init(s, r->opts->seed, label);
    return &s->rng;
}

static const char *lab_psk(const struct run *r)
{
    return r->opts->psk ? r->opts->psk : LAB_PSK;
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

static void make_peer(struct run *r)
{
    const struct plan_lab *l = &r->plan->lab;
    const struct plan_peer *pp = &r->plan->peer;
    bool at_ho = peer_site(r) == SITE_HO;

    r->ike_peer.address = at_ho ? l->bo_outside : l->ho_outside;
    r->ike_peer.psk = bytes_str(lab_psk(r));
    r->ike_peer.dpd = (struct ike_dpd){.enabled = pp->dpd,
                                       .threshold = pp->dpd_threshold,
                                       .retry = pp->dpd_retry,
                                       .tries = pp->dpd_tries};
    r->ike_peer.initial_contact = pp->initial_contact;
    r->policy.selector.local = at_ho ? l->ho_net : l->bo_net;
    r->policy.selector.remote = at_ho ? l->bo_net : l->ho_net;
    struct peer_config c = {.wan = at_ho ? l->ho_outside : l->bo_outside,
                            .wan_on_link = at_ho ? l->bo_wan_router : l->ho_wan_router,
                            .wan_next_hop = at_ho ? l->bo_outside : l->ho_outside,
                            .wan_mac = peer_wan_mac,
                            .inner = at_ho ? l->ho_inside : l->bo_inside,
                            .inner_mac = peer_inner_mac,
                            .inner_next_hop = at_ho ? l->ho_on_link : l->bo_on_link,
                            .mtu = l->legs[LEG_WAN].mtu,
                            .no_acquire = !pp->acquire};
    c.ike = (struct ike_config){
        .local = c.wan, .peers = &r->ike_peer, .npeers = 1, .policies = &r->policy, .npolicies = 1};
    r->peer = peer_new(&c, r->clk, run_rng(r, "peer"), r->opts->log);
    peer_attach(r->peer, PEER_WAN, &r->taps[TAP_WAN].sink);
    peer_attach(r->peer, PEER_INNER, &r->inner_end->sink);
}

/* --- legs in memory ----------------------------------------------------------------------------
 */

static void make_link(struct run *r, enum plan_leg leg, struct rng *rng, struct port **ours,
                      struct port **theirs)
{
    const struct plan_leg_spec *s = &r->plan->lab.legs[leg];
    struct link_spec spec = {.delay = s->delay,
                             .rate_bps = s->rate_bps,
                             .loss = s->loss,
                             .reorder = s->reorder,
                             .duplicate = s->duplicate};

    link_new(&spec, r->clk, rng, ours, theirs);
}

static void attach_device(struct run *r, enum plan_site site, enum device_leg leg, struct port *p)
{
    r->device_ports[site][leg] = p;
    if (r->device[site])
        r->device[site]->ops->attach(r->device[site], leg, &p->sink);
}

static void link_device(struct run *r, struct rng *rng, enum plan_site site, enum tap_id lan,
                        enum tap_id wan, enum tap_id mgmt)
{
    enum plan_leg lan_leg = site == SITE_BO ? LEG_BO_LAN : LEG_HO_LAN;
    struct port *ours, *theirs;

    make_link(r, lan_leg, rng, &ours, &theirs);
    tap_open(r, lan, site == SITE_BO ? EV_BO_LAN : EV_HO_LAN, ours);
    attach_device(r, site, DEVICE_INSIDE, theirs);
    make_link(r, LEG_WAN, rng, &ours, &theirs);
    tap_open(r, wan, EV_WAN, ours);
    attach_device(r, site, DEVICE_OUTSIDE, theirs);
    make_link(r, LEG_MGMT, rng, &ours, &theirs);
    tap_open(r, mgmt, EV_MGMT, ours);
    attach_device(r, site, DEVICE_MGMT, theirs);
}

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

static void open_virtual(struct run *r)
{
    struct rng *rng = run_rng(r, "links");
    struct port *ours, *theirs;

    if (is_pair(r)) {
        link_device(r, rng, SITE_BO, TAP_BO, TAP_WAN, TAP_MGMT);
        link_device(r, rng, SITE_HO, TAP_HO, TAP_WAN2, TAP_MGMT2);
        r->taps[TAP_WAN].quiet_out = r->taps[TAP_WAN2].quiet_out = true;
        return;
    }
    bool at_bo = device_site(r) == SITE_BO;
    link_device(r, rng, device_site(r), at_bo ? TAP_BO : TAP_HO, TAP_WAN,
                at_bo ? TAP_MGMT : TAP_MGMT2);
    make_link(r, at_bo ? LEG_HO_LAN : LEG_BO_LAN, rng, &ours, &theirs);
    tap_open(r, at_bo ? TAP_HO : TAP_BO, at_bo ? EV_HO_LAN : EV_BO_LAN, ours);
    r->inner_end = theirs;
}

/* --- legs on interfaces ------------------------------------------------------------------------
 */

static enum err open_interface(struct run *r, enum plan_leg leg, enum tap_id id,
                               enum evidence_leg ev, struct diag *why)
{
    const char *name = r->opts->live->legs[leg];
    struct port *p;

    if (!name)
        return diag_fail(why, ERR_INVALID, "--live gives no interface for the leg %s",
                         plan_leg_name(leg));
    enum err e = interface_prepare(name, why);
    if (!e)
        e = port_live_open(name, r->clk, &p, why);
    if (e)
        return e;
    tap_open(r, id, ev, p);
    return clock_real_watch(&r->real, port_live_fd(p));
}

static enum err open_live(struct run *r, struct diag *why)
{
    bool at_bo = device_site(r) == SITE_BO;
    struct port *ours, *theirs;
    struct user u = privileges_user(r->opts->live->drop_uid, r->opts->live->drop_gid);

    if (is_pair(r))
        return diag_fail(why, ERR_UNSUPPORTED, "pair mode runs in virtual time only");
    enum err e = open_interface(r, at_bo ? LEG_BO_LAN : LEG_HO_LAN, at_bo ? TAP_BO : TAP_HO,
                                at_bo ? EV_BO_LAN : EV_HO_LAN, why);
    if (!e)
        e = open_interface(r, LEG_WAN, TAP_WAN, EV_WAN, why);
    if (!e && r->opts->live->legs[LEG_MGMT])
        e = open_interface(r, LEG_MGMT, at_bo ? TAP_MGMT : TAP_MGMT2, EV_MGMT, why);
    if (e)
        return e;
    make_link(r, at_bo ? LEG_HO_LAN : LEG_BO_LAN, &r->os_rng, &ours, &theirs);
    tap_open(r, at_bo ? TAP_HO : TAP_BO, at_bo ? EV_HO_LAN : EV_BO_LAN, ours);
    r->inner_end = theirs;
    (void)u; /* root goes when the evidence file is there, too: see replay.c */
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
        e = lab_suites(r, why);
    if (e)
        return e;
    if (r->opts->live)
        e = open_live(r, why);
    else
        open_virtual(r);
    if (e)
        return e;
    make_host(r, SITE_BO);
    make_host(r, SITE_HO);
    if (!is_pair(r))
        make_peer(r);
    return ERR_OK;
}

void lab_close(struct run *r)
{
    for (int i = 0; i < SITES; i++) {
        host_free(r->host[i]);
        if (r->device[i])
            r->device[i]->ops->close(r->device[i]);
        for (int leg = 0; leg < DEVICE_LEGS; leg++)
            port_close(r->device_ports[i][leg]);
    }
    peer_free(r->peer);
    port_close(r->inner_end);
    for (int i = 0; i < TAPS; i++)
        port_close(r->taps[i].port);
}

/* --- moving ------------------------------------------------------------------------------------
 */

static void to_harness(struct run *r, enum tap_id id, struct bytes frame)
{
    switch (id) {
    case TAP_BO: host_input(r->host[SITE_BO], frame); break;
    case TAP_HO: host_input(r->host[SITE_HO], frame); break;
    case TAP_WAN:
        if (!r->peer) {
            router_input(r, SITE_BO, frame);
            break;
        }
        peer_input(r->peer, PEER_WAN, frame);
        facts_take(r); /* keys stand in the evidence before the first packet they open */
        break;
    case TAP_WAN2: router_input(r, SITE_HO, frame); break;
    case TAP_MGMT: mgmt_input(r, SITE_BO, frame); break;
    case TAP_MGMT2: mgmt_input(r, SITE_HO, frame); break;
    case TAPS: break;
    }
}

static void to_devices(struct run *r)
{
    struct bytes frame;
    struct mono when;

    for (int site = 0; site < SITES; site++) {
        struct device *d = r->device[site];
        for (int leg = 0; d && d->ops->embedded && leg < DEVICE_LEGS; leg++) {
            while (port_receive(r->device_ports[site][leg], &frame, &when))
                d->ops->input(d, (enum device_leg)leg, frame);
        }
    }
}

#define BURST 64 /* frames of one live leg before the others get their turn */

void lab_deliver(struct run *r)
{
    struct bytes frame;
    struct mono when;

    for (int i = 0; i < TAPS; i++) {
        for (int n = 0; n < BURST && tap_receive(&r->taps[i], &frame); n++)
            to_harness(r, (enum tap_id)i, frame);
    }
    while (r->inner_end && port_receive(r->inner_end, &frame, &when))
        peer_input(r->peer, PEER_INNER, frame);
    to_devices(r);
    facts_take(r);
}

void lab_tick(struct run *r)
{
    struct mono now = run_now(r);

    for (int i = 0; i < SITES; i++) {
        struct device *d = r->device[i];
        if (!mono_before(now, host_deadline(r->host[i])))
            host_tick(r->host[i]);
        if (d && !mono_before(now, d->ops->deadline(d)))
            d->ops->tick(d);
    }
    if (r->peer && !mono_before(now, peer_deadline(r->peer))) {
        peer_tick(r->peer);
        facts_take(r);
    }
}

struct mono lab_next(const struct run *r)
{
    struct mono t = mono_min(host_deadline(r->host[SITE_BO]), host_deadline(r->host[SITE_HO]));

    if (r->peer)
        t = mono_min(t, mono_min(peer_deadline(r->peer), port_next(r->inner_end)));
    for (int i = 0; i < TAPS; i++) {
        if (r->taps[i].port)
            t = mono_min(t, port_next(r->taps[i].port));
    }
    for (int i = 0; i < SITES; i++) {
        struct device *d = r->device[i];
        if (!d || !d->ops->embedded)
            continue;
        t = mono_min(t, d->ops->deadline(d));
        for (int leg = 0; leg < DEVICE_LEGS; leg++)
            t = mono_min(t, port_next(r->device_ports[i][leg]));
    }
    return t;
}
