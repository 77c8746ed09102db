/* <log> and <no-log>: what the device was to log, or must not. */
#include "judge/judge_parts.h"

#include <stdio.h>

/* "302014 about dl with reason tunnel within 2.000 s of event cut" */
static const char *say_message(struct judge *j, const struct plan_expect *x)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%u", x->log_id);
    if (x->stream >= 0)
        buf_addf(&b, " about %s", j->plan->streams[x->stream].id);
    if (x->reason)
        buf_addf(&b, " with reason %s", x->reason);
    if (x->text)
        buf_addf(&b, " saying \"%s\"", x->text);
    if (!x->any_site && j->plan->lab.mode == MODE_PAIR)
        buf_addf(&b, " by the device at %s", plan_site_name(x->site));
    buf_adds(&b, say_window(&j->tl, &x->window));
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static struct found *say_match(struct judge *j, const char *rule, enum verdict v,
                               const struct plan_expect *x, const struct log_watch *w)
{
    struct found *f =
        find_add(&j->fs, rule, v, BASIS_SEEN, "packet %llu: %s, %s", (unsigned long long)w->packet,
                 w->line, say_when(&j->tl, &x->window, w->time_ns));

    found_packet(f, w->packet, "mgmt", w->time_ns);
    return f;
}

/* NULL: the logs of all devices that X is about prove by their silence. */
static const char *distrust(struct judge *j, const struct plan_expect *x)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    const char *why = NULL;

    if (x->stream >= 0 && !f)
        return "the stream was not begun";
    for (int s = log_site(j, x, 0); s < SITES && !why; s = log_site(j, x, s + 1))
        why = log_distrust(j, s, x->log_id, f);
    return why;
}

static const char *say_proof(struct judge *j, const struct plan_expect *x)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    int site = log_site(j, x, 0);

    return site < SITES ? log_proof(j, site, f) : "no device logs";
}

static bool has_opened(const struct judge *j, const struct plan_expect *x)
{
    int64_t from, to;

    return window_bounds(&j->tl, &x->window, &from, &to);
}

/* The window never opened: there was nothing to look at. */
static struct found *say_shut(struct judge *j, const char *rule, const struct plan_expect *x)
{
    return find_add(&j->fs, rule, VERDICT_UNRESOLVED, BASIS_MISSING,
                    "%s: event %s was not sent, so there is nothing to look at", say_message(j, x),
                    j->plan->events[x->window.since].id);
}

/* What stands beside a message that was missed. */
static const char *say_missing(struct judge *j, const struct plan_expect *x,
                               const struct log_watch *w)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    struct buf b = BUF_INIT;

    buf_addf(&b, "searched %llu messages", (unsigned long long)w->searched);
    if (w->nearest.rank)
        buf_addf(&b, "; nearest is packet %llu: %s, but %s", (unsigned long long)w->nearest.packet,
                 w->nearest.line, w->nearest.why);
    else
        buf_addf(&b, "; no %u was logged at all", x->log_id);
    if (f && stream_is_silent(j, f, &x->window))
        buf_addf(&b, "; %s", say_silent(j, f, &x->window));
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

/* It came, and the harness was so late that it may be why it did not come in time. */
static bool came_late(const struct judge *j, const struct plan_expect *x, const struct nearest *n)
{
    int64_t from, to;

    return n->rank == 3 && window_bounds(&j->tl, &x->window, &from, &to) && n->time_ns >= to &&
           judge_blames_lateness(j, n->time_ns - to);
}

static struct found *missing(struct judge *j, const struct plan_expect *x,
                             const struct log_watch *w)
{
    const char *why = distrust(j, x);
    enum verdict v = why ? VERDICT_INCONCLUSIVE : VERDICT_FAIL;
    char count[64] = "no";

    if (w->count)
        snprintf(count, sizeof(count), "only %llu of %d", (unsigned long long)w->count, x->min);
    if (!why && came_late(j, x, &w->nearest)) {
        v = VERDICT_INCONCLUSIVE;
        why = "the harness itself was late by more than that";
    }
    if (why)
        return find_add(&j->fs, "log", v, BASIS_MISSING, "%s %s (%s): %s", count, say_message(j, x),
                        say_missing(j, x, w), why);
    return find_add(&j->fs, "log", v, BASIS_MISSING, "%s %s: %s", count, say_message(j, x),
                    say_missing(j, x, w));
}

static struct found *too_many(struct judge *j, const struct plan_expect *x,
                              const struct log_watch *w)
{
    struct found *f = find_add(
        &j->fs, "log", VERDICT_FAIL, BASIS_SEEN,
        "%s was logged %llu times, more than %d: packet %llu: %s, and again in packet %llu",
        say_message(j, x), (unsigned long long)w->count, x->max, (unsigned long long)w->packet,
        w->line, (unsigned long long)w->second);

    found_packet(f, w->second ? w->second : w->packet, "mgmt", w->second ? 0 : w->time_ns);
    return f;
}

static struct found *wrong_account(struct judge *j, const struct log_watch *w)
{
    struct found *f = find_add(&j->fs, "log", VERDICT_FAIL, BASIS_SEEN, "packet %llu: %s, but %s",
                               (unsigned long long)w->wrong_packet, w->wrong_line, w->wrong);

    found_packet(f, w->wrong_packet, "mgmt", 0);
    return f;
}

/* --- absence -----------------------------------------------------------------------------------
 */

static bool has_stream_rule(const struct judge *j, int stream)
{
    for (size_t i = 0; i < j->plan->nexpects; i++)
        if (j->plan->expects[i].rule == RULE_STREAM && j->plan->expects[i].stream == stream)
            return true;
    return false;
}

static struct found *absent(struct judge *j, const char *rule, const struct plan_expect *x)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    const char *why = distrust(j, x);

    if (why)
        return find_add(&j->fs, rule, VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "no %s was seen, but that proves nothing: %s", say_message(j, x), why);
    /* no teardown and no progress: where no other rule would say so, this one does */
    if (f && !has_stream_rule(j, x->stream) && stream_is_silent(j, f, &x->window))
        return find_add(&j->fs, rule, VERDICT_FAIL, BASIS_MISSING, "no %s, but %s",
                        say_message(j, x), say_silent(j, f, &x->window));
    return find_add(&j->fs, rule, VERDICT_PASS, BASIS_MISSING, "no %s; %s", say_message(j, x),
                    say_proof(j, x));
}

/* --- presence ----------------------------------------------------------------------------------
 */

void rule_log(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct log_watch *w = &j->logs.watch[i];
    struct found *f;

    if (!has_opened(j, x))
        f = say_shut(j, "log", x);
    else if (w->count < (uint64_t)(x->min > 0 ? x->min : 0))
        f = missing(j, x, w);
    else if (x->max >= 0 && w->count > (uint64_t)x->max)
        f = too_many(j, x, w);
    else if (w->wrong)
        f = wrong_account(j, w);
    else if (w->count == 0 && x->max == 0)
        f = absent(j, "log", x);
    else if (w->count == 0) /* "0..1", and none came */
        f = find_add(&j->fs, "log", VERDICT_PASS, BASIS_SEEN, "no %s, which may be",
                     say_message(j, x));
    else
        f = say_match(j, "log", VERDICT_PASS, x, w);
    found_place(f, x);
}

void rule_no_log(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct log_watch *w = &j->logs.watch[i];
    struct found *f;

    if (!has_opened(j, x))
        f = say_shut(j, "no-log", x);
    else if (w->count)
        f = say_match(j, "no-log", VERDICT_FAIL, x, w);
    else
        f = absent(j, "no-log", x);
    found_place(f, x);
}
