#include "cli/select.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_define(struct selection *s, const struct cli_env *env, const char *value)
{
    const char *eq = strchr(value, '=');

    if (!eq || eq == value || s->ndefines == SELECT_DEFINES) {
        usage_error(env, "-D %s: wants NAME=VALUE", value);
        return false;
    }
    s->defines[s->ndefines++] = (struct plan_var){mem_strndup(value, (size_t)(eq - value)), eq + 1};
    return true;
}

static bool add_tag(const char **list, size_t *n, const char *value)
{
    if (*n == SELECT_TAGS)
        return false;
    list[(*n)++] = value;
    return true;
}

bool select_option(struct selection *s, const struct cli_env *env, const char *name,
                   const char *value, bool *ok)
{
    bool fits;

    if (strcmp(name, "filter") == 0) {
        s->filter = value;
        *ok = filter_match(value, "", "", NULL, 0, &fits) == ERR_OK;
        if (!*ok)
            usage_error(env, "-k \"%s\" is no expression of words with not, and, or, ( )", value);
    } else if (strcmp(name, "tag") == 0) {
        *ok = add_tag(s->tags, &s->ntags, value);
    } else if (strcmp(name, "exclude-tag") == 0) {
        *ok = add_tag(s->without, &s->nwithout, value);
    } else if (strcmp(name, "define") == 0) {
        *ok = add_define(s, env, value);
    } else {
        return false;
    }
    return true;
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

static size_t say_problems(struct plan_problem *list)
{
    size_t n = 0;

    for (struct plan_problem *p = list; p; p = p->next, n++) {
        char line[1024];
        diag_format(&p->diag, line, sizeof(line));
        fprintf(stderr, "%s\n", line);
    }
    plan_problems_free(list);
    return n;
}

static void keep(struct selection *s, struct plan *p)
{
    s->plans = mem_resize(s->plans, s->nplans + 1, sizeof(*s->plans));
    s->plans[s->nplans++] = p;
}

/* Returns false when the case is invalid. */
static bool load_one(struct selection *s, const char *path)
{
    struct plan_options o = {.defines = s->defines, .ndefines = s->ndefines};
    struct plan_problem *problems;
    struct plan *p;

    s->found++;
    if (plan_load(path, &o, &p, &problems)) {
        say_problems(problems);
        return false;
    }
    say_problems(problems);
    if (is_chosen(s, p))
        keep(s, p);
    else
        plan_free(p);
    return true;
}

/* Ids become file names and JUnit names: each but once. */
static bool ids_differ(const struct selection *s)
{
    bool good = true;

    for (size_t i = 0; i < s->nplans; i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(s->plans[i]->id, s->plans[k]->id) != 0)
                continue;
            fprintf(stderr, "%s:%d: the id \"%s\" is that of %s\n", s->plans[i]->file,
                    s->plans[i]->line, s->plans[i]->id, s->plans[k]->file);
            good = false;
        }
    }
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

static bool load_path(struct selection *s, const char *path, bool *good)
{
    struct diag why = {0};
    char **paths, line[1024];
    size_t n;

    if (plan_find(path, &paths, &n, &why)) {
        diag_format(&why, line, sizeof(line));
        fprintf(stderr, "holdfast: %s\n", line);
        return false;
    }
    for (size_t i = 0; i < n; i++)
        *good = load_one(s, paths[i]) && *good;
    plan_paths_free(paths, n);
    return true;
}

int select_load(struct selection *s, const struct cli_env *env, char **paths, int n)
{
    bool good = true;

    (void)env;
    for (int i = 0; i < (n ? n : 1); i++) {
        if (!load_path(s, n ? paths[i] : "cases", &good))
            return EXIT_USAGE;
    }
    if (!good || !ids_differ(s))
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
