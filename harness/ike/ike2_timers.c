/* What time does in IKEv2: sending again, giving up, rekeying, expiring, probing. */
#include "ike/ike2_exchanges.h"

static unsigned sends_of(const struct ike *k, const struct ike2_sa *sa)
{
    const struct ike_peer_config *p = ike2_config(k, sa);

    if (sa->ask.kind == IKE2_PROBE && p->dpd.enabled)
        return p->dpd.tries + 1;
    return p->sends ? p->sends : IKE2_SENDS;
}

/* The peer does not answer any more: nothing of it stays. */
static void bury(struct ike *k, struct ike2_sa *sa)
{
    size_t peer = sa->peer;

    if (sa != ike2_best(k, peer)) { /* another one is in its place */
        ike2_go_down(k, sa, sa->heir ? IKE_END_REPLACED : IKE_END_DPD);
        return;
    }
    for (; sa; sa = ike2_best(k, peer))
        ike2_go_down(k, sa, IKE_END_DPD);
}

static void give_up(struct ike *k, struct ike2_sa *sa)
{
    if (sa->state == IKE2_UP)
        bury(k, sa);
    else
        ike2_go_down(k, sa, sa->refused ? IKE_END_REFUSED : IKE_END_TIMEOUT);
}

/* True when SA was freed. */
static bool tick_ask(struct ike *k, struct ike2_sa *sa)
{
    struct ike2_ask *a = &sa->ask;

    if (a->kind == IKE2_NONE || a->held || !ike_due(k, a->due))
        return false;
    if (a->sent < sends_of(k, sa) && !sa->refused) {
        ike2_ask_again(k, sa);
        return false;
    }
    give_up(k, sa);
    return true;
}

/* True when SA was freed. */
static bool tick_ends(struct ike *k, struct ike2_sa *sa)
{
    if (sa->state < IKE2_UP && ike_due(k, sa->give_up)) {
        ike2_go_down(k, sa, IKE_END_TIMEOUT);
        return true;
    }
    if (sa->state != IKE2_UP)
        return false;
    if (ike_due(k, sa->hard))
        ike2_close(k, sa, sa->heir || sa->superseder ? IKE_END_REPLACED : IKE_END_EXPIRED);
    else if (sa->superseder && ike_due(k, sa->linger))
        ike2_close(k, sa, IKE_END_REPLACED);
    return false;
}

static bool may_rekey(const struct ike2_sa *sa)
{
    return sa->state == IKE2_UP && !sa->rekeying && !sa->superseder && !sa->heir;
}

static void tick_soft(struct ike *k, struct ike2_sa *sa)
{
    if (may_rekey(sa) && ike_due(k, sa->soft))
        ike2_renew(k, sa, ike2_config(k, sa)->reauth);
}

static struct mono dpd_deadline(const struct ike *k, const struct ike2_sa *sa)
{
    const struct ike_dpd *d = &ike2_config(k, sa)->dpd;

    if (!d->enabled || d->answer_only || sa->state != IKE2_UP || sa->heir || sa->probing ||
        sa->ask.kind != IKE2_NONE)
        return MONO_NEVER;
    return mono_add(sa->heard, d->threshold);
}

static void tick_dpd(struct ike *k, struct ike2_sa *sa)
{
    if (!ike_due(k, dpd_deadline(k, sa)))
        return;
    sa->probing = true;
    ike2_want(k, sa, IKE2_PROBE);
}

static void tick_sa(struct ike *k, struct ike2_sa *sa)
{
    if (tick_ends(k, sa) || tick_ask(k, sa))
        return;
    tick_soft(k, sa);
    ike2_natt_tick(k, sa);
    tick_dpd(k, sa);
    ike2_pump(k, sa);
}

static void tick_child(struct ike *k, struct ike2_child *c)
{
    if (ike_due(k, c->hard) && c->retired) {
        ike2_child_down(k, c, IKE_END_REPLACED);
    } else if (ike_due(k, c->hard)) {
        ike2_child_close(k, c, IKE_END_EXPIRED, false);
    } else {
        if (ike_due(k, c->soft))
            ike2_rekey_child(k, c);
        ike2_child_arm(k, c);
    }
}

void ike2_tick(struct ike *k)
{
    struct timer *t;

    while ((t = wheel_expire(&k->v2->wheel, ike_now(k))) != NULL) {
        struct ike2_timer *owner = (struct ike2_timer *)t; /* its first member */
        if (owner->of_child)
            tick_child(k, (struct ike2_child *)owner);
        else
            tick_sa(k, (struct ike2_sa *)owner);
    }
}

/* --- when next ------------------------------------------------------------------------------- */

static struct mono ask_deadline(const struct ike2_sa *sa)
{
    struct mono t = MONO_NEVER;

    if (sa->ask.kind != IKE2_NONE)
        return sa->ask.held ? MONO_NEVER : sa->ask.due;
    for (const struct ike2_task *w = sa->tasks; w && sa->state >= IKE2_UP; w = w->next)
        t = mono_min(t, w->due);
    return t;
}

void ike2_arm(struct ike *k, struct ike2_sa *sa)
{
    struct mono t = ask_deadline(sa);

    if (sa->state < IKE2_UP) {
        t = mono_min(t, sa->give_up);
    } else if (sa->state == IKE2_UP) {
        t = mono_min(t, sa->hard);
        t = mono_min(t, dpd_deadline(k, sa));
        t = mono_min(t, ike2_natt_deadline(sa));
        if (sa->superseder)
            t = mono_min(t, sa->linger);
        if (may_rekey(sa))
            t = mono_min(t, sa->soft);
    }
    wheel_arm(&k->v2->wheel, &sa->timer.timer, t);
}

struct mono ike2_next_deadline(const struct ike *k)
{
    return wheel_next(&k->v2->wheel);
}
