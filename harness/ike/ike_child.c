#include "base/mem.h"
#include "ike/ike_impl.h"

struct child *child_by_in_spi(const struct ike *k, uint32_t in_spi)
{
    for (struct child *c = k->children; c; c = c->next) {
        if (c->in_spi == in_spi)
            return c;
    }
    return NULL;
}

struct child *child_by_out_spi(const struct ike *k, size_t peer, uint32_t out_spi)
{
    for (struct child *c = k->children; c; c = c->next) {
        if (c->peer == peer && c->out_spi == out_spi)
            return c;
    }
    return NULL;
}

struct child *child_of_policy(const struct ike *k, size_t policy)
{
    for (struct child *c = k->children; c; c = c->next) {
        if (c->policy == policy && !c->replaced)
            return c;
    }
    return NULL;
}

static bool spi_is_used(const struct ike *k, uint32_t spi)
{
    if (spi < 256 || child_by_in_spi(k, spi)) /* RFC 4303, 2.1: 1 to 255 are reserved */
        return true;
    for (const struct sa *s = k->sas; s; s = s->next) {
        for (const struct qm *q = s->qms; q; q = q->next) {
            if (q->in_spi == spi)
                return true;
        }
    }
    return false;
}

uint32_t child_new_spi(struct ike *k)
{
    uint32_t spi;

    do
        spi = rng_u32(k->rng);
    while (spi_is_used(k, spi));
    return spi;
}

static void arm(struct ike *k, struct child *c)
{
    wheel_arm(&k->wheel, &c->timer.timer, mono_min(c->soft, c->hard));
}

static void set_lifetime(struct ike *k, struct child *c)
{
    const struct ike_peer_config *p = &k->cfg->peers[c->peer];
    double share = p->soft_share > 0 ? p->soft_share : 0.95;
    struct span life = SPAN_S(c->suite.lifetime_s);
    struct mono now = ike_now(k);

    c->soft = MONO_NEVER;
    c->hard = mono_add(now, life);
    if (p->never_rekeys)
        return;
    if (!c->initiator) /* later than the other side, so that the two do not collide */
        share = (1 + share) / 2;
    c->soft = mono_add(now, SPAN_NS((double)life.ns * share));
}

/* Keys of one direction, from the bytes its receiver's SPI gives (RFC 2409, 5.5). */
static void derive(const struct qm *q, uint32_t spi, struct bytes shared, uint8_t *cipher_key,
                   uint8_t *integ_key)
{
    uint8_t material[CIPHER_KEY_MAX + DIGEST_MAX];
    size_t nc = cipher_key_len(q->suite.cipher), ni = integ_key_len(q->suite.integ);

    ikev1_keymat(&q->sa->keys, shared, ISAKMP_PROTO_ESP, spi, bytes_of(q->nonce_i, q->nonce_i_len),
                 bytes_of(q->nonce_r, q->nonce_r_len), material, nc + ni);
    memcpy(cipher_key, material, nc);
    memcpy(integ_key, material + nc, ni);
    mem_wipe(material, sizeof(material));
}

static void tell_up(struct ike *k, const struct qm *q, struct bytes shared)
{
    struct ike_out *o = out_add(k, IKE_OUT_CHILD_UP);

    o->ike = q->sa->number;
    o->peer = q->sa->remote.addr;
    o->initiator = q->initiator;
    o->rekey = q->old_in_spi != 0;
    o->phase = 2;
    o->message_id = q->message_id;
    o->child.policy = k->cfg->policies[q->policy].id;
    o->child.in_spi = q->in_spi;
    o->child.out_spi = q->out_spi;
    o->child.old_in_spi = q->old_in_spi;
    o->child.selector = q->selector;
    o->child.suite = q->suite;
    derive(q, q->in_spi, shared, o->child.in_cipher_key, o->child.in_integ_key);
    derive(q, q->out_spi, shared, o->child.out_cipher_key, o->child.out_integ_key);
}

/* Earlier pairs of the policy are not renewed any more. Who began the rekeying takes them down
 * after a while; the other side waits for its word, or for their end. */
static void replace_older(struct ike *k, const struct child *c)
{
    for (struct child *old = c->next; old; old = old->next) {
        if (old->policy != c->policy || old->replaced)
            continue;
        old->replaced = true;
        old->soft = MONO_NEVER;
        if (c->initiator) {
            old->ours_to_delete = true;
            old->hard = mono_min(old->hard, mono_add(ike_now(k), OLD_CHILD_GRACE));
        }
        arm(k, old);
    }
}

void child_made(struct ike *k, struct qm *q)
{
    uint8_t shared[DH_PUBLIC_MAX];
    size_t n;

    if (quick_shared(k, q, shared, &n)) {
        quick_end(k, q, IKE_END_REFUSED);
        return;
    }
    const struct child *old = child_of_policy(k, q->policy);
    q->old_in_spi = old ? old->in_spi : 0;
    struct child *c = mem_zalloc(sizeof(*c));
    c->timer.kind = TIMER_CHILD;
    c->peer = q->sa->peer;
    c->policy = q->policy;
    c->ike = q->sa->number;
    c->in_spi = q->in_spi;
    c->out_spi = q->out_spi;
    c->selector = q->selector;
    c->suite = q->suite;
    c->initiator = q->initiator;
    c->next = k->children;
    if (k->children)
        k->children->prev = c;
    k->children = c;
    k->nchildren++;
    set_lifetime(k, c);
    arm(k, c);
    tell_up(k, q, bytes_of(shared, n));
    mem_wipe(shared, sizeof(shared));
    replace_older(k, c);
    log_say(k->log, LOG_INFO, LOG_MODULE, "phase 2 up as %s, in 0x%08x out 0x%08x",
            c->initiator ? "initiator" : "responder", c->in_spi, c->out_spi);
}

void child_free(struct ike *k, struct child *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        k->children = c->next;
    if (c->next)
        c->next->prev = c->prev;
    k->nchildren--;
    wheel_disarm(&k->wheel, &c->timer.timer);
    mem_free(c);
}

void child_end(struct ike *k, struct child *c, enum ike_end end)
{
    struct ike_out *o = out_add(k, IKE_OUT_CHILD_DOWN);

    if (c->replaced && (end == IKE_END_PEER_DELETE || end == IKE_END_EXPIRED))
        end = IKE_END_REPLACED;
    o->end = end;
    o->ike = c->ike;
    o->peer = k->cfg->peers[c->peer].address;
    o->phase = 2;
    o->initiator = c->initiator;
    o->child.policy = k->cfg->policies[c->policy].id;
    o->child.in_spi = c->in_spi;
    o->child.out_spi = c->out_spi;
    o->child.selector = c->selector;
    o->child.suite = c->suite;
    child_free(k, c);
}

enum err child_rekey(struct ike *k, struct child *c)
{
    struct sa *sa = sa_of_peer(k, c->peer);

    if (k->cfg->peers[c->peer].never_initiates)
        return ERR_STATE;
    if (quick_is_under_way(k, c->policy))
        return ERR_OK;
    if (sa) {
        quick_start(k, sa, c->policy, c->in_spi);
        return ERR_OK;
    }
    k->wanted[c->policy] = true; /* phase 1 first */
    return main_start(k, c->peer, 0);
}

void child_timer(struct ike *k, struct child *c)
{
    struct mono now = ike_now(k);

    if (!mono_before(now, c->hard)) {
        if (!c->replaced || c->ours_to_delete)
            info_delete_child(k, c);
        child_end(k, c, IKE_END_EXPIRED);
        return;
    }
    if (!mono_before(now, c->soft)) {
        c->soft = mono_add(now, REKEY_AGAIN); /* should this try fail */
        if (child_rekey(k, c))
            c->soft = MONO_NEVER;
    }
    arm(k, c);
}
