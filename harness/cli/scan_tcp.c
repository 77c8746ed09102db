/* Digests of what was said in TCP streams. */
#include "base/hex.h"
#include "base/mem.h"
#include "cli/scan_parts.h"
#include "crypto/hash.h"

/* One direction with bytes: the state of its digest while there may be more, the digest then. */
struct scan_side {
    struct window_side side;
    union {
        struct sha256 sha;
        uint8_t sum[32];
    };
};

static struct scan_side *side_of(const struct tcp_dir *d)
{
    return CONTAINER_OF(d->store, struct scan_side, side.store);
}

static void take_run(struct window_side *side, struct bytes b)
{
    sha256_add(&CONTAINER_OF(side, struct scan_side, side)->sha, b);
}

/* What a direction is lent until its first byte comes: most have none, some are a flood. */
static uint64_t begin_side(struct tcp_store *none, struct tcp_dir *d, int64_t pos,
                           struct bytes data)
{
    struct scan_digests *all = CONTAINER_OF(none, struct scan_digests, none);
    struct scan_side *s = arena_alloc(&all->arena, sizeof(*s)); /* its address stays */

    window_side_init(&s->side, &all->window);
    sha256_begin(&s->sha);
    d->store = &s->side.store;
    return d->store->ops->offer(d->store, d, pos, data);
}

static void lend(void *ctx, struct tcp_stream *t)
{
    struct scan_digests *d = ctx;

    t->dir[0].store = t->dir[1].store = &d->none;
}

void scan_digests_begin(struct scan *s)
{
    static const struct tcp_store_ops ops = {begin_side};

    s->digests = mem_zalloc(sizeof(*s->digests));
    s->digests->none.ops = &ops;
    arena_init(&s->digests->arena);
    byte_window_init(&s->digests->window, SCAN_WINDOW, take_run);
    s->survey.lend = lend;
    s->survey.ctx = s->digests;
}

/* Calls DO with each direction that had bytes. */
static void each_side(struct scan *s,
                      void (*to_do)(struct scan_side *side, const struct tcp_dir *d))
{
    for (size_t i = 0; i < s->survey.tcp.count; i++)
        for (int side = 0; side < 2; side++) {
            const struct tcp_dir *d = &s->survey.tcp.streams[i]->dir[side];
            if (d->store && d->store != &s->digests->none)
                to_do(side_of(d), d);
        }
}

static void finish(struct scan_side *s, const struct tcp_dir *d)
{
    window_side_finish(&s->side, d);
    sha256_end(&s->sha, s->sum);
}

void scan_digests_finish(struct scan *s)
{
    each_side(s, finish);
    byte_window_release(&s->digests->window);
    s->digests->done = true;
}

static void release(struct scan_side *s, const struct tcp_dir *d)
{
    (void)d;
    window_side_release(&s->side);
}

void scan_digests_release(struct scan *s)
{
    if (!s->digests)
        return;
    each_side(s, release);
    byte_window_release(&s->digests->window);
    arena_release(&s->digests->arena);
    mem_free(s->digests);
}

static void sum_of_nothing(uint8_t out[static 32])
{
    struct sha256 sha;

    sha256_begin(&sha);
    sha256_end(&sha, out);
}

const char *scan_digest(const struct scan *s, uint32_t number, enum tcp_side side,
                        char out[static SCAN_DIGEST_TEXT])
{
    const struct tcp_dir *d = &s->survey.tcp.streams[number]->dir[side];
    uint8_t sum[32];

    if (!s->digests || !s->digests->done || tcp_dir_odd(d)->cut_packets)
        return NULL;
    if (d->store == &s->digests->none)
        sum_of_nothing(sum);
    else if (side_of(d)->side.broken)
        return NULL;
    else
        memcpy(sum, side_of(d)->sum, sizeof(sum));
    return hex_format(bytes_of(sum, sizeof(sum)), out);
}
