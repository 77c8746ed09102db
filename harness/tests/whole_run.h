/* The built program as a stranger would use it: runs of cases in a folder of their own, and what
 * their run.json says. The program is named by HOLDFAST in the environment (tests/run.sh sets it).
 */
#ifndef TESTS_WHOLE_RUN_H
#define TESTS_WHOLE_RUN_H

#include <jansson.h>
#include <stdbool.h>

struct whole_run {
    char dir[64];  /* reports, evidence, `stdout` and `stderr`; removed by whole_run_release */
    int exit_code; /* -1: ended by a signal */
    json_t *json;  /* run.json; NULL: none was written */
};

/* Runs `holdfast run` with ARGS (shell words) and reports into a new folder. */
void whole_run(struct whole_run *r, const char *args);
void whole_run_release(struct whole_run *r);

/* The exit code of a shell COMMAND in which %s, once, stands for the program's path. */
int whole_run_command(const char *command);

/* The entry of case ID in run.json; NULL: none. */
const json_t *whole_run_case(const struct whole_run *r, const char *id);

/* The verdict of the first case ("FAIL"), and its first finding's FIELD as text; "" when missing.
 */
const char *whole_run_verdict(const struct whole_run *r);
const char *whole_run_reason(const struct whole_run *r, const char *field);

/* True when a finding of the first case has RULE and VERDICT. */
bool whole_run_found(const struct whole_run *r, const char *rule, const char *verdict);

/* Prints what the run printed, for a test that is about to fail. */
void whole_run_show(const struct whole_run *r);

#endif
