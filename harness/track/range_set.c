#include "track/range_set.h"

#include "base/mem.h"

#include <string.h>

#define LEAF_MAX 256u

struct range_leaf {
    struct range *r;
    uint32_t n, cap;
};

/* A place in the set: leaf LEAF, range I of it. At the end: leaf == nleaves. */
struct place {
    size_t leaf;
    uint32_t i;
};

void range_list_release(struct range_list *l)
{
    mem_free(l->r);
    *l = (struct range_list){0};
}

static void list_add(struct range_list *l, int64_t from, int64_t to)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 4;
        l->r = mem_resize(l->r, l->cap, sizeof(*l->r));
    }
    l->r[l->n++] = (struct range){from, to};
}

void range_set_init(struct range_set *s)
{
    *s = (struct range_set){0};
}

void range_set_release(struct range_set *s)
{
    for (size_t i = 0; i < s->nleaves; i++)
        mem_free(s->leaves[i].r);
    mem_free(s->leaves);
    range_set_init(s);
}

static bool at_end(const struct range_set *s, struct place p)
{
    return p.leaf == s->nleaves;
}

static struct range *range_at(const struct range_set *s, struct place p)
{
    return &s->leaves[p.leaf].r[p.i];
}

static struct place next(const struct range_set *s, struct place p)
{
    return p.i + 1 < s->leaves[p.leaf].n ? (struct place){p.leaf, p.i + 1}
                                         : (struct place){p.leaf + 1, 0};
}

/* The first range that ends at or after POS. */
static struct place lower(const struct range_set *s, int64_t pos)
{
    size_t lo = 0, hi = s->nleaves;

    while (lo < hi) { /* the first leaf whose last range reaches POS */
        size_t mid = lo + (hi - lo) / 2;
        const struct range_leaf *l = &s->leaves[mid];
        if (l->r[l->n - 1].to < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == s->nleaves)
        return (struct place){lo, 0};
    uint32_t a = 0, b = s->leaves[lo].n - 1;
    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        if (s->leaves[lo].r[mid].to < pos)
            a = mid + 1;
        else
            b = mid;
    }
    return (struct place){lo, a};
}

static void leaf_insert(struct range_leaf *l, uint32_t i, struct range r)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 2;
        l->r = mem_resize(l->r, l->cap, sizeof(*l->r));
    }
    memmove(&l->r[i + 1], &l->r[i], (l->n - i) * sizeof(*l->r));
    l->r[i] = r;
    l->n++;
}

static void add_leaf(struct range_set *s, size_t at, struct range_leaf leaf)
{
    if (s->nleaves == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 1;
        s->leaves = mem_resize(s->leaves, s->cap, sizeof(*s->leaves));
    }
    memmove(&s->leaves[at + 1], &s->leaves[at], (s->nleaves - at) * sizeof(*s->leaves));
    s->leaves[at] = leaf;
    s->nleaves++;
}

/* Moves the upper part of a full leaf to one of its own. At the end of the set only the last range
 * moves, so that leaves filled in order stay full. */
static void split(struct range_set *s, size_t leaf)
{
    struct range_leaf *l = &s->leaves[leaf];
    uint32_t keep = leaf + 1 == s->nleaves ? l->n - 1 : l->n / 2;
    struct range_leaf upper = {.n = l->n - keep, .cap = LEAF_MAX};

    upper.r = mem_array(upper.cap, sizeof(*upper.r));
    memcpy(upper.r, &l->r[keep], upper.n * sizeof(*upper.r));
    l->n = keep;
    add_leaf(s, leaf + 1, upper);
}

static void insert(struct range_set *s, struct place p, struct range r)
{
    if (s->nleaves == 0)
        add_leaf(s, 0, (struct range_leaf){0});
    if (at_end(s, p)) { /* after everything: at the end of the last leaf */
        p.leaf = s->nleaves - 1;
        p.i = s->leaves[p.leaf].n;
    }
    leaf_insert(&s->leaves[p.leaf], p.i, r);
    s->count++;
    if (s->leaves[p.leaf].n == LEAF_MAX)
        split(s, p.leaf);
}

/* Removes N ranges that follow the one at P. */
static void erase_after(struct range_set *s, struct place p, size_t n)
{
    s->count -= n;
    p = next(s, p);
    while (n > 0) {
        struct range_leaf *l = &s->leaves[p.leaf];
        uint32_t here = l->n - p.i < n ? l->n - p.i : (uint32_t)n;
        memmove(&l->r[p.i], &l->r[p.i + here], (l->n - p.i - here) * sizeof(*l->r));
        l->n -= here;
        n -= here;
        if (l->n > 0) {
            p = (struct place){p.leaf + 1, 0};
            continue;
        }
        mem_free(l->r);
        s->nleaves--;
        memmove(l, l + 1, (s->nleaves - p.leaf) * sizeof(*l));
    }
}

/* Keeps the bound: the lowest hole is taken to stay open for good. */
static void close_lowest_hole(struct range_set *s)
{
    struct place first = {0, 0};
    struct range *a = range_at(s, first), *b = range_at(s, next(s, first));

    s->closed_bytes += (uint64_t)(b->from - a->to);
    s->closed_holes++;
    a->to = b->to;
    erase_after(s, first, 1);
}

uint64_t range_set_add(struct range_set *s, struct range r, struct range_list *fresh)
{
    struct place first = lower(s, r.from);
    struct range merged = r;
    int64_t seen = r.from; /* up to here R is accounted for */
    uint64_t added = 0;
    size_t touched = 0;

    for (struct place p = first; !at_end(s, p) && range_at(s, p)->from <= r.to; p = next(s, p)) {
        const struct range *old = range_at(s, p);
        if (old->from > seen) {
            added += (uint64_t)(old->from - seen);
            if (fresh)
                list_add(fresh, seen, old->from);
        }
        if (old->to > seen)
            seen = old->to;
        if (old->from < merged.from)
            merged.from = old->from;
        if (old->to > merged.to)
            merged.to = old->to;
        touched++;
    }
    if (seen < r.to) {
        added += (uint64_t)(r.to - seen);
        if (fresh)
            list_add(fresh, seen, r.to);
    }
    if (touched == 0) {
        insert(s, first, r);
    } else {
        *range_at(s, first) = merged;
        if (touched > 1)
            erase_after(s, first, touched - 1);
    }
    s->covered += added;
    if (s->count > RANGE_SET_MAX)
        close_lowest_hole(s);
    return added;
}

bool range_set_find(const struct range_set *s, int64_t pos, struct range *out)
{
    struct place p = lower(s, pos);

    if (!at_end(s, p) && range_at(s, p)->to == pos) /* ends there without holding POS */
        p = next(s, p);
    if (at_end(s, p))
        return false;
    *out = *range_at(s, p);
    return true;
}

bool range_set_first(const struct range_set *s, struct range *out)
{
    if (s->count == 0)
        return false;
    *out = s->leaves[0].r[0];
    return true;
}

bool range_set_last(const struct range_set *s, struct range *out)
{
    if (s->count == 0)
        return false;
    const struct range_leaf *l = &s->leaves[s->nleaves - 1];
    *out = l->r[l->n - 1];
    return true;
}
