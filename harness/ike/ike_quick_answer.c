/* Quick mode as the responder begins it: which policy is meant, what is chosen. */
#include "ike/ike_impl.h"

static enum err read_net(const struct isakmp_id *id, struct ip_net *out)
{
    bool v6 = id->type == ISAKMP_ID_IPV6 || id->type == ISAKMP_ID_IPV6_SUBNET;
    bool subnet = id->type == ISAKMP_ID_IPV4_SUBNET || id->type == ISAKMP_ID_IPV6_SUBNET;
    size_t n = v6 ? 16 : 4;
    struct rd r = rd_of(id->data);
    struct ip_net net = {.addr = {.family = v6 ? 6 : 4}, .prefix = (uint8_t)(n * 8)};

    if (!v6 && !subnet && id->type != ISAKMP_ID_IPV4)
        return ERR_UNSUPPORTED;
    rd_copy(&r, net.addr.b, n);
    if (subnet) {
        bool ended = false;
        net.prefix = 0;
        for (size_t i = 0; i < n * 8; i++) {
            struct bytes mask = bytes_from(id->data, n);
            bool one = mask.n == n && mask.p[i / 8] & (0x80 >> i % 8);
            if (one && ended)
                return ERR_UNSUPPORTED; /* a mask with holes names no network */
            ended = !one;
            net.prefix = (uint8_t)(net.prefix + one);
        }
        rd_skip(&r, n);
    }
    if (!rd_done(&r))
        return r.err ? r.err : ERR_FORMAT;
    *out = net;
    return ERR_OK;
}

/* What is asked for, turned to our side: the initiator's network is the remote one. Without
 * identities the two gateways themselves are meant (RFC 2409, 5.5). */
static enum err read_selector(const struct sa *sa, const struct isakmp_chain *c,
                              struct ike_selector *out)
{
    const struct isakmp_payload *ci = isakmp_find(c, ISAKMP_PAYLOAD_ID, 0);
    const struct isakmp_payload *cr = isakmp_find(c, ISAKMP_PAYLOAD_ID, 1);
    struct isakmp_id i, r;
    struct ike_selector s = {.proto = 0};

    if (!ci && !cr) {
        uint8_t bits = (uint8_t)(8 * ip_addr_len(&sa->local.addr));
        s.local = (struct ip_net){sa->local.addr, bits};
        s.remote = (struct ip_net){sa->remote.addr, bits};
        *out = s;
        return ERR_OK;
    }
    if (!ci || !cr)
        return ERR_FORMAT;
    enum err e = isakmp_id_parse(ci->body, &i);
    if (!e)
        e = isakmp_id_parse(cr->body, &r);
    if (!e)
        e = read_net(&i, &s.remote);
    if (!e)
        e = read_net(&r, &s.local);
    s.proto = i.proto;
    s.remote_port = i.port;
    s.local_port = r.port;
    if (!e && i.proto != r.proto)
        e = ERR_FORMAT;
    if (!e)
        *out = s;
    return e;
}

static bool net_within(const struct ip_net *outer, const struct ip_net *inner)
{
    return inner->prefix >= outer->prefix && ip_net_has(outer, &inner->addr);
}

static bool selector_eq(const struct ike_selector *a, const struct ike_selector *b)
{
    return a->local.prefix == b->local.prefix && a->remote.prefix == b->remote.prefix &&
           net_within(&a->local, &b->local) && net_within(&a->remote, &b->remote) &&
           a->proto == b->proto && a->local_port == b->local_port &&
           a->remote_port == b->remote_port;
}

static bool selector_within(const struct ike_selector *outer, const struct ike_selector *inner)
{
    return net_within(&outer->local, &inner->local) && net_within(&outer->remote, &inner->remote) &&
           (outer->proto == 0 || outer->proto == inner->proto) &&
           (outer->local_port == 0 || outer->local_port == inner->local_port) &&
           (outer->remote_port == 0 || outer->remote_port == inner->remote_port);
}

/* The policy that says just this, else the first that allows it. */
static bool find_policy(const struct ike *k, size_t peer, const struct ike_selector *s, size_t *out)
{
    bool found = false;

    for (size_t i = 0; i < k->cfg->npolicies; i++) {
        const struct ike_policy *p = &k->cfg->policies[i];
        if (p->peer != peer)
            continue;
        if (selector_eq(&p->selector, s)) {
            *out = i;
            return true;
        }
        if (!found && selector_within(&p->selector, s)) {
            *out = i;
            found = true;
        }
    }
    return found;
}

/* Our lifetimes where the initiator's are longer, in a notify beside the answer. */
static void put_lifetimes(const struct ike *k, const struct qm *q, uint64_t offered_s,
                          uint64_t offered_kb, struct message *m)
{
    uint8_t spi[4], data[32];
    struct wr w = wr_of(data, sizeof(data)), s = wr_of(spi, sizeof(spi));
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ESP,
                              .type = ISAKMP_NOTIFY_RESPONDER_LIFETIME};

    (void)k;
    if (offered_s > q->suite.lifetime_s) {
        isakmp_put_attribute(&w, ISAKMP_P2_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
        isakmp_put_attribute(&w, ISAKMP_P2_LIFE, q->suite.lifetime_s);
    }
    if (q->suite.lifetime_kb && q->suite.lifetime_kb <= UINT32_MAX &&
        (offered_kb == 0 || offered_kb > q->suite.lifetime_kb)) {
        isakmp_put_attribute(&w, ISAKMP_P2_LIFE_TYPE, ISAKMP_LIFE_KILOBYTES);
        isakmp_put_attribute(&w, ISAKMP_P2_LIFE, (uint32_t)q->suite.lifetime_kb);
    }
    if (w.at == 0)
        return;
    wr_be32(&s, q->in_spi);
    n.spi = wr_bytes(&s);
    n.data = wr_bytes(&w);
    isakmp_put_notify(&m->put, &n);
}

/* The lifetimes in the transform as it was offered. */
static void read_offered(struct bytes transform, uint64_t *seconds, uint64_t *kilobytes)
{
    struct rd all = rd_of(transform);
    struct isakmp_transform t;
    struct isakmp_attribute a;
    uint64_t type = 0;

    *seconds = *kilobytes = 0;
    if (!isakmp_transform_next(&all, &t))
        return;
    struct rd r = rd_of(t.attributes);
    while (isakmp_attribute_next(&r, &a)) {
        if (a.type == ISAKMP_P2_LIFE_TYPE)
            type = a.value;
        else if (a.type == ISAKMP_P2_LIFE)
            *(type == ISAKMP_LIFE_KILOBYTES ? kilobytes : seconds) = a.value;
    }
}

struct chosen {
    struct bytes transform;
    uint8_t number;
};

static void send_second(struct ike *k, struct qm *q, const struct chosen *c)
{
    struct sa *sa = q->sa;
    uint8_t hash[DIGEST_MAX];
    uint64_t offered_s, offered_kb;
    struct message m;

    read_offered(c->transform, &offered_s, &offered_kb);
    message_begin(&m, sa, ISAKMP_EXCHANGE_QUICK, q->message_id);
    message_open_hash(&m, sa);
    proposal_put_chosen(&m.put, c->number, ISAKMP_PROTO_ESP, q->in_spi, c->transform);
    isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_NONCE, bytes_of(q->nonce_r, q->nonce_r_len));
    if (q->dh)
        isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_KE, dh_public(q->dh));
    quick_put_ids(&m.put, &q->selector, false);
    put_lifetimes(k, q, offered_s, offered_kb, &m);
    ikev1_hash_2(&sa->keys, q->message_id, bytes_of(q->nonce_i, q->nonce_i_len),
                 message_after_hash(&m, sa), hash);
    message_fill_hash(&m, sa, hash);
    struct bytes sealed = message_seal(&m, sa, q->iv);
    out_send(k, sa, sealed);
    flight_set(k, &q->flight, sealed, true); /* so that a lost third message comes again */
    quick_arm(k, q);
}

static void tell_refusal(struct ike *k, const struct sa *sa, enum ike_fact fact, uint32_t id,
                         const struct ike_selector *s)
{
    struct ike_out *o = out_fact(k, fact, &sa->remote.addr);

    o->phase = 2;
    o->ike = sa->number;
    o->message_id = id;
    if (s)
        o->child.selector = *s;
}

static uint16_t group_of(const struct isakmp_chain *c, const struct ike_policy *p)
{
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_PAYLOAD_KE, 0);

    for (size_t i = 0; ke && i < p->nsuites; i++) {
        if (p->suites[i].pfs_group && dh_len(p->suites[i].pfs_group) == ke->body.n)
            return p->suites[i].pfs_group;
    }
    return 0;
}

static void take_on(struct ike *k, struct sa *sa, const struct isakmp_hdr *h,
                    const struct isakmp_chain *c, size_t policy, const struct ike_selector *s,
                    const uint8_t *last, struct bytes datagram)
{
    const struct ike_policy *p = &k->cfg->policies[policy];
    const struct isakmp_payload *offer = isakmp_find(c, ISAKMP_PAYLOAD_SA, 0);
    struct qm *q = quick_new(k, sa, policy, h->message_id);
    struct chosen chosen;
    uint16_t group = group_of(c, p);

    q->selector = *s;
    enum err e = offer ? proposal_choose_phase2(offer->body, p, group, &q->suite, &q->out_spi,
                                                &chosen.transform, &chosen.number)
                       : ERR_FORMAT;
    if (!e)
        e = quick_take_ke(q, c);
    if (!e && group)
        e = dh_new(group, k->rng, &q->dh);
    if (e) {
        bool none = e == ERR_NOTFOUND;
        tell_refusal(k, sa, none ? IKE_FACT_NO_PROPOSAL : IKE_FACT_MALFORMED, h->message_id, s);
        quick_free(k, q);
        info_refuse_quick(
            k, sa, none ? ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN : ISAKMP_NOTIFY_PAYLOAD_MALFORMED, 0);
        return;
    }
    const struct child *old = child_of_policy(k, policy);
    q->old_in_spi = old ? old->in_spi : 0;
    rng_fill(k->rng, q->nonce_r, NONCE_LEN);
    q->nonce_r_len = NONCE_LEN;
    memcpy(q->iv, last, cipher_block_len(sa->suite.cipher));
    struct ike_out *o = out_fact(k, IKE_FACT_RESPONDING_2, &sa->remote.addr);
    o->phase = 2;
    o->ike = sa->number;
    o->rekey = old != NULL;
    o->message_id = h->message_id;
    o->child.policy = p->id;
    o->child.selector = *s;
    send_second(k, q, &chosen);
    flight_note(&q->flight, datagram);
}

void quick_answer(struct ike *k, struct sa *sa, const struct isakmp_hdr *h, struct bytes datagram)
{
    struct isakmp_chain c;
    struct bytes hash, rest;
    struct ike_selector s;
    size_t policy = 0;
    uint8_t iv[CIPHER_BLOCK_MAX], last[CIPHER_BLOCK_MAX], want[DIGEST_MAX];

    message_phase2_iv(sa, h->message_id, iv);
    enum err e = message_open(k, sa, h, iv, &c, last);
    if (!e)
        e = message_hash_parts(sa, &c, &hash, &rest);
    if (!e) {
        ikev1_hash_1(&sa->keys, h->message_id, rest, want);
        if (!secret_eq(want, hash.p, hash.n))
            e = ERR_AUTH;
    }
    if (e || h->message_id == 0) {
        tell_refusal(k, sa, IKE_FACT_MALFORMED, h->message_id, NULL);
        return;
    }
    sa_heard(k, sa);
    if (sa->nqms >= QMS_MAX || k->nchildren >= CHILDREN_MAX)
        return; /* asked again when there is room */
    e = read_selector(sa, &c, &s);
    if (e || !find_policy(k, sa->peer, &s, &policy)) {
        tell_refusal(k, sa, e ? IKE_FACT_MALFORMED : IKE_FACT_NO_POLICY, h->message_id,
                     e ? NULL : &s);
        sa_note_seen(sa, h->message_id);
        info_refuse_quick(k, sa, ISAKMP_NOTIFY_INVALID_ID_INFORMATION, 0);
        return;
    }
    take_on(k, sa, h, &c, policy, &s, last, datagram);
}
