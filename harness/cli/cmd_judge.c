/* holdfast judge: a verdict again, from the evidence alone. */
#include "cli/leg_files.h"
#include "cli/options.h"
#include "cli/read_bar.h"
#include "cli/run_case.h"
#include "cli/select.h"
#include "cli/terminal.h"
#include "report/report.h"

#include <signal.h>
#include <string.h>

struct judge_args {
    const char *case_file;
    struct selection given; /* the case of --case */
    struct leg_files legs;
    int verbose;
    const char *only;
    bool json, csv, quiet, follow;
    enum color color;
};

static const char *take_case(void *ctx, const char *value)
{
    ((struct judge_args *)ctx)->case_file = value;
    return NULL;
}

static const char *take_define(void *ctx, const char *value)
{
    return select_define(&((struct judge_args *)ctx)->given, value);
}

static const char *take_leg(void *ctx, const char *value)
{
    return leg_files_add(&((struct judge_args *)ctx)->legs, value);
}

static const char *take_esp_sa(void *ctx, const char *value)
{
    ((struct judge_args *)ctx)->legs.esp_sa = value;
    return NULL;
}

static const char *take_ike_keys(void *ctx, const char *value)
{
    struct leg_files *f = &((struct judge_args *)ctx)->legs;

    if (f->nike_keys == LEG_FILES)
        return "too many files: 64 at most";
    f->ike_keys[f->nike_keys++] = value;
    return NULL;
}

static const char *take_syslog(void *ctx, const char *value)
{
    struct leg_files *f = &((struct judge_args *)ctx)->legs;

    if (f->nsyslog == LEG_FILES)
        return "too many files: 64 at most";
    f->syslog[f->nsyslog++] = value;
    return NULL;
}

static const char *take_only(void *ctx, const char *value)
{
    ((struct judge_args *)ctx)->only = value;
    return NULL;
}

static struct inspect_filter *filter_of(void *ctx)
{
    return &((struct judge_args *)ctx)->legs.filter;
}

static const char *take_host(void *ctx, const char *value)
{
    enum err e = inspect_filter_host(filter_of(ctx), value);

    return e == ERR_RANGE ? "is given too often"
           : e            ? "wants an address, a network or ADDRESS:PORT"
                          : NULL;
}

static const char *take_stream(void *ctx, const char *value)
{
    return inspect_filter_stream(filter_of(ctx), value) ? "wants the number of a TCP stream" : NULL;
}

#define TIME_WANT "wants seconds of Unix time, or +SECONDS after the first packet"

static const char *take_from(void *ctx, const char *value)
{
    return inspect_filter_from(filter_of(ctx), value) ? TIME_WANT : NULL;
}

static const char *take_to(void *ctx, const char *value)
{
    return inspect_filter_to(filter_of(ctx), value) ? TIME_WANT : NULL;
}

static const char *take_csv(void *ctx, const char *value)
{
    (void)value;
    ((struct judge_args *)ctx)->csv = true;
    return NULL;
}

static const char *take_json(void *ctx, const char *value)
{
    (void)value;
    ((struct judge_args *)ctx)->json = true;
    return NULL;
}

static const char *take_quiet(void *ctx, const char *value)
{
    (void)value;
    ((struct judge_args *)ctx)->quiet = true;
    return NULL;
}

static const char *take_follow(void *ctx, const char *value)
{
    (void)value;
    ((struct judge_args *)ctx)->follow = true;
    return NULL;
}

static const char *take_verbose(void *ctx, const char *value)
{
    (void)value;
    ((struct judge_args *)ctx)->verbose++;
    return NULL;
}

static const char *take_color(void *ctx, const char *value)
{
    return color_by_name(value, &((struct judge_args *)ctx)->color) ? NULL : COLOR_WANT;
}

static const struct option_row rows[] = {
    {0, "case", "FILE", "judge by this case and not by the one in the evidence", take_case},
    {'D', "define", "NAME=VALUE", "sets a variable of that case", take_define},
    {0, "leg", "LEG=FILE", "captures of others: bo-lan, wan, ho-lan or mgmt; may be repeated",
     take_leg},
    {0, "esp-sa", "FILE", "with --leg: keys in Wireshark's form; inner packets are compared",
     take_esp_sa},
    {0, "ike-keys", "FILE", "with --leg: keys of IKE SAs in Wireshark's form; messages are read",
     take_ike_keys},
    {0, "syslog", "FILE", "with --leg: a device's log; its clock and time zone are found",
     take_syslog},
    {0, "only", "ADDR", "with --leg: streams with this in IP:PORT of either end", take_only},
    {0, "host", "ADDRESS", "with --leg: streams of this address, network or ADDRESS:PORT",
     take_host},
    {0, "stream", "N", "with --leg: only the TCP stream with this number, from 0", take_stream},
    {0, "from", "TIME", "with --leg: packets from this time on: Unix seconds, or +SECONDS",
     take_from},
    {0, "to", "TIME", "with --leg: packets up to this time", take_to},
    {0, "follow", NULL,
     "with --leg: waits, while the captures grow, until it is interrupted; then judges",
     take_follow},
    {0, "csv", NULL, "with --leg: the streams as comma-separated values", take_csv},
    {0, "json", NULL, "everything that was found, as JSON: an object a file", take_json},
    {'q', "quiet", NULL, "the verdict, and only what did not hold", take_quiet},
    {'v', "verbose", NULL, "every figure, too", take_verbose},
    {0, "color", "WHEN", COLOR_HELP, take_color},
};

static const struct options options = {
    .command = "judge",
    .usage = "[OPTIONS] EVIDENCE.pcapng... | --leg LEG=FILE...",
    .about =
        "Judges evidence files once more. Nothing but the file is read, so the answer is the "
        "same on every machine, at any time. Evidence without a case is only measured, and so are "
        "captures that holdfast did not make, given with --leg: streams and events are then "
        "found from the packets.",
    .rows = rows,
    .n = COUNT(rows),
};

static void put_judged(const struct judge_args *a, const struct cli_env *env,
                       const struct judgement *j, const struct plan *p, struct buf *out)
{
    struct report_case c = {.id = p->id,
                            .title = p->title,
                            .file = p->file,
                            .line = p->line,
                            .verdict = j->verdict,
                            .judgement = j};

    report_text_case(&c, use_color(env, a->color, env->out_is_tty), a->quiet ? 0 : 1 + a->verbose,
                     out);
}

/* Without a case there are no rules, but evidence that cannot be trusted is told all the same. */
static void put_measured(const char *file, const struct judgement *j, struct buf *out)
{
    report_put_plain(bytes_str(file), out);
    buf_adds(out, ": holds no case; these are its figures\n");
    for (size_t i = 0; i < j->nfindings; i++) {
        buf_addf(out, "     %s %s: ", verdict_name(j->findings[i].verdict), j->findings[i].rule);
        report_put_plain(bytes_str(j->findings[i].message), out);
        buf_addc(out, '\n');
    }
    report_text_metrics(j, out);
}

/* P NULL: measured without a case. */
static void show(const struct judge_args *a, const struct cli_env *env, const char *file,
                 const struct judgement *j, const struct plan *p)
{
    struct buf b = BUF_INIT;

    if (a->json) {
        report_judgement_json(j, p != NULL, &b);
    } else if (p) {
        put_judged(a, env, j, p, &b);
    } else {
        put_measured(file, j, &b);
    }
    put_out(&b);
    buf_release(&b);
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
    size_t ia = 0, ib = 0;

    for (size_t i = 0; i < COUNT(order); i++) {
        ia = order[i] == a ? i : ia;
        ib = order[i] == b ? i : ib;
    }
    return ia > ib ? a : b;
}

static int judge_one(const struct judge_args *a, const struct cli_env *env, const char *file)
{
    const struct plan *given = a->given.nplans ? a->given.plans[0] : NULL;
    struct judgement *j;
    struct plan *own = NULL;
    struct diag why = {0};

    if (judge_file(file, given, &j, &own, &why))
        return say_why(&why, EXIT_USAGE);
    const struct plan *p = given ? given : own;
    show(a, env, file, j, p);
    int rc = p ? code_of(j->verdict) : EXIT_PASSED;
    judgement_free(j);
    plan_free(own);
    return rc;
}

struct reading {
    struct read_bar bar;
    bool to_the_end; /* the signal has been heeded */
};

static bool watch(void *ctx, uint64_t packets, uint64_t bytes)
{
    struct reading *r = ctx;

    return read_bar_tick(&r->bar, packets, bytes) || r->to_the_end;
}

/* Captures that grow are judged when they have ended: whatever is asked of a stream, the answer may
 * be in its last packet. */
static void await_end(const struct read_bar *bar)
{
    while (read_bar_wait(bar))
        ;
}

static int judge_legs(struct judge_args *a, const struct cli_env *env)
{
    struct reading r = {.bar = read_bar_begin(env, 0)};
    struct judgement *j;
    struct report_streams which = {.only = a->only, .quiet = a->quiet};
    struct diag why = {0};
    struct buf b = BUF_INIT;

    if (a->follow)
        await_end(&r.bar);
    r.to_the_end = a->follow;
    for (size_t i = 0; i < a->legs.n; i++)
        r.bar.size += read_bar_size(a->legs.v[i].path);
    a->legs.watch = watch;
    a->legs.ctx = &r;
    enum err e = leg_files_judge(&a->legs, &j, &why);
    read_bar_clear(&r.bar);
    if (e)
        return say_why(&why, EXIT_USAGE);
    if (a->json)
        report_judgement_json(j, false, &b);
    else if (a->csv)
        report_csv_streams(j, &which, &b);
    else
        report_text_streams(j, &which, &b);
    if (!a->json && !a->csv && a->verbose)
        report_text_metrics(j, &b);
    put_out(&b);
    buf_release(&b);
    judgement_free(j);
    if (*env->stop && !a->follow)
        return *env->stop == SIGINT ? EXIT_INT : EXIT_TERM;
    return EXIT_PASSED;
}

static int load_given(struct judge_args *a)
{
    char *paths[1] = {(char *)(uintptr_t)a->case_file};

    if (!a->case_file)
        return -1;
    int rc = select_load(&a->given, paths, 1);
    if (rc < 0 && a->given.nplans != 1)
        rc =
            usage_error("judge: --case %s: wants one case, not %zu", a->case_file, a->given.nplans);
    return rc;
}

int cmd_judge(const struct cli_env *env, int argc, char **argv)
{
    struct judge_args a = {0};

    inspect_filter_init(&a.legs.filter);
    int rc = options_parse(&options, &argc, argv, &a);

    if (rc < 0 && a.legs.n > 0)
        rc = argc == 0 && !a.case_file
                 ? judge_legs(&a, env)
                 : usage_error("judge: --leg goes with neither an evidence file nor --case");
    else if (rc < 0 && a.follow)
        rc = usage_error("judge: --follow goes with --leg");
    if (rc < 0 && argc == 0)
        rc = usage_error("judge: needs an evidence file (holdfast judge --help)");
    if (rc < 0)
        rc = load_given(&a);
    if (rc < 0) {
        rc = EXIT_PASSED;
        for (int i = 0; i < argc; i++)
            rc = worse(rc, judge_one(&a, env, argv[i]));
    }
    select_release(&a.given);
    return rc;
}
