#include "cli/outcome.h"

#include "base/cursor.h"
#include "base/mem.h"

#define STRING_NONE UINT32_MAX

void outcome_release(struct outcome *o)
{
    judgement_free(o->judgement);
    plan_free(o->plan);
    o->judgement = NULL;
    o->plan = NULL;
}

static void put_u64(struct buf *b, uint64_t v)
{
    buf_add(b, &v, sizeof(v)); /* both ends are this very program */
}

static void put_double(struct buf *b, double v)
{
    buf_add(b, &v, sizeof(v));
}

static void put_string(struct buf *b, const char *s)
{
    put_u64(b, s ? strlen(s) : STRING_NONE);
    if (s)
        buf_adds(b, s);
}

static void put_judgement(const struct judgement *j, struct buf *b)
{
    put_string(b, j->case_id);
    put_u64(b, j->verdict);
    put_u64(b, j->packets);
    put_u64(b, j->nfindings);
    for (size_t i = 0; i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        put_string(b, f->rule);
        put_u64(b, f->verdict);
        put_string(b, f->message);
        put_string(b, f->file);
        put_u64(b, (uint64_t)f->line);
        put_u64(b, f->packet);
        put_string(b, f->leg);
        put_u64(b, (uint64_t)f->time_ns);
    }
    put_u64(b, j->nmetrics);
    for (size_t i = 0; i < j->nmetrics; i++) {
        const struct metric *m = &j->metrics[i];
        put_string(b, m->name);
        put_string(b, m->stream);
        put_u64(b, m->is_null);
        put_double(b, m->value);
        put_u64(b, m->is_integer);
        put_string(b, m->text);
        put_string(b, m->why_null);
    }
    put_u64(b, j->nevents);
    for (size_t i = 0; i < j->nevents; i++) {
        const struct event_outcome *e = &j->events[i];
        put_string(b, e->id);
        put_string(b, e->action);
        put_string(b, e->state);
        put_string(b, e->source);
        put_u64(b, (uint64_t)e->time_ns);
        put_u64(b, (uint64_t)e->run_ns);
    }
}

void outcome_put(const struct outcome *o, struct buf *out)
{
    put_u64(out, o->verdict);
    put_string(out, o->why);
    put_double(out, o->wall_s);
    put_double(out, o->run_s);
    put_u64(out, o->has_evidence);
    put_u64(out, o->has_keys);
    put_u64(out, o->interrupted);
    put_u64(out, o->judgement != NULL);
    if (o->judgement)
        put_judgement(o->judgement, out);
}

static uint64_t get_u64(struct rd *r)
{
    uint64_t v;

    rd_copy(r, &v, sizeof(v));
    return v;
}

static double get_double(struct rd *r)
{
    double v;

    rd_copy(r, &v, sizeof(v));
    return v;
}

static const char *get_string(struct rd *r, struct arena *a)
{
    uint64_t n = get_u64(r);

    if (n == STRING_NONE || r->err)
        return NULL;
    struct bytes b = rd_take(r, n);
    return r->err ? NULL : arena_strndup(a, (const char *)b.p, b.n);
}

/* A count that the bytes left can hold. */
static size_t get_count(struct rd *r)
{
    uint64_t n = get_u64(r);

    if (n > rd_left(r)) {
        rd_fail(r, ERR_FORMAT);
        return 0;
    }
    return (size_t)n;
}

static void get_findings(struct rd *r, struct judgement *j)
{
    j->nfindings = get_count(r);
    j->findings = arena_array(&j->arena, j->nfindings + 1, sizeof(*j->findings));
    for (size_t i = 0; i < j->nfindings; i++) {
        struct finding *f = &j->findings[i];
        f->rule = get_string(r, &j->arena);
        f->verdict = (enum verdict)get_u64(r);
        f->message = get_string(r, &j->arena);
        f->file = get_string(r, &j->arena);
        f->line = (int)get_u64(r);
        f->packet = get_u64(r);
        f->leg = get_string(r, &j->arena);
        f->time_ns = (int64_t)get_u64(r);
    }
}

static void get_metrics(struct rd *r, struct judgement *j)
{
    j->nmetrics = get_count(r);
    j->metrics = arena_array(&j->arena, j->nmetrics + 1, sizeof(*j->metrics));
    for (size_t i = 0; i < j->nmetrics; i++) {
        struct metric *m = &j->metrics[i];
        m->name = get_string(r, &j->arena);
        m->stream = get_string(r, &j->arena);
        m->is_null = get_u64(r);
        m->value = get_double(r);
        m->is_integer = get_u64(r);
        m->text = get_string(r, &j->arena);
        m->why_null = get_string(r, &j->arena);
    }
}

static void get_events(struct rd *r, struct judgement *j)
{
    j->nevents = get_count(r);
    j->events = arena_array(&j->arena, j->nevents + 1, sizeof(*j->events));
    for (size_t i = 0; i < j->nevents; i++) {
        struct event_outcome *e = &j->events[i];
        e->id = get_string(r, &j->arena);
        e->action = get_string(r, &j->arena);
        e->state = get_string(r, &j->arena);
        e->source = get_string(r, &j->arena);
        e->time_ns = (int64_t)get_u64(r);
        e->run_ns = (int64_t)get_u64(r);
    }
}

enum err outcome_take(struct bytes in, struct outcome *out)
{
    struct judgement *j = mem_zalloc(sizeof(*j));
    struct rd r = rd_of(in);
    struct outcome o = {.judgement = j};
    const char *why;

    arena_init(&j->arena);
    o.verdict = (enum verdict)get_u64(&r);
    why = get_string(&r, &j->arena);
    if (why && strlen(why) < sizeof(o.why))
        memcpy(o.why, why, strlen(why) + 1);
    o.wall_s = get_double(&r);
    o.run_s = get_double(&r);
    o.has_evidence = get_u64(&r);
    o.has_keys = get_u64(&r);
    o.interrupted = get_u64(&r);
    if (get_u64(&r)) {
        j->case_id = get_string(&r, &j->arena);
        j->verdict = (enum verdict)get_u64(&r);
        j->packets = get_u64(&r);
        get_findings(&r, j);
        get_metrics(&r, j);
        get_events(&r, j);
    } else {
        outcome_release(&o);
    }
    if (r.err)
        outcome_release(&o);
    else
        *out = o;
    return r.err;
}
