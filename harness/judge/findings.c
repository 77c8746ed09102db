#include "base/mem.h"
#include "judge/judge_parts.h"

const char *keep_text(struct judge *j, struct bytes b)
{
    return arena_strndup(j->arena, (const char *)b.p, b.n);
}

struct finding *find_add(struct judge *j, const char *rule, enum verdict v, const char *fmt, ...)
{
    va_list ap;

    if (j->nfindings == j->cap_findings) {
        j->cap_findings = j->cap_findings ? j->cap_findings * 2 : 32;
        j->findings = mem_resize(j->findings, j->cap_findings, sizeof(*j->findings));
    }
    buf_clear(&j->text);
    va_start(ap, fmt);
    buf_vaddf(&j->text, fmt, ap);
    va_end(ap);
    struct finding *f = &j->findings[j->nfindings++];
    *f = (struct finding){
        .rule = rule, .verdict = v, .message = arena_strdup(j->arena, buf_str(&j->text))};
    return f;
}

void find_at(struct finding *f, const struct plan_expect *x)
{
    f->file = x->at.file;
    f->line = x->at.line;
}

static struct metric *metric_add(struct judge *j, const char *name, const char *stream)
{
    if (j->nmetrics == j->cap_metrics) {
        j->cap_metrics = j->cap_metrics ? j->cap_metrics * 2 : 64;
        j->metrics = mem_resize(j->metrics, j->cap_metrics, sizeof(*j->metrics));
    }
    struct metric *m = &j->metrics[j->nmetrics++];
    *m = (struct metric){.name = name, .stream = stream};
    return m;
}

void metric_number(struct judge *j, const char *name, const char *stream, double v, bool integer)
{
    struct metric *m = metric_add(j, name, stream);

    m->value = v;
    m->is_integer = integer;
}

void metric_text(struct judge *j, const char *name, const char *stream, const char *text)
{
    metric_add(j, name, stream)->text = arena_strdup(j->arena, text);
}

void metric_null(struct judge *j, const char *name, const char *stream, const char *why)
{
    struct metric *m = metric_add(j, name, stream);

    m->is_null = true;
    m->why_null = why;
}

/* Of equals, what the log says goes first: it is the reason a person looks for. */
static int weight(const struct finding *f)
{
    if (strcmp(f->rule, "gate") == 0)
        return 0;
    return strcmp(f->rule, "no-log") == 0 || strcmp(f->rule, "log") == 0 ? 1 : 2;
}

static bool goes_before(const struct finding *a, const struct finding *b)
{
    if (a->verdict != b->verdict)
        return a->verdict > b->verdict;
    return weight(a) < weight(b);
}

/* Stable, for a handful of findings. */
static void sort(struct finding *f, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        struct finding x = f[i];
        size_t k = i;
        for (; k > 0 && goes_before(&x, &f[k - 1]); k--)
            f[k] = f[k - 1];
        f[k] = x;
    }
}

void findings_finish(struct judge *j)
{
    struct judgement *o = j->out;

    sort(j->findings, j->nfindings);
    o->findings = arena_array(j->arena, j->nfindings + 1, sizeof(*o->findings));
    if (j->nfindings)
        memcpy(o->findings, j->findings, j->nfindings * sizeof(*o->findings));
    o->nfindings = j->nfindings;
    o->metrics = arena_array(j->arena, j->nmetrics + 1, sizeof(*o->metrics));
    if (j->nmetrics)
        memcpy(o->metrics, j->metrics, j->nmetrics * sizeof(*o->metrics));
    o->nmetrics = j->nmetrics;
    o->verdict = o->nfindings ? o->findings[0].verdict : VERDICT_PASS;
    mem_free(j->findings);
    mem_free(j->metrics);
}
