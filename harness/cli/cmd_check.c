/* holdfast check: are case files good? */
#include "cli/select.h"

#include <stdio.h>

static const struct option_row rows[] = {SELECT_ROWS};

static const struct options options = {
    .command = "check",
    .usage = "[OPTIONS] [CASE|DIR]...",
    .about = "Validates case files and runs nothing: every error with file and line, and the "
             "nearest right word. Without CASE: all of cases/.",
    .rows = rows,
    .n = COUNT(rows),
};

int cmd_check(const struct cli_env *env, int argc, char **argv)
{
    struct selection s = {0};
    int rc = options_parse(&options, &argc, argv, &s);

    (void)env;
    if (rc < 0)
        rc = select_load(&s, argv, argc);
    if (rc < 0)
        printf("%zu case%s valid\n", s.nplans, s.nplans == 1 ? " is" : "s are");
    select_release(&s);
    return rc < 0 ? EXIT_PASSED : rc;
}
