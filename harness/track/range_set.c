#include "track/range_set.h"

#include "base/mem.h"

#include <string.h>

#define LEAF_MAX 256u

struct range_leaf {
    struct range *r;
    uint32_t n, cap;
};

struct range_tree {
    struct range_leaf *leaves; /* in order; none is empty */
    size_t nleaves, cap;
    uint64_t covered;
    uint64_t closed_bytes, closed_holes;
};

/* A place in the tree: leaf LEAF, range I of it. At the end: leaf == nleaves. */
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

static void tree_free(struct range_tree *t)
{
    for (size_t i = 0; i < t->nleaves; i++)
        mem_free(t->leaves[i].r);
    mem_free(t->leaves);
    mem_free(t);
}

void range_set_release(struct range_set *s)
{
    if (s->has_tree)
        tree_free(s->tree);
    range_set_init(s);
}

uint64_t range_set_covered_apart(const struct range_set *s)
{
    return s->tree->covered;
}

uint64_t range_set_closed_holes(const struct range_set *s)
{
    return s->has_tree ? s->tree->closed_holes : 0;
}

uint64_t range_set_closed_bytes(const struct range_set *s)
{
    return s->has_tree ? s->tree->closed_bytes : 0;
}

static bool at_end(const struct range_tree *t, struct place p)
{
    return p.leaf == t->nleaves;
}

static struct range *range_at(const struct range_tree *t, struct place p)
{
    return &t->leaves[p.leaf].r[p.i];
}

static struct place next(const struct range_tree *t, struct place p)
{
    return p.i + 1 < t->leaves[p.leaf].n ? (struct place){p.leaf, p.i + 1}
                                         : (struct place){p.leaf + 1, 0};
}

/* The first range that ends at or after POS. */
static struct place lower(const struct range_tree *t, int64_t pos)
{
    size_t lo = 0, hi = t->nleaves;

    while (lo < hi) { /* the first leaf whose last range reaches POS */
        size_t mid = lo + (hi - lo) / 2;
        const struct range_leaf *l = &t->leaves[mid];
        if (l->r[l->n - 1].to < pos)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == t->nleaves)
        return (struct place){lo, 0};
    uint32_t a = 0, b = t->leaves[lo].n - 1;
    while (a < b) {
        uint32_t mid = a + (b - a) / 2;
        if (t->leaves[lo].r[mid].to < pos)
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

static void add_leaf(struct range_tree *t, size_t at, struct range_leaf leaf)
{
    if (t->nleaves == t->cap) {
        t->cap = t->cap ? t->cap * 2 : 1;
        t->leaves = mem_resize(t->leaves, t->cap, sizeof(*t->leaves));
    }
    memmove(&t->leaves[at + 1], &t->leaves[at], (t->nleaves - at) * sizeof(*t->leaves));
    t->leaves[at] = leaf;
    t->nleaves++;
}

/* Moves the upper part of a full leaf to one of its own. At the end of the set only the last range
 * moves, so that leaves filled in order stay full. */
static void split(struct range_tree *t, size_t leaf)
{
    struct range_leaf *l = &t->leaves[leaf];
    uint32_t keep = leaf + 1 == t->nleaves ? l->n - 1 : l->n / 2;
    struct range_leaf upper = {.n = l->n - keep, .cap = LEAF_MAX};

    upper.r = mem_array(upper.cap, sizeof(*upper.r));
    memcpy(upper.r, &l->r[keep], upper.n * sizeof(*upper.r));
    l->n = keep;
    add_leaf(t, leaf + 1, upper);
}

static void insert(struct range_tree *t, struct place p, struct range r)
{
    if (t->nleaves == 0)
        add_leaf(t, 0, (struct range_leaf){0});
    if (at_end(t, p)) { /* after everything: at the end of the last leaf */
        p.leaf = t->nleaves - 1;
        p.i = t->leaves[p.leaf].n;
    }
    leaf_insert(&t->leaves[p.leaf], p.i, r);
    if (t->leaves[p.leaf].n == LEAF_MAX)
        split(t, p.leaf);
}

/* Removes N ranges that follow the one at P. */
static void erase_after(struct range_tree *t, struct place p, size_t n)
{
    p = next(t, p);
    while (n > 0) {
        struct range_leaf *l = &t->leaves[p.leaf];
        uint32_t here = l->n - p.i < n ? l->n - p.i : (uint32_t)n;
        memmove(&l->r[p.i], &l->r[p.i + here], (l->n - p.i - here) * sizeof(*l->r));
        l->n -= here;
        n -= here;
        if (l->n > 0) {
            p = (struct place){p.leaf + 1, 0};
            continue;
        }
        mem_free(l->r);
        t->nleaves--;
        memmove(l, l + 1, (t->nleaves - p.leaf) * sizeof(*l));
    }
}

/* Keeps the bound: the lowest hole is taken to stay open for good. */
static void close_lowest_hole(struct range_set *s)
{
    struct range_tree *t = s->tree;
    struct place first = {0, 0};
    struct range *a = range_at(t, first), *b = range_at(t, next(t, first));

    t->closed_bytes += (uint64_t)(b->from - a->to);
    t->closed_holes++;
    a->to = b->to;
    erase_after(t, first, 1);
    s->count--;
}

/* What of R was not in the set, told while its ranges go by in order. */
struct news {
    int64_t seen; /* up to here R is accounted for */
    uint64_t added;
    struct range_list *fresh;
};

static void tell(struct news *n, int64_t to)
{
    if (to <= n->seen)
        return;
    n->added += (uint64_t)(to - n->seen);
    if (n->fresh)
        list_add(n->fresh, n->seen, to);
}

static void pass(struct news *n, const struct range *old)
{
    tell(n, old->from);
    if (old->to > n->seen)
        n->seen = old->to;
}

static struct range joined(struct range a, const struct range *b)
{
    return (struct range){a.from < b->from ? a.from : b->from, a.to > b->to ? a.to : b->to};
}

/* False: R neither meets nor touches the only range there is. */
static bool add_to_one(struct range_set *s, struct range r, struct news *n)
{
    if (s->count && (r.from > s->one.to || r.to < s->one.from))
        return false;
    if (s->count)
        pass(n, &s->one);
    tell(n, r.to);
    s->one = s->count ? joined(r, &s->one) : r;
    s->count = 1;
    return true;
}

static void grow_tree(struct range_set *s)
{
    struct range_tree *t = mem_zalloc(sizeof(*t));

    t->covered = range_set_covered(s);
    insert(t, (struct place){0, 0}, s->one);
    s->tree = t;
    s->has_tree = true;
}

/* The holes are filled: nothing is apart any more. */
static void fold_tree(struct range_set *s)
{
    struct range all = s->tree->leaves[0].r[0];

    tree_free(s->tree);
    s->has_tree = false;
    s->one = all;
}

static void add_to_tree(struct range_set *s, struct range r, struct news *n)
{
    struct range_tree *t = s->tree;
    struct place first = lower(t, r.from);
    struct range merged = r;
    size_t touched = 0;

    for (struct place p = first; !at_end(t, p) && range_at(t, p)->from <= r.to; p = next(t, p)) {
        pass(n, range_at(t, p));
        merged = joined(merged, range_at(t, p));
        touched++;
    }
    tell(n, r.to);
    if (touched == 0) {
        insert(t, first, r);
        s->count++;
        return;
    }
    *range_at(t, first) = merged;
    if (touched > 1) {
        erase_after(t, first, touched - 1);
        s->count -= (uint32_t)(touched - 1);
    }
}

uint64_t range_set_add(struct range_set *s, struct range r, struct range_list *fresh)
{
    struct news n = {.seen = r.from, .fresh = fresh};

    if (!s->has_tree && add_to_one(s, r, &n))
        return n.added;
    if (!s->has_tree)
        grow_tree(s);
    add_to_tree(s, r, &n);
    s->tree->covered += n.added;
    if (s->count > RANGE_SET_MAX)
        close_lowest_hole(s);
    else if (s->count == 1 && s->tree->closed_holes == 0)
        fold_tree(s);
    return n.added;
}

bool range_set_find(const struct range_set *s, int64_t pos, struct range *out)
{
    if (!s->has_tree) {
        if (!s->count || s->one.to <= pos)
            return false;
        *out = s->one;
        return true;
    }
    const struct range_tree *t = s->tree;
    struct place p = lower(t, pos);
    if (!at_end(t, p) && range_at(t, p)->to == pos) /* ends there without holding POS */
        p = next(t, p);
    if (at_end(t, p))
        return false;
    *out = *range_at(t, p);
    return true;
}

bool range_set_first(const struct range_set *s, struct range *out)
{
    if (s->count == 0)
        return false;
    *out = s->has_tree ? s->tree->leaves[0].r[0] : s->one;
    return true;
}

bool range_set_last(const struct range_set *s, struct range *out)
{
    if (s->count == 0)
        return false;
    const struct range_leaf *l = s->has_tree ? &s->tree->leaves[s->tree->nleaves - 1] : NULL;
    *out = l ? l->r[l->n - 1] : s->one;
    return true;
}
