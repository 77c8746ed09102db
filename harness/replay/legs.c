/* The legs: links in memory, or interfaces. */
#include "port/interface.h"
#include "port/port_live.h"
#include "replay/run_parts.h"

/* --- in memory ---------------------------------------------------------------------------------
 */

struct tap_place {
    enum tap_id id;
    enum evidence_leg ev;
    const char *label; /* of its randomness: one leg's fate does not shift another's */
};

static const struct tap_place lan_taps[SITES] = {{TAP_BO, EV_BO_LAN, "link-bo-lan"},
                                                 {TAP_HO, EV_HO_LAN, "link-ho-lan"}};
static const struct tap_place mgmt_taps[SITES] = {{TAP_MGMT, EV_MGMT, "link-mgmt-bo"},
                                                  {TAP_MGMT2, EV_MGMT, "link-mgmt-ho"}};
static const struct tap_place wan_taps[SITES] = {{TAP_WAN, EV_WAN, "link-wan"},
                                                 {TAP_WAN2, EV_WAN, "link-wan-2"}};

static struct link_spec spec_of(const struct run *r, enum plan_leg leg)
{
    const struct plan_leg_spec *s = &r->plan->lab.legs[leg];

    return (struct link_spec){.delay = s->delay,
                              .rate_bps = s->rate_bps,
                              .loss = s->loss,
                              .reorder = s->reorder,
                              .duplicate = s->duplicate,
                              .mtu = s->mtu};
}

/* A link whose near end is a tap; gives its far end. */
static struct port *make_link(struct run *r, const struct tap_place *at,
                              const struct link_spec *spec)
{
    struct port *ours, *theirs;

    link_new(spec, r->clk, run_rng(r, at->label), &ours, &theirs);
    tap_open(r, at->id, at->ev, ours);
    r->taps[at->id].far = theirs;
    return theirs;
}

static void link_device(struct run *r, enum plan_site site, enum device_leg leg,
                        const struct tap_place *at, const struct link_spec *spec)
{
    struct port *p = make_link(r, at, spec);

    r->device_ports[site][leg] = p;
    if (r->device[site])
        r->device[site]->ops->attach(r->device[site], leg, &p->sink);
}

static enum plan_leg lan_leg(enum plan_site site)
{
    return site == SITE_BO ? LEG_BO_LAN : LEG_HO_LAN;
}

static void link_site(struct run *r, enum plan_site site, const struct tap_place *wan_tap,
                      const struct link_spec *wan)
{
    struct link_spec lan = spec_of(r, lan_leg(site)), mgmt = spec_of(r, LEG_MGMT);

    link_device(r, site, DEVICE_INSIDE, &lan_taps[site], &lan);
    link_device(r, site, DEVICE_OUTSIDE, wan_tap, wan);
    link_device(r, site, DEVICE_MGMT, &mgmt_taps[site], &mgmt);
}

/* The harness sits in the middle of the WAN: what the case says of this leg is shared out to the
 * two links so that a frame meets all of it once. One has the rate, the other loss and disorder. */
static void link_pair(struct run *r)
{
    struct link_spec whole = spec_of(r, LEG_WAN);
    struct link_spec bo = {
        .delay = {whole.delay.ns / 2}, .rate_bps = whole.rate_bps, .mtu = whole.mtu};
    struct link_spec ho = whole;

    ho.delay.ns -= bo.delay.ns;
    ho.rate_bps = 0;
    link_site(r, SITE_BO, &wan_taps[SITE_BO], &bo);
    link_site(r, SITE_HO, &wan_taps[SITE_HO], &ho);
}

/* The peer's own LAN, which is in this process in live runs, too. */
static void link_inner(struct run *r)
{
    enum plan_site site = run_device_site(r) == SITE_BO ? SITE_HO : SITE_BO;
    struct link_spec spec = spec_of(r, lan_leg(site));

    r->inner_end = make_link(r, &lan_taps[site], &spec);
}

static void open_virtual(struct run *r)
{
    struct link_spec wan = spec_of(r, LEG_WAN);

    if (run_is_pair(r)) {
        link_pair(r);
        return;
    }
    link_site(r, run_device_site(r), &wan_taps[SITE_BO], &wan);
    link_inner(r);
}

/* --- on interfaces -----------------------------------------------------------------------------
 */

static enum err open_interface(struct run *r, enum plan_leg leg, const struct tap_place *at,
                               struct diag *why)
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
    tap_open(r, at->id, at->ev, p);
    r->taps[at->id].is_live = true;
    if (clock_real_watch(&r->real, port_live_fd(p)))
        return diag_fail(why, ERR_NOSPACE, "interface %s: too many to watch", name);
    return ERR_OK;
}

static enum err open_live(struct run *r, struct diag *why)
{
    enum plan_site site = run_device_site(r);

    if (run_is_pair(r))
        return diag_fail_at(why, ERR_UNSUPPORTED, r->plan->file, r->plan->line,
                            "pair mode runs in virtual time only");
    enum err e = open_interface(r, lan_leg(site), &lan_taps[site], why);
    if (!e)
        e = open_interface(r, LEG_WAN, &wan_taps[SITE_BO], why);
    if (!e && r->opts->live->legs[LEG_MGMT])
        e = open_interface(r, LEG_MGMT, &mgmt_taps[site], why);
    if (e)
        return e;
    link_inner(r);
    return ERR_OK;
}

enum err legs_open(struct run *r, struct diag *why)
{
    enum err e = ERR_OK;

    if (r->opts->live)
        e = open_live(r, why);
    else
        open_virtual(r);
    if (!e)
        ways_init(r);
    return e;
}
