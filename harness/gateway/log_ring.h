/* Text records in a fixed block of memory, oldest first. When a new one does not fit, the oldest
 * go. Readers remember a place and see how many they missed. */
#ifndef GATEWAY_LOG_RING_H
#define GATEWAY_LOG_RING_H

#include "base/bytes.h"

struct log_ring {
    uint8_t *mem;
    size_t cap;           /* bytes */
    size_t limit;         /* records */
    size_t head, tail;    /* where the next record goes; where the oldest is */
    uint64_t first, next; /* numbers of the oldest, and of the next to come */
};

struct log_place {
    uint64_t seq;
    size_t at;
};

/* Room for CAP bytes (every record costs four more) and LIMIT records. */
void log_ring_init(struct log_ring *r, size_t cap, size_t limit);
void log_ring_release(struct log_ring *r);
void log_ring_clear(struct log_ring *r); /* numbers go on */

/* The same with other sizes: keeps the newest that fit, with their numbers. Places made before are
 * to be sought again. */
void log_ring_resize(struct log_ring *r, size_t cap, size_t limit);

/* Adds A followed by B as one record; one that can never fit is cut. */
void log_ring_put(struct log_ring *r, struct bytes a, struct bytes b);

static inline uint64_t log_ring_count(const struct log_ring *r)
{
    return r->next - r->first;
}

/* The end: what is put next is what is read next. */
struct log_place log_ring_end(const struct log_ring *r);

/* The oldest record. */
struct log_place log_ring_begin(const struct log_ring *r);

/* The record with this number, or the nearest there is. */
struct log_place log_ring_seek(const struct log_ring *r, uint64_t seq);

/* Takes the record at *P and moves on; false at the end. *MISSED is raised by the records that went
 * before they were read. OUT is valid until the next put. */
bool log_ring_read(const struct log_ring *r, struct log_place *p, struct bytes *out,
                   uint64_t *missed);

#endif
