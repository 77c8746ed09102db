/* The reports of a run as files: what they say of each case, and where they go. */
#ifndef CLI_RUN_REPORT_H
#define CLI_RUN_REPORT_H

#include "cli/run_args.h"
#include "cli/run_case.h"
#include "report/report.h"

struct run_report {
    const struct run_args *args;
    struct report_case *cases; /* by place in args->sel.plans */
    size_t n;
    struct arena arena;
};

/* Looks, before anything runs, whether every file can be written. Returns -1 or EXIT_USAGE. */
int run_report_check(const struct run_args *a);

void run_report_init(struct run_report *r, const struct run_args *a, const struct cli_env *env,
                     const struct run_setup *s);
void run_report_release(struct run_report *r);

/* What came of case I. O outlives R. */
void run_report_fill(struct run_report *r, size_t i, const struct outcome *o);

/* Writes all of them. Returns -1 or EXIT_INTERNAL, with the others written all the same. */
int run_report_write(const struct run_args *a, const struct report_run *run);

/* "the folder of FILE, with dots": "cases/rekey/x.xml" -> "rekey", "cases/x.xml" -> "" (the suite's
 * own name is the reports' business). Adds to OUT. */
void suite_of_file(const char *file, struct buf *out);

#endif
