/* Which cases: files and folders given, -k expressions, tags. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "cli/cli.h"
#include "plan/plan.h"

#define SELECT_TAGS    16
#define SELECT_DEFINES 32

struct selection {
    const char *filter; /* -k */
    const char *tags[SELECT_TAGS], *without[SELECT_TAGS];
    size_t ntags, nwithout;
    struct plan_var defines[SELECT_DEFINES]; /* -D */
    size_t ndefines;
    const char *device; /* --device: in place of what the cases say; NULL */

    struct plan **plans; /* chosen, in order of their files; slow ones last */
    size_t nplans, found;
};

/* Options that `run`, `list` and `check` share; false when NAME is none of them. *OK: its value was
 * taken. */
bool select_option(struct selection *s, const struct cli_env *env, const char *name,
                   const char *value, bool *ok);

#define SELECT_ROWS                                                                                \
    {'k', "filter", "EXPR", "words of id or title, tag:WORD, with not, and, or, ( )"},             \
        {'t', "tag", "TAG", "only cases with this tag"},                                           \
        {'x', "exclude-tag", "TAG", "no cases with this tag"},                                     \
    {                                                                                              \
        'D', "define", "NAME=VALUE", "sets a variable of the cases"                                \
    }

/* Loads what PATHS (n = 0: cases/) name and keeps what is selected. Every problem of every case
 * goes to stderr. Returns -1, or the exit code. */
int select_load(struct selection *s, const struct cli_env *env, char **paths, int n);
void select_release(struct selection *s);

/* Whether a case of this id, title and tags fits EXPR. ERR_INVALID: EXPR is no expression. */
MUST_USE enum err filter_match(const char *expr, const char *id, const char *title,
                               const char *const *tags, size_t ntags, bool *out);

#endif
