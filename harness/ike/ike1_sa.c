/* IKE SAs from their birth to their end, and which of several with one peer is used. */
#include "ike/ike1_exchanges.h"

#include "base/mem.h"

void ike1_random_cookie(struct ike *k, uint8_t *out)
{
    static const uint8_t none[IKEV1_COOKIE_LEN];

    do
        rng_fill(k->rng, out, IKEV1_COOKIE_LEN);
    while (memcmp(out, none, sizeof(none)) == 0); /* which means "not known yet" */
}

struct ike1_sa *ike1_sa_new(struct ike *k, size_t peer, bool initiator)
{
    struct ike1_sa *sa = mem_zalloc(sizeof(*sa));

    sa->number = ++k->last_number;
    sa->peer = peer;
    sa->initiator = initiator;
    sa->started = sa->heard = ike_now(k);
    sa->local = (struct endpoint){k->cfg->local, IKE_PORT};
    sa->remote = (struct endpoint){ike_peer_at(k, peer)->address, IKE_PORT};
    sa->up = sa->give_up = sa->soft = sa->hard = sa->linger = MONO_NEVER;
    sa->next = k->sas;
    k->sas = sa;
    return sa;
}

/* What only phase 1 needs. */
static void end_negotiation(struct ike1_sa *sa)
{
    ike_resend_stop(&sa->resend);
    dh_free(sa->dh);
    sa->dh = NULL;
    owned_release(&sa->sa_i);
    owned_release(&sa->nonce_i);
    owned_release(&sa->nonce_r);
    owned_release(&sa->public_i);
    owned_release(&sa->public_r);
    owned_release(&sa->id_i);
}

void ike1_sa_free(struct ike1_sa *sa)
{
    end_negotiation(sa);
    while (sa->quicks) {
        struct ike1_quick *q = sa->quicks;
        sa->quicks = q->next;
        ike1_quick_free(q);
    }
    owned_release(&sa->memory.reply);
    owned_release(&sa->dpd_memory.reply);
    owned_release(&sa->asked.reply);
    ike_resend_stop(&sa->ask.resend);
    ike1_pieces_free(sa->pieces);
    cipher_free(sa->cipher);
    mem_free(sa->seen);
    mem_wipe(sa, sizeof(*sa));
    mem_free(sa);
}

struct ike1_sa *ike1_best(const struct ike *k, size_t peer)
{
    struct ike1_sa *second = NULL;

    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->peer != peer || sa->state != IKE1_UP)
            continue;
        if (!sa->superseded)
            return sa;
        if (!second)
            second = sa;
    }
    return second;
}

struct ike1_sa *ike1_negotiating(const struct ike *k, size_t peer)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->peer == peer && sa->state != IKE1_UP && sa->initiator)
            return sa;
    }
    return NULL;
}

bool ike1_was_seen(const struct ike1_sa *sa, uint32_t message_id)
{
    size_t n = sa->nseen < IKE_SEEN ? sa->nseen : IKE_SEEN;

    for (size_t i = 0; i < n; i++) {
        if (sa->seen[i] == message_id)
            return true;
    }
    return false;
}

void ike1_saw(struct ike1_sa *sa, uint32_t message_id)
{
    if (!sa->seen)
        sa->seen = mem_array(IKE_SEEN, sizeof(*sa->seen));
    sa->seen[sa->nseen++ % IKE_SEEN] = message_id;
}

void ike1_heard(struct ike *k, struct ike1_sa *sa)
{
    sa->heard = ike_now(k);
    sa->dpd_sent = 0;
}

/* --- up -------------------------------------------------------------------------------------- */

static void fill(const struct ike *k, const struct ike1_sa *sa, struct ike_out *o)
{
    o->ike = sa->number;
    o->peer = ike1_config(k, sa)->address;
    o->initiator = sa->initiator;
    o->rekey = sa->rekey;
    o->phase = 1;
    memcpy(o->sa.spi_i, sa->cookie_i, sizeof(o->sa.spi_i));
    memcpy(o->sa.spi_r, sa->cookie_r, sizeof(o->sa.spi_r));
    o->sa.suite = sa->suite;
    ike1_fill_remote(k, sa, o);
    o->net = sa->net;
    o->from = sa->local;
    o->to = sa->remote;
    if (sa->state < IKE1_LOGIN)
        return;
    o->sa.skey_len = cipher_key_len(sa->suite.cipher);
    memcpy(o->sa.skey, sa->skey, o->sa.skey_len);
}

/* NEW has come up while OLD was. One that began after the other was up replaces it. When they
 * crossed, both sides must come to the same choice whatever they saw first: the higher initiator's
 * cookie. The initiator of the one that stays deletes the other after a while, when exchanges under
 * way on it are over. */
static void settle(struct ike *k, struct ike1_sa *new, struct ike1_sa *old)
{
    bool crossed = mono_before(new->started, old->up);
    bool keeps = crossed && memcmp(old->cookie_i, new->cookie_i, sizeof(new->cookie_i)) > 0;
    struct ike1_sa *winner = keeps ? old : new, *loser = keeps ? new : old;

    loser->superseded = true;
    loser->linger = ike_in(k, winner->initiator ? IKE_LINGER : IKE_LINGER_OTHER);
    for (struct ike_child *c = k->children; c; c = c->next) {
        if (c->sa == loser)
            c->sa = winner;
    }
}

static void settle_all(struct ike *k, struct ike1_sa *new)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa != new && sa->peer == new->peer && sa->state == IKE1_UP && !sa->superseded) {
            settle(k, new, sa);
            if (new->superseded)
                return;
        }
    }
}

void ike1_came_up(struct ike *k, struct ike1_sa *sa)
{
    const struct ike_peer_config *p = ike1_config(k, sa);
    bool another = ike1_best(k, sa->peer) != NULL;

    end_negotiation(sa);
    sa->state = IKE1_UP;
    sa->up = ike_now(k);
    sa->give_up = MONO_NEVER;
    sa->rekey = another;
    sa->hard = ike_hard(sa->up, sa->suite.lifetime_s);
    sa->soft = ike_soft(p, sa->initiator, sa->up, sa->hard);
    sa->keepalive = ike_keepalive(k, p);
    ike1_heard(k, sa);
    fill(k, sa, ike_emit(k, IKE_OUT_IKE_UP));
    log_say(k->log, LOG_INFO, "ike", "IKE SA %u up, %s", sa->number,
            sa->initiator ? "initiator" : "responder");
    settle_all(k, sa);
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->cfg->policies[i].peer == sa->peer && k->wants[i].wanted)
            k->wants[i].due = ike_in(k, sa->initiator ? 0 : IKE_YIELD);
    }
    ike1_serve_wants(k, sa->peer);
}

/* --- down ------------------------------------------------------------------------------------ */

static void unlink_sa(struct ike *k, struct ike1_sa *sa)
{
    struct ike1_sa **at = &k->sas;

    while (*at != sa)
        at = &(*at)->next;
    *at = sa->next;
}

/* Pairs go where their peer's next IKE SA is, or end with the last one. */
static void leave_children(struct ike *k, const struct ike1_sa *sa, struct ike1_sa *heir)
{
    for (struct ike_child *c = k->children, *next; c; c = next) {
        next = c->next;
        if (c->sa != sa)
            continue;
        if (heir)
            c->sa = heir;
        else
            ike_child_down(k, c, IKE_END_PARENT, false);
    }
}

static void leave_quicks(struct ike *k, struct ike1_sa *sa, const struct ike1_sa *heir,
                         enum ike_end end)
{
    for (struct ike1_quick *q = sa->quicks, *next; q; q = next) {
        next = q->next;
        if (q->state == IKE1_Q_DONE)
            continue;
        if (heir && q->initiator && !q->old_in_spi)
            k->wants[q->policy] = (struct ike_want){true, ike_now(k), k->wants[q->policy].local};
        ike1_quick_fail(k, sa, q, end);
    }
}

static void forget_wants(struct ike *k, size_t peer)
{
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->cfg->policies[i].peer == peer)
            k->wants[i].wanted = false;
    }
}

/* A rekeying that failed is tried again, until the SA's end. */
static void rekey_later(struct ike *k, size_t peer)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->peer != peer || !sa->rekeying)
            continue;
        sa->rekeying = false;
        if (!mono_is_never(sa->soft))
            sa->soft = ike_in(k, IKE_RETRY);
    }
}

void ike1_go_down(struct ike *k, struct ike1_sa *sa, enum ike_end end, bool tell)
{
    bool was_up = sa->state == IKE1_UP;
    size_t peer = sa->peer;

    if (sa->state >= IKE1_LOGIN && tell)
        ike1_send_delete_ike(k, sa);
    unlink_sa(k, sa);
    struct ike1_sa *heir = ike1_best(k, peer);
    if (heir && was_up && heir->superseded) { /* what superseded it is gone */
        heir->superseded = false;
        heir->linger = MONO_NEVER;
    }
    struct ike_out *o = ike_emit(k, IKE_OUT_IKE_DOWN);
    fill(k, sa, o);
    o->end = end;
    o->attempt = !was_up;
    log_say(k->log, LOG_INFO, "ike", "IKE SA %u %s: %s", sa->number, was_up ? "down" : "failed",
            ike_end_name(end));
    leave_quicks(k, sa, heir, end);
    leave_children(k, sa, heir);
    if (!was_up && sa->initiator)
        rekey_later(k, peer);
    if (!heir && !ike1_negotiating(k, peer))
        forget_wants(k, peer);
    ike1_sa_free(sa);
    if (heir)
        ike1_serve_wants(k, peer);
}

void ike1_initial_contact(struct ike *k, struct ike1_sa *sa)
{
    bool again = true;

    while (again) { /* the list changes under our feet */
        again = false;
        for (struct ike1_sa *old = k->sas; old; old = old->next) {
            /* one that came up since belongs to the peer's present life */
            if (old == sa || old->peer != sa->peer || old->state != IKE1_UP ||
                !mono_before(old->up, sa->started))
                continue;
            ike1_go_down(k, old, IKE_END_PEER_RESTARTED, false);
            again = true;
            break;
        }
    }
}
