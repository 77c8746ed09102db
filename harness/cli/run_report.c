#include "cli/run_report.h"

#include "base/mem.h"
#include "cli/files.h"
#include "cli/words.h"

#include <string.h>

typedef void report_writer(const struct report_run *run, struct buf *out);

static void write_rich(const struct report_run *run, struct buf *out)
{
    report_junit(run, JUNIT_RICH, out);
}

static void write_strict(const struct report_run *run, struct buf *out)
{
    report_junit(run, JUNIT_STRICT, out);
}

struct report_file {
    const char *given;    /* by an option; NULL */
    const char *standard; /* in the reports' folder; NULL: only when given */
    report_writer *write;
};

#define REPORT_FILES 3

static void report_files(const struct run_args *a, struct report_file out[static REPORT_FILES])
{
    out[0] = (struct report_file){a->junit, "junit.xml", write_rich};
    out[1] = (struct report_file){a->strict, NULL, write_strict};
    out[2] = (struct report_file){a->json, "run.json", report_json};
}

/* False: this one is not wanted. */
static bool put_path(const struct run_args *a, const struct report_file *f, struct buf *out)
{
    buf_clear(out);
    if (f->given)
        buf_adds(out, f->given);
    else if (f->standard)
        buf_addf(out, "%s/%s", a->out, f->standard);
    return out->n != 0;
}

int run_report_check(const struct run_args *a)
{
    struct report_file files[REPORT_FILES];
    struct buf path = BUF_INIT;
    struct diag why = {0};
    enum err e;

    report_files(a, files);
    buf_addf(&path, "%s/evidence", a->out);
    e = make_folder(buf_str(&path), &why);
    for (size_t i = 0; i < REPORT_FILES && !e; i++) {
        if (put_path(a, &files[i], &path))
            e = check_writable(buf_str(&path), &why);
    }
    buf_release(&path);
    return e ? say_why(&why, EXIT_USAGE) : -1;
}

void suite_of_file(const char *file, struct buf *out)
{
    const char *end = strrchr(file, '/');
    size_t start = out->n;

    for (const char *s = file; end && s < end;) {
        size_t n = strcspn(s, "/");
        bool is_name = n > 0 && strncmp(s, ".", n) != 0 && !(n == 2 && strncmp(s, "..", 2) == 0);
        if (n == 5 && strncmp(s, "cases", 5) == 0) {
            out->n = start; /* what is below it counts */
        } else if (is_name) {
            if (out->n > start)
                buf_addc(out, '.');
            for (size_t i = 0; i < n; i++)
                buf_addc(out, s[i] == '.' ? '_' : s[i]);
        }
        s += n + (s + n < end);
    }
    (void)buf_room(out, 0);
    out->s[out->n] = '\0';
}

static const char *rerun_of(const struct run_args *a, const struct cli_env *env,
                            const struct plan *p, struct arena *arena)
{
    struct buf b = BUF_INIT;

    put_shell_word(&b, env->program);
    buf_addf(&b, " run --seed %llu", (unsigned long long)a->seed);
    for (size_t i = 0; i < a->sel.ndefines; i++) {
        struct buf d = BUF_INIT;
        buf_addf(&d, "%s=%s", a->sel.defines[i].name, a->sel.defines[i].value);
        buf_adds(&b, " -D ");
        put_shell_word(&b, buf_str(&d));
        buf_release(&d);
    }
    if (a->fault)
        buf_addf(&b, " --fault %s", a->fault);
    if (a->device)
        buf_addf(&b, " --device %s", a->device);
    for (int i = 0, first = 1; a->is_live && i < LEG_COUNT; i++) {
        if (!a->live.legs[i])
            continue;
        buf_addf(&b, "%s%s=%s", first ? " --live " : ",", plan_leg_name((enum plan_leg)i),
                 a->live.legs[i]);
        first = 0;
    }
    buf_addc(&b, ' ');
    put_shell_word(&b, p->file);
    const char *s = arena_strdup(arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static const char *keep(struct arena *arena, char *s)
{
    const char *kept = arena_strdup(arena, s);

    mem_free(s);
    return kept;
}

void run_report_init(struct run_report *r, const struct run_args *a, const struct cli_env *env,
                     const struct run_setup *s)
{
    struct buf suite = BUF_INIT;

    *r = (struct run_report){.args = a, .n = a->sel.nplans};
    arena_init(&r->arena);
    r->cases = arena_array(&r->arena, r->n + 1, sizeof(*r->cases));
    for (size_t i = 0; i < r->n; i++) {
        const struct plan *p = a->sel.plans[i];
        const char **attached = arena_array(&r->arena, 1, sizeof(*attached));
        attached[0] = keep(&r->arena, keys_path(s, p));
        buf_clear(&suite);
        suite_of_file(p->file, &suite);
        r->cases[i] = (struct report_case){.id = p->id,
                                           .title = p->title,
                                           .file = p->file,
                                           .line = p->line,
                                           .suite = arena_strdup(&r->arena, buf_str(&suite)),
                                           .tags = p->tags,
                                           .ntags = p->ntags,
                                           .evidence = keep(&r->arena, evidence_path(s, p)),
                                           .attachments = attached,
                                           .device = p->devices[0].type,
                                           .rerun = rerun_of(a, env, p, &r->arena)};
    }
    buf_release(&suite);
}

void run_report_release(struct run_report *r)
{
    arena_release(&r->arena);
}

void run_report_fill(struct run_report *r, size_t i, const struct outcome *o)
{
    struct report_case *c = &r->cases[i];

    c->verdict = o->verdict;
    c->judgement = o->judgement;
    c->why = o->judgement ? NULL : o->why;
    c->wall_s = o->wall_s;
    c->run_s = o->run_s;
    c->nattachments = o->has_keys;
    if (!o->has_evidence)
        c->evidence = NULL;
}

int run_report_write(const struct run_args *a, const struct report_run *run)
{
    struct report_file files[REPORT_FILES];
    struct buf path = BUF_INIT, text = BUF_INIT;
    int rc = -1;

    report_files(a, files);
    for (size_t i = 0; i < REPORT_FILES; i++) {
        struct diag why = {0};
        if (!put_path(a, &files[i], &path))
            continue;
        buf_clear(&text);
        files[i].write(run, &text);
        if (write_whole(buf_str(&path), buf_bytes(&text), &why))
            rc = say_why(&why, EXIT_INTERNAL);
    }
    buf_release(&path);
    buf_release(&text);
    return rc;
}
