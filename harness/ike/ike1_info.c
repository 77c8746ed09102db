/* Informational exchanges (RFC 2409, 5.7): notify and delete, one message and no answer. What comes
 * in the clear is told and otherwise ignored: anybody can send it. */
#include "ike/ike1_exchanges.h"

#include "base/mem.h"

/* --- out ------------------------------------------------------------------------------------- */

static uint32_t begin(struct ike *k, struct ike1_sa *sa, struct isakmp_msg *m)
{
    uint32_t id;

    do
        id = rng_u32(k->rng);
    while (id == 0 || ike1_was_seen(sa, id));
    ike1_saw(sa, id); /* the keys do not tell who speaks: it must not be sent back to us */
    ike1_begin(k, sa, m, ISAKMP_X_INFO, id, true);
    ike1_open_hash(sa, m);
    return id;
}

static struct bytes end(struct ike *k, struct ike1_sa *sa, struct isakmp_msg *m, uint32_t id)
{
    uint8_t iv[CIPHER_BLOCK_MAX];

    ikev1_hash_1(&sa->keys, ike_is_faulty(k, IKE_FAULT_V1_INFO_HASH) ? 0 : id,
                 ike1_after_hash(sa, m), ike1_hash_room(m));
    ikev1_phase2_iv(sa->suite.digest, sa->iv, id, sa->suite.cipher, iv);
    struct bytes datagram = ike1_seal(sa, m, iv);
    ike1_send(k, sa, datagram);
    return datagram;
}

struct bytes ike1_notify(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n)
{
    struct isakmp_msg m;
    uint32_t id = begin(k, sa, &m);

    isakmp_put_notify(&m, n);
    return end(k, sa, &m, id);
}

void ike1_notify_clear(struct ike *k, const struct ike1_in *in, uint16_t type)
{
    struct isakmp_hdr h = {.version = ISAKMP_VERSION, .exchange = ISAKMP_X_INFO};
    struct isakmp_notify n = {
        .doi = ISAKMP_DOI_IPSEC, .protocol = ISAKMP_PROTO_ISAKMP, .type = type};
    struct isakmp_msg m;

    memcpy(h.cookie_i, in->hdr.cookie_i, sizeof(h.cookie_i));
    memcpy(h.cookie_r, in->hdr.cookie_r, sizeof(h.cookie_r));
    do
        h.message_id = rng_u32(k->rng);
    while (h.message_id == 0);
    isakmp_begin(&m, k->scratch, sizeof(k->scratch), &h);
    isakmp_put_notify(&m, &n);
    ike_send(k, &in->to, &in->from, isakmp_end(&m, 0));
}

static void put_cookies(const struct ike1_sa *sa, uint8_t out[static 2 * IKEV1_COOKIE_LEN])
{
    memcpy(out, sa->cookie_i, IKEV1_COOKIE_LEN);
    memcpy(out + IKEV1_COOKIE_LEN, sa->cookie_r, IKEV1_COOKIE_LEN);
}

void ike1_send_delete_ike(struct ike *k, struct ike1_sa *sa)
{
    uint8_t cookies[2 * IKEV1_COOKIE_LEN];
    struct isakmp_delete d = {.doi = ISAKMP_DOI_IPSEC,
                              .protocol = ISAKMP_PROTO_ISAKMP,
                              .spi_len = sizeof(cookies),
                              .nspis = 1,
                              .spis = bytes_of(cookies, sizeof(cookies))};
    struct isakmp_msg m;
    uint32_t id = begin(k, sa, &m);

    put_cookies(sa, cookies);
    isakmp_put_delete(&m, &d);
    end(k, sa, &m, id);
    ike1_fact(k, sa, IKE_FACT_DELETE_SENT, 1)->message_id = id;
}

/* SPIS: four bytes each. Gives the message's ID. */
static uint32_t send_delete_esp(struct ike *k, struct ike1_sa *sa, struct bytes spis)
{
    struct isakmp_delete d = {.doi = ISAKMP_DOI_IPSEC,
                              .protocol = ISAKMP_PROTO_ESP,
                              .spi_len = 4,
                              .nspis = (uint16_t)(spis.n / 4),
                              .spis = spis};
    struct isakmp_msg m;
    uint32_t id = begin(k, sa, &m);

    isakmp_put_delete(&m, &d);
    end(k, sa, &m, id);
    return id;
}

void ike1_say_delete(struct ike *k, struct ike1_sa *sa, struct bytes spis)
{
    if (spis.n == 0) {
        ike1_send_delete_ike(k, sa);
        return;
    }
    uint32_t id = send_delete_esp(k, sa, spis);

    ike1_fact(k, sa, IKE_FACT_DELETE_SENT, 2)->message_id = id;
}

void ike1_send_delete_child(struct ike *k, const struct ike_child *c)
{
    uint8_t spi[4];
    struct wr w = wr_of(spi, sizeof(spi));
    struct ike1_sa *sa = ike1_best(k, c->peer);

    if (!sa)
        return;
    wr_be32(&w, c->in_spi);
    uint32_t id = send_delete_esp(k, sa, wr_bytes(&w));
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_DELETE_SENT, 2);
    ike_fill_child(k, c, o);
    o->message_id = id;
}

/* --- in -------------------------------------------------------------------------------------- */

/* The quick mode of ours that an error is about: the one with its SPI, or the only one. */
static struct ike1_quick *concerned(struct ike1_sa *sa, const struct isakmp_notify *n)
{
    struct rd r = rd_of(n->spi);
    uint32_t spi = n->spi.n == 4 ? rd_be32(&r) : 0;
    struct ike1_quick *only = NULL;
    size_t waiting = 0;

    for (struct ike1_quick *q = sa->quicks; q; q = q->next) {
        if (!q->initiator || q->state != IKE1_Q_WAIT_2)
            continue;
        if (spi && q->in_spi == spi)
            return q;
        only = q;
        waiting++;
    }
    return waiting == 1 ? only : NULL;
}

static void take_error(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n)
{
    bool about_offer =
        n->type == ISAKMP_N_NO_PROPOSAL_CHOSEN || n->type == ISAKMP_N_INVALID_ID_INFORMATION ||
        n->type == ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED || n->type == ISAKMP_N_BAD_PROPOSAL_SYNTAX ||
        n->type == ISAKMP_N_INVALID_KEY_INFORMATION || n->type == ISAKMP_N_PAYLOAD_MALFORMED;
    struct ike1_quick *q = about_offer ? concerned(sa, n) : NULL;

    ike1_fact(k, sa, IKE_FACT_NOTIFY, 2)->code = n->type;
    if (q)
        ike1_quick_fail(k, sa, q, IKE_END_REFUSED);
}

void ike1_responder_lifetime(struct ike *k, struct ike1_sa *sa, const struct isakmp_notify *n)
{
    uint64_t seconds = 0;

    if (n->protocol != ISAKMP_PROTO_ISAKMP || isakmp_attributes_check(n->data))
        return;
    ike_read_lifetimes(n->data, IKE_A_LIFE_TYPE, &seconds, NULL);
    if (ike_lower(seconds, sa->suite.lifetime_s) == sa->suite.lifetime_s)
        return;
    uint32_t was = sa->suite.lifetime_s;
    sa->suite.lifetime_s = (uint32_t)(seconds < UINT32_MAX ? seconds : UINT32_MAX);
    sa->hard = ike_hard(sa->up, sa->suite.lifetime_s);
    sa->soft = ike_soft(ike1_config(k, sa), sa->initiator, sa->up, sa->hard);
    struct ike_out *o = ike1_fact(k, sa, IKE_FACT_LIFETIME_LOWERED, 1);
    o->sa.suite = sa->suite;
    o->was_s = was;
}

static void take_dpd(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                     const struct isakmp_notify *n)
{
    uint8_t cookies[2 * IKEV1_COOKIE_LEN];
    struct rd r = rd_of(n->data);
    uint32_t seq = rd_be32(&r);

    put_cookies(sa, cookies);
    if (!rd_done(&r) || !bytes_eq(n->spi, bytes_of(cookies, sizeof(cookies)))) {
        ike1_malformed(k, sa, ISAKMP_N_PAYLOAD_MALFORMED, "a DPD notify that is none");
        return;
    }
    if (n->type == ISAKMP_N_R_U_THERE)
        ike1_dpd_request(k, sa, in, seq);
    else
        ike1_dpd_reply(k, sa, seq);
}

void ike1_take_notify(struct ike *k, struct ike1_sa *sa, const struct ike1_in *in,
                      const struct isakmp_notify *n)
{
    switch (n->type) {
    case ISAKMP_N_INITIAL_CONTACT: ike1_initial_contact(k, sa); break;
    case ISAKMP_N_RESPONDER_LIFETIME: ike1_responder_lifetime(k, sa, n); break;
    case ISAKMP_N_CONNECTED:
    case ISAKMP_N_REPLAY_STATUS: break; /* the end of a commit bit; what the peer does anyway */
    case ISAKMP_N_R_U_THERE:
    case ISAKMP_N_R_U_THERE_ACK: take_dpd(k, sa, in, n); break;
    default: take_error(k, sa, n); break;
    }
}

static void delete_children(struct ike *k, struct ike1_sa *sa, const struct isakmp_delete *d)
{
    struct rd r = rd_of(d->spis);
    size_t peer = sa->peer;

    for (uint16_t i = 0; i < d->nspis; i++) {
        uint32_t spi = rd_be32(&r);
        struct ike_child *c = k->children;
        while (c && (c->out_spi != spi || c->peer != peer))
            c = c->next;
        if (!c) /* ours went first, or it never was */
            continue;
        struct ike_out *o = ike1_fact(k, sa, IKE_FACT_DELETE_RECEIVED, 2);
        ike_fill_child(k, c, o);
        ike_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_PEER_DELETE, false);
    }
}

/* The SA with these cookies and the same peer, or NULL. */
static struct ike1_sa *named(const struct ike *k, size_t peer, struct bytes cookies)
{
    for (struct ike1_sa *sa = k->sas; sa; sa = sa->next) {
        uint8_t own[2 * IKEV1_COOKIE_LEN];
        put_cookies(sa, own);
        if (sa->peer == peer && sa->state >= IKE1_LOGIN &&
            bytes_eq(cookies, bytes_of(own, sizeof(own))))
            return sa;
    }
    return NULL;
}

static void delete_ikes(struct ike *k, struct ike1_sa *sa, const struct isakmp_delete *d)
{
    struct rd r = rd_of(d->spis);
    size_t peer = sa->peer;

    for (uint16_t i = 0; i < d->nspis; i++) {
        struct ike1_sa *dead = named(k, peer, rd_take(&r, d->spi_len));
        if (!dead)
            continue;
        ike1_fact(k, dead, IKE_FACT_DELETE_RECEIVED, 1);
        ike1_go_down(k, dead, dead->superseded ? IKE_END_REPLACED : IKE_END_PEER_DELETE, false);
    }
}

/* IKE SAs go last, so that SA is there for all that stands before. */
static void take_deletes(struct ike *k, struct ike1_sa *sa, const struct isakmp_chain *c,
                         uint8_t protocol)
{
    uint8_t want = protocol == ISAKMP_PROTO_ESP ? 4 : 2 * IKEV1_COOKIE_LEN;
    struct isakmp_delete d;

    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type != ISAKMP_P_DELETE || isakmp_delete_parse(c->v[i].body, &d) ||
            d.protocol != protocol || d.spi_len != want)
            continue;
        if (protocol == ISAKMP_PROTO_ESP) {
            delete_children(k, sa, &d);
        } else {
            delete_ikes(k, sa, &d);
            return; /* SA may be gone */
        }
    }
}

static bool authentic(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint8_t iv[CIPHER_BLOCK_MAX], next_iv[CIPHER_BLOCK_MAX], want[DIGEST_MAX];

    ikev1_phase2_iv(sa->suite.digest, sa->iv, in->hdr.message_id, sa->suite.cipher, iv);
    if (ike1_open(k, sa, in, iv, next_iv) || in->chain.n == 0 ||
        in->chain.v[0].type != ISAKMP_P_HASH) {
        ike1_bad_auth(k, sa, 2, "an informational message does not decrypt to what it should be");
        return false;
    }
    ikev1_hash_1(&sa->keys, in->hdr.message_id, ike1_hash_rest(&in->chain), want);
    if (!ike1_hash_fits(sa, &in->chain, want)) {
        ike1_bad_auth(k, sa, 2, "HASH(1) of an informational message does not fit");
        return false;
    }
    return true;
}

/* Whether a message proves more than that somebody kept an old one back. */
static bool proves_life(const struct ike1_sa *sa, const struct isakmp_chain *c)
{
    struct isakmp_notify n;

    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type != ISAKMP_P_NOTIFY || isakmp_notify_parse(c->v[i].body, &n) ||
            n.type != ISAKMP_N_R_U_THERE_ACK)
            continue;
        struct rd r = rd_of(n.data);
        return sa->dpd_sent && rd_be32(&r) == sa->dpd_out && rd_done(&r);
    }
    return true;
}

void ike1_info_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    uint16_t code;

    if (ike1_was_seen(sa, in->hdr.message_id)) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 2)->message_id = in->hdr.message_id;
        if (sa->dpd_memory.reply.p && sa->dpd_memory.request == in->hash)
            ike_send(k, &in->to, &in->from, owned_bytes(&sa->dpd_memory.reply));
        return;
    }
    if (!authentic(k, sa, in))
        return;
    ike1_saw(sa, in->hdr.message_id);
    ike1_follow(k, sa, &in->from, &in->to);
    const char *why = ike1_misfit(IKE1_INFO, &in->chain, &code);
    if (why) {
        ike1_malformed(k, sa, code, why);
        return;
    }
    bool alive = proves_life(sa, &in->chain);
    for (size_t i = 0; i < in->chain.n; i++) {
        struct isakmp_notify n;
        if (in->chain.v[i].type == ISAKMP_P_NOTIFY && !isakmp_notify_parse(in->chain.v[i].body, &n))
            ike1_take_notify(k, sa, in, &n);
    }
    if (alive)
        ike1_heard(k, sa);
    take_deletes(k, sa, &in->chain, ISAKMP_PROTO_ESP);
    take_deletes(k, sa, &in->chain, ISAKMP_PROTO_ISAKMP);
}

/* New group mode (RFC 2409, 5.6): its HASH(1) is that of an informational message, and a group that
 * is not taken is answered with a notify. We take none: those of the table are enough. */
void ike1_group_input(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    struct isakmp_notify n = {.doi = ISAKMP_DOI_IPSEC,
                              .protocol = ISAKMP_PROTO_ISAKMP,
                              .type = ISAKMP_N_ATTRIBUTES_NOT_SUPPORTED};

    if (ike1_was_seen(sa, in->hdr.message_id)) {
        ike1_fact(k, sa, IKE_FACT_DUPLICATE, 1)->message_id = in->hdr.message_id;
        return;
    }
    if (!authentic(k, sa, in))
        return;
    ike1_saw(sa, in->hdr.message_id);
    ike1_follow(k, sa, &in->from, &in->to);
    ike1_heard(k, sa);
    ike1_fact(k, sa, IKE_FACT_NO_PROPOSAL, 1)->code = n.type;
    ike1_notify(k, sa, &n);
}

static bool is_error(uint16_t type)
{
    return type > 0 && type < ISAKMP_N_CONNECTED;
}

void ike1_info_clear(struct ike *k, struct ike1_sa *sa, struct ike1_in *in)
{
    struct isakmp_notify n = {0};
    uint16_t code = ISAKMP_N_PAYLOAD_MALFORMED;
    const char *why = NULL;

    if (isakmp_chain_parse(in->hdr.next, bytes_from(in->datagram, ISAKMP_HDR_LEN), &in->chain))
        why = "payloads do not add up to the message";
    else
        why = ike1_misfit(IKE1_INFO_CLEAR, &in->chain, &code);
    const struct isakmp_payload *p = why ? NULL : isakmp_find(&in->chain, ISAKMP_P_NOTIFY);
    if (!why && p && isakmp_notify_parse(p->body, &n))
        why = "a notify that does not parse";
    struct ike_out *o = ike_fact(k,
                                 why ? IKE_FACT_MALFORMED
                                 : p ? IKE_FACT_NOTIFY
                                     : IKE_FACT_AUTH,
                                 &in->from.addr);
    o->phase = 1;
    o->ike = sa ? sa->number : 0;
    o->why = why ? why : "in the clear: not acted on";
    o->code = why ? code : n.type;
    /* only names the reason, should the negotiation come to nothing by itself */
    if (sa && sa->state != IKE1_UP && is_error(n.type))
        sa->refused = true;
}
