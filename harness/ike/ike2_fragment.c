/* Messages in pieces (RFC 7383). */
#include "base/mem.h"
#include "ike/ike2_crypt_parts.h"

#include <string.h>

enum { SKF_FIELDS = 4 };

/* The most text that a fragment of at most LIMIT bytes carries; 0: none. */
static size_t text_per_fragment(const struct ike2_crypt *c, size_t limit)
{
    size_t least = ike2_envelope_len(c, SKF_FIELDS, 0), n;

    if (limit > UINT16_MAX)
        limit = UINT16_MAX;
    if (limit < least)
        return 0;
    n = limit - least; /* a first guess: padding may take some of it, but less than a block */
    while (n > 0 && ike2_envelope_len(c, SKF_FIELDS, n) > limit)
        n--;
    while (ike2_envelope_len(c, SKF_FIELDS, n + 1) <= limit)
        n++;
    return n;
}

uint16_t ike2_fragments(const struct ike2_crypt *c, struct bytes clear, size_t limit)
{
    size_t each = text_per_fragment(c, limit);

    if (ike2_sealed_len(c, clear) <= limit)
        return 1;
    if (each == 0)
        return 0;
    size_t n = (clear.n - ISAKMP_HDR_LEN + each - 1) / each;
    return n > UINT16_MAX ? 0 : (uint16_t)n;
}

enum err ike2_seal_fragment(struct ike2_crypt *c, struct rng *rng, struct bytes clear, size_t limit,
                            uint16_t number, uint16_t total, struct wr *w)
{
    struct isakmp_hdr hdr;
    struct bytes payloads;
    size_t each = text_per_fragment(c, limit);
    enum err e = ike2_clear_parse(clear, &hdr, &payloads);

    if (!e && (number == 0 || number > total || each == 0 || (size_t)total * each < payloads.n))
        e = ERR_RANGE;
    if (e) {
        wr_fail(w, e);
        return e;
    }
    struct ike2_piece piece = {
        .next = number == 1 ? hdr.next : IKEV2_P_NONE,
        .number = number,
        .total = total,
        .text = bytes_head(bytes_from(payloads, (number - 1u) * each), each),
    };
    return ike2_put_sealed(c, rng, &hdr, &piece, w);
}

bool ike2_is_fragment(struct bytes datagram, uint16_t *fragment)
{
    struct ike2_sealed s;

    if (ike2_sealed_parse(datagram, IKEV2_P_SKF, &s))
        return false;
    if (fragment)
        *fragment = s.piece.number;
    return true;
}

/* --- putting together ------------------------------------------------------------------------ */

struct held {
    uint8_t *p; /* NULL: not here yet */
    size_t n;
};

struct ike2_reassembly {
    size_t max, bytes;
    struct isakmp_hdr hdr; /* of what is gathered */
    uint8_t first;         /* the first payload inside, when fragment 1 is here */
    uint16_t total, have;  /* TOTAL 0: nothing is gathered */
    struct held v[IKE2_FRAGMENTS_MAX];
};

struct ike2_reassembly *ike2_reassembly_new(size_t max)
{
    struct ike2_reassembly *r = mem_zalloc(sizeof(*r));

    r->max = max;
    return r;
}

void ike2_reassembly_clear(struct ike2_reassembly *r)
{
    for (size_t i = 0; i < r->total; i++) {
        mem_wipe(r->v[i].p, r->v[i].n);
        mem_free(r->v[i].p);
        r->v[i] = (struct held){0};
    }
    r->total = r->have = 0;
    r->bytes = 0;
    r->first = IKEV2_P_NONE;
}

void ike2_reassembly_free(struct ike2_reassembly *r)
{
    if (!r)
        return;
    ike2_reassembly_clear(r);
    mem_free(r);
}

size_t ike2_reassembly_held(const struct ike2_reassembly *r, size_t *fragments)
{
    if (fragments)
        *fragments = r->have;
    return r->bytes;
}

/* Fragments of one message differ in nothing of the header but its length. */
static bool is_same_message(const struct isakmp_hdr *a, const struct isakmp_hdr *b)
{
    return memcmp(a->cookie_i, b->cookie_i, sizeof(a->cookie_i)) == 0 &&
           memcmp(a->cookie_r, b->cookie_r, sizeof(a->cookie_r)) == 0 && a->version == b->version &&
           a->exchange == b->exchange && a->flags == b->flags && a->message_id == b->message_id;
}

static bool is_new_message(const struct ike2_reassembly *r, const struct ike2_sealed *s)
{
    return r->total == 0 || !is_same_message(&r->hdr, &s->hdr) || s->piece.total > r->total;
}

/* What can be said without the keys (2.6). */
static enum err check(const struct ike2_reassembly *r, const struct ike2_sealed *s)
{
    const struct ike2_piece *p = &s->piece;

    if (p->total > IKE2_FRAGMENTS_MAX)
        return ERR_RANGE;
    if (p->number > 1 && p->next != IKEV2_P_NONE) /* 2.5: only the first tells */
        return ERR_FORMAT;
    if (!is_new_message(r, s) && (p->total < r->total || r->v[p->number - 1].p))
        return ERR_REPLAY;
    return ERR_OK;
}

/* All are here: the clear message to OUT. */
static struct bytes merge(struct ike2_reassembly *r, void *out, size_t cap)
{
    struct wr w = wr_of(out, cap);

    ike2_put_clear_header(&w, &r->hdr, r->first, r->bytes);
    for (size_t i = 0; i < r->total; i++)
        wr_put(&w, bytes_of(r->v[i].p, r->v[i].n));
    ike2_reassembly_clear(r);
    return wr_bytes(&w);
}

/* Takes the authentic text in P, of memory that is R's from now on. */
static void keep(struct ike2_reassembly *r, const struct ike2_sealed *s, uint8_t *p, size_t n)
{
    if (is_new_message(r, s)) {
        ike2_reassembly_clear(r);
        r->hdr = s->hdr;
        r->total = s->piece.total;
    }
    r->v[s->piece.number - 1] = (struct held){p, n};
    r->bytes += n;
    r->have++;
    if (s->piece.number == 1)
        r->first = s->piece.next;
}

enum err ike2_reassembly_add(struct ike2_reassembly *r, struct ike2_crypt *c, struct bytes datagram,
                             void *out, size_t cap, struct bytes *clear)
{
    struct ike2_sealed s;
    struct bytes text;
    enum err e = ike2_sealed_parse(datagram, IKEV2_P_SKF, &s);

    if (!e)
        e = check(r, &s);
    if (e)
        return e;
    uint8_t *p = mem_zalloc(s.body.n);
    e = ike2_reveal(c, &s, p, s.body.n, &text);
    bool fresh = is_new_message(r, &s);
    size_t bytes = text.n + (fresh ? 0 : r->bytes);
    bool last = (fresh ? 0u : r->have) + 1u == s.piece.total;
    if (!e && ISAKMP_HDR_LEN + bytes > r->max)
        e = ERR_RANGE;
    if (!e && last && ISAKMP_HDR_LEN + bytes > cap)
        e = ERR_NOSPACE;
    if (e) {
        mem_wipe(p, s.body.n);
        mem_free(p);
        return e;
    }
    keep(r, &s, p, text.n);
    *clear = last ? merge(r, out, cap) : bytes_of(NULL, 0);
    return ERR_OK;
}
