/* Figures of METRICS, by their names there; what could not be measured is null and says why. */
#include "judge/judge_parts.h"

#include <stdio.h>

static const struct jevent *first_event(const struct judge *j)
{
    const struct jevent *first = NULL;

    for (size_t i = 0; i < j->nevents; i++) {
        if (j->events[i].sent_ns != NEVER && (!first || j->events[i].sent_ns < first->sent_ns))
            first = &j->events[i];
    }
    return first;
}

static void tunnel_metrics(struct judge *j)
{
    const struct jevent *e = first_event(j);
    int64_t last_old = NEVER, first_new = INT64_MAX;
    uint64_t gaps = 0, replays = 0;

    for (size_t i = 0; i < j->nsas; i++) {
        const struct sa_seen *sa = &j->sas[i];
        gaps += sa->gaps;
        replays += sa->replays;
        if (!e || sa->first_ns == NEVER)
            continue;
        if (sa->first_ns < e->sent_ns && sa->last_ns > last_old)
            last_old = sa->last_ns;
        if (sa->first_ns >= e->sent_ns && sa->first_ns < first_new)
            first_new = sa->first_ns;
    }
    metric_number(j, "esp_seq_gaps", NULL, (double)gaps, true);
    metric_number(j, "esp_replay_drops", NULL, (double)replays, true);
    if (!e) {
        metric_null(j, "tunnel_down_ms", NULL, "no event");
        metric_null(j, "rekey_overlap_ms", NULL, "no event");
    } else if (last_old == NEVER || first_new == INT64_MAX) {
        metric_null(j, "tunnel_down_ms", NULL, "no new SPI after the first event");
        metric_null(j, "rekey_overlap_ms", NULL, "no new SPI after the first event");
    } else {
        metric_number(j, "tunnel_down_ms", NULL,
                      first_new > last_old ? (double)(first_new - last_old) / MS : 0, false);
        metric_number(j, "rekey_overlap_ms", NULL, (double)(last_old - first_new) / MS, false);
    }
}

static void case_metrics(struct judge *j)
{
    bool confirmed = true;

    for (size_t i = 0; i < j->nevents; i++)
        confirmed = confirmed && j->events[i].confirmed_ns != NEVER;
    if (j->nevents)
        metric_text(j, "stimulus_confirmed", NULL, confirmed ? "yes" : "no");
    else
        metric_null(j, "stimulus_confirmed", NULL, "no event");
    tunnel_metrics(j);
    metric_number(j, "cleartext_leak_pkts", NULL, (double)j->clear_packets, true);
    if (j->decrypted)
        metric_number(j, "decrypt_mismatch_pkts", NULL, (double)j->decrypt_mismatch, true);
    else
        metric_null(j, "decrypt_mismatch_pkts", NULL,
                    j->meta && j->meta->headers_only ? "evidence holds headers only"
                                                     : "no keys in the evidence");
    if (j->meta && !j->meta->virtual_time)
        metric_number(j, "send_lateness_us", NULL, (double)j->late_max_us, true);
    else
        metric_null(j, "send_lateness_us", NULL, "virtual time: nothing is ever late");
    metric_null(j, "ipsec_tunnel_failover_time_ms", NULL,
                "needs constant-rate traffic; a TCP stream has none");
}

static void hex_of(const struct bytes_seen *s, char out[65])
{
    uint8_t d[32];

    sha256_peek(s->sha, d);
    for (int i = 0; i < 32; i++)
        snprintf(out + 2 * i, 3, "%02x", d[i]);
}

static void digest_metric(struct judge *j, const struct jstream *s, const char *name,
                          const struct bytes_seen *b)
{
    char hex[65];

    if (!b->sha || b->broken) {
        metric_null(j, name, s->id, "the bytes are not in the evidence");
        return;
    }
    hex_of(b, hex);
    metric_text(j, name, s->id, hex);
}

static void recovery_metrics(struct judge *j, const struct jstream *s)
{
    const struct jevent *e = first_event(j);
    const struct after_event *a = e ? &s->after[e - j->events] : NULL;
    const struct progress *g = &s->progress[larger_sender(s)];

    metric_number(j, "stall_max_ms", s->id, (double)g->stall_max_ns / MS, false);
    metric_number(j, "stall_total_ms", s->id, (double)g->stall_total_ns / MS, false);
    metric_number(j, "stalls", s->id, g->stalls, true);
    if (!e) {
        metric_null(j, "event_to_recovery_ms", s->id, "no event");
        metric_null(j, "loss_to_recovery_ms", s->id, "no event");
    } else if (a->end_ns == NEVER) {
        metric_null(j, "event_to_recovery_ms", s->id, "it never recovered");
        metric_null(j, "loss_to_recovery_ms", s->id, "it never recovered");
    } else {
        bool stalled = a->end_ns - a->start_ns > STALL_MIN_NS;
        metric_number(j, "event_to_recovery_ms", s->id,
                      stalled ? (double)(a->end_ns - e->sent_ns) / MS : 0, false);
        metric_number(j, "loss_to_recovery_ms", s->id,
                      stalled ? (double)(a->end_ns - a->start_ns) / MS : 0, false);
    }
}

static void tcp_metrics(struct judge *j, const struct jstream *s)
{
    int sender = larger_sender(s);
    const struct leg_dir *from = &s->dir[sender][sender], *to = &s->dir[!sender][sender];
    struct tcp_rexmit r = tcp_dir_retransmitted(&from->tcp, TCP_RULES_TCPTRACE);
    uint64_t unique = tcp_dir_unique_bytes(&to->tcp), sent = from->tcp.data_bytes;

    metric_number(j, "unique_bytes", s->id, (double)unique, true);
    metric_number(j, "missed_bytes", s->id,
                  (double)(s->total[sender] > unique ? s->total[sender] - unique : 0), true);
    metric_number(j, "rexmt_pkts", s->id, (double)r.packets, true);
    metric_number(j, "rexmt_bytes", s->id, (double)r.bytes, true);
    metric_number(j, "fast_rexmt", s->id, (double)s->host_fast[sender], true);
    metric_number(j, "rto_rexmt", s->id, (double)s->host_rto[sender], true);
    metric_number(j, "dupacks", s->id, (double)s->dir[!sender][!sender].tcp.duplicate_acks, true);
    metric_number(j, "triple_dupacks", s->id, (double)s->dir[!sender][!sender].triple_dupacks,
                  true);
    metric_number(j, "ooo_pkts", s->id, (double)(to->tcp.hole_fill), true);
    metric_number(j, "zero_win", s->id, (double)s->dir[!sender][!sender].tcp.zero_window, true);
    digest_metric(j, s, "stream_sha256_source", &from->seen);
    digest_metric(j, s, "stream_sha256_sink", &to->seen);
    if (sent)
        metric_number(j, "tcp_efficiency_pct", s->id,
                      100.0 * (double)(sent - r.bytes) / (double)sent, false);
    else
        metric_null(j, "tcp_efficiency_pct", s->id, "no data was sent");
    metric_number(j, "unexpected_rst", s->id, s->resets_by[RESET_BY_DEVICE], true);
    if (s->reset_ns != NEVER)
        metric_text(j, "rst_origin", s->id, s->reset_maker == RESET_BY_HOST ? "host" : "device");
    else
        metric_null(j, "rst_origin", s->id, "no reset");
}

static void log_metrics(struct judge *j, const struct jstream *s)
{
    if (s->conn_id_before)
        metric_number(j, "conn_id_before", s->id, (double)s->conn_id_before, true);
    else
        metric_null(j, "conn_id_before", s->id, "no 302013 was seen");
    if (s->torn_logged) {
        metric_number(j, "conn_id_after", s->id, (double)s->conn_id_after, true);
        metric_text(j, "teardown_302014", s->id, s->torn_reason);
    } else {
        metric_null(j, "conn_id_after", s->id, "no 302014 was seen");
        metric_null(j, "teardown_302014", s->id, "no 302014 was seen");
    }
}

static void stream_metrics(struct judge *j, const struct jstream *s)
{
    uint64_t planned = s->total[BO] + s->total[HO], sent, arrived;

    recovery_metrics(j, s);
    log_metrics(j, s);
    if (s->proto != 6)
        return;
    tcp_metrics(j, s);
    sent = (uint64_t)(s->dir[BO][BO].tcp.in_order + s->dir[HO][HO].tcp.in_order);
    arrived = (uint64_t)(s->dir[HO][BO].tcp.in_order + s->dir[BO][HO].tcp.in_order);
    if (!planned) {
        metric_null(j, "replayed_fraction", s->id, "nothing to replay");
        metric_null(j, "blocked_fraction", s->id, "nothing to replay");
        return;
    }
    metric_number(j, "replayed_fraction", s->id, 100.0 * (double)sent / (double)planned, false);
    metric_number(j, "blocked_fraction", s->id,
                  sent > arrived ? 100.0 * (double)(sent - arrived) / (double)planned : 0, false);
}

void metrics_make(struct judge *j)
{
    case_metrics(j);
    for (size_t i = 0; i < j->nstreams; i++)
        stream_metrics(j, &j->streams[i]);
}
