#include "wire/isakmp.h"

enum err isakmp_hdr_parse(struct bytes in, struct isakmp_hdr *out)
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
    h.length = rd_be32(&r);
    if (h.length < ISAKMP_HDR_LEN)
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *out = h;
    return r.err;
}

/* A generic payload header (RFC 2408, 3.2) and its body; gives the type of what follows. */
static uint8_t take_payload(struct rd *r, struct bytes *whole, struct bytes *body)
{
    size_t start = r->at;
    uint8_t next = rd_u8(r), reserved = rd_u8(r);
    uint16_t len = rd_be16(r);

    if (len < 4 || reserved != 0)
        rd_fail(r, ERR_FORMAT);
    *body = rd_take(r, len - 4u);
    *whole = r->err ? (struct bytes){NULL, 0} : bytes_of(r->in.p + start, len);
    return next;
}

enum err isakmp_chain_parse(uint8_t first, struct bytes in, struct isakmp_chain *out)
{
    struct rd r = rd_of(in);

    *out = (struct isakmp_chain){0};
    for (uint8_t type = first; type != ISAKMP_P_NONE && !r.err;) {
        if (out->n == ISAKMP_PAYLOADS_MAX) {
            rd_fail(&r, ERR_NOSPACE);
            break;
        }
        struct isakmp_payload *p = &out->v[out->n];
        p->type = type;
        type = take_payload(&r, &p->whole, &p->body);
        out->n += !r.err;
    }
    if (rd_left(&r) > 0) /* an empty view may have no address to count from */
        out->padding = rd_rest(&r);
    return r.err;
}

const struct isakmp_payload *isakmp_find(const struct isakmp_chain *c, uint8_t type)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type == type)
            return &c->v[i];
    }
    return NULL;
}

size_t isakmp_count(const struct isakmp_chain *c, uint8_t type)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->v[i].type == type;
    return n;
}

/* --- SA -------------------------------------------------------------------------------------- */

static struct isakmp_attribute take_attribute(struct rd *r)
{
    uint16_t type = rd_be16(r), length = rd_be16(r);
    struct isakmp_attribute a = {.type = type & 0x7fff, .basic = type & 0x8000};

    if (a.basic) {
        a.number = length;
        a.value = r->err ? a.value : bytes_of(r->in.p + r->at - 2, 2);
        return a;
    }
    a.value = rd_take(r, length);
    for (size_t i = 0; i < a.value.n && a.value.n <= 8; i++)
        a.number = a.number << 8 | a.value.p[i];
    if (a.value.n > 8)
        a.number = UINT64_MAX;
    return a;
}

/* TYPE: that of the elements, which is also what the header of all but the last one says. */
static struct bytes take_element(struct rd *r, uint8_t type, struct bytes *whole)
{
    struct bytes body;
    uint8_t next = take_payload(r, whole, &body);

    if (next != ISAKMP_P_NONE && next != type)
        rd_fail(r, ERR_FORMAT);
    if ((next == ISAKMP_P_NONE) != (rd_left(r) == 0))
        rd_fail(r, ERR_FORMAT);
    return body;
}

static struct isakmp_transform take_transform(struct rd *r)
{
    struct isakmp_transform t = {0};
    struct rd b = rd_of(take_element(r, ISAKMP_P_TRANSFORM, &t.whole));

    t.number = rd_u8(&b);
    t.id = rd_u8(&b);
    rd_skip(&b, 2); /* reserved */
    t.attributes = rd_rest(&b);
    rd_fail(r, b.err);
    return t;
}

static struct isakmp_proposal take_proposal(struct rd *r)
{
    struct isakmp_proposal p = {0};
    struct bytes whole;
    struct rd b = rd_of(take_element(r, ISAKMP_P_PROPOSAL, &whole));

    p.number = rd_u8(&b);
    p.protocol = rd_u8(&b);
    uint8_t spi_len = rd_u8(&b);
    p.ntransforms = rd_u8(&b);
    p.spi = rd_take(&b, spi_len);
    p.transforms = rd_rest(&b);
    rd_fail(r, b.err);
    return p;
}

enum err isakmp_attributes_check(struct bytes in)
{
    struct rd r = rd_of(in);

    while (rd_left(&r) > 0)
        (void)take_attribute(&r);
    return r.err;
}

static enum err check_proposal(const struct isakmp_proposal *p)
{
    struct rd r = rd_of(p->transforms);
    unsigned n = 0;

    while (rd_left(&r) > 0) {
        struct isakmp_transform t = take_transform(&r);
        rd_fail(&r, isakmp_attributes_check(t.attributes));
        n++;
    }
    if (n != p->ntransforms || n == 0)
        rd_fail(&r, ERR_FORMAT);
    return r.err;
}

enum err isakmp_sa_parse(struct bytes body, struct isakmp_sa *out)
{
    struct rd r = rd_of(body);
    struct isakmp_sa sa = {0};

    sa.doi = rd_be32(&r);
    sa.situation = rd_be32(&r);
    if (sa.doi != ISAKMP_DOI_IPSEC || sa.situation != ISAKMP_SIT_IDENTITY_ONLY)
        rd_fail(&r, ERR_UNSUPPORTED);
    sa.proposals = r.err ? sa.proposals : bytes_from(body, r.at);
    if (!r.err && sa.proposals.n == 0)
        rd_fail(&r, ERR_FORMAT);
    while (rd_left(&r) > 0) {
        struct isakmp_proposal p = take_proposal(&r);
        if (!r.err)
            rd_fail(&r, check_proposal(&p));
    }
    if (!r.err)
        *out = sa;
    return r.err;
}

/* What was checked as a whole by isakmp_sa_parse does not fail piece by piece. */
static bool step(struct bytes *left, const struct rd *r)
{
    *left = r->err ? (struct bytes){NULL, 0} : bytes_from(*left, r->at);
    return !r->err;
}

bool isakmp_next_proposal(struct bytes *left, struct isakmp_proposal *out)
{
    struct rd r = rd_of(*left);

    *out = take_proposal(&r);
    return step(left, &r);
}

bool isakmp_next_transform(struct bytes *left, struct isakmp_transform *out)
{
    struct rd r = rd_of(*left);

    *out = take_transform(&r);
    return step(left, &r);
}

bool isakmp_next_attribute(struct bytes *left, struct isakmp_attribute *out)
{
    struct rd r = rd_of(*left);

    *out = take_attribute(&r);
    return step(left, &r);
}

/* --- the rest -------------------------------------------------------------------------------- */

enum err isakmp_id_parse(struct bytes body, struct isakmp_id *out)
{
    struct rd r = rd_of(body);
    struct isakmp_id id = {0};

    id.type = rd_u8(&r);
    id.protocol = rd_u8(&r);
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

    n.doi = rd_be32(&r);
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

    d.doi = rd_be32(&r);
    d.protocol = rd_u8(&r);
    d.spi_len = rd_u8(&r);
    d.nspis = rd_be16(&r);
    d.spis = rd_take(&r, (size_t)d.spi_len * d.nspis);
    if (!rd_done(&r))
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *out = d;
    return r.err;
}

enum err isakmp_fragment_parse(struct bytes body, struct isakmp_fragment *out)
{
    struct rd r = rd_of(body);
    struct isakmp_fragment f = {0};

    f.id = rd_be16(&r);
    f.number = rd_u8(&r);
    f.last = rd_u8(&r) & 1; /* the other flags say nothing that is known */
    f.data = rd_rest(&r);
    if (f.number == 0 || f.data.n == 0)
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *out = f;
    return r.err;
}

enum err isakmp_cfg_parse(struct bytes body, struct isakmp_cfg *out)
{
    struct rd r = rd_of(body);
    struct isakmp_cfg c = {0};

    c.type = rd_u8(&r);
    rd_skip(&r, 1); /* reserved */
    c.id = rd_be16(&r);
    c.attributes = rd_rest(&r);
    rd_fail(&r, isakmp_attributes_check(c.attributes));
    if (!r.err)
        *out = c;
    return r.err;
}
