/* Lower bounds of run time: what can be said about a timeline without playing it. */
#include "plan/load.h"

#define CIRCLE ((struct span){-1})

struct span span_plus(struct span a, struct span b)
{
    int64_t sum;

    return (struct span){__builtin_add_overflow(a.ns, b.ns, &sum) ? INT64_MAX : sum};
}

/* Chains are walked with a count: more steps than links is a circle. */
static struct span stream_bound(const struct plan *p, int s)
{
    struct span t = SPAN_NS(0);

    for (size_t steps = 0; s >= 0; steps++, s = p->streams[s].after) {
        if (steps == p->nstreams)
            return CIRCLE;
        t = span_plus(t, p->streams[s].start);
    }
    return t;
}

struct span earliest_event(const struct plan *p, size_t event)
{
    struct span t = SPAN_NS(0), stream;
    int e = (int)event, last = e;

    for (size_t steps = 0; e >= 0; steps++) {
        if (steps == p->nevents)
            return CIRCLE;
        last = e;
        t = span_plus(t, p->events[e].delay);
        e = p->events[e].when == WHEN_AFTER ? p->events[e].after : -1;
    }
    stream = stream_bound(p, p->events[last].stream);
    return stream.ns < 0 ? t : span_plus(t, stream);
}

struct span earliest_stream(const struct plan *p, size_t s)
{
    return stream_bound(p, (int)s);
}
