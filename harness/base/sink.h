/* Where finished blocks of bytes go: one end of a leg, a recorder, a test's list.
 * The receiver lends the memory, so a sender builds its frame once, in place. */
#ifndef BASE_SINK_H
#define BASE_SINK_H

#include "base/bytes.h"

struct sink;

struct sink_ops {
    /* Lends CAP writable bytes until the next call on this sink; NULL when nothing can be taken
     * now (the block is then lost, as on a full link). */
    uint8_t *(*reserve)(struct sink *s, size_t cap);
    /* Hands over the first N bytes of the block last lent. */
    void (*commit)(struct sink *s, size_t n);
};

struct sink {
    const struct sink_ops *ops;
};

static inline uint8_t *sink_reserve(struct sink *s, size_t cap)
{
    return s->ops->reserve(s, cap);
}

static inline void sink_commit(struct sink *s, size_t n)
{
    s->ops->commit(s, n);
}

/* Copies B through the sink; false when the sink would not take it. */
static inline bool sink_put(struct sink *s, struct bytes b)
{
    uint8_t *p = sink_reserve(s, b.n);
    if (!p)
        return false;
    if (b.n)
        memcpy(p, b.p, b.n);
    sink_commit(s, b.n);
    return true;
}

#endif
