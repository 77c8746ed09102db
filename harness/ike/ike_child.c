/* Pairs of IPsec SAs: keys, successors, ends. */
#include "ike/ike1_exchanges.h"
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

struct ike_child *ike_child_by_in(const struct ike *k, uint32_t in_spi)
{
    for (struct ike_child *c = k->children; c; c = c->next) {
        if (c->in_spi == in_spi)
            return c;
    }
    return NULL;
}

struct ike_child *ike_child_current(const struct ike *k, size_t peer, size_t policy,
                                    const struct ike_selector *s)
{
    for (struct ike_child *c = k->children; c; c = c->next) {
        if (c->peer == peer && c->policy == policy && !c->retired &&
            ike_selector_eq(&c->selector, s))
            return c;
    }
    return NULL;
}

static bool spi_is_used(const struct ike *k, uint32_t spi)
{
    if (ike_child_by_in(k, spi))
        return true;
    for (const struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        for (const struct ike1_quick *q = sa->quicks; q; q = q->next) {
            if (q->in_spi == spi)
                return true;
        }
    }
    return false;
}

uint32_t ike_new_spi(struct ike *k)
{
    uint32_t spi = k->cfg->quirks ? k->cfg->quirks->spi : 0;

    if (spi && !ike_child_by_in(k, spi) && !ike2_child_by_in(k, spi))
        return spi;
    do
        spi = rng_u32(k->rng);
    while (spi < 256 || spi_is_used(k, spi)); /* RFC 4303, 2.1: the first 256 are reserved */
    return spi;
}

/* Keying material of the SA whose receiver chose SPI. */
static void make_keys(const struct ike *k, const struct ike1_sa *sa, const struct ike1_quick *q,
                      uint32_t spi, uint8_t *cipher_key, uint8_t *integ_key)
{
    uint8_t mat[CIPHER_KEY_MAX + DIGEST_MAX];
    size_t c = cipher_key_len(q->suite.cipher), i = integ_key_len(q->suite.integ);

    if (ike_is_faulty(k, IKE_FAULT_V1_KEYMAT_SPI))
        spi = spi == q->in_spi ? q->out_spi : q->in_spi;
    bool of_ah = ike_is_faulty(k, IKE_FAULT_V1_KEYMAT_PROTOCOL);
    bool no_secret = ike_is_faulty(k, IKE_FAULT_V1_KEYMAT_NO_SECRET);
    ikev1_keymat(&sa->keys, bytes_of(q->shared, no_secret ? 0 : q->shared_len),
                 of_ah ? ISAKMP_PROTO_AH : ISAKMP_PROTO_ESP, spi, owned_bytes(&q->nonce_i),
                 owned_bytes(&q->nonce_r), mat, c + i);
    memcpy(cipher_key, mat, c);
    memcpy(integ_key, mat + c, i);
    mem_wipe(mat, sizeof(mat));
}

void ike_fill_child(const struct ike *k, const struct ike_child *c, struct ike_out *o)
{
    o->ike = c->sa->number;
    ike1_fill_remote(k, c->sa, o);
    o->peer = ike_peer_at(k, c->peer)->address;
    o->initiator = c->initiator;
    o->phase = 2;
    o->message_id = c->message_id;
    o->child.policy = k->cfg->policies[c->policy].id;
    o->child.in_spi = c->in_spi;
    o->child.out_spi = c->out_spi;
    o->child.selector = c->selector;
    o->child.suite = c->suite;
}

/* What C succeeds: each pair for the same traffic that has no successor yet. Gives the inbound SPI
 * of what was retired, or 0. Who began C deletes the old one a little later. Not so when the two
 * negotiations crossed: IKEv1 has no rule for who wins, and the other side may have seen them end
 * in the other order and send with the old one. Each then sends with its newest pair, opens both,
 * and the older one lives as long as was agreed. */
static uint32_t succeed(struct ike *k, const struct ike_child *c)
{
    uint32_t old = 0;

    for (struct ike_child *o = k->children; o; o = o->next) {
        if (o == c || o->peer != c->peer || o->policy != c->policy || o->retired ||
            !ike_selector_eq(&o->selector, &c->selector))
            continue;
        bool crossed = mono_before(c->started, o->up);
        o->retired = true;
        o->linger = c->initiator && !crossed ? ike_in(k, IKE_CHILD_LINGER) : MONO_NEVER;
        old = o->in_spi;
    }
    return old;
}

static struct ike_child *child_new(struct ike *k, struct ike1_sa *sa, const struct ike1_quick *q)
{
    struct ike_child *c = mem_zalloc(sizeof(*c));

    *c = (struct ike_child){.next = k->children,
                            .sa = ike1_best(k, sa->peer),
                            .peer = sa->peer,
                            .policy = q->policy,
                            .selector = q->selector,
                            .suite = q->suite,
                            .in_spi = q->in_spi,
                            .out_spi = q->out_spi,
                            .message_id = q->message_id,
                            .initiator = q->initiator,
                            .started = q->started,
                            .up = ike_now(k),
                            .linger = MONO_NEVER};
    c->hard = ike_hard(c->up, c->suite.lifetime_s);
    c->soft = ike_soft(ike_peer_at(k, c->peer), c->initiator, c->up, c->hard);
    k->children = c;
    return c;
}

void ike_child_up(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q)
{
    struct ike_child *c = child_new(k, sa, q);
    uint32_t old = succeed(k, c);
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_UP);

    ike_fill_child(k, c, o);
    o->child.old_in_spi = old;
    o->child.udp = sa->nat;
    o->child.follows = ike1_follows(sa);
    o->from = sa->local;
    o->to = sa->remote;
    o->rekey = old != 0;
    make_keys(k, sa, q, q->in_spi, o->child.in_cipher_key, o->child.in_integ_key);
    make_keys(k, sa, q, q->out_spi, o->child.out_cipher_key, o->child.out_integ_key);
    struct ike_selector whole = ike_policy_selector(k, c->policy);
    if (ike_selector_eq(&c->selector, &whole))
        k->wants[c->policy].wanted = false;
    log_say(k->log, LOG_INFO, "ike", "pair 0x%08x/0x%08x up for policy %u, succeeds 0x%08x",
            c->in_spi, c->out_spi, o->child.policy, old);
}

void ike_child_down(struct ike *k, struct ike_child *c, enum ike_end end, bool tell)
{
    struct ike_child **at = &k->children;

    if (tell)
        ike1_send_delete_child(k, c);
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    struct ike_out *o = ike_emit(k, IKE_OUT_CHILD_DOWN);
    ike_fill_child(k, c, o);
    o->end = end;
    log_say(k->log, LOG_INFO, "ike", "pair 0x%08x/0x%08x down: %s", c->in_spi, c->out_spi,
            ike_end_name(end));
    mem_free(c);
}
