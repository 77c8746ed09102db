#include "gateway/syslog.h"

#include "base/mem.h"
#include "gateway/log_filter.h"
#include "gateway/log_forms.h"
#include "gateway/log_ring.h"
#include "gateway/log_stamp.h"
#include "gateway/syslog_parts.h"

#include <stdarg.h>
#include <stdio.h>

static const struct gw_message messages[] = {
#define X(id, level, class, limit) {id, level, class, limit},
    GW_MESSAGES(X)
#undef X
};

#define CONSOLE_BYTES (64u << 10) /* shown late at most; more is lost, as on a slow line */
#define RECORD_BYTES  320         /* room in the queue per record: more than most need */

const struct gw_message *gw_message_find(uint32_t id)
{
    size_t lo = 0, hi = COUNT(messages); /* the table is in order of numbers */

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (messages[mid].id == id)
            return &messages[mid];
        if (messages[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

struct gw_syslog *gw_syslog_new(const struct gw_config *cfg, const struct clock *clk,
                                int64_t epoch_s)
{
    struct gw_syslog *s = mem_zalloc(sizeof(*s));

    _Static_assert(COUNT(messages) <= GW_MESSAGE_ROWS, "one place per row in `last`");
    s->cfg = cfg;
    s->clk = clk;
    s->epoch_s = epoch_s;
    gw_syslog_reset(s);
    return s;
}

void gw_syslog_free(struct gw_syslog *s)
{
    if (!s)
        return;
    log_ring_release(&s->queue);
    log_ring_release(&s->buffer);
    buf_release(&s->out);
    buf_release(&s->line);
    buf_release(&s->console);
    mem_free(s);
}

void gw_syslog_reset(struct gw_syslog *s)
{
    log_ring_release(&s->queue);
    log_ring_release(&s->buffer);
    s->queue_size = s->buffer_size = 0;
    memset(s->to, 0, sizeof(s->to));
    s->channels = (struct gw_syslog_channels){0};
    buf_clear(&s->console);
    log_rates_reset(&s->rates);
    s->counters = (struct gw_syslog_counters){0};
    memset(s->hosts, 0, sizeof(s->hosts));
    for (size_t i = 0; i < GW_MESSAGE_ROWS; i++)
        s->last[i] = (struct mono){INT64_MIN};
}

void gw_syslog_clear_buffer(struct gw_syslog *s)
{
    if (s->buffer.mem)
        log_ring_clear(&s->buffer);
}

void gw_syslog_counters(const struct gw_syslog *s, struct gw_syslog_counters *out)
{
    *out = s->counters;
}

void gw_syslog_ignore_limits(struct gw_syslog *s)
{
    s->unlimited = true;
}

/* The level ID is logged at, or -1 when it is switched off. */
static int level_of(const struct gw_syslog *s, const struct gw_message *m)
{
    const struct gw_logging *l = &s->cfg->logging;

    for (size_t i = 0; i < l->nmessages; i++) {
        if (l->messages[i].id != m->id)
            continue;
        if (l->messages[i].disabled && !s->unlimited)
            return -1;
        return l->messages[i].level >= 0 ? l->messages[i].level : m->level;
    }
    return m->level;
}

/* The destinations ID goes to, as bits. */
static unsigned wanted(const struct gw_syslog *s, uint32_t id, const struct gw_message **m,
                       int *level)
{
    const struct gw_logging *l = &s->cfg->logging;

    if (!s->cfg->profile->tag || !log_filter_any(l)) /* its messages are others */
        return 0;
    *m = gw_message_find(id);
    if (!*m)
        bug("log message is no row of GW_MESSAGES");
    *level = level_of(s, *m);
    struct log_subject subject = {id, *level, (*m)->class};
    return *level >= 0 ? log_filter(l, &subject) : 0;
}

bool gw_log_wants(const struct gw_syslog *s, uint32_t id)
{
    const struct gw_message *m;
    int level;

    return wanted(s, id, &m, &level) != 0;
}

struct gw_syslog_channels *gw_syslog_channels(struct gw_syslog *s)
{
    return &s->channels;
}

struct log_forms gw_syslog_forms(const struct gw_syslog *s)
{
    return log_forms_of(s->cfg);
}

const char *gw_syslog_user(const struct gw_syslog *s, const char *user)
{
    return s->cfg->logging.hide_username ? "*****" : user;
}

static bool rate_limited(struct gw_syslog *s, const struct gw_message *m, int level,
                         struct mono now)
{
    struct log_subject subject = {m->id, level, m->class};
    struct mono *last = &s->last[m - messages];

    if (m->limit_s && last->ns != INT64_MIN && now.ns - last->ns < SPAN_S(m->limit_s).ns) {
        s->counters.limited++;
        return true;
    }
    if (!s->unlimited && log_rates_exceeded(&s->rates, &s->cfg->logging, &subject, now)) {
        s->counters.limited++;
        return true;
    }
    *last = now;
    return false;
}

/* The rings take the sizes that are configured now. */
static void fit_queue(struct gw_syslog *s)
{
    uint32_t want = s->cfg->logging.queue;

    if (want == 0 || want > GW_LOG_QUEUE_MAX)
        want = GW_LOG_QUEUE_MAX;
    if (!s->queue.mem)
        log_ring_init(&s->queue, (size_t)want * RECORD_BYTES, want);
    else if (s->queue_size != want)
        log_ring_resize(&s->queue, (size_t)want * RECORD_BYTES, want);
    else
        return;
    s->queue_size = want;
    for (size_t i = 0; i < GW_LOG_HOSTS; i++)
        s->hosts[i].place = log_ring_seek(&s->queue, s->hosts[i].place.seq);
}

static void fit_buffer(struct gw_syslog *s)
{
    uint32_t want = s->cfg->logging.buffer_size;

    if (!s->buffer.mem)
        log_ring_init(&s->buffer, want, want);
    else if (s->buffer_size != want)
        log_ring_resize(&s->buffer, want, want);
    s->buffer_size = want;
}

static bool same_host(const struct gw_log_host *a, const struct gw_log_host *b)
{
    return ip_addr_eq(&a->addr, &b->addr) && a->port == b->port && a->tcp == b->tcp &&
           strcmp(a->nameif, b->nameif) == 0;
}

/* Gives every configured host its place in the queue: one that is new begins at the end. */
static void sync_hosts(struct gw_syslog *s)
{
    const struct gw_logging *l = &s->cfg->logging;
    size_t n = l->nhosts < GW_LOG_HOSTS ? l->nhosts : GW_LOG_HOSTS;

    for (size_t i = 0; i < n; i++) {
        if (s->hosts[i].used && same_host(&s->hosts[i].host, &l->hosts[i]))
            continue;
        size_t from = i;
        while (from < GW_LOG_HOSTS &&
               !(s->hosts[from].used && same_host(&s->hosts[from].host, &l->hosts[i])))
            from++;
        struct gw_log_reader moved = {.used = true, .place = log_ring_end(&s->queue)};
        if (from < GW_LOG_HOSTS) {
            moved = s->hosts[from];
            s->hosts[from] = s->hosts[i];
        }
        moved.host = l->hosts[i];
        s->hosts[i] = moved;
    }
    for (size_t i = n; i < GW_LOG_HOSTS && s->hosts[i].used; i++)
        s->hosts[i] = (struct gw_log_reader){0};
}

static void put_queue(struct gw_syslog *s, const struct gw_log_meta *meta, struct bytes text)
{
    fit_queue(s);
    sync_hosts(s);
    log_ring_put(&s->queue, bytes_of(meta, sizeof(*meta)), text);
}

static void add_tag(const struct gw_syslog *s, const struct gw_log_meta *meta, bool emblem,
                    struct buf *out)
{
    struct log_forms f = log_forms_of(s->cfg);

    if (emblem) {
        gw_log_stamp_emblem(s->cfg, meta->unix_s, out);
        buf_addf(out, "%%%s-%s-%d-%u", f.tag, gw_message_find(meta->id)->class, meta->level,
                 meta->id);
    } else {
        gw_log_stamp(s->cfg, meta->unix_s, out);
        buf_addf(out, "%%%s-%d-%u", f.tag, meta->level, meta->id);
    }
    buf_adds(out, log_separator_text(s->separator));
}

static void put_buffer(struct gw_syslog *s, const struct gw_log_meta *meta, struct bytes text)
{
    fit_buffer(s);
    buf_clear(&s->line);
    add_tag(s, meta, s->cfg->logging.emblem, &s->line);
    log_ring_put(&s->buffer, buf_bytes(&s->line), text);
}

static void put_console(struct gw_syslog *s, const struct gw_log_meta *meta, struct bytes text)
{
    if (s->console.n > CONSOLE_BYTES)
        return;
    add_tag(s, meta, s->cfg->logging.emblem, &s->console);
    buf_add(&s->console, text.p, text.n);
    buf_addc(&s->console, '\n');
}

void gw_syslog_take_console(struct gw_syslog *s, struct buf *out)
{
    buf_add(out, s->console.s, s->console.n);
    buf_clear(&s->console);
}

void gw_syslog_set_separator(struct gw_syslog *s, bool colon, bool blank)
{
    s->separator = colon && blank ? LOG_COLON_BLANK : colon ? LOG_COLON : LOG_BLANK;
}

static void put(struct gw_syslog *s, unsigned to, const struct gw_log_meta *meta, struct bytes text)
{
    if (to & 1u << GW_LOG_TO_TRAP)
        put_queue(s, meta, text);
    if (to & 1u << GW_LOG_TO_BUFFER)
        put_buffer(s, meta, text);
    if (to & 1u << GW_LOG_TO_CONSOLE)
        put_console(s, meta, text);
    for (size_t d = 0; d < GW_LOG_DESTINATION_COUNT; d++)
        s->to[d] += to >> d & 1;
    s->counters.logged++;
}

void gw_log(struct gw_syslog *s, uint32_t id, const char *fmt, ...)
{
    const struct gw_message *m;
    struct mono now = clock_now(s->clk);
    char text[GW_LOG_RECORD_MAX];
    va_list ap;
    int level;
    unsigned to = wanted(s, id, &m, &level);

    if (!to || rate_limited(s, m, level, now))
        return;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    size_t len = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)text[i] < ' ') /* one record is one line */
            text[i] = ' ';
    }
    struct gw_log_meta meta = {
        .id = id, .level = level, .unix_s = s->epoch_s + now.ns / 1000000000};
    put(s, to, &meta, bytes_of(text, len));
}

static void format_record(struct gw_syslog *s, const struct gw_log_host *host, struct bytes record)
{
    struct gw_log_meta meta;
    struct bytes text = bytes_from(record, sizeof(meta));

    memcpy(&meta, record.p, sizeof(meta));
    buf_clear(&s->out);
    buf_addf(&s->out, "<%u>", s->cfg->logging.facility * 8 + (unsigned)meta.level);
    add_tag(s, &meta, host->emblem && !host->tcp, &s->out); /* "EMBLEM cannot be used on TCP" */
    buf_add(&s->out, text.p, text.n);
    if (host->tcp)
        buf_addc(&s->out, '\n');
}

bool gw_syslog_waiting(const struct gw_syslog *s)
{
    for (size_t i = 0; s->queue.mem && i < GW_LOG_HOSTS && s->hosts[i].used; i++) {
        if (s->hosts[i].place.seq < s->queue.next)
            return true;
    }
    return false;
}

bool gw_syslog_next(struct gw_syslog *s, struct gw_syslog_record *out)
{
    return gw_syslog_next_of(s, UINT32_MAX, out);
}

void gw_syslog_unsent(struct gw_syslog *s, const struct gw_syslog_record *r)
{
    struct gw_log_reader *reader = &s->hosts[r->host - s->cfg->logging.hosts];

    reader->sent--;
    reader->errors++;
    s->counters.sent--;
}

bool gw_syslog_next_of(struct gw_syslog *s, uint32_t hosts, struct gw_syslog_record *out)
{
    const struct gw_logging *l = &s->cfg->logging;
    struct gw_log_reader *best = NULL;
    struct bytes record;
    uint64_t missed = 0;

    if (!s->queue.mem)
        return false;
    sync_hosts(s);
    for (size_t i = 0; i < GW_LOG_HOSTS && s->hosts[i].used; i++) {
        if (hosts >> i & 1 && (!best || s->hosts[i].place.seq < best->place.seq))
            best = &s->hosts[i];
    }
    if (!best || !log_ring_read(&s->queue, &best->place, &record, &missed))
        return false;
    best->dropped += missed;
    s->counters.dropped += missed;
    best->sent++;
    s->counters.sent++;
    out->host = &l->hosts[best - s->hosts];
    format_record(s, out->host, record);
    out->payload = buf_bytes(&s->out);
    return true;
}
