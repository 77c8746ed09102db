#include "wire/ikev2.h"

void ikev2_set_critical(struct isakmp_msg *m)
{
    m->low = 0x80; /* what isakmp_open keeps when it links the next payload */
    wr_fill8(&m->w, m->link + 1, 0x80);
}

size_t ikev2_open_proposal(struct wr *w, bool last, const struct ikev2_proposal *p)
{
    size_t at = w->at;

    wr_u8(w, last ? 0 : 2);
    wr_zero(w, 3);
    wr_u8(w, p->number);
    wr_u8(w, p->protocol);
    wr_u8(w, (uint8_t)p->spi.n);
    wr_u8(w, p->ntransforms);
    wr_put(w, p->spi);
    return at;
}

void ikev2_put_transform(struct wr *w, bool last, const struct ikev2_transform *t)
{
    wr_u8(w, last ? 0 : 3);
    wr_u8(w, 0);
    wr_be16(w, t->key_bits ? 12 : 8);
    wr_u8(w, t->type);
    wr_u8(w, 0);
    wr_be16(w, t->id);
    if (t->key_bits) {
        wr_be16(w, 0x8000 | IKEV2_ATTRIBUTE_KEY_LENGTH);
        wr_be16(w, t->key_bits);
    }
}

/* KE begins with a group and two reserved bytes, ID and AUTH with a type and three. */
static void put_typed(struct isakmp_msg *m, uint8_t payload, uint32_t head, struct bytes data)
{
    size_t at = isakmp_open(m, payload);

    wr_be32(&m->w, head);
    wr_put(&m->w, data);
    isakmp_close(m, at);
}

void ikev2_put_ke(struct isakmp_msg *m, const struct ikev2_ke *ke)
{
    put_typed(m, IKEV2_P_KE, (uint32_t)ke->group << 16, ke->data);
}

void ikev2_put_id(struct isakmp_msg *m, uint8_t type, const struct ikev2_id *id)
{
    put_typed(m, type, (uint32_t)id->type << 24, id->data);
}

void ikev2_put_auth(struct isakmp_msg *m, const struct ikev2_auth *a)
{
    put_typed(m, IKEV2_P_AUTH, (uint32_t)a->method << 24, a->data);
}

void ikev2_put_notify(struct isakmp_msg *m, const struct ikev2_notify *n)
{
    size_t at = isakmp_open(m, IKEV2_P_NOTIFY);

    wr_u8(&m->w, n->protocol);
    wr_u8(&m->w, (uint8_t)n->spi.n);
    wr_be16(&m->w, n->type);
    wr_put(&m->w, n->spi);
    wr_put(&m->w, n->data);
    isakmp_close(m, at);
}

void ikev2_put_delete(struct isakmp_msg *m, const struct ikev2_delete *d)
{
    size_t at = isakmp_open(m, IKEV2_P_DELETE);

    wr_u8(&m->w, d->protocol);
    wr_u8(&m->w, d->spi_len);
    wr_be16(&m->w, d->nspis);
    wr_put(&m->w, d->spis);
    isakmp_close(m, at);
}

static bool put_selector(struct wr *w, const struct ikev2_ts *ts)
{
    size_t n = ip_addr_len(&ts->start);

    if (n == 0)
        return false;
    wr_u8(w, n == 4 ? IKEV2_TS_IPV4_RANGE : IKEV2_TS_IPV6_RANGE);
    wr_u8(w, ts->protocol);
    wr_be16(w, (uint16_t)(8 + 2 * n));
    wr_be16(w, ts->start_port);
    wr_be16(w, ts->end_port);
    wr_put(w, bytes_of(ts->start.b, n));
    wr_put(w, bytes_of(ts->end.b, n));
    return true;
}

void ikev2_put_ts(struct isakmp_msg *m, uint8_t type, const struct ikev2_ts *v, size_t n)
{
    size_t at = isakmp_open(m, type), count_at = m->w.at;
    uint8_t count = 0;

    wr_zero(&m->w, 4);
    for (size_t i = 0; i < n && count < UINT8_MAX; i++)
        count = (uint8_t)(count + put_selector(&m->w, &v[i]));
    wr_fill8(&m->w, count_at, count);
    isakmp_close(m, at);
}

size_t ikev2_open_cp(struct isakmp_msg *m, uint8_t type)
{
    size_t at = isakmp_open(m, IKEV2_P_CP);

    wr_u8(&m->w, type);
    wr_zero(&m->w, 3);
    return at;
}

void ikev2_put_cp_attribute(struct wr *w, uint16_t type, struct bytes value)
{
    if (value.n > UINT16_MAX) {
        wr_fail(w, ERR_RANGE);
        return;
    }
    wr_be16(w, type);
    wr_be16(w, (uint16_t)value.n);
    wr_put(w, value);
}
