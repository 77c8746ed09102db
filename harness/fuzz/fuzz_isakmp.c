/* ISAKMP payloads: the first byte is the type of the first payload, the rest the chain; what parses
 * is walked to its leaves and, where it is a message of its own, parsed from its header. Every
 * truncation of short inputs is tried too. */
#include "base/mem.h"
#include "wire/isakmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TRUNCATED_MAX = 400 };

static void inside(struct bytes in, struct bytes part)
{
    if (part.n && (part.p < in.p || part.p + part.n > in.p + in.n))
        bug("a view outside the input");
}

static void walk_attributes(struct bytes in, struct bytes left)
{
    struct isakmp_attribute a;

    if (isakmp_attributes_check(left))
        return;
    while (isakmp_next_attribute(&left, &a))
        inside(in, a.value);
    if (left.n)
        bug("attributes that were checked do not walk");
}

static void walk_sa(struct bytes in, struct isakmp_sa sa)
{
    struct isakmp_proposal p;
    struct isakmp_transform t;

    while (isakmp_next_proposal(&sa.proposals, &p)) {
        unsigned n = 0;
        inside(in, p.spi);
        for (; isakmp_next_transform(&p.transforms, &t); n++) {
            inside(in, t.whole);
            if (isakmp_attributes_check(t.attributes))
                bug("an SA that was checked has bad attributes");
            walk_attributes(in, t.attributes);
        }
        if (n != p.ntransforms)
            bug("an SA that was checked has too few transforms");
    }
}

static void walk(struct bytes in, const struct isakmp_chain *c)
{
    struct isakmp_sa sa;
    struct isakmp_id id;
    struct isakmp_notify n;
    struct isakmp_delete d;
    struct isakmp_cfg cfg;
    struct isakmp_fragment f;

    for (size_t i = 0; i < c->n; i++) {
        struct bytes b = c->v[i].body;
        inside(in, c->v[i].whole);
        if (!isakmp_sa_parse(b, &sa))
            walk_sa(in, sa);
        if (!isakmp_id_parse(b, &id))
            inside(in, id.data);
        if (!isakmp_notify_parse(b, &n)) {
            inside(in, n.spi);
            walk_attributes(in, n.data);
        }
        if (!isakmp_delete_parse(b, &d))
            inside(in, d.spis);
        if (!isakmp_fragment_parse(b, &f))
            inside(in, f.data);
        if (!isakmp_cfg_parse(b, &cfg)) {
            if (isakmp_attributes_check(cfg.attributes))
                bug("an attribute payload that was checked has bad attributes");
            walk_attributes(in, cfg.attributes);
        }
    }
}

static void parse(struct bytes in)
{
    struct isakmp_hdr h;
    struct isakmp_chain c;
    struct rd r = rd_of(in);
    uint8_t first = rd_u8(&r);

    if (!isakmp_chain_parse(first, rd_rest(&r), &c))
        walk(in, &c);
    if (!isakmp_hdr_parse(in, &h) &&
        !isakmp_chain_parse(h.next, bytes_from(in, ISAKMP_HDR_LEN), &c))
        walk(in, &c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    parse(bytes_of(data, size));
    for (size_t n = 0; n < size && size <= TRUNCATED_MAX; n++) {
        uint8_t *cut = mem_zalloc(n);
        if (n)
            memcpy(cut, data, n);
        parse(bytes_of(cut, n));
        mem_free(cut);
    }
    return 0;
}
