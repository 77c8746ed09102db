/* Progress at the receivers' LANs: pauses, what follows an event, what expectations watch.
 *
 * A pause counts from when something is due: a byte is due from its sending until it arrives. A
 * user who thinks is no stall. Without the sender's LAN in the evidence something always is. */
#include "base/mem.h"
#include "judge/judge_parts.h"

int64_t jflow_stall_min(const struct jflow *f)
{
    return 4 * f->rtt_ns > STALL_MIN_NS ? 4 * f->rtt_ns : STALL_MIN_NS;
}

static bool is_tracked(const struct jflow *f, int sender)
{
    return f->on[sender][sender].first_ns != NEVER;
}

static bool is_due(const struct jflow *f, int sender)
{
    const struct flow_dir *sent = &f->on[sender][sender], *came = &f->on[!sender][sender];

    if (f->proto != IP_TCP)
        return false; /* datagrams may get lost: none is waited for */
    return is_tracked(f, sender) ? sent->tcp.high > came->tcp.in_order
                                 : (uint64_t)came->tcp.in_order < f->total[sender];
}

/* --- pauses ------------------------------------------------------------------------------------
 */

static void watch_pause(struct judge *j, struct jflow *f, int64_t from, int64_t to)
{
    for (size_t i = 0; i < f->nwatch; i++) {
        struct stream_watch *w = f->watch[i];
        if (to - from > w->stall_max_ns &&
            (window_has(&j->tl, &w->x->window, to) || window_has(&j->tl, &w->x->window, from))) {
            w->stall_max_ns = to - from;
            w->stall_from_ns = from;
        }
    }
}

/* A pause belongs to an event when it had begun soon after it, or ends with the first progress
 * since; one that follows the recovery at once is part of it. */
static bool belongs(const struct aftermath *a, int64_t sent, int64_t from, int64_t to)
{
    if (to <= sent)
        return false;
    if (a->stall_to_ns != NEVER)
        return from <= a->stall_to_ns + GRACE_NS;
    return from <= sent + GRACE_NS || a->first_ns == to || a->first_ns == NEVER;
}

static void pursue_pause(struct judge *j, struct jflow *f, int64_t from, int64_t to, bool ended)
{
    for (size_t i = 0; f->after && i < j->tl.n && i < TIMELINE_EVENTS; i++) {
        struct aftermath *a = &f->after[i];
        int64_t sent = j->tl.events[i].sent_ns;
        if (!a->known || !belongs(a, sent, from, to))
            continue;
        if (a->stall_from_ns == NEVER) {
            a->stall_from_ns = from;
            a->due_ns = from > sent ? from : sent;
        }
        a->stall_to_ns = ended ? to : INT64_MAX;
    }
}

static void take_pause(struct judge *j, struct jflow *f, int sender, int64_t from, bool ended)
{
    struct way *w = &f->way[sender];
    int64_t to = ended ? j->rec.time_ns : j->tl.last_ns, gap = to - from;

    if (gap > w->stall_max_ns) {
        w->stall_max_ns = gap;
        w->stall_max_from_ns = from;
    }
    watch_pause(j, f, from, to);
    if (gap <= jflow_stall_min(f))
        return;
    w->stalls++;
    w->stall_total_ns += gap;
    pursue_pause(j, f, from, to, ended);
}

/* --- progress ----------------------------------------------------------------------------------
 */

static void note_first_after(struct judge *j, struct jflow *f)
{
    int64_t now = j->rec.time_ns;

    for (size_t i = 0; i < j->tl.n && i < TIMELINE_EVENTS; i++) {
        struct aftermath *a = &f->after[i];
        if (!a->known || a->first_ns != NEVER)
            continue;
        a->first_ns = now;
        if (a->due_ns == NEVER)
            a->due_ns = now;
    }
    f->awaiting = 0;
}

static void watch_move(struct judge *j, struct jflow *f)
{
    int64_t now = j->rec.time_ns;

    for (size_t i = 0; i < f->nwatch; i++) {
        struct stream_watch *w = f->watch[i];
        if (!window_has(&j->tl, &w->x->window, now))
            continue;
        if (w->moves++ == 0)
            w->first_move_ns = now;
        w->last_move_ns = now;
    }
}

void jflow_progress(struct judge *j, struct jflow *f, int sender)
{
    struct way *w = &f->way[sender];
    int64_t now = j->rec.time_ns, from = w->due_ns;

    if (f->awaiting)
        note_first_after(j, f);
    watch_move(j, f);
    if (w->last_ns != NEVER && (from == NEVER || w->last_ns > from))
        from = is_tracked(f, sender) && w->due_ns == NEVER ? NEVER : w->last_ns;
    if (from != NEVER && now > from)
        take_pause(j, f, sender, from, true);
    w->last_ns = now;
    w->due_ns = is_due(f, sender) ? now : NEVER;
}

void jflow_sent_data(struct judge *j, struct jflow *f, int sender, bool fresh)
{
    struct way *w = &f->way[sender];
    int64_t now = j->rec.time_ns;

    if (w->due_ns == NEVER && is_due(f, sender))
        w->due_ns = now;
    for (size_t i = 0; fresh && i < f->nwatch; i++) {
        struct stream_watch *s = f->watch[i];
        if (window_has(&j->tl, &s->x->window, now) && s->fresh_packets++ == 0)
            s->fresh_packet = j->rec.packet;
    }
}

/* --- datagrams ---------------------------------------------------------------------------------
 */

void jflow_datagram_sent(struct judge *j, struct jflow *f, int sender)
{
    int64_t now = j->rec.time_ns;

    jflow_sent_data(j, f, sender, true);
    for (size_t i = 0; i < f->nwatch; i++) {
        struct stream_watch *w = f->watch[i];
        if (w->datagram_due_ns == NEVER && window_has(&j->tl, &w->x->window, now))
            w->datagram_due_ns = now;
    }
}

void jflow_datagram_came(struct judge *j, struct jflow *f, int sender)
{
    int64_t now = j->rec.time_ns;

    if (f->awaiting)
        note_first_after(j, f);
    watch_move(j, f);
    f->way[sender].last_ns = now;
    for (size_t i = 0; i < f->nwatch; i++) {
        struct stream_watch *w = f->watch[i];
        if (w->datagram_ns == NEVER && w->datagram_due_ns != NEVER &&
            window_has(&j->tl, &w->x->window, now))
            w->datagram_ns = now;
    }
}

/* --- events ------------------------------------------------------------------------------------
 */

void jflows_event_sent(struct judge *j, int event)
{
    size_t n = j->tl.cap < TIMELINE_EVENTS ? j->tl.cap : TIMELINE_EVENTS;

    if (event >= TIMELINE_EVENTS)
        return;
    for (size_t i = 0; i < j->flows.n; i++) {
        struct jflow *f = j->flows.list[i];
        if (!f->after)
            f->after = mem_array(n, sizeof(*f->after));
        f->after[event] = (struct aftermath){.known = true,
                                             .before_ns = jflow_last_move(f),
                                             .first_ns = NEVER,
                                             .stall_from_ns = NEVER,
                                             .stall_to_ns = NEVER,
                                             .due_ns = NEVER,
                                             .ended = jflow_complete(f)};
        f->awaiting++;
    }
    if (j->tl.events[event].action == ACTION_PHASE2_REKEY)
        j->flows.floor_set = true;
}

void jflows_finish(struct judge *j)
{
    for (size_t i = 0; i < j->flows.n; i++) {
        struct jflow *f = j->flows.list[i];
        for (int sender = 0; sender < SITES; sender++) {
            struct way *w = &f->way[sender];
            int64_t from = w->due_ns;
            if (from == NEVER || !is_due(f, sender))
                continue;
            if (w->last_ns != NEVER && w->last_ns > from)
                from = w->last_ns;
            if (j->tl.last_ns > from)
                take_pause(j, f, sender, from, false);
        }
    }
}
