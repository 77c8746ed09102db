/* XInclude (W3C XInclude 1.0), as much of it as sharing a part between twins needs: a whole
 * document in place of the element. Ours and not libxml2's: that one can only be confined through a
 * process-wide loader, and forgets which file a line came from. */
#include "plan/load.h"

#define INCLUDE_DEPTH_MAX 8
#define INCLUDE_COUNT_MAX 64

struct chain { /* files that are being included, innermost first */
    const char *file;
    const struct chain *up;
};

static bool contains(const struct chain *c, const char *file)
{
    for (; c; c = c->up) {
        if (strcmp(c->file, file) == 0)
            return true;
    }
    return false;
}

static bool is_plain(struct load *l, const struct node *n)
{
    for (size_t i = 0; i < n->nattrs; i++) {
        if (strcmp(n->attrs[i].name, "href") == 0)
            continue;
        problem_add(&l->problems, ERR_UNSUPPORTED, &n->at,
                    "xi:include takes href and nothing else; it has %s (whole documents only)",
                    n->attrs[i].name);
        return false;
    }
    if (n->child)
        problem_add(&l->problems, ERR_UNSUPPORTED, &n->at,
                    "xi:include has to be empty; a missing part is an error, not a fallback");
    return !n->child;
}

static struct node *read_part(struct load *l, const struct node *n, const char *path)
{
    struct diag why = {0};
    struct buf text = BUF_INIT;
    struct node *root = NULL;
    enum err e = file_read(path, NODE_BYTES_MAX, &text, &why);

    l->included_bytes += text.n;
    if (!e && l->included_bytes > CASE_TOTAL_MAX)
        e = diag_fail(&why, ERR_RANGE, "included files are larger than %u bytes in all",
                      CASE_TOTAL_MAX);
    if (e)
        problem_add(&l->problems, e, &n->at, "xi:include: %s", why.text);
    else if (node_parse(l->arena, buf_bytes(&text), path, &l->problems, &root))
        root = NULL;
    buf_release(&text);
    return root;
}

static struct node *fetch(struct load *l, const struct node *n, const struct chain *chain,
                          unsigned depth)
{
    const char *href = node_attr(n, "href"), *path;
    struct diag why = {0};

    if (!is_plain(l, n))
        return NULL;
    if (!href || !href[0]) {
        problem_add(&l->problems, ERR_INVALID, &n->at, "xi:include has no href");
        return NULL;
    }
    if (file_find(l->arena, &l->root, path_dir(l->arena, n->at.file), href, false, &path, &why)) {
        problem_add(&l->problems, why.err, &n->at, "xi:include: %s", why.text);
        return NULL;
    }
    if (contains(chain, path)) {
        problem_add(&l->problems, ERR_INVALID, &n->at, "xi:include: %s includes itself", path);
        return NULL;
    }
    if (depth == INCLUDE_DEPTH_MAX || ++l->included > INCLUDE_COUNT_MAX) {
        problem_add(&l->problems, ERR_RANGE, &n->at, "xi:include: too many files, or too deep");
        return NULL;
    }
    return read_part(l, n, path);
}

static void expand(struct load *l, struct node *in, const struct chain *chain, unsigned depth)
{
    struct node **at = &in->child;

    while (*at) {
        struct node *n = *at, *part;
        struct chain inner = {n->at.file, chain};
        if (n->ns != NS_XI || strcmp(n->name, "include") != 0) {
            expand(l, n, chain, depth);
            at = &n->next;
            continue;
        }
        part = fetch(l, n, chain, depth);
        if (!part) {
            *at = n->next;
            continue;
        }
        inner.file = part->at.file;
        expand(l, part, &inner, depth + 1);
        part->next = n->next;
        *at = part;
        at = &part->next;
    }
}

void include_expand(struct load *l)
{
    struct chain self = {l->tree->at.file, NULL};

    expand(l, l->tree, &self, 0);
}
