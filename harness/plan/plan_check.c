/* What no table can say: ids, cycles, windows that can never be met. */
#include "plan/plan_parts.h"

#include "wire/asa_log.h"

static const xmlNode *no_node = NULL;

static void check_ids(struct load *l)
{
    const struct plan *p = l->plan;

    for (size_t i = 0; i < p->nstreams; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(p->streams[i].id, p->streams[j].id) == 0)
                plan_problem_at(l, p->streams[i].at.file, p->streams[i].at.line,
                                "a second stream is called \"%s\"", p->streams[i].id);
        }
    }
    for (size_t i = 0; i < p->nevents; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(p->events[i].id, p->events[j].id) == 0)
                plan_problem_at(l, p->events[i].at.file, p->events[i].at.line,
                                "a second event is called \"%s\"", p->events[i].id);
        }
    }
}

static void check_cycles(struct load *l)
{
    const struct plan *p = l->plan;

    for (size_t i = 0; i < p->nevents; i++) {
        int at = (int)i;
        for (size_t steps = 0; at >= 0 && p->events[at].when == WHEN_AFTER; steps++) {
            at = p->events[at].after;
            if (steps > p->nevents) {
                plan_problem_at(l, p->events[i].at.file, p->events[i].at.line,
                                "event \"%s\" waits for itself, by way of others", p->events[i].id);
                break;
            }
        }
    }
    for (size_t i = 0; i < p->nstreams; i++) {
        int at = (int)i;
        for (size_t steps = 0; at >= 0; steps++) {
            at = p->streams[at].after;
            if (steps > p->nstreams) {
                plan_problem_at(l, p->streams[i].at.file, p->streams[i].at.line,
                                "stream \"%s\" waits for itself", p->streams[i].id);
                break;
            }
        }
    }
}

/* The earliest an event can be, and whether that is known. */
static int64_t earliest(const struct plan *p, int i, int depth)
{
    const struct plan_event *e = &p->events[i];

    if (e->when == WHEN_TIME)
        return e->delay.ns;
    if (e->when == WHEN_AFTER && e->after >= 0 && depth < 64)
        return earliest(p, e->after, depth + 1) + e->delay.ns;
    return e->delay.ns;
}

static void check_windows(struct load *l)
{
    const struct plan *p = l->plan;

    for (size_t i = 0; i < p->nevents; i++) {
        if (earliest(p, (int)i, 0) >= p->timeout.ns)
            plan_problem_at(l, p->events[i].at.file, p->events[i].at.line,
                            "event \"%s\" comes after the case's timeout of %lld s",
                            p->events[i].id, (long long)(p->timeout.ns / 1000000000));
    }
    for (size_t i = 0; i < p->nexpects; i++) {
        const struct plan_expect *x = &p->expects[i];
        int64_t from = x->window.since >= 0 ? earliest(p, x->window.since, 0) : 0;
        int64_t need =
            x->window.within.ns > x->resumes_within.ns ? x->window.within.ns : x->resumes_within.ns;
        if (need && from + need > p->timeout.ns)
            plan_problem_at(l, x->at.file, x->at.line,
                            "<%s>: its window ends after the case's timeout of %lld s",
                            plan_rule_name(x->rule), (long long)(p->timeout.ns / 1000000000));
        if (x->window.since >= 0 && x->window.since == x->window.until)
            plan_problem_at(l, x->at.file, x->at.line, "<%s>: its window is empty",
                            plan_rule_name(x->rule));
    }
}

static void check_reasons(struct load *l)
{
    const char *names[ASA_REASON_COUNT];

    for (int i = 0; i < ASA_REASON_COUNT; i++)
        names[i] = asa_reason_name((enum asa_reason)i);
    for (size_t i = 0; i < l->plan->nexpects; i++) {
        const struct plan_expect *x = &l->plan->expects[i];
        if (!x->reason || asa_reason_by_name(x->reason) != ASA_REASON_COUNT)
            continue;
        const char *right = nearest_word(x->reason, names, COUNT(names));
        plan_problem_at(l, x->at.file, x->at.line, "reason=\"%s\" is no class of reasons%s%s%s",
                        x->reason, right ? "; did you mean \"" : "", right ? right : "",
                        right ? "\"?" : "");
    }
}

static void check_sense(struct load *l)
{
    const struct plan *p = l->plan;

    if (p->nstreams == 0)
        plan_problem(l, no_node, "there is no <stream>: nothing would be replayed");
    for (size_t i = 0; i < p->nevents; i++) {
        const struct plan_event *e = &p->events[i];
        bool hole = false;
        if (e->action != ACTION_RESTORE)
            continue;
        for (size_t j = 0; j < p->nevents; j++)
            hole = hole || p->events[j].action == ACTION_BLACKHOLE;
        if (!hole)
            plan_problem_at(l, e->at.file, e->at.line, "<restore> without a <blackhole>");
    }
}

void plan_check(struct load *l)
{
    check_ids(l);
    check_cycles(l);
    if (l->nproblems)
        return; /* what follows walks along references */
    check_windows(l);
    check_reasons(l);
    check_sense(l);
}
