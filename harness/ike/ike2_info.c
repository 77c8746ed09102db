/* INFORMATIONAL (RFC 7296, 1.4 and 1.5): deletes, liveness, notifies.
 *
 *   HDR, SK{ [D...], [N...] } -->
 *                              <-- HDR, SK{ [D...], [N...] } */
#include "ike/ike2_exchanges.h"

/* --- initiator ------------------------------------------------------------------------------- */

static void say_delete(struct ike *k, const struct ike2_sa *sa, enum ike_fact fact, unsigned phase,
                       uint32_t in_spi)
{
    struct ike_out *o = ike2_fact(k, sa, fact, phase);

    o->initiator = fact == IKE_FACT_DELETE_SENT;
    o->child.in_spi = in_spi;
}

static void put_delete_child(struct isakmp_msg *m, uint32_t spi)
{
    uint8_t buf[4];
    struct wr w = wr_of(buf, sizeof(buf));

    wr_be32(&w, spi); /* what we receive on (RFC 7296, 1.4.1) */
    struct ikev2_delete d = {
        .protocol = IKEV2_PROTO_ESP, .spi_len = 4, .nspis = 1, .spis = wr_bytes(&w)};
    ikev2_put_delete(m, &d);
}

static void put_tell(struct isakmp_msg *m, const struct ike2_task *t)
{
    uint8_t buf[4];
    struct wr w = wr_of(buf, sizeof(buf));

    wr_be32(&w, t->about);
    ike2_put_notify(m, t->notify, wr_bytes(&w));
}

static void put_request(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m,
                        const struct ike2_task *t)
{
    const struct ikev2_delete whole = {.protocol = IKEV2_PROTO_IKE};

    switch (t->kind) {
    case IKE2_CHILD_DELETE:
        sa->ask.old_in_spi = t->spi;
        say_delete(k, sa, IKE_FACT_DELETE_SENT, 2, t->spi);
        put_delete_child(m, ike_spi_out(k, IKE_FAULT_DELETE_SPI_REVERSED, t->spi));
        break;
    case IKE2_IKE_DELETE:
        say_delete(k, sa, IKE_FACT_DELETE_SENT, 1, 0);
        ikev2_put_delete(m, &whole);
        break;
    case IKE2_TELL: put_tell(m, t); break;
    case IKE2_ADDRESS: ike2_put_address(sa, m); break;
    case IKE2_ROUTE: ike2_put_route(k, sa, m); break;
    case IKE2_SAY: ike2_put_said(k, sa, m, t); break;
    default: break; /* a probe is empty */
    }
}

void ike2_info_begin(struct ike *k, struct ike2_sa *sa, const struct ike2_task *t)
{
    struct isakmp_msg m;

    if (t->kind == IKE2_CHILD_DELETE && !t->orphan && !ike2_child_by_in(k, t->spi))
        return; /* the other side was faster */
    if (sa->state == IKE2_CLOSING && t->kind != IKE2_IKE_DELETE)
        return;
    ike2_ask_begin(k, sa, &m, t->kind, ISAKMP_X_V2_INFORMATIONAL);
    put_request(k, sa, &m, t);
    ike2_ask_send(k, sa, &m);
}

static void child_gone(struct ike *k, uint32_t in_spi)
{
    struct ike2_child *c = ike2_child_by_in(k, in_spi);

    if (c)
        ike2_child_down(k, c, c->retired ? IKE_END_REPLACED : IKE_END_LOCAL_DELETE);
}

/* True when SA was freed. */
bool ike2_info_answered(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    enum ike2_kind kind = sa->ask.kind;

    switch (kind) {
    case IKE2_CHILD_DELETE: child_gone(k, sa->ask.old_in_spi); break;
    case IKE2_IKE_DELETE: ike2_go_down(k, sa, IKE_END_LOCAL_DELETE); return true;
    case IKE2_PROBE:
        sa->probing = false;
        ike2_fact(k, sa, IKE_FACT_DPD_ANSWERED, 1)->message_id = sa->ask.id;
        break;
    case IKE2_ADDRESS: ike2_address_answered(k, sa, in); break;
    case IKE2_ROUTE:
        if (!ike2_route_answered(k, sa, in)) {
            ike2_ask_done(k, sa);
            ike2_close(k, sa, IKE_END_REFUSED);
            return false;
        }
        break;
    default: break;
    }
    ike2_ask_done(k, sa);
    return false;
}

/* --- responder ------------------------------------------------------------------------------- */

/* The pair that the other side receives on as SPI; gives our inbound SPI for the answer, or 0. */
static uint32_t take_delete(struct ike *k, struct ike2_sa *sa, uint32_t spi)
{
    struct ike2_child *c = ike2_child_by_out(sa, spi);

    if (!c && sa->heir)
        c = ike2_child_by_out(sa->heir, spi);
    if (!c || (c->closing && sa->ask.kind == IKE2_CHILD_DELETE && sa->ask.old_in_spi == c->in_spi))
        return 0; /* RFC 7296, 1.4.1: when both delete it, neither answers with it */
    uint32_t in_spi = c->in_spi;
    say_delete(k, sa, IKE_FACT_DELETE_RECEIVED, 2, in_spi);
    if (sa->ask.kind == IKE2_CHILD_REKEY && sa->ask.old_in_spi == in_spi)
        sa->ask.gone = true;
    ike2_use_again(sa, c);
    ike2_child_down(k, c, c->retired || c->gives_back ? IKE_END_REPLACED : IKE_END_PEER_DELETE);
    return in_spi;
}

static void take_deletes(struct ike *k, struct ike2_sa *sa, const struct ikev2_delete *d,
                         struct wr *reply)
{
    for (size_t i = 0; i < d->nspis; i++) {
        uint32_t in_spi = take_delete(k, sa, ikev2_delete_spi(d, i));
        if (in_spi)
            wr_be32(reply, in_spi);
    }
}

static void take_notify(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m,
                        const struct ikev2_notify *n)
{
    switch (n->type) {
    case IKEV2_N_UPDATE_SA_ADDRESSES: ike2_address_respond(k, sa, in, m); return;
    case IKEV2_N_COOKIE2: ike2_put_notify(m, IKEV2_N_COOKIE2, n->data); return;
    case IKEV2_N_NAT_DETECTION_SOURCE_IP:
    case IKEV2_N_NAT_DETECTION_DESTINATION_IP: return; /* belong to the first */
    case IKEV2_N_AUTHENTICATION_FAILED:
        ike2_refused(k, sa, 1, n->type, true);
        in->ends = true;
        in->end = IKE_END_AUTH;
        return;
    default: break;
    }
    struct ike_out *o = ike2_fact(k, sa, IKE_FACT_NOTIFY, 2);
    o->code = n->type;
    o->message_id = in->hdr.message_id;
}

/* False: it does not parse. */
static bool take_payload(struct ike *k, struct ike2_sa *sa, struct ike2_in *in,
                         struct isakmp_msg *m, const struct ikev2_payload *p, struct wr *reply)
{
    struct ikev2_notify n;
    struct ikev2_delete d;

    if (p->type == IKEV2_P_NOTIFY) {
        if (ikev2_notify_parse(p->body, &n))
            return false;
        take_notify(k, sa, in, m, &n);
        return true;
    }
    if (p->type != IKEV2_P_DELETE)
        return true; /* RFC 7296, 2.5: what does not belong here is skipped */
    if (ikev2_delete_parse(p->body, &d))
        return false;
    if (d.protocol == IKEV2_PROTO_ESP) {
        take_deletes(k, sa, &d, reply);
    } else if (d.protocol == IKEV2_PROTO_IKE) {
        say_delete(k, sa, IKE_FACT_DELETE_RECEIVED, 1, 0);
        ike2_rekey_overtaken(k, sa);
        in->ends = true;
        in->end = sa->heir ? IKE_END_REPLACED : IKE_END_PEER_DELETE;
    }
    return true;
}

void ike2_info_respond(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, struct isakmp_msg *m)
{
    uint8_t spis[IKE_DATAGRAM_MAX];
    struct wr reply = wr_of(spis, sizeof(spis));

    for (size_t i = 0; i < in->chain.n; i++) {
        if (take_payload(k, sa, in, m, &in->chain.v[i], &reply))
            continue;
        ike2_malformed(k, sa, IKEV2_N_INVALID_SYNTAX, "a Delete or Notify that does not parse");
        ike2_refuse(k, sa, m, 2, IKEV2_N_INVALID_SYNTAX, 0);
        in->ends = true;
        in->end = IKE_END_REFUSED;
        return;
    }
    if (reply.at) {
        struct ikev2_delete d = {.protocol = IKEV2_PROTO_ESP,
                                 .spi_len = 4,
                                 .nspis = (uint16_t)(reply.at / 4),
                                 .spis = wr_bytes(&reply)};
        ikev2_put_delete(m, &d);
    }
}
