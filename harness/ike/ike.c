#include "ike/ike.h"

#include "base/mem.h"
#include "ike/ike_impl.h"

struct ike *ike_new(const struct ike_config *cfg, const struct clock *clk, struct rng *rng,
                    const struct log *log)
{
    struct ike *k = mem_zalloc(sizeof(*k));

    k->cfg = cfg;
    k->clk = clk;
    k->rng = rng;
    k->log = log;
    k->wanted = mem_array(cfg->npolicies + 1, sizeof(*k->wanted));
    wheel_init(&k->wheel, clock_now(clk));
    return k;
}

void ike_forget(struct ike *k)
{
    while (k->sas)
        sa_discard(k, k->sas);
    while (k->children)
        child_free(k, k->children);
    for (size_t i = 0; i < k->cfg->npolicies; i++)
        k->wanted[i] = false;
    out_drop_all(k);
}

void ike_free(struct ike *k)
{
    if (!k)
        return;
    ike_forget(k);
    mem_free(k->wanted);
    mem_wipe(k->plain, sizeof(k->plain));
    mem_free(k);
}

/* --- input ----------------------------------------------------------------------------------- */

static bool is_first_message(const struct isakmp_hdr *h)
{
    static const uint8_t none[ISAKMP_COOKIE_LEN];

    return h->exchange == ISAKMP_EXCHANGE_MAIN && h->message_id == 0 &&
           !(h->flags & ISAKMP_FLAG_ENCRYPT) && memcmp(h->cookie_r, none, sizeof(none)) == 0 &&
           memcmp(h->cookie_i, none, sizeof(none)) != 0;
}

static void dispatch(struct ike *k, struct sa *sa, const struct isakmp_hdr *h,
                     const struct endpoint *from, const struct endpoint *to, struct bytes datagram)
{
    bool up = sa->state == SA_ESTABLISHED;

    if (h->exchange == ISAKMP_EXCHANGE_MAIN)
        main_input(k, sa, h, from, to, datagram);
    else if (h->exchange == ISAKMP_EXCHANGE_QUICK && up)
        quick_input(k, sa, h, datagram);
    else if (h->exchange == ISAKMP_EXCHANGE_INFORMATIONAL)
        info_input(k, sa, h);
    else
        out_fact(k, IKE_FACT_MALFORMED, &from->addr)->ike = sa->number;
}

void ike_input(struct ike *k, const struct endpoint *from, const struct endpoint *to,
               struct bytes datagram)
{
    struct isakmp_hdr h;
    size_t peer;

    if (datagram.n > IKE_DATAGRAM_MAX || isakmp_parse(datagram, &h)) {
        out_fact(k, IKE_FACT_MALFORMED, &from->addr);
        return;
    }
    struct sa *sa = sa_find(k, &h, from);
    if (!sa && !is_first_message(&h)) {
        out_fact(k, IKE_FACT_NO_SA, &from->addr);
        return;
    }
    if (!sa) {
        if (!peer_find(k, &from->addr, &peer)) {
            out_fact(k, IKE_FACT_NO_POLICY, &from->addr)->phase = 1;
            return;
        }
        sa = sa_new(k, peer, false);
        sa_arm(k, sa);
    }
    dispatch(k, sa, &h, from, to, datagram);
}

/* --- time ------------------------------------------------------------------------------------ */

void ike_tick(struct ike *k)
{
    struct timer *t;

    while ((t = wheel_expire(&k->wheel, ike_now(k)))) {
        struct ike_timer *it = CONTAINER_OF(t, struct ike_timer, timer);
        switch (it->kind) {
        case TIMER_SA: sa_timer(k, CONTAINER_OF(it, struct sa, timer)); break;
        case TIMER_QM: quick_timer(k, CONTAINER_OF(it, struct qm, timer)); break;
        case TIMER_CHILD: child_timer(k, CONTAINER_OF(it, struct child, timer)); break;
        }
    }
}

struct mono ike_deadline(const struct ike *k)
{
    return wheel_next(&k->wheel);
}

/* --- commands -------------------------------------------------------------------------------- */

static bool find_policy(const struct ike *k, uint32_t id, size_t *out)
{
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (k->cfg->policies[i].id == id) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool initiates_to(const struct ike *k, size_t peer)
{
    for (const struct sa *s = k->sas; s; s = s->next) {
        if (s->peer == peer && s->initiator && s->state != SA_ESTABLISHED)
            return true;
    }
    return false;
}

enum err ike_acquire(struct ike *k, uint32_t policy)
{
    size_t i;

    if (!find_policy(k, policy, &i))
        return ERR_NOTFOUND;
    size_t peer = k->cfg->policies[i].peer;
    if (k->cfg->peers[peer].never_initiates)
        return ERR_STATE;
    if (child_of_policy(k, i) || quick_is_under_way(k, i) || k->wanted[i])
        return ERR_OK;
    struct sa *sa = sa_of_peer(k, peer);
    if (sa) {
        quick_start(k, sa, i, 0);
        return ERR_OK;
    }
    k->wanted[i] = true;
    if (initiates_to(k, peer))
        return ERR_OK;
    enum err e = main_start(k, peer, 0);
    if (e)
        k->wanted[i] = false;
    return e;
}

static bool is_of(const struct ip_addr *peer, const struct ip_addr *addr)
{
    return !peer || ip_addr_eq(peer, addr);
}

static void tell_children(struct ike *k, size_t peer)
{
    for (struct child *c = k->children; c; c = c->next) {
        if (c->peer == peer)
            info_delete_child(k, c);
    }
}

/* First the pairs, then what protects the telling, as gateways do it. */
static void tell_all(struct ike *k, const struct ip_addr *peer)
{
    for (size_t p = 0; p < k->cfg->npeers; p++) {
        if (!is_of(peer, &k->cfg->peers[p].address))
            continue;
        tell_children(k, p);
        for (struct sa *s = k->sas; s; s = s->next) {
            if (s->peer == p && s->state == SA_ESTABLISHED)
                info_delete_sa(k, s);
        }
    }
}

void ike_delete_ike(struct ike *k, const struct ip_addr *peer, bool tell)
{
    struct sa *next;

    if (tell)
        tell_all(k, peer);
    for (struct sa *s = k->sas; s; s = next) {
        next = s->next;
        if (is_of(peer, &s->remote.addr))
            sa_end(k, s, IKE_END_LOCAL_DELETE);
    }
    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        if (is_of(peer, &k->cfg->peers[k->cfg->policies[i].peer].address))
            k->wanted[i] = false;
    }
}

enum err ike_delete_child(struct ike *k, uint32_t in_spi, bool tell)
{
    struct child *c = child_by_in_spi(k, in_spi);

    if (!c)
        return ERR_NOTFOUND;
    if (tell)
        info_delete_child(k, c);
    child_end(k, c, IKE_END_LOCAL_DELETE);
    return ERR_OK;
}

void ike_delete_children(struct ike *k, const struct ip_addr *peer, bool tell)
{
    struct child *next;

    for (struct child *c = k->children; c; c = next) {
        next = c->next;
        if (!is_of(peer, &k->cfg->peers[c->peer].address))
            continue;
        if (tell)
            info_delete_child(k, c);
        child_end(k, c, IKE_END_LOCAL_DELETE);
    }
}

enum err ike_rekey_ike(struct ike *k, const struct ip_addr *peer)
{
    size_t p;

    if (!peer_find(k, peer, &p))
        return ERR_NOTFOUND;
    struct sa *sa = sa_of_peer(k, p);
    if (!sa)
        return ERR_NOTFOUND;
    return initiates_to(k, p) ? ERR_OK : main_start(k, p, sa->number);
}

enum err ike_rekey_child(struct ike *k, uint32_t in_spi)
{
    struct child *c = child_by_in_spi(k, in_spi);

    return c ? child_rekey(k, c) : ERR_NOTFOUND;
}

void ike_peer_is_alive(struct ike *k, const struct ip_addr *peer)
{
    for (struct sa *s = k->sas; s; s = s->next) {
        if (s->state == SA_ESTABLISHED && ip_addr_eq(&s->remote.addr, peer))
            sa_heard(k, s);
    }
}

void ike_child_volume(struct ike *k, uint32_t in_spi, bool soft)
{
    struct child *c = child_by_in_spi(k, in_spi);

    if (!c || c->replaced)
        return;
    if (soft) {
        if (!k->cfg->peers[c->peer].never_rekeys && child_rekey(k, c))
            c->soft = MONO_NEVER;
        return;
    }
    info_delete_child(k, c);
    child_end(k, c, IKE_END_EXPIRED);
}

void ike_status(const struct ike *k, struct ike_status *out)
{
    *out = (struct ike_status){.children = k->nchildren};
    for (const struct sa *s = k->sas; s; s = s->next) {
        out->ikes += s->state == SA_ESTABLISHED;
        out->negotiating += s->state != SA_ESTABLISHED;
        for (const struct qm *q = s->qms; q; q = q->next)
            out->negotiating += !q->done;
    }
}
