/* The SA payload of IKEv2: proposals, transforms, attributes (RFC 7296, 3.3). */
#include "wire/ikev2_parts.h"

enum { LAST = 0, MORE_PROPOSALS = 2, MORE_TRANSFORMS = 3 };

/* Attributes of a transform (3.3.5): there is only the key length, which is always of the short
 * form. One that we do not know makes the transform unacceptable, not the payload malformed. */
static void take_attribute(struct rd *r, struct ikev2_transform *t)
{
    uint16_t type = rd_be16(r), value = rd_be16(r);

    if (!(type & 0x8000)) {
        rd_skip(r, value);
        t->odd = true;
    } else if ((type & 0x7fff) == IKEV2_ATTRIBUTE_KEY_LENGTH && value != 0 && t->key_bits == 0) {
        t->key_bits = value;
    } else {
        t->odd = true;
    }
}

/* A proposal or a transform: its header's first byte says whether another one follows. */
static struct rd take_element(struct rd *r, uint8_t more)
{
    uint8_t last = rd_u8(r);

    rd_skip(r, 1);
    uint16_t len = rd_be16(r);
    if (len < 4 || (last != LAST && last != more))
        rd_fail(r, ERR_FORMAT);
    struct rd inside = rd_of(rd_take(r, len - 4u));
    if ((last == LAST) != (rd_left(r) == 0))
        rd_fail(r, ERR_FORMAT);
    return inside;
}

static struct ikev2_transform take_transform(struct rd *r)
{
    struct ikev2_transform t = {0};
    struct rd b = take_element(r, MORE_TRANSFORMS);

    t.type = rd_u8(&b);
    rd_skip(&b, 1);
    t.id = rd_be16(&b);
    while (rd_left(&b) > 0)
        take_attribute(&b, &t);
    rd_fail(r, b.err);
    return t;
}

static struct ikev2_proposal take_proposal(struct rd *r)
{
    struct ikev2_proposal p = {0};
    struct rd b = take_element(r, MORE_PROPOSALS);

    p.number = rd_u8(&b);
    p.protocol = rd_u8(&b);
    uint8_t spi_len = rd_u8(&b);
    p.ntransforms = rd_u8(&b);
    p.spi = rd_take(&b, spi_len);
    p.transforms = rd_rest(&b);
    rd_fail(r, b.err);
    return p;
}

static enum err check_transforms(const struct ikev2_proposal *p)
{
    struct rd r = rd_of(p->transforms);
    unsigned n = 0;

    for (; rd_left(&r) > 0; n++)
        (void)take_transform(&r);
    if (n != p->ntransforms)
        rd_fail(&r, ERR_FORMAT);
    return r.err;
}

enum err ikev2_sa_check(struct bytes body, bool *numbered)
{
    struct rd r = rd_of(body);
    bool in_order = true;

    if (body.n == 0)
        rd_fail(&r, ERR_FORMAT);
    for (unsigned n = 1; rd_left(&r) > 0; n++) {
        struct ikev2_proposal p = take_proposal(&r);
        in_order = in_order && p.number == n;
        if (!r.err)
            rd_fail(&r, check_transforms(&p));
    }
    if (!r.err && numbered)
        *numbered = in_order;
    return r.err;
}

bool ikev2_next_proposal(struct bytes *left, struct ikev2_proposal *out)
{
    struct rd r = rd_of(*left);

    *out = take_proposal(&r);
    return ikev2_step(left, &r);
}

bool ikev2_next_transform(struct bytes *left, struct ikev2_transform *out)
{
    struct rd r = rd_of(*left);

    *out = take_transform(&r);
    return ikev2_step(left, &r);
}
