/* CREATE_CHILD_SA for pairs (RFC 7296, 1.3.1 and 1.3.3).
 *
 *   HDR, SK{ [N(REKEY_SA)], [N...], SA, Ni, [KEi], TSi, TSr } -->
 *                                 <-- HDR, SK{ [N...], SA, Nr, [KEr], TSi, TSr }
 *                         or      <-- HDR, SK{ N(an error) } */
#include "ike/ike2_exchanges.h"
#include "ike/ike_offers.h"

/* --- initiator ------------------------------------------------------------------------------- */

/* What T asks for; false when there is nothing to do any more. */
static bool prepare(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t)
{
    struct ike2_ask *a = &sa->ask;

    if (sa->state != IKE2_UP || sa->heir)
        return false;
    if (t->kind == IKE2_CHILD_REKEY) {
        struct ike2_child *old = ike2_child_by_in(k, t->spi);
        if (!old || old->sa != sa || old->retired || old->closing)
            return false;
        a->policy = old->policy;
        a->selector = old->selector;
        a->old_in_spi = old->in_spi;
        return true;
    }
    if (ike2_carries(k, sa, t->policy))
        return false;
    a->policy = t->policy;
    a->selector = ike_policy_selector(k, t->policy);
    a->old_in_spi = 0;
    return true;
}

static void say_initiating(struct ike *k, const struct ike2_sa *sa)
{
    const struct ike2_ask *a = &sa->ask;
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INITIATING_2, 2);

    o->initiator = true;
    o->rekey = a->old_in_spi != 0;
    o->message_id = a->id;
    o->child.policy = k->cfg->policies[a->policy].id;
    o->child.selector = a->selector;
    o->child.old_in_spi = a->old_in_spi;
}

static void put_rekey(const struct ike *k, const struct ike2_ask *a, struct isakmp_msg *m)
{
    uint8_t spi[4];
    struct wr w = wr_of(spi, sizeof(spi));
    struct ikev2_notify n = {.protocol = IKEV2_PROTO_ESP, .type = IKEV2_N_REKEY_SA};

    const struct ike2_child *old = ike2_child_by_in(k, a->old_in_spi);
    bool out = old && ike_is_faulty(k, IKE_FAULT_REKEY_OUT_SPI);
    wr_be32(&w, out ? old->out_spi : a->old_in_spi); /* what we receive on (RFC 7296, 1.3.3) */
    n.spi = wr_bytes(&w);
    ikev2_put_notify(m, &n);
}

static void fail(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    struct ike2_child *old = ike2_child_by_in(k, sa->ask.old_in_spi);

    ike2_say_attempt(k, sa, &sa->ask, end);
    if (!sa->ask.old_in_spi || !old)
        return;
    old->rekeying = false;
    if (!mono_is_never(old->soft))
        old->soft = ike_in(k, IKE_RETRY);
    ike2_child_arm(k, old);
}

void ike2_create_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t)
{
    struct ike2_ask *a = &sa->ask;
    struct isakmp_msg m;

    if (!prepare(k, sa, t))
        return;
    uint16_t ours = k->cfg->policies[a->policy].suites[0].pfs_group;
    uint16_t group = t->group ? t->group : ours;
    a->in_spi = ike2_new_spi(k);
    a->tries = t->tries;
    ike2_ask_begin(k, sa, &m, t->kind, ISAKMP_X_V2_CREATE_CHILD_SA);
    say_initiating(k, sa);
    if (group && dh_new(group, k->rng, &a->half.dh)) { /* a group that we cannot do */
        fail(k, sa, IKE_END_REFUSED);
        ike2_ask_release(k, sa, false);
        return;
    }
    a->half.group = group;
    ike2_new_nonce(k, &a->half.nonce, IKE2_NONCE_ASKS);
    if (a->old_in_spi)
        put_rekey(k, a, &m);
    ike2_put_child(k, sa, &m, true);
    ike2_ask_send(k, sa, &m);
}

/* The same once more: at DUE, with GROUP. */
static void ask_again(struct ike *k, struct ike2_sa *sa, struct mono due, uint16_t group)
{
    const struct ike2_ask *a = &sa->ask;
    struct ike2_task *t = ike2_want(k, sa, a->kind);

    t->policy = a->policy;
    t->spi = a->old_in_spi;
    t->due = due;
    t->group = group;
    t->tries = a->tries + (group != 0);
}

static uint16_t wanted_group(const struct ike2_in *in)
{
    struct ikev2_notify n;

    if (!ikev2_find_notify(&in->chain, IKEV2_N_INVALID_KE_PAYLOAD, &n))
        return 0;
    struct rd r = rd_of(n.data);
    uint16_t group = rd_be16(&r);
    return rd_done(&r) ? group : 0;
}

static bool is_group_of(const struct ike *k, size_t policy, uint16_t group)
{
    const struct ike_policy *p = &k->cfg->policies[policy];

    for (size_t i = 0; i < p->nsuites; i++) {
        if (group && p->suites[i].pfs_group == group)
            return true;
    }
    return false;
}

/* The pair is gone on the other side: here, too; another one is made (RFC 7296, 2.25.1). */
static void not_found(struct ike *k, struct ike2_sa *sa)
{
    struct ike2_child *old = ike2_child_by_in(k, sa->ask.old_in_spi);
    bool collided = sa->ask.rival.is || sa->ask.gone;

    ike2_say_attempt(k, sa, &sa->ask, IKE_END_REFUSED);
    if (!old || old->retired || collided)
        return;
    ike2_child_down(k, old, IKE_END_PEER_DELETE);
    ike2_want(k, sa, IKE2_CHILD_NEW)->policy = sa->ask.policy;
}

static void take_refusal(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in, uint16_t code)
{
    uint16_t group = wanted_group(in);
    bool rekey = sa->ask.old_in_spi != 0;

    if (code == IKEV2_N_INVALID_KE_PAYLOAD && is_group_of(k, sa->ask.policy, group) &&
        group != sa->ask.half.group && sa->ask.tries < IKE2_RESTARTS) {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INVALID_KE, 2);
        o->initiator = true;
        o->code = group;
        ask_again(k, sa, ike_now(k), group);
        return;
    }
    ike2_refused(k, sa, 2, code, true);
    if (code == IKEV2_N_TEMPORARY_FAILURE)
        ask_again(k, sa, ike2_after_collision(k), 0); /* nothing comes of it if it was replaced */
    else if (code == IKEV2_N_CHILD_SA_NOT_FOUND && rekey)
        not_found(k, sa);
    else
        fail(k, sa, IKE_END_REFUSED);
}

static void say_collision(struct ike *k, const struct ike2_sa *sa, unsigned phase, bool ours)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_COLLISION, phase);

    o->initiator = ours;
    o->message_id = sa->ask.id;
    o->child.old_in_spi = sa->ask.old_in_spi;
}

/* NEW has come up in the place of the old one. When the other side has replaced that, too, the pair
 * with the lowest of the four nonces goes, deleted by who made it; who made the one that stays
 * deletes the old one (RFC 7296, 2.8.1). */
static void succeed(struct ike *k, struct ike2_sa *sa, struct ike2_child *new, struct bytes nonce_r)
{
    struct ike2_child *old = ike2_child_by_in(k, sa->ask.old_in_spi);
    struct ike2_child *rival = ike2_child_by_in(k, sa->ask.rival.spi);

    if (sa->ask.rival.is) {
        bool ours = ike2_ours_stays(k, &sa->ask, nonce_r);
        say_collision(k, sa, 2, ours);
        ike2_settle_pairs(k, ours, new, rival);
        if (!ours)
            return;
    }
    if (!old)
        return;
    old->retired = true;
    ike2_child_close(k, old, IKE_END_REPLACED, true);
}

void ike2_create_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    struct ike2_child *made;
    uint16_t code = ike2_error_in(in);

    if (sa->state != IKE2_UP) { /* ended meanwhile, and told so */
        ike2_ask_done(k, sa);
        return;
    }
    if (code) {
        take_refusal(k, sa, in, code);
    } else if (ike2_take_child(k, sa, in, &made)) {
        /* the other side has a pair that we will not have */
        ike2_disown(k, sa, sa->ask.in_spi);
        fail(k, sa, IKE_END_REFUSED);
    } else if (sa->ask.old_in_spi) {
        succeed(k, sa, made, ike2_body(in, IKEV2_P_NONCE));
    } else {
        ike2_settle_crossed(k, sa);
    }
    ike2_ask_done(k, sa);
}

/* --- responder ------------------------------------------------------------------------------- */

static void rekey_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                          struct isakmp_msg *m, const struct ikev2_notify *n)
{
    struct rd r = rd_of(n->spi);
    struct ike2_child *made, *old = ike2_child_by_out(sa, rd_be32(&r));
    struct ikev2_notify missing = {
        .protocol = IKEV2_PROTO_ESP, .type = IKEV2_N_CHILD_SA_NOT_FOUND, .spi = n->spi};

    if (!old && rd_done(&r) && ike2_quirks(k)->answers_late) {
        (void)!ike2_answer_child(k, sa, in, m, NULL, &made);
        return;
    }
    if (n->protocol != IKEV2_PROTO_ESP || !rd_done(&r) || !old || old->silent ||
        ike2_refuses_with(k, IKEV2_N_CHILD_SA_NOT_FOUND)) {
        ike2_refused(k, sa, 2, IKEV2_N_CHILD_SA_NOT_FOUND, false);
        ikev2_put_notify(m, &missing);
        return;
    }
    uint16_t code = ike2_busy_for_child(k, sa, old);
    if (code) {
        ike2_refuse(k, sa, m, 2, code, 0);
        return;
    }
    if (ike2_answer_child(k, sa, in, m, old, &made))
        return;
    old->retired = true;
    ike2_child_arm(k, old);
}

void ike2_create_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                         struct isakmp_msg *m)
{
    struct bytes body = ike2_body(in, IKEV2_P_SA);
    struct ikev2_proposal first;
    struct ike2_child *made;
    struct ikev2_notify n;

    if (ikev2_sa_check(body, NULL) || !ikev2_next_proposal(&body, &first)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "CREATE_CHILD_SA without a sound proposal");
        ike2_refuse(k, sa, m, 2, IKEV2_N_INVALID_SYNTAX, 0);
        in->ends = true;
        in->end = IKE_END_REFUSED;
    } else if (first.protocol == IKEV2_PROTO_IKE) {
        ike2_rekey_respond(k, sa, in, m);
    } else if (ikev2_find_notify(&in->chain, IKEV2_N_REKEY_SA, &n)) {
        rekey_respond(k, sa, in, m, &n);
    } else if (ike2_busy_for_child(k, sa, NULL)) {
        ike2_refuse(k, sa, m, 2, ike2_busy_for_child(k, sa, NULL), 0);
    } else {
        if (!ike2_answer_child(k, sa, in, m, NULL, &made))
            ike2_settle_crossed(k, sa);
    }
}
