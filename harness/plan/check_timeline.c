/* Does the timeline make sense: ids, circles, what cannot happen before the timeout. */
#include "plan/load.h"
#include "plan/value.h"

static void check_id(struct load *l, const char *id, const struct plan_place *at, size_t stream,
                     size_t event)
{
    const struct plan *p = l->plan;
    const struct plan_place *other = NULL;

    if (!id[0])
        return;
    for (size_t i = 0; i < stream && !other; i++)
        other = strcmp(p->streams[i].id, id) == 0 ? &p->streams[i].at : NULL;
    for (size_t i = 0; i < event && !other; i++)
        other = strcmp(p->events[i].id, id) == 0 ? &p->events[i].at : NULL;
    if (other)
        problem_add(&l->problems, ERR_EXISTS, at, "the id \"%s\" is taken, at %s:%d", id,
                    other->file ? other->file : "", other->line);
}

static void check_stream(struct load *l, const struct plan_stream *s, size_t i)
{
    const struct plan *p = l->plan;
    struct span first = earliest_stream(p, i);
    char a[VALUE_CHARS], b[VALUE_CHARS];

    check_id(l, s->id, &s->at, i, 0);
    if (first.ns < 0)
        problem_add(&l->problems, ERR_INVALID, &s->at,
                    "stream \"%s\" waits for itself: its after=\"...\" leads in a circle", s->id);
    else if (first.ns >= p->timeout.ns)
        problem_add(&l->problems, ERR_RANGE, &s->at,
                    "stream \"%s\" starts at %s at the earliest; the case's timeout is %s", s->id,
                    value_span_format(first, a), value_span_format(p->timeout, b));
    if (s->proto == 1 && (s->bo_port || s->ho_port))
        problem_add(&l->problems, ERR_INVALID, &s->at, "stream \"%s\": ICMP has no ports", s->id);
    if (s->keepalive.ns && s->proto != 6 && s->proto != 0)
        problem_add(&l->problems, ERR_INVALID, &s->at,
                    "stream \"%s\": keepalive is a matter of TCP", s->id);
}

static void check_restore(struct load *l, const struct plan_event *e)
{
    const struct plan *p = l->plan;

    if (e->action != ACTION_RESTORE)
        return;
    for (size_t i = 0; i < p->nevents; i++) {
        if (p->events[i].action == ACTION_BLACKHOLE)
            return;
    }
    problem_add(&l->problems, ERR_INVALID, &e->at, "<restore> without a <blackhole> to end");
}

static bool is_impairment(const struct plan_event *e)
{
    return e->action >= ACTION_WAN_DROP && e->action <= ACTION_WAN_MTU;
}

static void check_wan_end(struct load *l, const struct plan_event *e)
{
    const struct plan *p = l->plan;

    if (e->action != ACTION_WAN_END || e->of < 0 || is_impairment(&p->events[e->of]))
        return;
    problem_add(&l->problems, ERR_INVALID, &e->at,
                "<wan-end> of=\"%s\": that event is none of the wan- events that end",
                p->events[e->of].id);
}

static void check_offset(struct load *l, const struct plan_event *e)
{
    const struct plan_stream *s = e->stream >= 0 ? &l->plan->streams[e->stream] : NULL;
    char a[VALUE_CHARS], b[VALUE_CHARS];

    if (s && e->when == WHEN_OFFSET && e->percent < 0 && s->bytes && e->offset > s->bytes)
        problem_add(&l->problems, ERR_RANGE, &e->at,
                    "event \"%s\": stream \"%s\" never reaches %s, it ends after %s", e->id, s->id,
                    value_size_format(e->offset, a), value_size_format(s->bytes, b));
}

static void check_event(struct load *l, const struct plan_event *e, size_t i)
{
    const struct plan *p = l->plan;
    struct span first = earliest_event(p, i);
    char a[VALUE_CHARS], b[VALUE_CHARS];

    check_id(l, e->id, &e->at, p->nstreams, i);
    check_restore(l, e);
    check_wan_end(l, e);
    check_offset(l, e);
    if (first.ns < 0)
        problem_add(&l->problems, ERR_INVALID, &e->at,
                    "event \"%s\" waits for itself: its after=\"...\" leads in a circle", e->id);
    else if (first.ns >= p->timeout.ns)
        problem_add(&l->problems, ERR_RANGE, &e->at,
                    "event \"%s\" cannot happen before %s; the case's timeout is %s", e->id,
                    value_span_format(first, a), value_span_format(p->timeout, b));
}

void check_timeline(struct load *l)
{
    const struct plan *p = l->plan;

    if (p->timeout.ns <= 0)
        problem_add(&l->problems, ERR_RANGE, &l->tree->at, "<case> timeout=\"0\" leaves no time");
    if (p->nstreams == 0 && !l->problems.n)
        problem_add(&l->problems, ERR_INVALID, &l->tree->at,
                    "no <stream> in any <timeline>: nothing would be replayed");
    for (size_t i = 0; i < p->nstreams; i++)
        check_stream(l, &p->streams[i], i);
    for (size_t i = 0; i < p->nevents; i++)
        check_event(l, &p->events[i], i);
}
