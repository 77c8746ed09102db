/* IKE SAs of IKEv2 from their birth to their end, and which of several with one peer is used. */
#include "ike/ike2_exchanges.h"
#include "ike/ike_offers.h"

#include "base/mem.h"

static bool is_zero(const uint8_t *spi)
{
    static const uint8_t none[IKEV2_SPI_LEN];

    return memcmp(spi, none, sizeof(none)) == 0;
}

void ike2_random_spi(struct ike *k, uint8_t *out)
{
    do
        rng_fill(k->rng, out, IKEV2_SPI_LEN);
    while (is_zero(out) || ike2_sa_by_spi(k, out));
}

struct ike2_sa *ike2_sa_new(struct ike *k, size_t peer, bool initiator, const uint8_t *spi_i,
                            const uint8_t *spi_r)
{
    struct ike2_sa *sa = mem_zalloc(sizeof(*sa));

    sa->number = ++k->last_number;
    sa->peer = peer;
    sa->initiator = initiator;
    sa->state = initiator ? IKE2_I_INIT : IKE2_R_AUTH;
    sa->started = sa->heard = ike_now(k);
    sa->local = (struct endpoint){k->v2->local, IKE_PORT};
    sa->remote = (struct endpoint){ike_peer_at(k, peer)->address, IKE_PORT};
    sa->up = sa->soft = sa->hard = sa->linger = sa->give_up = MONO_NEVER;
    sa->keepalive = MONO_NEVER;
    sa->stray = ike_now(k);
    if (spi_i)
        memcpy(sa->spi_i, spi_i, sizeof(sa->spi_i));
    if (spi_r)
        memcpy(sa->spi_r, spi_r, sizeof(sa->spi_r));
    if (!(initiator ? spi_i : spi_r))
        ike2_random_spi(k, initiator ? sa->spi_i : sa->spi_r);
    ike2_table_add_sa(k, sa);
    return sa;
}

void ike2_half_release(struct ike2_half *h)
{
    dh_free(h->dh);
    owned_release(&h->nonce);
    *h = (struct ike2_half){0};
}

/* What only IKE_SA_INIT and IKE_AUTH need. */
void ike2_end_negotiation(struct ike *k, struct ike2_sa *sa)
{
    ike2_not_half_open(k, sa);
    owned_release(&sa->first_i);
    owned_release(&sa->first_r);
    owned_release(&sa->nonce_i);
    owned_release(&sa->nonce_r);
    owned_release(&sa->cookie);
    mem_wipe(sa->keys.pi, sizeof(sa->keys.pi));
    mem_wipe(sa->keys.pr, sizeof(sa->keys.pr));
}

static void count(struct ike *k, const struct ike2_sa *sa, bool more)
{
    size_t *n = sa->state == IKE2_UP        ? &k->v2->up
                : sa->state == IKE2_CLOSING ? &k->v2->closing
                                            : NULL;

    if (n)
        *n += more ? 1 : (size_t)-1;
}

void ike2_sa_free(struct ike *k, struct ike2_sa *sa)
{
    count(k, sa, false);
    wheel_disarm(&k->v2->wheel, &sa->timer.timer);
    ike2_end_negotiation(k, sa);
    ike2_ask_release(k, sa, false);
    ike2_forget_tasks(sa);
    owned_release(&sa->answer);
    ike2_reassembly_free(sa->asked);
    ike2_reassembly_free(sa->replied);
    ike2_crypt_free(sa->seal);
    ike2_crypt_free(sa->open);
    ike2_table_drop_sa(k, sa);
    mem_wipe(sa, sizeof(*sa));
    mem_free(sa);
}

struct ike2_sa *ike2_best(const struct ike *k, size_t peer)
{
    struct ike2_sa *second = NULL;

    for (struct ike2_sa *sa = ike2_sas_of(k, peer); sa; sa = sa->next) {
        if (sa->state != IKE2_UP || sa->heir)
            continue;
        if (!sa->superseder)
            return sa;
        if (!second)
            second = sa;
    }
    return second;
}

struct ike2_sa *ike2_negotiating(const struct ike *k, size_t peer)
{
    for (struct ike2_sa *sa = ike2_sas_of(k, peer); sa; sa = sa->next) {
        if (sa->state < IKE2_UP && sa->initiator)
            return sa;
    }
    return NULL;
}

enum err ike2_make_crypts(struct ike2_sa *sa)
{
    const struct ikev2_keys *x = &sa->keys;
    size_t e = cipher_key_len(x->cipher), a = integ_key_len(x->integ);
    struct ike2_crypt *of_i, *of_r;
    enum err err =
        ike2_crypt_new(x->cipher, x->integ, bytes_of(x->ei, e), bytes_of(x->ai, a), &of_i);

    if (err)
        return err;
    err = ike2_crypt_new(x->cipher, x->integ, bytes_of(x->er, e), bytes_of(x->ar, a), &of_r);
    if (err) {
        ike2_crypt_free(of_i);
        return err;
    }
    sa->seal = sa->initiator ? of_i : of_r;
    sa->open = sa->initiator ? of_r : of_i;
    return ERR_OK;
}

/* --- up -------------------------------------------------------------------------------------- */

void ike2_came_up(struct ike *k, struct ike2_sa *sa)
{
    ike2_not_half_open(k, sa);
    sa->state = IKE2_UP;
    count(k, sa, true);
    sa->up = sa->heard = ike_now(k);
    sa->give_up = MONO_NEVER;
    sa->hard = ike_hard(sa->up, sa->suite.lifetime_s);
    sa->soft = ike_soft(ike2_config(k, sa), sa->initiator, sa->up, sa->hard);
    sa->keepalive = ike_keepalive(k, ike2_config(k, sa));
    ike2_say_ike(k, sa, IKE_OUT_IKE_UP, IKE_END_NONE, false);
}

/* True when each pair of OLD has one for the same traffic on SA. */
static bool covers(const struct ike2_sa *sa, const struct ike2_sa *old)
{
    for (const struct ike2_child *c = old->children; c; c = c->next) {
        const struct ike2_child *o = sa->children;
        while (o && (o->policy != c->policy || !ike_selector_eq(&o->selector, &c->selector)))
            o = o->next;
        if (!o && !c->silent)
            return false;
    }
    return true;
}

static struct mono linger(const struct ike *k, const struct ike2_sa *sa)
{
    return ike_in(k, sa->initiator ? IKE_LINGER : IKE_LINGER_OTHER);
}

/* RFC 7296 allows several IKE SAs between two gateways; here one is kept whose pairs carry all
 * that the other's do. When the two were negotiated at the same time, both sides must come to the
 * same choice: the higher SPI of the initiator. */
void ike2_settle_crossed(struct ike *k, struct ike2_sa *sa)
{
    for (struct ike2_sa *o = ike2_sas_of(k, sa->peer), *next; o; o = next) {
        next = o->next;
        if (o == sa || o->state != IKE2_UP || o->superseder || o->heir)
            continue;
        bool crossed = mono_before(sa->started, o->up) && !sa->reauth;
        bool keeps = crossed && memcmp(o->spi_i, sa->spi_i, sizeof(o->spi_i)) > 0;
        struct ike2_sa *winner = keeps ? o : sa, *loser = keeps ? sa : o;
        if (!covers(winner, loser))
            continue;
        loser->superseder = winner->number;
        loser->linger = sa->reauth && loser == o ? ike_now(k) : linger(k, winner);
        ike2_arm(k, loser);
        if (loser == sa)
            return;
    }
}

void ike2_initial_contact(struct ike *k, struct ike2_sa *sa)
{
    for (struct ike2_sa *o = ike2_sas_of(k, sa->peer), *next; o; o = next) {
        next = o->next;
        /* one that came up since belongs to the peer's present life */
        if (o != sa && o->state == IKE2_UP && mono_before(o->up, sa->started))
            ike2_go_down(k, o, IKE_END_PEER_RESTARTED);
    }
}

void ike2_move_children(struct ike2_sa *from, struct ike2_sa *to)
{
    struct ike2_child **at = &to->children;

    while (*at)
        at = &(*at)->next;
    *at = from->children;
    for (struct ike2_child *c = from->children; c; c = c->next)
        c->sa = to;
    to->nchildren += from->nchildren;
    from->children = NULL;
    from->nchildren = 0;
}

/* --- down ------------------------------------------------------------------------------------ */

static void end_children(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    while (sa->children)
        ike2_child_down(k, sa->children, end);
}

/* The pair that IKE_AUTH or CREATE_CHILD_SA was to make. */
static void end_ask(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    struct ike2_ask *a = &sa->ask;

    if (a->kind == IKE2_CHILD_NEW || a->kind == IKE2_CHILD_REKEY ||
        (a->kind == IKE2_AUTH && a->in_spi))
        ike2_say_attempt(k, sa, a, end);
    ike2_ask_release(k, sa, false);
}

static void forget_wants(struct ike *k, size_t peer)
{
    uint32_t i = k->v2->policy_of[ike_entry_of(k, peer)];

    for (; i != MAP_NONE; i = k->v2->policy_next[i])
        k->wants[i].wanted = false;
}

/* New pairs that were wanted here are wanted elsewhere. */
static void keep_wants(struct ike *k, const struct ike2_sa *sa)
{
    if (sa->ask.kind == IKE2_CHILD_NEW)
        k->wants[sa->ask.policy].wanted = true;
    for (const struct ike2_task *t = sa->tasks; t; t = t->next) {
        if (t->kind == IKE2_CHILD_NEW)
            k->wants[t->policy].wanted = true;
    }
}

/* A successor that never came up: the old SA is tried again later. */
static void retry_rekeying(struct ike *k, const struct ike2_sa *failed)
{
    for (struct ike2_sa *sa = ike2_sas_of(k, failed->peer); sa; sa = sa->next) {
        if (sa == failed || !sa->rekeying || sa->state != IKE2_UP)
            continue;
        sa->rekeying = false;
        if (!mono_is_never(sa->soft))
            sa->soft = ike_in(k, IKE_RETRY);
        ike2_arm(k, sa);
    }
}

/* SA is about to go: nobody may lean on it any more. */
static void let_go(struct ike *k, struct ike2_sa *sa)
{
    for (struct ike2_sa *o = ike2_sas_of(k, sa->peer); o; o = o->next) {
        if (o->heir == sa)
            o->heir = sa->heir;
        if (o == sa || o->superseder != sa->number)
            continue;
        o->superseder = sa->heir ? sa->heir->number : 0;
        if (!o->superseder)
            o->linger = MONO_NEVER;
        ike2_arm(k, o);
    }
}

/* All that the owner has to hear. */
static void say_down(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    bool was_up = sa->state == IKE2_UP;

    ike2_say_ike(k, sa, IKE_OUT_IKE_DOWN, end, !was_up);
    keep_wants(k, sa);
    end_ask(k, sa, was_up ? IKE_END_PARENT : end);
    end_children(k, sa, IKE_END_PARENT);
    if (!was_up && sa->initiator)
        retry_rekeying(k, sa);
}

static void after_down(struct ike *k, size_t peer)
{
    struct ike2_sa *heir = ike2_best(k, peer);

    if (heir)
        ike2_serve_wants(k, heir);
    else if (!ike2_negotiating(k, peer))
        forget_wants(k, peer);
}

void ike2_go_down(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    size_t peer = sa->peer;

    let_go(k, sa);
    if (sa->state != IKE2_CLOSING)
        say_down(k, sa, end);
    ike2_sa_free(k, sa);
    after_down(k, peer);
}

void ike2_close(struct ike *k, struct ike2_sa *sa, enum ike_end end)
{
    if (sa->state != IKE2_UP) {
        if (sa->state != IKE2_CLOSING)
            ike2_go_down(k, sa, end);
        return;
    }
    let_go(k, sa);
    ike2_say_ike(k, sa, IKE_OUT_IKE_DOWN, end, false);
    keep_wants(k, sa);
    /* a request under way must be answered before the Delete may go */
    if (sa->ask.kind == IKE2_CHILD_NEW || sa->ask.kind == IKE2_CHILD_REKEY)
        ike2_say_attempt(k, sa, &sa->ask, IKE_END_PARENT);
    if (sa->ask.held) /* it never went out */
        ike2_ask_release(k, sa, false);
    end_children(k, sa, IKE_END_PARENT);
    ike2_forget_tasks(sa);
    count(k, sa, false);
    sa->state = IKE2_CLOSING;
    count(k, sa, true);
    ike2_want(k, sa, IKE2_IKE_DELETE);
    ike2_pump(k, sa);
    after_down(k, sa->peer);
}
