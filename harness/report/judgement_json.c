/* `judge --json`: one object a file. */
#include "report/jsonw.h"
#include "report/report_parts.h"

#include <stdio.h>
#include <string.h>

static void put_seconds(struct jsonw *j, const char *name, int64_t ns)
{
    if (ns < 0)
        jsonw_null(j, name);
    else
        jsonw_number(j, name, (double)ns / 1e9, 6);
}

/* A LAN that is not in the evidence says nothing about its bytes. */
static void put_bytes(struct jsonw *j, const char *name, bool known, uint64_t n)
{
    if (known)
        jsonw_u64(j, name, n);
    else
        jsonw_null(j, name);
}

static void put_way(struct jsonw *j, const char *name, const struct way_outcome *w)
{
    bool both = w->has_sent && w->has_delivered;

    jsonw_object(j, name);
    put_bytes(j, "sent_unique_bytes", w->has_sent, w->sent_unique_bytes);
    put_bytes(j, "delivered_unique_bytes", w->has_delivered, w->delivered_unique_bytes);
    put_bytes(j, "lost_bytes", both, w->lost_bytes);
    put_bytes(j, "altered_bytes", both, w->altered_bytes);
    put_seconds(j, "stall_max_s", w->stall_max_ns);
    if (w->stall_start_ns)
        jsonw_time(j, "stall_start", w->stall_start_ns);
    else
        jsonw_null(j, "stall_start");
    put_seconds(j, "event_to_recovery_s", w->recovery_ns);
    put_bytes(j, "retransmitted_packets", w->has_sent, w->retransmitted_packets);
    jsonw_close(j);
}

static void put_stream(struct jsonw *j, const struct stream_outcome *s)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "id", s->id);
    jsonw_string(j, "bo", s->bo);
    jsonw_string(j, "ho", s->ho);
    jsonw_string(j, "class", s->class_name);
    jsonw_string(j, "why", s->why);
    put_way(j, "ho_to_bo", &s->to_bo);
    put_way(j, "bo_to_ho", &s->to_ho);
    jsonw_array(j, "resets");
    for (size_t i = 0; i < s->nresets; i++) {
        jsonw_object(j, NULL);
        jsonw_time(j, "time", s->resets[i].time_ns);
        jsonw_string(j, "by", s->resets[i].by);
        jsonw_string(j, "leg", s->resets[i].leg);
        jsonw_u64(j, "packet", s->resets[i].packet);
        jsonw_close(j);
    }
    jsonw_close(j);
    jsonw_string(j, "torn_log", s->torn);
    if (s->torn)
        jsonw_time(j, "torn_log_time", s->torn_ns);
    else
        jsonw_null(j, "torn_log_time");
    jsonw_close(j);
}

static void put_streams(struct jsonw *j, const struct judgement *o)
{
    jsonw_array(j, "streams");
    for (size_t i = 0; i < o->nstreams; i++)
        if (o->streams[i].is_tcp)
            put_stream(j, &o->streams[i]);
    jsonw_close(j);
}

static void put_time(struct jsonw *j, const char *name, int64_t ns)
{
    if (ns)
        jsonw_time(j, name, ns);
    else
        jsonw_null(j, name);
}

static void put_sas(struct jsonw *j, const struct judgement *o)
{
    char spi[16];

    jsonw_array(j, "sas");
    for (size_t i = 0; i < o->nsas; i++) {
        const struct sa_outcome *s = &o->sas[i];
        snprintf(spi, sizeof(spi), "0x%08x", (unsigned)s->spi);
        jsonw_object(j, NULL);
        jsonw_string(j, "spi", spi);
        jsonw_string(j, "src", s->src);
        jsonw_string(j, "dst", s->dst);
        jsonw_string(j, "encapsulation", s->encapsulation);
        if (s->packets) {
            jsonw_time(j, "first", s->first_ns);
            jsonw_time(j, "last", s->last_ns);
        } else { /* all of them were eaten by a blackhole */
            jsonw_null(j, "first");
            jsonw_null(j, "last");
        }
        jsonw_u64(j, "packets", s->packets);
        jsonw_u64(j, "missing", s->missing);
        jsonw_bool(j, "deleted", s->deleted);
        put_time(j, "agreed", s->up_ns);
        put_time(j, "delete_seen", s->down_ns);
        if (s->rekeys)
            snprintf(spi, sizeof(spi), "0x%08x", (unsigned)s->old_spi);
        jsonw_string(j, "rekeys", s->rekeys ? spi : NULL);
        if (s->moved_dst) {
            jsonw_string(j, "moved_src", s->moved_src);
            jsonw_string(j, "moved_dst", s->moved_dst);
            jsonw_time(j, "moved", s->moved_ns);
        }
        jsonw_close(j);
    }
    jsonw_close(j);
}

static void put_ikes(struct jsonw *j, const struct judgement *o)
{
    jsonw_array(j, "ike");
    for (size_t i = 0; i < o->nikes; i++) {
        const struct ike_outcome *m = &o->ikes[i];
        jsonw_object(j, NULL);
        jsonw_time(j, "time", m->time_ns);
        jsonw_u64(j, "packet", m->packet);
        jsonw_string(j, "src", m->src);
        jsonw_string(j, "dst", m->dst);
        jsonw_u64(j, "version", m->version);
        jsonw_string(j, "exchange", m->exchange);
        jsonw_string(j, "initiator_spi", m->spi_i);
        jsonw_string(j, "responder_spi", m->spi_r);
        jsonw_u64(j, "message_id", m->message_id);
        jsonw_bool(j, "response", m->is_response);
        jsonw_bool(j, "encrypted", m->is_sealed);
        jsonw_bool(j, "opened", m->is_opened);
        jsonw_bool(j, "again", m->is_again);
        jsonw_string(j, "contents", m->contents);
        jsonw_close(j);
    }
    jsonw_close(j);
}

static void put_logs(struct jsonw *j, const struct judgement *o)
{
    jsonw_array(j, "logs");
    for (size_t i = 0; i < o->nlogs; i++) {
        jsonw_object(j, NULL);
        jsonw_u64(j, "packet", o->logs[i].packet);
        jsonw_time(j, "time", o->logs[i].time_ns);
        jsonw_string(j, "line", o->logs[i].line);
        jsonw_close(j);
    }
    jsonw_close(j);
    jsonw_u64(j, "logs_seen", o->logs_seen);
}

/* A count of the whole case, or null where it could not be made. */
static void put_case_metric(struct jsonw *j, const char *as, const struct judgement *o,
                            const char *name)
{
    for (size_t i = 0; i < o->nmetrics; i++) {
        const struct metric *m = &o->metrics[i];
        if (m->stream || m->is_null || m->text || strcmp(m->name, name) != 0)
            continue;
        jsonw_number(j, as, m->value, m->is_integer ? 0 : 3);
        return;
    }
    jsonw_null(j, as);
}

void report_judgement_json(const struct judgement *o, bool has_case, struct buf *out)
{
    struct jsonw j;

    jsonw_begin(&j, out, 2);
    jsonw_object(&j, NULL);
    jsonw_string(&j, "case", has_case ? o->case_id : NULL);
    jsonw_string(&j, "verdict", has_case ? verdict_name(o->verdict) : NULL);
    json_put_judgement(&j, o);
    put_streams(&j, o);
    put_sas(&j, o);
    put_ikes(&j, o);
    put_logs(&j, o);
    put_case_metric(&j, "cleartext_on_wan", o, "cleartext_leak_pkts");
    jsonw_close(&j);
}
