/* Notes and pauses in order, for those who look for events. */
#include "base/hash.h"
#include "base/mem.h"
#include "judge/history_parts.h"

#include <stdlib.h>

static int by_time(const void *a, const void *b)
{
    const struct ike_note *x = a, *y = b;

    if (x->ns != y->ns)
        return x->ns < y->ns ? -1 : 1;
    return (x->packet > y->packet) - (x->packet < y->packet);
}

static int by_from(const void *a, const void *b)
{
    const struct history_span *x = a, *y = b;

    return (x->from > y->from) - (x->from < y->from);
}

static uint64_t spi_hash(const uint8_t *spi_i)
{
    return hash_bytes(bytes_of(spi_i, ISAKMP_COOKIE_LEN), 0);
}

static bool has_spi(const void *ctx, uint32_t id, const void *key)
{
    const struct history *h = ctx;

    return memcmp(h->ikes[id].spi_i, key, ISAKMP_COOKIE_LEN) == 0;
}

const struct ike_note *history_first(const struct history *h, const uint8_t *spi_i)
{
    uint32_t id = map_find(&h->by_spi, spi_hash(spi_i), has_spi, h, spi_i);

    return id == MAP_NONE ? NULL : &h->ikes[id];
}

static void merge_pauses(struct history *h)
{
    const struct history_spans *p = &h->pauses;
    struct history_spans *s = &h->still;

    s->v = mem_array(p->n + 1, sizeof(*s->v));
    for (size_t i = 0; i < p->n; i++) {
        struct history_span *last = s->n ? &s->v[s->n - 1] : NULL;
        if (!last || p->v[i].from > last->to)
            s->v[s->n++] = p->v[i];
        else if (p->v[i].to > last->to)
            last->to = p->v[i].to;
    }
}

/* The first message of each IKE SA, and whether there came to be one: whoever asks for it without
 * meaning it gets no encrypted answer. */
static void index_ikes(struct history *h)
{
    for (size_t i = 0; i < h->nikes; i++) {
        struct ike_note *n = &h->ikes[i];
        uint32_t id = map_find(&h->by_spi, spi_hash(n->spi_i), has_spi, h, n->spi_i);

        n->first = id == MAP_NONE;
        if (n->first)
            map_put(&h->by_spi, spi_hash(n->spi_i), (uint32_t)i);
        else if (n->sealed && !ip_addr_eq(&n->src, &h->ikes[id].src))
            h->ikes[id].came_about = true;
    }
}

void history_index(struct history *h)
{
    if (h->nikes)
        qsort(h->ikes, h->nikes, sizeof(*h->ikes), by_time);
    index_ikes(h);
    if (h->pauses.n)
        qsort(h->pauses.v, h->pauses.n, sizeof(*h->pauses.v), by_from);
    merge_pauses(h);
}

const struct ike_note *history_find(const struct history *h, bool (*is)(const struct ike_note *),
                                    int64_t from, int64_t to)
{
    size_t lo = 0, hi = h->nikes;

    while (lo < hi) { /* the first one at or after FROM */
        size_t mid = lo + (hi - lo) / 2;
        if (h->ikes[mid].ns < from)
            lo = mid + 1;
        else
            hi = mid;
    }
    for (size_t i = lo; i < h->nikes && h->ikes[i].ns <= to; i++)
        if (is(&h->ikes[i]))
            return &h->ikes[i];
    return NULL;
}

bool hunt_stood_still(const struct history *h, int64_t from, int64_t to)
{
    size_t lo = 0, hi = h->still.n;

    while (lo < hi) { /* the first pause that ends after FROM: they do not overlap */
        size_t mid = lo + (hi - lo) / 2;
        if (h->still.v[mid].to > from)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo < h->still.n && h->still.v[lo].from < to;
}
