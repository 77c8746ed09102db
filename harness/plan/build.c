/* The head of a case; the parts are built in the other build_ files. */
#include "plan/load.h"

static char *words_of(struct load *l, const struct node *n)
{
    struct buf text = BUF_INIT;
    char *s;

    node_words(n, &text);
    s = arena_strdup(l->arena, buf_str(&text));
    buf_release(&text);
    return s;
}

static const char *text_of(struct load *l, const char *name)
{
    const struct node *n = node_named(l->tree->child, name);

    return n ? words_of(l, n) : "";
}

static size_t count(const struct node *n, const char *name)
{
    size_t found = 0;

    for (n = node_named(n, name); n; n = node_named(n->next, name))
        found++;
    return found;
}

static void build_tags(struct load *l)
{
    const char **tags = arena_array(l->arena, count(l->tree->child, "tag"), sizeof(*tags));
    struct plan *p = l->plan;

    for (const struct node *n = node_named(l->tree->child, "tag"); n;
         n = node_named(n->next, "tag")) {
        tags[p->ntags] = words_of(l, n);
        p->slow |= strcmp(tags[p->ntags++], "slow") == 0;
    }
    p->tags = tags;
}

static void build_proves(struct load *l)
{
    const char **proves = arena_array(l->arena, count(l->tree->child, "proves"), sizeof(*proves));
    struct plan *p = l->plan;

    for (const struct node *n = node_named(l->tree->child, "proves"); n;
         n = node_named(n->next, "proves")) {
        proves[p->nproves++] = words_of(l, n);
    }
    p->proves = proves;
}

static void build_head(struct load *l)
{
    struct plan *p = l->plan;
    const char *evidence;

    p->id = "";
    p->timeout = SPAN_S(3600);
    p->settle = SPAN_S(5);
    p->file = l->tree->at.file;
    p->line = l->tree->at.line;
    schema_fill(l->tree, p);
    p->title = text_of(l, "title");
    p->about = text_of(l, "about");
    evidence = node_attr(l->tree, "evidence");
    p->headers_only = evidence && strcmp(evidence, "headers") == 0;
    build_tags(l);
    build_proves(l);
}

void build_plan(struct load *l)
{
    build_head(l);
    build_lab(l, node_named(l->tree->child, "lab"));
    build_devices(l);
    build_nats(l, node_named(l->tree->child, "lab"));
    build_peer(l, node_named(l->tree->child, "peer"));
    build_timeline(l);
    build_expects(l);
}
