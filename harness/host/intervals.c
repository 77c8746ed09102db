#include "host/intervals.h"

#include "base/mem.h"

#include <string.h>

void intervals_release(struct intervals *s)
{
    mem_free(s->v);
    *s = (struct intervals){0};
}

uint32_t intervals_find(const struct intervals *s, uint64_t at)
{
    uint32_t lo = 0, hi = s->n;

    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (s->v[mid].to <= at)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* First range that [from, …) touches or overlaps: one that ends exactly at FROM counts. */
static uint32_t first_touching(const struct intervals *s, uint64_t from)
{
    uint32_t i = intervals_find(s, from);

    return i > 0 && s->v[i - 1].to == from ? i - 1 : i;
}

bool intervals_fits(const struct intervals *s, uint64_t from, uint64_t to)
{
    if (s->n < INTERVALS_MAX)
        return true;
    uint32_t i = first_touching(s, from);
    return i < s->n && s->v[i].from <= to; /* merges with a range that is there */
}

static void open_gap(struct intervals *s, uint32_t i)
{
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 8;
        s->v = mem_resize(s->v, s->cap, sizeof(*s->v));
    }
    memmove(&s->v[i + 1], &s->v[i], (s->n - i) * sizeof(*s->v));
    s->n++;
}

uint64_t intervals_add(struct intervals *s, uint64_t from, uint64_t to)
{
    uint32_t i = first_touching(s, from), end = i;
    uint64_t before = 0;

    for (; end < s->n && s->v[end].from <= to; end++)
        before += s->v[end].to - s->v[end].from;
    if (end == i) {
        if (s->n == INTERVALS_MAX)
            return 0;
        open_gap(s, i);
        s->v[i] = (struct interval){from, to};
    } else {
        if (s->v[i].from > from)
            s->v[i].from = from;
        if (s->v[end - 1].to > to)
            to = s->v[end - 1].to;
        s->v[i].to = to;
        memmove(&s->v[i + 1], &s->v[end], (s->n - end) * sizeof(*s->v));
        s->n -= end - i - 1;
    }
    uint64_t gained = s->v[i].to - s->v[i].from - before;
    s->bytes += gained;
    return gained;
}

void intervals_trim(struct intervals *s, uint64_t at)
{
    uint32_t gone = intervals_find(s, at);

    for (uint32_t i = 0; i < gone; i++)
        s->bytes -= s->v[i].to - s->v[i].from;
    if (gone > 0) {
        memmove(s->v, &s->v[gone], (s->n - gone) * sizeof(*s->v));
        s->n -= gone;
    }
    if (s->n > 0 && s->v[0].from < at) {
        s->bytes -= at - s->v[0].from;
        s->v[0].from = at;
    }
}

uint64_t intervals_covered(const struct intervals *s, uint64_t from, uint64_t to)
{
    uint64_t sum = 0;

    for (uint32_t i = intervals_find(s, from); i < s->n && s->v[i].from < to; i++) {
        uint64_t a = s->v[i].from > from ? s->v[i].from : from;
        uint64_t b = s->v[i].to < to ? s->v[i].to : to;
        sum += b - a;
    }
    return sum;
}
