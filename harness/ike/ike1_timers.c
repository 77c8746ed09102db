/* What time does: sending again, giving up, rekeying, expiring, probing. */
#include "ike/ike1_exchanges.h"

struct mono ike_hard(struct mono up, uint64_t seconds)
{
    if (seconds == 0 || seconds > INT64_MAX / 1000000000)
        return MONO_NEVER;
    return mono_add(up, SPAN_S(seconds));
}

struct mono ike_soft(const struct ike_peer_config *p, bool initiator, struct mono up,
                     struct mono hard)
{
    double share = p->soft_share > 0 ? p->soft_share : 0.95;

    if (mono_is_never(hard) || p->never_rekeys || p->never_initiates || share >= 1)
        return MONO_NEVER;
    if (!initiator)
        share = (1 + share) / 2;
    return mono_add(up, SPAN_NS((double)(hard.ns - up.ns) * share));
}

/* --- IKE SAs --------------------------------------------------------------------------------- */

static enum ike_end why_unanswered(const struct ike1_sa *sa)
{
    /* refused after our proof: the other side could not read it */
    if (sa->bad_hash || (sa->refused && sa->state == IKE1_I_WAIT_6))
        return IKE_END_AUTH;
    return sa->refused ? IKE_END_REFUSED : IKE_END_TIMEOUT;
}

/* True when SA was freed. */
static bool tick_negotiation(struct ike *k, struct ike1_sa *sa)
{
    struct ike_resend *r = &sa->resend;

    if (sa->state == IKE1_LOGIN || sa->state == IKE1_CONFIG)
        return ike1_transaction_tick(k, sa);
    if (!sa->initiator && r->sent && r->sent < IKE_SENDS && ike_due(k, r->due)) {
        ike1_send_again(k, sa, r); /* aggressive mode: nobody would ask for it again */
        return false;
    }
    if (!sa->initiator) {
        if (!ike_due(k, sa->give_up))
            return false;
        ike1_go_down(k, sa, why_unanswered(sa), false);
        return true;
    }
    if (!ike_due(k, r->due))
        return false;
    if (r->sent < IKE_SENDS) {
        ike1_send_again(k, sa, r);
        return false;
    }
    ike1_go_down(k, sa, why_unanswered(sa), false);
    return true;
}

/* The peer is dead: nothing of it stays. */
static void bury(struct ike *k, size_t peer)
{
    for (struct ike1_sa *sa = ike1_best(k, peer); sa; sa = ike1_best(k, peer))
        ike1_go_down(k, sa, IKE_END_DPD, false);
}

static bool tick_up(struct ike *k, struct ike1_sa *sa)
{
    if (ike_due(k, sa->hard)) {
        ike1_go_down(k, sa, sa->superseded ? IKE_END_REPLACED : IKE_END_EXPIRED, true);
        return true;
    }
    if (sa->superseded && ike_due(k, sa->linger)) {
        ike1_go_down(k, sa, IKE_END_REPLACED, true);
        return true;
    }
    ike1_natt_tick(k, sa);
    if (!ike1_dpd_tick(k, sa)) {
        bury(k, sa->peer);
        return true;
    }
    if (!sa->superseded && !sa->rekeying && ike_due(k, sa->soft)) {
        sa->rekeying = true;
        if (!ike1_negotiating(k, sa->peer))
            ike1_phase1_begin(k, sa->peer, true);
    }
    return false;
}

/* True when the list of SA's quick modes has changed. */
static bool tick_quick(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q)
{
    if (q->state == IKE1_Q_DONE) {
        if (!ike_due(k, q->forget))
            return false;
        ike1_quick_unlink(sa, q);
        ike1_quick_free(q);
        return true;
    }
    if (!ike_due(k, q->resend.due))
        return false;
    if (q->resend.sent < IKE_SENDS) {
        ike1_send_again(k, sa, &q->resend);
        return false;
    }
    ike1_quick_fail(k, sa, q, IKE_END_TIMEOUT);
    return true;
}

/* One pass; true when a list changed, so that another is needed. */
static bool tick_sas(struct ike *k)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->state == IKE1_UP ? tick_up(k, sa) : tick_negotiation(k, sa))
            return true;
        for (struct ike1_quick *q = sa->quicks; q; q = q->next) {
            if (tick_quick(k, sa, q))
                return true;
        }
    }
    return false;
}

/* --- pairs ----------------------------------------------------------------------------------- */

static bool tick_child(struct ike *k, struct ike_child *c)
{
    if (ike_due(k, c->hard)) {
        ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_EXPIRED, !c->retired);
        return true;
    }
    if (c->retired && ike_due(k, c->linger)) {
        ike_child_down(k, c, IKE_END_REPLACED, true);
        return true;
    }
    if (!c->retired && !c->rekeying && ike_due(k, c->soft)) {
        c->rekeying = true;
        ike1_quick_begin(k, ike1_best(k, c->peer), c->policy, c);
    }
    return false;
}

static bool tick_children(struct ike *k)
{
    for (struct ike_child *c = k->children; c; c = c->next) {
        if (tick_child(k, c))
            return true;
    }
    return false;
}

void ike1_tick(struct ike *k)
{
    while (tick_sas(k) || tick_children(k))
        ;
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->wants[i].wanted && ike_due(k, k->wants[i].due))
            ike1_serve_wants(k, k->cfg->policies[i].peer);
    }
}

/* --- when next ------------------------------------------------------------------------------- */

static struct mono sa_deadline(const struct ike *k, const struct ike1_sa *sa)
{
    struct mono t = MONO_NEVER;

    if (sa->state == IKE1_LOGIN || sa->state == IKE1_CONFIG)
        return ike1_transaction_deadline(sa);
    if (sa->state != IKE1_UP && sa->initiator)
        return sa->resend.due;
    if (sa->state != IKE1_UP)
        return sa->resend.sent && sa->resend.sent < IKE_SENDS
                   ? mono_min(sa->resend.due, sa->give_up)
                   : sa->give_up;
    t = mono_min(sa->hard, ike1_dpd_deadline(k, sa));
    t = mono_min(t, ike1_natt_deadline(sa));
    if (sa->superseded)
        t = mono_min(t, sa->linger);
    else if (!sa->rekeying)
        t = mono_min(t, sa->soft);
    for (const struct ike1_quick *q = sa->quicks; q; q = q->next)
        t = mono_min(t, q->state == IKE1_Q_DONE ? q->forget : q->resend.due);
    return t;
}

struct mono ike1_next_deadline(const struct ike *k)
{
    struct mono t = MONO_NEVER;

    for (const struct ike1_sa *sa = k->sas; sa; sa = sa->next)
        t = mono_min(t, sa_deadline(k, sa));
    for (const struct ike_child *c = k->children; c; c = c->next) {
        t = mono_min(t, c->hard);
        if (c->retired)
            t = mono_min(t, c->linger);
        else if (!c->rekeying)
            t = mono_min(t, c->soft);
    }
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->wants[i].wanted && ike1_best(k, k->cfg->policies[i].peer))
            t = mono_min(t, k->wants[i].due);
    }
    return t;
}
