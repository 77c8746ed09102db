/* Digests of what was said in TCP streams. */
#include "base/mem.h"
#include "cli/scan_parts.h"
#include "crypto/hash.h"

#include <stdio.h>

/* One direction: the state of its digest while there may be more, the digest then. */
struct scan_side {
    struct window_side side;
    struct window_sink sink;
    struct sha256 *sha; /* NULL: not a byte yet */
    uint8_t sum[32];    /* valid when done */
    bool done;
};

struct scan_stream {
    struct scan_side at[2];
};

static void take_run(struct window_sink *sink, struct bytes b)
{
    struct scan_side *s = CONTAINER_OF(sink, struct scan_side, sink);

    if (!s->sha)
        s->sha = sha256_new();
    sha256_add(s->sha, b);
}

static void lend(void *ctx, struct tcp_stream *t)
{
    struct scan_digests *d = ctx;
    struct scan_stream *pair = mem_zalloc(sizeof(*pair)); /* its address stays */

    if (t->number >= d->cap) {
        d->cap = t->number * 2u + 16;
        d->of = mem_resize(d->of, d->cap, sizeof(struct scan_stream *));
    }
    d->of[t->number] = pair;
    d->n = t->number + (size_t)1;
    for (int i = 0; i < 2; i++) {
        struct scan_side *s = &pair->at[i];
        s->sink.run = take_run;
        window_side_init(&s->side, &d->window, &t->dir[i], &s->sink);
        t->dir[i].store = &s->side.store;
    }
}

void scan_digests_begin(struct scan *s)
{
    s->digests = mem_zalloc(sizeof(*s->digests));
    byte_window_init(&s->digests->window, SCAN_WINDOW);
    s->survey.lend = lend;
    s->survey.ctx = s->digests;
}

static void finish(struct scan_side *s)
{
    window_side_finish(&s->side);
    if (!s->sha) /* of nothing */
        s->sha = sha256_new();
    sha256_peek(s->sha, s->sum);
    sha256_free(s->sha);
    s->sha = NULL;
    s->done = true;
}

void scan_digests_finish(struct scan *s)
{
    for (size_t i = 0; i < s->digests->n; i++)
        for (int side = 0; side < 2; side++) {
            finish(&s->digests->of[i]->at[side]);
            s->survey.tcp.streams[i]->dir[side].store = NULL;
        }
    byte_window_release(&s->digests->window);
}

void scan_digests_release(struct scan *s)
{
    struct scan_digests *d = s->digests;

    if (!d)
        return;
    for (size_t i = 0; i < d->n; i++) {
        for (int side = 0; side < 2; side++) {
            window_side_release(&d->of[i]->at[side].side);
            sha256_free(d->of[i]->at[side].sha);
        }
        mem_free(d->of[i]);
    }
    mem_free(d->of);
    byte_window_release(&d->window);
    mem_free(d);
}

const char *scan_digest(const struct scan *s, uint32_t number, enum tcp_side side,
                        char out[static SCAN_DIGEST_TEXT])
{
    const struct scan_side *one = s->digests ? &s->digests->of[number]->at[side] : NULL;

    if (!one || !one->done || one->side.broken ||
        s->survey.tcp.streams[number]->dir[side].cut_packets)
        return NULL;
    for (size_t i = 0; i < sizeof(one->sum); i++)
        snprintf(out + 2 * i, 3, "%02x", one->sum[i]);
    return out;
}
