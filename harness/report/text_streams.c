/* What became of streams and tunnel, for a person: the worst stream first. */
#include "base/mem.h"
#include "report/report_parts.h"

#include <stdlib.h>
#include <string.h>

static int rank(const char *class_name)
{
    static const char *const order[] = {"SILENT_STALE", "TORN",      "RESTARTED", "UNKNOWN",
                                        "UNFINISHED",   "RECOVERED", "CONTINUOUS"};
    int i = 0;

    while (i < (int)COUNT(order) && strcmp(order[i], class_name) != 0)
        i++;
    return i;
}

static uint64_t bytes_of_stream(const struct stream_outcome *s)
{
    return s->to_bo.sent_unique_bytes + s->to_ho.sent_unique_bytes;
}

static int worse_first(const void *a, const void *b)
{
    const struct stream_outcome *const *x = a, *const *y = b;
    int d = rank((*x)->class_name) - rank((*y)->class_name);
    uint64_t m = bytes_of_stream(*x), n = bytes_of_stream(*y);

    if (d)
        return d;
    return (m < n) - (m > n);
}

/* Since the first event or packet there is no clock a reader would know: seconds of the day, UTC.
 */
static void put_clock(struct buf *out, int64_t ns)
{
    int64_t s = ns / 1000000000 % 86400;

    buf_addf(out, "%02d:%02d:%02d.%03d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60),
             (int)(ns / 1000000 % 1000));
}

static void put_way(struct buf *out, const char *name, const struct way_outcome *w)
{
    if (!w->sent_unique_bytes && !w->delivered_unique_bytes)
        return;
    buf_addf(out, "; %s %llu of %llu bytes", name, (unsigned long long)w->delivered_unique_bytes,
             (unsigned long long)(w->has_sent ? w->sent_unique_bytes : w->delivered_unique_bytes));
    if (w->stall_max_ns >= 1000000000) {
        buf_adds(out, ", stalled ");
        put_fixed(out, (double)w->stall_max_ns / 1e9, 1);
        buf_adds(out, " s at ");
        put_clock(out, w->stall_start_ns);
        if (w->recovery_ns >= 0) {
            buf_adds(out, ", went on ");
            put_fixed(out, (double)w->recovery_ns / 1e9, 1);
            buf_adds(out, " s after the event");
        }
    }
    if (w->altered_bytes)
        buf_addf(out, ", altered within %llu bytes", (unsigned long long)w->altered_bytes);
}

static void put_stream(struct buf *out, const struct stream_outcome *s)
{
    buf_addf(out, "%-12s %s - %s", s->class_name, s->bo, s->ho);
    put_way(out, "HO to BO", &s->to_bo);
    put_way(out, "BO to HO", &s->to_ho);
    for (size_t i = 0; i < s->nresets && i < 3; i++) {
        buf_addf(out, "; reset by %s at ", s->resets[i].by);
        put_clock(out, s->resets[i].time_ns);
    }
    buf_addf(out, "\n             %s\n", s->why);
}

static void put_events(struct buf *out, const struct judgement *j)
{
    for (size_t i = 0; i < j->nevents; i++) {
        const struct event_outcome *e = &j->events[i];
        buf_addf(out, "event %s: ", e->id);
        if (e->time_ns)
            put_clock(out, e->time_ns);
        buf_addf(out, " %s (%s)\n", e->action, e->source);
    }
}

static void put_sas(struct buf *out, const struct judgement *j)
{
    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_outcome *s = &j->sas[i];
        buf_addf(out, "sa 0x%08x %s to %s: %llu packets, %llu missing", (unsigned)s->spi, s->src,
                 s->dst, (unsigned long long)s->packets, (unsigned long long)s->missing);
        if (s->packets) {
            buf_adds(out, ", ");
            put_clock(out, s->first_ns);
            buf_adds(out, " to ");
            put_clock(out, s->last_ns);
        }
        buf_adds(out, s->deleted ? ", deleted\n" : "\n");
    }
}

void report_text_streams(const struct judgement *j, struct buf *out)
{
    const struct stream_outcome **list =
        mem_array(j->nstreams + 1, sizeof(const struct stream_outcome *));
    size_t n = 0;

    for (size_t i = 0; i < j->nstreams; i++)
        if (j->streams[i].is_tcp)
            list[n++] = &j->streams[i];
    qsort(list, n, sizeof(*list), worse_first);
    for (size_t i = 0; i < n; i++)
        put_stream(out, list[i]);
    put_events(out, j);
    put_sas(out, j);
    if (n == 0)
        buf_adds(out, "no TCP stream\n");
    mem_free(list);
}
