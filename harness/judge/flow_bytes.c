#include "judge/flow_bytes.h"

#include "base/hex.h"
#include "base/mem.h"
#include "evidence/payload_hash.h"

#define MARKS_MIN 64u
#define MARKS_MAX 8192u

struct piece {
    struct piece *prev, *next;
    int64_t pos;
    uint64_t len, hash, packet;
    uint8_t *data;
    size_t cap;
    bool has_data;
};

/* --- marks -------------------------------------------------------------------------------------
 */

static struct mark *mark_at(const struct marks *m, uint32_t i)
{
    return &m->m[(m->head + i) & (m->cap - 1)];
}

static void marks_grow(struct marks *m)
{
    uint32_t cap = m->cap ? m->cap * 2 : MARKS_MIN;
    struct mark *to = mem_array(cap, sizeof(*to));

    for (uint32_t i = 0; i < m->n; i++)
        to[i] = *mark_at(m, i);
    mem_free(m->m);
    *m = (struct marks){to, cap, 0, m->n};
}

static void marks_add(struct marks *m, int64_t pos, uint64_t hash, int64_t keep_from)
{
    if (m->n == m->cap) {
        if (m->cap == 0 || (m->cap < MARKS_MAX && mark_at(m, 0)->pos >= keep_from)) {
            marks_grow(m);
        } else {
            m->head = (m->head + 1) & (m->cap - 1);
            m->n--;
        }
    }
    *mark_at(m, m->n++) = (struct mark){pos, hash};
}

static bool marks_find(const struct marks *m, int64_t pos, uint64_t *hash)
{
    uint32_t lo = 0, hi = m->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (mark_at(m, mid)->pos < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == m->n || mark_at(m, lo)->pos != pos)
        return false;
    *hash = mark_at(m, lo)->hash;
    return true;
}

bool flow_bytes_hash_at(const struct flow_bytes *b, int64_t pos, uint64_t *out)
{
    if (pos == b->next) {
        *out = b->hash;
        return true;
    }
    if (pos == 0) {
        *out = PAYLOAD_HASH_EMPTY;
        return true;
    }
    return marks_find(&b->marks, pos, out);
}

/* --- pieces ------------------------------------------------------------------------------------
 */

void pieces_release(struct pieces *p)
{
    while (p->spare) {
        struct piece *next = p->spare->next;
        mem_free(p->spare->data);
        mem_free(p->spare);
        p->spare = next;
    }
}

static struct piece *piece_get(struct pieces *pool)
{
    struct piece *p = pool->spare;

    if (pool->used == PIECES_MAX)
        return NULL;
    pool->used++;
    if (!p)
        return mem_zalloc(sizeof(*p));
    pool->spare = p->next;
    return p;
}

static void piece_put(struct pieces *pool, struct piece *p)
{
    pool->used--;
    p->next = pool->spare;
    pool->spare = p;
}

static void unlink_first(struct flow_bytes *b)
{
    b->first = b->first->next;
    if (b->first)
        b->first->prev = NULL;
    else
        b->last = NULL;
}

/* Most pieces come in order, so the place is looked for from the end. */
static void link_piece(struct flow_bytes *b, struct piece *p)
{
    struct piece *before = b->last;

    while (before && before->pos > p->pos)
        before = before->prev;
    p->prev = before;
    p->next = before ? before->next : b->first;
    *(p->next ? &p->next->prev : &b->last) = p;
    *(before ? &before->next : &b->first) = p;
}

static void give_up(struct flow_bytes *b, struct pieces *pool, const char *why)
{
    b->broken = why;
    while (b->first) {
        struct piece *p = b->first;
        unlink_first(b);
        piece_put(pool, p);
    }
}

static bool make_room(struct pieces *pool, struct piece *p, size_t n)
{
    if (n <= p->cap)
        return true;
    if (pool->bytes - p->cap + n > PIECES_BYTES)
        return false;
    pool->bytes += n - p->cap;
    p->data = mem_resize(p->data, n, 1);
    p->cap = n;
    return true;
}

static void keep(struct flow_bytes *b, struct pieces *pool, const struct payload *s)
{
    struct piece *p = piece_get(pool);

    if (!p) {
        give_up(b, pool, "too many bytes came before their predecessors");
        return;
    }
    p->pos = s->pos;
    p->len = s->len;
    p->hash = s->hash;
    p->packet = s->packet;
    p->has_data = b->wants_sha && s->data.n == s->len && make_room(pool, p, s->len);
    if (p->has_data)
        memcpy(p->data, s->data.p, s->len);
    link_piece(b, p);
}

/* --- digest ------------------------------------------------------------------------------------
 */

static void no_sha(struct flow_bytes *b)
{
    mem_free(b->sha);
    b->sha = NULL;
    b->wants_sha = false;
}

static void digest_data(struct flow_bytes *b, struct bytes data, bool whole)
{
    if (!b->wants_sha)
        return;
    if (!whole) {
        no_sha(b);
        return;
    }
    if (!b->sha) {
        b->sha = mem_zalloc(sizeof(*b->sha));
        sha256_begin(b->sha);
    }
    sha256_add(b->sha, data);
}

/* Digests what of S lies behind `next`; S begins at or before it and ends after it. Half of a cut
 * packet is told by the hash of the whole and that of the part before, which is known when a packet
 * ended or began where S does. */
static bool append(struct flow_bytes *b, const struct payload *s, int64_t keep_from)
{
    uint64_t before;

    if (s->pos == b->next)
        before = b->hash;
    else if (s->data.n == s->len)
        before = 0; /* not needed: the rest is digested by itself */
    else if (!flow_bytes_hash_at(b, s->pos, &before))
        return false;
    uint64_t skip = (uint64_t)(b->next - s->pos);
    bool whole = s->data.n == s->len;
    struct bytes rest = whole ? bytes_from(s->data, skip) : (struct bytes){NULL, 0};

    if (skip == 0)
        b->hash = payload_hash_join(before, s->hash, s->len);
    else if (whole)
        b->hash = payload_hash_join(b->hash, payload_hash(rest), rest.n);
    else
        b->hash = payload_hash_join(before, s->hash, s->len);
    b->next += (int64_t)(s->len - skip);
    digest_data(b, rest, whole);
    marks_add(&b->marks, b->next, b->hash, keep_from);
    return true;
}

/* The same bytes once more: are they the same? */
static void check_again(struct flow_bytes *b, const struct payload *s)
{
    uint64_t before, after;

    if (!flow_bytes_hash_at(b, s->pos, &before) ||
        !flow_bytes_hash_at(b, s->pos + (int64_t)s->len, &after) ||
        payload_hash_join(before, s->hash, s->len) == after)
        return;
    if (b->conflict_bytes == 0)
        b->conflict_packet = s->packet;
    b->conflict_bytes += s->len;
}

static void take_waiting(struct flow_bytes *b, struct pieces *pool, int64_t keep_from)
{
    while (b->first && b->first->pos <= b->next) {
        struct piece *p = b->first;
        struct payload s = {.pos = p->pos,
                            .len = p->len,
                            .hash = p->hash,
                            .has_hash = true,
                            .packet = p->packet,
                            .data =
                                p->has_data ? bytes_of(p->data, p->len) : (struct bytes){NULL, 0}};
        unlink_first(b);
        bool fits = true;
        if (p->pos + (int64_t)p->len <= b->next)
            check_again(b, &s);
        else
            fits = append(b, &s, keep_from);
        piece_put(pool, p);
        if (!fits) {
            give_up(b, pool, "cut packets overlap");
            return;
        }
    }
}

void flow_bytes_take(struct flow_bytes *b, struct pieces *pool, const struct payload *p,
                     int64_t keep_from)
{
    struct payload s = *p;
    int64_t end = s.pos + (int64_t)s.len;

    if (s.len == 0 || b->broken)
        return;
    if (!s.has_hash && s.data.n < s.len) {
        if (end > b->next)
            give_up(b, pool, "packets were cut and no hash of their bytes was kept");
        return;
    }
    if (!s.has_hash)
        s.hash = payload_hash(s.data);
    if (end <= b->next) {
        check_again(b, &s);
    } else if (s.pos > b->next) {
        keep(b, pool, &s);
    } else if (append(b, &s, keep_from)) {
        take_waiting(b, pool, keep_from);
    } else {
        give_up(b, pool, "cut packets overlap");
    }
}

void flow_bytes_init(struct flow_bytes *b, bool wants_sha)
{
    *b = (struct flow_bytes){.hash = PAYLOAD_HASH_EMPTY, .wants_sha = wants_sha};
}

void flow_bytes_release(struct flow_bytes *b, struct pieces *pool)
{
    give_up(b, pool, NULL);
    mem_free(b->sha);
    mem_free(b->marks.m);
}

bool flow_bytes_sha(const struct flow_bytes *b, char out[static 65])
{
    uint8_t d[32];
    struct bytes none = {NULL, 0};

    if (!b->wants_sha || b->broken || (!b->sha && b->next > 0))
        return false;
    if (b->sha)
        sha256_end(b->sha, d);
    else
        digest_sum(DIGEST_SHA256, &none, 1, d);
    hex_format(bytes_of(d, sizeof(d)), out);
    return true;
}
