#include "base/mem.h"
#include "ike/ike_impl.h"

bool peer_find(const struct ike *k, const struct ip_addr *addr, size_t *out)
{
    for (size_t i = 0; i < k->cfg->npeers; i++) {
        if (ip_addr_eq(&k->cfg->peers[i].address, addr)) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool sa_has_seen(const struct sa *sa, uint32_t message_id)
{
    size_t n = sa->nseen < SEEN_IDS ? sa->nseen : SEEN_IDS;

    for (size_t i = 0; i < n; i++) {
        if (sa->seen_ids[i] == message_id)
            return true;
    }
    return false;
}

void sa_note_seen(struct sa *sa, uint32_t message_id)
{
    sa->seen_ids[sa->nseen++ % SEEN_IDS] = message_id;
}

static bool is_half_open(const struct sa *sa)
{
    return !sa->initiator && sa->state != SA_ESTABLISHED;
}

/* The oldest main mode that somebody began and left makes room for a new one. */
static void drop_oldest_half_open(struct ike *k)
{
    struct sa *oldest = NULL;

    for (struct sa *s = k->sas; s; s = s->next) {
        if (is_half_open(s))
            oldest = s; /* newest come first */
    }
    if (oldest)
        sa_discard(k, oldest);
}

struct sa *sa_new(struct ike *k, size_t peer, bool initiator)
{
    if (!initiator && k->half_open >= HALF_OPEN_MAX)
        drop_oldest_half_open(k);
    struct sa *sa = mem_zalloc(sizeof(*sa));

    sa->timer.kind = TIMER_SA;
    sa->number = ++k->last_number;
    sa->peer = peer;
    sa->initiator = initiator;
    sa->local = (struct endpoint){k->cfg->local, IKE_PORT};
    sa->remote = (struct endpoint){k->cfg->peers[peer].address, IKE_PORT};
    sa->born = sa->heard = ike_now(k);
    sa->soft = sa->probe = sa->flight.due = MONO_NEVER;
    sa->hard = initiator ? MONO_NEVER : mono_add(sa->born, HALF_OPEN_LIFE);
    sa->next = k->sas;
    if (k->sas)
        k->sas->prev = sa;
    k->sas = sa;
    k->half_open += !initiator;
    return sa;
}

void sa_discard(struct ike *k, struct sa *sa)
{
    k->half_open -= is_half_open(sa);
    while (sa->qms)
        quick_free(k, sa->qms);
    if (sa->prev)
        sa->prev->next = sa->next;
    else
        k->sas = sa->next;
    if (sa->next)
        sa->next->prev = sa->prev;
    wheel_disarm(&k->wheel, &sa->timer.timer);
    flight_release(&sa->flight);
    dh_free(sa->dh);
    cipher_free(sa->cipher);
    mem_free(sa->offer);
    mem_wipe(sa, sizeof(*sa));
    mem_free(sa);
}

void sa_arm(struct ike *k, struct sa *sa)
{
    struct mono due = mono_min(mono_min(sa->flight.due, sa->hard), mono_min(sa->soft, sa->probe));

    wheel_arm(&k->wheel, &sa->timer.timer, due);
}

struct sa *sa_of_peer(const struct ike *k, size_t peer)
{
    for (struct sa *s = k->sas; s; s = s->next) {
        if (s->peer == peer && s->state == SA_ESTABLISHED && !s->replaced)
            return s;
    }
    return NULL;
}

static bool cookie_is_none(const uint8_t *c)
{
    static const uint8_t none[ISAKMP_COOKIE_LEN];

    return memcmp(c, none, sizeof(none)) == 0;
}

/* A message that does not know the responder's cookie yet is the first one, come again; one that
 * brings it to an initiator who does not know it yet is the answer. */
static bool cookie_fits(const struct sa *sa, const struct isakmp_hdr *h)
{
    if (memcmp(sa->cookie_i, h->cookie_i, sizeof(h->cookie_i)) != 0)
        return false;
    if (memcmp(sa->cookie_r, h->cookie_r, sizeof(h->cookie_r)) == 0)
        return true;
    return sa->initiator ? cookie_is_none(sa->cookie_r) : cookie_is_none(h->cookie_r);
}

struct sa *sa_find(const struct ike *k, const struct isakmp_hdr *h, const struct endpoint *from)
{
    for (struct sa *s = k->sas; s; s = s->next) {
        if (cookie_fits(s, h) && ip_addr_eq(&s->remote.addr, &from->addr))
            return s;
    }
    return NULL;
}

void sa_heard(struct ike *k, struct sa *sa)
{
    sa->heard = ike_now(k);
    sa->probes = 0;
}

static void set_lifetime(struct ike *k, struct sa *sa)
{
    const struct ike_peer_config *p = sa_peer(k, sa);
    double share = p->soft_share > 0 ? p->soft_share : 0.95;

    sa->hard = sa->soft = MONO_NEVER;
    if (sa->suite.lifetime_s == 0)
        return;
    struct span life = SPAN_S(sa->suite.lifetime_s);
    sa->hard = mono_add(sa->born, life);
    if (p->never_rekeys || p->never_initiates)
        return;
    if (!sa->initiator) /* later than the other side, so that the two do not collide */
        share = (1 + share) / 2;
    sa->soft = mono_add(sa->born, SPAN_NS((double)life.ns * share));
}

static void tell_up(struct ike *k, const struct sa *sa)
{
    struct ike_out *o = out_add(k, IKE_OUT_IKE_UP);

    o->ike = sa->number;
    o->peer = sa->remote.addr;
    o->initiator = sa->initiator;
    o->rekey = sa->rekey;
    o->phase = 1;
    memcpy(o->sa.spi_i, sa->cookie_i, sizeof(o->sa.spi_i));
    memcpy(o->sa.spi_r, sa->cookie_r, sizeof(o->sa.spi_r));
    o->sa.suite = sa->suite;
    o->sa.skey_len = cipher_key_len(sa->suite.cipher);
    memcpy(o->sa.skey, sa->key, o->sa.skey_len);
}

/* Earlier SAs with the peer are out of use; the one that this one was made to replace goes. */
static void replace_older(struct ike *k, struct sa *sa)
{
    struct sa *old = NULL;

    for (struct sa *s = k->sas; s; s = s->next) {
        if (s == sa || s->peer != sa->peer || s->state != SA_ESTABLISHED)
            continue;
        s->replaced = true;
        s->soft = s->probe = MONO_NEVER;
        sa_arm(k, s);
        if (s->number == sa->replaces)
            old = s;
    }
    if (!old)
        return;
    info_delete_sa(k, old);
    sa_end(k, old, IKE_END_REPLACED);
}

void sa_established(struct ike *k, struct sa *sa)
{
    const struct ike_peer_config *p = sa_peer(k, sa);

    k->half_open -= is_half_open(sa);
    sa->rekey = sa_of_peer(k, sa->peer) != NULL;
    sa->state = SA_ESTABLISHED;
    sa->born = ike_now(k);
    dh_free(sa->dh);
    sa->dh = NULL;
    set_lifetime(k, sa);
    sa_heard(k, sa);
    if (p->dpd.enabled && !p->dpd.answer_only && sa->peer_does_dpd)
        sa->probe = mono_add(sa->heard, p->dpd.threshold);
    rng_fill(k->rng, &sa->probe_seq, sizeof(sa->probe_seq));
    sa->probe_seq &= 0x7fffffff; /* RFC 3706, 6.2: so that it does not wrap soon */
    log_say(k->log, LOG_INFO, LOG_MODULE, "phase 1 up as %s",
            sa->initiator ? "initiator" : "responder");
    tell_up(k, sa);
    replace_older(k, sa);
    sa_arm(k, sa);
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (!k->wanted[i] || k->cfg->policies[i].peer != sa->peer)
            continue;
        k->wanted[i] = false;
        if (!child_of_policy(k, i) && !quick_is_under_way(k, i))
            quick_start(k, sa, i, 0);
    }
}

static bool negotiates_with(const struct ike *k, size_t peer)
{
    for (struct sa *s = k->sas; s; s = s->next) {
        if (s->peer == peer)
            return true;
    }
    return false;
}

static void tell_down(struct ike *k, const struct ike_out *copy, enum ike_end end)
{
    struct ike_out *o = out_add(k, IKE_OUT_IKE_DOWN);

    o->ike = copy->ike;
    o->peer = copy->peer;
    o->initiator = copy->initiator;
    o->rekey = copy->rekey;
    o->phase = 1;
    o->sa = copy->sa;
    o->sa.skey_len = 0;
    o->end = end;
}

static void end_children(struct ike *k, size_t peer, enum ike_end end)
{
    struct child *next;

    for (struct child *c = k->children; c; c = next) {
        next = c->next;
        if (c->peer == peer)
            child_end(k, c, end);
    }
}

void sa_end(struct ike *k, struct sa *sa, enum ike_end end)
{
    struct ike_out was = {.ike = sa->number, .peer = sa->remote.addr, .initiator = sa->initiator};
    bool established = sa->state == SA_ESTABLISHED;
    size_t peer = sa->peer;

    memcpy(was.sa.spi_i, sa->cookie_i, sizeof(was.sa.spi_i));
    memcpy(was.sa.spi_r, sa->cookie_r, sizeof(was.sa.spi_r));
    was.sa.suite = sa->suite;
    was.rekey = sa->rekey || sa->replaces;
    sa_discard(k, sa);
    if (established && sa_of_peer(k, peer)) {
        if (end == IKE_END_PEER_DELETE || end == IKE_END_EXPIRED)
            end = IKE_END_REPLACED;
    } else if (established) {
        end_children(k, peer, end == IKE_END_PEER_RESTARTED ? end : IKE_END_PARENT);
    }
    if (!established && !negotiates_with(k, peer)) {
        for (size_t i = 0; i < k->cfg->npolicies; i++) {
            if (k->cfg->policies[i].peer == peer)
                k->wanted[i] = false; /* the next packet asks anew */
        }
    }
    tell_down(k, &was, end);
}

/* True when the SA is no more. */
static bool probe_is_due(struct ike *k, struct sa *sa)
{
    const struct ike_dpd *d = &sa_peer(k, sa)->dpd;
    struct mono quiet = mono_add(sa->heard, d->threshold);

    if (sa->probes == 0 && mono_before(ike_now(k), quiet)) {
        sa->probe = quiet;
        return false;
    }
    if (sa->probes > d->tries) {
        log_say(k->log, LOG_INFO, LOG_MODULE, "peer is dead: %u probes unanswered", sa->probes);
        sa_end(k, sa, IKE_END_DPD);
        return true;
    }
    info_probe(k, sa);
    sa->probes++;
    sa->probe = mono_add(ike_now(k), d->retry);
    return false;
}

static bool negotiation_timer(struct ike *k, struct sa *sa, struct mono now)
{
    if (!mono_before(now, sa->hard)) {
        if (sa->auth_suspect)
            sa_end(k, sa, IKE_END_AUTH);
        else
            sa_discard(k, sa);
        return true;
    }
    if (!mono_before(now, sa->flight.due) && !flight_repeat(k, sa, &sa->flight)) {
        sa_end(k, sa, sa->auth_suspect ? IKE_END_AUTH : IKE_END_TIMEOUT);
        return true;
    }
    return false;
}

static void rekey_is_due(struct ike *k, struct sa *sa)
{
    sa->soft = mono_add(ike_now(k), REKEY_AGAIN); /* should this try fail */
    if (main_start(k, sa->peer, sa->number))
        sa->soft = MONO_NEVER;
}

void sa_timer(struct ike *k, struct sa *sa)
{
    struct mono now = ike_now(k);

    if (sa->state != SA_ESTABLISHED) {
        if (!negotiation_timer(k, sa, now))
            sa_arm(k, sa);
        return;
    }
    if (!mono_before(now, sa->hard)) {
        info_delete_sa(k, sa);
        sa_end(k, sa, IKE_END_EXPIRED);
        return;
    }
    if (!mono_before(now, sa->soft))
        rekey_is_due(k, sa);
    if (!mono_before(now, sa->probe) && probe_is_due(k, sa))
        return;
    sa_arm(k, sa);
}
