/* What became of streams and tunnel, for a person: the worst stream first. */
#include "base/mem.h"
#include "report/report_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEAR_NS INT64_C(2000000000) /* an event so near to a pause is told as its cause */

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

static void put_seconds(struct buf *out, int64_t ns)
{
    put_fixed(out, (double)ns / 1e9, 1);
    buf_adds(out, " s");
}

/* With commas between thousands. */
static void put_bytes(struct buf *out, uint64_t n)
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);

    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            buf_addc(out, ',');
        buf_addc(out, digits[i]);
    }
    buf_adds(out, n == 1 ? " byte" : " bytes");
}

/* What happened last before a pause, or as it began; NULL: nothing near. */
static const struct event_outcome *cause_of(const struct judgement *j, int64_t from)
{
    const struct event_outcome *best = NULL;

    for (size_t i = 0; i < j->nevents; i++) {
        const struct event_outcome *e = &j->events[i];
        if (e->time_ns && e->time_ns <= from + NEAR_NS && e->time_ns >= from - NEAR_NS &&
            (!best || e->time_ns >= best->time_ns))
            best = e;
    }
    return best;
}

/* The SA that was deleted, or last used, as the pause began. */
static const struct sa_outcome *sa_of(const struct judgement *j, int64_t from)
{
    const struct sa_outcome *best = NULL;

    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_outcome *s = &j->sas[i];
        if (s->packets && s->deleted && s->last_ns <= from + NEAR_NS &&
            s->last_ns >= from - NEAR_NS && (!best || s->last_ns > best->last_ns))
            best = s;
    }
    return best;
}

static void put_stall(struct buf *out, const struct judgement *j, const struct stream_outcome *s,
                      const struct way_outcome *w)
{
    const struct event_outcome *e = cause_of(j, w->stall_start_ns);
    const struct sa_outcome *sa = sa_of(j, w->stall_start_ns);
    bool over = strcmp(s->class_name, "SILENT_STALE") == 0 || strcmp(s->class_name, "TORN") == 0 ||
                strcmp(s->class_name, "RESTARTED") == 0;

    if (w->stall_max_ns < 1000000000)
        return;
    buf_adds(out, ", stalled ");
    put_seconds(out, w->stall_max_ns);
    buf_adds(out, " at ");
    put_clock(out, w->stall_start_ns);
    if (sa)
        buf_addf(out, " when SA 0x%x was deleted", (unsigned)sa->spi);
    else if (e)
        buf_addf(out, " (%s)", e->action);
    if (w->recovery_ns >= 0) {
        buf_adds(out, ", went on ");
        put_seconds(out, w->recovery_ns);
        buf_adds(out, " after the event");
    } else if (over) {
        buf_adds(out, ", never resumed");
    }
}

/* "download BO < HO: 53,947 bytes, stalled 36.2 s at 14:02:11.020 when SA 0x1a2b was deleted, never
 * resumed" of the direction that said more. */
static void put_main_way(struct buf *out, const struct judgement *j, const struct stream_outcome *s)
{
    bool down = s->to_bo.sent_unique_bytes + s->to_bo.delivered_unique_bytes >=
                s->to_ho.sent_unique_bytes + s->to_ho.delivered_unique_bytes;
    const struct way_outcome *w = down ? &s->to_bo : &s->to_ho;

    buf_addf(out, "%s %s %s %s: ", down ? "download" : "upload", s->bo, down ? "<-" : "->", s->ho);
    put_bytes(out, w->delivered_unique_bytes);
    if (w->lost_bytes) {
        buf_adds(out, " of ");
        put_bytes(out, w->sent_unique_bytes);
    }
    put_stall(out, j, s, w);
    if (w->altered_bytes)
        buf_addf(out, ", altered within %llu bytes", (unsigned long long)w->altered_bytes);
    const struct way_outcome *o = down ? &s->to_ho : &s->to_bo;
    if (o->lost_bytes) {
        buf_adds(out, "; the other way ");
        put_bytes(out, o->lost_bytes);
        buf_adds(out, " did not arrive");
    }
}

static void put_log(struct buf *out, const struct stream_outcome *s)
{
    const struct way_outcome *w =
        s->to_bo.stall_max_ns >= s->to_ho.stall_max_ns ? &s->to_bo : &s->to_ho;
    int64_t after = s->torn_ns - w->stall_start_ns;

    if (!s->torn)
        return;
    buf_addf(out, "; 302014 ");
    report_put_plain(bytes_str(s->torn), out);
    if (w->stall_max_ns >= 1000000000 && s->torn_ns && after >= 0) {
        buf_addc(out, ' ');
        put_seconds(out, after);
        buf_adds(out, " later");
    } else if (s->torn_ns) {
        buf_adds(out, " at ");
        put_clock(out, s->torn_ns);
    }
}

static void put_stream(struct buf *out, const struct judgement *j, const struct stream_outcome *s)
{
    buf_addf(out, "%-12s ", s->class_name);
    put_main_way(out, j, s);
    for (size_t i = 0; i < s->nresets && i < 3; i++) {
        buf_addf(out, "; reset by %s at ", s->resets[i].by);
        put_clock(out, s->resets[i].time_ns);
    }
    put_log(out, s);
    buf_addf(out, " (%s)\n", s->why);
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
        buf_addf(out, "sa 0x%08x %s to %s: ", (unsigned)s->spi, s->src, s->dst);
        if (s->moved_dst) {
            buf_addf(out, "%s to %s from ", s->moved_src, s->moved_dst);
            put_clock(out, s->moved_ns);
            buf_adds(out, " on, ");
        }
        buf_addf(out, "%llu packets, %llu missing", (unsigned long long)s->packets,
                 (unsigned long long)s->missing);
        if (s->packets) {
            buf_adds(out, ", ");
            put_clock(out, s->first_ns);
            buf_adds(out, " to ");
            put_clock(out, s->last_ns);
        }
        if (s->rekeys)
            buf_addf(out, ", in place of 0x%08x", (unsigned)s->old_spi);
        buf_adds(out, s->deleted ? ", deleted" : "");
        if (s->down_ns) {
            buf_adds(out, " at ");
            put_clock(out, s->down_ns);
        }
        buf_addc(out, '\n');
    }
}

/* What opened messages say of SAs; the rest is in --json. */
static void put_ikes(struct buf *out, const struct judgement *j)
{
    for (size_t i = 0; i < j->nikes; i++) {
        const struct ike_outcome *m = &j->ikes[i];
        if (!m->matters)
            continue;
        buf_adds(out, "ike ");
        put_clock(out, m->time_ns);
        buf_addf(out, " %s to %s, %s%s: %s\n", m->src, m->dst, m->exchange,
                 m->is_response ? " answer" : "", m->contents);
    }
}

/* The streams that are asked for, worst first; mem_free. */
static const struct stream_outcome **pick(const struct judgement *j,
                                          const struct report_streams *which, size_t *n)
{
    const struct stream_outcome **list =
        mem_array(j->nstreams + 1, sizeof(const struct stream_outcome *));

    *n = 0;
    for (size_t i = 0; i < j->nstreams; i++) {
        const struct stream_outcome *s = &j->streams[i];
        bool asked = !which->only || strstr(s->bo, which->only) || strstr(s->ho, which->only);
        bool held = strcmp(s->class_name, "CONTINUOUS") == 0;
        if (s->is_tcp && asked && !(which->quiet && held))
            list[(*n)++] = s;
    }
    qsort(list, *n, sizeof(*list), worse_first);
    return list;
}

static void put_notes(struct buf *out, const struct judgement *j, bool quiet)
{
    for (size_t i = 0; i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        if (quiet && f->verdict == VERDICT_PASS)
            continue;
        buf_addf(out, "%s ", f->verdict == VERDICT_PASS ? "note:" : "narrowed:");
        report_put_plain(bytes_str(f->message), out);
        buf_addc(out, '\n');
    }
}

void report_text_streams(const struct judgement *j, const struct report_streams *which,
                         struct buf *out)
{
    size_t n;
    const struct stream_outcome **list = pick(j, which, &n);

    for (size_t i = 0; i < n; i++)
        put_stream(out, j, list[i]);
    if (!which->quiet) {
        put_events(out, j);
        put_sas(out, j);
        put_ikes(out, j);
    }
    put_notes(out, j, which->quiet);
    if (n == 0 && !which->quiet)
        buf_adds(out, which->only ? "no TCP stream of that address\n" : "no TCP stream\n");
    mem_free(list);
}

static void put_csv_way(struct buf *out, const struct way_outcome *w)
{
    buf_addf(out, ",%llu,%llu,%llu,%llu,", (unsigned long long)w->sent_unique_bytes,
             (unsigned long long)w->delivered_unique_bytes, (unsigned long long)w->lost_bytes,
             (unsigned long long)w->altered_bytes);
    put_fixed(out, (double)w->stall_max_ns / 1e9, 3);
}

/* RFC 4180, 2: in quotes, those inside twice. */
static void put_csv_text(struct buf *out, const char *text)
{
    buf_adds(out, ",\"");
    for (const char *c = text ? text : ""; *c; c++) {
        if (*c == '"')
            buf_addc(out, '"');
        if ((unsigned char)*c >= ' ')
            buf_addc(out, *c);
    }
    buf_addc(out, '"');
}

void report_csv_streams(const struct judgement *j, const struct report_streams *which,
                        struct buf *out)
{
    size_t n;
    const struct stream_outcome **list = pick(j, which, &n);

    buf_adds(out, "class,bo,ho,to_bo_sent,to_bo_delivered,to_bo_lost,to_bo_altered,to_bo_stall_s,"
                  "to_ho_sent,to_ho_delivered,to_ho_lost,to_ho_altered,to_ho_stall_s,resets,"
                  "torn_log,why\r\n");
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "%s,%s,%s", list[i]->class_name, list[i]->bo, list[i]->ho);
        put_csv_way(out, &list[i]->to_bo);
        put_csv_way(out, &list[i]->to_ho);
        buf_addf(out, ",%zu", list[i]->nresets);
        put_csv_text(out, list[i]->torn);
        put_csv_text(out, list[i]->why);
        buf_adds(out, "\r\n");
    }
    mem_free(list);
}
