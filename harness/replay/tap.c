#include "replay/run_parts.h"

/* What a blackhole of the WAN eats is evidence. A host that is unplugged has no frames: nobody sees
 * what it sends, and it sees nothing. */
static void record(struct tap *t, struct mono when, struct bytes frame, bool sent, bool eaten)
{
    struct run *r = t->run;

    if (eaten && t->leg != EV_WAN)
        return;
    evidence_frame(r->ev, t->leg, run_stamp(r, when), frame, eaten ? "filtered" : NULL);
    r->frames++;
    t->recorded++;
    if (r->watch_hosts && !eaten)
        send_watch(r, t, frame, sent);
    if (r->watch_wan && t->leg == EV_WAN && !eaten)
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

static uint8_t *tap_reserve(struct sink *s, size_t cap)
{
    struct tap *t = CONTAINER_OF(s, struct tap, sink);

    t->lent = sink_reserve(&t->port->sink, cap);
    return t->lent;
}

static void tap_commit(struct sink *s, size_t n)
{
    struct tap *t = CONTAINER_OF(s, struct tap, sink);
    bool passes = pass(t->out);

    record(t, run_now(t->run), bytes_of(t->lent, n), true, !passes);
    if (passes)
        sink_commit(&t->port->sink, n);
}

static const struct sink_ops tap_sink = {tap_reserve, tap_commit};

void tap_open(struct run *r, enum tap_id id, enum evidence_leg leg, struct port *port)
{
    r->taps[id] = (struct tap){.run = r, .leg = leg, .port = port, .sink = {&tap_sink}};
}

bool tap_receive(struct tap *t, struct bytes *frame, struct mono *when)
{
    while (t->port && port_receive(t->port, frame, when)) {
        bool passes = pass(t->in);
        record(t, *when, *frame, false, !passes);
        if (passes)
            return true;
    }
    return false;
}
