/* The endpoint as its owner sees it. */
#include "ike/ike1_exchanges.h"
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

struct ike *ike_new(const struct ike_config *cfg, const struct clock *clk, struct rng *rng,
                    const struct log *log)
{
    struct ike *k = mem_zalloc(sizeof(*k));

    *k = (struct ike){.cfg = cfg,
                      .clk = clk,
                      .rng = rng,
                      .log = log,
                      .hash_key = rng_u64(rng),
                      .wants = mem_array(cfg->npolicies, sizeof(*k->wants)),
                      .deadline = MONO_NEVER};
    ike2_new(k);
    return k;
}

void ike_forget(struct ike *k)
{
    while (k->children) {
        struct ike_child *c = k->children;
        k->children = c->next;
        mem_free(c);
    }
    while (k->sas) {
        struct ike1_sa *sa = k->sas;
        k->sas = sa->next;
        ike1_sa_free(sa);
    }
    ike2_forget(k);
    ike_queue_release(&k->out);
    for (size_t i = 0; i < k->cfg->npolicies; i++)
        k->wants[i] = (struct ike_want){0};
    k->deadline = MONO_NEVER;
}

void ike_free(struct ike *k)
{
    if (!k)
        return;
    ike_forget(k);
    for (size_t i = 0; i < k->nremotes; i++)
        mem_free(k->remotes[i]);
    mem_free(k->remotes);
    mem_free(k->wants);
    ike2_free(k->v2);
    mem_wipe(k, sizeof(*k));
    mem_free(k);
}

void ike_settle(struct ike *k)
{
    k->deadline = ike2_next_deadline(k);
    if (k->v2->any1)
        k->deadline = mono_min(k->deadline, ike1_next_deadline(k));
}

/* Which version a datagram speaks; what cannot be told is IKEv1's to complain about. */
static bool is_v2(const struct ike *k, const struct endpoint *to, struct bytes *datagram)
{
    struct rd r = rd_of(*datagram);

    if (!k->v2->any || (to->port == IKE_NATT_PORT && rd_be32(&r) != 0))
        return false; /* ESP in UDP, or a keep-alive */
    struct bytes message = rd_rest(&r);
    r = rd_of(message);
    rd_skip(&r, 2 * IKEV2_SPI_LEN + 1);
    if (rd_u8(&r) >> 4 < 2)
        return false;
    *datagram = message;
    return true;
}

void ike_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
               struct bytes datagram)
{
    if (is_v2(k, to, &datagram))
        ike2_input(k, from, to, datagram);
    else
        ike1_input(k, from, to, datagram);
    ike_settle(k);
}

void ike_tick(struct ike *k)
{
    ike2_tick(k);
    if (k->v2->any1)
        ike1_tick(k);
    ike_settle(k);
}

struct mono ike_deadline(const struct ike *k)
{
    return k->deadline;
}

/* --- what the owner asks for ----------------------------------------------------------------- */

enum err ike_acquire(struct ike *k, uint32_t policy)
{
    size_t i;

    if (!ike2_policy_by_id(k, policy, &i))
        return ERR_NOTFOUND;
    const struct ike_policy *p = &k->cfg->policies[i];
    if (k->cfg->peers[p->peer].never_initiates)
        return ERR_STATE;
    if (ike2_is_v2(k, p->peer)) {
        ike2_acquire(k, i);
        ike_settle(k);
        return ERR_OK;
    }
    struct ike_selector now = ike_policy_selector(k, i);
    if (k->wants[i].wanted || ike1_quick_for(k, i) || ike_child_current(k, p->peer, i, &now))
        return ERR_OK;
    k->wants[i].wanted = true;
    k->wants[i].due = ike_now(k);
    if (ike1_best(k, p->peer))
        ike1_serve_wants(k, p->peer);
    else if (!ike1_negotiating(k, p->peer))
        ike1_phase1_begin(k, p->peer, false);
    ike_settle(k);
    return ERR_OK;
}

static bool is_with(const struct ike *k, size_t peer, const struct ip_addr *addr)
{
    return !addr || ip_addr_eq(&ike_peer_at(k, peer)->address, addr);
}

/* The first IKE SA with PEER; those that are up come first, so that Deletes can be sent. */
static struct ike1_sa *first_with(const struct ike *k, const struct ip_addr *peer)
{
    struct ike1_sa *other = NULL;

    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (!is_with(k, sa->peer, peer))
            continue;
        if (sa->state == IKE1_UP)
            return sa;
        other = sa;
    }
    return other;
}

void ike_delete_ike(struct ike *k, const struct ip_addr *peer, bool tell)
{
    for (struct ike1_sa *sa = first_with(k, peer); sa; sa = first_with(k, peer))
        ike1_go_down(k, sa, sa->superseded ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE, tell);
    ike2_delete_ike(k, peer, tell);
    ike_settle(k);
}

enum err ike_delete_child(struct ike *k, uint32_t in_spi, bool tell)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);
    struct ike2_child *c2 = ike2_child_by_in(k, in_spi);

    if (!c && (!c2 || c2->silent))
        return ERR_NOTFOUND;
    if (!c)
        ike2_delete_child(k, c2, tell);
    else
        ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE, tell);
    ike_settle(k);
    return ERR_OK;
}

void ike_delete_children(struct ike *k, const struct ip_addr *peer, bool tell)
{
    for (struct ike_child *c = k->children, *next; c; c = next) {
        next = c->next;
        if (is_with(k, c->peer, peer))
            ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE, tell);
    }
    ike2_delete_children(k, peer, tell);
    ike_settle(k);
}

enum err ike_rekey_ike(struct ike *k, const struct ip_addr *peer)
{
    bool found = ike2_rekey_ike(k, peer);

    for (size_t i = 0; i < ike_npeers(k); i++) {
        struct ike1_sa *sa = is_with(k, i, peer) ? ike1_best(k, i) : NULL;
        if (!sa)
            continue;
        if (ike_peer_at(k, i)->never_initiates && i >= k->cfg->npeers)
            continue; /* a client begins by itself */
        found = true;
        sa->rekeying = true;
        if (!ike1_negotiating(k, i))
            ike1_phase1_begin(k, i, true);
    }
    ike_settle(k);
    return found ? ERR_OK : ERR_NOTFOUND;
}

static void rekey_child(struct ike *k, struct ike_child *c)
{
    if (c->rekeying || c->retired)
        return;
    c->rekeying = true;
    ike1_quick_begin(k, ike1_best(k, c->peer), c->policy, c);
}

enum err ike_rekey_child(struct ike *k, uint32_t in_spi)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);
    struct ike2_child *c2 = ike2_child_by_in(k, in_spi);

    if (!c && (!c2 || c2->silent))
        return ERR_NOTFOUND;
    if (!c)
        ike2_rekey_child(k, c2);
    else
        rekey_child(k, c);
    ike_settle(k);
    return ERR_OK;
}

void ike_peer_is_alive(struct ike *k, const struct ip_addr *peer)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->state == IKE1_UP && is_with(k, sa->peer, peer))
            ike1_heard(k, sa); /* only ever moves deadlines away: no need to look for the next */
    }
    ike2_alive(k, peer);
}

void ike_child_volume(struct ike *k, uint32_t in_spi, bool soft)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);
    struct ike2_child *c2 = ike2_child_by_in(k, in_spi);

    if (!c && c2 && !c2->silent) {
        ike2_volume(k, c2, soft);
        ike_settle(k);
    }
    if (!c)
        return;
    const struct ike_peer_config *p = ike_peer_at(k, c->peer);
    if (!soft)
        ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_EXPIRED, !c->retired);
    else if (!p->never_rekeys && !p->never_initiates)
        rekey_child(k, c);
    ike_settle(k);
}

void ike_seen_at(struct ike *k, uint32_t in_spi, const struct endpoint *from,
                 const struct endpoint *to)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);
    struct ike2_child *c2 = ike2_child_by_in(k, in_spi);

    if (c)
        ike1_follow(k, c->sa, from, to);
    else if (c2)
        ike2_follow(k, c2->sa, from, to);
    ike_settle(k);
}

void ike_status(const struct ike *k, struct ike_status *out)
{
    *out = (struct ike_status){0};
    for (const struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        out->ikes += sa->state == IKE1_UP;
        out->negotiating += sa->state != IKE1_UP;
        for (const struct ike1_quick *q = sa->quicks; q; q = q->next)
            out->negotiating += q->state != IKE1_Q_DONE;
    }
    for (const struct ike_child *c = k->children; c; c = c->next)
        out->children++;
    ike2_status(k, out);
}
