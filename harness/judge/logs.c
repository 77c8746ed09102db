/* The device's log on the mgmt leg: records bound to streams, held against what is expected. */
#include "judge/judge_parts.h"

#include <stdlib.h>

#define SYSLOG_PORT 514

static int site_of(const struct judge *j, const struct ip_addr *src)
{
    if (!j->plan)
        return BO;
    return ip_addr_eq(src, &j->plan->lab.mgmt_device2) ? HO : BO;
}

static bool end_is(const struct asa_endpoint *e, const struct endpoint *want)
{
    return asa_endpoint_match(e, &want->addr, want->port) != ASA_MATCH_NO;
}

/* Is the record about this very connection? Both ends, in either order, by real or by mapped
 * address; names and masked digits count when the port fits. */
static bool is_about(const struct asa_log *log, const struct jstream *s)
{
    return (end_is(&log->a, &s->at[BO]) && end_is(&log->b, &s->at[HO])) ||
           (end_is(&log->a, &s->at[HO]) && end_is(&log->b, &s->at[BO]));
}

/* Of the addresses of the stream, but with another port: nearly it. */
static bool is_nearly_about(const struct asa_log *log, const struct jstream *s)
{
    struct endpoint bo = {s->at[BO].addr, 0}, ho = {s->at[HO].addr, 0};

    return (end_is(&log->a, &bo) && end_is(&log->b, &ho)) ||
           (end_is(&log->a, &ho) && end_is(&log->b, &bo));
}

static bool contains(struct bytes hay, const char *needle)
{
    size_t n = strlen(needle);

    for (size_t i = 0; i + n <= hay.n; i++) {
        if (memcmp(hay.p + i, needle, n) == 0)
            return true;
    }
    return false;
}

static void near(struct judge *j, struct log_match *m, struct bytes line, const char *why)
{
    if (m->near_packet)
        return;
    m->near_packet = j->rec.packet;
    m->near_line = keep_text(j, line);
    m->near_why = why;
}

static void match_one(struct judge *j, const struct plan_expect *x, struct log_match *m, int site,
                      const struct asa_log *log, struct bytes line)
{
    const struct jstream *s = stream_by_plan(j, x->stream);

    if (log->id != x->log_id || (!x->any_site && (int)x->site != site))
        return;
    if (x->stream >= 0 && (!s || !is_about(log, s))) {
        if (s && is_nearly_about(log, s))
            near(j, m, line, "it names another port");
        return;
    }
    if (!in_window(j, &x->window, j->rec.time_ns)) {
        near(j, m, line, "it is outside the window");
        return;
    }
    if (x->reason && log->reason_class != asa_reason_by_name(x->reason)) {
        near(j, m, line, "its reason is another one");
        return;
    }
    if (x->text && !contains(line, x->text)) {
        near(j, m, line, "it does not say what is asked for");
        return;
    }
    if (m->count++ == 0) {
        m->packet = j->rec.packet;
        m->time_ns = j->rec.time_ns;
        m->line = keep_text(j, line);
    }
}

static void bind_stream(struct judge *j, struct jstream *s, int site, const struct asa_log *log)
{
    if (log->kind == ASA_BUILT || log->kind == ASA_ICMP_BUILT) {
        s->built_seen[site] = true;
        if (!s->conn_id_before)
            s->conn_id_before = log->connection;
        s->conn_id_after = log->connection;
    } else if (log->kind == ASA_TEARDOWN && log->id == 302014) {
        s->teardowns++;
        s->conn_id_after = log->connection;
        if (s->torn_logged && s->torn_ns != NEVER)
            return;
        s->torn_logged = true;
        s->torn_ns = j->rec.time_ns;
        s->torn_packet = j->rec.packet;
        size_t n =
            log->reason.n < sizeof(s->torn_reason) ? log->reason.n : sizeof(s->torn_reason) - 1;
        if (n)
            memcpy(s->torn_reason, log->reason.p, n);
        s->torn_reason[n] = '\0';
    } else if (log->kind == ASA_DENY_NO_CONN) {
        s->denied++;
    }
}

/* The record without the blanks and line end a relay may have left. */
static struct bytes trimmed(struct bytes b)
{
    while (b.n && (b.p[b.n - 1] == '\n' || b.p[b.n - 1] == '\r' || b.p[b.n - 1] == ' '))
        b.n--;
    return b;
}

void log_take(struct judge *j, const struct pkt *p)
{
    struct asa_log log;
    int site;

    if (p->kind != PKT_UDP || p->udp.dst != SYSLOG_PORT)
        return;
    struct bytes line = trimmed(p->udp.data);
    site = site_of(j, &p->ip.src);
    j->syslog_seen[site]++;
    if (asa_log_parse(line, &log)) {
        j->bad_log_lines++;
        return;
    }
    for (size_t i = 0; i < j->nstreams; i++) {
        if (is_about(&log, &j->streams[i]))
            bind_stream(j, &j->streams[i], site, &log);
    }
    for (size_t i = 0; j->plan && i < j->plan->nexpects; i++) {
        const struct plan_expect *x = &j->plan->expects[i];
        if (x->rule == RULE_LOG || x->rule == RULE_NO_LOG)
            match_one(j, x, &j->logs[i], site, &log, line);
    }
}

/* "        Logging to management 10.224.14.20, UDP TX:323 errors: 0  dropped: 1": what the device
 * says that it sent, to be held against what came. */
void console_take(struct judge *j, int site, struct bytes line)
{
    const char *s = (const char *)line.p, *tx, *dropped;

    if (!contains(line, "Logging to ") || !(tx = strstr(s, "UDP TX:")))
        return;
    j->has_syslog_said[site] = true;
    j->syslog_said[site] = strtoull(tx + strlen("UDP TX:"), NULL, 10);
    dropped = strstr(tx, "dropped: ");
    if (dropped)
        j->syslog_lost[site] = strtoull(dropped + strlen("dropped: "), NULL, 10);
}

/* --- rules -------------------------------------------------------------------------------------
 */

/* Why the absence of a record about S proves nothing; NULL: it does. */
static const char *why_unproven(const struct judge *j, const struct plan_expect *x,
                                const struct jstream *s)
{
    if (j->dropped)
        return "the capture lost frames";
    for (int i = 0; i < SITES; i++) {
        if (j->syslog_lost[i])
            return "the device says that it dropped log records";
        /* what it sends after having been asked may come on top */
        if (j->has_syslog_said[i] && j->syslog_said[i] > j->syslog_seen[i])
            return "fewer records came than the device says that it sent";
    }
    if (s && s->proto == 6) {
        bool any = x->any_site ? s->built_seen[BO] || s->built_seen[HO] : s->built_seen[x->site];
        if (!any)
            return "its 302013 was not seen, so logging at level 6 is not proven for this very "
                   "connection";
    }
    return NULL;
}

static const char *stream_name(const struct jstream *s)
{
    return s ? s->id : "any stream";
}

static struct finding *with_packet(struct judge *j, struct finding *f, const struct log_match *m)
{
    (void)j;
    f->packet = m->packet;
    f->time_ns = m->time_ns;
    f->leg = "mgmt";
    return f;
}

static const char *event_name(struct judge *j, const struct plan_expect *x)
{
    const struct jevent *e = event_of(j, x->window.since);

    return e ? e->id : "the start";
}

void rule_log(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct log_match *m = &j->logs[i];
    const struct jstream *s = stream_by_plan(j, x->stream);
    const char *why = why_unproven(j, x, s);
    bool few = m->count < (unsigned)x->min, many = x->max >= 0 && m->count > (unsigned)x->max;
    struct finding *f;

    if (few && why && m->count == 0) {
        f = find_add(j, "log", VERDICT_INCONCLUSIVE, "no %u about %s was seen, but %s", x->log_id,
                     stream_name(s), why);
    } else if (few) {
        f = m->near_packet
                ? find_add(
                      j, "log", VERDICT_FAIL,
                      "%u of %d or more %u about %s%s%s since %s; nearest, packet %llu: %s: %s",
                      m->count, x->min, x->log_id, stream_name(s), x->reason ? " with reason " : "",
                      x->reason ? x->reason : "", event_name(j, x),
                      (unsigned long long)m->near_packet, m->near_line, m->near_why)
                : find_add(j, "log", VERDICT_FAIL,
                           "%u of %d or more %u about %s%s%s since %s; nothing like it was logged",
                           m->count, x->min, x->log_id, stream_name(s),
                           x->reason ? " with reason " : "", x->reason ? x->reason : "",
                           event_name(j, x));
        f->packet = m->near_packet;
        f->leg = m->near_packet ? "mgmt" : NULL;
    } else if (many) {
        f = with_packet(j,
                        find_add(j, "log", VERDICT_FAIL,
                                 "packet %llu: %s: one of %u, at most %d expected",
                                 (unsigned long long)m->packet, m->line, m->count, x->max),
                        m);
    } else if (m->count) {
        f = with_packet(j,
                        find_add(j, "log", VERDICT_PASS, "packet %llu: %s, %.3f s after %s",
                                 (unsigned long long)m->packet, m->line,
                                 since_event_s(j, x->window.since, m->time_ns), event_name(j, x)),
                        m);
    } else {
        f = find_add(j, "log", VERDICT_PASS, "no %u about %s, and none was needed", x->log_id,
                     stream_name(s));
    }
    find_at(f, x);
}

void rule_no_log(struct judge *j, size_t i, const struct plan_expect *x)
{
    const struct log_match *m = &j->logs[i];
    const struct jstream *s = stream_by_plan(j, x->stream);
    const char *why = why_unproven(j, x, s);
    struct finding *f;

    if (m->count)
        f = with_packet(
            j,
            find_add(j, "no-log", VERDICT_FAIL, "packet %llu: %s, %.3f s after %s (%u in all)",
                     (unsigned long long)m->packet, m->line,
                     since_event_s(j, x->window.since, m->time_ns), event_name(j, x), m->count),
            m);
    else if (why)
        f = find_add(j, "no-log", VERDICT_INCONCLUSIVE, "no %u about %s was seen, but %s",
                     x->log_id, stream_name(s), why);
    else
        f = find_add(j, "no-log", VERDICT_PASS,
                     "no %u about %s%s%s; its 302013 was, and no record is missing", x->log_id,
                     stream_name(s), x->reason ? " with reason " : "", x->reason ? x->reason : "");
    find_at(f, x);
}
