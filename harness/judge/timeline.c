#include "judge/timeline.h"

#include "base/mem.h"

#include <stdio.h>

static struct jevent blank(const char *id)
{
    return (struct jevent){
        .id = id, .action = ACTION_COUNT, .sent_ns = NEVER, .confirmed_ns = NEVER};
}

void timeline_init(struct timeline *t, struct arena *arena, const struct plan *plan)
{
    *t = (struct timeline){.arena = arena, .plan = plan, .first_ns = NEVER, .last_ns = NEVER};
    t->cap = plan ? plan->nevents : TIMELINE_EVENTS;
    t->events = arena_array(arena, t->cap + 1, sizeof(*t->events));
    t->n = plan ? plan->nevents : 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct plan_event *e = &plan->events[i];
        t->events[i] = blank(arena_strdup(arena, e->id));
        t->events[i].spec = e;
        t->events[i].action = e->action;
        t->events[i].action_name = plan_action_name(e->action);
        t->events[i].by_device = e->by == ACTOR_DEVICE;
    }
}

static enum plan_action action_by_name(const char *name)
{
    enum plan_action a = 0;

    while (a < ACTION_COUNT && strcmp(plan_action_name(a), name) != 0)
        a++;
    return a;
}

/* With a plan, events it does not have are no business of ours. */
static struct jevent *find_event(struct timeline *t, const struct line *l)
{
    const char *id = line_word(l, "id");

    for (size_t i = 0; id && i < t->n; i++)
        if (strcmp(t->events[i].id, id) == 0)
            return &t->events[i];
    if (!id || t->plan || t->n == t->cap)
        return NULL;
    struct jevent *e = &t->events[t->n++];
    *e = blank(arena_strdup(t->arena, id));
    e->action_name = line_kept(l, "action", t->arena);
    if (!e->action_name)
        e->action_name = "unknown";
    e->action = action_by_name(e->action_name);
    e->by_device = line_is(l, "by", "device");
    return e;
}

int timeline_event(struct timeline *t, const struct line *l, int64_t now, uint64_t packet)
{
    struct jevent *e = find_event(t, l);

    if (!e)
        return -1;
    if (line_is(l, "state", "failed")) {
        e->failed = true;
        e->reason = line_kept(l, "reason", t->arena);
    } else if (line_is(l, "state", "confirmed") && e->confirmed_ns == NEVER) {
        e->confirmed_ns = now;
        e->detail = line_kept(l, "detail", t->arena);
    } else if (line_is(l, "state", "sent") && e->sent_ns == NEVER) {
        e->sent_ns = now;
        e->sent_packet = packet;
        t->any_sent = true;
        return (int)(e - t->events);
    }
    return -1;
}

void timeline_port(struct timeline *t, const struct line *l)
{
    uint64_t late = line_count(l, "late_max_us");

    for (int leg = 0; leg < EV_LEGS; leg++) {
        struct leg_facts *f = &t->legs[leg];
        if (!line_is(l, "leg", evidence_leg_name((enum evidence_leg)leg)))
            continue;
        f->said = true;
        f->dropped_said += line_count(l, "dropped");
        if (late <= INT64_MAX / 1000 && (int64_t)late > f->late_max_us)
            f->late_max_us = (int64_t)late;
    }
}

void timeline_run_end(struct timeline *t, const struct line *l)
{
    static const struct {
        const char *word;
        enum run_end end;
    } ends[] = {{"complete", RUN_COMPLETE},
                {"interrupted", RUN_INTERRUPTED},
                {"timeout", RUN_TIMEOUT},
                {"error", RUN_ERROR}};

    t->end = RUN_OTHER;
    for (size_t i = 0; i < COUNT(ends); i++)
        if (line_is(l, "state", ends[i].word))
            t->end = ends[i].end;
    t->end_word = line_kept(l, "state", t->arena);
    t->end_reason = line_kept(l, "reason", t->arena);
}

void timeline_finish(struct timeline *t, enum err e, const struct evidence_totals *totals)
{
    t->damaged = e != ERR_END;
    t->damage = err_text(e);
    for (int leg = 0; leg < EV_LEGS; leg++) {
        const struct leg_facts *f = &t->legs[leg];
        uint64_t counted = totals->dropped[leg]; /* two accounts of one thing: the worse counts */
        t->dropped[leg] = counted > f->dropped_said ? counted : f->dropped_said;
        t->captured[leg] = f->frames > 0 || f->said || totals->has_stats[leg];
    }
}

const struct jevent *timeline_get(const struct timeline *t, int index)
{
    return index >= 0 && (size_t)index < t->n ? &t->events[index] : NULL;
}

int64_t event_time(const struct jevent *e)
{
    return e->by_device || e->confirmed_ns == NEVER ? e->sent_ns : e->confirmed_ns;
}

static int64_t plus(int64_t ns, int64_t d)
{
    int64_t r;

    return __builtin_add_overflow(ns, d, &r) ? INT64_MAX : r;
}

bool window_bounds(const struct timeline *t, const struct plan_window *w, int64_t *from,
                   int64_t *to)
{
    const struct jevent *since = timeline_get(t, w->since), *until = timeline_get(t, w->until);

    *from = since ? since->sent_ns : t->first_ns;
    *to = until && until->sent_ns != NEVER ? until->sent_ns : INT64_MAX;
    if (*from == NEVER)
        return false;
    if (w->within.ns > 0 && plus(*from, w->within.ns) < *to)
        *to = plus(*from, w->within.ns);
    return true;
}

bool window_has(const struct timeline *t, const struct plan_window *w, int64_t ns)
{
    int64_t from, to;

    return window_bounds(t, w, &from, &to) && ns >= from && ns < to;
}

static const struct jevent *last_before(const struct timeline *t, int64_t ns)
{
    const struct jevent *last = NULL;

    for (size_t i = 0; i < t->n; i++) {
        const struct jevent *e = &t->events[i];
        if (e->sent_ns != NEVER && e->sent_ns <= ns && (!last || e->sent_ns >= last->sent_ns))
            last = e;
    }
    return last;
}

const char *say_when(const struct timeline *t, const struct plan_window *w, int64_t ns)
{
    const struct jevent *e = w ? timeline_get(t, w->since) : NULL;
    char text[160];

    if (!e || e->sent_ns == NEVER)
        e = last_before(t, ns);
    int64_t from = e ? e->sent_ns : t->first_ns;
    int64_t d = from == NEVER ? 0 : ns - from;
    snprintf(text, sizeof(text), "%.3f s %s %s%.64s", seconds(d < 0 ? -d : d),
             d < 0 ? "before" : "after", e ? "event " : "the start", e ? e->id : "");
    return arena_strdup(t->arena, text);
}

const char *say_window(const struct timeline *t, const struct plan_window *w)
{
    const struct jevent *since = timeline_get(t, w->since), *until = timeline_get(t, w->until);
    char text[224], *at = text;
    size_t left = sizeof(text);
    int n = 0;

    text[0] = '\0';
    if (w->within.ns > 0)
        n = snprintf(at, left, " within %.3f s of %s%.64s", seconds(w->within.ns),
                     since ? "event " : "the start", since ? since->id : "");
    else if (since)
        n = snprintf(at, left, " after event %.64s", since->id);
    if (until && n >= 0 && (size_t)n < left)
        snprintf(at + n, left - (size_t)n, " before event %.64s", until->id);
    return arena_strdup(t->arena, text);
}

bool timeline_is_whole(const struct timeline *t)
{
    return !t->damaged && t->end == RUN_COMPLETE;
}

int64_t timeline_late_ns(const struct timeline *t)
{
    int64_t late = 0;

    for (int leg = 0; leg < EV_LEGS; leg++)
        if (t->legs[leg].late_max_us > late)
            late = t->legs[leg].late_max_us;
    return late * 1000;
}
