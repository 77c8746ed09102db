#include "judge/findings.h"

#include "base/mem.h"

void findings_init(struct findings *fs, struct arena *arena)
{
    *fs = (struct findings){.arena = arena};
}

void findings_release(struct findings *fs)
{
    mem_free(fs->list);
    mem_free(fs->metrics);
    buf_release(&fs->text);
    *fs = (struct findings){0};
}

struct found *find_add(struct findings *fs, const char *rule, enum verdict v, enum basis basis,
                       const char *fmt, ...)
{
    va_list ap;

    if (fs->n == fs->cap) {
        fs->cap = fs->cap ? fs->cap * 2 : 32;
        fs->list = mem_resize(fs->list, fs->cap, sizeof(*fs->list));
    }
    buf_clear(&fs->text);
    va_start(ap, fmt);
    buf_vaddf(&fs->text, fmt, ap);
    va_end(ap);
    struct found *f = &fs->list[fs->n++];
    *f = (struct found){
        .f = {.rule = rule, .verdict = v, .message = arena_strdup(fs->arena, buf_str(&fs->text))},
        .basis = basis};
    return f;
}

void found_place(struct found *f, const struct plan_expect *x)
{
    f->f.file = x->at.file;
    f->f.line = x->at.line;
}

void found_packet(struct found *f, uint64_t packet, const char *leg, int64_t time_ns)
{
    f->f.packet = packet;
    f->f.leg = leg;
    f->f.time_ns = time_ns;
}

static struct metric *metric_add(struct findings *fs, const char *name, const char *stream)
{
    if (fs->nmetrics == fs->cap_metrics) {
        fs->cap_metrics = fs->cap_metrics ? fs->cap_metrics * 2 : 64;
        fs->metrics = mem_resize(fs->metrics, fs->cap_metrics, sizeof(*fs->metrics));
    }
    struct metric *m = &fs->metrics[fs->nmetrics++];
    *m = (struct metric){.name = name, .stream = stream};
    return m;
}

void metric_number(struct findings *fs, const char *name, const char *stream, double v)
{
    metric_add(fs, name, stream)->value = v;
}

void metric_count(struct findings *fs, const char *name, const char *stream, uint64_t v)
{
    struct metric *m = metric_add(fs, name, stream);

    m->value = (double)v;
    m->is_integer = true;
}

void metric_text(struct findings *fs, const char *name, const char *stream, const char *text)
{
    metric_add(fs, name, stream)->text = arena_strdup(fs->arena, text);
}

void metric_null(struct findings *fs, const char *name, const char *stream, const char *why)
{
    struct metric *m = metric_add(fs, name, stream);

    m->is_null = true;
    m->why_null = arena_strdup(fs->arena, why);
}

static const char *as_far(struct findings *fs, const char *message)
{
    buf_clear(&fs->text);
    buf_addf(&fs->text, "%s, as far as the evidence goes", message);
    return arena_strdup(fs->arena, buf_str(&fs->text));
}

/* What a shut gate says about all findings behind it. */
struct doubt {
    bool unresolved; /* a stimulus did not bite */
    bool missing;    /* evidence is missing, or the harness itself went wrong */
    bool cut;        /* evidence is missing */
};

static void temper(struct findings *fs, struct found *f, const struct doubt *d)
{
    if (f->f.verdict == VERDICT_PASS && f->basis == BASIS_MISSING && d->cut) {
        f->f.verdict = VERDICT_INCONCLUSIVE;
        f->f.message = as_far(fs, f->f.message);
    }
    if (f->f.verdict != VERDICT_FAIL || f->basis == BASIS_ALWAYS)
        return;
    if (d->missing && f->basis == BASIS_MISSING)
        f->f.verdict = VERDICT_INCONCLUSIVE;
    else if (d->unresolved)
        f->f.verdict = VERDICT_UNRESOLVED;
}

void findings_temper(struct findings *fs, size_t from)
{
    struct doubt d = {0};

    for (size_t i = 0; i < from; i++) {
        const struct found *gate = &fs->list[i];
        bool shut = gate->f.verdict == VERDICT_INCONCLUSIVE || gate->f.verdict == VERDICT_ERROR;
        d.unresolved = d.unresolved || gate->f.verdict == VERDICT_UNRESOLVED;
        d.missing = d.missing || shut;
        d.cut = d.cut || (shut && gate->basis == BASIS_MISSING);
    }
    for (size_t i = from; i < fs->n; i++)
        temper(fs, &fs->list[i], &d);
}

/* Of equals, gates go first, then what the log says: it is the reason a person looks for. */
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

/* Stable; cases have a handful of findings. */
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

void findings_finish(struct findings *fs, struct judgement *out)
{
    out->findings = arena_array(fs->arena, fs->n + 1, sizeof(*out->findings));
    out->nfindings = fs->n;
    for (size_t i = 0; i < fs->n; i++)
        out->findings[i] = fs->list[i].f;
    sort(out->findings, out->nfindings);
    out->metrics = arena_array(fs->arena, fs->nmetrics + 1, sizeof(*out->metrics));
    out->nmetrics = fs->nmetrics;
    if (fs->nmetrics)
        memcpy(out->metrics, fs->metrics, fs->nmetrics * sizeof(*out->metrics));
    out->verdict = out->nfindings ? out->findings[0].verdict : VERDICT_PASS;
}
