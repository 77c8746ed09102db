/* A set of 64-bit positions, kept as disjoint ranges in order: which bytes of a stream were seen.
 *
 * Adding costs O(log n + leaf) with leaves of at most 256 ranges, and one step at the upper end,
 * where nearly all additions happen. Memory is bounded: past RANGE_SET_MAX ranges the lowest two
 * become one, and the hole between them is counted as final (range_set_closed_*). */
#ifndef TRACK_RANGE_SET_H
#define TRACK_RANGE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RANGE_SET_MAX 65536u

struct range {
    int64_t from, to; /* [from, to) */
};

/* A growing list of ranges, reused from call to call. */
struct range_list {
    struct range *r;
    uint32_t n, cap;
};

void range_list_release(struct range_list *l);

struct range_tree;

struct range_set { /* of millions of streams at a time: no larger than it must be */
    union {
        struct range one; /* all there is while nothing is apart; valid when count is 1 */
        struct range_tree *tree;
    };
    uint32_t count; /* ranges; read range_set_covered for the positions in them */
    bool has_tree;
};

void range_set_init(struct range_set *s);
void range_set_release(struct range_set *s);

uint64_t range_set_covered_apart(const struct range_set *s); /* where has_tree */

/* Positions in the set. */
static inline uint64_t range_set_covered(const struct range_set *s)
{
    if (s->has_tree)
        return range_set_covered_apart(s);
    return s->count ? (uint64_t)(s->one.to - s->one.from) : 0;
}

/* Adds R (from < to). The parts of R that were not in the set are appended to FRESH when it is not
 * NULL. Returns how many positions were new. */
uint64_t range_set_add(struct range_set *s, struct range r, struct range_list *fresh);

/* There are no holes, and what there is ends at POS. */
static inline bool range_set_ends_at(const struct range_set *s, int64_t pos)
{
    return !s->has_tree && (!s->count || s->one.to == pos);
}

/* The same for what comes in order: R begins where the only range ends, or is the first. False, and
 * nothing done, when it is another case. */
static inline bool range_set_append(struct range_set *s, struct range r)
{
    if (!range_set_ends_at(s, r.from))
        return false;
    if (!s->count)
        s->one.from = r.from;
    s->one.to = r.to;
    s->count = 1;
    return true;
}

/* Holes given up for the bound, lowest first. */
uint64_t range_set_closed_holes(const struct range_set *s);
uint64_t range_set_closed_bytes(const struct range_set *s);

/* The range that holds POS, else the first one after it; false when there is none. */
bool range_set_find(const struct range_set *s, int64_t pos, struct range *out);

/* The lowest and the highest range; false when the set is empty. */
bool range_set_first(const struct range_set *s, struct range *out);
bool range_set_last(const struct range_set *s, struct range *out);

#endif
