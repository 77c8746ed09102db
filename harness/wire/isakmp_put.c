#include "wire/isakmp.h"

void isakmp_begin(struct isakmp_msg *m, void *buf, size_t cap, const struct isakmp_hdr *h)
{
    struct wr *w = &m->w;

    *w = wr_of(buf, cap);
    wr_put(w, bytes_of(h->cookie_i, sizeof(h->cookie_i)));
    wr_put(w, bytes_of(h->cookie_r, sizeof(h->cookie_r)));
    m->link = w->at;
    m->low = h->version;
    wr_u8(w, ISAKMP_P_NONE);
    wr_u8(w, h->version);
    wr_u8(w, h->exchange);
    wr_u8(w, h->flags);
    wr_be32(w, h->message_id);
    wr_be32(w, 0);
}

size_t isakmp_open(struct isakmp_msg *m, uint8_t type)
{
    /* the type stands in the header before, in one byte of two */
    wr_fill16(&m->w, m->link, (size_t)type << 8 | m->low);
    size_t at = m->w.at;
    m->link = at;
    m->low = 0;
    wr_zero(&m->w, 4);
    return at;
}

void isakmp_close(struct isakmp_msg *m, size_t at)
{
    wr_fill16(&m->w, at + 2, m->w.at - at);
}

void isakmp_put(struct isakmp_msg *m, uint8_t type, struct bytes body)
{
    size_t at = isakmp_open(m, type);

    wr_put(&m->w, body);
    isakmp_close(m, at);
}

struct bytes isakmp_end(struct isakmp_msg *m, size_t pad)
{
    struct wr *w = &m->w;

    if (pad)
        wr_zero(w, (pad - (w->at - ISAKMP_HDR_LEN) % pad) % pad);
    wr_fill32(w, ISAKMP_HDR_LEN - 4, (uint32_t)w->at);
    return wr_bytes(w);
}

/* --- SA -------------------------------------------------------------------------------------- */

void isakmp_put_sa(struct wr *w)
{
    wr_be32(w, ISAKMP_DOI_IPSEC);
    wr_be32(w, ISAKMP_SIT_IDENTITY_ONLY);
}

size_t isakmp_open_proposal(struct wr *w, bool last, const struct isakmp_proposal *p)
{
    size_t at = w->at;

    wr_u8(w, last ? ISAKMP_P_NONE : ISAKMP_P_PROPOSAL);
    wr_zero(w, 3);
    wr_u8(w, p->number);
    wr_u8(w, p->protocol);
    wr_u8(w, (uint8_t)p->spi.n);
    wr_u8(w, p->ntransforms);
    wr_put(w, p->spi);
    return at;
}

size_t isakmp_open_transform(struct wr *w, bool last, uint8_t number, uint8_t id)
{
    size_t at = w->at;

    wr_u8(w, last ? ISAKMP_P_NONE : ISAKMP_P_TRANSFORM);
    wr_zero(w, 3);
    wr_u8(w, number);
    wr_u8(w, id);
    wr_be16(w, 0);
    return at;
}

void isakmp_close_part(struct wr *w, size_t at)
{
    wr_fill16(w, at + 2, w->at - at);
}

void isakmp_put_attribute(struct wr *w, uint16_t type, uint64_t value)
{
    if (value <= 0xffff) {
        wr_be16(w, type | 0x8000);
        wr_be16(w, (uint16_t)value);
    } else if (value <= UINT32_MAX) {
        wr_be16(w, type);
        wr_be16(w, 4);
        wr_be32(w, (uint32_t)value);
    } else {
        wr_be16(w, type);
        wr_be16(w, 8);
        wr_be64(w, value);
    }
}

/* --- the rest -------------------------------------------------------------------------------- */

void isakmp_put_id(struct isakmp_msg *m, const struct isakmp_id *id)
{
    size_t at = isakmp_open(m, ISAKMP_P_ID);

    wr_u8(&m->w, id->type);
    wr_u8(&m->w, id->protocol);
    wr_be16(&m->w, id->port);
    wr_put(&m->w, id->data);
    isakmp_close(m, at);
}

void isakmp_put_notify(struct isakmp_msg *m, const struct isakmp_notify *n)
{
    size_t at = isakmp_open(m, ISAKMP_P_NOTIFY);

    wr_be32(&m->w, n->doi);
    wr_u8(&m->w, n->protocol);
    wr_u8(&m->w, (uint8_t)n->spi.n);
    wr_be16(&m->w, n->type);
    wr_put(&m->w, n->spi);
    wr_put(&m->w, n->data);
    isakmp_close(m, at);
}

void isakmp_put_delete(struct isakmp_msg *m, const struct isakmp_delete *d)
{
    size_t at = isakmp_open(m, ISAKMP_P_DELETE);

    wr_be32(&m->w, d->doi);
    wr_u8(&m->w, d->protocol);
    wr_u8(&m->w, d->spi_len);
    wr_be16(&m->w, d->nspis);
    wr_put(&m->w, d->spis);
    isakmp_close(m, at);
}

void isakmp_put_fragment(struct isakmp_msg *m, const struct isakmp_fragment *f)
{
    size_t at = isakmp_open(m, ISAKMP_P_FRAGMENT);

    wr_be16(&m->w, f->id);
    wr_u8(&m->w, f->number);
    wr_u8(&m->w, f->last);
    wr_put(&m->w, f->data);
    isakmp_close(m, at);
}

size_t isakmp_open_cfg(struct isakmp_msg *m, uint8_t type, uint16_t id)
{
    size_t at = isakmp_open(m, ISAKMP_P_ATTRIBUTE);

    wr_u8(&m->w, type);
    wr_u8(&m->w, 0);
    wr_be16(&m->w, id);
    return at;
}

void isakmp_put_attribute_bytes(struct wr *w, uint16_t type, struct bytes value)
{
    wr_be16(w, type);
    wr_be16(w, (uint16_t)value.n);
    wr_put(w, value);
}
