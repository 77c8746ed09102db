/* Requests of ours: one under way at a time (our window is 1), the others wait as tasks. */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

struct ike2_task *ike2_want(struct ike *k, struct ike2_sa *sa, enum ike2_kind kind)
{
    struct ike2_task **at = &sa->tasks, *t = mem_zalloc(sizeof(*t));

    while (*at)
        at = &(*at)->next;
    *t = (struct ike2_task){.kind = kind, .due = ike_now(k)};
    *at = t;
    sa->ntasks++;
    return t;
}

void ike2_task_free(struct ike2_task *t)
{
    owned_release(&t->spis);
    mem_free(t);
}

bool ike2_wants(const struct ike2_sa *sa, enum ike2_kind kind, uint32_t spi)
{
    for (const struct ike2_task *t = sa->tasks; t; t = t->next) {
        if (t->kind == kind && t->spi == spi)
            return true;
    }
    return sa->ask.kind == kind && sa->ask.old_in_spi == spi;
}

void ike2_forget_tasks(struct ike2_sa *sa)
{
    while (sa->tasks) {
        struct ike2_task *t = sa->tasks;
        sa->tasks = t->next;
        ike2_task_free(t);
    }
    sa->ntasks = 0;
}

/* The first task that is due, taken out of the list; NULL: none. */
static struct ike2_task *take_due(struct ike *k, struct ike2_sa *sa)
{
    for (struct ike2_task **at = &sa->tasks; *at; at = &(*at)->next) {
        struct ike2_task *t = *at;
        if (!ike_due(k, t->due))
            continue;
        *at = t->next;
        sa->ntasks--;
        return t;
    }
    return NULL;
}

static void begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t)
{
    switch (t->kind) {
    case IKE2_CHILD_NEW:
    case IKE2_CHILD_REKEY: ike2_create_begin(k, sa, t); break;
    case IKE2_IKE_REKEY: ike2_rekey_begin(k, sa, t); break;
    default: ike2_info_begin(k, sa, t); break;
    }
}

void ike2_pump(struct ike *k, struct ike2_sa *sa)
{
    while (!k->v2->busy && sa->state >= IKE2_UP && sa->ask.kind == IKE2_NONE) {
        struct ike2_task *t = take_due(k, sa);
        if (!t)
            break;
        begin(k, sa, t); /* what has become pointless begins nothing */
        ike2_task_free(t);
    }
    ike2_arm(k, sa);
}

/* --- the request under way ------------------------------------------------------------------- */

void ike2_ask_begin(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m, enum ike2_kind kind,
                    uint8_t exchange)
{
    struct ike2_ask *a = &sa->ask;

    a->kind = kind;
    a->id = sa->next_out;
    a->started = ike_now(k);
    a->sent = 0;
    ike2_begin(k, sa, m, exchange, a->id + ike_is_faulty(k, IKE_FAULT_MESSAGE_ID), false);
}

static struct span first_wait(const struct ike *k, const struct ike2_sa *sa)
{
    const struct ike_peer_config *p = ike2_config(k, sa);

    if (sa->ask.kind == IKE2_PROBE && p->dpd.retry.ns > 0)
        return p->dpd.retry;
    return p->retransmit_after.ns > 0 ? p->retransmit_after : SPAN_S(IKE_FIRST_WAIT);
}

void ike2_ask_again(struct ike *k, struct ike2_sa *sa)
{
    struct ike2_ask *a = &sa->ask;
    struct span wait = first_wait(k, sa);

    if (a->sent) {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_RETRANSMIT, sa->state >= IKE2_UP ? 2 : 1);
        o->message_id = a->id;
    }
    if (a->kind == IKE2_PROBE)
        ike2_fact(k, sa, IKE_FACT_DPD_SENT, 1)->message_id = a->id;
    ike2_send_packets(k, &sa->local, &sa->remote, &a->packets);
    if (a->kind != IKE2_PROBE) /* RFC 7296, 2.4: increasing exponentially; probes: see ike_dpd */
        wait.ns <<= a->sent < 16 ? a->sent : 16;
    a->sent++;
    a->due = mono_add(ike_now(k), wait);
    a->held = false;
    ike2_arm(k, sa);
}

static bool is_to_cross(const struct ike *k, const struct ike2_sa *sa)
{
    return ike2_quirks(k)->cross != IKE_CROSS_NO &&
           (sa->ask.kind == IKE2_CHILD_REKEY || sa->ask.kind == IKE2_IKE_REKEY);
}

void ike2_ask_send(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m)
{
    struct ike2_ask *a = &sa->ask;

    if (sa->seal && ike2_seal_all(k, sa, m, &a->packets)) {
        ike2_fact(k, sa, IKE_FACT_LIMIT, 2)->why = "a request that fits no datagram";
        a->due = ike_now(k); /* gives up as unanswered */
        a->sent = UINT8_MAX;
        ike2_arm(k, sa);
        return;
    }
    if (is_to_cross(k, sa)) {
        a->held = true;
        a->due = MONO_NEVER;
        return;
    }
    ike2_ask_again(k, sa);
}

/* A request of the other side is there: what was held for it goes. */
void ike2_let_go(struct ike *k, struct ike2_sa *sa, enum ike_cross when)
{
    if (sa->ask.held && sa->ask.rival.is && ike2_quirks(k)->cross == when)
        ike2_ask_again(k, sa);
}

void ike2_ask_release(struct ike *k, struct ike2_sa *sa, bool answered)
{
    struct ike2_ask *a = &sa->ask;

    (void)k;
    if (answered)
        sa->next_out++;
    owned_release(&a->packets);
    ike2_half_release(&a->half);
    ike2_rival_release(&a->rival);
    mem_wipe(a, sizeof(*a));
    *a = (struct ike2_ask){.due = MONO_NEVER};
}

void ike2_ask_done(struct ike *k, struct ike2_sa *sa)
{
    ike2_ask_release(k, sa, true);
}

/* --- what the owner wants -------------------------------------------------------------------- */

void ike2_serve_wants(struct ike *k, struct ike2_sa *sa)
{
    uint32_t i = k->v2->policy_of[ike_entry_of(k, sa->peer)];

    for (; i != MAP_NONE; i = k->v2->policy_next[i]) {
        if (!k->wants[i].wanted || sa->ntasks >= IKE2_TASKS)
            continue;
        k->wants[i].wanted = false;
        if (!ike2_carries(k, sa, i))
            ike2_want(k, sa, IKE2_CHILD_NEW)->policy = i;
    }
    ike2_pump(k, sa);
}
