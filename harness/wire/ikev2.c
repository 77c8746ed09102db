#include "wire/ikev2_parts.h"

enum { CRITICAL = 0x80 };

/* RFC 7296, 3.2 */
static uint8_t take_payload(struct rd *r, struct ikev2_payload *p)
{
    size_t start = r->at;

    p->next = rd_u8(r);
    p->critical = rd_u8(r) & CRITICAL;
    uint16_t len = rd_be16(r);
    if (len < IKEV2_GENERIC_LEN)
        rd_fail(r, ERR_FORMAT);
    p->body = rd_take(r, len - (size_t)IKEV2_GENERIC_LEN);
    p->whole = r->err ? (struct bytes){NULL, 0} : bytes_of(r->in.p + start, len);
    return p->next;
}

static bool ends_chain(uint8_t type)
{
    return type == IKEV2_P_SK || type == IKEV2_P_SKF;
}

enum err ikev2_chain_parse(uint8_t first, struct bytes in, struct ikev2_chain *out)
{
    struct rd r = rd_of(in);

    out->n = 0;
    out->unsupported = IKEV2_P_NONE;
    for (uint8_t type = first; type != IKEV2_P_NONE && !r.err;) {
        if (out->n == IKEV2_PAYLOADS_MAX) {
            rd_fail(&r, ERR_NOSPACE);
            break;
        }
        struct ikev2_payload *p = &out->v[out->n];
        p->type = type;
        type = take_payload(&r, p);
        if (ends_chain(p->type)) /* `next` is inside */
            type = IKEV2_P_NONE;
        out->n += !r.err;
        if (!r.err && p->critical && !ikev2_payload_name(p->type) && !out->unsupported)
            out->unsupported = p->type;
    }
    if (!rd_done(&r))
        rd_fail(&r, ERR_FORMAT);
    return r.err;
}

const struct ikev2_payload *ikev2_find(const struct ikev2_chain *c, uint8_t type)
{
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type == type)
            return &c->v[i];
    }
    return NULL;
}

size_t ikev2_count(const struct ikev2_chain *c, uint8_t type)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
        n += c->v[i].type == type;
    return n;
}

bool ikev2_find_notify(const struct ikev2_chain *c, uint16_t type, struct ikev2_notify *out)
{
    struct ikev2_notify n;

    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].type != IKEV2_P_NOTIFY || ikev2_notify_parse(c->v[i].body, &n) ||
            n.type != type)
            continue;
        *out = n;
        return true;
    }
    return false;
}

/* --- traffic selectors ----------------------------------------------------------------------- */

static size_t address_len(uint8_t ts_type)
{
    return ts_type == IKEV2_TS_IPV4_RANGE ? 4 : ts_type == IKEV2_TS_IPV6_RANGE ? 16 : 0;
}

static struct ip_addr take_address(struct rd *r, size_t n)
{
    struct ip_addr a = {.family = n == 4 ? 4 : 6};

    rd_copy(r, a.b, n);
    return a;
}

static struct ikev2_ts take_ts(struct rd *r)
{
    struct ikev2_ts ts = {.type = rd_u8(r)};

    ts.protocol = rd_u8(r);
    uint16_t len = rd_be16(r);
    size_t n = address_len(ts.type);

    if (len < 8 || (n && len != 8 + 2 * n))
        rd_fail(r, ERR_FORMAT);
    struct rd b = rd_of(rd_take(r, len - 4u));
    ts.start_port = rd_be16(&b);
    ts.end_port = rd_be16(&b);
    if (n) {
        ts.start = take_address(&b, n);
        ts.end = take_address(&b, n);
    }
    rd_fail(r, b.err);
    return ts;
}

enum err ikev2_ts_check(struct bytes body, struct bytes *left)
{
    struct rd r = rd_of(body);
    unsigned n = rd_u8(&r);

    rd_skip(&r, 3);
    size_t first = r.at;
    if (n == 0)
        rd_fail(&r, ERR_FORMAT);
    for (unsigned i = 0; i < n && !r.err; i++)
        (void)take_ts(&r);
    if (!rd_done(&r))
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *left = bytes_from(body, first);
    return r.err;
}

bool ikev2_next_ts(struct bytes *left, struct ikev2_ts *out)
{
    struct rd r = rd_of(*left);

    *out = take_ts(&r);
    return ikev2_step(left, &r);
}

/* --- the rest -------------------------------------------------------------------------------- */

enum err ikev2_ke_parse(struct bytes body, struct ikev2_ke *out)
{
    struct rd r = rd_of(body);
    struct ikev2_ke ke = {.group = rd_be16(&r)};

    rd_skip(&r, 2);
    ke.data = rd_rest(&r);
    if (!r.err)
        *out = ke;
    return r.err;
}

enum err ikev2_id_parse(struct bytes body, struct ikev2_id *out)
{
    struct rd r = rd_of(body);
    struct ikev2_id id = {.type = rd_u8(&r)};

    rd_skip(&r, 3);
    id.data = rd_rest(&r);
    if (!r.err)
        *out = id;
    return r.err;
}

enum err ikev2_auth_parse(struct bytes body, struct ikev2_auth *out)
{
    struct rd r = rd_of(body);
    struct ikev2_auth a = {.method = rd_u8(&r)};

    rd_skip(&r, 3);
    a.data = rd_rest(&r);
    if (!r.err)
        *out = a;
    return r.err;
}

enum err ikev2_nonce_check(struct bytes body)
{
    return body.n < IKEV2_NONCE_MIN || body.n > IKEV2_NONCE_MAX ? ERR_RANGE : ERR_OK;
}

enum err ikev2_notify_parse(struct bytes body, struct ikev2_notify *out)
{
    struct rd r = rd_of(body);
    struct ikev2_notify n = {.protocol = rd_u8(&r)};
    uint8_t spi_len = rd_u8(&r);

    n.type = rd_be16(&r);
    n.spi = rd_take(&r, spi_len);
    n.data = rd_rest(&r);
    if (!r.err)
        *out = n;
    return r.err;
}

static bool is_spi_len(uint8_t protocol, uint8_t len)
{
    switch (protocol) {
    case IKEV2_PROTO_IKE: return len == 0;
    case IKEV2_PROTO_AH:
    case IKEV2_PROTO_ESP: return len == 4;
    default: return true;
    }
}

enum err ikev2_delete_parse(struct bytes body, struct ikev2_delete *out)
{
    struct rd r = rd_of(body);
    struct ikev2_delete d = {.protocol = rd_u8(&r)};

    d.spi_len = rd_u8(&r);
    d.nspis = rd_be16(&r);
    d.spis = rd_take(&r, (size_t)d.spi_len * d.nspis);
    if (!rd_done(&r) || !is_spi_len(d.protocol, d.spi_len) || (d.spi_len == 0 && d.nspis != 0))
        rd_fail(&r, ERR_FORMAT);
    if (!r.err)
        *out = d;
    return r.err;
}

uint32_t ikev2_delete_spi(const struct ikev2_delete *d, size_t i)
{
    struct rd r = rd_of(bytes_from(d->spis, i * 4));

    return rd_be32(&r);
}

static struct ikev2_cp_attribute take_cp_attribute(struct rd *r)
{
    struct ikev2_cp_attribute a = {.type = rd_be16(r) & 0x7fff};
    uint16_t len = rd_be16(r);

    a.value = rd_take(r, len);
    return a;
}

enum err ikev2_cp_parse(struct bytes body, struct ikev2_cp *out)
{
    struct rd r = rd_of(body);
    struct ikev2_cp cp = {.type = rd_u8(&r)};

    rd_skip(&r, 3);
    cp.attributes = r.err ? cp.attributes : bytes_from(body, r.at);
    while (rd_left(&r) > 0)
        (void)take_cp_attribute(&r);
    if (!r.err)
        *out = cp;
    return r.err;
}

bool ikev2_next_cp_attribute(struct bytes *left, struct ikev2_cp_attribute *out)
{
    struct rd r = rd_of(*left);

    *out = take_cp_attribute(&r);
    return ikev2_step(left, &r);
}

enum err ikev2_eap_parse(struct bytes body, struct ikev2_eap *out)
{
    struct rd r = rd_of(body);
    struct ikev2_eap e = {.code = rd_u8(&r)};

    e.id = rd_u8(&r);
    if (rd_be16(&r) != body.n)
        rd_fail(&r, ERR_FORMAT);
    e.data = rd_rest(&r);
    if (!r.err)
        *out = e;
    return r.err;
}

enum err ikev2_fragment_parse(struct bytes body, struct ikev2_fragment *out)
{
    struct rd r = rd_of(body);
    struct ikev2_fragment f = {.number = rd_be16(&r)};

    f.total = rd_be16(&r);
    if (f.number == 0 || f.number > f.total)
        rd_fail(&r, ERR_FORMAT);
    f.sealed = rd_rest(&r);
    if (!r.err)
        *out = f;
    return r.err;
}
