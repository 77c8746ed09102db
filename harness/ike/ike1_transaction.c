/* Transaction exchanges (draft-dukes-ike-mode-cfg-02, 3): a question and its answer, each with
 * HASH = prf(SKEYID_a, M-ID | what follows). XAUTH and mode-config are made of them.
 *
 *   HDR*, HASH, ATTR(request or set)  -->
 *                                     <--  HDR*, HASH, ATTR(reply or ack)
 */
#include "ike/ike1_exchanges.h"

void ike1_authenticated(struct ike *k, struct ike1_sa *sa)
{
    sa->give_up = ike_in(k, IKE_LOGIN_WAIT);
    if (ike1_config(k, sa)->xauth)
        ike1_login_begin(k, sa);
    else
        ike1_config_begin(k, sa);
}

static struct bytes seal(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *head,
                         uint32_t message_id, const struct isakmp_cfg *to, uint8_t *iv,
                         ike1_put_attributes *put)
{
    struct isakmp_msg m;

    ike1_begin(k, sa, &m, ISAKMP_X_TRANSACTION, message_id, true);
    ike1_open_hash(sa, &m);
    size_t at = isakmp_open_cfg(&m, head->type, head->id);
    if (put)
        put(k, sa, to, &m.w);
    isakmp_close(&m, at);
    ikev1_hash_1(&sa->keys, message_id, ike1_after_hash(sa, &m), ike1_hash_room(&m));
    return ike1_seal(sa, &m, iv);
}

void ike1_ask(struct ike *k, struct ike1_sa *sa, uint8_t type, ike1_put_attributes *put)
{
    struct ike1_transaction *t = &sa->ask;
    struct isakmp_cfg head = {.type = type};

    ike_resend_stop(&t->resend);
    do
        t->message_id = rng_u32(k->rng);
    while (t->message_id == 0 || ike1_was_seen(sa, t->message_id));
    ike1_saw(sa, t->message_id);
    head.id = t->id = (uint16_t)rng_u32(k->rng);
    ikev1_phase2_iv(sa->suite.digest, sa->iv, t->message_id, sa->suite.cipher, t->iv);
    owned_set(&t->resend.datagram, seal(k, sa, &head, t->message_id, NULL, t->iv, put));
    ike1_send_again(k, sa, &t->resend);
}

void ike1_reply(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q, uint8_t type,
                ike1_put_attributes *put)
{
    struct isakmp_cfg head = {.type = type, .id = q->id};
    uint8_t iv[CIPHER_BLOCK_MAX];

    memcpy(iv, q->iv, sizeof(iv));
    struct bytes datagram = seal(k, sa, &head, q->message_id, q->cfg, iv, put);
    ike_memory_set(&sa->asked, q->hash, datagram);
    ike1_send(k, sa, datagram);
}

/* True when IN is authentic; its attribute payload is then in *OUT, if it has a sound one. */
static bool open_message(struct ike *k, struct ike1_sa *sa, struct ike1_in *in, const uint8_t *iv,
                         uint8_t *next_iv)
{
    uint8_t want[DIGEST_MAX];

    if (ike1_open(k, sa, in, iv, next_iv) || in->chain.n == 0 ||
        in->chain.v[0].type != ISAKMP_P_HASH) {
        ike1_bad_auth(k, sa, 2, "a transaction does not decrypt to what it should be");
        return false;
    }
    ikev1_hash_1(&sa->keys, in->hdr.message_id, ike1_hash_rest(&in->chain), want);
    if (!ike1_hash_fits(sa, &in->chain, want)) {
        ike1_bad_auth(k, sa, 2, "the hash of a transaction does not fit");
        return false;
    }
    return true;
}

static bool take_payload(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                         struct isakmp_cfg *out)
{
    uint16_t code;
    const char *why = ike1_misfit(IKE1_TRANSACTION, &in->chain, &code);

    if (!why && isakmp_cfg_parse(isakmp_find(&in->chain, ISAKMP_P_ATTRIBUTE)->body, out)) {
        why = "attributes that do not parse";
        code = ISAKMP_N_PAYLOAD_MALFORMED;
    }
    if (why)
        ike1_malformed(k, sa, code, why);
    return !why;
}

static void take_answer(struct ike *k, struct ike1_sa *sa, const struct isakmp_cfg *c)
{
    if (c->type != ISAKMP_CFG_REPLY && c->type != ISAKMP_CFG_ACK) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a question where an answer is due");
        return;
    }
    ike_resend_stop(&sa->ask.resend);
    sa->ask.message_id = 0;
    if (sa->state == IKE1_LOGIN && !sa->initiator)
        ike1_login_answer(k, sa, c);
    else if (sa->state == IKE1_CONFIG && sa->initiator)
        ike1_config_answer(k, sa, c);
}

static void take_question(struct ike *k, struct ike1_sa *sa, const struct ike1_question *q)
{
    bool request = q->cfg->type == ISAKMP_CFG_REQUEST;

    if (!request && q->cfg->type != ISAKMP_CFG_SET)
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "an answer to no question of ours");
    else if (sa->state == IKE1_LOGIN && sa->initiator)
        ike1_login_question(k, sa, q);
    else if (request && !sa->initiator && (sa->state > IKE1_LOGIN || sa->accepted))
        ike1_config_question(k, sa, q);
    else /* we have nothing to give, and what is set changes nothing here */
        ike1_reply(k, sa, q, request ? ISAKMP_CFG_REPLY : ISAKMP_CFG_ACK, NULL);
}

void ike1_transaction_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    bool answer = sa->ask.message_id && in->hdr.message_id == sa->ask.message_id;
    uint8_t iv[CIPHER_BLOCK_MAX], next_iv[CIPHER_BLOCK_MAX];
    struct isakmp_cfg c;

    if ((sa->asked.reply.p && sa->asked.request == in->hash) ||
        (!answer && ike1_was_seen(sa, in->hdr.message_id))) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2)->message_id = in->hdr.message_id;
        if (sa->asked.reply.p && sa->asked.request == in->hash)
            ike1_send(k, sa, owned_bytes(&sa->asked.reply));
        return;
    }
    if (answer)
        memcpy(iv, sa->ask.iv, sizeof(iv));
    else
        ikev1_phase2_iv(sa->suite.digest, sa->iv, in->hdr.message_id, sa->suite.cipher, iv);
    if (!open_message(k, sa, in, iv, next_iv))
        return;
    if (!answer)
        ike1_saw(sa, in->hdr.message_id);
    ike1_heard(k, sa);
    ike1_follow(k, sa, &in->from, &in->to);
    if (!take_payload(k, sa, in, &c))
        return;
    struct ike1_question q = {in->hdr.message_id, c.id, in->hash, next_iv, &c};
    if (answer)
        take_answer(k, sa, &c);
    else
        take_question(k, sa, &q);
}

bool ike1_transaction_tick(struct ike *k, struct ike1_sa *sa)
{
    struct ike_resend *r = &sa->ask.resend;
    bool waits = r->sent && ike_due(k, r->due);

    if (waits && r->sent < IKE_SENDS) {
        ike1_send_again(k, sa, r);
        return false;
    }
    if (!waits && !ike_due(k, sa->give_up))
        return false;
    ike1_go_down(k, sa, sa->login_failed ? IKE_END_USER : IKE_END_TIMEOUT, true);
    return true;
}

struct mono ike1_transaction_deadline(const struct ike1_sa *sa)
{
    return sa->ask.resend.sent ? mono_min(sa->ask.resend.due, sa->give_up) : sa->give_up;
}
