/* holdfast list, check, explain: what cases there are, whether they are good, what they mean. */
#include "cli/select.h"

#include <stdio.h>
#include <string.h>

static const struct option_row rows[] = {SELECT_ROWS};

static bool take_option(void *ctx, const char *name, const char *value)
{
    bool ok = true;

    (void)select_option(((void **)ctx)[0], ((void **)ctx)[1], name, value, &ok);
    return ok;
}

static int load(const struct options *o, const struct cli_env *env, int argc, char **argv,
                struct selection *s)
{
    void *ctx[2] = {s, (void *)(uintptr_t)env};
    int rc = options_parse(o, env, &argc, argv, take_option, ctx);

    return rc < 0 ? select_load(s, env, argv, argc) : rc;
}

int cmd_list(const struct cli_env *env, int argc, char **argv)
{
    static const struct options o = {rows, COUNT(rows), "list [OPTIONS] [CASE|DIR]...",
                                     "Lists cases: id, tags, title. Without CASE: all of cases/."};
    struct selection s = {0};
    int rc = load(&o, env, argc, argv, &s);

    for (size_t i = 0; rc < 0 && i < s.nplans; i++) {
        printf("%-44s %s\n", s.plans[i]->id, s.plans[i]->title);
        if (s.plans[i]->ntags) {
            printf("%-44s ", "");
            for (size_t k = 0; k < s.plans[i]->ntags; k++)
                printf("%s%s", k ? " " : "tags: ", s.plans[i]->tags[k]);
            printf("\n");
        }
    }
    select_release(&s);
    return rc < 0 ? EXIT_PASSED : rc;
}

int cmd_check(const struct cli_env *env, int argc, char **argv)
{
    static const struct options o = {rows, COUNT(rows), "check [OPTIONS] CASE|DIR...",
                                     "Validates case files and runs nothing: every error with file "
                                     "and line,\nand the nearest right word."};
    struct selection s = {0};
    int rc = load(&o, env, argc, argv, &s);

    if (rc < 0)
        printf("%zu cases are valid\n", s.nplans);
    select_release(&s);
    return rc < 0 ? EXIT_PASSED : rc;
}

int cmd_explain(const struct cli_env *env, int argc, char **argv)
{
    static const struct options o = {rows, COUNT(rows), "explain [OPTIONS] CASE...",
                                     "Says in plain words what a case does and what must hold."};
    struct selection s = {0};
    struct buf b = BUF_INIT;
    int rc = load(&o, env, argc, argv, &s);

    for (size_t i = 0; rc < 0 && i < s.nplans; i++) {
        if (i)
            buf_adds(&b, "\n");
        plan_explain(s.plans[i], &b);
    }
    put_out(&b);
    buf_release(&b);
    select_release(&s);
    return rc < 0 ? EXIT_PASSED : rc;
}
