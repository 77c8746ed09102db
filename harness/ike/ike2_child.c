/* Pairs of IPsec SAs: keys, successors, ends. */
#include "ike/ike2_exchanges.h"
#include "ike/ike_offers.h"

#include "base/mem.h"

struct ike2_child *ike2_child_by_out(const struct ike2_sa *sa, uint32_t out_spi)
{
    for (struct ike2_child *c = sa->children; c; c = c->next) {
        if (c->out_spi == out_spi)
            return c;
    }
    return NULL;
}

/* Of one SA. */
static struct ike2_child *current_on(const struct ike2_sa *sa, size_t policy)
{
    struct ike2_child *c = sa->children;

    while (c && (c->policy != policy || c->retired || c->closing))
        c = c->next;
    return c;
}

bool ike2_carries(const struct ike *k, const struct ike2_sa *sa, size_t policy)
{
    return sa->reauth ? current_on(sa, policy) != NULL
                      : ike2_child_current(k, sa->peer, policy) != NULL;
}

struct ike2_child *ike2_child_current(const struct ike *k, size_t peer, size_t policy)
{
    struct ike2_child *c = NULL;

    for (struct ike2_sa *sa = ike2_sas_of(k, peer); sa && !c; sa = sa->next)
        c = current_on(sa, policy);
    return c;
}

uint32_t ike2_new_spi(struct ike *k)
{
    uint32_t spi;

    do
        spi = ike_new_spi(k);
    while (ike2_child_by_in(k, spi));
    return spi;
}

void ike2_fill_child(const struct ike *k, const struct ike2_child *c, struct ike_out *o)
{
    o->version = 2;
    o->ike = c->sa->number;
    o->peer = ike2_config(k, c->sa)->address;
    o->initiator = c->initiator;
    o->phase = 2;
    o->message_id = c->message_id;
    o->child.policy = k->cfg->policies[c->policy].id;
    o->child.in_spi = c->in_spi;
    o->child.out_spi = c->out_spi;
    o->child.selector = c->selector;
    o->child.suite = c->suite;
    o->child.transport = c->transport;
    o->child.udp = ike2_udp(c->sa);
    o->child.follows = ike2_follows(c->sa);
    o->from = c->sa->local;
    o->to = c->sa->remote;
}

/* Keys of the initiator of the exchange encrypt what it sends. */
static void put_keys(const struct ike *k, const struct ike2_sa *sa, const struct ike2_made *m,
                     struct ike_out *o)
{
    struct ikev2_child_keys x;
    bool i = m->initiator;

    ike2_child_keys(k, sa, m, &x);
    memcpy(o->child.out_cipher_key, i ? x.ei : x.er, CIPHER_KEY_MAX);
    memcpy(o->child.in_cipher_key, i ? x.er : x.ei, CIPHER_KEY_MAX);
    memcpy(o->child.out_integ_key, i ? x.ai : x.ar, DIGEST_MAX);
    memcpy(o->child.in_integ_key, i ? x.ar : x.ai, DIGEST_MAX);
    mem_wipe(&x, sizeof(x));
}

void ike2_child_arm(struct ike *k, struct ike2_child *c)
{
    struct mono due = c->hard;

    if (!c->retired && !c->rekeying && !c->closing)
        due = mono_min(due, c->soft);
    wheel_arm(&k->v2->wheel, &c->timer.timer, c->closing ? MONO_NEVER : due);
}

static struct ike2_child *child_new(struct ike *k, struct ike2_sa *sa, const struct ike2_made *m)
{
    struct ike2_child *c = mem_zalloc(sizeof(*c));

    *c = (struct ike2_child){.timer.of_child = true,
                             .next = sa->children,
                             .sa = sa,
                             .policy = m->policy,
                             .selector = m->selector,
                             .suite = m->suite,
                             .in_spi = m->in_spi,
                             .out_spi = m->out_spi,
                             .message_id = m->message_id,
                             .initiator = m->initiator,
                             .transport = m->transport,
                             .up = ike_now(k)};
    c->hard = ike_hard(c->up, c->suite.lifetime_s);
    c->soft = ike_soft(ike2_config(k, sa), c->initiator, c->up, c->hard);
    sa->children = c;
    sa->nchildren++;
    k->v2->pairs++;
    ike2_table_add_child(k, c);
    ike2_child_arm(k, c);
    return c;
}

/* A pair of another IKE SA with the peer that carries the same: after a new authentication. */
static uint32_t same_elsewhere(const struct ike *k, const struct ike2_child *c)
{
    for (struct ike2_sa *sa = ike2_sas_of(k, c->sa->peer); sa; sa = sa->next) {
        for (struct ike2_child *o = sa->children; o; o = o->next) {
            if (o->sa != c->sa && o->policy == c->policy && !o->retired && !o->silent &&
                ike_selector_eq(&o->selector, &c->selector))
                return o->in_spi;
        }
    }
    return 0;
}

struct ike2_child *ike2_child_up(struct ike *k, struct ike2_sa *sa, const struct ike2_made *m)
{
    struct ike2_child *c = child_new(k, sa, m);
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_UP);

    ike2_fill_child(k, c, o);
    o->child.old_in_spi = m->old_in_spi ? m->old_in_spi : same_elsewhere(k, c);
    o->rekey = o->child.old_in_spi != 0;
    put_keys(k, sa, m, o);
    struct ike_selector whole = ike_policy_selector(k, c->policy);
    if (ike_selector_eq(&c->selector, &whole))
        k->wants[c->policy].wanted = false;
    log_say(k->log, LOG_INFO, "ike", "pair 0x%08x/0x%08x up for policy %u, succeeds 0x%08x",
            c->in_spi, c->out_spi, o->child.policy, o->child.old_in_spi);
    return c;
}

/* --- the end --------------------------------------------------------------------------------- */

static void say_down(struct ike *k, struct ike2_child *c, enum ike_end end)
{
    if (c->silent)
        return;
    c->silent = true;
    k->v2->pairs--;
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_DOWN);
    ike2_fill_child(k, c, o);
    o->child.old_in_spi = c->gives_back;
    o->end = end;
    log_say(k->log, LOG_INFO, "ike", "pair 0x%08x/0x%08x down: %s", c->in_spi, c->out_spi,
            ike_end_name(end));
}

void ike2_child_down(struct ike *k, struct ike2_child *c, enum ike_end end)
{
    struct ike2_child **at = &c->sa->children;

    say_down(k, c, end);
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->sa->nchildren--;
    wheel_disarm(&k->v2->wheel, &c->timer.timer);
    ike2_table_drop_child(k, c);
    mem_free(c);
}

void ike2_child_close(struct ike *k, struct ike2_child *c, enum ike_end end, bool quiet)
{
    if (!quiet)
        say_down(k, c, end);
    if (c->closing)
        return;
    c->closing = true;
    ike2_child_arm(k, c);
    ike2_want(k, c->sa, IKE2_CHILD_DELETE)->spi = c->in_spi;
    ike2_pump(k, c->sa);
}

void ike2_rekey_child(struct ike *k, struct ike2_child *c)
{
    if (c->rekeying || c->retired || c->closing || c->sa->state != IKE2_UP)
        return;
    c->rekeying = true;
    ike2_child_arm(k, c);
    ike2_want(k, c->sa, IKE2_CHILD_REKEY)->spi = c->in_spi;
    ike2_pump(k, c->sa);
}

/* The other side has made a pair that we will not have: IN_SPI would have been ours. */
void ike2_disown(struct ike *k, struct ike2_sa *sa, uint32_t in_spi)
{
    struct ike2_task *t = ike2_want(k, sa, IKE2_CHILD_DELETE);

    t->spi = in_spi;
    t->orphan = true;
}
