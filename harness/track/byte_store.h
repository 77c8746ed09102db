/* The bytes of one direction, put together as they come: the first copy of each byte wins.
 *
 * Holds what was captured and no more: a segment far beyond the rest costs its own length, not the
 * distance. Memory: the bytes kept, plus O(holes). */
#ifndef TRACK_BYTE_STORE_H
#define TRACK_BYTE_STORE_H

#include "base/buf.h"
#include "track/tcp_dir.h"

struct byte_store {
    struct tcp_store store;
    struct range_set kept;
    struct range_list fresh;
    struct buf log;            /* bytes in the order of arrival */
    struct byte_piece *pieces; /* which positions each run of the log holds */
    size_t npieces, cap;
    uint64_t limit; /* bytes; what goes beyond is dropped and counted */
    uint64_t dropped;
};

/* Keeps at most LIMIT bytes. */
void byte_store_init(struct byte_store *b, uint64_t limit);
void byte_store_release(struct byte_store *b);

/* The run of positions without a hole that begins at FROM: its end (FROM when nothing is there). */
int64_t byte_store_run_end(const struct byte_store *b, int64_t from);

/* Copies [from, to) to OUT; what is not there is left out, the rest moves up. Returns the number of
 * bytes copied. */
size_t byte_store_read(const struct byte_store *b, int64_t from, int64_t to, uint8_t *out);

#endif
