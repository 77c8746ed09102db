/* Quick mode, initiator. */
#include "ike/ike1_exchanges.h"

static uint32_t new_message_id(struct ike *k, struct ike1_sa *sa)
{
    uint32_t id;
    const struct ike1_quick *q;

    do {
        id = rng_u32(k->rng);
        q = sa->quicks;
        while (q && q->message_id != id)
            q = q->next;
    } while (id == 0 || q || ike1_was_seen(sa, id));
    ike1_saw(sa, id);
    return id;
}

static void put_request(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q)
{
    const struct ike_policy *p = &k->cfg->policies[q->policy];
    struct isakmp_msg m;

    ike1_begin(k, sa, &m, ISAKMP_X_QUICK, q->message_id, true);
    ike1_open_hash(sa, &m);
    ike_esp_put_offer(&m, p, ike_spi_out(k, IKE_FAULT_V1_SPI_REVERSED, q->in_spi),
                      ike1_natt_mode(sa));
    isakmp_put(&m, ISAKMP_P_NONCE, owned_bytes(&q->nonce_i));
    if (q->dh)
        isakmp_put(&m, ISAKMP_P_KE, dh_public(q->dh));
    ike_put_selector(&m, &q->selector, true);
    ike_put_selector(&m, &q->selector, false);
    ikev1_hash_1(&sa->keys, ike_is_faulty(k, IKE_FAULT_V1_HASH_1) ? 0 : q->message_id,
                 ike1_after_hash(sa, &m), ike1_hash_room(&m));
    ikev1_phase2_iv(sa->suite.digest, sa->iv, ike_spi_out(k, IKE_FAULT_V1_QUICK_IV, q->message_id),
                    sa->suite.cipher, q->iv);
    owned_set(&q->resend.datagram, ike1_seal(sa, &m, q->iv));
    ike1_send_again(k, sa, &q->resend);
}

void ike1_quick_begin(struct ike *k, struct ike1_sa *sa, size_t policy, const struct ike_child *old)
{
    const struct ike_policy *p = &k->cfg->policies[policy];
    uint8_t nonce[IKE_NONCE_LEN];
    struct ike1_quick *q = ike1_quick_add(k, sa, new_message_id(k, sa), true);

    q->policy = policy;
    q->selector = old ? old->selector : ike_policy_selector(k, policy);
    q->old_in_spi = old ? old->in_spi : 0;
    q->in_spi = ike_new_spi(k);
    rng_fill(k->rng, nonce, sizeof(nonce));
    owned_set(&q->nonce_i, bytes_of(nonce, sizeof(nonce)));
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_INITIATING_2, 2);
    o->initiator = true;
    o->rekey = old != NULL;
    o->message_id = q->message_id;
    o->child.policy = p->id;
    o->child.selector = q->selector;
    o->child.old_in_spi = q->old_in_spi;
    if (p->suites[0].pfs_group && dh_new(p->suites[0].pfs_group, k->rng, &q->dh)) {
        ike1_quick_fail(k, sa, q, IKE_END_REFUSED); /* a group that we cannot do */
        return;
    }
    put_request(k, sa, q);
}

/* RESPONDER-LIFETIMEs that came with the answer (RFC 2407, 4.6.3.1). */
static void lower_lifetimes(struct ike1_quick *q, const struct isakmp_chain *c)
{
    struct isakmp_notify n;

    for (size_t i = 0; i < c->n; i++) {
        uint64_t seconds = 0, kb = 0;
        if (c->v[i].type != ISAKMP_P_NOTIFY || isakmp_notify_parse(c->v[i].body, &n) ||
            n.type != ISAKMP_N_RESPONDER_LIFETIME || n.protocol != ISAKMP_PROTO_ESP ||
            isakmp_attributes_check(n.data))
            continue;
        ike_read_lifetimes(n.data, ESP_A_LIFE_TYPE, &seconds, &kb);
        q->suite.lifetime_s = (uint32_t)ike_lower(q->suite.lifetime_s, seconds);
        q->suite.lifetime_kb = ike_lower(q->suite.lifetime_kb, kb <= UINT32_MAX ? kb : 0);
    }
}

/* The responder gives the identities back as they were (RFC 2409, 5.5). */
static bool same_selector(const struct isakmp_chain *c, const struct ike_selector *want)
{
    struct bytes ids[2];
    struct ike_selector got;
    size_t n = 0;

    for (size_t i = 0; i < c->n && n < 2; i++) {
        if (c->v[i].type == ISAKMP_P_ID)
            ids[n++] = c->v[i].body;
    }
    return n == 2 && !ike_selector_parse(ids[0], ids[1], &got) && ike_selector_eq(&got, want);
}

static bool take_exchange(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q,
                          const struct isakmp_chain *c)
{
    struct bytes nonce = isakmp_find(c, ISAKMP_P_NONCE)->body;
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_P_KE);

    if (!ike1_nonce_ok(nonce)) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a nonce of impossible length");
        return false;
    }
    if (!q->dh != !ke || (ke && ike1_quick_shared(q, ke->body))) {
        ike1_malformed(k, sa, ISAKMP_N_INVALID_KEY_INFORMATION,
                       "a public value that is missing, too much, or not of the group");
        return false;
    }
    owned_set(&q->nonce_r, nonce);
    return true;
}

/* What the authentic answer says; false with the reason told when it will not do. */
static bool take_answer(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q,
                        const struct isakmp_chain *c)
{
    const struct ike_policy *p = &k->cfg->policies[q->policy];
    struct isakmp_sa answer;
    struct ike_esp_choice choice;
    uint16_t code;
    const char *why = ike1_misfit(IKE1_QUICK_2, c, &code);

    if (!why && isakmp_sa_parse(c->v[1].body, &answer)) {
        why = "the chosen proposal does not parse";
        code = ISAKMP_N_BAD_PROPOSAL_SYNTAX;
    }
    if (why) {
        ike1_malformed(k, sa, code, why);
        return false;
    }
    if (ike_esp_choose(p, &answer, true, ike1_natt_mode(sa), &choice)) {
        ike1_fact(k, sa, IKE_FACT_NO_PROPOSAL, 2)->message_id = q->message_id;
        return false;
    }
    if (!same_selector(c, &q->selector)) {
        struct ike_out *o = ike1_fact(k, sa, IKE_FACT_NO_POLICY, 2);
        o->message_id = q->message_id;
        o->child.selector = q->selector;
        return false;
    }
    q->suite = choice.suite;
    q->out_spi = choice.spi;
    if (!take_exchange(k, sa, q, c))
        return false;
    lower_lifetimes(q, c);
    return true;
}

static void put_confirmation(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q,
                             const struct ike1_in *in)
{
    struct isakmp_msg m;

    ike1_begin(k, sa, &m, ISAKMP_X_QUICK, q->message_id, true);
    ike1_open_hash(sa, &m);
    bool swapped = ike_is_faulty(k, IKE_FAULT_V1_HASH_3);
    ikev1_hash_3(&sa->keys, q->message_id, owned_bytes(swapped ? &q->nonce_r : &q->nonce_i),
                 owned_bytes(swapped ? &q->nonce_i : &q->nonce_r), ike1_hash_room(&m));
    struct bytes datagram = ike1_seal(sa, &m, q->iv);
    ike_memory_set(&q->memory, in->hash, datagram);
    ike1_send(k, sa, datagram);
}

/* What of ours Q's suite has come from; NULL: its lifetimes are still those. */
static const struct ike_esp_suite *lowered_from(const struct ike *k, const struct ike1_quick *q)
{
    const struct ike_policy *p = &k->cfg->policies[q->policy];

    for (size_t i = 0; i < p->nsuites; i++) {
        const struct ike_esp_suite *s = &p->suites[i];
        if (s->cipher == q->suite.cipher && s->integ == q->suite.integ)
            return q->suite.lifetime_s != s->lifetime_s || q->suite.lifetime_kb != s->lifetime_kb
                       ? s
                       : NULL;
    }
    return NULL;
}

void ike1_quick_2(struct ike *k, struct ike1_sa *sa, struct ike1_quick *q, struct ike1_in *in)
{
    uint8_t next_iv[CIPHER_BLOCK_MAX], want[DIGEST_MAX];

    if (ike1_open(k, sa, in, q->iv, next_iv) || in->chain.n == 0 ||
        in->chain.v[0].type != ISAKMP_P_HASH) {
        ike1_bad_auth(k, sa, 2, "quick mode message 2 does not decrypt to what it should be");
        return;
    }
    ikev1_hash_2(&sa->keys, q->message_id, owned_bytes(&q->nonce_i), ike1_hash_rest(&in->chain),
                 want);
    if (!ike1_hash_fits(sa, &in->chain, want)) {
        ike1_bad_auth(k, sa, 2, "HASH(2) does not fit");
        return;
    }
    ike1_heard(k, sa);
    ike1_follow(k, sa, &in->from, &in->to);
    memcpy(q->iv, next_iv, sizeof(next_iv));
    ike_resend_stop(&q->resend);
    if (!take_answer(k, sa, q, &in->chain)) {
        ike1_quick_fail(k, sa, q, IKE_END_REFUSED);
        return;
    }
    const struct ike_esp_suite *was = lowered_from(k, q);
    if (was) {
        struct ike_out *o = ike1_fact(k, sa, IKE_FACT_LIFETIME_LOWERED, 2);
        o->initiator = true;
        o->was_s = was->lifetime_s;
        o->was_kb = was->lifetime_kb;
        o->message_id = q->message_id;
        o->child.suite = q->suite;
    }
    put_confirmation(k, sa, q, in);
    q->state = IKE1_Q_DONE;
    q->forget = ike_in(k, IKE_QUICK_KEPT);
    ike_child_up(k, sa, q);
}
