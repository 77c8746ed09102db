#include "plan/problems.h"

#include "base/mem.h"

#include <stdio.h>

/* Where a problem of FILE:LINE belongs: behind its equals, before the next line of the same file.
 */
static struct plan_problem **slot(struct problems *list, const char *file, int line)
{
    struct plan_problem **end = &list->first, **at = NULL;

    for (; *end; end = &(*end)->next) {
        if (strcmp((*end)->diag.file, file) != 0)
            continue;
        if ((*end)->diag.line > line)
            return end;
        at = &(*end)->next;
    }
    return at ? at : end;
}

void problem_add(struct problems *list, enum err e, const struct plan_place *at, const char *fmt,
                 ...)
{
    struct plan_problem *p, **to;
    va_list ap;

    if (++list->n > PROBLEMS_MAX)
        return;
    p = mem_zalloc(sizeof(*p));
    p->diag.err = e;
    p->diag.line = at->line;
    snprintf(p->diag.file, sizeof(p->diag.file), "%s", at->file ? at->file : "");
    va_start(ap, fmt);
    vsnprintf(p->diag.text, sizeof(p->diag.text), fmt, ap);
    va_end(ap);
    to = slot(list, p->diag.file, p->diag.line);
    p->next = *to;
    *to = p;
}

void problems_close(struct problems *list, const char *file)
{
    struct plan_problem **end = &list->first, *p;

    if (list->n <= PROBLEMS_MAX)
        return;
    while (*end)
        end = &(*end)->next;
    p = mem_zalloc(sizeof(*p));
    p->diag.err = ERR_RANGE;
    snprintf(p->diag.file, sizeof(p->diag.file), "%s", file);
    snprintf(p->diag.text, sizeof(p->diag.text), "%zu more problems are not listed",
             list->n - PROBLEMS_MAX);
    *end = p;
}

enum err problems_err(const struct problems *list)
{
    return list->first ? list->first->diag.err : ERR_OK;
}

void plan_problems_free(struct plan_problem *p)
{
    while (p) {
        struct plan_problem *next = p->next;
        mem_free(p);
        p = next;
    }
}
