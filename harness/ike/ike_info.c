/* Informational exchanges (RFC 2409, 5.7): notifies, deletes, and dead peer detection (RFC 3706).
 * One message, protected by the IKE SA; in clear they change nothing. */
#include "ike/ike_impl.h"

/* --- sending --------------------------------------------------------------------------------- */

static void begin(struct ike *k, const struct sa *sa, struct message *m, uint32_t *message_id)
{
    do
        *message_id = rng_u32(k->rng);
    while (*message_id == 0);
    message_begin(m, sa, ISAKMP_EXCHANGE_INFORMATIONAL, *message_id);
    message_open_hash(m, sa);
}

static void finish(struct ike *k, const struct sa *sa, struct message *m, uint32_t message_id)
{
    uint8_t hash[DIGEST_MAX], iv[CIPHER_BLOCK_MAX];

    ikev1_hash_1(&sa->keys, message_id, message_after_hash(m, sa), hash);
    message_fill_hash(m, sa, hash);
    message_phase2_iv(sa, message_id, iv);
    out_send(k, sa, message_seal(m, sa, iv));
}

static void cookies_of(const struct sa *sa, uint8_t out[static 2 * ISAKMP_COOKIE_LEN])
{
    memcpy(out, sa->cookie_i, ISAKMP_COOKIE_LEN);
    memcpy(out + ISAKMP_COOKIE_LEN, sa->cookie_r, ISAKMP_COOKIE_LEN);
}

void info_notify(struct ike *k, struct sa *sa, const struct isakmp_notify *n)
{
    struct message m;
    uint32_t id;

    begin(k, sa, &m, &id);
    isakmp_put_notify(&m.put, n);
    finish(k, sa, &m, id);
}

void info_delete_sa(struct ike *k, struct sa *sa)
{
    uint8_t cookies[2 * ISAKMP_COOKIE_LEN];
    struct message m;
    uint32_t id;

    cookies_of(sa, cookies);
    begin(k, sa, &m, &id);
    isakmp_put_delete(&m.put, ISAKMP_PROTO_ISAKMP, sizeof(cookies),
                      bytes_of(cookies, sizeof(cookies)));
    finish(k, sa, &m, id);
    struct ike_out *o = out_fact(k, IKE_FACT_DELETE_SENT, &sa->remote.addr);
    o->phase = 1;
    o->ike = sa->number;
    o->message_id = id;
}

/* Named by the SPI under which we receive: that is what we shall not take any more. */
void info_delete_child(struct ike *k, const struct child *c)
{
    struct sa *sa = sa_of_peer(k, c->peer);
    uint8_t spi[4];
    struct wr w = wr_of(spi, sizeof(spi));
    struct message m;
    uint32_t id;

    if (!sa)
        return;
    wr_be32(&w, c->in_spi);
    begin(k, sa, &m, &id);
    isakmp_put_delete(&m.put, ISAKMP_PROTO_ESP, sizeof(spi), wr_bytes(&w));
    finish(k, sa, &m, id);
    struct ike_out *o = out_fact(k, IKE_FACT_DELETE_SENT, &sa->remote.addr);
    o->phase = 2;
    o->ike = sa->number;
    o->message_id = id;
    o->child.in_spi = c->in_spi;
    o->child.out_spi = c->out_spi;
    o->child.policy = k->cfg->policies[c->policy].id;
}

static void put_probe(struct ike *k, struct sa *sa, uint16_t type, uint32_t seq)
{
    uint8_t cookies[2 * ISAKMP_COOKIE_LEN], data[4];
    struct wr w = wr_of(data, sizeof(data));
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ISAKMP, .type = type};

    cookies_of(sa, cookies);
    wr_be32(&w, seq);
    n.spi = bytes_of(cookies, sizeof(cookies));
    n.data = wr_bytes(&w);
    info_notify(k, sa, &n);
}

void info_probe(struct ike *k, struct sa *sa)
{
    put_probe(k, sa, ISAKMP_NOTIFY_R_U_THERE, ++sa->probe_seq);
    struct ike_out *o = out_fact(k, IKE_FACT_DPD_SENT, &sa->remote.addr);
    o->phase = 1;
    o->ike = sa->number;
    o->code = ISAKMP_NOTIFY_R_U_THERE;
}

void info_refuse_quick(struct ike *k, struct sa *sa, uint16_t type, uint32_t spi)
{
    uint8_t data[4];
    struct wr w = wr_of(data, sizeof(data));
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ESP, .type = type};

    wr_be32(&w, spi);
    if (spi)
        n.spi = wr_bytes(&w);
    info_notify(k, sa, &n);
}

/* A word in clear for somebody whose offer we cannot take; he need not believe it. */
void info_refuse_clear(struct ike *k, const struct sa *sa, uint16_t type)
{
    struct isakmp_notify n = {.protocol = ISAKMP_PROTO_ISAKMP, .type = type};
    struct message m;

    message_begin(&m, sa, ISAKMP_EXCHANGE_INFORMATIONAL, 0);
    isakmp_put_notify(&m.put, &n);
    out_send(k, sa, message_end(&m));
}

/* --- receiving ------------------------------------------------------------------------------- */

static void tell_notify(struct ike *k, const struct sa *sa, uint16_t type)
{
    struct ike_out *o = out_fact(k, IKE_FACT_NOTIFY, &sa->remote.addr);

    o->ike = sa->number;
    o->code = type;
}

static void take_probe(struct ike *k, struct sa *sa, const struct isakmp_notify *n)
{
    struct rd r = rd_of(n->data);
    uint32_t seq = rd_be32(&r);

    /* RFC 3706, 6.2: one that is older than the last is a replay; the same again is a repetition.
     */
    if (r.err || (sa->has_peer_probe_seq && (int32_t)(seq - sa->peer_probe_seq) < 0) ||
        !sa_peer(k, sa)->dpd.enabled)
        return;
    sa->peer_probe_seq = seq;
    sa->has_peer_probe_seq = true;
    put_probe(k, sa, ISAKMP_NOTIFY_R_U_THERE_ACK, seq);
    struct ike_out *o = out_fact(k, IKE_FACT_DPD_ANSWERED, &sa->remote.addr);
    o->phase = 1;
    o->ike = sa->number;
    o->code = ISAKMP_NOTIFY_R_U_THERE_ACK;
}

/* The other side refuses a quick mode of ours: the one it names, or the only one there is. */
static void take_refusal(struct ike *k, struct sa *sa, const struct isakmp_notify *n)
{
    struct rd r = rd_of(n->spi);
    uint32_t spi = n->spi.n == 4 ? rd_be32(&r) : 0;
    struct qm *match = NULL;
    size_t open = 0;

    for (struct qm *q = sa->qms; q; q = q->next) {
        if (!q->initiator || q->done)
            continue;
        open++;
        if (!match || q->in_spi == spi)
            match = q;
    }
    if (match && (open == 1 || match->in_spi == spi))
        quick_end(k, match, IKE_END_REFUSED);
}

static void take_notify(struct ike *k, struct sa *sa, struct bytes body)
{
    struct isakmp_notify n;

    if (isakmp_notify_parse(body, &n))
        return;
    switch (n.type) {
    case ISAKMP_NOTIFY_R_U_THERE: take_probe(k, sa, &n); break;
    case ISAKMP_NOTIFY_R_U_THERE_ACK: break; /* heard, and that is all it says */
    case ISAKMP_NOTIFY_NO_PROPOSAL_CHOSEN:
    case ISAKMP_NOTIFY_INVALID_ID_INFORMATION:
    case ISAKMP_NOTIFY_PAYLOAD_MALFORMED:
        take_refusal(k, sa, &n);
        tell_notify(k, sa, n.type);
        break;
    default: tell_notify(k, sa, n.type);
    }
}

static void tell_delete(struct ike *k, const struct ip_addr *peer, uint32_t ike, uint8_t phase,
                        const struct child *c)
{
    struct ike_out *o = out_fact(k, IKE_FACT_DELETE_RECEIVED, peer);

    o->phase = phase;
    o->ike = ike;
    if (!c)
        return;
    o->child.in_spi = c->in_spi;
    o->child.out_spi = c->out_spi;
    o->child.policy = k->cfg->policies[c->policy].id;
}

static void delete_children(struct ike *k, const struct sa *sa, const struct isakmp_delete *d)
{
    struct rd r = rd_of(d->spis);
    struct ip_addr peer = sa->remote.addr;

    while (d->spi_len == 4 && rd_left(&r)) {
        struct child *c = child_by_out_spi(k, sa->peer, rd_be32(&r));
        if (!c)
            continue;
        tell_delete(k, &peer, sa->number, 2, c);
        /* Its other half is of no use now, and the other side keeps only what is named: say so. */
        child_end(k, c, IKE_END_PEER_DELETE);
    }
}

/* False when SA itself is gone. */
static bool delete_ikes(struct ike *k, struct sa *sa, const struct isakmp_delete *d)
{
    struct rd r = rd_of(d->spis);
    struct ip_addr peer = sa->remote.addr;
    bool alive = true;

    while (d->spi_len == 2 * ISAKMP_COOKIE_LEN && rd_left(&r)) {
        struct bytes c = rd_take(&r, 2 * ISAKMP_COOKIE_LEN);
        for (struct sa *s = k->sas; s; s = s->next) {
            if (!ip_addr_eq(&s->remote.addr, &peer) || s->state != SA_ESTABLISHED ||
                memcmp(c.p, s->cookie_i, ISAKMP_COOKIE_LEN) != 0 ||
                memcmp(c.p + ISAKMP_COOKIE_LEN, s->cookie_r, ISAKMP_COOKIE_LEN) != 0)
                continue;
            tell_delete(k, &peer, s->number, 1, NULL);
            alive = alive && s != sa;
            sa_end(k, s, IKE_END_PEER_DELETE);
            break;
        }
        if (!alive)
            break; /* what spoke to us is no more: nothing else it said counts */
    }
    return alive;
}

static bool take_delete(struct ike *k, struct sa *sa, struct bytes body)
{
    struct isakmp_delete d;

    if (isakmp_delete_parse(body, &d))
        return true;
    if (d.protocol == ISAKMP_PROTO_ESP)
        delete_children(k, sa, &d);
    else if (d.protocol == ISAKMP_PROTO_ISAKMP)
        return delete_ikes(k, sa, &d);
    return true;
}

static void take_payloads(struct ike *k, struct sa *sa, const struct isakmp_chain *c)
{
    for (size_t i = 1; i < c->n; i++) {
        if (c->p[i].type == ISAKMP_PAYLOAD_NOTIFY)
            take_notify(k, sa, c->p[i].body);
        else if (c->p[i].type == ISAKMP_PAYLOAD_DELETE && !take_delete(k, sa, c->p[i].body))
            return;
    }
}

static void take_clear(struct ike *k, const struct sa *sa, const struct isakmp_hdr *h)
{
    const struct isakmp_payload *p;
    struct isakmp_chain c;
    struct isakmp_notify n;

    if (isakmp_chain_parse(h->next, h->body, &c) ||
        !(p = isakmp_find(&c, ISAKMP_PAYLOAD_NOTIFY, 0)) || isakmp_notify_parse(p->body, &n))
        out_fact(k, IKE_FACT_MALFORMED, &sa->remote.addr)->ike = sa->number;
    else
        tell_notify(k, sa, n.type);
}

void info_input(struct ike *k, struct sa *sa, const struct isakmp_hdr *h)
{
    struct isakmp_chain c;
    struct bytes hash, rest;
    uint8_t iv[CIPHER_BLOCK_MAX], last[CIPHER_BLOCK_MAX], want[DIGEST_MAX];

    if (!(h->flags & ISAKMP_FLAG_ENCRYPT) || sa->state != SA_ESTABLISHED) {
        take_clear(k, sa, h);
        return;
    }
    if (sa_has_seen(sa, h->message_id)) {
        out_fact(k, IKE_FACT_DUPLICATE, &sa->remote.addr)->ike = sa->number;
        return;
    }
    message_phase2_iv(sa, h->message_id, iv);
    enum err e = message_open(k, sa, h, iv, &c, last);
    if (!e)
        e = message_hash_parts(sa, &c, &hash, &rest);
    if (!e) {
        ikev1_hash_1(&sa->keys, h->message_id, rest, want);
        if (!secret_eq(want, hash.p, hash.n))
            e = ERR_AUTH;
    }
    if (e) {
        out_fact(k, IKE_FACT_MALFORMED, &sa->remote.addr)->ike = sa->number;
        return;
    }
    sa_note_seen(sa, h->message_id);
    sa_heard(k, sa);
    take_payloads(k, sa, &c);
}
