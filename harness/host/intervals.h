/* A bounded set of byte ranges: what arrived out of order, what was selectively acknowledged.
 * Ranges are disjoint, sorted and do not touch. Grows as needed up to INTERVALS_MAX, so that no
 * peer can make it use more than 4 KiB. */
#ifndef HOST_INTERVALS_H
#define HOST_INTERVALS_H

#include "base/attr.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define INTERVALS_MAX 256

struct interval { /* [from, to) */
    uint64_t from, to;
};

struct intervals {
    struct interval *v;
    uint32_t n, cap;
    uint64_t bytes; /* covered by all ranges together */
};

/* Zero bytes are an empty set. */
void intervals_release(struct intervals *s);

/* Adds [from, to), from < to, and returns how many of its bytes are new. 0 as well when a further
 * range would not fit: see intervals_fits. */
uint64_t intervals_add(struct intervals *s, uint64_t from, uint64_t to);

/* True when [from, to) can be added. */
bool intervals_fits(const struct intervals *s, uint64_t from, uint64_t to);

/* Forgets everything below AT. */
void intervals_trim(struct intervals *s, uint64_t at);

/* Number of ranges that end at or before AT: the index of the one that holds AT or comes next. */
uint32_t intervals_find(const struct intervals *s, uint64_t at);

/* Covered bytes within [from, to). */
uint64_t intervals_covered(const struct intervals *s, uint64_t from, uint64_t to);

#endif
