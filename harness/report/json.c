/* run.json: everything a run found, for programs. */
#include "report/report_parts.h"

static void key(struct buf *out, const char *name)
{
    put_json(out, name);
    buf_adds(out, ": ");
}

static void text(struct buf *out, const char *name, const char *value)
{
    key(out, name);
    if (value)
        put_json(out, value);
    else
        buf_adds(out, "null");
}

static void number(struct buf *out, const char *name, double v)
{
    key(out, name);
    put_number(out, v, 6);
}

static void put_finding(const struct finding *f, struct buf *out)
{
    buf_adds(out, "{");
    text(out, "rule", f->rule);
    buf_adds(out, ", ");
    text(out, "verdict", verdict_name(f->verdict));
    buf_adds(out, ", ");
    text(out, "message", f->message);
    buf_adds(out, ", ");
    text(out, "file", f->file);
    buf_addf(out, ", \"line\": %d, \"packet\": ", f->line);
    if (f->packet)
        buf_addf(out, "%llu, ", (unsigned long long)f->packet);
    else
        buf_adds(out, "null, ");
    text(out, "leg", f->leg);
    buf_adds(out, "}");
}

static void put_metric(const struct metric *m, struct buf *out)
{
    buf_adds(out, "{");
    text(out, "name", m->name);
    buf_adds(out, ", ");
    text(out, "stream", m->stream);
    buf_adds(out, ", \"value\": ");
    if (m->is_null)
        buf_adds(out, "null");
    else if (m->text)
        put_json(out, m->text);
    else
        put_number(out, m->value, m->is_integer ? 0 : 3);
    if (m->is_null) {
        buf_adds(out, ", ");
        text(out, "why_null", m->why_null);
    }
    buf_adds(out, "}");
}

static void put_event(const struct event_outcome *e, struct buf *out)
{
    buf_adds(out, "{");
    text(out, "id", e->id);
    buf_adds(out, ", ");
    text(out, "action", e->action);
    buf_adds(out, ", ");
    text(out, "state", e->state);
    buf_adds(out, ", ");
    text(out, "source", e->source);
    buf_adds(out, ", \"time\": ");
    if (e->time_ns)
        put_number(out, (double)e->run_ns / 1e9, 6);
    else
        buf_adds(out, "null");
    buf_adds(out, "}");
}

/* One element a line, so that two reports can be compared by eye. */
#define PUT_LIST(out, name, list, n, put)                                                          \
    do {                                                                                           \
        buf_addf(out, ",\n      \"" name "\": [");                                                 \
        for (size_t i_ = 0; i_ < (n); i_++) {                                                      \
            buf_adds(out, i_ ? ",\n        " : "\n        ");                                      \
            put(&(list)[i_], out);                                                                 \
        }                                                                                          \
        buf_adds(out, "]");                                                                        \
    } while (0)

static void put_tag(const char *const *tag, struct buf *out)
{
    put_json(out, *tag);
}

static void put_case(const struct report_case *c, struct buf *out)
{
    const struct judgement *j = c->judgement;

    buf_adds(out, "    {");
    text(out, "id", c->id);
    buf_adds(out, ",\n      ");
    text(out, "title", c->title);
    buf_adds(out, ", ");
    text(out, "file", c->file);
    buf_addf(out, ", \"line\": %d,\n      ", c->line);
    text(out, "verdict", verdict_name(c->verdict));
    buf_adds(out, ", ");
    text(out, "reason", c->verdict == VERDICT_PASS ? NULL : case_reason(c));
    buf_adds(out, ",\n      ");
    text(out, "device", c->device);
    buf_adds(out, ", ");
    text(out, "evidence", c->evidence);
    buf_adds(out, ", ");
    number(out, "run_s", c->run_s);
    buf_adds(out, ", ");
    number(out, "wall_s", c->wall_s);
    PUT_LIST(out, "tags", c->tags, c->ntags, put_tag);
    if (j) {
        PUT_LIST(out, "events", j->events, j->nevents, put_event);
        PUT_LIST(out, "findings", j->findings, j->nfindings, put_finding);
        PUT_LIST(out, "metrics", j->metrics, j->nmetrics, put_metric);
    }
    buf_adds(out, "\n    }");
}

void report_json(const struct report_run *run, struct buf *out)
{
    struct report_counts n;
    struct buf at = BUF_INIT;

    report_count(run, &n);
    put_timestamp(run->started_s, &at);
    buf_adds(out, "{\n  ");
    text(out, "version", run->version);
    buf_adds(out, ",\n  ");
    text(out, "name", run->name);
    buf_addf(out, ",\n  \"seed\": %llu,\n  ", (unsigned long long)run->seed);
    text(out, "started", buf_str(&at));
    buf_adds(out, ", ");
    text(out, "hostname", run->hostname);
    buf_adds(out, ", ");
    number(out, "wall_s", run->wall_s);
    buf_addf(out, ", \"interrupted\": %s,\n", run->interrupted ? "true" : "false");
    buf_addf(out,
             "  \"passed\": %zu, \"failed\": %zu, \"errors\": %zu, \"skipped\": %zu,\n"
             "  \"cases\": [\n",
             n.passed, n.failed, n.errors, n.skipped);
    for (size_t i = 0; i < run->ncases; i++) {
        if (i)
            buf_adds(out, ",\n");
        put_case(&run->cases[i], out);
    }
    buf_adds(out, "\n  ]\n}\n");
    buf_release(&at);
}
