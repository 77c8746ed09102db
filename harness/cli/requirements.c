#include "cli/requirements.h"

#include "base/mem.h"
#include "cli/files.h"
#include "report/jsonw.h"

#include <jansson.h>
#include <string.h>

/* --- the last run ------------------------------------------------------------------------------
 */

struct last_run {
    json_t *root; /* NULL: there was none */
};

enum err last_run_read(const char *path, struct last_run **out, struct diag *why)
{
    struct last_run *r = mem_zalloc(sizeof(*r));
    json_error_t error;
    char *text;
    size_t n;
    enum err e = read_whole(path, &text, &n, why);

    *out = r;
    if (e == ERR_NOTFOUND) {
        *why = (struct diag){0};
        return ERR_OK;
    }
    if (e) {
        last_run_free(r);
        return e;
    }
    r->root = json_loadb(text, n, 0, &error);
    mem_free(text);
    if (json_is_array(json_object_get(r->root, "cases")))
        return ERR_OK;
    last_run_free(r);
    return diag_fail(why, ERR_INVALID, "%s: is no report of a run (run.json)", path);
}

void last_run_free(struct last_run *r)
{
    if (r)
        json_decref(r->root);
    mem_free(r);
}

const char *last_run_verdict(const struct last_run *r, const char *id)
{
    const json_t *c;
    size_t i;

    json_array_foreach(json_object_get(r->root, "cases"), i, c)
    {
        const char *own = json_string_value(json_object_get(c, "id"));
        if (own && strcmp(own, id) == 0)
            return json_string_value(json_object_get(c, "verdict"));
    }
    return NULL;
}

/* --- what shows what ---------------------------------------------------------------------------
 */

static bool proves(const struct plan *p, const char *id)
{
    for (size_t i = 0; i < p->nproves; i++) {
        size_t n = proves_id(p->proves[i]);
        if (n == strlen(id) && strncmp(p->proves[i], id, n) == 0)
            return true;
    }
    return false;
}

struct shown {
    size_t cases, passed, failed;
};

static struct shown shown_by(const struct requirements *r, const struct statement *s)
{
    struct shown n = {0};

    for (size_t i = 0; i < r->nplans; i++) {
        const char *v = last_run_verdict(r->run, r->plans[i]->id);
        if (!proves(r->plans[i], s->id))
            continue;
        n.cases++;
        n.passed += v && strcmp(v, "PASS") == 0;
        n.failed += v && strcmp(v, "FAIL") == 0;
    }
    return n;
}

/* What is wrong, loudly; NULL: the statement holds, or needs no case. */
static const char *complaint(const struct statement *s, struct shown n)
{
    if (n.failed)
        return "A CASE FAILS";
    if (n.passed || s->no_case)
        return NULL;
    return n.cases ? "NO CASE PASSED" : "NO CASE";
}

static bool is_stated(const struct statements *doc, const char *id, size_t n)
{
    for (size_t i = 0; i < doc->n; i++) {
        if (strlen(doc->v[i].id) == n && strncmp(doc->v[i].id, id, n) == 0)
            return true;
    }
    return false;
}

/* Calls WHAT for each <proves> that names no statement. Returns how many. */
static size_t each_stray(const struct requirements *r,
                         void (*what)(const struct plan *p, const char *words, void *ctx),
                         void *ctx)
{
    size_t n = 0;

    for (size_t i = 0; i < r->nplans; i++) {
        const struct plan *p = r->plans[i];
        for (size_t k = 0; k < p->nproves; k++) {
            if (is_stated(r->doc, p->proves[k], proves_id(p->proves[k])))
                continue;
            what(p, p->proves[k], ctx);
            n++;
        }
    }
    return n;
}

/* --- for people --------------------------------------------------------------------------------
 */

static void put_cases(const struct requirements *r, const struct statement *s, struct buf *out)
{
    for (size_t i = 0; i < r->nplans; i++) {
        const char *v = last_run_verdict(r->run, r->plans[i]->id);
        if (proves(r->plans[i], s->id))
            buf_addf(out, "    %-12s %s\n", v ? v : "not run", r->plans[i]->id);
    }
}

static void put_stray(const struct plan *p, const char *words, void *ctx)
{
    buf_addf(ctx, "!!! NO SUCH STATEMENT: %s proves \"%s\"\n", p->id, words);
}

size_t requirements_text(const struct requirements *r, struct buf *out)
{
    size_t bad = 0, without = 0;

    buf_addf(out, "%s\n\n", r->doc->title);
    for (size_t i = 0; i < r->doc->n; i++) {
        const struct statement *s = &r->doc->v[i];
        const char *loud = complaint(s, shown_by(r, s));
        buf_addf(out, "%s: %s\n    [%s]\n", s->id, s->text, s->at);
        put_cases(r, s, out);
        if (loud)
            buf_addf(out, "!!! %s\n", loud);
        else if (s->no_case)
            buf_addf(out, "    no case: %s\n", s->no_case);
        bad += loud != NULL;
        without += s->no_case != NULL;
    }
    size_t stray = each_stray(r, put_stray, out);
    buf_addf(out, "\n%zu statements: %zu shown, %zu not shown, %zu that no case can show\n",
             r->doc->n, r->doc->n - bad - without, bad, without);
    return bad + stray;
}

/* --- for programs ------------------------------------------------------------------------------
 */

static void count_stray(const struct plan *p, const char *words, void *ctx)
{
    jsonw_object(ctx, NULL);
    jsonw_string(ctx, "case", p->id);
    jsonw_string(ctx, "proves", words);
    jsonw_close(ctx);
}

static void put_statement(const struct requirements *r, const struct statement *s, const char *loud,
                          struct jsonw *j)
{
    jsonw_object(j, NULL);
    jsonw_string(j, "id", s->id);
    jsonw_string(j, "at", s->at);
    jsonw_string(j, "text", s->text);
    jsonw_string(j, "no_case", s->no_case);
    jsonw_bool(j, "shown", !loud && !s->no_case);
    jsonw_array(j, "cases");
    for (size_t i = 0; i < r->nplans; i++) {
        if (!proves(r->plans[i], s->id))
            continue;
        jsonw_object(j, NULL);
        jsonw_string(j, "id", r->plans[i]->id);
        jsonw_string(j, "verdict", last_run_verdict(r->run, r->plans[i]->id));
        jsonw_close(j);
    }
    jsonw_close(j);
    jsonw_close(j);
}

size_t requirements_json(const struct requirements *r, struct buf *out)
{
    struct jsonw j;
    size_t bad = 0;

    jsonw_begin(&j, out, 2);
    jsonw_object(&j, NULL);
    jsonw_string(&j, "document", r->doc->title);
    jsonw_array(&j, "statements");
    for (size_t i = 0; i < r->doc->n; i++) {
        const char *loud = complaint(&r->doc->v[i], shown_by(r, &r->doc->v[i]));
        put_statement(r, &r->doc->v[i], loud, &j);
        bad += loud != NULL;
    }
    jsonw_close(&j);
    jsonw_array(&j, "no_such_statement");
    bad += each_stray(r, count_stray, &j);
    jsonw_close(&j);
    jsonw_close(&j);
    return bad;
}
