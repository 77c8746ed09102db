/* When events happen: by time, by a stream's offset, after another event, on a log message. */
#include "base/mem.h"
#include "replay/impair.h"

/* The stream whose place goes with an event: its own, or the only one there is. */
static const struct stream *place_of(const struct run *r, const struct plan_event *s)
{
    if (s->stream >= 0)
        return &r->streams[s->stream];
    return r->nstreams == 1 && r->streams[0].added ? &r->streams[0] : NULL;
}

void timeline_say(struct run *r, const struct event *e, const char *state, const char *key,
                  const char *text)
{
    const struct plan_event *s = e->spec;
    static const char *const actors[] = {"peer", "device", "harness"};

    bool done = strcmp(state, "sent") == 0;

    if (done && e->left + 1 < s->times)
        state = "again";
    event_line_start(&r->line, "event");
    event_line_add(&r->line, "id", s->id);
    event_line_add(&r->line, "action", plan_action_name(s->action));
    event_line_add(&r->line, "by", actors[s->by]);
    event_line_add(&r->line, "state", state);
    if (s->by == ACTOR_DEVICE)
        event_line_add(&r->line, "site", plan_site_name(s->site));
    const struct stream *st = place_of(r, s);
    if (st && done) {
        event_line_add(&r->line, "stream", st->spec->id);
        event_line_addf(&r->line, "offset", "%llu", (unsigned long long)stream_offset(r, st));
        event_line_addf(&r->line, "in_flight", "%llu", (unsigned long long)stream_in_flight(r, st));
    }
    if (key)
        event_line_add(&r->line, key, text);
    run_event(r);
}

void timeline_open(struct run *r)
{
    r->nevents = r->plan->nevents;
    r->events = mem_array(r->nevents + 1, sizeof(*r->events));
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        e->spec = &r->plan->events[i];
        e->due = e->until = MONO_NEVER;
        e->left = e->spec->times;
        if (e->spec->when == WHEN_TIME) {
            e->due = mono_add(r->zero, e->spec->delay);
            e->triggered = true;
        }
        /* a message, or 602304 of a device in pair mode */
        r->watch_hosts = r->watch_hosts || e->spec->action == ACTION_SEND;
        r->wants_logs = r->wants_logs || e->spec->when == WHEN_LOG || !r->peer;
        timeline_say(r, e, "planned", NULL, NULL);
    }
    r->last_event = r->zero;
}

static bool offset_reached(const struct run *r, const struct plan_event *s)
{
    const struct stream *st = &r->streams[s->stream];
    uint64_t total = st->tape.total[st->larger];
    uint64_t want = s->percent >= 0 ? (uint64_t)((double)total * s->percent / 100) : s->offset;

    return st->added && stream_offset(r, st) >= want;
}

/* Has what E waits for come about? */
static void look_at(struct run *r, struct event *e)
{
    const struct plan_event *s = e->spec;

    if (e->triggered || e->state != EVENT_PLANNED)
        return;
    if (s->when == WHEN_OFFSET && offset_reached(r, s))
        e->due = mono_add(run_now(r), s->delay);
    else if (s->when == WHEN_AFTER && r->events[s->after].state >= EVENT_SENT &&
             r->events[s->after].state != EVENT_FAILED)
        e->due = mono_add(r->events[s->after].sent, s->delay);
    else if (s->when == WHEN_PACKET && r->leg_frames[s->seen_leg] >= s->packet)
        e->due = mono_add(run_now(r), s->delay);
    else
        return;
    e->triggered = true;
}

/* Is the message about stream S? Any address that fits will do: names and translation are the
 * judge's business. */
static bool is_about(const struct asa_log *log, const struct stream *s)
{
    const struct endpoint *bo = &s->at[SITE_BO], *ho = &s->at[SITE_HO];

    return (asa_endpoint_match(&log->a, &bo->addr, bo->port) ||
            asa_endpoint_match(&log->b, &bo->addr, bo->port)) &&
           (asa_endpoint_match(&log->a, &ho->addr, ho->port) ||
            asa_endpoint_match(&log->b, &ho->addr, ho->port));
}

void timeline_on_log(struct run *r, const struct asa_log *log)
{
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        const struct plan_event *s = e->spec;
        if (e->triggered || s->when != WHEN_LOG || s->log_id != log->id ||
            (s->stream >= 0 && !is_about(log, &r->streams[s->stream])))
            continue;
        e->triggered = true;
        e->due = mono_add(run_now(r), s->delay);
    }
}

static bool is_seen_for(const struct run *r, enum way_id way, const struct plan_event *s)
{
    bool to_device = way == way_to_device(r, s);

    return to_device ? s->on_to_device : s->on_from_device;
}

void timeline_on_message(struct run *r, enum way_id way, const struct wan_frame *f)
{
    for (size_t i = 0; i < r->nevents; i++) {
        struct event *e = &r->events[i];
        const struct plan_event *s = e->spec;
        if (e->triggered || s->when != WHEN_MESSAGE || !is_seen_for(r, way, s) ||
            !wan_match(&s->on, &r->impair->seen[way], f) || !cross_fits(s, f) ||
            ++e->met < s->on.first)
            continue;
        e->triggered = true;
        e->due = mono_add(run_now(r), s->delay);
        e->cross.waits = s->crosses;
        e->cross.id = f->hdr.message_id;
        memcpy(e->cross.spi, f->hdr.cookie_i, sizeof(e->cross.spi));
    }
    cross_on_message(r, way, f);
}

/* To be done, the first time or once more, when DUE has come. */
static bool is_waiting(const struct event *e)
{
    return e->state == EVENT_PLANNED || (e->state == EVENT_SENT && e->left > 0);
}

static void send_event(struct run *r, struct event *e)
{
    struct mono due = e->due;

    if (e->state == EVENT_PLANNED)
        e->sent = run_now(r);
    e->state = EVENT_SENT;
    e->left--;
    e->waits = true;
    e->due = e->left ? mono_add(run_now(r), e->spec->every) : MONO_NEVER;
    r->last_event = run_now(r);
    r->last_event_id = e->spec->id;
    lab_due(r, due);
    action_send(r, e);
    lab_due(r, MONO_NEVER);
}

void timeline_look(struct run *r)
{
    bool again = true;

    while (again) { /* one that was sent now may be what another waits for */
        again = false;
        for (size_t i = 0; i < r->nevents; i++) {
            struct event *e = &r->events[i];
            look_at(r, e);
            if (!mono_before(run_now(r), e->until)) {
                (void)ways_unblock(r, e->ways);
                e->until = MONO_NEVER;
            }
            if (!is_waiting(e) || !e->triggered || mono_before(run_now(r), e->due))
                continue;
            send_event(r, e);
            again = true;
        }
    }
    confirm_look(r);
}

struct mono timeline_next(const struct run *r)
{
    struct mono t = MONO_NEVER;

    for (size_t i = 0; i < r->nevents; i++) {
        if (is_waiting(&r->events[i]))
            t = mono_min(t, r->events[i].due);
        t = mono_min(t, r->events[i].until);
    }
    return t;
}

static bool can_still_happen(const struct run *r, const struct event *e)
{
    const struct plan_event *s = e->spec;

    if (!mono_is_never(e->until) || (e->state == EVENT_SENT && e->left > 0))
        return true;
    if (e->state != EVENT_PLANNED)
        return false;
    if (e->triggered)
        return true;
    if (s->when == WHEN_OFFSET)
        return !r->streams[s->stream].ended;
    if (s->when == WHEN_AFTER)
        return r->events[s->after].state == EVENT_PLANNED &&
               can_still_happen(r, &r->events[s->after]);
    return !streams_all_ended(r); /* a message may come as long as there is traffic */
}

bool timeline_is_over(const struct run *r)
{
    for (size_t i = 0; i < r->nevents; i++) {
        if (can_still_happen(r, &r->events[i]))
            return false;
    }
    return true;
}
