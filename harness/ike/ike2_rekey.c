/* Rekeying of an IKE SA (RFC 7296, 1.3.2, 2.8 and 2.18).
 *
 *   HDR, SK{ SA, Ni, KEi } -->
 *                          <-- HDR, SK{ SA, Nr, KEr }
 * The new SA inherits the pairs. Who made it deletes the old one. */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

static void inherit(struct ike2_sa *new, const struct ike2_sa *old)
{
    new->local = old->local;
    new->remote = old->remote;
    new->natt = old->natt;
    new->behind_nat = old->behind_nat;
    new->peer_behind_nat = old->peer_behind_nat;
    new->mobike = old->mobike;
    new->mover = old->mover;
    new->fragments = old->fragments;
    new->peer_childless = old->peer_childless;
    new->rekey = true;
}

/* The tasks of OLD that have not begun are NEW's. */
static void move_tasks(struct ike2_sa *old, struct ike2_sa *new)
{
    struct ike2_task **at = &new->tasks;

    while (*at)
        at = &(*at)->next;
    while (old->tasks) {
        struct ike2_task *t = old->tasks;
        old->tasks = t->next;
        t->next = NULL;
        if (t->kind == IKE2_IKE_REKEY || t->kind == IKE2_PROBE) {
            ike2_task_free(t);
            continue;
        }
        *at = t;
        at = &t->next;
        new->ntasks++;
    }
    old->ntasks = 0;
}

/* WINNER takes the place of OLD. */
static void succeed(struct ike *k, struct ike2_sa *old, struct ike2_sa *winner, bool ours)
{
    ike2_move_children(old, winner);
    move_tasks(old, winner);
    old->heir = winner;
    old->superseder = winner->number;
    if (ours) {
        ike2_close(k, old, IKE_END_REPLACED);
    } else { /* if its maker forgets to delete it, we do */
        old->linger = ike_in(k, IKE_LINGER_OTHER);
        ike2_arm(k, old);
    }
    ike2_pump(k, winner);
}

static struct ike2_sa *by_number(const struct ike *k, size_t peer, uint32_t number)
{
    struct ike2_sa *sa = ike2_sas_of(k, peer);

    while (sa && sa->number != number)
        sa = sa->next;
    return sa;
}

/* The SA that the other side has made while we were at it, or NULL. */
static struct ike2_sa *rival_of(const struct ike *k, const struct ike2_sa *sa)
{
    struct ike2_sa *r = sa->ask.rival.is ? by_number(k, sa->peer, sa->ask.rival.spi) : NULL;

    return r && r->state == IKE2_UP ? r : NULL;
}

/* --- initiator ------------------------------------------------------------------------------- */

static void begin(struct ike *k, struct ike2_sa *sa, uint16_t group, unsigned tries)
{
    struct ike2_ask *a = &sa->ask;
    struct isakmp_msg m;

    if (dh_new(group, k->rng, &a->half.dh))
        return;
    ike2_ask_begin(k, sa, &m, IKE2_IKE_REKEY, ISAKMP_X_V2_CREATE_CHILD_SA);
    a->half.group = group;
    a->tries = tries;
    ike2_new_nonce(k, &a->half.nonce, IKE2_NONCE_ASKS);
    ike2_random_spi(k, a->spi);
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INITIATING_1, 1);
    o->initiator = o->rekey = true;
    o->message_id = a->id;
    ike2_put_offer(&m, ike2_config(k, sa), bytes_of(a->spi, sizeof(a->spi)));
    isakmp_put(&m, IKEV2_P_NONCE, owned_bytes(&a->half.nonce));
    ike2_put_ke(&m, group, a->half.dh);
    ike2_ask_send(k, sa, &m);
}

void ike2_rekey_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t)
{
    if (sa->state != IKE2_UP || sa->heir)
        return;
    begin(k, sa, t->group ? t->group : sa->suite.group, t->tries);
}

static void try_later(struct ike *k, struct ike2_sa *sa)
{
    sa->rekeying = false;
    if (!mono_is_never(sa->soft))
        sa->soft = ike_in(k, IKE_RETRY);
}

static void ask_again(struct ike *k, struct ike2_sa *sa, struct mono due, uint16_t group)
{
    struct ike2_task *t = ike2_want(k, sa, IKE2_IKE_REKEY);

    t->due = due;
    t->group = group;
    t->tries = sa->ask.tries + (group != 0);
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

static void take_refusal(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in, uint16_t code)
{
    struct ike2_sa *rival = rival_of(k, sa);
    uint16_t group = wanted_group(in);

    if (group && group != sa->ask.half.group && sa->ask.tries < IKE2_RESTARTS &&
        ike2_has_group(ike2_config(k, sa), group)) {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_INVALID_KE, 1);
        o->initiator = true;
        o->code = group;
        ask_again(k, sa, ike_now(k), group);
        return;
    }
    ike2_refused(k, sa, 1, code, true);
    if (rival)
        succeed(k, sa, rival, false);
    else if (code == IKEV2_N_TEMPORARY_FAILURE)
        ask_again(k, sa, ike2_after_collision(k), 0);
    else
        try_later(k, sa);
}

/* The new SA of an answer that will do; NULL: it will not. */
static struct ike2_sa *take_answer(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    const struct ike2_ask *a = &sa->ask;
    struct bytes nonce = ike2_body(in, IKEV2_P_NONCE);
    uint8_t shared[DH_PUBLIC_MAX];
    struct ike2_choice c;
    struct ikev2_ke ke;

    if (ike2_choose(ike2_config(k, sa), ike2_body(in, IKEV2_P_SA), true, &c) ||
        c.spi.n != IKEV2_SPI_LEN || ikev2_nonce_check(nonce) ||
        ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &ke) || ke.group != a->half.group ||
        ke.group != c.suite.group || dh_shared(a->half.dh, ke.data, shared)) {
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "an answer that makes no new IKE SA");
        return NULL;
    }
    struct ike2_sa *new = ike2_sa_new(k, sa->peer, true, a->spi, c.spi.p);
    inherit(new, sa);
    new->suite = c.suite;
    new->started = a->started;
    if (ike_is_faulty(k, IKE_FAULT_IDS_GO_ON))
        new->next_out = sa->next_out + 1;
    enum err e = ike2_make_keys(k, new, sa, bytes_of(shared, dh_secret_len(ke.group)),
                                owned_bytes(&a->half.nonce), nonce);
    mem_wipe(shared, sizeof(shared));
    if (!e)
        return new;
    ike2_sa_free(k, new);
    return NULL;
}

static void say_collision(struct ike *k, const struct ike2_sa *sa, bool ours)
{
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_COLLISION, 1);

    o->initiator = ours;
    o->message_id = sa->ask.id;
}

/* Both have made one: that with the lowest of the four nonces goes (RFC 7296, 2.8.2). */
static void settle(struct ike *k, struct ike2_sa *sa, struct ike2_sa *new, struct bytes nonce_r)
{
    struct ike2_sa *rival = rival_of(k, sa);
    bool ours = !sa->ask.rival.is || ike2_ours_stays(k, &sa->ask, nonce_r);

    if (sa->ask.rival.is)
        say_collision(k, sa, ours);
    if (!ours && rival) {
        succeed(k, sa, rival, false);
        new->heir = rival;
        if (!ike2_quirks(k)->keeps_loser)
            ike2_close(k, new, IKE_END_REPLACED);
        return;
    }
    if (rival) { /* its maker deletes it, unless it never hears of it */
        rival->heir = new;
        rival->superseder = new->number;
        rival->linger = ike_in(k, IKE_LINGER);
        ike2_arm(k, rival);
    }
    succeed(k, sa, new, true);
}

/* The SA is being closed: what the other side has made goes, too. */
static void close_unborn(struct ike *k, struct ike2_sa *new)
{
    new->state = IKE2_CLOSING;
    k->v2->closing++;
    ike2_want(k, new, IKE2_IKE_DELETE);
    ike2_pump(k, new);
}

void ike2_rekey_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    struct bytes nonce_r = ike2_body(in, IKEV2_P_NONCE);
    uint16_t code = ike2_error_in(in);

    if (code && sa->state == IKE2_UP) {
        take_refusal(k, sa, in, code);
    } else if (!code) {
        struct ike2_sa *new = take_answer(k, sa, in);
        if (new && sa->state != IKE2_UP) {
            close_unborn(k, new);
        } else if (new) {
            ike2_came_up(k, new);
            ike2_arm(k, new);
            settle(k, sa, new, nonce_r);
        } else {
            try_later(k, sa);
        }
    }
    ike2_ask_done(k, sa);
}

/* --- responder ------------------------------------------------------------------------------- */

struct answer {
    struct ike2_choice choice;
    struct ikev2_ke ke;
    struct bytes nonce_i;
    struct ike2_half half;
    uint8_t shared[DH_PUBLIC_MAX];
};

static uint16_t decide(struct ike *k, const struct ike2_sa *sa, const struct ike2_in *in,
                       struct answer *a)
{
    enum err e = ike2_choose(ike2_config(k, sa), ike2_body(in, IKEV2_P_SA), false, &a->choice);

    if (e == ERR_NOTFOUND || (!e && a->choice.spi.n != IKEV2_SPI_LEN)) {
        ike2_fact(k, sa, IKE_FACT_NO_PROPOSAL, 1)->message_id = in->hdr.message_id;
        return IKEV2_N_NO_PROPOSAL_CHOSEN;
    }
    a->nonce_i = ike2_body(in, IKEV2_P_NONCE);
    if (e || ikev2_nonce_check(a->nonce_i) || ikev2_ke_parse(ike2_body(in, IKEV2_P_KE), &a->ke))
        return IKEV2_N_INVALID_SYNTAX;
    if (a->ke.group != a->choice.suite.group)
        return IKEV2_N_INVALID_KE_PAYLOAD;
    a->half.group = a->ke.group;
    if (dh_new(a->ke.group, k->rng, &a->half.dh) || dh_shared(a->half.dh, a->ke.data, a->shared))
        return IKEV2_N_INVALID_SYNTAX;
    ike2_new_nonce(k, &a->half.nonce, IKE2_NONCE_ANSWERS);
    return 0;
}

static struct ike2_sa *make_answered(struct ike *k, struct ike2_sa *sa, const struct answer *a)
{
    struct ike2_sa *new = ike2_sa_new(k, sa->peer, false, a->choice.spi.p, NULL);

    inherit(new, sa);
    new->suite = a->choice.suite;
    if (!ike2_make_keys(k, new, sa, bytes_of(a->shared, dh_secret_len(a->ke.group)), a->nonce_i,
                        owned_bytes(&a->half.nonce)))
        return new;
    ike2_sa_free(k, new);
    return NULL;
}

static void put_answer(struct isakmp_msg *m, const struct ike2_sa *new, const struct answer *a)
{
    ike2_put_choice(m, a->choice.number, &new->suite, bytes_of(new->spi_r, sizeof(new->spi_r)));
    isakmp_put(m, IKEV2_P_NONCE, owned_bytes(&a->half.nonce));
    ike2_put_ke(m, a->half.group, a->half.dh);
}

void ike2_rekey_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m)
{
    struct answer a = {.half.group = 0};
    uint16_t code = ike2_busy_for_ike(k, sa);
    struct ike2_sa *new = NULL;

    if (!code)
        code = decide(k, sa, in, &a);
    if (!code && !(new = make_answered(k, sa, &a)))
        code = IKEV2_N_NO_PROPOSAL_CHOSEN;
    if (code) {
        ike2_refuse(k, sa, m, 1, code, a.choice.suite.group);
    } else {
        struct ike_out *o = ike2_fact(k, sa, IKE_FACT_RESPONDING_1, 1);
        o->initiator = false;
        o->rekey = true;
        o->message_id = in->hdr.message_id;
        put_answer(m, new, &a);
        ike2_came_up(k, new);
        ike2_arm(k, new);
        if (sa->ask.kind == IKE2_IKE_REKEY)
            ike2_rival_set(&sa->ask, new->number, a.nonce_i, owned_bytes(&a.half.nonce));
        else
            succeed(k, sa, new, false);
    }
    ike2_half_release(&a.half);
    mem_wipe(&a, sizeof(a));
}

/* The other side deletes SA while we are rekeying it: what it has made stays. */
void ike2_rekey_overtaken(struct ike *k, struct ike2_sa *sa)
{
    struct ike2_sa *rival = sa->ask.kind == IKE2_IKE_REKEY ? rival_of(k, sa) : NULL;

    if (rival)
        succeed(k, sa, rival, false);
}
