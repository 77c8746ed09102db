/* ${name} in attribute values and in <line>: from <var>, then -D. */
#include "plan/plan_parts.h"

static void set_var(struct load *l, const xmlNode *node, const char *name, const char *value)
{
    for (size_t i = 0; i < l->nvars; i++) {
        if (strcmp(l->vars[i].name, name) == 0) {
            l->vars[i].value = value;
            return;
        }
    }
    if (l->nvars == VARS_MAX) {
        plan_problem(l, node, "more than %d variables", VARS_MAX);
        return;
    }
    l->vars[l->nvars++] = (struct plan_var){name, value};
}

static void collect(struct load *l, const xmlNode *root)
{
    for (const xmlNode *n = child(root, "var"); n; n = next_child(n, "var")) {
        const char *name = attr(l, n, "name"), *value = attr(l, n, "value");
        if (name && value)
            set_var(l, n, name, value);
    }
    for (size_t i = 0; l->opts && i < l->opts->ndefines; i++) {
        const struct plan_var *d = &l->opts->defines[i];
        set_var(l, root, arena_strdup(l->arena, d->name), arena_strdup(l->arena, d->value));
    }
}

static const char *find(const struct load *l, const char *name, size_t n)
{
    for (size_t i = 0; i < l->nvars; i++) {
        if (strlen(l->vars[i].name) == n && memcmp(l->vars[i].name, name, n) == 0)
            return l->vars[i].value;
    }
    return NULL;
}

static void say_unknown(struct load *l, const xmlNode *node, const char *name, size_t n)
{
    const char *names[VARS_MAX], *wrong = arena_strndup(l->arena, name, n);

    for (size_t i = 0; i < l->nvars; i++)
        names[i] = l->vars[i].name;
    const char *right = nearest_word(wrong, names, l->nvars);
    plan_problem(l, node, "the variable ${%s} is not set%s%s%s", wrong,
                 right ? "; did you mean ${" : " (give it by <var> or -D NAME=VALUE)",
                 right ? right : "", right ? "}?" : "");
}

/* True when something was put in. */
static bool fill(struct load *l, const xmlNode *node, const char *s, struct buf *out)
{
    bool changed = false;

    for (const char *open; (open = strstr(s, "${"));) {
        const char *close = strchr(open, '}');
        if (!close) {
            plan_problem(l, node, "\"${\" without \"}\"");
            break;
        }
        size_t n = (size_t)(close - open) - 2;
        const char *value = find(l, open + 2, n);
        buf_add(out, s, (size_t)(open - s));
        if (value)
            buf_adds(out, value);
        else
            say_unknown(l, node, open + 2, n);
        changed = true;
        s = close + 1;
    }
    buf_adds(out, s);
    return changed;
}

static void fill_attributes(struct load *l, xmlNode *n)
{
    struct buf b = BUF_INIT;

    for (xmlAttr *a = n->properties; a; a = a->next) {
        xmlChar *v = xmlNodeListGetString(n->doc, a->children, 1);
        buf_clear(&b);
        if (v && fill(l, n, (const char *)v, &b))
            xmlSetNsProp(n, a->ns, a->name, (const xmlChar *)buf_str(&b));
        xmlFree(v);
    }
    buf_release(&b);
}

static void fill_text(struct load *l, xmlNode *n)
{
    struct buf b = BUF_INIT;

    for (xmlNode *t = n->children; t; t = t->next) {
        buf_clear(&b);
        if (t->type == XML_TEXT_NODE && t->content && fill(l, n, (const char *)t->content, &b)) {
            xmlChar *escaped = xmlEncodeSpecialChars(n->doc, (const xmlChar *)buf_str(&b));
            xmlNodeSetContent(t, escaped);
            xmlFree(escaped);
        }
    }
    buf_release(&b);
}

static void fill_below(struct load *l, xmlNode *n)
{
    for (; n; n = n->next) {
        if (n->type != XML_ELEMENT_NODE)
            continue;
        if (!is_element(n, "var"))
            fill_attributes(l, n);
        if (is_element(n, "line") || is_element(n, "command"))
            fill_text(l, n);
        fill_below(l, n->children);
    }
}

void vars_fill(struct load *l, xmlNode *root)
{
    collect(l, root);
    fill_attributes(l, root);
    fill_below(l, root->children);
    struct plan_var *v = arena_array(l->arena, l->nvars + 1, sizeof(*v));
    memcpy(v, l->vars, l->nvars * sizeof(*v));
    l->plan->vars = v;
    l->plan->nvars = l->nvars;
}
