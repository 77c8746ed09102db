/* holdfast judge: a verdict again, from the evidence alone. */
#include "base/mem.h"
#include "cli/run_case.h"
#include "report/report.h"

#include <stdio.h>
#include <string.h>

struct judge_args {
    const struct cli_env *env;
    const char *case_file;
    int verbose;
    bool json;
    enum color color;
};

static const struct option_row rows[] = {
    {0, "case", "FILE", "judge by this case and not by the one in the evidence"},
    {0, "json", NULL, "everything that was found, as JSON"},
    {'v', "verbose", NULL, "every finding; twice: every figure too"},
    {0, "color", "WHEN", "auto, always, never"},
};
static const struct options options = {
    rows, COUNT(rows), "judge [OPTIONS] EVIDENCE.pcapng...",
    "Judges evidence files once more. Nothing but the file is read, so the answer is the same on\n"
    "every machine."};

static bool take_option(void *ctx, const char *name, const char *value)
{
    struct judge_args *a = ctx;

    if (strcmp(name, "case") == 0)
        a->case_file = value;
    else if (strcmp(name, "json") == 0)
        a->json = true;
    else if (strcmp(name, "verbose") == 0)
        a->verbose++;
    else if (!color_by_name(value, &a->color)) {
        usage_error(a->env, "--%s %s: not a value for it", name, value);
        return false;
    }
    return true;
}

static int say(const struct diag *why)
{
    char line[1024];

    diag_format(why, line, sizeof(line));
    fprintf(stderr, "holdfast: %s\n", line);
    return EXIT_USAGE;
}

static void show(const struct judge_args *a, const struct judgement *j, const struct plan *p)
{
    struct report_case c = {.id = p->id,
                            .title = p->title,
                            .file = p->file,
                            .line = p->line,
                            .tags = p->tags,
                            .ntags = p->ntags,
                            .verdict = j->verdict,
                            .judgement = j,
                            .device = p->devices[0].type};
    struct report_run run = {.version = a->env->version, .name = "judge", .cases = &c, .ncases = 1};
    struct buf b = BUF_INIT;

    if (a->json)
        report_json(&run, &b);
    else
        report_text_case(&c, use_color(a->env, a->color, a->env->out_is_tty),
                         a->verbose ? a->verbose : 1, &b);
    put_out(&b);
    buf_release(&b);
}

static int load_case(const char *file, struct plan **out)
{
    struct plan_problem *problems;

    if (!file || plan_load(file, NULL, out, &problems) == ERR_OK)
        return -1;
    for (struct plan_problem *p = problems; p; p = p->next)
        say(&p->diag);
    plan_problems_free(problems);
    return EXIT_USAGE;
}

static int code_of(enum verdict v)
{
    if (v == VERDICT_PASS || v == VERDICT_SKIPPED)
        return EXIT_PASSED;
    return v == VERDICT_FAIL ? EXIT_FAILED : EXIT_NO_VERDICT;
}

static int worse(int a, int b)
{
    static const int order[] = {EXIT_PASSED, EXIT_NO_VERDICT, EXIT_FAILED, EXIT_USAGE};
    int ia = 0, ib = 0;

    for (int i = 0; i < 4; i++) {
        ia = order[i] == a ? i : ia;
        ib = order[i] == b ? i : ib;
    }
    return ia > ib ? a : b;
}

int cmd_judge(const struct cli_env *env, int argc, char **argv)
{
    struct judge_args a = {.env = env};
    struct plan *given = NULL;
    int rc = options_parse(&options, env, &argc, argv, take_option, &a);

    if (rc >= 0)
        return rc;
    if (argc == 0)
        return usage_error(env, "judge needs an evidence file (--help)");
    rc = load_case(a.case_file, &given);
    if (rc >= 0)
        return rc;
    rc = EXIT_PASSED;
    for (int i = 0; i < argc; i++) {
        struct judgement *j;
        struct plan *own = NULL;
        struct diag why = {0};
        if (judge_file(argv[i], given, &j, &own, &why)) {
            rc = worse(rc, say(&why));
            continue;
        }
        show(&a, j, given ? given : own);
        rc = worse(rc, code_of(j->verdict));
        judgement_free(j);
        plan_free(own);
    }
    plan_free(given);
    return rc;
}
