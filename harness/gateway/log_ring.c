#include "gateway/log_ring.h"

#include "base/mem.h"

/* A record is its length and its bytes, in one piece. A length of WRAP means: go on at the start.
 */
#define LEN  sizeof(uint32_t)
#define WRAP UINT32_MAX

void log_ring_init(struct log_ring *r, size_t cap, size_t limit)
{
    size_t bytes = cap + 2 * LEN;

    *r = (struct log_ring){.mem = mem_zalloc(bytes), .cap = bytes, .limit = limit ? limit : 1};
}

void log_ring_release(struct log_ring *r)
{
    mem_free(r->mem);
    *r = (struct log_ring){0};
}

void log_ring_clear(struct log_ring *r)
{
    r->first = r->next;
    r->head = r->tail = 0;
}

static uint32_t length_at(const struct log_ring *r, size_t at)
{
    uint32_t n;

    memcpy(&n, r->mem + at, LEN);
    return n;
}

/* AT, or the start where AT is at a wrap. */
static size_t settle(const struct log_ring *r, size_t at)
{
    return r->cap - at < LEN || length_at(r, at) == WRAP ? 0 : at;
}

static void drop_oldest(struct log_ring *r)
{
    size_t at = settle(r, r->tail);

    r->tail = at + LEN + length_at(r, at);
    if (++r->first == r->next)
        r->head = r->tail = 0;
}

/* Whether N bytes fit in one piece at head, without reaching the oldest record. */
static bool fits(struct log_ring *r, size_t n)
{
    if (r->first == r->next)
        return n <= r->cap;
    if (r->head <= r->tail) /* used up to the end and from the start: equal means full */
        return n < r->tail - r->head;
    if (n <= r->cap - r->head)
        return true;
    if (n >= r->tail)
        return false;
    if (r->cap - r->head >= LEN)
        memcpy(r->mem + r->head, &(uint32_t){WRAP}, LEN);
    r->head = 0;
    return true;
}

void log_ring_put(struct log_ring *r, struct bytes a, struct bytes b)
{
    size_t most = r->cap - 2 * LEN;

    a = bytes_head(a, most);
    b = bytes_head(b, most - a.n);
    uint32_t n = (uint32_t)(a.n + b.n);
    while (log_ring_count(r) >= r->limit || !fits(r, LEN + n))
        drop_oldest(r);
    memcpy(r->mem + r->head, &n, LEN);
    if (a.n)
        memcpy(r->mem + r->head + LEN, a.p, a.n);
    if (b.n)
        memcpy(r->mem + r->head + LEN + a.n, b.p, b.n);
    r->head += LEN + n;
    r->next++;
}

struct log_place log_ring_end(const struct log_ring *r)
{
    return (struct log_place){r->next, r->head};
}

struct log_place log_ring_begin(const struct log_ring *r)
{
    return (struct log_place){r->first, r->tail};
}

bool log_ring_read(const struct log_ring *r, struct log_place *p, struct bytes *out,
                   uint64_t *missed)
{
    if (p->seq < r->first) {
        *missed += r->first - p->seq;
        *p = log_ring_begin(r);
    }
    if (p->seq >= r->next)
        return false;
    /* a place at the end may have been overtaken by a wrap or by an empty ring's fresh start */
    size_t at = p->seq == r->first ? settle(r, r->tail) : settle(r, p->at);
    *out = bytes_of(r->mem + at + LEN, length_at(r, at));
    *p = (struct log_place){p->seq + 1, at + LEN + out->n};
    return true;
}

struct log_place log_ring_seek(const struct log_ring *r, uint64_t seq)
{
    struct log_place p = log_ring_begin(r);
    struct bytes record;
    uint64_t missed = 0;

    while (p.seq < seq && log_ring_read(r, &p, &record, &missed))
        ;
    return p;
}

void log_ring_resize(struct log_ring *r, size_t cap, size_t limit)
{
    struct log_ring old = *r;
    struct log_place p = log_ring_begin(&old);
    struct bytes record;
    uint64_t missed = 0;

    log_ring_init(r, cap, limit);
    r->first = r->next = old.first;
    while (log_ring_read(&old, &p, &record, &missed))
        log_ring_put(r, record, (struct bytes){0});
    log_ring_release(&old);
}
