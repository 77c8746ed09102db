/* Everything that is wrong with a case, in the order in which a person reads the files. */
#ifndef PLAN_PROBLEMS_H
#define PLAN_PROBLEMS_H

#include "plan/plan.h"

#include <stdarg.h>

#define PROBLEMS_MAX 50 /* more are not listed: the first ones cause the rest */

struct problems {
    struct plan_problem *first;
    size_t n; /* found, listed or not */
};

/* Adds one; files stay in the order in which they first had a problem, lines ascend in each. */
void problem_add(struct problems *list, enum err e, const struct plan_place *at, const char *fmt,
                 ...) PRINTF_LIKE(4, 5);

/* Says at the end how many were not listed. */
void problems_close(struct problems *list, const char *file);

/* ERR_OK when there are none, else the first one's code. */
MUST_USE enum err problems_err(const struct problems *list);

#endif
