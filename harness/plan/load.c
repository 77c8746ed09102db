#include "plan/load.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/stat.h>

#define ROOT_LEVELS 6

struct plan_life { /* what plan_free finds back from the plan */
    struct plan plan;
    struct arena arena;
};

/* Lines and files as a resolved document tells them; a part keeps its own file's name. */
static void take_places(struct node *n, const char *file)
{
    for (; n; n = n->next) {
        const char *own = node_attr_ns(n, NS_RESOLVED, "file");
        const char *line = node_attr_ns(n, NS_RESOLVED, "line");
        if (own)
            n->at.file = own;
        else if (file)
            n->at.file = file;
        if (line)
            n->at.line = atoi(line);
        take_places(n->child, own ? own : file);
    }
}

/* A part that another tool has put in says where it came from by xml:base. */
static void take_bases(struct load *l, struct node *n, const char *file)
{
    for (; n; n = n->next) {
        const char *base = node_attr_ns(n, NS_XML, "base");
        const char *own = file;
        if (base)
            own = path_join(l->arena, path_dir(l->arena, n->at.file), base);
        if (own)
            n->at.file = own;
        take_bases(l, n->child, own);
    }
}

static void steps(struct load *l, struct bytes xml, const char *file)
{
    if (node_parse(l->arena, xml, file, &l->problems, &l->tree))
        return;
    if (l->resolved) {
        take_places(l->tree, NULL);
    } else {
        take_bases(l, l->tree, NULL);
        include_expand(l);
        versions_apply(l);
    }
    vars_apply(l);
    schema_check(&l->problems, l->tree, l->resolved);
    if (!l->tree->spec)
        return; /* no case at all: nothing more can be said */
    build_plan(l);
    check_lab(l);
    check_timeline(l);
    check_expects(l);
    check_packets(l);
    if (!l->problems.n)
        resolved_write(l);
}

static enum err load(struct load *l, struct bytes xml, const char *file, struct plan **out,
                     struct plan_problem **problems)
{
    struct plan_life *life = mem_zalloc(sizeof(*life));
    enum err e;

    arena_init(&life->arena);
    l->arena = &life->arena;
    l->plan = &life->plan;
    steps(l, xml, arena_strdup(l->arena, file));
    e = problems_err(&l->problems);
    problems_close(&l->problems, file);
    *problems = l->problems.first;
    if (e)
        plan_free(&life->plan);
    else
        *out = &life->plan;
    return e;
}

static enum err cannot_read(const struct diag *why, const char *path, struct problems *list,
                            struct plan_problem **problems)
{
    struct plan_place at = {path, 0};
    const char *text = why->text;
    size_t n = strlen(path);

    /* the place already says which file */
    if (strncmp(text, path, n) == 0)
        text += n + strspn(text + n, ": ");
    problem_add(list, why->err, &at, "%s", text);
    *problems = list->first;
    return why->err;
}

/* Where a case's files lie when nobody says: the nearest folder above the case's own that holds
 * captures/, so that cases may be sorted into folders; else the one just above. */
static const char *usual_root(struct arena *a, const char *case_dir)
{
    const char *dir = case_dir;
    struct stat st;

    for (int level = 0; level < ROOT_LEVELS; level++) {
        dir = path_join(a, dir, "..");
        if (stat(path_join(a, dir, "captures"), &st) == 0 && S_ISDIR(st.st_mode))
            return dir;
    }
    return path_join(a, case_dir, "..");
}

enum err plan_load(const char *path, const struct plan_options *opts, struct plan **out,
                   struct plan_problem **problems)
{
    struct load l = {.opts = opts};
    struct arena names;
    struct buf text = BUF_INIT;
    struct diag why = {0};
    enum err e;

    *problems = NULL;
    if (file_read(path, NODE_BYTES_MAX, &text, &why)) {
        buf_release(&text);
        return cannot_read(&why, path, &l.problems, problems);
    }
    arena_init(&names);
    l.case_dir = path_dir(&names, path);
    file_root_init(&l.root, opts && opts->root ? opts->root : usual_root(&names, l.case_dir));
    e = load(&l, buf_bytes(&text), path, out, problems);
    file_root_release(&l.root);
    arena_release(&names);
    buf_release(&text);
    return e;
}

enum err plan_from_resolved(struct bytes xml, struct plan **out, struct plan_problem **problems)
{
    struct load l = {.resolved = true};

    *problems = NULL;
    return load(&l, xml, "(resolved case)", out, problems);
}

/* Configurations and lines of them may hold keys; their copies end with the plan. */
static void wipe_devices(struct plan *p)
{
    for (size_t i = 0; i < p->ndevices; i++) {
        const struct plan_device *d = &p->devices[i];
        if (d->config_text)
            mem_wipe((char *)(uintptr_t)d->config_text, strlen(d->config_text));
        for (size_t j = 0; j < d->nsettings; j++) {
            if (!d->settings[j].name)
                mem_wipe((char *)(uintptr_t)d->settings[j].value, strlen(d->settings[j].value));
        }
    }
}

void plan_free(struct plan *p)
{
    if (p) {
        wipe_devices(p);
        struct plan_life *life = CONTAINER_OF(p, struct plan_life, plan);
        struct arena a = life->arena;
        arena_release(&a);
        mem_free(life);
    }
}
