/* Quick mode (RFC 2409, 5.5): what both roles share, and who gets a message.
 *
 *   initiator                                  responder
 *   1  HDR*, HASH(1), SA, Ni, [KE], IDci, IDcr -->
 *                <-- HDR*, HASH(2), SA, Nr, [KE], IDci, IDcr  2
 *   3  HDR*, HASH(3) -->
 *
 * The responder sends message 2 again until message 3 comes; the initiator then answers from
 * memory. */
#include "ike/ike1_exchanges.h"

#include "base/mem.h"

void ike1_quick_free(struct ike1_quick *q)
{
    ike_resend_stop(&q->resend);
    owned_release(&q->memory.reply);
    owned_release(&q->nonce_i);
    owned_release(&q->nonce_r);
    dh_free(q->dh);
    mem_wipe(q, sizeof(*q));
    mem_free(q);
}

void ike1_quick_unlink(struct ike1_sa *sa, struct ike1_quick *q)
{
    struct ike1_quick **at = &sa->quicks;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
}

/* The oldest that is over makes room. */
static void forget_one(struct ike1_sa *sa)
{
    struct ike1_quick *oldest = NULL;
    size_t n = 0;

    for (struct ike1_quick *q = sa->quicks; q; q = q->next) {
        n++;
        if (q->state == IKE1_Q_DONE)
            oldest = q;
    }
    if (n < IKE_QUICKS || !oldest)
        return;
    ike1_quick_unlink(sa, oldest);
    ike1_quick_free(oldest);
}

struct ike1_quick *ike1_quick_add(struct ike *k, struct ike1_sa *sa, uint32_t message_id,
                                  bool initiator)
{
    struct ike1_quick *q = mem_zalloc(sizeof(*q));

    forget_one(sa);
    q->message_id = message_id;
    q->initiator = initiator;
    q->state = initiator ? IKE1_Q_WAIT_2 : IKE1_Q_WAIT_3;
    q->started = ike_now(k);
    q->forget = MONO_NEVER;
    q->next = sa->quicks;
    sa->quicks = q;
    return q;
}

struct ike1_quick *ike1_quick_for(const struct ike *k, size_t policy)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        for (struct ike1_quick *q = sa->quicks; q; q = q->next) {
            if (q->initiator && q->state != IKE1_Q_DONE && q->policy == policy)
                return q;
        }
    }
    return NULL;
}

void ike1_quick_fail(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, enum ike_end end)
{
    struct ike_child *old = ike_child_by_in(k, q->old_in_spi);
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_DOWN);

    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->initiator = q->initiator;
    o->phase = 2;
    o->message_id = q->message_id;
    o->end = end;
    o->attempt = true;
    ike1_fill_remote(k, sa, o);
    o->child.policy = k->cfg->policies[q->policy].id;
    o->child.in_spi = q->in_spi;
    o->child.out_spi = q->out_spi;
    o->child.old_in_spi = q->old_in_spi;
    o->child.selector = q->selector;
    o->child.suite = q->suite;
    log_say(k->log, LOG_INFO, "ike", "quick mode %08x failed: %s", q->message_id,
            ike_end_name(end));
    if (q->old_in_spi && old) {
        old->rekeying = false;
        if (!mono_is_never(old->soft))
            old->soft = ike_in(k, IKE_RETRY);
    }
    ike1_quick_unlink(sa, q);
    ike1_quick_free(q);
}

enum err ike1_quick_shared(struct ike1_quick *q, struct bytes theirs)
{
    enum err e = dh_shared(q->dh, theirs, q->shared);

    if (!e)
        q->shared_len = dh_secret_len(q->suite.pfs_group);
    dh_free(q->dh); /* one use: that is what the secrecy is perfect by */
    q->dh = NULL;
    return e;
}

void ike1_quick_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    struct ike1_quick *q = sa->quicks;

    while (q && q->message_id != in->hdr.message_id)
        q = q->next;
    if (q && q->memory.reply.p && q->memory.request == in->hash) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2)->message_id = q->message_id;
        if (q->initiator || q->state == IKE1_Q_WAIT_3)
            ike_send(k, &in->to, &in->from, owned_bytes(&q->memory.reply)); /* a NAT may have
                                                                               moved it */
        return;
    }
    if (q && q->state == IKE1_Q_WAIT_2)
        ike1_quick_2(k, sa, q, in);
    else if (q && q->state == IKE1_Q_WAIT_3)
        ike1_quick_3(k, sa, q, in);
    else if (q || ike1_was_seen(sa, in->hdr.message_id))
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2)->message_id = in->hdr.message_id;
    else
        ike1_quick_1(k, sa, in);
}

void ike1_serve_wants(struct ike *k, size_t peer)
{
    struct ike1_sa *sa = ike1_best(k, peer);

    for (size_t i = 0; i < k->cfg->npolicies && sa; i++) {
        const struct ike_policy *p = &k->cfg->policies[i];
        struct ike_want *w = &k->wants[i];
        if (p->peer != peer || !w->wanted || !ike_due(k, w->due))
            continue;
        w->wanted = false;
        struct ike_selector now = ike_policy_selector(k, i);
        if (!ike1_quick_for(k, i) && !ike_child_current(k, peer, i, &now))
            ike1_quick_begin(k, sa, i, NULL);
    }
}
