#include "wire/isakmp.h"

#include "base/attr.h"

struct name {
    uint16_t value;
    const char *name;
};

static const char *name_of(const struct name *names, size_t n, uint16_t value)
{
    for (size_t i = 0; i < n; i++) {
        if (names[i].value == value)
            return names[i].name;
    }
    return "?";
}

#define X(id, value, name) {value, name},
const char *isakmp_payload_name(uint8_t type)
{
    static const struct name names[] = {ISAKMP_PAYLOADS(X)};

    return name_of(names, COUNT(names), type);
}

const char *isakmp_exchange_name(uint8_t type)
{
    static const struct name names[] = {ISAKMP_EXCHANGES(X)};

    return name_of(names, COUNT(names), type);
}

const char *isakmp_notify_name(uint16_t type)
{
    static const struct name names[] = {ISAKMP_NOTIFIES(X)};

    return name_of(names, COUNT(names), type);
}
#undef X

enum err isakmp_parse(struct bytes in, struct isakmp_hdr *out)
{
    struct rd r = rd_of(in);
    struct isakmp_hdr h = {0};

    rd_copy(&r, h.cookie_i, sizeof(h.cookie_i));
    rd_copy(&r, h.cookie_r, sizeof(h.cookie_r));
    h.next = rd_u8(&r);
    h.version = rd_u8(&r);
    h.exchange = rd_u8(&r);
    h.flags = rd_u8(&r);
    h.message_id = rd_be32(&r);
    uint32_t len = rd_be32(&r);
    if (len < ISAKMP_HDR_LEN || h.version >> 4 != ISAKMP_VERSION_1 >> 4)
        rd_fail(&r, ERR_FORMAT);
    h.body = rd_take(&r, len - ISAKMP_HDR_LEN);
    if (!r.err)
        *out = h;
    return r.err;
}

enum err isakmp_chain_parse(uint8_t next, struct bytes body, struct isakmp_chain *out)
{
    struct rd r = rd_of(body);
    struct isakmp_chain c = {.n = 0};

    while (next != ISAKMP_PAYLOAD_NONE && !r.err) {
        if (c.n == COUNT(c.p)) {
            rd_fail(&r, ERR_RANGE);
            break;
        }
        struct isakmp_payload *p = &c.p[c.n++];
        size_t start = r.at;
        p->type = next;
        next = rd_u8(&r);
        rd_skip(&r, 1); /* reserved */
        uint16_t len = rd_be16(&r);
        if (len < 4)
            rd_fail(&r, ERR_FORMAT);
        p->body = rd_take(&r, len - 4u);
        p->whole = bytes_head(bytes_from(body, start), len);
    }
    c.len = r.at;
    if (!r.err)
        *out = c;
    return r.err;
}

const struct isakmp_payload *isakmp_find(const struct isakmp_chain *c, uint8_t type, size_t n)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->p[i].type == type && n-- == 0)
            return &c->p[i];
    }
    return NULL;
}

enum err isakmp_sa_parse(struct bytes body, struct bytes *proposals)
{
    struct rd r = rd_of(body);
    uint32_t doi = rd_be32(&r);
    uint32_t situation = rd_be32(&r);

    if (!r.err && ((doi != ISAKMP_DOI_IPSEC && doi != 0) || situation != ISAKMP_SIT_IDENTITY_ONLY))
        rd_fail(&r, ERR_UNSUPPORTED);
    struct bytes rest = rd_rest(&r);
    if (!r.err)
        *proposals = rest;
    return r.err;
}

/* The generic header of a proposal or transform: false when there is none. */
static bool sub_payload(struct rd *rest, struct rd *in, bool *last)
{
    if (rest->err || rest->at == rest->in.n)
        return false;
    *last = rd_u8(rest) == ISAKMP_PAYLOAD_NONE;
    rd_skip(rest, 1);
    uint16_t len = rd_be16(rest);
    if (len < 4)
        rd_fail(rest, ERR_FORMAT);
    *in = rd_of(rd_take(rest, len - 4u));
    return !rest->err;
}

bool isakmp_proposal_next(struct rd *rest, struct isakmp_proposal *out)
{
    struct rd r;

    if (!sub_payload(rest, &r, &out->last))
        return false;
    out->number = rd_u8(&r);
    out->protocol = rd_u8(&r);
    uint8_t spi_len = rd_u8(&r);
    out->ntransforms = rd_u8(&r);
    if (spi_len > ISAKMP_SPI_MAX)
        rd_fail(&r, ERR_FORMAT);
    out->spi = rd_take(&r, spi_len);
    out->transforms = rd_rest(&r);
    rd_fail(rest, r.err);
    return !rest->err;
}

bool isakmp_transform_next(struct rd *rest, struct isakmp_transform *out)
{
    struct rd r;
    bool last;

    if (!sub_payload(rest, &r, &last))
        return false;
    out->number = rd_u8(&r);
    out->id = rd_u8(&r);
    rd_skip(&r, 2);
    out->attributes = rd_rest(&r);
    rd_fail(rest, r.err);
    return !rest->err;
}

bool isakmp_attribute_next(struct rd *r, struct isakmp_attribute *out)
{
    if (r->err || r->at == r->in.n)
        return false;
    uint16_t type = rd_be16(r);
    uint16_t value = rd_be16(r);

    out->type = type & 0x7fff;
    out->value = value;
    if (!(type & 0x8000)) { /* the long form: `value` is a length */
        struct bytes b = rd_take(r, value);
        out->value = 0;
        for (size_t i = 0; i < b.n; i++) {
            if (out->value >> 56)
                out->value = UINT64_MAX;
            else
                out->value = out->value << 8 | b.p[i];
        }
    }
    return !r->err;
}

enum err isakmp_id_parse(struct bytes body, struct isakmp_id *out)
{
    struct rd r = rd_of(body);
    struct isakmp_id id = {0};

    id.type = rd_u8(&r);
    id.proto = rd_u8(&r);
    id.port = rd_be16(&r);
    id.data = rd_rest(&r);
    if (!r.err)
        *out = id;
    return r.err;
}

enum err isakmp_notify_parse(struct bytes body, struct isakmp_notify *out)
{
    struct rd r = rd_of(body);
    struct isakmp_notify n = {0};

    rd_skip(&r, 4); /* DOI */
    n.protocol = rd_u8(&r);
    uint8_t spi_len = rd_u8(&r);
    n.type = rd_be16(&r);
    n.spi = rd_take(&r, spi_len);
    n.data = rd_rest(&r);
    if (!r.err)
        *out = n;
    return r.err;
}

enum err isakmp_delete_parse(struct bytes body, struct isakmp_delete *out)
{
    struct rd r = rd_of(body);
    struct isakmp_delete d = {0};

    rd_skip(&r, 4); /* DOI */
    d.protocol = rd_u8(&r);
    d.spi_len = rd_u8(&r);
    d.count = rd_be16(&r);
    d.spis = rd_take(&r, (size_t)d.count * d.spi_len);
    if (!r.err)
        *out = d;
    return r.err;
}

void isakmp_put_hdr(struct wr *w, const struct isakmp_hdr *h)
{
    wr_put(w, bytes_of(h->cookie_i, sizeof(h->cookie_i)));
    wr_put(w, bytes_of(h->cookie_r, sizeof(h->cookie_r)));
    wr_u8(w, h->next);
    wr_u8(w, h->version);
    wr_u8(w, h->exchange);
    wr_u8(w, h->flags);
    wr_be32(w, h->message_id);
    wr_be32(w, 0);
}

void isakmp_put_end(struct wr *w, size_t start)
{
    wr_fill32(w, start + ISAKMP_HDR_LEN - 4, (uint32_t)(w->at - start));
}

struct isakmp_put isakmp_put_begin(struct wr *w, size_t next_at)
{
    return (struct isakmp_put){.w = w, .next_at = next_at};
}

void isakmp_put_open(struct isakmp_put *p, uint8_t type)
{
    wr_fill8(p->w, p->next_at, type);
    p->start = p->next_at = p->w->at;
    wr_u8(p->w, ISAKMP_PAYLOAD_NONE);
    wr_u8(p->w, 0);
    p->len_at = wr_hole16(p->w);
}

void isakmp_put_close(struct isakmp_put *p)
{
    wr_fill16(p->w, p->len_at, p->w->at - p->start);
}

void isakmp_put_bytes(struct isakmp_put *p, uint8_t type, struct bytes body)
{
    isakmp_put_open(p, type);
    wr_put(p->w, body);
    isakmp_put_close(p);
}

void isakmp_put_attribute(struct wr *w, uint16_t type, uint32_t value)
{
    if (value <= 0xffff) {
        wr_be16(w, type | 0x8000);
        wr_be16(w, (uint16_t)value);
    } else {
        wr_be16(w, type);
        wr_be16(w, 4);
        wr_be32(w, value);
    }
}

void isakmp_put_id(struct isakmp_put *p, const struct isakmp_id *id)
{
    isakmp_put_open(p, ISAKMP_PAYLOAD_ID);
    wr_u8(p->w, id->type);
    wr_u8(p->w, id->proto);
    wr_be16(p->w, id->port);
    wr_put(p->w, id->data);
    isakmp_put_close(p);
}

void isakmp_put_notify(struct isakmp_put *p, const struct isakmp_notify *n)
{
    isakmp_put_open(p, ISAKMP_PAYLOAD_NOTIFY);
    wr_be32(p->w, ISAKMP_DOI_IPSEC);
    wr_u8(p->w, n->protocol);
    wr_u8(p->w, (uint8_t)n->spi.n);
    wr_be16(p->w, n->type);
    wr_put(p->w, n->spi);
    wr_put(p->w, n->data);
    isakmp_put_close(p);
}

void isakmp_put_delete(struct isakmp_put *p, uint8_t protocol, uint8_t spi_len, struct bytes spis)
{
    isakmp_put_open(p, ISAKMP_PAYLOAD_DELETE);
    wr_be32(p->w, ISAKMP_DOI_IPSEC);
    wr_u8(p->w, protocol);
    wr_u8(p->w, spi_len);
    wr_be16(p->w, (uint16_t)(spi_len ? spis.n / spi_len : 0));
    wr_put(p->w, spis);
    isakmp_put_close(p);
}
