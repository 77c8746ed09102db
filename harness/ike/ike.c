/* The endpoint as its owner sees it. */
#include "ike/ike1_exchanges.h"

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
    mem_wipe(k, sizeof(*k));
    mem_free(k);
}

/* To be called after whatever may have moved a deadline. */
static void settle(struct ike *k)
{
    k->deadline = ike1_next_deadline(k);
}

void ike_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
               struct bytes datagram)
{
    ike1_input(k, from, to, datagram);
    settle(k);
}

void ike_tick(struct ike *k)
{
    ike1_tick(k);
    settle(k);
}

struct mono ike_deadline(const struct ike *k)
{
    return k->deadline;
}

/* --- what the owner asks for ----------------------------------------------------------------- */

static bool find_policy(const struct ike *k, uint32_t id, size_t *policy)
{
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->cfg->policies[i].id == id) {
            *policy = i;
            return true;
        }
    }
    return false;
}

enum err ike_acquire(struct ike *k, uint32_t policy)
{
    size_t i;

    if (!find_policy(k, policy, &i))
        return ERR_NOTFOUND;
    const struct ike_policy *p = &k->cfg->policies[i];
    if (k->cfg->peers[p->peer].never_initiates)
        return ERR_STATE;
    struct ike_selector now = ike_policy_selector(k, i);
    if (k->wants[i].wanted || ike1_quick_for(k, i) || ike_child_current(k, p->peer, i, &now))
        return ERR_OK;
    k->wants[i].wanted = true;
    k->wants[i].due = ike_now(k);
    if (ike1_best(k, p->peer))
        ike1_serve_wants(k, p->peer);
    else if (!ike1_negotiating(k, p->peer))
        ike1_phase1_begin(k, p->peer, false);
    settle(k);
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
    settle(k);
}

enum err ike_delete_child(struct ike *k, uint32_t in_spi, bool tell)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);

    if (!c)
        return ERR_NOTFOUND;
    ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE, tell);
    settle(k);
    return ERR_OK;
}

void ike_delete_children(struct ike *k, const struct ip_addr *peer, bool tell)
{
    for (struct ike_child *c = k->children, *next; c; c = next) {
        next = c->next;
        if (is_with(k, c->peer, peer))
            ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE, tell);
    }
    settle(k);
}

enum err ike_rekey_ike(struct ike *k, const struct ip_addr *peer)
{
    bool found = false;

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
    settle(k);
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

    if (!c)
        return ERR_NOTFOUND;
    rekey_child(k, c);
    settle(k);
    return ERR_OK;
}

void ike_peer_is_alive(struct ike *k, const struct ip_addr *peer)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        if (sa->state == IKE1_UP && is_with(k, sa->peer, peer))
            ike1_heard(k, sa); /* only ever moves deadlines away: no need to look for the next */
    }
}

void ike_child_volume(struct ike *k, uint32_t in_spi, bool soft)
{
    struct ike_child *c = ike_child_by_in(k, in_spi);

    if (!c)
        return;
    const struct ike_peer_config *p = ike_peer_at(k, c->peer);
    if (!soft)
        ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_EXPIRED, !c->retired);
    else if (!p->never_rekeys && !p->never_initiates)
        rekey_child(k, c);
    settle(k);
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
}
