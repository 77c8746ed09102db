/* Messages of an IKE SA: built in the clear, sealed, sent; received, opened, parsed. */
#include "ike/ike2_exchanges.h"

#include "base/mem.h"

enum { IP4_UDP = 20 + 8, IP6_UDP = 40 + 8 };

void ike2_begin(struct ike *k, const struct ike2_sa *sa, struct isakmp_msg *m, uint8_t exchange,
                uint32_t id, bool response)
{
    struct isakmp_hdr h = {.version = IKEV2_VERSION, .exchange = exchange, .message_id = id};

    memcpy(h.cookie_i, sa->spi_i, sizeof(h.cookie_i));
    memcpy(h.cookie_r, sa->spi_r, sizeof(h.cookie_r));
    if (sa->initiator && !ike_is_faulty(k, IKE_FAULT_NO_INITIATOR_FLAG))
        h.flags |= IKEV2_FLAG_INITIATOR;
    if (response && !ike_is_faulty(k, IKE_FAULT_NO_RESPONSE_FLAG))
        h.flags |= IKEV2_FLAG_RESPONSE;
    isakmp_begin(m, k->scratch, sizeof(k->scratch), &h);
}

/* --- packets: datagrams one behind the other, each with its length in front ------------------ */

/* True with the next one in *ONE, taken off the front of *LEFT. */
static bool next_packet(struct bytes *left, struct bytes *one)
{
    struct rd r = rd_of(*left);
    size_t n = rd_be16(&r);

    *one = rd_take(&r, n);
    *left = rd_rest(&r);
    return !r.err;
}

void ike2_pack_clear(struct bytes datagram, struct owned *packets)
{
    uint8_t buf[2 + IKE_DATAGRAM_MAX];
    struct wr w = wr_of(buf, sizeof(buf));

    wr_be16(&w, (uint16_t)datagram.n);
    wr_put(&w, datagram);
    owned_set(packets, wr_bytes(&w));
}

/* What a message of SA may have in bytes. */
static size_t limit_of(const struct ike *k, const struct ike2_sa *sa)
{
    size_t mtu = ike2_config(k, sa)->fragment_mtu;
    size_t around = sa->remote.addr.family == 6 ? IP6_UDP : IP4_UDP;

    if (!mtu || !sa->fragments)
        return IKE_DATAGRAM_MAX * 2;
    if (sa->local.port == IKE_NATT_PORT)
        around += NATT_MARKER_LEN;
    return mtu > around ? mtu - around : 0;
}

static enum err seal_one(struct ike *k, struct ike2_sa *sa, struct bytes clear, size_t limit,
                         uint16_t number, uint16_t total, struct wr *w)
{
    size_t hole = wr_hole16(w), at = w->at;
    enum err e = total == 1 ? ike2_seal(sa->seal, k->rng, clear, w)
                            : ike2_seal_fragment(sa->seal, k->rng, clear, limit, number, total, w);

    wr_fill16(w, hole, w->at - at);
    return e ? e : w->err;
}

enum err ike2_seal_all(struct ike *k, struct ike2_sa *sa, struct isakmp_msg *m,
                       struct owned *packets)
{
    struct bytes clear = isakmp_end(m, 0);
    size_t limit = limit_of(k, sa);
    struct wr w = wr_of(k->v2->packed, sizeof(k->v2->packed));
    enum err e = m->w.err;

    uint16_t total = e ? 0 : ike2_fragments(sa->seal, clear, limit);
    if (!e && total == 0)
        e = ERR_NOSPACE;
    for (uint16_t i = 1; i <= total && !e; i++)
        e = seal_one(k, sa, clear, limit, i, total, &w);
    mem_wipe(k->scratch, m->w.at);
    if (!e)
        owned_set(packets, wr_bytes(&w));
    return e;
}

void ike2_send_packets(struct ike *k, const struct endpoint *from, const struct endpoint *to,
                       const struct owned *packets)
{
    struct bytes left = owned_bytes(packets), one;

    while (left.n && next_packet(&left, &one))
        ike_send(k, from, to, one);
}

/* --- in -------------------------------------------------------------------------------------- */

static enum err add_fragment(struct ike *k, struct ike2_sa *sa, struct ike2_in *in, uint16_t number)
{
    bool response = ikev2_is_response(&in->hdr);
    struct ike2_reassembly **r = response ? &sa->replied : &sa->asked;
    enum err e;

    if (!*r)
        *r = ike2_reassembly_new(sizeof(k->plain));
    e = ike2_reassembly_add(*r, sa->open, in->datagram, k->plain, sizeof(k->plain), &in->clear);
    if (e)
        return e;
    if (number == 1 && !response)
        sa->first_fragment = in->hash;
    if (in->clear.n && !response)
        in->hash = sa->first_fragment;
    if (in->clear.n) {
        ike2_reassembly_free(*r);
        *r = NULL;
    }
    return ERR_OK;
}

enum err ike2_open_in(struct ike *k, struct ike2_sa *sa, struct ike2_in *in)
{
    uint16_t number = 0;

    in->clear = (struct bytes){0};
    if (ike2_is_fragment(in->datagram, &number))
        return sa->fragments ? add_fragment(k, sa, in, number) : ERR_UNSUPPORTED;
    return ike2_open(sa->open, in->datagram, k->plain, sizeof(k->plain), &in->clear);
}

enum err ike2_check_in(struct ike *k, struct ike2_sa *sa, const struct ike2_in *in)
{
    struct bytes clear;

    if (ike2_is_fragment(in->datagram, NULL))
        return ERR_UNSUPPORTED;
    return ike2_open(sa->open, in->datagram, k->plain, sizeof(k->plain), &clear);
}

enum err ike2_parse_in(struct ike2_in *in)
{
    struct isakmp_hdr h;
    enum err e = isakmp_hdr_parse(in->clear, &h);

    if (e)
        return e;
    return ikev2_chain_parse(h.next, bytes_from(in->clear, ISAKMP_HDR_LEN), &in->chain);
}

bool ike2_has(const struct ike2_in *in, uint16_t notify)
{
    struct ikev2_notify n;

    return ikev2_find_notify(&in->chain, notify, &n);
}

struct bytes ike2_body(const struct ike2_in *in, uint8_t type)
{
    const struct ikev2_payload *p = ikev2_find(&in->chain, type);

    return p ? p->body : (struct bytes){0};
}

/* The first error notify; 0: there is none. */
uint16_t ike2_error_in(const struct ike2_in *in)
{
    struct ikev2_notify n;

    for (size_t i = 0; i < in->chain.n; i++) {
        const struct ikev2_payload *p = &in->chain.v[i];
        if (p->type == IKEV2_P_NOTIFY && !ikev2_notify_parse(p->body, &n) &&
            n.type < IKEV2_N_STATUS)
            return n.type;
    }
    return 0;
}

/* --- small payloads -------------------------------------------------------------------------- */

void ike2_put_notify(struct isakmp_msg *m, uint16_t type, struct bytes data)
{
    struct ikev2_notify n = {.protocol = IKEV2_PROTO_NONE, .type = type, .data = data};

    ikev2_put_notify(m, &n);
}

void ike2_put_group(struct isakmp_msg *m, uint16_t group)
{
    uint8_t data[2];
    struct wr w = wr_of(data, sizeof(data));

    wr_be16(&w, group);
    ike2_put_notify(m, IKEV2_N_INVALID_KE_PAYLOAD, wr_bytes(&w));
}
