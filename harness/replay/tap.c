#include "replay/run_parts.h"

static void record(struct tap *t, struct mono when, struct bytes frame, const char *remark)
{
    struct run *r = t->run;

    evidence_frame(r->ev, t->leg, run_stamp(r, when), frame, remark);
    r->frames++;
    if (r->watch_spi && t->leg == EV_WAN && !remark) {
        struct pkt p;
        pkt_parse(frame, &p);
        confirm_frame(r, &p);
    }
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
    struct mono now = run_now(t->run);

    if (t->block_out) {
        t->blocked_out++;
        record(t, now, bytes_of(t->lent, n), "filtered");
        return;
    }
    t->passed_out++;
    if (!t->quiet_out)
        record(t, now, bytes_of(t->lent, n), NULL);
    sink_commit(&t->port->sink, n);
}

static const struct sink_ops tap_sink = {tap_reserve, tap_commit};

void tap_open(struct run *r, enum tap_id id, enum evidence_leg leg, struct port *port)
{
    r->taps[id] = (struct tap){.run = r, .leg = leg, .port = port, .sink = {&tap_sink}};
}

bool tap_receive(struct tap *t, struct bytes *frame)
{
    struct mono when;

    while (t->port && port_receive(t->port, frame, &when)) {
        if (!t->block_in) {
            t->passed_in++;
            record(t, when, *frame, NULL);
            return true;
        }
        t->blocked_in++;
        record(t, when, *frame, "filtered");
    }
    return false;
}
