/* accounts="yes": what a teardown message says of its connection, held against what was seen of it.
 *
 *   number    the one that its 302013 (302015) gave
 *   duration  the time between the two messages; devices cut it to whole seconds
 *   bytes     payload of both directions: no fewer than what had arrived by then, no more than all
 *             copies that had been sent
 */
#include "judge/judge_parts.h"

#define CLOCK_NS INT64_C(1000000000) /* whole seconds, and the messages' own way */

static const struct log_record *built_as(const struct jflow *f, int site, uint64_t connection)
{
    for (size_t i = 0; i < f->nbuilt && i < RECORDS_MAX; i++)
        if (f->built[i].site == site && f->built[i].connection == connection)
            return &f->built[i];
    return NULL;
}

static const struct log_record *built_last(const struct jflow *f, int site)
{
    const struct log_record *last = NULL;

    for (size_t i = 0; i < f->nbuilt && i < RECORDS_MAX; i++)
        if (f->built[i].site == site)
            last = &f->built[i];
    return last;
}

static void count_bytes(const struct jflow *f, uint64_t *least, uint64_t *most)
{
    *least = *most = 0;
    for (int s = 0; s < SITES; s++) {
        const struct flow_dir *sent = &f->on[s][s], *came = &f->on[!s][s];
        *least += f->proto == IP_TCP ? tcp_dir_unique_bytes(&came->tcp) : came->datagram_bytes;
        *most += f->proto == IP_TCP ? sent->tcp.data_bytes : sent->datagram_bytes;
    }
}

static const char *say(struct judge *j, const char *fmt, ...) PRINTF_LIKE(2, 3);

static const char *say(struct judge *j, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(&b, fmt, ap);
    va_end(ap);
    const char *s = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static const char *misses_duration(struct judge *j, const struct log_record *b,
                                   const struct asa_log *log)
{
    int64_t lived = j->rec.time_ns - b->time_ns;
    int64_t said =
        log->has_duration && log->duration_s < INT32_MAX ? (int64_t)log->duration_s * CLOCK_NS : -1;

    if (said >= 0 && said <= lived + CLOCK_NS && said >= lived - 2 * CLOCK_NS)
        return NULL;
    return say(j, "its %u, packet %llu, came %.3f s before", b->id, (unsigned long long)b->packet,
               seconds(lived));
}

static const char *misses_bytes(struct judge *j, const struct jflow *f, const struct asa_log *log)
{
    uint64_t least, most;

    count_bytes(f, &least, &most);
    if (log->has_bytes && log->bytes >= least && log->bytes <= most)
        return NULL;
    return say(j, "%llu bytes had arrived, and %llu had been sent with all copies",
               (unsigned long long)least, (unsigned long long)most);
}

const char *log_misaccount(struct judge *j, int site, const struct asa_log *log,
                           const struct jflow *f)
{
    const struct log_record *b = built_as(f, site, log->connection), *last = built_last(f, site);

    if (!last)
        return NULL; /* log_distrust says so */
    if (!b)
        return say(j, "its %u, packet %llu, gave it the number %llu", last->id,
                   (unsigned long long)last->packet, (unsigned long long)last->connection);
    const char *why = misses_duration(j, b, log);
    return why ? why : misses_bytes(j, f, log);
}
