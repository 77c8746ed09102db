/* run.json: everything that was found, for programs. */
#include "report/jsonw.h"
#include "report/report_parts.h"

static void put_finding(struct jsonw *j, const struct finding *f)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "rule", f->rule);
    jsonw_string(j, "verdict", verdict_name(f->verdict));
    jsonw_string(j, "message", f->message);
    jsonw_string(j, "file", f->file);
    if (f->file)
        jsonw_i64(j, "line", f->line);
    else
        jsonw_null(j, "line");
    if (f->packet)
        jsonw_u64(j, "packet", f->packet);
    else
        jsonw_null(j, "packet");
    jsonw_string(j, "leg", f->leg);
    if (f->time_ns)
        jsonw_time(j, "time", f->time_ns);
    else
        jsonw_null(j, "time");
    jsonw_close(j);
}

static void put_metric(struct jsonw *j, const struct metric *m)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "name", m->name);
    jsonw_string(j, "stream", m->stream);
    if (m->is_null)
        jsonw_null(j, "value");
    else if (m->text)
        jsonw_string(j, "value", m->text);
    else
        jsonw_number(j, "value", m->value, m->is_integer ? 0 : 3);
    if (m->is_null)
        jsonw_string(j, "why_null", m->why_null);
    jsonw_close(j);
}

static void put_event(struct jsonw *j, const struct event_outcome *e)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "id", e->id);
    jsonw_string(j, "action", e->action);
    if (e->time_ns) {
        jsonw_time(j, "time", e->time_ns);
        jsonw_number(j, "run_s", (double)e->run_ns / 1e9, 6);
    } else {
        jsonw_null(j, "time");
        jsonw_null(j, "run_s");
    }
    jsonw_string(j, "state", e->state);
    jsonw_string(j, "source", e->source);
    jsonw_close(j);
}

void json_put_judgement(struct jsonw *j, const struct judgement *o)
{
    jsonw_array(j, "findings");
    for (size_t i = 0; i < o->nfindings; i++)
        put_finding(j, &o->findings[i]);
    jsonw_close(j);
    jsonw_array(j, "events");
    for (size_t i = 0; i < o->nevents; i++)
        put_event(j, &o->events[i]);
    jsonw_close(j);
    jsonw_array(j, "metrics");
    for (size_t i = 0; i < o->nmetrics; i++)
        put_metric(j, &o->metrics[i]);
    jsonw_close(j);
    jsonw_u64(j, "packets", o->packets);
}

static void put_strings(struct jsonw *j, const char *name, const char *const *list, size_t n)
{
    jsonw_array(j, name);
    for (size_t i = 0; i < n; i++)
        jsonw_string(j, NULL, list[i]);
    jsonw_close(j);
}

static void put_case(struct jsonw *j, const struct report_case *c)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "id", c->id);
    jsonw_string(j, "title", c->title);
    jsonw_string(j, "file", c->file);
    jsonw_i64(j, "line", c->line);
    put_strings(j, "tags", c->tags, c->ntags);
    jsonw_string(j, "verdict", verdict_name(c->verdict));
    jsonw_string(j, "reason", c->verdict == VERDICT_PASS ? NULL : case_reason(c));
    jsonw_string(j, "device", c->device);
    jsonw_string(j, "evidence", c->evidence);
    put_strings(j, "attachments", c->attachments, c->nattachments);
    jsonw_string(j, "rerun", c->rerun);
    jsonw_number(j, "run_s", c->run_s, 6);
    jsonw_number(j, "wall_s", c->wall_s, 3);
    if (c->judgement)
        json_put_judgement(j, c->judgement);
    jsonw_close(j);
}

void report_json(const struct report_run *run, struct buf *out)
{
    struct report_counts n;
    struct buf at = BUF_INIT;
    struct jsonw j;

    report_count(run, &n);
    put_timestamp(run->started_s, &at);
    jsonw_begin(&j, out, 4); /* a line for each finding, event, figure */
    jsonw_object(&j, NULL);
    jsonw_string(&j, "version", run->version);
    jsonw_string(&j, "name", run->name);
    jsonw_u64(&j, "seed", run->seed);
    jsonw_string(&j, "started", buf_str(&at));
    jsonw_string(&j, "hostname", run->hostname);
    jsonw_number(&j, "wall_s", run->wall_s, 3);
    jsonw_bool(&j, "interrupted", run->interrupted);
    jsonw_u64(&j, "passed", n.passed);
    jsonw_u64(&j, "failed", n.failed);
    jsonw_u64(&j, "errors", n.errors);
    jsonw_u64(&j, "skipped", n.skipped);
    jsonw_array(&j, "cases");
    for (size_t i = 0; i < run->ncases; i++)
        put_case(&j, &run->cases[i]);
    jsonw_close(&j);
    jsonw_close(&j);
    buf_release(&at);
}
