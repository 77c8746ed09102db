/* IKEv2 payloads: the first byte is the type of the first payload, the rest the chain; every body
 * is read as every kind of payload and what parses is walked to its leaves. An input that is a
 * message of its own is read from its header, too. Every truncation of short inputs is tried. */
#include "base/mem.h"
#include "wire/ikev2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TRUNCATED_MAX = 400 };

static void inside(struct bytes in, struct bytes part)
{
    if (part.n && (part.p < in.p || part.p + part.n > in.p + in.n))
        bug("a view outside the input");
}

static void walk_sa(struct bytes in, struct bytes left)
{
    struct ikev2_proposal p;
    struct ikev2_transform t;

    while (ikev2_next_proposal(&left, &p)) {
        unsigned n = 0;
        inside(in, p.spi);
        while (ikev2_next_transform(&p.transforms, &t))
            n++;
        if (n != p.ntransforms)
            bug("an SA that was checked has other transforms");
    }
    if (left.n)
        bug("an SA that was checked does not walk");
}

static void walk_ts(struct bytes body)
{
    struct ikev2_ts ts;
    struct bytes left;
    unsigned n = 0;

    if (ikev2_ts_check(body, &left))
        return;
    for (; ikev2_next_ts(&left, &ts); n++) {
        if (ts.start.family != ts.end.family)
            bug("a range of two families");
    }
    if (n != body.p[0])
        bug("selectors that were checked do not walk");
}

static void walk_cp(struct bytes in, struct bytes body)
{
    struct ikev2_cp cp;
    struct ikev2_cp_attribute a;

    if (ikev2_cp_parse(body, &cp))
        return;
    while (ikev2_next_cp_attribute(&cp.attributes, &a))
        inside(in, a.value);
    if (cp.attributes.n)
        bug("a configuration that was checked does not walk");
}

static void walk_delete(struct bytes in, struct bytes body)
{
    struct ikev2_delete d;

    if (ikev2_delete_parse(body, &d))
        return;
    inside(in, d.spis);
    for (size_t i = 0; d.spi_len == 4 && i < d.nspis; i++)
        (void)ikev2_delete_spi(&d, i);
}

static void walk_body(struct bytes in, struct bytes b)
{
    struct ikev2_ke ke;
    struct ikev2_id id;
    struct ikev2_auth auth;
    struct ikev2_notify n;
    struct ikev2_eap eap;
    struct ikev2_fragment f;

    if (!ikev2_sa_check(b, NULL))
        walk_sa(in, b);
    walk_ts(b);
    walk_cp(in, b);
    walk_delete(in, b);
    if (!ikev2_ke_parse(b, &ke))
        inside(in, ke.data);
    if (!ikev2_id_parse(b, &id))
        inside(in, id.data);
    if (!ikev2_auth_parse(b, &auth))
        inside(in, auth.data);
    if (!ikev2_notify_parse(b, &n)) {
        inside(in, n.spi);
        inside(in, n.data);
    }
    if (!ikev2_eap_parse(b, &eap))
        inside(in, eap.data);
    if (!ikev2_fragment_parse(b, &f))
        inside(in, f.sealed);
}

static void walk(struct bytes in, uint8_t first, struct bytes payloads)
{
    struct ikev2_chain c;
    struct ikev2_notify n;
    size_t total = 0;

    if (ikev2_chain_parse(first, payloads, &c))
        return;
    for (size_t i = 0; i < c.n; i++) {
        inside(in, c.v[i].whole);
        total += c.v[i].whole.n;
        walk_body(in, c.v[i].body);
    }
    if (total != payloads.n)
        bug("payloads that do not fill the message");
    (void)ikev2_find_notify(&c, IKEV2_N_COOKIE, &n);
}

static void parse(struct bytes in)
{
    struct isakmp_hdr h;

    if (in.n > 0) {
        walk(in, in.p[0], bytes_from(in, 1));
        walk_body(in, bytes_from(in, 1));
    }
    if (!isakmp_hdr_parse(in, &h))
        walk(in, h.next, bytes_from(in, ISAKMP_HDR_LEN));
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
