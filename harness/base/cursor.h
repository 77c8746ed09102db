/* The only module that touches packet memory.
 *
 * A reader (struct rd) fails once, stays failed and yields zeros from then on, so a parser is a
 * straight line with one test at the end. A writer (struct wr) never writes past its end; it
 * latches ERR_NOSPACE instead. Multi-byte integers say their order: be = network, le = little. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "base/bytes.h"
#include "base/err.h"

struct rd {
    struct bytes in;
    size_t at;
    enum err err; /* the first failure; `at` stays where it happened */
};

struct wr {
    uint8_t *p;
    size_t cap;
    size_t at;
    enum err err;
};

static inline struct rd rd_of(struct bytes in)
{
    return (struct rd){.in = in};
}

/* Marks the reader failed; the first failure wins. */
static inline void rd_fail(struct rd *r, enum err e)
{
    if (!r->err)
        r->err = e;
}

static inline size_t rd_left(const struct rd *r)
{
    return r->err ? 0 : r->in.n - r->at;
}

/* True when everything was read and nothing failed. */
static inline bool rd_done(const struct rd *r)
{
    return !r->err && r->at == r->in.n;
}

/* The next N bytes as a view into the input; an empty view once failed. */
static inline struct bytes rd_take(struct rd *r, size_t n)
{
    if (r->err || n > r->in.n - r->at) {
        rd_fail(r, ERR_SHORT);
        return (struct bytes){NULL, 0};
    }
    struct bytes b = {r->in.p + r->at, n};
    r->at += n;
    return b;
}

static inline struct bytes rd_rest(struct rd *r)
{
    return rd_take(r, rd_left(r));
}

static inline void rd_skip(struct rd *r, size_t n)
{
    (void)rd_take(r, n);
}

static inline uint8_t rd_u8(struct rd *r)
{
    struct bytes b = rd_take(r, 1);
    return b.n ? b.p[0] : 0;
}

static inline uint16_t rd_be16(struct rd *r)
{
    struct bytes b = rd_take(r, 2);
    if (!b.n)
        return 0;
    return (uint16_t)(b.p[0] << 8 | b.p[1]);
}

static inline uint32_t rd_be32(struct rd *r)
{
    struct bytes b = rd_take(r, 4);
    return b.n ? (uint32_t)b.p[0] << 24 | (uint32_t)b.p[1] << 16 | (uint32_t)b.p[2] << 8 | b.p[3]
               : 0;
}

static inline uint64_t rd_be64(struct rd *r)
{
    uint64_t hi = rd_be32(r);
    return hi << 32 | rd_be32(r);
}

static inline uint16_t rd_le16(struct rd *r)
{
    struct bytes b = rd_take(r, 2);
    if (!b.n)
        return 0;
    return (uint16_t)(b.p[1] << 8 | b.p[0]);
}

static inline uint32_t rd_le32(struct rd *r)
{
    struct bytes b = rd_take(r, 4);
    return b.n ? (uint32_t)b.p[3] << 24 | (uint32_t)b.p[2] << 16 | (uint32_t)b.p[1] << 8 | b.p[0]
               : 0;
}

static inline uint64_t rd_le64(struct rd *r)
{
    uint64_t lo = rd_le32(r);
    return (uint64_t)rd_le32(r) << 32 | lo;
}

/* Copies the next N bytes to OUT (zeros once failed). */
static inline void rd_copy(struct rd *r, void *out, size_t n)
{
    struct bytes b = rd_take(r, n);
    if (b.n)
        memcpy(out, b.p, n);
    else
        memset(out, 0, n);
}

static inline struct wr wr_of(void *p, size_t cap)
{
    return (struct wr){.p = p, .cap = cap};
}

static inline void wr_fail(struct wr *w, enum err e)
{
    if (!w->err)
        w->err = e;
}

/* What was written so far, as a view. */
static inline struct bytes wr_bytes(const struct wr *w)
{
    return (struct bytes){w->p, w->at};
}

/* Room for N bytes at the end, to be filled by the caller; NULL (and failed) if there is none. */
static inline uint8_t *wr_room(struct wr *w, size_t n)
{
    if (w->err || n > w->cap - w->at) {
        wr_fail(w, ERR_NOSPACE);
        return NULL;
    }
    uint8_t *p = w->p + w->at;
    w->at += n;
    return p;
}

static inline void wr_u8(struct wr *w, uint8_t v)
{
    uint8_t *p = wr_room(w, 1);
    if (p)
        p[0] = v;
}

static inline void wr_be16(struct wr *w, uint16_t v)
{
    uint8_t *p = wr_room(w, 2);
    if (p) {
        p[0] = (uint8_t)(v >> 8);
        p[1] = (uint8_t)v;
    }
}

static inline void wr_be32(struct wr *w, uint32_t v)
{
    uint8_t *p = wr_room(w, 4);
    if (p) {
        p[0] = (uint8_t)(v >> 24);
        p[1] = (uint8_t)(v >> 16);
        p[2] = (uint8_t)(v >> 8);
        p[3] = (uint8_t)v;
    }
}

static inline void wr_be64(struct wr *w, uint64_t v)
{
    wr_be32(w, (uint32_t)(v >> 32));
    wr_be32(w, (uint32_t)v);
}

static inline void wr_le16(struct wr *w, uint16_t v)
{
    wr_u8(w, (uint8_t)v);
    wr_u8(w, (uint8_t)(v >> 8));
}

static inline void wr_le32(struct wr *w, uint32_t v)
{
    wr_le16(w, (uint16_t)v);
    wr_le16(w, (uint16_t)(v >> 16));
}

static inline void wr_le64(struct wr *w, uint64_t v)
{
    wr_le32(w, (uint32_t)v);
    wr_le32(w, (uint32_t)(v >> 32));
}

static inline void wr_put(struct wr *w, struct bytes b)
{
    uint8_t *p = wr_room(w, b.n);
    if (p && b.n)
        memcpy(p, b.p, b.n);
}

static inline void wr_zero(struct wr *w, size_t n)
{
    uint8_t *p = wr_room(w, n);
    if (p && n)
        memset(p, 0, n);
}

/* Leaves two bytes open and returns their place, to be filled once the value is known. */
static inline size_t wr_hole16(struct wr *w)
{
    size_t at = w->at;
    wr_zero(w, 2);
    return at;
}

/* Overwrites at AT, inside what was already written. */
static inline void wr_fill8(struct wr *w, size_t at, uint8_t v)
{
    if (w->err)
        return;
    if (at >= w->at) {
        wr_fail(w, ERR_RANGE);
        return;
    }
    w->p[at] = v;
}

/* The same; V must fit 16 bits, else ERR_RANGE. */
static inline void wr_fill16(struct wr *w, size_t at, size_t v)
{
    if (w->err)
        return;
    if (v > 0xffff || at > w->at || w->at - at < 2) {
        wr_fail(w, ERR_RANGE);
        return;
    }
    w->p[at] = (uint8_t)(v >> 8);
    w->p[at + 1] = (uint8_t)v;
}

static inline void wr_fill32(struct wr *w, size_t at, uint32_t v)
{
    if (w->err)
        return;
    if (at > w->at || w->at - at < 4) {
        wr_fail(w, ERR_RANGE);
        return;
    }
    w->p[at] = (uint8_t)(v >> 24);
    w->p[at + 1] = (uint8_t)(v >> 16);
    w->p[at + 2] = (uint8_t)(v >> 8);
    w->p[at + 3] = (uint8_t)v;
}

#endif
