/* What shows on the wire, or in the device's log, that an event bit: X(action, actor, what).
 *
 *   establish       peer     an IPsec SA pair came up at the peer after it
 *   phase1-delete   peer     the Delete of the IKE SA left on the wan leg
 *   phase2-delete   peer     the Delete of an IPsec SA left on the wan leg
 *   phase1-delete   device   the peer received its Delete; pair mode: 113019 or 713259 in its log
 *   phase2-delete   device   the peer received its Delete; pair mode: 602304 in its log
 *   phase1-rekey    peer     a new IKE SA took over
 *   phase2-rekey    peer     a packet with a new SPI was seen on the wan leg
 *   blackhole       harness  a frame was eaten            (actions.c)
 *   restore         harness  a frame passed again         (actions.c)
 *   peer-crash      peer     something came for an SA that was forgotten, or the device begins anew
 *   device-command  device   it was taken                 (actions.c)
 */
#include "replay/run_parts.h"

static bool wan_lets_out(const struct run *r)
{
    return !r->taps[TAP_WAN].block_out;
}

static bool is_event(const struct event *e, enum plan_action action, enum plan_actor by)
{
    return e->state == EVENT_SENT && e->spec->action == action && e->spec->by == by;
}

static void fact_of_ike(struct run *r, struct event *e, const struct ike_out *o)
{
    enum ike_fact f = o->fact;

    if (f == IKE_FACT_DELETE_SENT && wan_lets_out(r)) {
        if (o->phase == 1 && is_event(e, ACTION_PHASE1_DELETE, ACTOR_PEER))
            confirm(r, e, "the IKE SA's delete was sent");
        else if (o->phase == 2 && is_event(e, ACTION_PHASE2_DELETE, ACTOR_PEER))
            confirm(r, e, "the IPsec SA's delete was sent");
    }
    if (f == IKE_FACT_DELETE_RECEIVED) {
        if (o->phase == 1 && is_event(e, ACTION_PHASE1_DELETE, ACTOR_DEVICE))
            confirm(r, e, "the IKE SA's delete came from the device");
        else if (o->phase == 2 && is_event(e, ACTION_PHASE2_DELETE, ACTOR_DEVICE))
            confirm(r, e, "the IPsec SA's delete came from the device");
    }
    if ((f == IKE_FACT_NO_SA || f == IKE_FACT_RESPONDING_1) &&
        is_event(e, ACTION_PEER_CRASH, ACTOR_PEER))
        confirm(r, e,
                f == IKE_FACT_NO_SA ? "a message came for an IKE SA that was forgotten"
                                    : "the device begins anew");
}

void confirm_fact(struct run *r, const struct peer_fact *f)
{
    const struct ike_out *o = &f->ike;

    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        if (f->kind == PEER_CHILD_UP && is_event(e, ACTION_ESTABLISH, ACTOR_PEER))
            confirm(r, e, "an IPsec SA pair came up");
        else if (f->kind == PEER_IKE_UP && o->rekey && is_event(e, ACTION_PHASE1_REKEY, ACTOR_PEER))
            confirm(r, e, "a new IKE SA took over");
        else if (f->kind == PEER_CHILD_UP && o->rekey &&
                 is_event(e, ACTION_PHASE2_REKEY, ACTOR_PEER)) {
            e->new_spi[0] = o->child.in_spi;
            e->new_spi[1] = o->child.out_spi;
            r->watch_spi = true;
        } else if (f->kind == PEER_IKE_FACT)
            fact_of_ike(r, e, o);
    }
}

void confirm_frame(struct run *r, const struct pkt *p)
{
    if (p->kind != PKT_ESP)
        return;
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        if (is_event(e, ACTION_PHASE2_REKEY, ACTOR_PEER) &&
            (p->esp.spi == e->new_spi[0] || p->esp.spi == e->new_spi[1]))
            confirm(r, e, "a packet with the new SPI was seen");
    }
}

/* Is the message about stream S? Any address that fits will do: names and translation are the
 * judge's business. */
static bool is_about(const struct asa_log *log, const struct stream *s)
{
    const struct endpoint *bo = &s->at[SITE_BO], *ho = &s->at[SITE_HO];

    return (asa_endpoint_match(&log->a, &bo->addr, bo->port) ||
            asa_endpoint_match(&log->b, &bo->addr, bo->port)) &&
           (asa_endpoint_match(&log->a, &ho->addr, ho->port) ||
            asa_endpoint_match(&log->b, &ho->addr, ho->port));
}

static void trigger(struct run *r, struct event *e, const struct asa_log *log)
{
    const struct plan_event *s = e->spec;

    if (e->triggered || s->when != WHEN_LOG || s->log_id != log->id ||
        (s->stream >= 0 && !is_about(log, &r->streams[s->stream])))
        return;
    e->triggered = true;
    e->due = mono_add(run_now(r), s->delay);
}

void confirm_log(struct run *r, enum plan_site site, const struct asa_log *log)
{
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        trigger(r, e, log);
        if (r->peer || e->spec->site != site)
            continue;
        if ((log->id == 113019 || log->id == 713259) &&
            is_event(e, ACTION_PHASE1_DELETE, ACTOR_DEVICE))
            confirm(r, e, "the device logged the session's end");
        else if (log->id == 602304 && is_event(e, ACTION_PHASE2_DELETE, ACTOR_DEVICE))
            confirm(r, e, "the device logged 602304");
    }
}
