/* The bytes of one direction of a TCP connection in the order of the stream, each once, handed on
 * as soon as they are next: for readers of what is framed in a stream.
 *
 * Bounded: what came before its time is kept up to ORDERED_AHEAD bytes, then the hole is given up,
 * which the reader is told. */
#ifndef TRACK_ORDERED_H
#define TRACK_ORDERED_H

#include "base/buf.h"
#include "track/tcp_dir.h"

#define ORDERED_AHEAD    ((size_t)256 << 10)
#define ORDERED_SEGMENTS 256u

struct ordered_ahead {
    uint32_t seq;
    uint32_t len; /* by the header: more than the data when it was cut */
    struct buf data;
};

struct ordered {
    bool started, joined; /* joined: begun in the middle */
    uint32_t first, next; /* sequence numbers of the first byte, and of the one waited for */
    struct ordered_ahead *ahead;
    size_t nahead, cap, bytes;
    uint64_t holes; /* given up */
};

/* What is called: with bytes that are next; with a hole behind what was given so far. */
struct ordered_sink {
    void (*take)(void *ctx, struct bytes b);
    void (*hole)(void *ctx);
    void *ctx;
};

void ordered_init(struct ordered *o);
void ordered_release(struct ordered *o);

/* Takes the next segment that a tap saw. A SYN with another number begins anew (the same one is a
 * repetition), after a call of `hole` when something was there. */
void ordered_add(struct ordered *o, const struct tcp_seg *seg, const struct ordered_sink *to);

#endif
