/* <stream>: continuous, torn, stalled, idle. Progress is new bytes in order at the receiver's LAN.
 *
 *   continuous  the same bytes arrive in order that were sent; no reset, no teardown; it does not
 *               stand still at the end. completes: to the last byte. resumes-within: what was due
 *               after the event arrives that soon. max-stall: no pause in the window is longer
 *   torn        a reset or the device's teardown ended it in the window, and it never moved again
 *   stalled     nothing new arrived in the window, but for what was under way when it opened
 *   idle        nobody sent anything new in the window
 */
#include "judge/judge_parts.h"

static int64_t window_from(const struct judge *j, const struct plan_window *w)
{
    int64_t from, to;

    return window_bounds(&j->tl, w, &from, &to) ? from : j->tl.first_ns;
}

/* --- N4 ----------------------------------------------------------------------------------------
 */

bool stream_is_silent(const struct judge *j, const struct jflow *f, const struct plan_window *w)
{
    int64_t last = jflow_last_move(f), from = window_from(j, w);
    struct tear t;

    if (f->proto != IP_TCP || jflow_complete(f) || jflow_torn(j, f, NULL, &t) ||
        jflow_blind_spot(f))
        return false;
    return (last == NEVER || last < from + GRACE_NS) && j->tl.last_ns > from + GRACE_NS;
}

const char *say_stuck(struct judge *j, const struct jflow *f)
{
    int sender = jflow_larger(f);
    int64_t last = jflow_last_move(f), since = last == NEVER ? f->begun_ns : last;
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s stands still at %llu of %llu bytes for the last %.3f s", f->id,
             (unsigned long long)jflow_arrived(f, sender), (unsigned long long)f->total[sender],
             seconds(j->tl.last_ns - since));
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

const char *say_silent(struct judge *j, const struct jflow *f, const struct plan_window *w)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "silent stale connection: %s%s%s, with no reset and no 302014", say_stuck(j, f),
             w->since >= 0 ? ", since event " : "",
             w->since >= 0 ? j->plan->events[w->since].id : "");
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

const char *logs_blind(struct judge *j, const struct jflow *f)
{
    const struct plan_expect any = {.any_site = true};
    const char *why = NULL;

    for (int s = log_site(j, &any, 0); s < SITES && !why; s = log_site(j, &any, s + 1))
        why = log_distrust(j, s, 302014, f);
    return why;
}

struct found *stream_timing(struct judge *j, int64_t excess_ns, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list ap;
    bool late = judge_blames_lateness(j, excess_ns);

    va_start(ap, fmt);
    buf_vaddf(&b, fmt, ap);
    va_end(ap);
    if (late)
        buf_addf(&b, ", but the harness itself sent up to %.3f s late",
                 seconds(timeline_late_ns(&j->tl)));
    struct found *f = find_add(&j->fs, "stream", late ? VERDICT_INCONCLUSIVE : VERDICT_FAIL,
                               BASIS_MISSING, "%s", buf_str(&b));
    buf_release(&b);
    return f;
}

/* --- torn, stalled, idle -----------------------------------------------------------------------
 */

static struct found *judge_untorn(struct judge *j, const struct jflow *f,
                                  const struct plan_expect *x)
{
    struct tear t;

    if (jflow_torn(j, f, NULL, &t)) {
        struct found *r = find_add(
            &j->fs, "stream", VERDICT_FAIL, BASIS_MISSING,
            "%s was not torn%s but %s: packet %llu: %s", f->id, say_window(&j->tl, &x->window),
            say_when(&j->tl, &x->window, t.time_ns), (unsigned long long)t.packet, t.what);
        found_packet(r, t.packet, t.leg, t.time_ns);
        return r;
    }
    const char *blind = logs_blind(j, f);
    if (blind)
        return find_add(&j->fs, "stream", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "%s, with no reset; whether the device tore it cannot be told: %s",
                        say_stuck(j, f), blind);
    return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_MISSING, "%s",
                    say_silent(j, f, &x->window));
}

static struct found *judge_torn(struct judge *j, const struct jflow *f, const struct plan_expect *x)
{
    int64_t last = jflow_last_move(f);
    struct tear t;
    bool torn = jflow_torn(j, f, &x->window, &t);

    if (jflow_complete(f) && f->proto == IP_TCP)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                        "%s went on to its end, %s, although it was to be torn", f->id,
                        say_when(&j->tl, &x->window, last));
    if (!torn)
        return judge_untorn(j, f, x);
    if (f->proto == IP_TCP && last > t.time_ns + GRACE_NS)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                        "%s still moved %.3f s after it was torn (packet %llu: %s)", f->id,
                        seconds(last - t.time_ns), (unsigned long long)t.packet, t.what);
    struct found *r =
        find_add(&j->fs, "stream", VERDICT_PASS, BASIS_SEEN,
                 "%s was torn %s and never moved again: packet %llu: %s", f->id,
                 say_when(&j->tl, &x->window, t.time_ns), (unsigned long long)t.packet, t.what);
    found_packet(r, t.packet, t.leg, t.time_ns);
    return r;
}

static struct found *judge_stalled(struct judge *j, const struct jflow *f,
                                   const struct plan_expect *x, const struct stream_watch *w)
{
    int64_t from = window_from(j, &x->window);

    if (w->moves > 0 && w->last_move_ns > from + GRACE_NS)
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                        "%s moved on, last %s, although it was to stand still", f->id,
                        say_when(&j->tl, &x->window, w->last_move_ns));
    if (jflow_complete(f))
        return find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                        "%s was at its end: there was nothing left to stall", f->id);
    return find_add(&j->fs, "stream", VERDICT_PASS, BASIS_MISSING, "%s", say_stuck(j, f));
}

static struct found *judge_idle(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                                const struct stream_watch *w)
{
    if (w->fresh_packets) {
        struct found *r =
            find_add(&j->fs, "stream", VERDICT_FAIL, BASIS_SEEN,
                     "packet %llu: the hosts of %s sent new data%s (%llu packets)",
                     (unsigned long long)w->fresh_packet, f->id, say_window(&j->tl, &x->window),
                     (unsigned long long)w->fresh_packets);
        found_packet(r, w->fresh_packet, NULL, 0);
        return r;
    }
    return find_add(&j->fs, "stream", VERDICT_PASS, BASIS_MISSING, "nobody sent new data of %s%s",
                    f->id, say_window(&j->tl, &x->window));
}

/* --- all of them -------------------------------------------------------------------------------
 */

/* Frames that the capture lost may be the missing ones; positions cannot be told without a SYN. */
static void doubt(struct judge *j, const struct jflow *f, struct found *r)
{
    const char *blind = f ? jflow_blind_spot(f) : NULL;
    uint64_t lost = j->tl.dropped[EV_BO_LAN] + j->tl.dropped[EV_HO_LAN];
    bool by_absence = r->basis == BASIS_MISSING;
    struct buf b = BUF_INIT;

    if (blind && r->f.verdict != VERDICT_INCONCLUSIVE)
        buf_addf(&b, "%s (cannot be told: %s)", r->f.message, blind);
    else if (lost && by_absence && (r->f.verdict == VERDICT_FAIL || r->f.verdict == VERDICT_PASS))
        buf_addf(&b, "%s (cannot be told: the captures of the LANs lost %llu frames)", r->f.message,
                 (unsigned long long)lost);
    if (b.n) {
        r->f.verdict = VERDICT_INCONCLUSIVE;
        r->f.message = arena_strdup(j->arena, buf_str(&b));
    }
    buf_release(&b);
}

/* NULL: X can be judged. */
static struct found *not_judged(struct judge *j, const struct jflow *f, const struct plan_expect *x)
{
    int64_t from, to;

    if (x->stream < 0)
        return find_add(&j->fs, "stream", VERDICT_ERROR, BASIS_SEEN, "no stream is named");
    if (!f)
        return find_add(&j->fs, "stream", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                        "stream %s was never begun", j->plan->streams[x->stream].id);
    if (!window_bounds(&j->tl, &x->window, &from, &to))
        return find_add(&j->fs, "stream", VERDICT_UNRESOLVED, BASIS_MISSING,
                        "%s: event %s was not sent, so there is nothing to look at", f->id,
                        j->plan->events[x->window.since].id);
    for (int site = 0; site < SITES; site++)
        if (!j->tl.captured[site == BO ? EV_BO_LAN : EV_HO_LAN])
            return find_add(&j->fs, "stream", VERDICT_INCONCLUSIVE, BASIS_MISSING,
                            "%s: there is no %s in the evidence", f->id, site_lan(site));
    return NULL;
}

void rule_stream(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct jflow *f = jflow_of_plan(&j->flows, x->stream);
    const struct stream_watch *w = &j->watches[i];
    struct found *r = not_judged(j, f, x);

    if (r) {
        found_place(r, x);
        return;
    }
    switch (x->stream_is) {
    case IS_TORN: r = judge_torn(j, f, x); break;
    case IS_STALLED: r = judge_stalled(j, f, x, w); break;
    case IS_IDLE: r = judge_idle(j, f, x, w); break;
    case IS_CONTINUOUS:
        r = f->proto == IP_TCP ? stream_continuous(j, f, x, w) : stream_datagrams(j, f, x, w);
        break;
    }
    doubt(j, f, r);
    found_place(r, x);
}
