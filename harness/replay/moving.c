/* Frames and time to whoever waits for them. */
#include "port/port_live.h"
#include "replay/impair.h"
#include "replay/wan_nat.h"

#define BURST 64 /* frames of one leg before the others get their turn */

void lab_due(struct run *r, struct mono due)
{
    for (int i = 0; r->opts->live && i < TAPS; i++) {
        if (r->taps[i].is_live)
            port_live_due(r->taps[i].port, due);
    }
}

void lab_hand(struct run *r, enum tap_id id, struct bytes frame)
{
    switch (id) {
    case TAP_BO: host_input(r->host[SITE_BO], frame); break;
    case TAP_HO: host_input(r->host[SITE_HO], frame); break;
    case TAP_WAN:
        if (!r->peer) {
            router_input(r, SITE_BO, frame);
            break;
        }
        if (r->nats && !wan_nats_in(r, &frame))
            break;
        if (outside_takes(r, frame)) {
            host_input(r->outside, frame);
            break;
        }
        if (outside_hears(r, frame))
            host_input(r->outside, frame);
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

void lab_deliver(struct run *r)
{
    struct bytes frame;
    struct mono when;

    for (int i = 0; i < TAPS; i++) {
        for (int n = 0; n < BURST && tap_receive(&r->taps[i], &frame, &when); n++) {
            lab_due(r, when); /* an answer is due when the question comes */
            lab_hand(r, (enum tap_id)i, frame);
            if (r->impair && r->taps[i].leg == EV_WAN)
                impair_passed(r, (enum way_id)(r->taps[i].in - r->ways));
        }
        if (r->impair)
            impair_flush(r, false);
    }
    while (r->inner_end && port_receive(r->inner_end, &frame, &when)) {
        lab_due(r, when);
        peer_input(r->peer, PEER_INNER, frame);
    }
    to_devices(r);
    facts_take(r);
    lab_due(r, MONO_NEVER);
}

/* Deadlines as lab_next saw them last: whoever got a nearer one since is seen there next. */
void lab_tick(struct run *r)
{
    struct mono now = run_now(r);

    for (int i = 0; i < SITES; i++) {
        struct device *d = r->device[i];
        if (!mono_before(now, r->host_due[i])) {
            lab_due(r, r->host_due[i]);
            host_tick(r->host[i]);
        }
        if (d && !mono_before(now, r->device_due[i]))
            d->ops->tick(d);
    }
    if (r->outside && !mono_before(now, r->outside_due)) {
        lab_due(r, r->outside_due);
        host_tick(r->outside);
    }
    if (r->peer && !mono_before(now, r->peer_due)) {
        lab_due(r, r->peer_due);
        peer_tick(r->peer);
        facts_take(r);
    }
    if (r->impair)
        impair_flush(r, false);
    lab_due(r, MONO_NEVER);
}

static struct mono next_frame(const struct run *r)
{
    struct mono t = r->inner_end ? port_next(r->inner_end) : MONO_NEVER;

    for (int i = 0; i < TAPS; i++) {
        if (r->taps[i].port)
            t = mono_min(t, port_next(r->taps[i].port));
    }
    for (int i = 0; i < SITES; i++) {
        for (int leg = 0; r->device[i] && r->device[i]->ops->embedded && leg < DEVICE_LEGS; leg++)
            t = mono_min(t, port_next(r->device_ports[i][leg]));
    }
    return t;
}

struct mono lab_next(struct run *r)
{
    struct mono t = next_frame(r);

    for (int i = 0; i < SITES; i++) {
        struct device *d = r->device[i];
        r->host_due[i] = host_deadline(r->host[i]);
        r->device_due[i] = d ? d->ops->deadline(d) : MONO_NEVER;
        t = mono_min(t, mono_min(r->host_due[i], r->device_due[i]));
    }
    r->outside_due = r->outside ? host_deadline(r->outside) : MONO_NEVER;
    t = mono_min(t, r->outside_due);
    r->peer_due = r->peer ? peer_deadline(r->peer) : MONO_NEVER;
    return mono_min(mono_min(t, r->peer_due), impair_next(r));
}
