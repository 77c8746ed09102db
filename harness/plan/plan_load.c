#include "base/mem.h"
#include "plan/plan_parts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A plan and the memory it lives in. */
struct owner {
    struct plan plan;
    struct arena arena;
};

struct plan_place plan_place(struct load *l, const xmlNode *n)
{
    xmlChar *file = xmlGetNsProp((xmlNode *)(uintptr_t)n, (const xmlChar *)"file",
                                 (const xmlChar *)PLACE_NAMESPACE);
    xmlChar *line = xmlGetNsProp((xmlNode *)(uintptr_t)n, (const xmlChar *)"line",
                                 (const xmlChar *)PLACE_NAMESPACE);
    struct plan_place at = {n->_private ? n->_private : "", (int)xmlGetLineNo(n)};
    uint64_t v;

    if (file && line && word_uint((const char *)line, INT_MAX, &v)) {
        at.file = arena_strdup(l->arena, (const char *)file);
        at.line = (int)v;
    }
    xmlFree(file);
    xmlFree(line);
    return at;
}

static void add_problem(struct load *l, const char *file, int line, const char *fmt, va_list ap)
{
    if (l->nproblems++ >= PROBLEMS_MAX)
        return;
    struct plan_problem *p = mem_zalloc(sizeof(*p));
    p->diag.err = ERR_INVALID;
    p->diag.line = line;
    snprintf(p->diag.file, sizeof(p->diag.file), "%s", file ? file : "");
    vsnprintf(p->diag.text, sizeof(p->diag.text), fmt, ap);
    *l->last = p;
    l->last = &p->next;
}

void plan_problem_at(struct load *l, const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    add_problem(l, file, line, fmt, ap);
    va_end(ap);
}

void plan_problem(struct load *l, const xmlNode *node, const char *fmt, ...)
{
    struct plan_place at = {l->plan->file, 0};
    va_list ap;

    if (node)
        at = plan_place(l, node);
    va_start(ap, fmt);
    add_problem(l, at.file, at.line, fmt, ap);
    va_end(ap);
}

#define LEVELS_UP 4

/* Where a case's files may lie: the nearest folder above its own that has captures/, else the one
 * above it. */
static char *root_of(struct load *l, const char *path)
{
    const char *slash = strrchr(path, '/');
    char real[PATH_MAX], first[PATH_MAX] = "";
    struct buf b = BUF_INIT;

    if (l->opts && l->opts->root)
        return realpath(l->opts->root, real) ? arena_strdup(l->arena, real) : NULL;
    if (slash)
        buf_add(&b, path, (size_t)(slash - path) + 1);
    for (int level = 0; level < LEVELS_UP; level++) {
        buf_adds(&b, level ? "/.." : "..");
        if (!realpath(buf_str(&b), real))
            break;
        if (!first[0])
            memcpy(first, real, sizeof(first));
        buf_adds(&b, "/captures");
        bool has = access(buf_str(&b), R_OK) == 0;
        b.n -= strlen("/captures");
        b.s[b.n] = '\0';
        if (has) {
            memcpy(first, real, sizeof(first));
            break;
        }
    }
    buf_release(&b);
    return first[0] ? arena_strdup(l->arena, first) : NULL;
}

static enum err read_plan(struct load *l, xmlDoc *doc)
{
    xmlNode *root = xmlDocGetRootElement(doc);

    if (!root) {
        plan_problem(l, NULL, "is empty");
        return ERR_INVALID;
    }
    vars_fill(l, root);
    if (!l->nproblems)
        schema_check(l, root);
    if (l->nproblems)
        return ERR_INVALID;
    read_head(l, root);
    read_lab(l, root);
    read_streams(l, child(root, "timeline"));
    read_events(l, child(root, "timeline"));
    read_expects(l, child(root, "expect"));
    plan_check(l);
    if (l->nproblems)
        return ERR_INVALID;
    plan_resolve(l, doc);
    return ERR_OK;
}

/* Frees what a failure leaves, gives what a success made. */
static enum err finish(struct load *l, struct owner *o, enum err e, struct plan **out,
                       struct plan_problem **problems)
{
    if (problems)
        *problems = l->first;
    else
        plan_problems_free(l->first);
    if (e)
        plan_free(&o->plan);
    else
        *out = &o->plan;
    return e;
}

static struct owner *begin(struct load *l, const struct plan_options *opts, const char *file)
{
    struct owner *o = mem_zalloc(sizeof(*o));

    arena_init(&o->arena);
    *l = (struct load){.arena = &o->arena, .opts = opts, .plan = &o->plan};
    l->last = &l->first;
    o->plan.file = arena_strdup(l->arena, file);
    return o;
}

enum err plan_load(const char *path, const struct plan_options *opts, struct plan **out,
                   struct plan_problem **problems)
{
    struct load l;
    struct owner *o = begin(&l, opts, path);
    xmlDoc *doc = NULL;

    l.root = root_of(&l, path);
    enum err e = ERR_IO;
    if (!l.root)
        plan_problem_at(&l, path, 0, "cannot be read");
    else
        e = xml_load_file(&l, path, &doc);
    if (!e)
        e = read_plan(&l, doc);
    xmlFreeDoc(doc);
    return finish(&l, o, e, out, problems);
}

enum err plan_from_resolved(struct bytes xml, struct plan **out, struct plan_problem **problems)
{
    struct load l;
    struct owner *o = begin(&l, NULL, "evidence");
    xmlDoc *doc = NULL;
    enum err e = xml_load_bytes(&l, xml, &doc);

    if (!e) { /* the case's own name, as it was run */
        o->plan.file = plan_place(&l, xmlDocGetRootElement(doc)).file;
        e = read_plan(&l, doc);
    }
    xmlFreeDoc(doc);
    return finish(&l, o, e, out, problems);
}

void plan_free(struct plan *p)
{
    if (!p)
        return;
    struct owner *o = CONTAINER_OF(p, struct owner, plan);
    arena_release(&o->arena);
    mem_free(o);
}

void plan_problems_free(struct plan_problem *p)
{
    while (p) {
        struct plan_problem *next = p->next;
        mem_free(p);
        p = next;
    }
}
