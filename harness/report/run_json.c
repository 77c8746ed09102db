/* run.json and `judge --json`: everything that was found, for programs. */
#include "report/json.h"
#include "report/report_parts.h"

static void put_finding(struct json *j, const struct finding *f)
{
    json_object(j, NULL);
    json_string(j, "rule", f->rule);
    json_string(j, "verdict", verdict_name(f->verdict));
    json_string(j, "message", f->message);
    json_string(j, "file", f->file);
    if (f->file)
        json_i64(j, "line", f->line);
    else
        json_null(j, "line");
    if (f->packet)
        json_u64(j, "packet", f->packet);
    else
        json_null(j, "packet");
    json_string(j, "leg", f->leg);
    if (f->time_ns)
        json_time(j, "time", f->time_ns);
    else
        json_null(j, "time");
    json_close(j);
}

static void put_metric(struct json *j, const struct metric *m)
{
    json_object(j, NULL);
    json_string(j, "name", m->name);
    json_string(j, "stream", m->stream);
    if (m->is_null)
        json_null(j, "value");
    else if (m->text)
        json_string(j, "value", m->text);
    else
        json_number(j, "value", m->value, m->is_integer ? 0 : 3);
    if (m->is_null)
        json_string(j, "why_null", m->why_null);
    json_close(j);
}

static void put_event(struct json *j, const struct event_outcome *e)
{
    json_object(j, NULL);
    json_string(j, "id", e->id);
    json_string(j, "action", e->action);
    if (e->time_ns) {
        json_time(j, "time", e->time_ns);
        json_number(j, "run_s", (double)e->run_ns / 1e9, 6);
    } else {
        json_null(j, "time");
        json_null(j, "run_s");
    }
    json_string(j, "state", e->state);
    json_string(j, "source", e->source);
    json_close(j);
}

static void put_judgement(struct json *j, const struct judgement *o)
{
    json_array(j, "findings");
    for (size_t i = 0; i < o->nfindings; i++)
        put_finding(j, &o->findings[i]);
    json_close(j);
    json_array(j, "events");
    for (size_t i = 0; i < o->nevents; i++)
        put_event(j, &o->events[i]);
    json_close(j);
    json_array(j, "metrics");
    for (size_t i = 0; i < o->nmetrics; i++)
        put_metric(j, &o->metrics[i]);
    json_close(j);
    json_u64(j, "packets", o->packets);
}

static void put_strings(struct json *j, const char *name, const char *const *list, size_t n)
{
    json_array(j, name);
    for (size_t i = 0; i < n; i++)
        json_string(j, NULL, list[i]);
    json_close(j);
}

static void put_case(struct json *j, const struct report_case *c)
{
    json_object(j, NULL);
    json_string(j, "id", c->id);
    json_string(j, "title", c->title);
    json_string(j, "file", c->file);
    json_i64(j, "line", c->line);
    put_strings(j, "tags", c->tags, c->ntags);
    json_string(j, "verdict", verdict_name(c->verdict));
    json_string(j, "reason", c->verdict == VERDICT_PASS ? NULL : case_reason(c));
    json_string(j, "device", c->device);
    json_string(j, "evidence", c->evidence);
    put_strings(j, "attachments", c->attachments, c->nattachments);
    json_string(j, "rerun", c->rerun);
    json_number(j, "run_s", c->run_s, 6);
    json_number(j, "wall_s", c->wall_s, 3);
    if (c->judgement)
        put_judgement(j, c->judgement);
    json_close(j);
}

void report_json(const struct report_run *run, struct buf *out)
{
    struct report_counts n;
    struct buf at = BUF_INIT;
    struct json j;

    report_count(run, &n);
    put_timestamp(run->started_s, &at);
    json_begin(&j, out, 4); /* a line for each finding, event, figure */
    json_object(&j, NULL);
    json_string(&j, "version", run->version);
    json_string(&j, "name", run->name);
    json_u64(&j, "seed", run->seed);
    json_string(&j, "started", buf_str(&at));
    json_string(&j, "hostname", run->hostname);
    json_number(&j, "wall_s", run->wall_s, 3);
    json_bool(&j, "interrupted", run->interrupted);
    json_u64(&j, "passed", n.passed);
    json_u64(&j, "failed", n.failed);
    json_u64(&j, "errors", n.errors);
    json_u64(&j, "skipped", n.skipped);
    json_array(&j, "cases");
    for (size_t i = 0; i < run->ncases; i++)
        put_case(&j, &run->cases[i]);
    json_close(&j);
    json_close(&j);
    buf_release(&at);
}

/* A count of the whole case, or null where it could not be made. */
static void put_case_metric(struct json *j, const char *as, const struct judgement *o,
                            const char *name)
{
    for (size_t i = 0; i < o->nmetrics; i++) {
        const struct metric *m = &o->metrics[i];
        if (m->stream || m->is_null || m->text || strcmp(m->name, name) != 0)
            continue;
        json_number(j, as, m->value, m->is_integer ? 0 : 3);
        return;
    }
    json_null(j, as);
}

void report_judgement_json(const struct judgement *o, bool has_case, struct buf *out)
{
    struct json j;

    json_begin(&j, out, 2);
    json_object(&j, NULL);
    json_string(&j, "case", has_case ? o->case_id : NULL);
    json_string(&j, "verdict", has_case ? verdict_name(o->verdict) : NULL);
    put_judgement(&j, o);
    put_case_metric(&j, "cleartext_on_wan", o, "cleartext_leak_pkts");
    json_close(&j);
}
