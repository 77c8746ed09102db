/* What the owner asks of IKEv2. */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

struct ike2 *ike2_new(struct ike *k)
{
    struct ike2 *v = mem_zalloc(sizeof(*v));

    k->v2 = v;
    v->local = k->cfg->local;
    wheel_init(&v->wheel, ike_now(k));
    v->stray = ike_now(k);
    v->jar_due = ike_in(k, IKE2_COOKIE_TURN);
    ike2_table_init(k);
    if (v->any) /* otherwise no draw, so that a seeded run stays what it was */
        ikev2_cookie_jar_init(&v->jar, k->rng);
    return v;
}

static void child_free(struct ike *k, struct ike2_child *c)
{
    wheel_disarm(&k->v2->wheel, &c->timer.timer);
    ike2_table_drop_child(k, c);
    mem_free(c);
}

void ike2_forget(struct ike *k)
{
    struct ike2 *v = k->v2;

    for (size_t i = 0; i < v->children.n; i++) {
        if (v->children.v[i])
            child_free(k, v->children.v[i]);
    }
    v->pairs = 0;
    for (size_t i = 0; i < v->sas.n; i++) {
        struct ike2_sa *sa = v->sas.v[i];
        if (!sa)
            continue;
        sa->children = NULL;
        ike2_sa_free(k, sa);
    }
}

void ike2_free(struct ike2 *v)
{
    ike2_table_release(v);
    mem_wipe(v, sizeof(*v));
    mem_free(v);
}

static bool is_with(const struct ike *k, const struct ike2_sa *sa, const struct ip_addr *addr)
{
    return !addr || ip_addr_eq(&ike2_config(k, sa)->address, addr);
}

/* Calls DO for each IKE SA with ADDR (NULL: all) that is there now; gives how often it said yes. */
static size_t each(struct ike *k, const struct ip_addr *addr,
                   bool (*act)(struct ike *k, struct ike2_sa *sa, int how), int how)
{
    size_t n = 0, peer = 0;

    if (addr && ike2_peer_by_addr(k, addr, &peer)) {
        for (struct ike2_sa *sa = ike2_sas_of(k, peer), *next; sa; sa = next) {
            next = sa->next;
            n += act(k, sa, how);
        }
        return n;
    }
    for (size_t i = 0, all = k->v2->sas.n; i < all; i++) {
        struct ike2_sa *sa = k->v2->sas.v[i];
        if (sa && is_with(k, sa, addr))
            n += act(k, sa, how);
    }
    return n;
}

/* --- up -------------------------------------------------------------------------------------- */

void ike2_acquire(struct ike *k, size_t policy)
{
    size_t peer = k->cfg->policies[policy].peer;
    struct ike2_sa *sa = ike2_best(k, peer);

    if (k->wants[policy].wanted || ike2_child_current(k, peer, policy))
        return;
    for (const struct ike2_task *t = sa ? sa->tasks : NULL; t; t = t->next) {
        if (t->kind == IKE2_CHILD_NEW && t->policy == policy)
            return;
    }
    if (sa && sa->ask.kind == IKE2_CHILD_NEW && sa->ask.policy == policy)
        return;
    struct ike2_sa *half = ike2_negotiating(k, peer);
    if (half && half->ask.kind == IKE2_AUTH && half->ask.in_spi && half->ask.policy == policy)
        return;
    k->wants[policy].wanted = true;
    if (sa)
        ike2_serve_wants(k, sa);
    else if (!half)
        ike2_init_begin(k, peer, false);
}

/* --- down ------------------------------------------------------------------------------------ */

static bool end_ike(struct ike *k, struct ike2_sa *sa, int tell)
{
    enum ike_end end = sa->heir || sa->superseder ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE;

    if (tell)
        ike2_close(k, sa, end);
    else
        ike2_go_down(k, sa, end);
    return true;
}

static bool forget_wants_of(struct ike *k, struct ike2_sa *sa, int how)
{
    uint32_t i = k->v2->policy_of[ike_entry_of(k, sa->peer)];

    (void)how;
    for (; i != MAP_NONE; i = k->v2->policy_next[i])
        k->wants[i].wanted = false;
    for (struct ike2_task **at = &sa->tasks; *at;) { /* else they would live on elsewhere */
        struct ike2_task *t = *at;
        if (t->kind != IKE2_CHILD_NEW) {
            at = &t->next;
            continue;
        }
        *at = t->next;
        sa->ntasks--;
        ike2_task_free(t);
    }
    return true;
}

void ike2_delete_ike(struct ike *k, const struct ip_addr *peer, bool tell)
{
    each(k, peer, forget_wants_of, 0);
    each(k, peer, end_ike, tell);
    each(k, peer, forget_wants_of, 0);
}

void ike2_delete_child(struct ike *k, struct ike2_child *c, bool tell)
{
    enum ike_end end = c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE;

    if (tell)
        ike2_child_close(k, c, end, false);
    else
        ike2_child_down(k, c, end);
}

static bool end_children(struct ike *k, struct ike2_sa *sa, int tell)
{
    for (struct ike2_child *c = sa->children, *next; c; c = next) {
        next = c->next;
        ike2_delete_child(k, c, tell);
    }
    return true;
}

void ike2_delete_children(struct ike *k, const struct ip_addr *peer, bool tell)
{
    each(k, peer, end_children, tell);
}

/* --- anew ------------------------------------------------------------------------------------ */

/* All that SA carries is wanted from another one. */
static void want_again(struct ike *k, const struct ike2_sa *sa)
{
    for (const struct ike2_child *c = sa->children; c; c = c->next) {
        if (!c->retired && !c->closing)
            k->wants[c->policy].wanted = true;
    }
}

void ike2_renew(struct ike *k, struct ike2_sa *sa, enum ike_reauth how)
{
    size_t peer = sa->peer;

    sa->rekeying = true;
    if (how == IKE_REAUTH_NEVER) {
        if (!ike2_wants(sa, IKE2_IKE_REKEY, 0))
            ike2_want(k, sa, IKE2_IKE_REKEY);
        ike2_pump(k, sa);
        return;
    }
    if (ike2_negotiating(k, peer))
        return;
    if (how == IKE_REAUTH_MAKE) {
        want_again(k, sa);
        ike2_init_begin(k, peer, true);
        return;
    }
    want_again(k, sa);
    struct ike2_sa *new = ike2_init_begin(k, peer, false); /* keeps what is wanted */
    if (new)
        ike2_close(k, sa, IKE_END_REPLACED);
}

static bool renew(struct ike *k, struct ike2_sa *sa, int how)
{
    if (sa != ike2_best(k, sa->peer))
        return false;
    if (ike2_config(k, sa)->never_initiates && how != IKE_REAUTH_NEVER)
        return false;
    ike2_renew(k, sa, (enum ike_reauth)how);
    return true;
}

bool ike2_rekey_ike(struct ike *k, const struct ip_addr *peer)
{
    return each(k, peer, renew, IKE_REAUTH_NEVER) > 0;
}

enum err ike_reauthenticate(struct ike *k, const struct ip_addr *peer, enum ike_reauth how)
{
    size_t n = each(k, peer, renew, (int)how);

    ike_settle(k);
    return n ? ERR_OK : ERR_NOTFOUND;
}

/* --- life ------------------------------------------------------------------------------------ */

static bool probe(struct ike *k, struct ike2_sa *sa, int how)
{
    (void)how;
    if (sa != ike2_best(k, sa->peer))
        return false;
    if (!sa->probing) {
        sa->probing = true;
        ike2_want(k, sa, IKE2_PROBE);
        ike2_pump(k, sa);
    }
    return true;
}

enum err ike_probe(struct ike *k, const struct ip_addr *peer)
{
    size_t n = each(k, peer, probe, 0);

    ike_settle(k);
    return n ? ERR_OK : ERR_NOTFOUND;
}

static bool is_alive(struct ike *k, struct ike2_sa *sa, int how)
{
    (void)how;
    if (sa->state == IKE2_UP)
        sa->heard = ike_now(k);
    return true; /* only ever moves a deadline away: its timer finds out */
}

void ike2_alive(struct ike *k, const struct ip_addr *peer)
{
    each(k, peer, is_alive, 0);
}

void ike2_heard(struct ike *k, struct ike2_sa *sa)
{
    sa->heard = ike_now(k);
}

void ike2_volume(struct ike *k, struct ike2_child *c, bool soft)
{
    const struct ike_peer_config *p = ike2_config(k, c->sa);

    if (!soft && c->retired)
        ike2_child_down(k, c, IKE_END_REPLACED);
    else if (!soft)
        ike2_child_close(k, c, IKE_END_EXPIRED, false);
    else if (!p->never_rekeys && !p->never_initiates)
        ike2_rekey_child(k, c);
}

void ike2_status(const struct ike *k, struct ike_status *out)
{
    const struct ike2 *v = k->v2;

    out->ikes += v->up;
    out->children += v->pairs;
    for (size_t i = 0; i < v->sas.n; i++) {
        const struct ike2_sa *sa = v->sas.v[i];
        if (sa)
            out->negotiating += sa->state != IKE2_UP || sa->ask.kind != IKE2_NONE;
    }
}
