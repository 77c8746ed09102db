#include "replay/replay.h"

#include "base/mem.h"
#include "port/port_live.h"
#include "port/privileges.h"
#include "replay/run_parts.h"

#include <stdarg.h>
#include <stdio.h>

/* See replay.h: how long a stream that stands still is waited for. */
#define STILL_VIRTUAL  SPAN_S(250)
#define STILL_OUTAGES  2.5
#define STILL_LIVE_MIN SPAN_S(5)

#define TELL_EVERY   SPAN_MS(200) /* of real time would be better; of run time it is cheap */
#define LOOK_UP      SPAN_MS(100) /* live: how soon `stop` is seen */
#define LOOK_EVERY   256          /* virtual: rounds between two looks at `stop` */
#define STUCK_ROUNDS 1000000      /* without a frame and at one instant */

void run_event(struct run *r)
{
    evidence_event(r->ev, run_stamp(r, run_now(r)), buf_bytes(&r->line));
}

void run_break(struct run *r, const char *fmt, ...)
{
    va_list ap;

    if (r->broken)
        return;
    r->broken = true;
    va_start(ap, fmt);
    vsnprintf(r->result->why, sizeof(r->result->why), fmt, ap);
    va_end(ap);
    log_say(r->opts->log, LOG_WARN, LOG_MODULE, "%s", r->result->why);
}

static void say_devices(struct run *r)
{
    for (size_t i = 0; i < r->plan->ndevices; i++) {
        const struct plan_device *d = &r->plan->devices[i];
        event_line_start(&r->line, "device");
        event_line_add(&r->line, "site", plan_site_name(d->site));
        event_line_add(&r->line, "type", d->type);
        event_line_add(&r->line, "version", r->opts->version);
        run_event(r);
    }
}

/* --- when it is over ---------------------------------------------------------------------------
 */

static struct span still_for(const struct run *r)
{
    struct span wait = r->plan->settle, gap = streams_patience(r);

    if (!r->opts->live) {
        wait = wait.ns > STILL_VIRTUAL.ns ? wait : STILL_VIRTUAL;
    } else {
        int64_t outage = mono_diff(r->last_progress, r->last_event).ns;
        int64_t ns = outage > 0 ? (int64_t)((double)outage * STILL_OUTAGES) : 0;
        ns = ns > STILL_LIVE_MIN.ns ? ns : STILL_LIVE_MIN.ns;
        wait.ns = wait.ns > ns ? wait.ns : ns;
    }
    wait.ns += gap.ns;
    return wait;
}

/* Every window that a rule looks at has passed: "resumes within 5 s" needs those 5 s. */
static bool windows_have_passed(const struct run *r)
{
    for (size_t i = 0; i < r->plan->nexpects; i++) {
        const struct plan_expect *x = &r->plan->expects[i];
        struct span need = x->window.within;
        if (x->resumes_within.ns > need.ns)
            need = x->resumes_within;
        if (need.ns == 0)
            continue;
        struct mono from = r->zero;
        if (x->window.since >= 0) {
            const struct event *e = &r->events[x->window.since];
            if (e->state == EVENT_PLANNED || e->state == EVENT_FAILED)
                continue; /* it will not come: no use in waiting for its window */
            from = e->sent;
        }
        if (mono_before(run_now(r), mono_add(from, need)))
            return false;
    }
    return true;
}

static bool is_quiet(const struct run *r, struct mono *until)
{
    struct mono now = run_now(r);
    struct mono last =
        mono_before(r->last_event, r->last_progress) ? r->last_progress : r->last_event;
    struct mono end = mono_add(last, streams_all_ended(r) ? r->plan->settle : still_for(r));

    *until = end;
    return !mono_before(now, end);
}

/* True when nothing more is to come; *LOOK: when to ask again. */
static bool run_is_over(struct run *r, struct mono *look)
{
    *look = MONO_NEVER;
    if (!timeline_is_over(r) || !mono_is_never(streams_next_start(r)))
        return false;
    if (!is_quiet(r, look))
        return false;
    if (windows_have_passed(r))
        return true;
    *look = mono_add(run_now(r), SPAN_MS(100));
    return false;
}

/* --- the loop ----------------------------------------------------------------------------------
 */

static void tell_progress(struct run *r)
{
    struct replay_progress p = {
        .run_time = run_time(r), .frames = r->frames, .event = r->last_event_id};

    if (!r->opts->progress || mono_before(run_now(r), r->told))
        return;
    r->told = mono_add(run_now(r), TELL_EVERY);
    streams_sum(r, &p.delivered, &p.planned);
    r->opts->progress(r->opts->progress_ctx, &p);
}

static bool is_stopped(const struct run *r)
{
    return r->opts->stop && *r->opts->stop;
}

struct watch {
    struct mono at;
    uint64_t frames;
    unsigned rounds; /* without frame or time passing */
};

static void round_once(struct run *r)
{
    lab_deliver(r);
    lab_tick(r);
    streams_look(r);
    if (streams_waiting(r))
        streams_start(r);
    timeline_look(r);
    tell_progress(r);
}

/* A deadline that nobody serves would keep the clock of a virtual run where it is, for ever. */
static void check_moves(struct run *r, struct watch *w)
{
    if (w->at.ns != run_now(r).ns || w->frames != r->frames) {
        *w = (struct watch){run_now(r), r->frames, 0};
        return;
    }
    if (++w->rounds == STUCK_ROUNDS && !r->opts->live)
        run_break(r, "a deadline at %.6f s is never served", (double)run_time(r).ns / 1e9);
}

static enum replay_end loop(struct run *r)
{
    struct mono limit = mono_add(r->zero, r->plan->timeout), look;
    struct watch watch = {.at = r->zero};

    for (unsigned n = 0;; n++) {
        if ((r->opts->live || n % LOOK_EVERY == 0) && is_stopped(r))
            return REPLAY_INTERRUPTED;
        round_once(r);
        check_moves(r, &watch);
        if (r->broken)
            return REPLAY_LAB_ERROR;
        if (run_is_over(r, &look))
            return REPLAY_COMPLETE;
        if (!mono_before(run_now(r), limit))
            return REPLAY_TIMEOUT;
        struct mono next = mono_min(mono_min(lab_next(r), timeline_next(r)),
                                    mono_min(mono_min(limit, look), streams_next_start(r)));
        if (r->opts->live)
            next = mono_min(next, mono_add(run_now(r), LOOK_UP));
        if (mono_before(run_now(r), next))
            clock_sleep_until(r->clk, next);
    }
}

/* --- beginning and end -------------------------------------------------------------------------
 */

static const char *end_name(enum replay_end e)
{
    switch (e) {
    case REPLAY_COMPLETE: return "complete";
    case REPLAY_INTERRUPTED: return "interrupted";
    case REPLAY_TIMEOUT: return "timeout";
    case REPLAY_LAB_ERROR: return "error";
    }
    return "error";
}

static enum err start_evidence(struct run *r, struct diag *why)
{
    struct evidence_meta meta = {.case_xml = r->plan->resolved,
                                 .version = r->opts->version,
                                 .seed = r->opts->seed,
                                 .headers_only = r->plan->headers_only,
                                 .virtual_time = !r->opts->live,
                                 .epoch_ns = r->opts->epoch_ns};

    return evidence_create(r->opts->evidence, &meta, &r->ev, why);
}

static void start_clock(struct run *r)
{
    if (r->opts->live) {
        clock_real_init(&r->real);
        r->clk = &r->real.clock;
    } else {
        clock_virtual_init(&r->virtual);
        r->clk = &r->virtual.clock;
    }
    r->zero = clock_now(r->clk);
    r->last_progress = r->last_event = r->told = r->zero;
}

/* Records that the device had sent when it was asked how many they are still have to arrive. */
#define DRAIN SPAN_MS(50) /* and what the mgmt leg takes */

static void drain(struct run *r)
{
    struct span leg = r->plan->lab.legs[LEG_MGMT].delay;
    struct mono end = mono_add(mono_add(run_now(r), DRAIN), leg);

    while (mono_before(run_now(r), end)) {
        clock_sleep_until(r->clk, mono_min(lab_next(r), end));
        lab_deliver(r);
        lab_tick(r);
    }
}

static void play(struct run *r)
{
    say_devices(r);
    timeline_open(r);
    r->result->end = loop(r);
    if (r->result->end == REPLAY_TIMEOUT)
        snprintf(r->result->why, sizeof(r->result->why), "the case's timeout of %lld s passed",
                 (long long)(r->plan->timeout.ns / 1000000000));
    finish_console(r);
    drain(r);
    finish_counters(r);
    event_line_start(&r->line, "run-end");
    event_line_add(&r->line, "state", end_name(r->result->end));
    if (r->result->why[0])
        event_line_add(&r->line, "reason", r->result->why);
    run_event(r);
}

/* Root was needed for the interfaces; the evidence file is open by now. */
static enum err drop_root(const struct run *r, struct diag *why)
{
    if (!r->opts->live)
        return ERR_OK;
    struct user u = privileges_user(r->opts->live->drop_uid, r->opts->live->drop_gid);
    return privileges_drop(&u, why);
}

static void wipe_keys(struct buf *b)
{
    if (b->s)
        mem_wipe(b->s, b->n);
    buf_release(b);
}

static void release(struct run *r)
{
    lab_close(r);
    streams_close(r);
    mem_free(r->events);
    buf_release(&r->line);
    wipe_keys(&r->esp_keys);
    wipe_keys(&r->ike_keys);
    wipe_keys(&r->ike2_keys);
    mem_wipe(r, sizeof(*r));
    mem_free(r);
}

enum err replay_run(const struct plan *p, struct replay_captures *captures,
                    const struct replay_options *opts, struct replay_result *out, struct diag *why)
{
    struct run *r = mem_zalloc(sizeof(*r));

    *out = (struct replay_result){.end = REPLAY_LAB_ERROR};
    r->plan = p;
    r->opts = opts;
    r->captures = captures;
    r->result = out;
    start_clock(r);
    enum err e = keys_open(r, why);
    if (!e)
        e = streams_open(r, why);
    if (!e)
        e = lab_open(r, why);
    if (!e)
        e = start_evidence(r, why);
    if (!e)
        e = drop_root(r, why);
    if (!e)
        play(r);
    enum err kept = keys_write(r, why);
    e = e ? e : kept;
    out->run_time = run_time(r);
    out->frames = r->frames;
    if (r->ev) {
        out->evidence_bytes = evidence_bytes(r->ev);
        enum err closed = evidence_close(r->ev, run_stamp(r, run_now(r)), why);
        e = e ? e : closed;
    }
    release(r);
    return e;
}
