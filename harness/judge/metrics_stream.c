/* Figures of one stream, by the names of METRICS. Retransmissions by the rules of tcptrace. */
#include "judge/judge_parts.h"

#define MS 1e6

static void ms(struct judge *j, const struct jflow *f, const char *name, int64_t ns)
{
    metric_number(&j->fs, name, f->id, (double)(ns > 0 ? ns : 0) / MS);
}

/* --- time --------------------------------------------------------------------------------------
 */

struct recovery {              /* the worst of all events */
    bool tried, never, idle;   /* idle: nothing was due when an event came */
    int64_t event_ns, loss_ns; /* NEVER */
};

static void add_recovery(const struct judge *j, const struct jflow *f, size_t event,
                         struct recovery *r)
{
    const struct jevent *e = &j->tl.events[event];
    const struct aftermath *a = &f->after[event];
    int64_t moved = a->stall_to_ns != NEVER ? a->stall_to_ns : a->first_ns;
    int64_t lost = a->stall_from_ns != NEVER ? a->stall_from_ns : a->before_ns;

    if (!a->known || a->ended || e->action == ACTION_RESTORE)
        return;
    r->tried = true;
    if (moved == NEVER || moved == INT64_MAX) {
        r->never = true;
        return;
    }
    r->idle = r->idle || a->due_ns > e->sent_ns + GRACE_NS;
    int64_t took = moved > event_time(e) ? moved - event_time(e) : 0;
    if (took > r->event_ns)
        r->event_ns = took;
    if (lost != NEVER && moved - lost > r->loss_ns)
        r->loss_ns = moved - lost;
}

static void no_recovery(struct judge *j, const struct jflow *f, const char *why)
{
    metric_null(&j->fs, "event_to_recovery_ms", f->id, why);
    metric_null(&j->fs, "loss_to_recovery_ms", f->id, why);
    metric_null(&j->fs, "recovery_excess_ms", f->id, why);
}

static void recovery(struct judge *j, const struct jflow *f)
{
    struct recovery r = {.event_ns = NEVER, .loss_ns = NEVER};

    for (size_t i = 0; f->after && i < j->tl.n && i < TIMELINE_EVENTS; i++)
        add_recovery(j, f, i, &r);
    if (!r.tried || r.never) {
        no_recovery(j, f, r.never ? "it never recovered" : "no event while it ran");
        return;
    }
    ms(j, f, "event_to_recovery_ms", r.event_ns);
    if (r.loss_ns == NEVER)
        metric_null(&j->fs, "loss_to_recovery_ms", f->id, "nothing had arrived before the event");
    else
        ms(j, f, "loss_to_recovery_ms", r.loss_ns);
    struct sa_switch s = tunnel_switch(j, INT64_MIN + 1);
    int64_t down = s.hole_ns[0] > s.hole_ns[1] ? s.hole_ns[0] : s.hole_ns[1];
    if (down == NEVER || r.idle)
        metric_null(&j->fs, "recovery_excess_ms", f->id,
                    r.idle ? "nothing was due when the event came" : "no SPI followed another");
    else
        metric_number(&j->fs, "recovery_excess_ms", f->id,
                      (double)(r.event_ns - (down > 0 ? down : 0)) / MS);
}

static void stalls(struct judge *j, const struct jflow *f)
{
    const struct way *a = &f->way[BO], *b = &f->way[HO];

    if (f->proto != IP_TCP) {
        metric_null(&j->fs, "stall_max_ms", f->id, "datagrams are not waited for");
        return;
    }
    ms(j, f, "stall_max_ms", a->stall_max_ns > b->stall_max_ns ? a->stall_max_ns : b->stall_max_ns);
    ms(j, f, "stall_total_ms", a->stall_total_ns + b->stall_total_ns);
    metric_count(&j->fs, "stalls", f->id, a->stalls + b->stalls);
}

/* --- TCP ---------------------------------------------------------------------------------------
 */

static uint64_t missed(const struct jflow *f)
{
    uint64_t n = 0;

    for (int s = 0; s < SITES; s++) {
        uint64_t unique = tcp_dir_unique_bytes(&f->on[!s][s].tcp);
        n += f->total[s] > unique ? f->total[s] - unique : 0;
    }
    return n;
}

static void retransmissions(struct judge *j, const struct jflow *f)
{
    uint64_t packets = 0, bytes = 0, sent = 0, spurious = 0;
    unsigned most = 0;

    for (int s = 0; s < SITES; s++) {
        const struct tcp_dir *d = &f->on[s][s].tcp;
        struct tcp_rexmit r = tcp_dir_retransmitted(d, TCP_RULES_TCPTRACE);
        packets += r.packets;
        bytes += r.bytes;
        sent += d->data_bytes;
        spurious += f->way[s].spurious;
        most = f->way[s].again_max > most ? f->way[s].again_max : most;
    }
    metric_count(&j->fs, "rexmt_pkts", f->id, packets);
    metric_count(&j->fs, "rexmt_bytes", f->id, bytes);
    metric_count(&j->fs, "spurious_rexmt", f->id, spurious);
    metric_count(&j->fs, "max_rexmt_same_seq", f->id, most);
    if (sent)
        metric_number(&j->fs, "tcp_efficiency_pct", f->id,
                      100.0 * (double)(sent - bytes) / (double)sent);
    else
        metric_null(&j->fs, "tcp_efficiency_pct", f->id, "no data was sent");
}

static void host_counts(struct judge *j, const struct jflow *f)
{
    if (!f->has_host[BO] || !f->has_host[HO]) {
        metric_null(&j->fs, "fast_rexmt", f->id, "the hosts' own counts are not there");
        metric_null(&j->fs, "rto_rexmt", f->id, "the hosts' own counts are not there");
        return;
    }
    metric_count(&j->fs, "fast_rexmt", f->id, f->host_fast[BO] + f->host_fast[HO]);
    metric_count(&j->fs, "rto_rexmt", f->id, f->host_rto[BO] + f->host_rto[HO]);
}

static void acks(struct judge *j, const struct jflow *f)
{
    uint64_t dup = 0, triple = 0, zero = 0, disorder = 0;

    for (int s = 0; s < SITES; s++) { /* at the data's sender, who acts on them */
        const struct flow_dir *in = &f->on[!s][s];
        dup += tcp_dir_odd(&in->tcp)->duplicate_acks;
        triple += in->triple_dupacks;
        zero += tcp_dir_odd(&in->tcp)->zero_window;
        disorder += tcp_dir_odd(&in->tcp)->hole_fill;
    }
    metric_count(&j->fs, "dupacks", f->id, dup);
    metric_count(&j->fs, "triple_dupacks", f->id, triple);
    metric_count(&j->fs, "ooo_pkts", f->id, disorder);
    metric_count(&j->fs, "zero_win", f->id, zero);
}

static void digest(struct judge *j, const struct jflow *f, const char *name, int sender,
                   const struct flow_bytes *b)
{
    char sha[65];

    if ((uint64_t)b->next < f->total[sender])
        metric_null(&j->fs, name, f->id, "the bytes did not all pass");
    else if (flow_bytes_sha(b, sha))
        metric_text(&j->fs, name, f->id, sha);
    else
        metric_null(&j->fs, name, f->id,
                    j->meta->headers_only ? "the evidence holds headers only"
                    : b->broken           ? b->broken
                                          : "the bytes are not all in the evidence");
}

static void resets(struct judge *j, const struct jflow *f)
{
    static const char *const by[] = {"anybody", "device", "host", "peer"};

    metric_count(&j->fs, "unexpected_rst", f->id,
                 f->resets_by[RESET_BY_DEVICE] + f->resets_by[RESET_BY_PEER]);
    if (f->nresets)
        metric_text(&j->fs, "rst_origin", f->id, by[f->resets[0].by]);
    else
        metric_null(&j->fs, "rst_origin", f->id, "no reset");
}

static void coverage(struct judge *j, const struct jflow *f)
{
    uint64_t planned = f->total[BO] + f->total[HO], sent = 0, came = 0;

    for (int s = 0; s < SITES; s++) {
        sent += f->proto == IP_TCP ? tcp_dir_unique_bytes(&f->on[s][s].tcp)
                                   : f->on[s][s].datagram_bytes;
        came += f->proto == IP_TCP ? tcp_dir_unique_bytes(&f->on[!s][s].tcp)
                                   : f->on[!s][s].datagram_bytes;
    }
    if (planned)
        metric_number(&j->fs, "replayed_fraction", f->id, 100.0 * (double)sent / (double)planned);
    else
        metric_null(&j->fs, "replayed_fraction", f->id, "there was nothing to replay");
    if (sent)
        metric_number(&j->fs, "blocked_fraction", f->id,
                      sent > came ? 100.0 * (double)(sent - came) / (double)sent : 0);
    else
        metric_null(&j->fs, "blocked_fraction", f->id, "nothing was sent");
}

static void tcp(struct judge *j, const struct jflow *f)
{
    int s = jflow_larger(f);

    metric_count(&j->fs, "unique_bytes", f->id,
                 tcp_dir_unique_bytes(&f->on[HO][BO].tcp) +
                     tcp_dir_unique_bytes(&f->on[BO][HO].tcp));
    metric_count(&j->fs, "missed_bytes", f->id, missed(f));
    digest(j, f, "stream_sha256_source", s, &f->on[s][s].bytes);
    digest(j, f, "stream_sha256_sink", s, &f->on[!s][s].bytes);
    retransmissions(j, f);
    host_counts(j, f);
    acks(j, f);
    resets(j, f);
    metric_null(&j->fs, "tcp_transfer_time_ratio", f->id, "the ideal time is not known");
    metric_null(&j->fs, "buffer_delay_pct", f->id, "round trips are not sampled");
}

/* --- logs --------------------------------------------------------------------------------------
 */

static void teardowns(struct judge *j, const struct jflow *f)
{
    struct buf b = BUF_INIT;

    for (size_t i = 0; i < f->ntorn && i < RECORDS_MAX; i++) {
        const struct log_record *r = &f->torn[i];
        buf_addf(&b, "%spacket %llu: connection %llu, %s (%s), %s", i ? "; " : "",
                 (unsigned long long)r->packet, (unsigned long long)r->connection,
                 r->reason[0] ? r->reason : "no reason", asa_reason_name(r->reason_class),
                 say_when(&j->tl, NULL, r->time_ns));
        if (r->has_duration)
            buf_addf(&b, ", duration %llu s", (unsigned long long)r->duration_s);
        if (r->has_bytes)
            buf_addf(&b, ", %llu bytes", (unsigned long long)r->bytes);
    }
    if (b.n)
        metric_text(&j->fs, "teardown_302014", f->id, buf_str(&b));
    else
        metric_null(&j->fs, "teardown_302014", f->id, "none was logged");
    buf_release(&b);
}

static void connection(struct judge *j, const struct jflow *f)
{
    unsigned n = f->nbuilt < RECORDS_MAX ? f->nbuilt : RECORDS_MAX;
    const char *why = f->proto == IP_ICMP ? "messages about ICMP have no number"
                      : n == 0            ? "no 302013 was seen"
                                          : NULL;

    if (why) {
        metric_null(&j->fs, "conn_id_before", f->id, why);
        metric_null(&j->fs, "conn_id_after", f->id, why);
        return;
    }
    const struct log_record *last = &f->built[0];
    for (size_t i = 1; i < n; i++)
        if (f->built[i].site == last->site)
            last = &f->built[i];
    for (size_t i = 0; i < f->ntorn && i < RECORDS_MAX; i++) /* of the same device */
        if (f->torn[i].site == last->site && f->torn[i].packet > last->packet)
            last = &f->torn[i];
    metric_count(&j->fs, "conn_id_before", f->id, f->built[0].connection);
    metric_count(&j->fs, "conn_id_after", f->id, last->connection);
}

void metrics_stream(struct judge *j, const struct jflow *f)
{
    const char *why;

    metric_text(&j->fs, "class", f->id, jflow_class(j, f, &why));
    recovery(j, f);
    stalls(j, f);
    if (f->proto == IP_TCP)
        tcp(j, f);
    coverage(j, f);
    teardowns(j, f);
    connection(j, f);
}
