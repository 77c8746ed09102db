/* Do the expectations make sense: windows that exist, combinations that can be true. */
#include "plan/load.h"
#include "plan/value.h"

/* EVENT happens before or with OTHER, as far as the plan itself says: on OTHER's chain of causes.
 */
static bool comes_before(const struct plan *p, int event, int other)
{
    for (size_t steps = 0; other >= 0 && steps <= p->nevents; steps++) {
        if (other == event)
            return true;
        other = p->events[other].when == WHEN_AFTER ? p->events[other].after : -1;
    }
    return false;
}

static bool both_timed(const struct plan *p, int a, int b)
{
    return p->events[a].when == WHEN_TIME && p->events[b].when == WHEN_TIME;
}

static void check_order(struct load *l, const struct plan_expect *x)
{
    const struct plan *p = l->plan;
    int since = x->window.since, until = x->window.until;
    bool empty = false;

    if (until < 0)
        return;
    if (since >= 0)
        empty =
            comes_before(p, until, since) ||
            (both_timed(p, until, since) && p->events[until].delay.ns <= p->events[since].delay.ns);
    if (empty)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<%s>: its window is empty, \"%s\" does not come after \"%s\"",
                    plan_rule_name(x->rule), p->events[until].id, p->events[since].id);
}

/* A length of time after an event has to fit before the timeout. */
static void check_fits(struct load *l, const struct plan_expect *x, struct span d, const char *attr)
{
    const struct plan *p = l->plan;
    struct span from = SPAN_NS(0);
    char a[VALUE_CHARS], b[VALUE_CHARS], c[VALUE_CHARS];

    if (x->window.since >= 0)
        from = earliest_event(p, (size_t)x->window.since);
    if (d.ns == 0 || from.ns < 0 || span_plus(from, d).ns <= p->timeout.ns)
        return;
    problem_add(&l->problems, ERR_RANGE, &x->at,
                "<%s> %s=\"%s\" cannot be met: it begins at %s at the earliest, and the case's "
                "timeout is %s",
                plan_rule_name(x->rule), attr, value_span_format(d, a), value_span_format(from, b),
                value_span_format(p->timeout, c));
}

static void check_stream(struct load *l, const struct plan_expect *x)
{
    bool ends = x->stream_is == IS_TORN || x->stream_is == IS_STALLED || x->stream_is == IS_IDLE;

    if (x->resumes_within.ns && x->window.since < 0)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<stream> resumes-within counts from an event: since=\"...\" says which");
    if (ends && x->stream_is != IS_IDLE && x->completes)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<stream> completes=\"yes\" of a stream that is %s: one of the two",
                    x->stream_is == IS_TORN ? "torn" : "stalled");
    if (ends && x->resumes_within.ns)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<stream> resumes-within of a stream that is not continuous: one of the two");
    if (ends && x->max_stall.ns)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<stream> max-stall of a stream that is not continuous: one of the two");
}

/* 302013 builds; 302016 and 302021 print no reason (ASA System Log Messages, 302013 to 302021). */
static void check_log(struct load *l, const struct plan_expect *x)
{
    bool has_no_reason = x->log_id == 302013 || x->log_id == 302015 || x->log_id == 302016 ||
                         x->log_id == 302020 || x->log_id == 302021;

    if (x->reason && has_no_reason)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<%s> reason=\"%s\": message %u carries no reason", plan_rule_name(x->rule),
                    x->reason, x->log_id);
    if (x->accounts && x->log_id != 302014 && x->log_id != 302016)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<log> accounts=\"yes\": message %u has no duration and bytes to account for, "
                    "302014 and 302016 have",
                    x->log_id);
    if (x->accounts && x->stream < 0)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<log> accounts=\"yes\" without stream=: of which stream?");
    if (x->rule == RULE_LOG && x->max == 0)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<log> count=\"0\": absence is <no-log>, which also proves that it would have "
                    "been seen");
}

static void check_site(struct load *l, const struct plan_expect *x)
{
    const struct plan_lab *lab = &l->plan->lab;

    if (!x->any_site && lab->mode == MODE_PEER && x->site != lab->device_site)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<%s> site=\"%s\": no device is there, it is at site=\"%s\"",
                    plan_rule_name(x->rule), plan_site_name(x->site),
                    plan_site_name(lab->device_site));
    if (x->rule == RULE_RESET && x->reset_by == RESET_BY_PEER && lab->mode == MODE_PAIR)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<reset> by=\"peer\" in <lab mode=\"pair\">: there is no peer");
}

static void check_answer(struct load *l, const struct plan_expect *x)
{
    const struct plan *p = l->plan;

    if (x->window.since >= 0 && p->events[x->window.since].action != ACTION_DEVICE_COMMAND)
        problem_add(&l->problems, ERR_INVALID, &x->at,
                    "<answer> to=\"%s\": that event is no <device-command>",
                    p->events[x->window.since].id);
}

void check_expects(struct load *l)
{
    const struct plan *p = l->plan;

    for (size_t i = 0; i < p->nexpects; i++) {
        const struct plan_expect *x = &p->expects[i];
        check_order(l, x);
        check_fits(l, x, x->window.within, "within");
        check_fits(l, x, x->resumes_within, "resumes-within");
        check_site(l, x);
        if (x->rule == RULE_ANSWER)
            check_answer(l, x);
        if (x->rule == RULE_STREAM)
            check_stream(l, x);
        if (x->rule == RULE_LOG || x->rule == RULE_NO_LOG)
            check_log(l, x);
    }
}
