#include "track/byte_store.h"

#include "base/mem.h"

#define PAGE_BITS  11
#define PAGE_BYTES (INT64_C(1) << PAGE_BITS)

struct byte_page {
    int64_t number;
    uint8_t b[PAGE_BYTES];
};

static uint64_t hash_of(int64_t number)
{
    return (uint64_t)number * UINT64_C(0x9e3779b97f4a7c15); /* pages of a run spread evenly */
}

static bool is_number(const void *ctx, uint32_t id, const void *key)
{
    const struct byte_store *b = ctx;

    return b->pages[id]->number == *(const int64_t *)key;
}

/* The byte at POS with AVAIL more in the same page; NULL when there is no such page. */
static uint8_t *locate(const struct byte_store *b, int64_t pos, size_t *avail)
{
    int64_t number = pos >> PAGE_BITS, at = pos - number * PAGE_BYTES;
    uint32_t id = map_find(&b->map, hash_of(number), is_number, b, &number);

    *avail = (size_t)(PAGE_BYTES - at);
    return id == MAP_NONE ? NULL : b->pages[id]->b + at;
}

static void make_page(struct byte_store *b, int64_t number)
{
    struct byte_page *p = mem_zalloc(sizeof(*p));

    if (b->npages == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 4;
        b->pages = mem_resize(b->pages, b->cap, sizeof(struct byte_page *));
    }
    p->number = number;
    map_put(&b->map, hash_of(number), (uint32_t)b->npages);
    b->pages[b->npages++] = p;
}

/* Room for [pos, pos + n), page by page; how much of it there is. */
static size_t make_room(struct byte_store *b, int64_t pos, size_t n)
{
    size_t have = 0, avail;

    while (have < n) {
        if (!locate(b, pos + (int64_t)have, &avail)) {
            if (*b->budget < sizeof(struct byte_page))
                break;
            *b->budget -= sizeof(struct byte_page);
            make_page(b, (pos + (int64_t)have) >> PAGE_BITS);
        }
        have += avail;
    }
    return have < n ? have : n;
}

static uint64_t differing(const struct byte_store *b, int64_t pos, struct bytes data)
{
    uint64_t n = 0;

    while (data.n > 0) {
        size_t avail;
        const uint8_t *old = locate(b, pos, &avail);
        avail = avail < data.n ? avail : data.n;
        if (old && memcmp(old, data.p, avail) != 0)
            for (size_t i = 0; i < avail; i++)
                n += old[i] != data.p[i];
        data = bytes_from(data, avail);
        pos += (int64_t)avail;
    }
    return n;
}

static void copy_in(struct byte_store *b, int64_t pos, struct bytes data)
{
    while (data.n > 0) {
        size_t avail;
        uint8_t *to = locate(b, pos, &avail);
        avail = avail < data.n ? avail : data.n;
        memcpy(to, data.p, avail);
        data = bytes_from(data, avail);
        pos += (int64_t)avail;
    }
}

static uint64_t offer(struct tcp_store *s, struct tcp_dir *d, int64_t pos, struct bytes data)
{
    struct byte_store *b = CONTAINER_OF(s, struct byte_store, store);
    size_t room = make_room(b, pos, data.n);
    uint64_t conflict = 0;
    int64_t at = pos;

    (void)d;
    b->dropped += data.n - room;
    data = bytes_head(data, room);
    if (data.n == 0)
        return 0;
    b->fresh.n = 0;
    range_set_add(&b->kept, (struct range){pos, pos + (int64_t)data.n}, &b->fresh);
    for (size_t i = 0; i <= b->fresh.n; i++) { /* what is old, then what is new, in turn */
        struct range r = {pos + (int64_t)data.n, pos + (int64_t)data.n};
        if (i < b->fresh.n)
            r = b->fresh.r[i];
        struct bytes tail = bytes_from(data, (size_t)(at - pos));
        conflict += differing(b, at, bytes_head(tail, (size_t)(r.from - at)));
        tail = bytes_from(data, (size_t)(r.from - pos));
        copy_in(b, r.from, bytes_head(tail, (size_t)(r.to - r.from)));
        at = r.to;
    }
    return conflict;
}

void byte_store_init(struct byte_store *b, uint64_t *budget)
{
    static const struct tcp_store_ops ops = {offer};

    *b = (struct byte_store){.store = {&ops}, .budget = budget};
    range_set_init(&b->kept);
    map_init(&b->map);
}

void byte_store_release(struct byte_store *b)
{
    for (size_t i = 0; i < b->npages; i++)
        mem_free(b->pages[i]);
    mem_free(b->pages);
    map_release(&b->map);
    range_set_release(&b->kept);
    range_list_release(&b->fresh);
    *b = (struct byte_store){0};
}

int64_t byte_store_run_end(const struct byte_store *b, int64_t from)
{
    struct range r;

    return range_set_find(&b->kept, from, &r) && r.from <= from ? r.to : from;
}

size_t byte_store_read(const struct byte_store *b, int64_t from, int64_t to, uint8_t *out)
{
    struct range r;
    size_t n = 0;

    while (from < to && range_set_find(&b->kept, from, &r) && r.from < to) {
        from = r.from > from ? r.from : from;
        int64_t end = r.to < to ? r.to : to;
        while (from < end) {
            size_t avail;
            const uint8_t *p = locate(b, from, &avail);
            avail = (int64_t)avail < end - from ? avail : (size_t)(end - from);
            if (p)
                memcpy(out + n, p, avail);
            else /* inside a hole that RANGE_SET_MAX closed */
                memset(out + n, 0, avail);
            n += avail;
            from += (int64_t)avail;
        }
    }
    return n;
}
