#include "cli/select.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

const char *select_filter(void *ctx, const char *value)
{
    struct selection *s = ctx;
    bool fits;

    s->filter = value;
    return filter_match(value, "", "", NULL, 0, &fits)
               ? "is no expression of words with not, and, or, ( )"
               : NULL;
}

static const char *add_tag(const char **list, size_t *n, const char *value)
{
    if (*n == SELECT_TAGS)
        return "is one tag too many";
    list[(*n)++] = value;
    return NULL;
}

const char *select_tag(void *ctx, const char *value)
{
    struct selection *s = ctx;

    return add_tag(s->tags, &s->ntags, value);
}

const char *select_without(void *ctx, const char *value)
{
    struct selection *s = ctx;

    return add_tag(s->without, &s->nwithout, value);
}

const char *select_fast(void *ctx, const char *value)
{
    (void)value;
    return select_without(ctx, "slow");
}

const char *select_define(void *ctx, const char *value)
{
    struct selection *s = ctx;
    const char *eq = strchr(value, '=');

    if (!eq || eq == value)
        return "wants NAME=VALUE";
    if (s->ndefines == SELECT_DEFINES)
        return "is one variable too many";
    s->defines[s->ndefines++] = (struct plan_var){mem_strndup(value, (size_t)(eq - value)), eq + 1};
    return NULL;
}

static bool has_tag(const struct plan *p, const char *tag)
{
    for (size_t i = 0; i < p->ntags; i++) {
        if (strcmp(p->tags[i], tag) == 0)
            return true;
    }
    return false;
}

static bool is_chosen(const struct selection *s, const struct plan *p)
{
    bool fits = true;

    for (size_t i = 0; i < s->ntags; i++) {
        if (!has_tag(p, s->tags[i]))
            return false;
    }
    for (size_t i = 0; i < s->nwithout; i++) {
        if (has_tag(p, s->without[i]))
            return false;
    }
    if (s->filter && filter_match(s->filter, p->id, p->title, p->tags, p->ntags, &fits))
        return false;
    return fits;
}

static void say_problems(struct plan_problem *list)
{
    for (struct plan_problem *p = list; p; p = p->next) {
        char line[1024];
        diag_format(&p->diag, line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    plan_problems_free(list);
}

static void keep(struct selection *s, struct plan *p)
{
    s->plans = mem_resize(s->plans, s->nplans + 1, sizeof(*s->plans));
    s->plans[s->nplans++] = p;
}

/* Returns false when the case is invalid. SECOND: of two that one file has, that of IKEv2. */
static bool load_one(struct selection *s, const char *path, bool second)
{
    struct plan_options o = {.defines = s->defines, .ndefines = s->ndefines, .second = second};
    struct plan_problem *problems = NULL;
    struct plan *p;

    s->found++;
    enum err e = plan_load(path, &o, &p, &problems);
    say_problems(problems);
    if (e)
        return false;
    bool more = p->has_second;
    if (is_chosen(s, p))
        keep(s, p);
    else
        plan_free(p);
    return !more || load_one(s, path, true);
}

/* Ids become file names and JUnit names: each but once. A file named twice is taken once. */
static bool drop_twins(struct selection *s)
{
    bool good = true;
    size_t n = 0;

    for (size_t i = 0; i < s->nplans; i++) {
        const struct plan *same = NULL;
        for (size_t k = 0; k < n && !same; k++) {
            if (strcmp(s->plans[i]->id, s->plans[k]->id) == 0)
                same = s->plans[k];
        }
        if (same && strcmp(same->file, s->plans[i]->file) == 0) { /* and so of the same version */
            plan_free(s->plans[i]);
            continue;
        }
        if (same) {
            fprintf(stderr, "%s:%d: the id \"%s\" is that of %s:%d, too\n", s->plans[i]->file,
                    s->plans[i]->line, s->plans[i]->id, same->file, same->line);
            good = false;
        }
        s->plans[n++] = s->plans[i];
    }
    s->nplans = n;
    return good;
}

static void slow_last(struct selection *s)
{
    struct plan **sorted = mem_array(s->nplans + 1, sizeof(*sorted));
    size_t n = 0;

    for (int slow = 0; slow < 2; slow++) {
        for (size_t i = 0; i < s->nplans; i++) {
            if (s->plans[i]->slow == (slow == 1))
                sorted[n++] = s->plans[i];
        }
    }
    mem_free(s->plans);
    s->plans = sorted;
}

/* Returns false when there is nothing at PATH; *GOOD becomes false when a case is invalid. */
static bool load_path(struct selection *s, const char *path, bool *good)
{
    struct diag why = {0};
    char **paths;
    size_t n;

    if (plan_find(path, &paths, &n, &why)) {
        (void)say_why(&why, EXIT_USAGE);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        *good = load_one(s, paths[i], false) && *good;
    plan_paths_free(paths, n);
    return true;
}

int select_load(struct selection *s, char **paths, int n)
{
    bool good = true;

    for (int i = 0; i < (n ? n : 1); i++)
        good = load_path(s, n ? paths[i] : "cases", &good) && good;
    if (!drop_twins(s) || !good)
        return EXIT_USAGE;
    if (s->nplans == 0) {
        fprintf(stderr, "holdfast: no case is selected (of %zu found)\n", s->found);
        return EXIT_NOTHING;
    }
    slow_last(s);
    return -1;
}

void select_release(struct selection *s)
{
    for (size_t i = 0; i < s->nplans; i++)
        plan_free(s->plans[i]);
    mem_free(s->plans);
    for (size_t i = 0; i < s->ndefines; i++)
        mem_free((void *)(uintptr_t)s->defines[i].name);
}
