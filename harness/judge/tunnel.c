/* What became of the tunnel's SAs: which were in use when, and how one followed another. */
#include "judge/judge_parts.h"

/* A packet on an old SPI this long after its successor came into use is no overlap any more. */
#define OVERLAP_NS INT64_C(2000000000)

static bool used(const struct sa *sa)
{
    return sa->first_ns != NEVER;
}

/* Packets of the SA in [FROM, TO), 0 or "some": only first and last are kept of each. */
static uint64_t packets_in(const struct sa *sa, int64_t from, int64_t to)
{
    if (!used(sa) || sa->last_ns < from || sa->first_ns >= to)
        return 0;
    return sa->first_ns >= from && sa->last_ns < to ? sa->packets : 1;
}

void tunnel_changes(const struct judge *j, int64_t from, int64_t to,
                    struct sa_change out[static DIRECTIONS])
{
    const struct wan *w = &j->wan;

    out[TO_DEVICE] = out[FROM_DEVICE] = (struct sa_change){0};
    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *sa = &w->sas[i];
        struct sa_change *c = &out[sa->way];
        c->packets += packets_in(sa, from, to);
        if (!used(sa) || sa->first_ns >= to)
            continue;
        if (sa->first_ns < from) {
            if (!c->old || sa->last_ns > c->old->last_ns)
                c->old = sa;
        } else if (!c->fresh || sa->first_ns < c->fresh->first_ns) {
            c->next = c->fresh;
            c->fresh = sa;
        } else if (!c->next || sa->first_ns < c->next->first_ns) {
            c->next = sa;
        }
    }
    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *sa = &w->sas[i];
        struct sa_change *c = &out[sa->way];
        if (used(sa) && sa->first_ns < from && c->fresh &&
            sa->last_ns > c->fresh->first_ns + OVERLAP_NS)
            c->stuck = sa;
    }
}

/* The one whose use began next after SA's. */
static const struct sa *successor(const struct wan *w, const struct sa *sa)
{
    const struct sa *next = NULL;

    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *x = &w->sas[i];
        if (x != sa && x->way == sa->way && used(x) && x->first_ns >= sa->first_ns &&
            (x->first_ns > sa->first_ns || x > sa) && (!next || x->first_ns < next->first_ns))
            next = x;
    }
    return next;
}

struct sa_switch tunnel_switch(const struct judge *j, int64_t from)
{
    struct sa_switch s = {{NEVER, NEVER}};
    const struct wan *w = &j->wan;

    for (uint32_t i = 0; i < w->nsas && w->nsas <= 1024; i++) {
        const struct sa *old = &w->sas[i];
        const struct sa *next = used(old) ? successor(w, old) : NULL;
        if (!next || next->first_ns < from)
            continue;
        int64_t hole = next->first_ns - old->last_ns;
        if (hole > s.hole_ns[old->way])
            s.hole_ns[old->way] = hole;
    }
    return s;
}
