/* What is remembered of the WAN and of pauses, for history_events.c. */
#include "base/mem.h"
#include "judge/history_parts.h"

#include <string.h>

#define BUCKET_NS    INT64_C(1000000000)
#define DISORDER_MIN 5 /* packets out of sequence in a bucket: worth telling */

struct history *history_new(void)
{
    struct history *h = mem_zalloc(sizeof(*h));

    h->bucket_ns = NEVER;
    return h;
}

void history_free(struct history *h)
{
    if (!h)
        return;
    mem_free(h->ikes);
    mem_free(h->pauses.v);
    mem_free(h->disorders.v);
    mem_free(h);
}

static void add_span(struct history_spans *s, struct history_span span)
{
    if (s->n == HISTORY_NOTES) {
        s->more++;
        return;
    }
    if (s->n == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 64;
        s->v = mem_resize(s->v, s->cap, sizeof(*s->v));
    }
    s->v[s->n++] = span;
}

/* Disorder that follows within a few seconds is the same. */
static void add_disorder(struct history *h, int64_t now)
{
    struct history_spans *d = &h->disorders;

    if (d->n && now - d->v[d->n - 1].to <= 5 * BUCKET_NS)
        d->v[d->n - 1].to = now;
    else
        add_span(d, (struct history_span){h->bucket_ns, now});
}

static void take_disorder(struct history *h, int64_t now)
{
    if (h->bucket_ns == NEVER || now - h->bucket_ns >= BUCKET_NS) {
        h->bucket_ns = now;
        h->in_bucket = 0;
    }
    if (++h->in_bucket == DISORDER_MIN)
        add_disorder(h, now);
}

void history_esp(struct judge *j, bool disorder)
{
    struct history *h = j->history;

    if (h && disorder)
        take_disorder(h, j->rec.time_ns);
}

void history_ike(struct judge *j, const struct isakmp_hdr *m)
{
    struct history *h = j->history;

    if (!h)
        return;
    if (h->nikes == HISTORY_NOTES) {
        h->more_ikes++;
        return;
    }
    if (h->nikes == h->cap_ikes) {
        h->cap_ikes = h->cap_ikes ? h->cap_ikes * 2 : 64;
        h->ikes = mem_resize(h->ikes, h->cap_ikes, sizeof(*h->ikes));
    }
    struct ike_note *n = &h->ikes[h->nikes++];
    *n = (struct ike_note){.ns = j->rec.time_ns,
                           .version = isakmp_major(m),
                           .exchange = m->exchange,
                           .flags = m->flags,
                           .message_id = m->message_id};
    memcpy(n->spi_i, m->cookie_i, sizeof(n->spi_i));
}

void history_pause(struct judge *j, int64_t from, int64_t to)
{
    if (j->history && to - from >= PAUSE_NS)
        add_span(&j->history->pauses, (struct history_span){from, to});
}
