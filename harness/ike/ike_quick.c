/* Quick mode (RFC 2409, 5.5), all of it under the IKE SA's encryption:
 *
 *   initiator                                   responder
 *   1  HASH(1), SA, Ni, [KE], IDci, IDcr  -->
 *                                         <--   2  HASH(2), SA, Nr, [KE], IDci, IDcr,
 *                                                  [RESPONDER-LIFETIME]
 *   3  HASH(3)                            -->
 *
 * The responder's first step is in ike_quick_answer.c. */
#include "base/mem.h"
#include "ike/ike_impl.h"

struct qm *quick_new(struct ike *k, struct sa *sa, size_t policy, uint32_t message_id)
{
    struct qm *q = mem_zalloc(sizeof(*q));

    q->timer.kind = TIMER_QM;
    q->sa = sa;
    q->policy = policy;
    q->message_id = message_id;
    q->flight.due = MONO_NEVER;
    q->dies = MONO_NEVER;
    q->in_spi = child_new_spi(k);
    q->next = sa->qms;
    sa->qms = q;
    sa->nqms++;
    message_phase2_iv(sa, message_id, q->iv);
    return q;
}

void quick_free(struct ike *k, struct qm *q)
{
    struct qm **at = &q->sa->qms;

    while (*at != q)
        at = &(*at)->next;
    *at = q->next;
    q->sa->nqms--;
    sa_note_seen(q->sa, q->message_id);
    wheel_disarm(&k->wheel, &q->timer.timer);
    flight_release(&q->flight);
    dh_free(q->dh);
    mem_wipe(q, sizeof(*q));
    mem_free(q);
}

void quick_arm(struct ike *k, struct qm *q)
{
    wheel_arm(&k->wheel, &q->timer.timer, mono_min(q->flight.due, q->dies));
}

bool quick_is_under_way(const struct ike *k, size_t policy)
{
    for (const struct sa *s = k->sas; s; s = s->next) {
        for (const struct qm *q = s->qms; q; q = q->next) {
            if (q->policy == policy && !q->done)
                return true;
        }
    }
    return false;
}

static void put_id(struct isakmp_put *put, const struct ip_net *net, uint8_t proto, uint16_t port)
{
    uint8_t data[32] = {0};
    size_t n = ip_addr_len(&net->addr);
    bool host = net->prefix == n * 8;
    bool v6 = net->addr.family == 6;
    struct isakmp_id id = {.proto = proto, .port = port};

    memcpy(data, net->addr.b, n);
    for (size_t i = 0; !host && i < net->prefix; i++)
        data[n + i / 8] |= (uint8_t)(0x80 >> i % 8);
    id.data = bytes_of(data, host ? n : 2 * n);
    id.type = v6 ? (host ? ISAKMP_ID_IPV6 : ISAKMP_ID_IPV6_SUBNET)
                 : (host ? ISAKMP_ID_IPV4 : ISAKMP_ID_IPV4_SUBNET);
    isakmp_put_id(put, &id);
}

void quick_put_ids(struct isakmp_put *put, const struct ike_selector *s, bool local_first)
{
    if (local_first)
        put_id(put, &s->local, s->proto, s->local_port);
    put_id(put, &s->remote, s->proto, s->remote_port);
    if (!local_first)
        put_id(put, &s->local, s->proto, s->local_port);
}

/* --- 1 --------------------------------------------------------------------------------------- */

static uint32_t new_message_id(struct ike *k, const struct sa *sa)
{
    for (;;) {
        uint32_t id = rng_u32(k->rng);
        bool used = id == 0 || sa_has_seen(sa, id);
        for (const struct qm *q = sa->qms; q && !used; q = q->next)
            used = q->message_id == id;
        if (!used)
            return id;
    }
}

static void tell_start(struct ike *k, const struct qm *q, enum ike_fact fact)
{
    struct ike_out *o = out_fact(k, fact, &q->sa->remote.addr);

    o->phase = 2;
    o->ike = q->sa->number;
    o->rekey = q->old_in_spi != 0;
    o->message_id = q->message_id;
    o->child.policy = k->cfg->policies[q->policy].id;
    o->child.selector = k->cfg->policies[q->policy].selector;
    o->child.old_in_spi = q->old_in_spi;
}

void quick_start(struct ike *k, struct sa *sa, size_t policy, uint32_t old_in_spi)
{
    const struct ike_policy *p = &k->cfg->policies[policy];
    uint8_t hash[DIGEST_MAX];
    struct message m;

    if (p->nsuites == 0 || sa->nqms >= QMS_MAX || k->nchildren >= CHILDREN_MAX)
        return;
    struct qm *q = quick_new(k, sa, policy, new_message_id(k, sa));
    q->initiator = true;
    q->old_in_spi = old_in_spi;
    q->selector = p->selector;
    rng_fill(k->rng, q->nonce_i, NONCE_LEN);
    q->nonce_i_len = NONCE_LEN;
    if (p->suites[0].pfs_group && dh_new(p->suites[0].pfs_group, k->rng, &q->dh)) {
        quick_free(k, q);
        return;
    }
    message_begin(&m, sa, ISAKMP_EXCHANGE_QUICK, q->message_id);
    message_open_hash(&m, sa);
    proposal_put_phase2(&m.put, p, q->in_spi);
    isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_NONCE, bytes_of(q->nonce_i, NONCE_LEN));
    if (q->dh)
        isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_KE, dh_public(q->dh));
    quick_put_ids(&m.put, &q->selector, true);
    ikev1_hash_1(&sa->keys, q->message_id, message_after_hash(&m, sa), hash);
    message_fill_hash(&m, sa, hash);
    tell_start(k, q, IKE_FACT_INITIATING_2);
    struct bytes sealed = message_seal(&m, sa, q->iv);
    out_send(k, sa, sealed);
    flight_set(k, &q->flight, sealed, true);
    quick_arm(k, q);
}

/* --- 2, as the initiator sees it -------------------------------------------------------------- */

enum err quick_take_ke(struct qm *q, const struct isakmp_chain *c)
{
    const struct isakmp_payload *n = isakmp_find(c, ISAKMP_PAYLOAD_NONCE, 0);
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_PAYLOAD_KE, 0);

    if (!n || n->body.n < 8 || n->body.n > NONCE_MAX || (ke && ke->body.n > DH_PUBLIC_MAX))
        return ERR_FORMAT;
    memcpy(q->initiator ? q->nonce_r : q->nonce_i, n->body.p, n->body.n);
    *(q->initiator ? &q->nonce_r_len : &q->nonce_i_len) = n->body.n;
    if (ke)
        memcpy(q->peer_public, ke->body.p, ke->body.n);
    return ERR_OK;
}

/* g(qm)^xy with PFS, else nothing. */
enum err quick_shared(struct ike *k, const struct qm *q, uint8_t *out, size_t *n)
{
    (void)k;
    *n = 0;
    if (!q->suite.pfs_group)
        return ERR_OK;
    if (!q->dh)
        return ERR_STATE;
    *n = dh_len(q->suite.pfs_group);
    return dh_shared(q->dh, bytes_of(q->peer_public, *n), out);
}

static void take_lifetimes(struct ike *k, struct qm *q, const struct isakmp_chain *c)
{
    const struct isakmp_payload *p;
    struct isakmp_attribute a;
    struct isakmp_notify n;

    for (size_t i = 0; (p = isakmp_find(c, ISAKMP_PAYLOAD_NOTIFY, i)); i++) {
        if (isakmp_notify_parse(p->body, &n) || n.type != ISAKMP_NOTIFY_RESPONDER_LIFETIME)
            continue;
        struct rd r = rd_of(n.data);
        uint64_t type = 0;
        bool lowered = false;
        while (isakmp_attribute_next(&r, &a)) {
            if (a.type == ISAKMP_P2_LIFE_TYPE)
                type = a.value;
            if (a.type != ISAKMP_P2_LIFE || a.value == 0)
                continue;
            if (type == ISAKMP_LIFE_SECONDS && a.value < q->suite.lifetime_s) {
                q->suite.lifetime_s = (uint32_t)a.value;
                lowered = true;
            } else if (type == ISAKMP_LIFE_KILOBYTES &&
                       (q->suite.lifetime_kb == 0 || a.value < q->suite.lifetime_kb)) {
                q->suite.lifetime_kb = a.value;
                lowered = true;
            }
        }
        if (!lowered)
            continue;
        struct ike_out *o = out_fact(k, IKE_FACT_LIFETIME_LOWERED, &q->sa->remote.addr);
        o->phase = 2;
        o->ike = q->sa->number;
        o->child.suite = q->suite;
    }
}

static enum err take_answer(struct ike *k, struct qm *q, const struct isakmp_chain *c)
{
    const struct ike_policy *policy = &k->cfg->policies[q->policy];
    const struct isakmp_payload *p = isakmp_find(c, ISAKMP_PAYLOAD_SA, 0);
    struct bytes transform;
    uint8_t number;

    if (!p)
        return ERR_FORMAT;
    enum err e = proposal_choose_phase2(p->body, policy, policy->suites[0].pfs_group, &q->suite,
                                        &q->out_spi, &transform, &number);
    if (!e)
        e = quick_take_ke(q, c);
    if (e)
        return e;
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_PAYLOAD_KE, 0);
    if (q->suite.pfs_group && (!ke || ke->body.n != dh_len(q->suite.pfs_group)))
        return ERR_FORMAT;
    take_lifetimes(k, q, c);
    return ERR_OK;
}

static void send_third(struct ike *k, struct qm *q)
{
    uint8_t hash[DIGEST_MAX];
    struct sa *sa = q->sa;
    struct message m;

    message_begin(&m, sa, ISAKMP_EXCHANGE_QUICK, q->message_id);
    ikev1_hash_3(&sa->keys, q->message_id, bytes_of(q->nonce_i, q->nonce_i_len),
                 bytes_of(q->nonce_r, q->nonce_r_len), hash);
    isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_HASH, bytes_of(hash, sa_hash_len(sa)));
    struct bytes sealed = message_seal(&m, sa, q->iv);
    out_send(k, sa, sealed);
    quick_done(k, q, sealed);
}

void quick_done(struct ike *k, struct qm *q, struct bytes last_message)
{
    flight_set(k, &q->flight, last_message, false);
    q->done = true;
    q->dies = mono_add(ike_now(k), QM_LINGER);
    quick_arm(k, q);
}

static enum err take_second(struct ike *k, struct qm *q, const struct isakmp_hdr *h)
{
    struct sa *sa = q->sa;
    struct isakmp_chain c;
    struct bytes hash, rest;
    uint8_t last[CIPHER_BLOCK_MAX], want[DIGEST_MAX];
    enum err e = message_open(k, sa, h, q->iv, &c, last);

    if (!e)
        e = message_hash_parts(sa, &c, &hash, &rest);
    if (e)
        return e;
    ikev1_hash_2(&sa->keys, q->message_id, bytes_of(q->nonce_i, q->nonce_i_len), rest, want);
    if (!secret_eq(want, hash.p, hash.n))
        return ERR_AUTH;
    sa_heard(k, sa);
    e = take_answer(k, q, &c);
    if (e) { /* genuine, and not what was offered */
        quick_end(k, q, IKE_END_REFUSED);
        return ERR_OK;
    }
    memcpy(q->iv, last, cipher_block_len(sa->suite.cipher));
    send_third(k, q);
    child_made(k, q);
    return ERR_OK;
}

/* --- 3, as the responder sees it -------------------------------------------------------------- */

static enum err take_third(struct ike *k, struct qm *q, const struct isakmp_hdr *h)
{
    struct sa *sa = q->sa;
    struct isakmp_chain c;
    struct bytes hash, rest;
    uint8_t last[CIPHER_BLOCK_MAX], want[DIGEST_MAX];
    enum err e = message_open(k, sa, h, q->iv, &c, last);

    if (!e)
        e = message_hash_parts(sa, &c, &hash, &rest);
    if (e)
        return e;
    ikev1_hash_3(&sa->keys, q->message_id, bytes_of(q->nonce_i, q->nonce_i_len),
                 bytes_of(q->nonce_r, q->nonce_r_len), want);
    if (!secret_eq(want, hash.p, hash.n))
        return ERR_AUTH;
    sa_heard(k, sa);
    quick_done(k, q, (struct bytes){0});
    child_made(k, q);
    return ERR_OK;
}

/* --- input, timer, end ------------------------------------------------------------------------ */

static struct qm *find(const struct sa *sa, uint32_t message_id)
{
    for (struct qm *q = sa->qms; q; q = q->next) {
        if (q->message_id == message_id)
            return q;
    }
    return NULL;
}

static void tell(struct ike *k, const struct sa *sa, enum ike_fact fact, uint32_t message_id)
{
    struct ike_out *o = out_fact(k, fact, &sa->remote.addr);

    o->phase = 2;
    o->ike = sa->number;
    o->message_id = message_id;
}

void quick_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h, struct bytes datagram)
{
    struct qm *q = find(sa, h->message_id);

    if (!q && sa_has_seen(sa, h->message_id)) {
        tell(k, sa, IKE_FACT_DUPLICATE, h->message_id);
        return;
    }
    if (!q) {
        quick_answer(k, sa, h, datagram);
        return;
    }
    if (flight_was_answered(&q->flight, datagram) || q->done) {
        tell(k, sa, IKE_FACT_DUPLICATE, h->message_id);
        if (flight_was_answered(&q->flight, datagram))
            out_send(k, sa, bytes_of(q->flight.sent, q->flight.sent_len));
        return;
    }
    enum err e = q->initiator ? take_second(k, q, h) : take_third(k, q, h);
    q = find(sa, h->message_id);
    if (!e && q)
        flight_note(&q->flight, datagram);
    if (e)
        tell(k, sa, IKE_FACT_MALFORMED, h->message_id);
}

void quick_end(struct ike *k, struct qm *q, enum ike_end end)
{
    struct ike_out *o = out_add(k, IKE_OUT_CHILD_DOWN);

    o->end = end;
    o->ike = q->sa->number;
    o->peer = q->sa->remote.addr;
    o->phase = 2;
    o->initiator = q->initiator;
    o->rekey = q->old_in_spi != 0;
    o->message_id = q->message_id;
    o->child.policy = k->cfg->policies[q->policy].id;
    o->child.in_spi = q->in_spi;
    o->child.selector = q->selector;
    quick_free(k, q);
}

void quick_timer(struct ike *k, struct qm *q)
{
    if (!mono_before(ike_now(k), q->dies)) {
        quick_free(k, q);
        return;
    }
    if (!mono_before(ike_now(k), q->flight.due) && !flight_repeat(k, q->sa, &q->flight)) {
        quick_end(k, q, IKE_END_TIMEOUT);
        return;
    }
    quick_arm(k, q);
}
