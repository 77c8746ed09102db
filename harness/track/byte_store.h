/* The bytes of one direction, put together as they come: the first copy of each byte wins.
 *
 * Bytes live in pages found by their position, so a segment far beyond the rest costs its own pages
 * and not the distance; a page once made never moves. Memory: limited by the caller's budget, plus
 * O(holes).
 */
#ifndef TRACK_BYTE_STORE_H
#define TRACK_BYTE_STORE_H

#include "base/map.h"
#include "track/tcp_dir.h"

struct byte_store {
    struct tcp_store store;
    struct range_set kept;
    struct range_list fresh;
    struct map map; /* page number -> index */
    struct byte_page **pages;
    size_t npages, cap;
    uint64_t *budget; /* bytes of pages that may still be made; shared, lessened with each */
    uint64_t dropped; /* bytes that did not fit it */
};

/* Keeps no more than *BUDGET (borrowed) allows, which several stores may share. */
void byte_store_init(struct byte_store *b, uint64_t *budget);
void byte_store_release(struct byte_store *b);

/* The run of positions without a hole that begins at FROM: its end (FROM when nothing is there). */
int64_t byte_store_run_end(const struct byte_store *b, int64_t from);

/* Copies what is there of [from, to) to OUT, holes left out. Returns the number of bytes copied. */
size_t byte_store_read(const struct byte_store *b, int64_t from, int64_t to, uint8_t *out);

#endif
