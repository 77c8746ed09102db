/* ${name} in attribute values and in <line>. A variable is a <var> of the case, or -D name=value,
 * which wins. A <var> may use those above it. "$${" stands for the two characters "${". */
#include "plan/load.h"
#include "plan/words.h"

#define VALUE_MAX 4096 /* bytes of an attribute after filling */

static const char *among(const struct plan_var *vars, size_t n, const char *name)
{
    while (n-- > 0) {
        if (strcmp(vars[n].name, name) == 0)
            return vars[n].value;
    }
    return NULL;
}

static const char *defined(const struct load *l, const char *name)
{
    if (l->ike && strcmp(name, VAR_IKE) == 0)
        return l->ike;
    return l->opts ? among(l->opts->defines, l->opts->ndefines, name) : NULL;
}

static const char *lookup(const struct load *l, const char *name)
{
    const char *value = among(l->plan->vars, l->plan->nvars, name);

    return value ? value : defined(l, name);
}

static void unknown(struct load *l, const struct node *n, const char *name)
{
    struct words have = {0};
    struct buf hint = BUF_INIT;

    for (size_t i = 0; i < l->plan->nvars; i++)
        words_add(&have, l->plan->vars[i].name);
    words_suggest(&have, name, NULL, false, &hint);
    if (!hint.n)
        buf_addc(&hint, ';');
    problem_add(&l->problems, ERR_NOTFOUND, &n->at,
                "no variable is called %s%s <var name=\"%s\" value=\"...\"/> or -D %s=... "
                "would define it",
                name, buf_str(&hint), name, name);
    buf_release(&hint);
}

/* Adds the value of the variable that begins at S ("${"); gives what follows it, NULL: bad. */
static const char *fill_one(struct load *l, const struct node *n, const char *s, struct buf *out)
{
    const char *end = strchr(s, '}'), *value;
    char *name;

    if (!end) {
        problem_add(&l->problems, ERR_FORMAT, &n->at, "\"%.40s\": ${ without its }", s);
        return NULL;
    }
    name = arena_strndup(l->arena, s + 2, (size_t)(end - s - 2));
    value = lookup(l, name);
    if (!value) {
        unknown(l, n, name);
        return NULL;
    }
    buf_adds(out, value);
    return end + 1;
}

/* S with its variables filled in; NULL after a problem. */
static const char *fill(struct load *l, const struct node *n, const char *s)
{
    struct buf out = BUF_INIT;
    const char *filled = NULL;

    if (!strchr(s, '$'))
        return s;
    while (s && *s && out.n <= VALUE_MAX) {
        if (strncmp(s, "$${", 3) == 0) {
            buf_adds(&out, "${");
            s += 3;
        } else if (strncmp(s, "${", 2) == 0) {
            s = fill_one(l, n, s, &out);
        } else {
            buf_addc(&out, *s++);
        }
    }
    if (s && out.n > VALUE_MAX)
        problem_add(&l->problems, ERR_RANGE, &n->at, "a value grows beyond %d bytes", VALUE_MAX);
    else if (s)
        filled = arena_strdup(l->arena, buf_str(&out));
    buf_release(&out);
    return filled;
}

/* Attributes; and the text of a <line>, so that a case can ask the device for what varies. */
static void fill_node(struct load *l, struct node *n)
{
    if (n->ns == NS_CASE && strcmp(n->name, "line") == 0) {
        const char *filled = fill(l, n, n->text);
        n->text = filled ? filled : "?";
    }
    for (size_t i = 0; i < n->nattrs; i++) {
        const char *filled = fill(l, n, n->attrs[i].value);
        if (filled)
            n->attrs[i].value = filled;
        else
            n->attrs[i].bad = true;
    }
}

static void set(struct load *l, struct plan_var *vars, const char *name, const char *value)
{
    vars[l->plan->nvars++] =
        (struct plan_var){arena_strdup(l->arena, name), arena_strdup(l->arena, value)};
}

static void collect(struct load *l, struct node *n, struct plan_var *vars)
{
    const char *name, *value, *stronger;

    if (!l->resolved)
        fill_node(l, n);
    name = node_attr(n, "name");
    value = node_attr(n, "value");
    if (!name || !value)
        return; /* the grammar says so */
    if (among(l->plan->vars, l->plan->nvars, name)) {
        problem_add(&l->problems, ERR_EXISTS, &n->at, "variable %s is defined twice", name);
        return;
    }
    stronger = defined(l, name);
    if (stronger) {
        for (size_t i = 0; i < n->nattrs; i++) {
            if (strcmp(n->attrs[i].name, "value") == 0)
                n->attrs[i].value = arena_strdup(l->arena, stronger);
        }
    }
    set(l, vars, name, stronger ? stronger : value);
}

static void fill_tree(struct load *l, struct node *n)
{
    for (; n; n = n->next) {
        if (n->ns != NS_CASE || strcmp(n->name, "var") != 0)
            fill_node(l, n);
        fill_tree(l, n->child);
    }
}

void vars_apply(struct load *l)
{
    size_t max = (l->opts ? l->opts->ndefines : 0) + 1;
    struct plan_var *vars;

    for (struct node *n = l->tree->child; n; n = n->next)
        max++;
    vars = arena_array(l->arena, max, sizeof(*vars));
    l->plan->vars = vars;
    for (struct node *n = l->tree->child; n; n = n->next) {
        if (n->ns == NS_CASE && strcmp(n->name, "var") == 0)
            collect(l, n, vars);
    }
    for (size_t i = 0; l->opts && i < l->opts->ndefines; i++) {
        const char *name = l->opts->defines[i].name;
        if (!among(vars, l->plan->nvars, name))
            set(l, vars, name, defined(l, name));
    }
    if (l->ike && !among(vars, l->plan->nvars, VAR_IKE))
        set(l, vars, VAR_IKE, l->ike);
    if (!l->resolved)
        fill_tree(l, l->tree);
}
