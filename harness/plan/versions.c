/* <case ike="both">: one file for two cases, one of each version of IKE. What differs between them
 * is ${ike}, 1 or 2; the second one's id begins with "ikev2-", its title with "IKEv2: ", and it has
 * the tag ikev2. Elements with if-ike are there in that version only. In the resolved document
 * nothing is left of all this but the variable. */
#include "plan/load.h"

#define ID_OF_V2    "ikev2-"
#define TITLE_OF_V2 "IKEv2: "
#define TAG_OF_V2   "ikev2"

static const char *in_front(struct load *l, const char *begin, const char *s)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "%s%s", begin, s);
    const char *out = arena_strdup(l->arena, buf_str(&b));
    buf_release(&b);
    return out;
}

static struct node_attr *attr_of(struct node *n, const char *name)
{
    for (size_t i = 0; i < n->nattrs; i++) {
        if (n->attrs[i].ns == NS_NONE && strcmp(n->attrs[i].name, name) == 0)
            return &n->attrs[i];
    }
    return NULL;
}

static void drop_attr(struct node *n, struct node_attr *a)
{
    size_t at = (size_t)(a - n->attrs);

    memmove(a, a + 1, (n->nattrs - at - 1) * sizeof(*a));
    n->nattrs--;
}

static void add_tag(struct load *l, struct node *title)
{
    struct node *tag = arena_array(l->arena, 1, sizeof(*tag)), *before = title;

    while (before->next && strcmp(before->next->name, "about") == 0)
        before = before->next;
    *tag = (struct node){
        .name = "tag", .ns = NS_CASE, .at = l->tree->at, .text = TAG_OF_V2, .next = before->next};
    before->next = tag;
}

static void rename_case(struct load *l)
{
    struct node_attr *id = attr_of(l->tree, "id");

    if (id)
        id->value = in_front(l, ID_OF_V2, id->value);
    for (struct node *n = l->tree->child; n; n = n->next) {
        if (n->ns != NS_CASE || strcmp(n->name, "title") != 0)
            continue;
        n->text = in_front(l, TITLE_OF_V2, n->text);
        add_tag(l, n);
        return;
    }
}

/* Whether N stays: it does unless it is of the other version. */
static bool stays(struct load *l, struct node *n)
{
    struct node_attr *a = attr_of(n, "if-ike");

    if (!a)
        return true;
    const char *of = a->value;
    drop_attr(n, a);
    if (strcmp(of, "1") != 0 && strcmp(of, "2") != 0)
        problem_add(&l->problems, ERR_INVALID, &n->at, "<%s> if-ike=\"%s\": 1 or 2", n->name, of);
    return strcmp(of, l->ike) == 0;
}

static void choose(struct load *l, struct node *in)
{
    for (struct node **at = &in->child; *at;) {
        struct node *n = *at;
        if (!stays(l, n)) {
            *at = n->next;
            continue;
        }
        choose(l, n);
        at = &n->next;
    }
}

static const char *asked_for(const struct load *l)
{
    for (size_t i = l->opts ? l->opts->ndefines : 0; i-- > 0;) {
        if (strcmp(l->opts->defines[i].name, VAR_IKE) == 0)
            return l->opts->defines[i].value;
    }
    return NULL;
}

void versions_apply(struct load *l)
{
    struct node_attr *a = attr_of(l->tree, "ike");
    const char *only = asked_for(l);

    if (!a || strcmp(a->value, "both") != 0)
        return; /* what else it says, the grammar complains about */
    if (only && strcmp(only, "1") != 0 && strcmp(only, "2") != 0) {
        problem_add(&l->problems, ERR_INVALID, &l->tree->at,
                    "-D " VAR_IKE "=%s: this case is of IKE 1 and 2", only);
        return;
    }
    drop_attr(l->tree, a);
    l->ike = only ? only : l->opts && l->opts->second ? "2" : "1";
    l->plan->has_second = !only && *l->ike == '1';
    choose(l, l->tree);
    if (*l->ike == '2')
        rename_case(l);
}
