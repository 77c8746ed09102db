#include "plan/schema.h"

#include "base/buf.h"
#include "plan/words.h"

struct walk {
    struct problems *list;
    bool resolved;
};

static void complain(struct walk *w, enum err e, const struct node *n, struct buf *text)
{
    problem_add(w->list, e, &n->at, "%s", buf_str(text));
    buf_release(text);
}

/* --- attributes ------------------------------------------------------------------------------- */
static const struct attr_spec *find_attr(const struct elem_spec *s, const char *name)
{
    for (size_t i = 0; i < s->nattrs; i++) {
        if (strcmp(s->attrs[i].name, name) == 0)
            return &s->attrs[i];
    }
    return NULL;
}

static void unknown_attr(struct walk *w, const struct node *n, const struct node_attr *a)
{
    struct words allowed = {0};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < n->spec->nattrs; i++)
        words_add(&allowed, n->spec->attrs[i].name);
    buf_addf(&text, "<%s> has no attribute \"%s\"", n->name, a->name);
    words_suggest(&allowed, a->name, "allowed here", false, &text);
    if (allowed.n == 0)
        buf_adds(&text, "; it takes none");
    complain(w, ERR_INVALID, n, &text);
}

static void bad_choice(struct walk *w, const struct node *n, const struct attr_spec *s,
                       const char *value)
{
    char list[16][64];
    struct words allowed = {0};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < COUNT(list) && value_word(s->words, i, list[i], sizeof(list[i])); i++)
        words_add(&allowed, list[i]);
    buf_addf(&text, "<%s> %s=\"%.80s\" is none of the words that can stand there", n->name, s->name,
             value);
    words_suggest(&allowed, value, "allowed", false, &text);
    complain(w, ERR_INVALID, n, &text);
}

union any_value { /* room for every kind */
#define X(id, type, looks) type field_##id;
    VALUE_KINDS(X)
#undef X
};

static void check_value(struct walk *w, const struct node *n, const struct attr_spec *s,
                        struct node_attr *a)
{
    union any_value scratch;
    enum err e = value_parse(s->kind, s->words, a->value, &scratch);

    if (!e)
        return;
    a->bad = true;
    if (s->kind == VALUE_CHOICE)
        bad_choice(w, n, s, a->value);
    else
        problem_add(w->list, ERR_INVALID, &n->at, "<%s> %s=\"%.80s\" %s: it has to be %s", n->name,
                    s->name, a->value, e == ERR_RANGE ? "is out of range" : "does not fit",
                    value_looks(s->kind));
}

/* Attributes of other namespaces: places in a resolved document; xml:base where a part was put in
 * by another tool. */
static bool is_foreign(const struct walk *w, const struct node_attr *a)
{
    return (w->resolved && a->ns == NS_RESOLVED) ||
           (a->ns == NS_XML && strcmp(a->name, "base") == 0);
}

static void check_attrs(struct walk *w, struct node *n)
{
    for (size_t i = 0; i < n->nattrs; i++) {
        struct node_attr *a = &n->attrs[i];
        const struct attr_spec *s = a->ns == NS_NONE ? find_attr(n->spec, a->name) : NULL;
        if (s && !a->bad)
            check_value(w, n, s, a);
        else if (!s && !is_foreign(w, a))
            unknown_attr(w, n, a);
    }
    for (size_t i = 0; i < n->spec->nattrs; i++) {
        const struct attr_spec *s = &n->spec->attrs[i];
        bool there = false;
        for (size_t j = 0; j < n->nattrs; j++)
            there |= n->attrs[j].ns == NS_NONE && strcmp(n->attrs[j].name, s->name) == 0;
        if (s->required && !there)
            problem_add(w->list, ERR_INVALID, &n->at, "<%s> lacks the attribute %s: %s", n->name,
                        s->name, value_looks(s->kind));
    }
}

void schema_fill(const struct node *n, void *base)
{
    for (size_t i = 0; n->spec && i < n->spec->nattrs; i++) {
        const struct attr_spec *s = &n->spec->attrs[i];
        const char *value = s->at == NOT_KEPT ? NULL : node_attr(n, s->name);
        if (value && value_parse(s->kind, s->words, value, (char *)base + s->at))
            bug("an attribute was checked and does not parse");
    }
}

bool schema_read(const struct node *n, const char *name, void *out)
{
    const struct attr_spec *s = n->spec ? find_attr(n->spec, name) : NULL;
    const char *value = s ? node_attr(n, name) : NULL;

    if (!value)
        return false;
    if (value_parse(s->kind, s->words, value, out))
        bug("an attribute was checked and does not parse");
    return true;
}

/* --- elements --------------------------------------------------------------------------------- */
static const struct elem_spec *find_child(const struct elem_spec *s, const char *name, size_t *i)
{
    for (size_t j = 0; j < s->nchildren; j++) {
        if (strcmp(s->children[j].elem->name, name) == 0) {
            if (i)
                *i = j;
            return s->children[j].elem;
        }
    }
    return NULL;
}

/* The first element, from IN down, that has a child called NAME. */
static const struct elem_spec *home_of(const struct elem_spec *in, const char *name)
{
    const struct elem_spec *found = find_child(in, name, NULL) ? in : NULL;

    for (size_t i = 0; !found && i < in->nchildren; i++)
        found = home_of(in->children[i].elem, name);
    return found;
}

static void unknown_element(struct walk *w, const struct node *parent, const struct node *n)
{
    const struct elem_spec *s = parent->spec, *home = home_of(&schema_case, n->name);
    struct words allowed = {0};
    struct buf text = BUF_INIT;

    for (size_t i = 0; i < s->nchildren; i++)
        words_add(&allowed, s->children[i].elem->name);
    if (n->ns != NS_CASE)
        buf_addf(&text, "<%s> is of another namespace than \"%s\"", n->name, PLAN_NAMESPACE);
    else if (home)
        buf_addf(&text, "<%s> has no place in <%s>; it belongs in <%s>", n->name, s->name,
                 home->name);
    else
        buf_addf(&text, "unknown element <%s>", n->name);
    words_suggest(&allowed, n->ns == NS_CASE && !home ? n->name : "", "allowed here", true, &text);
    if (allowed.n == 0)
        buf_addf(&text, "; <%s> holds no elements", s->name);
    complain(w, ERR_INVALID, n, &text);
}

static bool is_blank(const char *s)
{
    return s[strspn(s, " \t\r\n")] == '\0';
}

static void check_text(struct walk *w, const struct node *n)
{
    union any_value scratch;
    const char *text = n->text + strspn(n->text, " \t\r\n");
    struct buf words = BUF_INIT;

    if (n->spec->content != CONTENT_TEXT) {
        if (!is_blank(text))
            problem_add(w->list, ERR_INVALID, &n->at, "<%s> holds no text, but \"%.*s\" is there",
                        n->name, (int)strcspn(text, "\r\n"), text);
        return;
    }
    node_words(n, &words);
    if (value_parse(n->spec->text_kind, NULL, buf_str(&words), &scratch))
        problem_add(w->list, ERR_INVALID, &n->at, "<%s> has to hold %s", n->name,
                    value_looks(n->spec->text_kind));
    buf_release(&words);
}

/* Order and number of the children of N; each gets its spec. */
struct counted {
    size_t furthest, known;
    unsigned seen[WORDS_MAX];
};

static void check_order(struct walk *w, const struct node *parent, const struct node *n, size_t i,
                        struct counted *c)
{
    const struct elem_spec *s = parent->spec;

    if (s->children[i].rank < s->children[c->furthest].rank)
        problem_add(w->list, ERR_INVALID, &n->at, "<%s> has to stand before <%s>", n->name,
                    s->children[c->furthest].elem->name);
    else
        c->furthest = i;
    if (s->content != CONTENT_ONE && !s->children[i].many && c->seen[i] == 1)
        problem_add(w->list, ERR_INVALID, &n->at, "a second <%s>: one is allowed", n->name);
    if (s->content == CONTENT_ONE && c->known == 1)
        problem_add(w->list, ERR_INVALID, &n->at, "a second element in <%s>: one is allowed",
                    s->name);
    c->seen[i]++;
    c->known++;
}

static void check_complete(struct walk *w, const struct node *n, const struct counted *c)
{
    const struct elem_spec *s = n->spec;

    for (size_t i = 0; i < s->nchildren; i++) {
        if (s->children[i].required && c->seen[i] == 0)
            problem_add(w->list, ERR_INVALID, &n->at, "<%s> lacks <%s>", n->name,
                        s->children[i].elem->name);
    }
    if ((s->content == CONTENT_SOME || s->content == CONTENT_ONE) && !n->child)
        problem_add(w->list, ERR_INVALID, &n->at, "<%s> is empty: %s", n->name,
                    s->content == CONTENT_ONE ? "what should happen?" : "nothing to do");
}

static void check_element(struct walk *w, struct node *n)
{
    struct counted c = {0};

    check_attrs(w, n);
    check_text(w, n);
    for (struct node *child = n->child; child; child = child->next) {
        size_t i = 0;
        if (w->resolved && child->ns == NS_RESOLVED)
            continue;
        child->spec = child->ns == NS_CASE ? find_child(n->spec, child->name, &i) : NULL;
        if (!child->spec) {
            unknown_element(w, n, child);
            continue;
        }
        check_order(w, n, child, i, &c);
        check_element(w, child);
    }
    check_complete(w, n, &c);
}

void schema_check(struct problems *list, struct node *root, bool resolved)
{
    struct walk w = {list, resolved};

    if (strcmp(root->name, "case") != 0) {
        problem_add(list, ERR_INVALID, &root->at, "the root is <%s>; a case file holds a <case>",
                    root->name);
        return;
    }
    if (root->ns != NS_CASE) {
        problem_add(list, ERR_INVALID, &root->at,
                    "<case> is not in the namespace of case files; write <case xmlns=\"%s\" ...>",
                    PLAN_NAMESPACE);
        return;
    }
    root->spec = &schema_case;
    check_element(&w, root);
}
