/* The case as one document: includes expanded, variables filled in, configurations embedded, every
 * element with the line it came from. Secrets in configurations are masked: this document travels.
 *
 *   h:file on an element: it and what is below come from there;  h:line: its line
 *   <h:config> in <device>: the text of its configuration */
#include "plan/load.h"
#include "plan/secrets.h"

/* XML 1.0 takes neither most control characters nor broken UTF-8; neither is of use in a case. */
static size_t utf8_length(const unsigned char *p)
{
    size_t n = *p < 0x80 ? 1 : (*p & 0xe0) == 0xc0 ? 2 : (*p & 0xf0) == 0xe0 ? 3 : 4;
    uint32_t c = n == 1 ? *p : *p & (0xffu >> (n + 1));

    if (n == 1)
        return *p >= 0x20 || strchr("\t\n\r", *p) ? 1 : 0;
    if (*p < 0xc2 || *p > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3f);
    }
    if ((n == 3 && c < 0x800) || (n == 4 && (c < 0x10000 || c > 0x10ffff)))
        return 0;
    return (c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff ? 0 : n;
}

static void add_escaped(struct buf *out, const char *s, bool attr)
{
    for (const unsigned char *p = (const unsigned char *)s; *p;) {
        size_t n = utf8_length(p);
        if (n == 0)
            buf_addc(out, '?');
        else if (*p == '&')
            buf_adds(out, "&amp;");
        else if (*p == '<')
            buf_adds(out, "&lt;");
        else if (*p == '>')
            buf_adds(out, "&gt;");
        else if (attr && *p == '"')
            buf_adds(out, "&quot;");
        else if (*p == '\r' || (attr && (*p == '\n' || *p == '\t')))
            buf_addf(out, "&#%u;", *p);
        else
            buf_add(out, p, n);
        p += n ? n : 1;
    }
}

static void add_attr(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, " %s=\"", name);
    add_escaped(out, value, true);
    buf_addc(out, '"');
}

static void add_masked(struct buf *out, const char *text, bool attr)
{
    struct buf copy = BUF_INIT;

    buf_adds(&copy, text);
    secrets_mask(copy.s);
    add_escaped(out, copy.s, attr);
    buf_release(&copy);
}

static const struct plan_device *device_of(const struct load *l, const struct node *n)
{
    return &l->plan->devices[l->device_nodes[0] != n];
}

/* Files are named by the path they were found at. */
static const char *value_of(const struct load *l, const struct node *n, const struct node_attr *a)
{
    if (strcmp(a->name, "capture") == 0)
        return l->plan->streams[find_stream(l->plan, node_attr(n, "id"))].capture;
    return a->value;
}

static void add_attrs(const struct load *l, const struct node *n, struct buf *out)
{
    for (size_t i = 0; i < n->nattrs; i++) {
        const struct node_attr *a = &n->attrs[i];
        if (a->ns != NS_NONE)
            continue;
        if (strcmp(a->name, "command") == 0) {
            buf_adds(out, " command=\"");
            add_masked(out, a->value, true);
            buf_addc(out, '"');
        } else {
            add_attr(out, a->name, value_of(l, n, a));
        }
    }
}

static void add_place(struct buf *out, const struct node *n, const char *file)
{
    if (!file || strcmp(file, n->at.file) != 0)
        add_attr(out, "h:file", n->at.file);
    buf_addf(out, " h:line=\"%d\"", n->at.line);
}

static void add_config(const struct plan_device *d, struct buf *out)
{
    if (!d->config_text)
        return;
    buf_adds(out, "<h:config");
    add_attr(out, "files", d->config);
    buf_addc(out, '>');
    add_masked(out, d->config_text, false);
    buf_adds(out, "</h:config>");
}

static void add_text(const struct node *n, struct buf *out)
{
    struct buf words = BUF_INIT;

    node_words(n, &words);
    if (strcmp(n->name, "line") == 0)
        add_masked(out, buf_str(&words), false);
    else
        add_escaped(out, buf_str(&words), false);
    buf_release(&words);
}

static void indent(struct buf *out, unsigned depth)
{
    buf_addc(out, '\n');
    for (unsigned i = 0; i < depth; i++)
        buf_addc(out, ' ');
}

/* FILE: where the element around comes from. */
static void add_element(const struct load *l, const struct node *n, const char *file,
                        unsigned depth, struct buf *out)
{
    bool device = strcmp(n->name, "device") == 0;

    indent(out, depth);
    buf_addf(out, "<%s", n->name);
    add_attrs(l, n, out);
    add_place(out, n, file);
    if (n->spec->content == CONTENT_EMPTY) {
        buf_adds(out, "/>");
        return;
    }
    buf_addc(out, '>');
    if (device)
        add_config(device_of(l, n), out);
    if (n->spec->content == CONTENT_TEXT)
        add_text(n, out);
    for (const struct node *c = n->child; c; c = c->next) {
        if (c->spec && strcmp(c->name, "config") != 0)
            add_element(l, c, n->at.file, depth + 1, out);
    }
    buf_addf(out, "</%s>", n->name);
}

/* Variables that only the command line knows. */
static void add_defines(const struct load *l, struct buf *out)
{
    for (size_t i = 0; i < l->plan->nvars; i++) {
        const struct plan_var *v = &l->plan->vars[i];
        const struct node *n = node_named(l->tree->child, "var");
        while (n && strcmp(node_attr(n, "name"), v->name) != 0)
            n = node_named(n->next, "var");
        if (n)
            continue;
        buf_adds(out, "\n <var");
        add_attr(out, "name", v->name);
        add_attr(out, "value", v->value);
        buf_adds(out, " h:file=\"-D\" h:line=\"0\"/>");
    }
}

/* A case without <device> has one all the same, with its configuration. */
static void add_default_device(const struct load *l, struct buf *out)
{
    const struct plan_device *d = &l->plan->devices[0];

    if (!d->config)
        return;
    buf_addf(out, "\n <device h:line=\"%d\">", l->plan->line);
    add_config(d, out);
    buf_adds(out, "</device>");
}

static bool is_one_of(const char *name, const char *words)
{
    unsigned i;

    return value_parse(VALUE_CHOICE, words, name, &i) == ERR_OK;
}

static void add_root(const struct load *l, struct buf *out)
{
    const struct node *root = l->tree;
    bool added = false;

    buf_adds(out, "<case xmlns=\"" PLAN_NAMESPACE "\" xmlns:h=\"" RESOLVED_NAMESPACE "\"");
    add_attrs(l, root, out);
    add_place(out, root, NULL);
    buf_addc(out, '>');
    for (const struct node *c = root->child; c; c = c->next) {
        if (!c->spec)
            continue;
        if (!added && !is_one_of(c->name, "title about tag proves var")) {
            add_defines(l, out);
            if (!node_named(root->child, "device"))
                add_default_device(l, out);
            added = true;
        }
        add_element(l, c, root->at.file, 1, out);
    }
    buf_adds(out, "\n</case>\n");
}

void resolved_write(struct load *l)
{
    struct buf out = BUF_INIT;
    uint8_t *copy;

    buf_adds(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    add_root(l, &out);
    if (out.n > CASE_TOTAL_MAX) {
        problem_add(&l->problems, ERR_RANGE, &l->tree->at,
                    "with all it includes the case has %zu bytes; evidence can hold %u", out.n,
                    CASE_TOTAL_MAX);
    } else {
        copy = arena_alloc(l->arena, out.n);
        memcpy(copy, out.s, out.n);
        l->plan->resolved = bytes_of(copy, out.n);
    }
    buf_release(&out);
}
