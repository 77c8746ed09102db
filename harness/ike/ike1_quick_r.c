/* Quick mode, responder. */
#include "ike/ike1_exchanges.h"

/* Tells the other side why not, once its message has proved to be authentic. */
static void refuse(struct ike *k, struct ike1_sa *sa, uint16_t type, uint32_t spi)
{
    uint8_t spi_be[4];
    struct wr w = wr_of(spi_be, sizeof(spi_be));
    struct isakmp_notify n = {.doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ESP, .type = type};

    wr_be32(&w, spi);
    if (spi)
        n.spi = wr_bytes(&w);
    ike1_notify(k, sa, &n);
}

static bool authentic(struct ike *k, struct ike1_sa *sa, struct ike1_in *in, uint8_t *next_iv)
{
    uint8_t iv[CIPHER_BLOCK_MAX], want[DIGEST_MAX];

    ikev1_phase2_iv(sa->suite.digest, sa->iv, in->hdr.message_id, sa->suite.cipher, iv);
    if (ike1_open(k, sa, in, iv, next_iv) || in->chain.n == 0 ||
        in->chain.v[0].type != ISAKMP_P_HASH) {
        ike1_bad_auth(k, sa, 2, "quick mode message 1 does not decrypt to what it should be");
        return false;
    }
    ikev1_hash_1(&sa->keys, in->hdr.message_id, ike1_hash_rest(&in->chain), want);
    if (!ike1_hash_fits(sa, &in->chain, want)) {
        ike1_bad_auth(k, sa, 2, "HASH(1) does not fit");
        return false;
    }
    ike1_saw(sa, in->hdr.message_id);
    ike1_heard(k, sa);
    ike1_follow(k, sa, &in->from, &in->to);
    return true;
}

/* Without identities it is the two gateways themselves (RFC 2409, 5.5). */
static enum err asked_selector(const struct ike *k, const struct ike1_sa *sa,
                               const struct isakmp_chain *c, struct ike_selector *out)
{
    struct bytes ids[2];
    size_t n = 0;

    for (size_t i = 0; i < c->n && n < 2; i++) {
        if (c->v[i].type == ISAKMP_P_ID)
            ids[n++] = c->v[i].body;
    }
    if (n == 2)
        return ike_selector_parse(ids[1], ids[0], out);
    const struct ip_addr *a = &k->cfg->local, *b = &ike1_config(k, sa)->address;
    *out = (struct ike_selector){.local = {*a, (uint8_t)(ip_addr_len(a) * 8)},
                                 .remote = {*b, (uint8_t)(ip_addr_len(b) * 8)}};
    return ERR_OK;
}

/* The SPI that the other side offers, for notifies; 0 when there is none. */
static uint32_t offered_spi(const struct isakmp_sa *offer)
{
    struct bytes props = offer->proposals;
    struct isakmp_proposal p;
    uint32_t spi = 0;

    while (!spi && isakmp_next_proposal(&props, &p)) {
        struct rd r = rd_of(p.spi);
        if (p.protocol == ISAKMP_PROTO_ESP)
            spi = rd_be32(&r);
    }
    return spi;
}

struct request { /* message 1 as understood */
    size_t policy;
    struct ike_selector selector;
    struct ike_esp_choice choice;
    struct bytes nonce, ke; /* KE: empty without PFS */
};

static bool malformed(struct ike *k, struct ike1_sa *sa, uint16_t code, const char *why)
{
    ike1_malformed(k, sa, code, why);
    refuse(k, sa, code, 0);
    return false;
}

static bool find_policy(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in, uint32_t spi,
                        struct request *r)
{
    struct ike_selector asked = {0};

    if (!asked_selector(k, sa, &in->chain, &asked) && !ike_policy_for(k, sa, &asked, &r->policy)) {
        r->selector = asked;
        return true;
    }
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_NO_POLICY, 2);
    o->message_id = in->hdr.message_id;
    o->child.selector = asked;
    refuse(k, sa, ISAKMP_N_INVALID_ID_INFORMATION, spi);
    return false;
}

static bool take_request(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                         struct request *r)
{
    uint16_t code;
    const struct isakmp_chain *c = &in->chain;
    const char *why = ike1_misfit(IKE1_QUICK_1, c, &code);
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_P_KE);
    struct isakmp_sa offer;

    if (!why && isakmp_sa_parse(c->v[1].body, &offer)) {
        why = "the proposals do not parse";
        code = ISAKMP_N_BAD_PROPOSAL_SYNTAX;
    }
    if (why)
        return malformed(k, sa, code, why);
    uint32_t spi = offered_spi(&offer);
    if (!find_policy(k, sa, in, spi, r))
        return false;
    if (ike_esp_choose(&k->cfg->policies[r->policy], &offer, false, ike1_natt_mode(sa),
                       &r->choice)) {
        ike1_fact(k, sa, IKE_FACT_NO_PROPOSAL, 2)->message_id = in->hdr.message_id;
        refuse(k, sa, ISAKMP_N_NO_PROPOSAL_CHOSEN, spi);
        return false;
    }
    r->nonce = isakmp_find(c, ISAKMP_P_NONCE)->body;
    if (!ike1_nonce_ok(r->nonce))
        return malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a nonce of impossible length");
    r->ke = ke ? ke->body : (struct bytes){NULL, 0};
    if (r->ke.n != dh_len(r->choice.suite.pfs_group))
        return malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                         "a public value that does not go with the group");
    return true;
}

static bool is_full(const struct ike *k, const struct ike1_sa *sa)
{
    size_t children = 0, waiting = 0;

    for (const struct ike_child *c = k->children; c; c = c->next)
        children++;
    for (const struct ike1_quick *q = sa->quicks; q; q = q->next)
        waiting += q->state != IKE1_Q_DONE;
    return children >= IKE_CHILDREN || waiting >= IKE_QUICKS;
}

/* RFC 2407, 4.6.3.1: the offer was longer than we will use the SA. */
static void put_lifetimes(struct isakmp_msg *m, const struct ike1_quick *q)
{
    uint8_t spi[4], data[32];
    struct wr s = wr_of(spi, sizeof(spi)), w = wr_of(data, sizeof(data));
    struct isakmp_notify n = {
        .doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ESP, .type = ISAKMP_N_RESPONDER_LIFETIME};

    wr_be32(&s, q->in_spi);
    isakmp_put_attribute(&w, ESP_A_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
    isakmp_put_attribute(&w, ESP_A_LIFE, q->suite.lifetime_s);
    if (q->suite.lifetime_kb) {
        isakmp_put_attribute(&w, ESP_A_LIFE_TYPE, ISAKMP_LIFE_KILOBYTES);
        isakmp_put_attribute(&w, ESP_A_LIFE, q->suite.lifetime_kb);
    }
    n.spi = wr_bytes(&s);
    n.data = wr_bytes(&w);
    isakmp_put_notify(m, &n);
}

/* The identities of message 1, as they were. */
static void put_ids(struct isakmp_msg *m, const struct isakmp_chain *c)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type == ISAKMP_P_ID)
            isakmp_put(m, ISAKMP_P_ID, c->v[i].body);
    }
}

static void put_answer(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q,
                       const struct ike1_in *in, const struct request *r)
{
    struct isakmp_msg m;

    ike1_begin(k, sa, &m, ISAKMP_X_QUICK, q->message_id, true);
    ike1_open_hash(sa, &m);
    ike_esp_put_choice(&m, &r->choice, q->in_spi);
    isakmp_put(&m, ISAKMP_P_NONCE, owned_bytes(&q->nonce_r));
    if (q->dh)
        isakmp_put(&m, ISAKMP_P_KE, dh_public(q->dh));
    put_ids(&m, &in->chain);
    if (r->choice.lowered)
        put_lifetimes(&m, q);
    ikev1_hash_2(&sa->keys, q->message_id, owned_bytes(&q->nonce_i), ike1_after_hash(sa, &m),
                 ike1_hash_room(&m));
    struct bytes datagram = ike1_seal(sa, &m, q->iv);
    ike_memory_set(&q->memory, in->hash, datagram);
    owned_set(&q->resend.datagram, datagram);
    ike1_send_again(k, sa, &q->resend);
}

static struct ike_out *tell(struct ike *k, struct ike1_sa *sa, const struct ike1_quick *q,
                            enum ike_fact fact)
{
    struct ike_out *o = ike1_fact(k, sa, fact, 2);

    o->initiator = false;
    o->message_id = q->message_id;
    o->child.policy = k->cfg->policies[q->policy].id;
    o->child.selector = q->selector;
    o->child.suite = q->suite;
    return o;
}

static void told(struct ike *k, struct ike1_sa *sa, const struct ike1_quick *q,
                 const struct request *r)
{
    struct ike_out *o;

    (void)tell(k, sa, q, IKE_FACT_RESPONDING_2);
    if (r->choice.took_lower) {
        o = tell(k, sa, q, IKE_FACT_LIFETIME_LOWERED);
        o->was_s = r->choice.own_s;
        o->was_kb = r->choice.own_kb;
    }
    if (r->choice.lowered) {
        o = tell(k, sa, q, IKE_FACT_LIFETIME_FORCED);
        o->was_s = r->choice.offered_s;
        o->was_kb = r->choice.offered_kb;
    }
}

void ike1_quick_1(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX], nonce[IKE_NONCE_LEN];
    struct request r = {0};

    if (!authentic(k, sa, in, next_iv))
        return;
    if (sa->state == IKE1_CONFIG) /* mode-config is not wanted */
        ike1_came_up(k, sa);
    if (!take_request(k, sa, in, &r))
        return;
    if (is_full(k, sa)) {
        ike1_fact(k, sa, IKE_FACT_LIMIT, 2)->why = "too many pairs or quick modes";
        return;
    }
    struct ike1_quick *q = ike1_quick_add(k, sa, in->hdr.message_id, false);
    q->policy = r.policy;
    q->selector = r.selector;
    q->suite = r.choice.suite;
    q->out_spi = r.choice.spi;
    q->in_spi = ike_new_spi(k);
    memcpy(q->iv, next_iv, sizeof(next_iv));
    rng_fill(k->rng, nonce, sizeof(nonce));
    owned_set(&q->nonce_i, r.nonce);
    owned_set(&q->nonce_r, bytes_of(nonce, sizeof(nonce)));
    told(k, sa, q, &r);
    if (q->suite.pfs_group && dh_new(q->suite.pfs_group, k->rng, &q->dh)) {
        ike1_quick_fail(k, sa, q, IKE_END_REFUSED);
        return;
    }
    put_answer(k, sa, q, in, &r);
    if (q->dh && ike1_quick_shared(q, r.ke)) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a public value that is not of the group");
        ike1_quick_fail(k, sa, q, IKE_END_REFUSED);
    }
}

void ike1_quick_3(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX], want[DIGEST_MAX];
    uint16_t code;

    if (ike1_open(k, sa, in, q->iv, next_iv) || ike1_misfit(IKE1_QUICK_3, &in->chain, &code)) {
        ike1_bad_auth(k, sa, 2, "quick mode message 3 does not decrypt to what it should be");
        return;
    }
    ikev1_hash_3(&sa->keys, q->message_id, owned_bytes(&q->nonce_i), owned_bytes(&q->nonce_r),
                 want);
    if (!ike1_hash_fits(sa, &in->chain, want)) {
        ike1_bad_auth(k, sa, 2, "HASH(3) does not fit");
        return;
    }
    ike1_heard(k, sa);
    ike1_follow(k, sa, &in->from, &in->to);
    ike_resend_stop(&q->resend);
    q->state = IKE1_Q_DONE;
    q->forget = ike_in(k, IKE_QUICK_KEPT);
    ike_child_up(k, sa, q);
}
