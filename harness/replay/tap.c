#include "replay/impair.h"
#include "replay/wan_nat.h"

/* What a blackhole of the WAN eats is evidence. A host that is unplugged has no frames: nobody sees
 * what it sends, and it sees nothing. */
static void record(struct tap *t, struct mono when, struct bytes frame, bool sent,
                   const char *remark)
{
    struct run *r = t->run;
    bool eaten = remark && strcmp(remark, REMARK_FILTERED) == 0;

    if (eaten && t->leg != EV_WAN)
        return;
    evidence_frame(r->ev, t->leg, run_stamp(r, when), frame, remark);
    r->frames++;
    r->leg_frames[t->leg]++;
    t->recorded++;
    if (r->watch_hosts && !eaten)
        send_watch(r, t, frame, sent);
    if (r->watch_wan && t->leg == EV_WAN && !remark)
        confirm_frame(r, frame);
}

/* Counts a frame on its way; false when a blackhole eats it. */
static bool pass(struct way *w)
{
    if (!w)
        return true;
    if (w->blocked)
        w->eaten++;
    else
        w->passed++;
    return !w->blocked;
}

/* What becomes of a frame. Those that the harness injects are met by a blackhole alone. */
static enum impair_fate fate_of(struct tap *t, struct way *w, struct bytes frame)
{
    struct run *r = t->run;

    if (!pass(w))
        return FATE_EATEN;
    if (!w || t->leg != EV_WAN || !r->impair || r->remark)
        return FATE_PASS;
    return impair_frame(r, (enum way_id)(w - r->ways), frame);
}

static uint8_t *tap_reserve(struct sink *s, size_t cap)
{
    struct tap *t = CONTAINER_OF(s, struct tap, sink);

    t->lent = sink_reserve(&t->port->sink, cap);
    return t->lent;
}

static void tap_commit(struct sink *s, size_t n)
{
    struct tap *t = CONTAINER_OF(s, struct tap, sink);
    struct run *r = t->run;
    struct bytes frame = bytes_of(t->lent, n);
    bool natted = r->nats && t == &r->taps[TAP_WAN];

    if (natted && !wan_nats_out(r, t->lent, n))
        return;
    enum impair_fate fate = fate_of(t, t->out, frame);
    if (natted && fate != FATE_EATEN)
        wan_nats_sent(r);

    if (fate != FATE_HELD)
        record(t, run_now(r), frame, true, fate == FATE_EATEN ? REMARK_FILTERED : r->remark);
    if (fate == FATE_PASS)
        sink_commit(&t->port->sink, n);
    if (!t->out || t->leg != EV_WAN || !r->impair)
        return;
    if (fate == FATE_PASS)
        impair_passed(r, (enum way_id)(t->out - r->ways));
    impair_flush(r, true); /* the peer is at work: nothing can be handed to it now */
}

static const struct sink_ops tap_sink = {tap_reserve, tap_commit};

void tap_open(struct run *r, enum tap_id id, enum evidence_leg leg, struct port *port)
{
    r->taps[id] = (struct tap){.run = r, .leg = leg, .port = port, .sink = {&tap_sink}};
}

bool tap_receive(struct tap *t, struct bytes *frame, struct mono *when)
{
    struct run *r = t->run;

    while (t->port && port_receive(t->port, frame, when)) {
        enum impair_fate fate = fate_of(t, t->in, *frame);
        record(t, *when, *frame, false, fate == FATE_EATEN ? REMARK_FILTERED : NULL);
        if (t->leg == EV_WAN && r->impair) /* before its receiver acts */
            timeline_look(r);
        if (fate == FATE_PASS)
            return true;
    }
    return false;
}

void tap_put(struct tap *t, struct bytes frame, const char *remark)
{
    uint8_t *room = sink_reserve(&t->port->sink, frame.n);

    if (!room)
        return;
    memcpy(room, frame.p, frame.n);
    record(t, run_now(t->run), frame, true, remark);
    sink_commit(&t->port->sink, frame.n);
}

void tap_note(struct tap *t, struct bytes frame, const char *remark)
{
    record(t, run_now(t->run), frame, false, remark);
}
