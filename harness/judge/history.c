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
    map_init(&h->by_spi);
    ike_story_init(&h->story);
    return h;
}

void history_free(struct history *h)
{
    if (!h)
        return;
    ike_story_release(&h->story);
    mem_free(h->ikes);
    map_release(&h->by_spi);
    mem_free(h->pauses.v);
    mem_free(h->still.v);
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

enum err history_key(struct history *h, const struct ike_table_row *row)
{
    h->story.has_keys = true;
    return ike_tap_key(h->story.tap, row);
}

/* What is inside, as far as it can be known. */
static void open_ike(struct judge *j, const struct isakmp_hdr *m, const struct ip *ip,
                     struct bytes message, struct ike_note *n)
{
    struct ike_story *s = &j->history->story;
    struct ike_tap_clear clear;
    struct ike_said said;
    struct buf text = BUF_INIT;
    enum err e = ike_tap_open(s->tap, message, &clear);

    n->again = e == ERR_REPLAY;
    n->sealed = e ? e != ERR_REPLAY : clear.sealed;
    if (n->sealed && e != ERR_END) {
        s->sealed++;
        s->opened += !e;
        s->no_key += e == ERR_NOTFOUND;
        s->no_phase1 += e == ERR_STATE;
    }
    if (e)
        return;
    ike_read(m, clear.next, clear.payloads, &said, &text);
    n->opened = clear.sealed;
    n->matters = clear.sealed && (said.offers_child || said.offers_ike || said.ndeleted ||
                                  said.deletes_ike || said.fails);
    n->text = arena_strdup(j->arena, buf_str(&text));
    buf_release(&text);
    if (clear.sealed) /* what anybody may have written is believed by nobody */
        ike_story_take(j, m, ip, &said);
}

void history_ike(struct judge *j, const struct isakmp_hdr *m, const struct ip *ip,
                 struct bytes message)
{
    struct history *h = j->history;
    struct ike_note n;

    if (!h)
        return;
    n = (struct ike_note){.ns = j->rec.time_ns,
                          .version = isakmp_major(m),
                          .exchange = m->exchange,
                          .flags = m->flags,
                          .message_id = m->message_id,
                          .packet = j->rec.packet,
                          .src = ip->src,
                          .dst = ip->dst};
    if (h->nikes == HISTORY_NOTES) {
        h->more_ikes++;
        return;
    }
    memcpy(n.spi_i, m->cookie_i, sizeof(n.spi_i));
    memcpy(n.spi_r, m->cookie_r, sizeof(n.spi_r));
    open_ike(j, m, ip, message, &n);
    if (h->nikes == h->cap_ikes) {
        h->cap_ikes = h->cap_ikes ? h->cap_ikes * 2 : 64;
        h->ikes = mem_resize(h->ikes, h->cap_ikes, sizeof(*h->ikes));
    }
    h->ikes[h->nikes++] = n;
}

void history_pause(struct judge *j, int64_t from, int64_t to)
{
    if (j->history && to - from >= PAUSE_NS)
        add_span(&j->history->pauses, (struct history_span){from, to});
}
