/* Events, from what was remembered. In this order, for a later step asks what an earlier one found:
 *
 * - messages: what IKE says where it could be opened (history_messages.c); the rest is for what
 *   could not;
 * - SAs: the first one is `establish`; one that follows another is `phase2-rekey`, or `establish`
 *   when streams stood still in between;
 * - deletes: ESP ends both ways while an INFORMATIONAL exchange is going on (its content is
 *   encrypted), or an SA ends so before its successor is negotiated, or a device ends a stream and
 *   new SAs or silence follow: `phase1-delete` when a new phase 1 is needed, else `phase2-delete`;
 * - IKE SAs: CREATE_CHILD_SA without a new SA, or a new phase 1 that came about while ESP went on:
 *   `phase1-rekey`;
 * - outages: streams stand still although something is due, and no delete says why;
 * - disorder: packets lost or reordered again and again. */
#include "judge/history_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DELETE_NS INT64_C(2000000000)
#define AGREED_NS INT64_C(10000000000) /* from the negotiation of an SA to its use, at most */
#define STRAY_MAX 2

enum { V1_MAIN = 2, V1_AGGRESSIVE = 4, V1_INFORMATIONAL = 5, V1_QUICK = 32 }; /* RFC 2408, 3.1 */
enum { V2_SA_INIT = 34, V2_CREATE_CHILD = 36, V2_INFORMATIONAL = 37 };        /* RFC 7296, 3.1 */
#define V2_RESPONSE 0x20

struct found_event *hunt_add(struct hunt *u, int64_t ns, const char *action, const char *source)
{
    if (u->n == u->cap)
        return NULL;
    u->v[u->n] = (struct found_event){.ns = ns, .action = action, .source = source};
    return &u->v[u->n++];
}

const struct found_event *hunt_near(const struct hunt *u, const char *action, int64_t from,
                                    int64_t to)
{
    for (size_t i = 0; i < u->n; i++)
        if (u->v[i].ns >= from && u->v[i].ns <= to &&
            (!action || strcmp(u->v[i].action, action) == 0))
            return &u->v[i];
    return NULL;
}

/* --- IKE messages ------------------------------------------------------------------------------
 */

/* One that was opened speaks for itself: see history_messages.c. */
static bool is_informational(const struct ike_note *n)
{
    return !n->opened && n->exchange == (n->version == 2 ? V2_INFORMATIONAL : V1_INFORMATIONAL);
}

bool ike_begins_phase1(const struct ike_note *n)
{
    if (n->version == 2)
        return n->exchange == V2_SA_INIT;
    return (n->exchange == V1_MAIN || n->exchange == V1_AGGRESSIVE) && n->message_id == 0;
}

static bool begins_child(const struct ike_note *n)
{
    if (n->version == 2)
        return n->exchange == V2_CREATE_CHILD && !(n->flags & V2_RESPONSE);
    return n->exchange == V1_QUICK;
}

static void add_delete(struct hunt *u, const struct ike_note *m, int64_t back)
{
    if (hunt_near(u, "phase1-delete", m->ns - NEAR_NS, m->ns + NEAR_NS) ||
        hunt_near(u, "phase2-delete", m->ns - NEAR_NS, m->ns + NEAR_NS))
        return;
    bool anew = history_find(u->h, ike_begins_phase1, m->ns, back) != NULL;
    hunt_add(u, m->ns, anew ? "phase1-delete" : "phase2-delete", "ike");
}

/* --- SAs ---------------------------------------------------------------------------------------
 */

static int by_first(const void *a, const void *b)
{
    const struct sa *const *x = a, *const *y = b;

    return ((*x)->first_ns > (*y)->first_ns) - ((*x)->first_ns < (*y)->first_ns);
}

/* The other direction of one that was found lately, or an event of its own. */
static void add_birth(struct hunt *u, const struct sa *sa, const char *action)
{
    unsigned way = 1U << sa->way;

    for (size_t i = 0; i < u->n; i++) {
        struct found_event *e = &u->v[i];
        if (e->ways && !(e->ways & way) && sa->first_ns - e->ns <= NEAR_NS) {
            e->ways |= way;
            return;
        }
    }
    struct found_event *e = hunt_add(u, sa->first_ns, action, "esp");
    if (e)
        e->ways = way;
}

/* An INFORMATIONAL exchange as OLD ends, and only then the negotiation of its successor: OLD was
 * deleted. A rekeying negotiates first and deletes later. */
static const struct ike_note *deleted_between(const struct history *h, const struct sa *old,
                                              const struct sa *sa)
{
    int64_t from = old->last_ns - GRACE_NS / 10;
    const struct ike_note *m = history_find(h, is_informational, from, sa->first_ns);
    const struct ike_note *child = history_find(h, begins_child, from, sa->first_ns);

    if (!m || m->ns > old->last_ns + GRACE_NS || !child || child->ns < m->ns ||
        sa->first_ns <= old->last_ns)
        return NULL;
    return m;
}

/* A packet or two of an SPI that nobody had agreed on since OLD was there, while OLD goes on: sent
 * astray, or forged. */
static bool is_stray(const struct history *h, const struct sa *old, const struct sa *sa)
{
    if (!old || sa->packets > STRAY_MAX || old->last_ns <= sa->last_ns)
        return false;
    int64_t since = sa->first_ns - AGREED_NS;
    return !history_find(h, begins_child, since > old->first_ns ? since : old->first_ns,
                         sa->first_ns);
}

static void hunt_births(struct hunt *u)
{
    const struct wan *w = &u->j->wan;
    const struct sa **list = arena_array(u->j->arena, w->nsas + 1, sizeof(const struct sa *));
    const struct sa *last[DIRECTIONS] = {NULL, NULL};
    size_t n = 0;

    for (uint32_t i = 0; i < w->nsas; i++)
        if (w->sas[i].packets)
            list[n++] = &w->sas[i];
    qsort(list, n, sizeof(const struct sa *), by_first);
    for (size_t i = 0; i < n; i++) {
        const struct sa *sa = list[i], *old = last[sa->way];
        if (is_stray(u->h, old, sa))
            continue;
        const struct ike_note *gone = old ? deleted_between(u->h, old, sa) : NULL;
        bool hole = old && sa->first_ns - old->last_ns >= PAUSE_NS &&
                    hunt_stood_still(u->h, old->last_ns, sa->first_ns);
        last[sa->way] = sa;
        if (sa->said_up_ns != NEVER)
            continue; /* its birth was read */
        if (gone)
            add_delete(u, gone, sa->first_ns);
        add_birth(u, sa, old && !hole && !gone ? "phase2-rekey" : "establish");
    }
}

/* --- deletes -----------------------------------------------------------------------------------
 */

/* Neither gateway sent ESP from here to there. */
static bool both_silent(const struct hunt *u, int64_t from, int64_t to)
{
    const struct wan *w = &u->j->wan;

    for (uint32_t i = 0; i < w->nsas; i++) {
        const struct sa *sa = &w->sas[i];
        if (sa->packets && sa->first_ns < to && sa->last_ns > from)
            return false;
    }
    return true;
}

/* An SA was in use just before NS. */
static bool is_used_at(const struct hunt *u, int64_t ns)
{
    const struct wan *w = &u->j->wan;

    for (uint32_t i = 0; i < w->nsas; i++)
        if (w->sas[i].packets && w->sas[i].first_ns <= ns && w->sas[i].last_ns >= ns - GRACE_NS)
            return true;
    return false;
}

/* When the tunnel was there again after NS. */
static int64_t next_birth(const struct hunt *u, int64_t ns)
{
    int64_t best = INT64_MAX;

    for (size_t i = 0; i < u->n; i++)
        if (u->v[i].ways && u->v[i].ns > ns && u->v[i].ns < best)
            best = u->v[i].ns;
    return best;
}

/* A short pause says something only when a new SA ends it. */
static bool is_long_enough(const struct history_span *pause, int64_t back)
{
    return pause->to - pause->from >= OUTAGE_NS || back <= pause->to + GRACE_NS;
}

static void hunt_delete(struct hunt *u, const struct history_span *pause)
{
    const struct ike_note *m =
        history_find(u->h, is_informational, pause->from - DELETE_NS, pause->from + DELETE_NS);

    if (!m || !is_used_at(u, pause->from))
        return;
    int64_t back = next_birth(u, pause->from);
    int64_t quiet = back < pause->to ? back : pause->to;
    int64_t settle = (quiet - pause->from) / 4 < DELETE_NS ? (quiet - pause->from) / 4 : DELETE_NS;
    if (!is_long_enough(pause, back) || !both_silent(u, pause->from + settle, quiet))
        return;
    add_delete(u, m, back);
}

/* An INFORMATIONAL exchange, a stream that the device ended at once, and then the negotiation of
 * new SAs, or no ESP at all: it was a delete. Nobody waits for anything any more, so there is no
 * pause that would tell. */
static void hunt_torn(struct hunt *u, const struct jflow *f)
{
    struct tear t;

    if (!f->seen[BO] || !f->seen[HO] || !jflow_ended_by_device(f, &t))
        return;
    const struct ike_note *m =
        history_find(u->h, is_informational, t.time_ns - DELETE_NS, t.time_ns);
    if (!m || !is_used_at(u, m->ns))
        return;
    int64_t back = next_birth(u, m->ns);
    int64_t end = back < u->j->tl.last_ns ? back : u->j->tl.last_ns;
    if (history_find(u->h, begins_child, t.time_ns, t.time_ns + NEAR_NS) ||
        (end - m->ns > 2 * GRACE_NS && both_silent(u, m->ns + GRACE_NS, end)))
        add_delete(u, m, back);
}

/* --- IKE SAs -----------------------------------------------------------------------------------
 */

static bool is_birth_after(const struct hunt *u, int64_t ns)
{
    for (size_t i = 0; i < u->n; i++)
        if (u->v[i].ways && u->v[i].ns >= ns && u->v[i].ns <= ns + NEAR_NS)
            return true;
    return false;
}

static void hunt_phase1(struct hunt *u)
{
    const struct history *h = u->h;

    for (size_t i = 0; i < h->nikes; i++) {
        const struct ike_note *n = &h->ikes[i];
        bool create = !n->opened && n->version == 2 && n->exchange == V2_CREATE_CHILD &&
                      !(n->flags & V2_RESPONSE);
        bool again = ike_begins_phase1(n) && i > 0 && n->first && n->came_about &&
                     !hunt_stood_still(h, n->ns - GRACE_NS, n->ns + GRACE_NS);
        if ((!create && !again) || is_birth_after(u, n->ns) ||
            hunt_near(u, "phase1-rekey", n->ns - NEAR_NS, n->ns) ||
            (again && hunt_near(u, "phase1-delete", n->ns - NEAR_NS, n->ns)))
            continue;
        hunt_add(u, n->ns, "phase1-rekey", "ike");
    }
}

/* --- outages and disorder ----------------------------------------------------------------------
 */

static bool is_explained(const struct hunt *u, const struct history_span *pause)
{
    return hunt_near(u, "phase1-delete", pause->from - NEAR_NS, pause->from + NEAR_NS) ||
           hunt_near(u, "phase2-delete", pause->from - NEAR_NS, pause->from + NEAR_NS);
}

/* Pauses of one outage overlap, whatever the stream. */
static void hunt_outages(struct hunt *u)
{
    const struct history_spans *p = &u->h->pauses;
    int64_t end = NEVER;

    for (size_t i = 0; i < p->n; i++) {
        const struct history_span *s = &p->v[i];
        if (s->to - s->from < OUTAGE_NS)
            continue;
        bool same = end != NEVER && s->from <= end + NEAR_NS;
        if (!same && !is_explained(u, s))
            hunt_add(u, s->from, "outage", "esp");
        if (end == NEVER || s->to > end)
            end = s->to;
    }
}

static void hunt_disorder(struct hunt *u)
{
    for (size_t i = 0; i < u->h->disorders.n; i++)
        hunt_add(u, u->h->disorders.v[i].from, "impairment", "esp");
}

/* --- all of them -------------------------------------------------------------------------------
 */

static int by_time(const void *a, const void *b)
{
    const struct found_event *x = a, *y = b;

    return (x->ns > y->ns) - (x->ns < y->ns);
}

static void hand_over(struct hunt *u)
{
    struct judge *j = u->j;
    struct judgement *o = j->out;
    char id[24];

    qsort(u->v, u->n, sizeof(*u->v), by_time);
    o->events = arena_array(j->arena, u->n + 1, sizeof(*o->events));
    o->nevents = u->n;
    for (size_t i = 0; i < u->n; i++) {
        snprintf(id, sizeof(id), "e%zu", i + 1);
        o->events[i] = (struct event_outcome){.id = arena_strdup(j->arena, id),
                                              .action = u->v[i].action,
                                              .state = "confirmed",
                                              .source = u->v[i].source,
                                              .time_ns = u->v[i].ns,
                                              .run_ns = u->v[i].ns - j->tl.first_ns};
    }
}

void history_events(struct judge *j)
{
    struct history *h = j->history;

    if (!h)
        return;
    history_index(h);
    struct hunt u = {.j = j, .h = h, .cap = 2 * TIMELINE_EVENTS};
    u.v = arena_array(j->arena, u.cap, sizeof(*u.v));
    hunt_messages(&u);
    hunt_births(&u);
    for (size_t i = 0; i < h->pauses.n; i++)
        hunt_delete(&u, &h->pauses.v[i]);
    for (size_t i = 0; i < j->flows.n; i++)
        hunt_torn(&u, j->flows.list[i]);
    hunt_phase1(&u);
    hunt_outages(&u);
    hunt_disorder(&u);
    hand_over(&u);
}

bool history_deleted(const struct judge *j, const struct sa *sa)
{
    if (sa->said_down_ns != NEVER)
        return true;
    if (!j->history || !sa->packets || j->tl.last_ns - sa->last_ns < GRACE_NS)
        return false;
    return history_find(j->history, is_informational, sa->last_ns - GRACE_NS,
                        sa->last_ns + NEAR_NS) != NULL;
}
