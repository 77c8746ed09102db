/* holdfast run: cases, evidence, reports. */
#include "base/mem.h"
#include "cli/select.h"
#include "cli/workers.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Virtual runs begin at a fixed instant, so that the same run gives the same bytes:
 * 2026-01-01T00:00:00Z. */
#define VIRTUAL_EPOCH_NS INT64_C(1767225600000000000)

enum progress_kind { PROGRESS_AUTO, PROGRESS_BAR, PROGRESS_LINES, PROGRESS_NONE };

struct run_args {
    const struct cli_env *env;
    struct selection sel;
    const char *out, *junit, *strict, *json, *psk_file, *fault;
    char *psk;
    uint64_t seed;
    int jobs, verbose;
    bool quiet, list, keys;
    enum color color;
    enum progress_kind progress;
    struct replay_live live;
    bool is_live;
    char *live_text;
};

static const struct option_row rows[] = {
    SELECT_ROWS,
    {0, "list", NULL, "only list what would run"},
    {0, "seed", "N", "seed of all randomness (default 1)"},
    {'j', "jobs", "N", "cases side by side (default: one a processor; live: 1)"},
    {'o', "out", "DIR", "where reports and evidence go (default: reports)"},
    {0, "junit", "FILE", "JUnit XML, rich (default: DIR/junit.xml)"},
    {0, "junit-strict", "FILE", "JUnit XML, valid by Jenkins' junit-10.xsd"},
    {0, "json", "FILE", "everything that was found (default: DIR/run.json)"},
    {0, "no-keys", NULL, "do not export keys for Wireshark"},
    {0, "live", "LEG=IF,...", "real interfaces: bo-lan=IF,wan=IF[,mgmt=IF] (root)"},
    {0, "device", "TYPE", "the device of every case: reference, external"},
    {0, "fault", "NAME", "a seeded fault of the built-in gateway: shows that a case can fail"},
    {0, "psk-file", "FILE", "the lab's pre-shared key, its first line"},
    {'q', "quiet", NULL, "only what did not pass, and the summary"},
    {'v', "verbose", NULL, "every finding; twice: every figure too"},
    {0, "color", "WHEN", "auto, always, never"},
    {0, "progress", "HOW", "auto, bar, lines, none"},
};

static const struct options options = {
    rows, COUNT(rows), "run [OPTIONS] [CASE|DIR]...",
    "Replays captured traffic of each case through the device, injects its events, judges the\n"
    "evidence and writes reports. Without CASE: all of cases/."};

static bool number(const char *s, uint64_t *out)
{
    char *end;

    *out = strtoull(s, &end, 0);
    return *s && !*end;
}

static bool add_leg(struct run_args *a, char *word)
{
    char *eq = strchr(word, '=');

    for (int i = 0; eq && i < LEG_COUNT; i++) {
        const char *name = plan_leg_name((enum plan_leg)i);
        if (strlen(name) == (size_t)(eq - word) && strncmp(name, word, strlen(name)) == 0) {
            a->live.legs[i] = eq + 1;
            return eq[1] != '\0';
        }
    }
    return false;
}

static bool take_live(struct run_args *a, const char *value)
{
    mem_free(a->live_text);
    a->live_text = mem_strdup(value);
    a->is_live = true;
    for (char *w = strtok(a->live_text, ","); w; w = strtok(NULL, ",")) {
        if (!add_leg(a, w)) {
            usage_error(a->env, "--live %s: wants bo-lan=IF,wan=IF,mgmt=IF", value);
            return false;
        }
    }
    return true;
}

static bool take_progress(struct run_args *a, const char *value)
{
    static const char *const names[] = {"auto", "bar", "lines", "none"};

    for (int i = 0; i < 4; i++) {
        if (strcmp(value, names[i]) == 0) {
            a->progress = (enum progress_kind)i;
            return true;
        }
    }
    return false;
}

static bool take_text(struct run_args *a, const char *name, const char *value)
{
    if (strcmp(name, "out") == 0)
        a->out = value;
    else if (strcmp(name, "junit") == 0)
        a->junit = value;
    else if (strcmp(name, "junit-strict") == 0)
        a->strict = value;
    else if (strcmp(name, "json") == 0)
        a->json = value;
    else if (strcmp(name, "device") == 0)
        a->sel.device = value;
    else if (strcmp(name, "fault") == 0)
        a->fault = value;
    else if (strcmp(name, "psk-file") == 0)
        a->psk_file = value;
    else
        return false;
    return true;
}

static bool take_option(void *ctx, const char *name, const char *value)
{
    struct run_args *a = ctx;
    uint64_t n;
    bool ok = true;

    if (select_option(&a->sel, a->env, name, value, &ok))
        return ok;
    if (take_text(a, name, value))
        return true;
    if (strcmp(name, "live") == 0)
        return take_live(a, value);
    if (strcmp(name, "list") == 0)
        a->list = true;
    else if (strcmp(name, "no-keys") == 0)
        a->keys = false;
    else if (strcmp(name, "quiet") == 0)
        a->quiet = true;
    else if (strcmp(name, "verbose") == 0)
        a->verbose++;
    else if (strcmp(name, "seed") == 0)
        ok = number(value, &a->seed);
    else if (strcmp(name, "jobs") == 0) {
        ok = number(value, &n) && n >= 1 && n <= 64;
        a->jobs = ok ? (int)n : 1;
    } else if (strcmp(name, "color") == 0)
        ok = color_by_name(value, &a->color);
    else if (strcmp(name, "progress") == 0)
        ok = take_progress(a, value);
    if (!ok)
        usage_error(a->env, "--%s %s: not a value for it (--help)", name, value);
    return ok;
}

/* --- what a person sees ------------------------------------------------------------------------
 */

struct view {
    struct run_args *a;
    struct report_case *cases;
    size_t n, done;
    bool color, bar;
};

static void clear_bar(const struct view *v)
{
    if (v->bar)
        fputs("\r\033[K", stderr);
}

static void draw_bar(const struct view *v)
{
    if (!v->bar)
        return;
    if (v->done < v->n)
        fprintf(stderr, "\r\033[K[%zu/%zu] %.60s", v->done, v->n, v->cases[v->done].id);
    fflush(stderr);
}

static void fill_case(struct view *v, size_t i, const struct outcome *o)
{
    struct report_case *c = &v->cases[i];

    c->verdict = o->verdict;
    c->judgement = o->judgement;
    c->why = o->judgement ? NULL : o->why;
    c->wall_s = o->wall_s;
    c->run_s = o->run_s;
    if (!o->has_evidence)
        c->evidence = NULL;
    if (!o->has_evidence)
        c->nattachments = 0;
}

static void case_done(void *ctx, size_t i, const struct outcome *o)
{
    struct view *v = ctx;
    struct buf b = BUF_INIT;

    fill_case(v, i, o);
    v->done = i + 1;
    clear_bar(v);
    if (!v->a->quiet || o->verdict != VERDICT_PASS) {
        report_text_case(&v->cases[i], v->color, v->a->verbose, &b);
        put_out(&b);
        buf_release(&b);
    }
    draw_bar(v);
}

/* --- setting up --------------------------------------------------------------------------------
 */

static char *rerun_of(const struct run_args *a, const struct plan *p)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "holdfast run --seed %llu", (unsigned long long)a->seed);
    for (size_t i = 0; i < a->sel.ndefines; i++)
        buf_addf(&b, " -D %s=%s", a->sel.defines[i].name, a->sel.defines[i].value);
    buf_addf(&b, " %s", p->file);
    char *s = mem_strdup(buf_str(&b));
    buf_release(&b);
    return s;
}

static struct report_case *make_cases(const struct run_args *a, const struct run_setup *s)
{
    struct report_case *cases = mem_array(a->sel.nplans + 1, sizeof(*cases));

    for (size_t i = 0; i < a->sel.nplans; i++) {
        const struct plan *p = a->sel.plans[i];
        const char **attached = mem_array(1, sizeof(*attached));
        attached[0] = keys_path(s, p);
        cases[i] = (struct report_case){.id = p->id,
                                        .title = p->title,
                                        .file = p->file,
                                        .line = p->line,
                                        .tags = p->tags,
                                        .ntags = p->ntags,
                                        .evidence = evidence_path(s, p),
                                        .attachments = attached,
                                        .nattachments = s->keys ? 1 : 0,
                                        .device = p->devices[0].type,
                                        .rerun = rerun_of(a, p)};
    }
    return cases;
}

static void free_cases(struct report_case *cases, const char *const *evidence, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        mem_free((void *)(uintptr_t)evidence[i]);
        mem_free((void *)(uintptr_t)cases[i].attachments[0]);
        mem_free((void *)(uintptr_t)cases[i].attachments);
        mem_free((void *)(uintptr_t)cases[i].rerun);
    }
    mem_free(cases);
}

static int say(const struct diag *why, int code)
{
    char line[1024];

    diag_format(why, line, sizeof(line));
    fprintf(stderr, "holdfast: %s\n", line);
    return code;
}

static int make_folders(const struct run_args *a)
{
    struct buf b = BUF_INIT;
    struct diag why = {0};
    int rc = -1;

    buf_addf(&b, "%s/evidence", a->out);
    if (make_folder(buf_str(&b), &why))
        rc = say(&why, EXIT_USAGE);
    buf_release(&b);
    return rc;
}

static int read_psk(struct run_args *a)
{
    struct diag why = {0};
    size_t n;

    if (!a->psk_file)
        return -1;
    if (read_whole(a->psk_file, &a->psk, &n, &why))
        return say(&why, EXIT_USAGE);
    a->psk[strcspn(a->psk, "\r\n")] = '\0';
    if (!*a->psk)
        return usage_error(a->env, "%s: holds no key in its first line", a->psk_file);
    return -1;
}

static void load_captures(const struct run_args *a, struct replay_captures *c)
{
    for (size_t i = 0; i < a->sel.nplans; i++) {
        for (size_t k = 0; k < a->sel.plans[i]->nstreams; k++) {
            struct diag why = {0}; /* the case that needs it will say what is wrong */
            (void)!replay_captures_load(c, a->sel.plans[i]->streams[k].capture, &why);
        }
    }
}

/* --device: what the cases say of their configuration is the operator's business then. */
static void set_devices(struct run_args *a)
{
    for (size_t i = 0; a->sel.device && i < a->sel.nplans; i++) {
        for (size_t k = 0; k < a->sel.plans[i]->ndevices; k++)
            a->sel.plans[i]->devices[k].type = a->sel.device;
    }
}

/* --- reports -----------------------------------------------------------------------------------
 */

static int write_report(const char *given, const char *dir, const char *name, const struct buf *b)
{
    struct buf path = BUF_INIT;
    struct diag why = {0};
    int rc = -1;

    if (given)
        buf_adds(&path, given);
    else
        buf_addf(&path, "%s/%s", dir, name);
    if (write_whole(buf_str(&path), buf_bytes(b), &why))
        rc = say(&why, EXIT_USAGE);
    buf_release(&path);
    return rc;
}

static int write_reports(const struct run_args *a, const struct report_run *run)
{
    struct buf b = BUF_INIT;
    int rc;

    report_junit(run, JUNIT_RICH, &b);
    rc = write_report(a->junit, a->out, "junit.xml", &b);
    if (rc < 0 && a->strict) {
        buf_clear(&b);
        report_junit(run, JUNIT_STRICT, &b);
        rc = write_report(a->strict, a->out, "junit-strict.xml", &b);
    }
    if (rc < 0) {
        buf_clear(&b);
        report_json(run, &b);
        rc = write_report(a->json, a->out, "run.json", &b);
    }
    buf_clear(&b);
    report_text_summary(run, false, &b);
    put_out(&b);
    buf_release(&b);
    return rc;
}

static int exit_code(const struct report_run *run, int signal)
{
    struct report_counts n;

    report_count(run, &n);
    if (run->interrupted)
        return signal == SIGTERM ? EXIT_TERM : EXIT_INT;
    if (n.failed)
        return EXIT_FAILED;
    return n.errors ? EXIT_NO_VERDICT : EXIT_PASSED;
}

/* --- the run -----------------------------------------------------------------------------------
 */

static int run_all(struct run_args *a)
{
    const struct cli_env *env = a->env;
    struct replay_captures *captures = replay_captures_new();
    size_t n = a->sel.nplans;
    struct run_setup s = {.out = a->out,
                          .seed = a->seed,
                          .epoch_ns = a->is_live ? env->unix_s * 1000000000 : VIRTUAL_EPOCH_NS,
                          .psk = a->psk,
                          .fault = a->fault,
                          .live = a->is_live ? &a->live : NULL,
                          .captures = captures,
                          .keys = a->keys};
    struct outcome *outcomes = mem_array(n + 1, sizeof(*outcomes));
    const char **evidence = mem_array(n + 1, sizeof(*evidence));
    struct view v = {.a = a, .cases = make_cases(a, &s), .n = n};
    double start = env->wall();

    for (size_t i = 0; i < n; i++)
        evidence[i] = v.cases[i].evidence;
    v.color = use_color(env, a->color, env->out_is_tty);
    v.bar = a->progress == PROGRESS_BAR || (a->progress == PROGRESS_AUTO && env->err_is_tty);
    load_captures(a, captures);
    draw_bar(&v);
    workers_run(&s, env, a->sel.plans, n, a->jobs, outcomes, case_done, &v);
    clear_bar(&v);
    struct report_run run = {.version = env->version,
                             .name = "holdfast",
                             .seed = a->seed,
                             .started_s = env->unix_s,
                             .hostname = env->hostname,
                             .wall_s = env->wall() - start,
                             .interrupted = *env->stop != 0,
                             .cases = v.cases,
                             .ncases = n};
    int rc = write_reports(a, &run);
    if (rc < 0)
        rc = exit_code(&run, *env->stop);
    for (size_t i = 0; i < n; i++)
        outcome_release(&outcomes[i]);
    free_cases(v.cases, evidence, n);
    mem_free(evidence);
    mem_free(outcomes);
    replay_captures_free(captures);
    return rc;
}

static void list_cases(const struct selection *s)
{
    for (size_t i = 0; i < s->nplans; i++)
        printf("%s\n", s->plans[i]->id);
}

int cmd_run(const struct cli_env *env, int argc, char **argv)
{
    struct run_args a = {.env = env, .out = "reports", .seed = 1, .keys = true};
    int rc = options_parse(&options, env, &argc, argv, take_option, &a);

    if (rc < 0)
        rc = select_load(&a.sel, env, argv, argc);
    if (rc < 0 && a.list) {
        list_cases(&a.sel);
        rc = EXIT_PASSED;
    }
    if (rc < 0)
        rc = read_psk(&a);
    if (rc < 0)
        rc = make_folders(&a);
    if (rc < 0) {
        if (!a.jobs)
            a.jobs = a.is_live ? 1 : env->cpus;
        a.live.drop_uid = env->sudo_uid;
        a.live.drop_gid = env->sudo_gid;
        set_devices(&a);
        rc = run_all(&a);
    }
    select_release(&a.sel);
    mem_free(a.live_text);
    if (a.psk)
        mem_wipe(a.psk, strlen(a.psk));
    mem_free(a.psk);
    return rc;
}
