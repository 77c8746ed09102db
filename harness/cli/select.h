/* Which cases: files and folders given, -k expressions, tags, variables. */
#ifndef CLI_SELECT_H
#define CLI_SELECT_H

#include "cli/options.h"
#include "plan/plan.h"

#define SELECT_TAGS    32
#define SELECT_DEFINES 64

struct selection {
    const char *filter; /* -k */
    const char *tags[SELECT_TAGS], *without[SELECT_TAGS];
    size_t ntags, nwithout;
    struct plan_var defines[SELECT_DEFINES]; /* -D; names are owned */
    size_t ndefines;

    struct plan **plans; /* chosen, in order of their files; slow ones last */
    size_t nplans, found;
};

/* The options' rows of `run`, `list`, `check` and `explain`. Their CTX points to a struct
 * selection, or to a record that begins with one. */
option_take select_filter, select_tag, select_without, select_fast, select_define;

#define SELECT_ROWS                                                                                \
    {'k', "filter", "EXPR",                                                                        \
     "only cases that fit: words of their id or title and tag:TAG, joined by not, and, or, ( )",   \
     select_filter},                                                                               \
        {'t', "tag", "TAG", "only cases with this tag (each -t narrows further)", select_tag},     \
        {'x', "exclude-tag", "TAG", "no cases with this tag", select_without},                     \
        {0, "fast", NULL, "no cases with the tag slow", select_fast},                              \
    {                                                                                              \
        'D', "define", "NAME=VALUE", "sets a variable of the cases", select_define                 \
    }

/* Loads what PATHS (n = 0: cases/) name and keeps what is selected. Every problem of every case
 * goes to stderr. Returns -1, or the exit code. */
int select_load(struct selection *s, char **paths, int n);
void select_release(struct selection *s);

/* Whether a case of this id, title and tags fits EXPR. ERR_INVALID: EXPR is no expression. */
MUST_USE enum err filter_match(const char *expr, const char *id, const char *title,
                               const char *const *tags, size_t ntags, bool *out);

#endif
