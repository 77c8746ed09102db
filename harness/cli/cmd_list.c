/* holdfast list: what cases there are. */
#include "cli/list_events.h"
#include "cli/requirements.h"
#include "cli/select.h"
#include "report/jsonw.h"

struct list_args {
    struct selection sel; /* first: the rows of select.h find it here */
    bool json, ids, requirements, events;
    const char *note, *report;
};

static const char *take_json(void *ctx, const char *value)
{
    (void)value;
    ((struct list_args *)ctx)->json = true;
    return NULL;
}

static const char *take_ids(void *ctx, const char *value)
{
    (void)value;
    ((struct list_args *)ctx)->ids = true;
    return NULL;
}

static const char *take_requirements(void *ctx, const char *value)
{
    (void)value;
    ((struct list_args *)ctx)->requirements = true;
    return NULL;
}

static const char *take_events(void *ctx, const char *value)
{
    (void)value;
    ((struct list_args *)ctx)->events = true;
    return NULL;
}

static const char *take_note(void *ctx, const char *value)
{
    ((struct list_args *)ctx)->note = value;
    return NULL;
}

static const char *take_report(void *ctx, const char *value)
{
    ((struct list_args *)ctx)->report = value;
    return NULL;
}

static const struct option_row rows[] = {
    SELECT_ROWS,
    {0, "ids", NULL, "ids only, one a line", take_ids},
    {0, "json", NULL, "as JSON", take_json},
    {0, "events", NULL, "what a case can make happen, and what shows that it did", take_events},
    {0, "requirements", NULL,
     "what the note states, the cases that show it, and their verdicts in the last run",
     take_requirements},
    {0, "note", "FILE", "other statements than those of " REQUIREMENTS_NOTE, take_note},
    {0, "report", "FILE", "the last run's (default: reports/run.json)", take_report},
};

static const struct options options = {
    .command = "list",
    .usage = "[OPTIONS] [CASE|DIR]...",
    .about = "Lists cases: id, title, tags. Without CASE: all of cases/.",
    .rows = rows,
    .n = COUNT(rows),
};

static void put_case(const struct plan *p, bool ids, struct buf *out)
{
    if (ids) {
        buf_addf(out, "%s\n", p->id);
        return;
    }
    buf_addf(out, "%-44s %s\n", p->id, p->title);
    for (size_t i = 0; i < p->ntags; i++)
        buf_addf(out, "%*s%s%s", i ? 0 : 45, "", i ? " " : "tags: ", p->tags[i]);
    if (p->ntags)
        buf_addc(out, '\n');
}

static void put_case_json(const struct plan *p, struct jsonw *j)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "id", p->id);
    jsonw_string(j, "title", p->title);
    jsonw_string(j, "file", p->file);
    jsonw_i64(j, "line", p->line);
    jsonw_array(j, "tags");
    for (size_t i = 0; i < p->ntags; i++)
        jsonw_string(j, NULL, p->tags[i]);
    jsonw_close(j);
    jsonw_close(j);
}

/* Exit code 1 when a statement is not shown. */
static int list_requirements(const struct list_args *a, struct buf *out)
{
    struct requirements r = {.plans = a->sel.plans, .nplans = a->sel.nplans};
    struct statements doc = {0};
    struct last_run *run = NULL;
    struct arena arena;
    struct diag why = {0};
    size_t bad = 0;

    arena_init(&arena);
    enum err e = statements_load(&arena, a->note, &doc, &why);
    if (!e)
        e = last_run_read(a->report, &run, &why);
    if (!e) {
        r.doc = &doc;
        r.run = run;
        bad = a->json ? requirements_json(&r, out) : requirements_text(&r, out);
        last_run_free(run);
    }
    arena_release(&arena);
    if (e)
        return say_why(&why, EXIT_USAGE);
    return bad ? EXIT_FAILED : EXIT_PASSED;
}

int cmd_list(const struct cli_env *env, int argc, char **argv)
{
    struct list_args a = {.note = REQUIREMENTS_NOTE, .report = "reports/run.json"};
    struct buf b = BUF_INIT;
    struct jsonw j;
    int rc = options_parse(&options, &argc, argv, &a);

    (void)env;
    if (rc < 0 && !a.events)
        rc = select_load(&a.sel, argv, argc);
    if (rc < 0 && a.events) {
        (a.json ? list_events_json : list_events_text)(&b);
    } else if (rc < 0 && a.requirements) {
        rc = list_requirements(&a, &b);
    } else if (rc < 0 && a.json) {
        jsonw_begin(&j, &b, 1);
        jsonw_array(&j, NULL);
        for (size_t i = 0; i < a.sel.nplans; i++)
            put_case_json(a.sel.plans[i], &j);
        jsonw_close(&j);
    } else if (rc < 0) {
        for (size_t i = 0; i < a.sel.nplans; i++)
            put_case(a.sel.plans[i], a.ids, &b);
    }
    put_out(&b);
    buf_release(&b);
    select_release(&a.sel);
    return rc < 0 ? EXIT_PASSED : rc;
}
