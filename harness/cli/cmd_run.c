/* holdfast run: cases, evidence, reports. */
#include "base/mem.h"
#include "cli/progress.h"
#include "cli/run_report.h"
#include "cli/workers.h"
#include "gateway/fault.h"

#include <stdio.h>

/* Virtual runs begin at a fixed instant, so that the same run gives the same bytes:
 * 2026-01-01T00:00:00Z. */
#define VIRTUAL_EPOCH_NS INT64_C(1767225600000000000)

struct view {
    const struct run_args *args;
    struct run_report *report;
    struct progress progress;
    bool color;
};

static void case_done(void *ctx, size_t i, const struct outcome *o)
{
    struct view *v = ctx;
    const struct run_args *a = v->args;
    bool passed = o->verdict == VERDICT_PASS;
    struct buf b = BUF_INIT;

    run_report_fill(v->report, i, o);
    progress_told(&v->progress, !passed && o->verdict != VERDICT_SKIPPED);
    if (!a->quiet || !passed)
        report_text_case(&v->report->cases[i], v->color, a->verbose, &b);
    put_out(&b);
    buf_release(&b);
    if (a->progress == PROGRESS_LINES) /* asked for by name: for those who watch stderr alone */
        fprintf(stderr, "holdfast: %zu of %zu: %s %s\n", i + 1, v->progress.n,
                verdict_name(o->verdict), v->report->cases[i].id);
}

static void time_passed(void *ctx, const struct worker_state *now, size_t n, size_t finished)
{
    struct view *v = ctx;

    progress_tick(&v->progress, now, n, finished);
}

/* What a stream of a case lacks is said by the case that needs it. */
static void load_captures(const struct run_args *a, struct replay_captures *c)
{
    for (size_t i = 0; i < a->sel.nplans; i++) {
        for (size_t k = 0; k < a->sel.plans[i]->nstreams; k++) {
            struct diag why = {0};
            (void)!replay_captures_load(c, a->sel.plans[i]->streams[k].capture, &why);
        }
    }
}

/* --device: what the cases say of their configuration is the operator's business then. */
static void set_devices(struct run_args *a)
{
    for (size_t i = 0; a->device && i < a->sel.nplans; i++) {
        for (size_t k = 0; k < a->sel.plans[i]->ndevices; k++)
            a->sel.plans[i]->devices[k].type = a->device;
    }
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

static int finish(const struct run_args *a, const struct cli_env *env, const struct report_run *run)
{
    struct buf b = BUF_INIT;
    int rc = run_report_write(a, run);

    report_text_summary(run, &b);
    put_out(&b);
    buf_release(&b);
    return rc < 0 ? exit_code(run, *env->stop) : rc;
}

static struct view make_view(const struct run_args *a, const struct cli_env *env,
                             struct run_report *report)
{
    bool bar = a->progress == PROGRESS_BAR || (a->progress == PROGRESS_AUTO && env->err_is_tty);

    return (struct view){.args = a,
                         .report = report,
                         .color = use_color(env, a->color, env->out_is_tty),
                         .progress = {.env = env,
                                      .bar = bar,
                                      .lines = !bar && a->progress != PROGRESS_NONE,
                                      .n = report->n,
                                      .said_s = env->wall()}};
}

static int run_all(const struct run_args *a, const struct cli_env *env)
{
    struct replay_captures *captures = replay_captures_new();
    size_t n = a->sel.nplans;
    struct run_setup s = {.out = a->out,
                          .seed = a->seed,
                          .epoch_ns = a->is_live ? env->unix_s * 1000000000 : VIRTUAL_EPOCH_NS,
                          .psk = a->psk,
                          .fault = a->fault,
                          .live = a->is_live ? &a->live : NULL,
                          .captures = captures,
                          .logs = a->logs,
                          .log_level = a->log_level,
                          .keys = a->keys};
    struct outcome *outcomes = mem_array(n + 1, sizeof(*outcomes));
    struct run_report report;
    double start = env->wall();

    run_report_init(&report, a, env, &s);
    struct view v = make_view(a, env, &report);
    struct workers_view view = {.done = case_done, .tick = time_passed, .ctx = &v};
    load_captures(a, captures); /* before the processes part, so that they share it */
    workers_run(&s, env, a->sel.plans, n, a->jobs, outcomes, &view);
    progress_clear(&v.progress);
    struct report_run run = {.version = env->version,
                             .name = "holdfast",
                             .seed = a->seed,
                             .started_s = env->unix_s,
                             .hostname = env->hostname,
                             .wall_s = env->wall() - start,
                             .interrupted = *env->stop != 0,
                             .cases = report.cases,
                             .ncases = n};
    int rc = finish(a, env, &run);
    for (size_t i = 0; i < n; i++)
        outcome_release(&outcomes[i]);
    run_report_release(&report);
    mem_free(outcomes);
    replay_captures_free(captures);
    return rc;
}

static int list_cases(const struct selection *s)
{
    for (size_t i = 0; i < s->nplans; i++)
        printf("%s\n", s->plans[i]->id);
    return EXIT_PASSED;
}

static int list_faults(void)
{
    struct buf b = BUF_INIT;

    for (int i = 0; i < GW_FAULT_COUNT; i++) {
        enum gw_fault f = (enum gw_fault)i;
        buf_addf(&b, "%-23s %-13s %s\n", gw_fault_name(f), gw_fault_rule(f), gw_fault_what(f));
    }
    put_out(&b);
    buf_release(&b);
    return EXIT_PASSED;
}

int cmd_run(const struct cli_env *env, int argc, char **argv)
{
    struct run_args a;
    int rc = run_args_parse(&a, &argc, argv);

    if (rc < 0 && a.list_faults)
        rc = list_faults();
    if (rc < 0)
        rc = select_load(&a.sel, argv, argc);
    if (rc < 0 && a.list)
        rc = list_cases(&a.sel);
    if (rc < 0)
        rc = run_report_check(&a);
    if (rc < 0) {
        if (!a.jobs)
            a.jobs = a.is_live ? 1 : env->cpus;
        a.live.drop_uid = env->sudo_uid;
        a.live.drop_gid = env->sudo_gid;
        set_devices(&a);
        rc = run_all(&a, env);
    }
    run_args_release(&a);
    return rc;
}
