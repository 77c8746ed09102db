#include "judge/logs.h"

#include "base/mem.h"
#include "judge/judge_parts.h"
#include "wire/scan.h"

#include <stdio.h>

#define QUOTE_MAX 400u /* characters of a line that are quoted */

const char *judge_quote(struct judge *j, struct bytes line)
{
    size_t n = line.n < QUOTE_MAX ? line.n : QUOTE_MAX;

    return n ? arena_strndup(j->arena, (const char *)line.p, n) : "";
}

void logs_init(struct judge *j)
{
    j->logs = (struct logs){0};
    for (int site = 0; site < SITES; site++)
        j->logs.device[site].ended_ns = j->logs.device[site].phase1_ns = NEVER;
    j->logs.asked = j->logs.answering = -1;
    if (!j->plan)
        return;
    j->logs.watch = arena_array(j->arena, j->plan->nexpects + 1, sizeof(*j->logs.watch));
    j->logs.answers = arena_array(j->arena, j->plan->nexpects + 1, sizeof(*j->logs.answers));
}

int log_site(const struct judge *j, const struct plan_expect *x, int site)
{
    const struct plan_lab *l = &j->plan->lab;

    for (; site < SITES; site++) {
        bool there = l->mode == MODE_PAIR || (int)l->device_site == site;
        if (there && (x->any_site || (int)x->site == site))
            return site;
    }
    return SITES;
}

/* From the tag on: what a header says beside it differs from device to device. */
static struct bytes from_tag(struct bytes line, const struct asa_log *log)
{
    size_t at = (size_t)(log->product.p - line.p);

    return bytes_from(line, at > 0 && line.p[at - 1] == '%' ? at - 1 : at);
}

static int site_of(const struct judge *j, const struct ip_addr *src)
{
    const struct plan_lab *l = j->plan ? &j->plan->lab : NULL;

    if (!l)
        return BO;
    if (l->mode == MODE_PEER)
        return (int)l->device_site;
    return ip_addr_eq(src, &l->mgmt_device2) ? HO : BO;
}

/* --- expectations ------------------------------------------------------------------------------
 */

static bool contains(struct bytes hay, const char *needle)
{
    struct bytes before;

    return scan_before(&hay, needle, &before);
}

static void note_near(struct judge *j, struct log_watch *w, int rank, const struct asa_log *log,
                      struct bytes line, const char *why)
{
    if (rank <= w->nearest.rank)
        return;
    w->nearest = (struct nearest){rank, j->rec.packet, j->rec.time_ns,
                                  judge_quote(j, from_tag(line, log)), why};
}

/* What about the message does not fit X, and how much of it does (RANK); NULL: all of it fits. */
static const char *misfit(const struct judge *j, const struct plan_expect *x, int site,
                          const struct asa_log *log, struct bytes line, const struct jflow *about,
                          int *rank)
{
    bool bound = x->stream < 0 || (about && about->plan == x->stream);
    const struct jflow *want = bound ? NULL : jflow_of_plan(&j->flows, x->stream);

    *rank = 1;
    if (!bound)
        return !about && want && log_names_hosts(log, want) ? "it names another port"
                                                            : "it is about another connection";
    *rank = 2;
    if (!x->any_site && (int)x->site != site)
        return "another device logged it";
    *rank = 3;
    if (!window_has(&j->tl, &x->window, j->rec.time_ns))
        return "it is outside the window";
    *rank = 4;
    if (x->reason && log->reason_class != asa_reason_by_name(x->reason))
        return "its reason is another one";
    return x->text && !contains(line, x->text) ? "it does not say what is asked for" : NULL;
}

static void match(struct judge *j, size_t i, int site, const struct asa_log *log, struct bytes line,
                  const struct jflow *about)
{
    const struct plan_expect *x = &j->plan->expects[i];
    struct log_watch *w = &j->logs.watch[i];
    int rank;

    w->searched += window_has(&j->tl, &x->window, j->rec.time_ns);
    if (log->id != x->log_id)
        return;
    const char *why = misfit(j, x, site, log, line, about, &rank);
    if (why) {
        note_near(j, w, rank, log, line, why);
        return;
    }
    const char *wrong = x->accounts && about ? log_misaccount(j, site, log, about) : NULL;
    if (wrong && !w->wrong) {
        w->wrong = wrong;
        w->wrong_packet = j->rec.packet;
        w->wrong_line = judge_quote(j, from_tag(line, log));
    }
    if (w->count++ == 0) {
        w->packet = j->rec.packet;
        w->time_ns = j->rec.time_ns;
        w->line = judge_quote(j, from_tag(line, log));
    } else if (w->count == 2) {
        w->second = j->rec.packet;
    }
}

/* --- what is kept of a stream ------------------------------------------------------------------
 */

static struct log_record record_of(struct judge *j, int site, const struct asa_log *log,
                                   struct bytes line)
{
    return (struct log_record){.packet = j->rec.packet,
                               .time_ns = j->rec.time_ns,
                               .site = site,
                               .id = log->id,
                               .connection = log->connection,
                               .reason_class = log->reason_class,
                               .reason = judge_quote(j, log->reason),
                               .line = judge_quote(j, from_tag(line, log)),
                               .has_duration = log->has_duration,
                               .has_bytes = log->has_bytes,
                               .duration_s = log->duration_s,
                               .bytes = log->bytes};
}

static void keep(struct judge *j, struct jflow *f, int site, const struct asa_log *log,
                 struct bytes line)
{
    if (log->kind == ASA_BUILT || log->kind == ASA_ICMP_BUILT) {
        if (f->nbuilt < RECORDS_MAX)
            f->built[f->nbuilt] = record_of(j, site, log, line);
        f->nbuilt++;
    } else if (log->kind == ASA_TEARDOWN || log->kind == ASA_ICMP_TEARDOWN) {
        if (f->ntorn < RECORDS_MAX)
            f->torn[f->ntorn] = record_of(j, site, log, line);
        f->ntorn++;
    } else if (log->kind == ASA_DENY_NO_CONN) {
        f->denied++;
    }
}

static void keep_tunnel(struct judge *j, struct device_log *d, const struct asa_log *log)
{
    switch (log->id) {
    case 602303:
    case 602304: wan_log(j, log->id, log->spi); break;
    case 713119:
        d->phase1_ns = j->rec.time_ns;
        d->phase1_up++;
        break;
    case 113019:
    case 713050:
    case 713123:
    case 713259: d->ended_ns = j->rec.time_ns; break;
    default: break;
    }
}

/* For the report: the first ones of a run. */
static void keep_line(struct judge *j, struct bytes line)
{
    struct judgement *o = j->out;

    o->logs_seen++;
    if (o->nlogs == LOGS_KEPT)
        return;
    if (!o->logs)
        o->logs = arena_array(j->arena, LOGS_KEPT, sizeof(*o->logs));
    o->logs[o->nlogs++] = (struct log_outcome){
        .packet = j->rec.packet, .time_ns = j->rec.time_ns, .line = judge_quote(j, line)};
}

bool log_line(struct judge *j, int site, struct bytes line)
{
    struct device_log *d = &j->logs.device[site];
    struct asa_log log;

    d->records++;
    if (asa_log_parse(line, &log))
        return false;
    d->messages++;
    keep_line(j, line);
    d->by_severity[log.severity & 7]++;
    struct jflow *about = log_bind(j, site, &log);
    if (about)
        keep(j, about, site, &log, line);
    keep_tunnel(j, d, &log);
    for (size_t i = 0; j->plan && i < j->plan->nexpects; i++) {
        enum plan_rule rule = j->plan->expects[i].rule;
        if (rule == RULE_LOG || rule == RULE_NO_LOG)
            match(j, i, site, &log, line, about);
    }
    return about != NULL;
}

/* A second of the device's own clock where it says one: how late a line comes varies. */
static int64_t second_of(const struct judge *j, const struct asa_time *t)
{
    if (!t->present)
        return j->rec.time_ns / 1000000000;
    return (((int64_t)t->month * 31 + t->day) * 24 + t->hour) * 3600 + t->minute * 60 + t->second;
}

/* A line on the mgmt leg. */
static void take_line(struct judge *j, int site, struct bytes line)
{
    struct log_tally *t = j->logs.tally;
    struct asa_log log;

    if (j->history) {
        if (!t) {
            t = j->logs.tally = mem_zalloc(sizeof(*t));
            t->rate = log_rate_new();
        }
        bool is = !asa_log_parse(line, &log);
        t->lines++;
        t->messages += is;
        log_rate_add(t->rate, line, is ? &log : NULL, is ? second_of(j, &log.time) : -1);
    }
    bool bound = log_line(j, site, line);
    if (t)
        t->bound += bound;
}

struct from_site {
    struct judge *j;
    int site;
};

static void take_tcp_line(void *ctx, struct bytes line)
{
    const struct from_site *f = ctx;

    take_line(f->j, f->site, scan_trim(line));
}

void log_frame(struct judge *j, const struct pkt *p)
{
    struct from_site f = {j, site_of(j, &p->ip.src)};

    if (p->kind == PKT_UDP && p->udp.dst == SYSLOG_PORT) {
        take_line(j, f.site, scan_trim(p->udp.data));
    } else if (p->kind == PKT_TCP && log_channel_is_port(p->tcp.dst)) {
        struct endpoint from = {p->ip.src, p->tcp.src};
        struct tcp_seg seg = tcp_seg_of(p, j->rec.time_ns);
        struct line_stream *s = log_channel_of(&j->logs.channels, &from);
        if (s)
            line_stream_add(s, &seg, take_tcp_line, &f);
    }
}

void logs_release(struct judge *j)
{
    log_channels_release(&j->logs.channels);
    if (j->logs.tally)
        log_rate_free(j->logs.tally->rate);
    mem_free(j->logs.tally);
    j->logs.tally = NULL;
}

/* --- transcripts -------------------------------------------------------------------------------
 */

/* "        Logging to management 10.224.14.20, UDP TX:323 errors: 0  dropped: 1" */
static void take_count(struct judge *j, struct device_log *d, struct bytes text)
{
    char host[IP_ADDR_TEXT] = "";
    struct bytes to, before;
    uint64_t sent, lost = 0;

    if (!scan_before(&text, "Logging to ", &before) ||
        (!scan_before(&text, ", UDP TX:", &to) && !scan_before(&text, ", TCP TX:", &to)) ||
        !scan_u64(&text, &sent))
        return;
    if (j->plan)
        ip_addr_format(&j->plan->lab.mgmt_host, host);
    if (host[0] && !contains(to, host))
        return; /* to some other log host */
    if (scan_before(&text, "dropped:", &before)) {
        scan_blanks(&text);
        (void)scan_u64(&text, &lost);
    }
    d->has_count = true;
    d->said = sent;
    d->lost_said = lost;
    d->seen_then = d->records;
}

static void take_vpn_context(struct judge *j, const char **context, struct bytes text)
{
    struct buf b = BUF_INIT;

    if (*context)
        buf_addf(&b, "%s; ", *context);
    buf_add(&b, text.p, text.n < QUOTE_MAX ? text.n : QUOTE_MAX);
    if (b.n <= 4 * QUOTE_MAX)
        *context = arena_strdup(j->arena, buf_str(&b));
    buf_release(&b);
}

void log_console(struct judge *j, const struct line *l)
{
    int site = line_site(l, "site");
    const char *v = line_word(l, "line");
    struct bytes text = bytes_str(v ? v : ""), rest = text;

    if (scan_lit(&rest, "# ")) {
        j->logs.in_vpn_context = scan_is(scan_trim(rest), "show asp table vpn-context");
        if (j->logs.in_vpn_context)
            j->logs.vpn_context[site] = NULL;
    } else if (j->logs.in_vpn_context && text.n) {
        take_vpn_context(j, &j->logs.vpn_context[site], text);
    }
    take_count(j, &j->logs.device[site], text);
    answer_line(j, text);
}
