/* Main mode with pre-shared keys (RFC 2409, 5.4):
 *
 *   initiator                                responder
 *   1  SA, VID                        -->
 *                                     <--    2  SA, VID
 *   3  KE, Ni                         -->
 *                                     <--    4  KE, Nr
 *   5* IDii, HASH_I, [INITIAL-CONTACT] -->
 *                                     <--    6* IDir, HASH_R, [RESPONDER-LIFETIME]
 */
#include "base/mem.h"
#include "ike/ike_impl.h"

/* RFC 3706, 5.2: "dead peer detection, version 1.0" */
static const uint8_t vendor_dpd[] = {0xaf, 0xca, 0xd7, 0x13, 0x68, 0xa1, 0xf1, 0xc9,
                                     0x6b, 0x86, 0x96, 0xfc, 0x77, 0x57, 0x01, 0x00};

static void put_vendors(struct ike *k, const struct sa *sa, struct message *m)
{
    if (sa_peer(k, sa)->dpd.enabled)
        isakmp_put_bytes(&m->put, ISAKMP_PAYLOAD_VENDOR, bytes_of(vendor_dpd, sizeof(vendor_dpd)));
}

static void read_vendors(struct sa *sa, const struct isakmp_chain *c)
{
    const struct isakmp_payload *p;

    for (size_t i = 0; (p = isakmp_find(c, ISAKMP_PAYLOAD_VENDOR, i)); i++) {
        if (bytes_eq(p->body, bytes_of(vendor_dpd, sizeof(vendor_dpd))))
            sa->peer_does_dpd = true;
    }
}

static void send_message(struct ike *k, struct sa *sa, struct bytes message, bool repeat)
{
    out_send(k, sa, message);
    flight_set(k, &sa->flight, message, repeat);
    sa_arm(k, sa);
}

static enum err keep_offer(struct sa *sa, struct bytes body)
{
    if (body.n > SA_BODY_MAX)
        return ERR_RANGE;
    sa->offer = mem_zalloc(body.n);
    if (body.n)
        memcpy(sa->offer, body.p, body.n);
    sa->offer_len = body.n;
    return ERR_OK;
}

/* --- 1 --------------------------------------------------------------------------------------- */

enum err main_start(struct ike *k, size_t peer, uint32_t replaces)
{
    const struct ike_peer_config *p = &k->cfg->peers[peer];
    struct message m;

    if (p->never_initiates || p->nsuites == 0)
        return ERR_STATE;
    struct sa *sa = sa_new(k, peer, true);
    sa->replaces = replaces;
    sa->state = SA_WAIT_MM2;
    rng_fill(k->rng, sa->cookie_i, sizeof(sa->cookie_i));
    message_begin(&m, sa, ISAKMP_EXCHANGE_MAIN, 0);
    proposal_put_phase1(&m.put, p->suites, p->nsuites);
    struct bytes whole = wr_bytes(&m.w);
    enum err e = keep_offer(sa, bytes_from(whole, ISAKMP_HDR_LEN + 4));
    if (e) {
        sa_discard(k, sa);
        return e;
    }
    put_vendors(k, sa, &m);
    struct ike_out *o = out_fact(k, IKE_FACT_INITIATING_1, &p->address);
    o->ike = sa->number;
    o->phase = 1;
    o->rekey = replaces != 0;
    send_message(k, sa, message_end(&m), true);
    return ERR_OK;
}

/* --- 2 --------------------------------------------------------------------------------------- */

static enum err answer_mm1(struct ike *k, struct sa *sa, const struct isakmp_chain *c)
{
    const struct isakmp_payload *p = isakmp_find(c, ISAKMP_PAYLOAD_SA, 0);
    struct bytes transform;
    uint8_t number;
    struct message m;

    if (!p)
        return ERR_FORMAT;
    enum err e = proposal_choose_phase1(p->body, sa_peer(k, sa), &sa->suite, &transform, &number);
    if (!e)
        e = keep_offer(sa, p->body);
    if (e)
        return e;
    read_vendors(sa, c);
    rng_fill(k->rng, sa->cookie_r, sizeof(sa->cookie_r));
    message_begin(&m, sa, ISAKMP_EXCHANGE_MAIN, 0);
    proposal_put_chosen(&m.put, number, ISAKMP_PROTO_ISAKMP, 0, transform);
    put_vendors(k, sa, &m);
    struct ike_out *o = out_fact(k, IKE_FACT_RESPONDING_1, &sa->remote.addr);
    o->ike = sa->number;
    o->phase = 1;
    o->rekey = sa_of_peer(k, sa->peer) != NULL;
    sa->state = SA_WAIT_MM3;
    send_message(k, sa, message_end(&m), false);
    return ERR_OK;
}

/* --- 3 and 4 --------------------------------------------------------------------------------- */

static enum err put_ke(struct ike *k, struct sa *sa, struct message *m)
{
    uint8_t *nonce = sa->initiator ? sa->nonce_i : sa->nonce_r;
    size_t *len = sa->initiator ? &sa->nonce_i_len : &sa->nonce_r_len;
    enum err e = dh_new(sa->suite.group, k->rng, &sa->dh);

    if (e)
        return e;
    struct bytes pub = dh_public(sa->dh);
    memcpy(sa->public, pub.p, pub.n);
    rng_fill(k->rng, nonce, NONCE_LEN);
    *len = NONCE_LEN;
    message_begin(m, sa, ISAKMP_EXCHANGE_MAIN, 0);
    isakmp_put_bytes(&m->put, ISAKMP_PAYLOAD_KE, pub);
    isakmp_put_bytes(&m->put, ISAKMP_PAYLOAD_NONCE, bytes_of(nonce, *len));
    return ERR_OK;
}

static enum err take_ke(struct sa *sa, const struct isakmp_chain *c)
{
    const struct isakmp_payload *ke = isakmp_find(c, ISAKMP_PAYLOAD_KE, 0);
    const struct isakmp_payload *n = isakmp_find(c, ISAKMP_PAYLOAD_NONCE, 0);

    if (!ke || !n || ke->body.n != dh_len(sa->suite.group) || n->body.n < 8 ||
        n->body.n > NONCE_MAX)
        return ERR_FORMAT;
    memcpy(sa->peer_public, ke->body.p, ke->body.n);
    memcpy(sa->initiator ? sa->nonce_r : sa->nonce_i, n->body.p, n->body.n);
    *(sa->initiator ? &sa->nonce_r_len : &sa->nonce_i_len) = n->body.n;
    read_vendors(sa, c);
    return ERR_OK;
}

static struct ikev1_phase1 phase1_of(const struct sa *sa)
{
    size_t n = dh_len(sa->suite.group);
    const uint8_t *i = sa->initiator ? sa->public : sa->peer_public;
    const uint8_t *r = sa->initiator ? sa->peer_public : sa->public;

    return (struct ikev1_phase1){.digest = sa->suite.digest,
                                 .nonce_i = bytes_of(sa->nonce_i, sa->nonce_i_len),
                                 .nonce_r = bytes_of(sa->nonce_r, sa->nonce_r_len),
                                 .public_i = bytes_of(i, n),
                                 .public_r = bytes_of(r, n),
                                 .cookie_i = sa->cookie_i,
                                 .cookie_r = sa->cookie_r};
}

static enum err make_keys(struct ike *k, struct sa *sa)
{
    uint8_t shared[DH_PUBLIC_MAX];
    size_t n = dh_len(sa->suite.group);
    struct ikev1_phase1 x = phase1_of(sa);
    enum err e = dh_shared(sa->dh, bytes_of(sa->peer_public, n), shared);

    if (e)
        return e;
    ikev1_derive(&x, sa_peer(k, sa)->psk, bytes_of(shared, n), &sa->keys);
    mem_wipe(shared, sizeof(shared));
    ikev1_cipher_key(&sa->keys, sa->suite.cipher, sa->key);
    ikev1_phase1_iv(&x, sa->suite.cipher, sa->iv);
    return cipher_new(sa->suite.cipher, bytes_of(sa->key, cipher_key_len(sa->suite.cipher)),
                      &sa->cipher);
}

static enum err take_mm2(struct ike *k, struct sa *sa, const struct isakmp_hdr *h,
                         const struct isakmp_chain *c)
{
    const struct isakmp_payload *p = isakmp_find(c, ISAKMP_PAYLOAD_SA, 0);
    struct ike_suite chosen;
    struct bytes transform;
    uint8_t number;
    struct message m;

    if (!p)
        return ERR_FORMAT;
    enum err e = proposal_choose_phase1(p->body, sa_peer(k, sa), &chosen, &transform, &number);
    if (e)
        return e;
    memcpy(sa->cookie_r, h->cookie_r, sizeof(sa->cookie_r));
    sa->suite = chosen;
    read_vendors(sa, c);
    e = put_ke(k, sa, &m);
    if (e)
        return e;
    sa->state = SA_WAIT_MM4;
    send_message(k, sa, message_end(&m), true);
    return ERR_OK;
}

static enum err answer_mm3(struct ike *k, struct sa *sa, const struct isakmp_chain *c)
{
    struct message m;
    enum err e = take_ke(sa, c);

    if (e)
        return e;
    e = put_ke(k, sa, &m);
    if (!e)
        e = make_keys(k, sa);
    if (e)
        return e;
    sa->state = SA_WAIT_MM5;
    send_message(k, sa, message_end(&m), false);
    return ERR_OK;
}

/* --- 5 and 6 --------------------------------------------------------------------------------- */

static struct bytes put_own_id(const struct ike *k, struct message *m)
{
    const struct ip_addr *a = &k->cfg->local;
    struct isakmp_id id = {.type = a->family == 6 ? ISAKMP_ID_IPV6 : ISAKMP_ID_IPV4,
                           .proto = 17, /* RFC 2407, 4.6.2: UDP port 500 */
                           .port = IKE_PORT,
                           .data = bytes_of(a->b, ip_addr_len(a))};
    size_t at = m->w.at;

    isakmp_put_id(&m->put, &id);
    return bytes_from(wr_bytes(&m->w), at + 4);
}

static void proof(const struct sa *sa, bool of_initiator, struct bytes id, uint8_t *out)
{
    struct ikev1_phase1 x = phase1_of(sa);
    struct bytes offer = bytes_of(sa->offer, sa->offer_len);

    if (of_initiator)
        ikev1_hash_i(&sa->keys, &x, offer, id, out);
    else
        ikev1_hash_r(&sa->keys, &x, offer, id, out);
}

static void put_initial_contact(struct ike *k, const struct sa *sa, struct message *m)
{
    uint8_t cookies[2 * ISAKMP_COOKIE_LEN];
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ISAKMP,
                              .type = ISAKMP_NOTIFY_INITIAL_CONTACT,
                              .spi = bytes_of(cookies, sizeof(cookies))};

    if (!sa_peer(k, sa)->initial_contact || sa_of_peer(k, sa->peer))
        return;
    memcpy(cookies, sa->cookie_i, ISAKMP_COOKIE_LEN);
    memcpy(cookies + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
    isakmp_put_notify(&m->put, &n);
}

static void put_lower_life(const struct sa *sa, struct message *m)
{
    uint8_t cookies[2 * ISAKMP_COOKIE_LEN], data[16];
    struct wr w = wr_of(data, sizeof(data));
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ISAKMP,
                              .type = ISAKMP_NOTIFY_RESPONDER_LIFETIME,
                              .spi = bytes_of(cookies, sizeof(cookies))};

    memcpy(cookies, sa->cookie_i, ISAKMP_COOKIE_LEN);
    memcpy(cookies + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
    isakmp_put_attribute(&w, ISAKMP_P1_LIFE_TYPE, ISAKMP_LIFE_SECONDS);
    isakmp_put_attribute(&w, ISAKMP_P1_LIFE, sa->lower_life_s);
    n.data = wr_bytes(&w);
    isakmp_put_notify(&m->put, &n);
}

static void send_proof(struct ike *k, struct sa *sa, bool repeat)
{
    uint8_t hash[DIGEST_MAX];
    struct message m;

    message_begin(&m, sa, ISAKMP_EXCHANGE_MAIN, 0);
    proof(sa, sa->initiator, put_own_id(k, &m), hash);
    isakmp_put_bytes(&m.put, ISAKMP_PAYLOAD_HASH, bytes_of(hash, sa_hash_len(sa)));
    put_initial_contact(k, sa, &m);
    if (!sa->initiator && sa->lower_life_s)
        put_lower_life(sa, &m);
    send_message(k, sa, message_seal(&m, sa, sa->iv), repeat);
}

static enum err take_mm4(struct ike *k, struct sa *sa, const struct isakmp_chain *c)
{
    enum err e = take_ke(sa, c);

    if (!e)
        e = make_keys(k, sa);
    if (e)
        return e;
    sa->state = SA_WAIT_MM6;
    send_proof(k, sa, true);
    return ERR_OK;
}

static enum err check_proof(const struct sa *sa, const struct isakmp_chain *c)
{
    const struct isakmp_payload *id = isakmp_find(c, ISAKMP_PAYLOAD_ID, 0);
    const struct isakmp_payload *hash = isakmp_find(c, ISAKMP_PAYLOAD_HASH, 0);
    uint8_t want[DIGEST_MAX];

    if (!id || !hash || hash->body.n != sa_hash_len(sa))
        return ERR_FORMAT;
    proof(sa, !sa->initiator, id->body, want);
    return secret_eq(want, hash->body.p, hash->body.n) ? ERR_OK : ERR_AUTH;
}

static void peer_restarted(struct ike *k, const struct sa *sa)
{
    struct sa *next;

    for (struct sa *s = k->sas; s; s = next) {
        next = s->next;
        if (s == sa || s->peer != sa->peer || s->state != SA_ESTABLISHED)
            continue;
        sa_end(k, s, IKE_END_PEER_RESTARTED);
        next = k->sas; /* the list has changed */
    }
}

static void take_lower_life(struct ike *k, struct sa *sa, struct bytes data)
{
    struct rd r = rd_of(data);
    struct isakmp_attribute a;

    while (isakmp_attribute_next(&r, &a)) {
        if (a.type != ISAKMP_P1_LIFE || a.value == 0 || a.value > UINT32_MAX ||
            (sa->suite.lifetime_s && a.value >= sa->suite.lifetime_s))
            continue;
        sa->suite.lifetime_s = (uint32_t)a.value;
        struct ike_out *o = out_fact(k, IKE_FACT_LIFETIME_LOWERED, &sa->remote.addr);
        o->phase = 1;
        o->ike = sa->number;
        o->sa.suite = sa->suite;
    }
}

static void take_notifies(struct ike *k, struct sa *sa, const struct isakmp_chain *c)
{
    const struct isakmp_payload *p;
    struct isakmp_notify n;

    for (size_t i = 0; (p = isakmp_find(c, ISAKMP_PAYLOAD_NOTIFY, i)); i++) {
        if (isakmp_notify_parse(p->body, &n))
            continue;
        if (n.type == ISAKMP_NOTIFY_INITIAL_CONTACT)
            peer_restarted(k, sa);
        else if (n.type == ISAKMP_NOTIFY_RESPONDER_LIFETIME && sa->initiator)
            take_lower_life(k, sa, n.data);
    }
}

static enum err take_proof(struct ike *k, struct sa *sa, const struct isakmp_hdr *h)
{
    struct isakmp_chain c;
    uint8_t last[CIPHER_BLOCK_MAX];
    enum err e = message_open(k, sa, h, sa->iv, &c, last);

    if (!e)
        e = check_proof(sa, &c);
    if (e) { /* another key opens to nonsense. It may also be forged, so the exchange goes on */
        sa->auth_suspect = true;
        return e;
    }
    sa->auth_suspect = false;
    memcpy(sa->iv, last, cipher_block_len(sa->suite.cipher));
    flight_stop(&sa->flight);
    take_notifies(k, sa, &c);
    if (!sa->initiator)
        send_proof(k, sa, false);
    sa_established(k, sa);
    return ERR_OK;
}

/* --- input ----------------------------------------------------------------------------------- */

static void refused(struct ike *k, struct sa *sa, enum err e)
{
    enum ike_fact fact = e == ERR_NOTFOUND ? IKE_FACT_NO_PROPOSAL : IKE_FACT_MALFORMED;
    struct ike_out *o = out_fact(k, fact, &sa->remote.addr);

    o->phase = 1;
    o->ike = sa->number;
    if (sa->state == SA_WAIT_MM1) { /* nothing binds us: tell them, and forget it */
        if (e == ERR_NOTFOUND)
            info_refuse_clear(k, sa, ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN);
        sa_discard(k, sa);
    }
}

static enum err take_clear(struct ike *k, struct sa *sa, const struct isakmp_hdr *h)
{
    struct isakmp_chain c;
    enum err e =
        h->flags & ISAKMP_FLAG_ENCRYPT ? ERR_STATE : isakmp_chain_parse(h->next, h->body, &c);

    if (e)
        return e;
    switch (sa->state) {
    case SA_WAIT_MM1: return answer_mm1(k, sa, &c);
    case SA_WAIT_MM2: return take_mm2(k, sa, h, &c);
    case SA_WAIT_MM3: return answer_mm3(k, sa, &c);
    case SA_WAIT_MM4: return take_mm4(k, sa, &c);
    default: return ERR_STATE;
    }
}

/* A message that made no sense may have left half a key behind: the right one must still fit. */
static void undo_keys(struct sa *sa)
{
    dh_free(sa->dh);
    sa->dh = NULL;
    cipher_free(sa->cipher);
    sa->cipher = NULL;
}

void main_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h,
                const struct endpoint *from, const struct endpoint *to, struct bytes datagram)
{
    if (flight_was_answered(&sa->flight, datagram)) {
        struct ike_out *o = out_fact(k, IKE_FACT_DUPLICATE, &sa->remote.addr);
        o->phase = 1;
        o->ike = sa->number;
        out_send(k, sa, bytes_of(sa->flight.sent, sa->flight.sent_len));
        return;
    }
    if (sa->state == SA_WAIT_MM1) {
        sa->remote = *from;
        sa->local = *to;
        memcpy(sa->cookie_i, h->cookie_i, sizeof(sa->cookie_i));
    }
    bool proves = sa->state == SA_WAIT_MM5 || sa->state == SA_WAIT_MM6;
    enum sa_state before = sa->state;
    enum err e = proves ? take_proof(k, sa, h) : take_clear(k, sa, h);
    if (!e) {
        flight_note(&sa->flight, datagram);
        return;
    }
    if (before == SA_WAIT_MM3 || before == SA_WAIT_MM2)
        undo_keys(sa);
    refused(k, sa, e);
}
