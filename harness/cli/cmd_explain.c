/* holdfast explain: a case in plain words. */
#include "cli/select.h"

static const struct option_row rows[] = {SELECT_ROWS};

static const struct options options = {
    .command = "explain",
    .usage = "[OPTIONS] [CASE|DIR]...",
    .about = "Says in plain words who stands where in a case, what is replayed, what happens when, "
             "and what must hold. Without CASE: all of cases/.",
    .rows = rows,
    .n = COUNT(rows),
};

int cmd_explain(const struct cli_env *env, int argc, char **argv)
{
    struct selection s = {0};
    struct buf b = BUF_INIT;
    int rc = options_parse(&options, &argc, argv, &s);

    (void)env;
    if (rc < 0)
        rc = select_load(&s, argv, argc);
    for (size_t i = 0; rc < 0 && i < s.nplans; i++) {
        if (i)
            buf_addc(&b, '\n');
        plan_explain(s.plans[i], &b);
    }
    put_out(&b);
    buf_release(&b);
    select_release(&s);
    return rc < 0 ? EXIT_PASSED : rc;
}
