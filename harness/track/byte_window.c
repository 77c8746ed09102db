#include "track/byte_window.h"

#include "base/mem.h"

#define PAGE_BITS  11
#define PAGE_BYTES (INT64_C(1) << PAGE_BITS)

#define PAGES_MIN 64u

/* A stream without its SYN begins at its lowest byte, which need not come first: so much is waited
 * for. */
#define START_BYTES (256u << 10)

struct window_page {
    struct window_side *owner; /* NULL: gone */
    int64_t number;
    uint8_t b[PAGE_BYTES];
};

struct place {
    const struct window_side *owner;
    int64_t number;
};

static uint64_t hash_of(const struct place *p)
{
    uint64_t x = (uint64_t)(uintptr_t)p->owner * UINT64_C(0x9e3779b97f4a7c15);

    x ^= (uint64_t)p->number * UINT64_C(0xc2b2ae3d27d4eb4f);
    return x ^ x >> 29;
}

static bool is_at(const void *ctx, uint32_t id, const void *key)
{
    const struct window_page *page = &((const struct byte_window *)ctx)->pages[id];
    const struct place *p = key;

    return page->owner == p->owner && page->number == p->number;
}

void byte_window_init(struct byte_window *w, size_t bytes, window_sink *sink)
{
    size_t max = bytes / sizeof(struct window_page);

    *w = (struct byte_window){.sink = sink,
                              .max = max < UINT32_MAX / 2 ? (uint32_t)max : UINT32_MAX / 2};
    if (w->max < PAGES_MIN)
        w->max = PAGES_MIN; /* a segment never uses up the window */
    map_init(&w->map);
    w->pages = mem_table(w->max * sizeof(struct window_page));
}

void byte_window_release(struct byte_window *w)
{
    mem_free(w->pages);
    map_release(&w->map);
    range_list_release(&w->fresh);
    *w = (struct byte_window){0};
}

/* The page with POS, or NULL. */
static struct window_page *find(struct window_side *s, int64_t pos)
{
    struct byte_window *w = s->w;
    struct place p = {s, pos >> PAGE_BITS};

    if (s->last == MAP_NONE || w->pages[s->last].number != p.number) {
        uint32_t id = map_find(&w->map, hash_of(&p), is_at, w, &p);
        if (id == MAP_NONE)
            return NULL;
        s->last = id;
    }
    return &w->pages[s->last];
}

/* The sink's place moves to LIMIT; it gets what is kept on the way. */
static void hand_on(struct window_side *s, int64_t limit)
{
    struct range r;

    while (s->at < limit && range_set_find(&s->kept, s->at, &r) && r.from < limit) {
        int64_t from = r.from > s->at ? r.from : s->at, end = r.to < limit ? r.to : limit;
        int64_t room = PAGE_BYTES - (from & (PAGE_BYTES - 1));
        size_t n = (size_t)(end - from < room ? end - from : room);
        const struct window_page *page = find(s, from);
        if (page)
            s->w->sink(s, bytes_of(page->b + (from & (PAGE_BYTES - 1)), n));
        else /* inside a hole that RANGE_SET_MAX closed */
            s->broken = true;
        s->at = from + (int64_t)n;
    }
    if (s->at < limit)
        s->at = limit;
}

/* What lies below a SYN is none of the stream (track/tcp_dir.h). */
static int64_t low_end(const struct tcp_dir *d)
{
    return tcp_dir_isns(d) == 1 ? d->start : INT64_MIN;
}

static void begin(struct window_side *s)
{
    struct range first = {0, 0};

    (void)range_set_first(&s->kept, &first);
    if (s->at < first.from)
        s->at = first.from;
    s->begun = true;
}

static void give_up(struct byte_window *w, uint32_t id)
{
    struct window_page *page = &w->pages[id];
    struct window_side *s = page->owner;

    if (!s)
        return;
    int64_t end = (page->number + 1) * PAGE_BYTES;
    if (!s->begun)
        begin(s);
    if (s->at < end)
        hand_on(s, end);
    map_remove(&w->map, hash_of(&(struct place){s, page->number}), id);
    if (s->last == id)
        s->last = MAP_NONE;
    if (s->gone < end)
        s->gone = end;
    page->owner = NULL;
}

static void make(struct window_side *s, int64_t pos)
{
    struct byte_window *w = s->w;
    struct place p = {s, pos >> PAGE_BITS};
    uint32_t id = w->next;

    if (w->npages < w->max) {
        id = w->npages++;
    } else {
        give_up(w, id);
        w->next = id + 1 < w->max ? id + 1 : 0;
    }
    w->pages[id].owner = s;
    w->pages[id].number = p.number;
    map_put(&w->map, hash_of(&p), id);
    s->last = id;
}

/* Pages for all of R. Before R is kept: what they take the place of is handed on first, and R is no
 * part of that. */
static void prepare(struct window_side *s, struct range r)
{
    for (int64_t pos = r.from; pos < r.to; pos = (pos | (PAGE_BYTES - 1)) + 1)
        if (!find(s, pos))
            make(s, pos);
}

static uint64_t differing(struct window_side *s, int64_t pos, struct bytes data)
{
    uint64_t n = 0;

    while (data.n > 0) {
        size_t at = (size_t)(pos & (PAGE_BYTES - 1)), len = (size_t)PAGE_BYTES - at;
        const struct window_page *page = find(s, pos);
        len = len < data.n ? len : data.n;
        if (!page || pos < s->gone)
            s->w->uncompared += len;
        else if (memcmp(page->b + at, data.p, len) != 0)
            for (size_t i = 0; i < len; i++)
                n += page->b[at + i] != data.p[i];
        data = bytes_from(data, len);
        pos += (int64_t)len;
    }
    return n;
}

static void copy_in(struct window_side *s, int64_t pos, struct bytes data)
{
    while (data.n > 0) {
        size_t at = (size_t)(pos & (PAGE_BYTES - 1)), len = (size_t)PAGE_BYTES - at;
        struct window_page *page = find(s, pos);
        len = len < data.n ? len : data.n;
        if (page)
            memcpy(page->b + at, data.p, len);
        data = bytes_from(data, len);
        pos += (int64_t)len;
    }
}

/* Some of it is old: that is compared, the rest kept. */
static uint64_t mix_in(struct window_side *s, const struct tcp_dir *d, struct range r,
                       struct bytes data)
{
    uint64_t conflict = 0;
    int64_t at = r.from;

    for (size_t i = 0; i <= s->w->fresh.n; i++) {
        struct range new = i < s->w->fresh.n ? s->w->fresh.r[i] : (struct range){r.to, r.to};
        struct bytes tail = bytes_from(data, (size_t)(at - r.from));
        conflict += differing(s, at, bytes_head(tail, (size_t)(new.from - at)));
        tail = bytes_from(data, (size_t)(new.from - r.from));
        s->broken |= new.from < new.to && s->begun &&new.from<s->at &&new.to> low_end(d);
        copy_in(s, new.from, bytes_head(tail, (size_t)(new.to - new.from)));
        at = new.to;
    }
    return conflict;
}

static bool may_begin(const struct window_side *s, const struct tcp_dir *d)
{
    bool whole = tcp_dir_isns(d) == 1 && d->start == 0; /* from the SYN on */

    return whole || range_set_covered(&s->kept) >= START_BYTES;
}

static uint64_t offer(struct tcp_store *store, struct tcp_dir *d, int64_t pos, struct bytes data)
{
    struct window_side *s = CONTAINER_OF(store, struct window_side, store);
    struct range run, r = {pos, pos + (int64_t)data.n};
    uint64_t conflict = 0;

    if (!s->begun)
        s->at = low_end(d);
    prepare(s, r);
    if (range_set_append(&s->kept, r)) {
        copy_in(s, pos, data);
        if (s->begun &&
            s->at == pos) { /* the common case: in order, and while it is in the cache */
            s->w->sink(s, data);
            s->at = r.to;
            return 0;
        }
    } else {
        s->w->fresh.n = 0;
        range_set_add(&s->kept, r, &s->w->fresh);
        conflict = mix_in(s, d, r, data);
    }
    if (!s->begun && may_begin(s, d)) {
        begin(s);
        if (d->syn && d->start < s->at)
            s->at = d->start; /* what is missing at the start may still come */
    }
    if (s->begun && range_set_find(&s->kept, s->at, &run) && run.from <= s->at)
        hand_on(s, run.to);
    return conflict;
}

void window_side_init(struct window_side *s, struct byte_window *w)
{
    static const struct tcp_store_ops ops = {offer};

    *s = (struct window_side){.store = {&ops}, .w = w, .last = MAP_NONE};
    range_set_init(&s->kept);
}

void window_side_finish(struct window_side *s, const struct tcp_dir *d)
{
    struct range last;

    if (!range_set_last(&s->kept, &last))
        return;
    if (!s->begun) {
        s->at = low_end(d);
        begin(s);
    }
    hand_on(s, last.to);
}

void window_side_release(struct window_side *s)
{
    range_set_release(&s->kept);
}
