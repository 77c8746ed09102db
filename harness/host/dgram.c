#include "host/dgram.h"

#include "base/mem.h"

#define LATE       SPAN_S(2) /* after this a datagram is taken as lost */
#define CANDIDATES 16        /* listeners whose tapes are compared with a stray datagram */

static size_t count(const struct dgram_flow *d)
{
    return d->flow.tape->conv->nturns;
}

static uint64_t *word(struct dgram_flow *d, size_t turn)
{
    return &d->came[turn / 64 % COUNT(d->came)];
}

bool dgram_came(const struct dgram_flow *d, size_t turn)
{
    return d->came[turn / 64 % COUNT(d->came)] >> (turn % 64) & 1;
}

void dgram_mark(struct dgram_flow *d, size_t turn)
{
    *word(d, turn) |= (uint64_t)1 << (turn % 64);
}

static void pass(struct dgram_flow *d, struct mono since)
{
    size_t enters = ++d->at + DGRAM_WINDOW - 1;

    *word(d, enters) &= ~((uint64_t)1 << (enters % 64));
    d->since = since;
}

void dgram_begin(struct dgram_flow *d)
{
    if (d->started)
        return;
    d->started = true;
    d->since = flow_now(&d->flow);
    flow_set_state(&d->flow, HOST_FLOW_OPEN, "begun");
}

void dgram_run(struct dgram_flow *d)
{
    struct flow *f = &d->flow;
    struct mono now = flow_now(f);

    while (d->started && d->at < count(d)) {
        struct turn t = tape_turn(f->tape, d->at);
        struct mono due = mono_add(d->since, t.gap);
        if (t.kind != TURN_DATA) {
            pass(d, d->since);
        } else if (t.from != f->side) {
            struct mono late = mono_add(due, LATE);
            if (d->at >= d->seen && mono_before(now, late)) {
                flow_wake_by(f, late);
                return;
            }
            pass(d, d->at < d->seen ? now : due);
        } else if (d->answers_only) {
            pass(d, due);
        } else {
            if (mono_before(now, due)) {
                flow_wake_by(f, due);
                return;
            }
            if (!f->host->next_hop.known) {
                neighbor_wait(f->host, f);
                return;
            }
            f->status.sent += t.len;
            d->send(d, &t);
            pass(d, now);
        }
    }
    if (d->started)
        flow_set_state(f, HOST_FLOW_DONE, "played to its end");
}

static bool is_turn(const struct dgram_flow *d, size_t i, struct bytes data)
{
    const struct flow *f = &d->flow;
    struct turn t = tape_turn(f->tape, i);

    return t.from != f->side && t.kind == TURN_DATA && t.len == data.n &&
           tape_match(f->tape, t.from, t.offset, data) == data.n;
}

/* The first turn near the current one, those to come first, that is DATA (or, with LIKE, has its
 * length) and has CAME. */
static size_t look(const struct dgram_flow *d, struct bytes data, bool came, bool like)
{
    size_t n = count(d), end = d->at + DGRAM_WINDOW < n ? d->at + DGRAM_WINDOW : n;
    size_t low = d->at < DGRAM_WINDOW ? 0 : d->at - DGRAM_WINDOW + 1;

    for (size_t k = 0; k < end - low; k++) {
        size_t i = k < end - d->at ? d->at + k : d->at - 1 - (k - (end - d->at));
        if (dgram_came(d, i) != came)
            continue;
        if (is_turn(d, i, data))
            return i;
        struct turn t = tape_turn(d->flow.tape, i);
        if (like && t.from != d->flow.side && t.kind == TURN_DATA && t.len == data.n)
            return i;
    }
    return n;
}

size_t dgram_find(const struct dgram_flow *d, struct bytes data)
{
    return look(d, data, false, false);
}

static void delivered(struct dgram_flow *d, size_t turn, size_t n)
{
    dgram_mark(d, turn);
    if (turn >= d->seen)
        d->seen = turn + 1;
    d->flow.status.delivered += n;
    flow_progress(&d->flow);
}

static void altered(struct dgram_flow *d, struct bytes data)
{
    struct flow *f = &d->flow;
    size_t i = look(d, data, false, true);
    struct turn t;

    log_say(f->host->log, LOG_WARN, LOG_MODULE, "flow %u: a datagram arrived altered",
            (unsigned)f->id);
    if (i == count(d)) { /* not even its length is known */
        f->status.altered += data.n ? data.n : 1;
        return;
    }
    t = tape_turn(f->tape, i);
    for (size_t at = 0; at < data.n; at++)
        f->status.altered +=
            tape_match(f->tape, t.from, t.offset + at, bytes_of(data.p + at, 1)) == 0;
    delivered(d, i, data.n);
}

void dgram_take(struct dgram_flow *d, struct bytes data)
{
    size_t i = dgram_find(d, data);

    if (i < count(d))
        delivered(d, i, data.n);
    else if (look(d, data, true, false) == count(d))
        altered(d, data);
}

struct flow *dgram_listener(struct host *h, const struct demux_name *n, struct bytes data)
{
    struct flow *f = demux_exact(h, n);

    if (f)
        return f;
    for (enum wait_list l = 0; l < WAIT_LISTS; l++) {
        f = demux_first(h, n, l);
        for (int tries = 0; f && tries < CANDIDATES; tries++, f = f->wait[l].next) {
            const struct dgram_flow *d = (const struct dgram_flow *)f;
            if (dgram_find(d, data) < count(d))
                return f;
        }
    }
    return NULL;
}

void dgram_wake(struct flow *f)
{
    dgram_run((struct dgram_flow *)f);
}

void dgram_start(struct flow *f)
{
    struct dgram_flow *d = (struct dgram_flow *)f;

    dgram_begin(d);
    dgram_run(d);
}

void dgram_reachable(struct flow *f)
{
    dgram_start(f); /* a listener only waits for the next hop when it had begun */
}

void dgram_fill(const struct flow *f, struct host_flow_status *out)
{
    (void)f;
    (void)out; /* nothing is kept elsewhere */
}

void dgram_free(struct flow *f)
{
    mem_free(f);
}
