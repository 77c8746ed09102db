/* Frames under way in the order they will arrive: written in place, never moved, taken from the
 * front. Memory is in chunks that are used again, so a warm queue allocates nothing. For port/
 * only.
 */
#ifndef PORT_FRAME_QUEUE_H
#define PORT_FRAME_QUEUE_H

#include "base/bytes.h"
#include "base/clock.h"

struct frame_chunk;

struct frame_slot {
    struct mono due;
    uint8_t *p;
    size_t n;
    struct frame_chunk *chunk;
};

struct frame_queue {
    struct frame_slot *slots; /* a ring; its size is a power of two */
    size_t mask, first, count;
    size_t bytes;             /* of all frames in it */
    struct frame_chunk *tail; /* where the next frame is written; NULL: none yet */
    struct frame_chunk *spare;
    uint8_t *lent; /* in tail: reserved and not yet committed */
};

/* A zeroed queue is an empty one. */
void frame_queue_release(struct frame_queue *q);

/* Lends CAP bytes until the next call; CAP up to PORT_FRAME_MAX. */
uint8_t *frame_queue_reserve(struct frame_queue *q, size_t cap);

/* Appends the first N bytes lent last. DUE is not before that of the frame ahead. */
void frame_queue_commit(struct frame_queue *q, size_t n, struct mono due);

/* Forgets what was lent. */
static inline void frame_queue_cancel(struct frame_queue *q)
{
    q->lent = NULL;
}

/* When the first frame is due; MONO_NEVER when there is none. */
static inline struct mono frame_queue_due(const struct frame_queue *q)
{
    return q->count ? q->slots[q->first].due : MONO_NEVER;
}

/* The first frame, which stays in the queue. There must be one. */
static inline struct bytes frame_queue_first(const struct frame_queue *q)
{
    return bytes_of(q->slots[q->first].p, q->slots[q->first].n);
}

/* Takes the first frame off; its bytes are gone. */
void frame_queue_drop(struct frame_queue *q);

#endif
