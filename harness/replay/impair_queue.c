/* Frames that are held back, and the ways they leave by. */
#include "base/mem.h"
#include "replay/impair.h"

#define HELD_ALL 65536 /* frames at once; more are lost, as in any queue */

static struct held *take_idle(struct impair *m, size_t n)
{
    struct held **at = &m->idle;

    while (*at && (*at)->cap < n)
        at = &(*at)->next;
    struct held *h = *at;
    if (h) {
        *at = h->next;
        return h;
    }
    h = mem_zalloc(sizeof(*h));
    h->cap = n < 2048 ? 2048 : n;
    h->p = mem_array(h->cap, 1);
    return h;
}

/* Behind all that are due no later: what came first goes first. */
static void put_in_order(struct impair *m, struct held *h)
{
    struct held **at = &m->queue;

    while (*at && !mono_before(h->due, (*at)->due))
        at = &(*at)->next;
    h->next = *at;
    *at = h;
}

struct held *impair_hold(struct run *r, enum way_id way, struct bytes frame, struct mono due,
                         size_t rule)
{
    struct impair *m = r->impair;

    if (m->nheld == HELD_ALL)
        return NULL;
    struct held *h = take_idle(m, frame.n);
    memcpy(h->p, frame.p, frame.n);
    h->n = frame.n;
    h->way = way;
    h->due = due;
    h->rule = rule;
    h->behind = 0;
    h->remark = NULL;
    put_in_order(m, h);
    m->nheld++;
    return h;
}

/* Those that waited for so many frames are due now. */
void impair_passed(struct run *r, enum way_id way)
{
    struct impair *m = r->impair;
    struct held *due = NULL, **last = &due;

    for (struct held **at = &m->queue; *at;) {
        struct held *h = *at;
        if (h->way != way || h->behind == 0 || --h->behind > 0) {
            at = &h->next;
            continue;
        }
        *at = h->next;
        h->due = run_now(r);
        *last = h;
        last = &h->next;
        *last = NULL;
    }
    while (due) {
        struct held *h = due;
        due = h->next;
        put_in_order(m, h);
    }
}

/* The first that is due and may go. */
static struct held *take_due(struct run *r, bool to_ports)
{
    struct impair *m = r->impair;

    for (struct held **at = &m->queue; *at && !mono_before(run_now(r), (*at)->due);
         at = &(*at)->next) {
        struct held *h = *at;
        if (to_ports && !sent_by_peer(r, h->way))
            continue;
        *at = h->next;
        m->nheld--;
        return h;
    }
    return NULL;
}

void impair_flush(struct run *r, bool to_ports)
{
    struct impair *m = r->impair;

    for (size_t i = 0; i < m->nrules; i++)
        m->rules[i].active = m->rules[i].active && mono_before(run_now(r), m->rules[i].until);
    for (struct held *h; (h = take_due(r, to_ports));) {
        if (h->remark || impair_again(r, h) == FATE_PASS)
            wan_emit(r, h->way, bytes_of(h->p, h->n), h->remark);
        h->next = m->idle;
        m->idle = h;
    }
}

struct mono impair_next(const struct run *r)
{
    struct mono t = r->impair && r->impair->queue ? r->impair->queue->due : MONO_NEVER;

    for (size_t i = 0; r->impair && i < r->impair->nrules; i++) {
        if (r->impair->rules[i].active)
            t = mono_min(t, r->impair->rules[i].until);
    }
    return t;
}

static void free_list(struct held *h)
{
    while (h) {
        struct held *next = h->next;
        mem_free(h->p);
        mem_free(h);
        h = next;
    }
}

void impair_queue_free(struct impair *m)
{
    free_list(m->queue);
    free_list(m->idle);
}

void wan_emit(struct run *r, enum way_id way, struct bytes frame, const char *remark)
{
    enum tap_id tap = way == WAY_IN2 ? TAP_WAN2 : TAP_WAN;

    if (sent_by_peer(r, way)) {
        tap_put(&r->taps[TAP_WAN], frame, remark);
    } else {
        if (remark)
            tap_note(&r->taps[tap], frame, remark);
        lab_hand(r, tap, frame);
    }
    impair_passed(r, way);
}
