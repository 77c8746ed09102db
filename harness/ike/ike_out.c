/* The queue of outputs, and the words of each. */
#include "ike/ike_offers.h"

#include "base/mem.h"

void owned_set(struct owned *o, struct bytes b)
{
    uint8_t *p = mem_zalloc(b.n);

    if (b.n)
        memcpy(p, b.p, b.n);
    owned_release(o);
    *o = (struct owned){p, b.n};
}

void owned_release(struct owned *o)
{
    mem_wipe(o->p, o->n);
    mem_free(o->p);
    *o = (struct owned){0};
}

struct ike_out *ike_emit(struct ike *k, enum ike_out_kind kind)
{
    struct ike_queue *q = &k->out;

    if (q->n == q->cap) {
        /* not mem_resize: what it leaves behind could be keys */
        size_t cap = q->cap ? q->cap * 2 : 8;
        struct ike_out *v = mem_array(cap, sizeof(*v));
        if (q->n)
            memcpy(v, q->v, q->n * sizeof(*v));
        mem_wipe(q->v, q->n * sizeof(*v));
        mem_free(q->v);
        q->v = v;
        q->datagrams = mem_resize(q->datagrams, cap, sizeof(*q->datagrams));
        q->cap = cap;
    }
    struct ike_out *o = &q->v[q->n];
    q->datagrams[q->n++] = (struct owned){0};
    *o = (struct ike_out){.kind = kind, .version = 1};
    return o;
}

struct ike_out *ike_fact(struct ike *k, enum ike_fact fact, const struct ip_addr *peer)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_FACT);

    o->fact = fact;
    o->peer = *peer;
    return o;
}

static void emit_send(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                      size_t marker, struct bytes datagram)
{
    struct ike_out *o = ike_emit(k, IKE_OUT_SEND);
    struct owned *d = &k->out.datagrams[k->out.n - 1];

    o->peer = to->addr;
    o->from = *from;
    o->to = *to;
    *d = (struct owned){mem_zalloc(marker + datagram.n), marker + datagram.n};
    memcpy(d->p + marker, datagram.p, datagram.n);
    o->datagram = owned_bytes(d);
}

void ike_send(struct ike *k, const struct endpoint *from, const struct endpoint *to,
              struct bytes datagram)
{
    size_t marker = from->port == IKE_NATT_PORT ? NATT_MARKER_LEN : 0; /* RFC 3948, 2.2 */

    emit_send(k, from, to, marker, datagram);
}

void ike_send_raw(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                  struct bytes datagram)
{
    emit_send(k, from, to, 0, datagram);
}

void ike_queue_release(struct ike_queue *q)
{
    for (size_t i = 0; i < q->n; i++)
        owned_release(&q->datagrams[i]);
    mem_wipe(q->v, q->n * sizeof(*q->v));
    mem_free(q->v);
    mem_free(q->datagrams);
    *q = (struct ike_queue){0};
}

bool ike_next(struct ike *k, struct ike_out *out)
{
    struct ike_queue *q = &k->out;

    if (q->at > 0)
        owned_release(&q->datagrams[q->at - 1]); /* handed out last time */
    if (q->at == q->n) {
        q->at = q->n = 0;
        return false;
    }
    *out = q->v[q->at];
    mem_wipe(&q->v[q->at], sizeof(q->v[q->at]));
    q->at++;
    return true;
}

struct ike_out *ike1_fact(struct ike *k, const struct ike1_sa *sa, enum ike_fact fact,
                          unsigned phase)
{
    struct ike_out *o = ike_fact(k, fact, &ike1_config(k, sa)->address);

    o->ike = sa->number;
    o->phase = (uint8_t)phase;
    o->initiator = sa->initiator;
    ike1_fill_remote(k, sa, o);
    return o;
}

void ike1_lifetime_facts(struct ike *k, const struct ike1_sa *sa, const struct ike1_choice *c)
{
    struct ike_out *o;

    if (c->took_lower) {
        o = ike1_fact(k, sa, IKE_FACT_LIFETIME_LOWERED, 1);
        o->sa.suite = sa->suite;
        o->was_s = c->own_s;
    }
    if (c->lowered && !sa->initiator) {
        o = ike1_fact(k, sa, IKE_FACT_LIFETIME_FORCED, 1);
        o->sa.suite = sa->suite;
        o->was_s = c->offered_s;
    }
}

void ike1_malformed(struct ike *k, const struct ike1_sa *sa, uint16_t code, const char *why)
{
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_MALFORMED, sa->state == IKE1_UP ? 2 : 1);

    o->code = code;
    o->why = why;
    log_say(k->log, LOG_DEBUG, "ike", "malformed message of IKE SA %u: %s", sa->number, why);
}

void ike1_bad_auth(struct ike *k, struct ike1_sa *sa, unsigned phase, const char *why)
{
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_AUTH, phase);

    o->why = why;
    if (sa->state != IKE1_UP)
        sa->bad_hash = true;
    log_say(k->log, LOG_DEBUG, "ike", "IKE SA %u: %s", sa->number, why);
}
