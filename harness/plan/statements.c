#include "plan/statements.h"

#include "plan/files.h"
#include "plan/node.h"

#include <string.h>

size_t proves_id(const char *proves)
{
    return strcspn(proves, ": \t");
}

static const char *words(struct arena *arena, const struct node *n)
{
    struct buf b = BUF_INIT;

    node_words(n, &b);
    const char *s = arena_strdup(arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static enum err bad(struct diag *why, const struct node *n, const char *what)
{
    return diag_fail_at(why, ERR_INVALID, n->at.file, n->at.line, "<%s> %s", n->name, what);
}

static enum err take(struct arena *arena, const struct node *n, struct statement *list, size_t i,
                     struct diag *why)
{
    struct statement s = {.id = node_attr(n, "id"),
                          .at = node_attr(n, "at"),
                          .no_case = node_attr(n, "no-case"),
                          .text = words(arena, n),
                          .line = n->at.line};

    if (strcmp(n->name, "statement") != 0)
        return bad(why, n, "does not belong here: <statement> does");
    if (!s.id || !*s.id || !s.at)
        return bad(why, n, "needs id and at");
    if (proves_id(s.id) != strlen(s.id))
        return bad(why, n, "has an id that is no single word");
    if (!*s.text)
        return bad(why, n, "says nothing");
    for (size_t k = 0; k < i; k++) {
        if (strcmp(list[k].id, s.id) == 0)
            return bad(why, n, "has an id that is there already");
    }
    list[i] = s;
    return ERR_OK;
}

static enum err take_all(struct arena *arena, const struct node *root, struct statements *out,
                         struct diag *why)
{
    const char *title = node_attr(root, "title");
    struct statement *list;
    size_t n = 0, i = 0;
    enum err e = ERR_OK;

    if (strcmp(root->name, "note") != 0)
        return bad(why, root, "is not the root of a document's statements: <note> is");
    for (const struct node *c = root->child; c; c = c->next)
        n++;
    list = arena_array(arena, n + 1, sizeof(*list));
    for (const struct node *c = root->child; c && !e; c = c->next)
        e = take(arena, c, list, i++, why);
    if (!e)
        *out = (struct statements){.title = title ? title : "", .v = list, .n = n};
    return e;
}

enum err statements_load(struct arena *arena, const char *path, struct statements *out,
                         struct diag *why)
{
    struct problems problems = {0};
    struct buf text = BUF_INIT;
    struct node *root = NULL;
    enum err e = file_read(path, NODE_BYTES_MAX, &text, why);

    if (!e) {
        e = node_parse(arena, buf_bytes(&text), arena_strdup(arena, path), &problems, &root);
        if (e && problems.first)
            *why = problems.first->diag;
    }
    if (!e)
        e = take_all(arena, root, out, why);
    plan_problems_free(problems.first);
    buf_release(&text);
    return e;
}
