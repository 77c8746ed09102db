/* Progress at the receivers' LANs: pauses, what follows an event, what expectations watch.
 *
 * A pause counts while something is due: from the sending of a byte until it has arrived and its
 * sender was told so. A user who thinks is no stall. Without the sender's LAN in the evidence
 * something is always due. */
#include "base/mem.h"
#include "judge/judge_parts.h"

/* What is sent this soon after an acknowledgement had waited for it: the pause goes on. */
#define PROMPT_NS INT64_C(5000000)

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
    if (!is_tracked(f, sender))
        return (uint64_t)came->tcp.in_order < f->total[sender];
    return sent->tcp.high > came->tcp.in_order || sent->tcp.high > sent->tcp.acked;
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

/* The pause that an event made is the longest that began soon after it, or else the one that ends
 * with the first progress since. Stalls that follow at once are part of it. */
static void pursue_pause(struct judge *j, struct aftermath *a, int64_t sent, int64_t from,
                         int64_t to, bool ended, bool stall)
{
    bool first = a->first_ns == NEVER || a->first_ns == j->rec.time_ns;
    bool soon = from <= sent + GRACE_NS || first;

    if (to <= sent || a->stall_to_ns == INT64_MAX)
        return;
    if (soon && (a->stall_from_ns == NEVER || to - from > a->stall_to_ns - a->stall_from_ns)) {
        a->stall_from_ns = from;
        a->due_ns = from > sent ? from : sent;
        a->stall_to_ns = ended ? to : INT64_MAX;
    } else if (stall && a->stall_to_ns != NEVER && from >= a->stall_from_ns &&
               from <= a->stall_to_ns + GRACE_NS) {
        a->stall_to_ns = ended ? to : INT64_MAX;
    }
}

/* A pause that begins after a later event is that one's. */
static bool is_overtaken(const struct timeline *t, size_t event, int64_t from)
{
    int64_t sent = t->events[event].sent_ns;

    for (size_t i = 0; i < t->n; i++) {
        const struct jevent *e = &t->events[i];
        if (e->sent_ns > sent && e->sent_ns <= from && e->action != ACTION_RESTORE)
            return true;
    }
    return false;
}

static void pursue(struct judge *j, struct jflow *f, int64_t from, int64_t to, bool ended,
                   bool stall)
{
    for (size_t i = 0; f->after && i < j->tl.n && i < TIMELINE_EVENTS; i++)
        if (f->after[i].known && !is_overtaken(&j->tl, i, from))
            pursue_pause(j, &f->after[i], j->tl.events[i].sent_ns, from, to, ended, stall);
}

/* A pause that is no pause of a sender who waits for acknowledgements. */
static int64_t outage_min(const struct jflow *f)
{
    return f->rtt_ns ? 2 * f->rtt_ns : STALL_MIN_NS;
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
    if (f->seen[BO] && f->seen[HO]) /* else it may be that it never was for the tunnel */
        history_pause(j, from, to);
    bool stall = gap > jflow_stall_min(f);
    if (f->after && gap > outage_min(f))
        pursue(j, f, from, to, ended, stall);
    if (!stall)
        return;
    w->stalls++;
    w->stall_total_ns += gap;
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

    if (w->settled_ns != NEVER && now - w->settled_ns > PROMPT_NS)
        w->due_ns = NEVER;
    w->settled_ns = NEVER;
    if (w->due_ns == NEVER && is_due(f, sender))
        w->due_ns = now;
    for (size_t i = 0; fresh && i < f->nwatch; i++) {
        struct stream_watch *s = f->watch[i];
        if (window_has(&j->tl, &s->x->window, now) && s->fresh_packets++ == 0)
            s->fresh_packet = j->rec.packet;
    }
}

void jflow_acknowledged(struct jflow *f, int sender, uint32_t ack, int64_t now)
{
    struct way *w = &f->way[sender];
    struct tcp_dir *sent = &f->on[sender][sender].tcp;

    if (!sent->started) /* strays of an earlier connection */
        return;
    tcp_dir_acknowledged(sent, ack);
    if (w->settled_ns == NEVER && w->due_ns != NEVER && !is_due(f, sender))
        w->settled_ns = now;
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

static void before_rekey(struct jflows *t)
{
    t->floor_set = true;
    for (size_t i = 0; i < t->n; i++)
        for (int s = 0; s < SITES; s++)
            t->lossy = t->lossy || tcp_dir_odd(&t->list[i]->on[s][s].tcp)->overlap_bytes > 0;
}

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
    if (j->tl.events[event].action == ACTION_PHASE2_REKEY && !j->flows.floor_set)
        before_rekey(&j->flows);
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
