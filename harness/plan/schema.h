/* What a case file may hold, as tables: elements, their attributes and children. The same grammar
 * is written in cases/case-1.rnc for editors and other tools; a test keeps the two together. Our
 * own walk is what a person meets, for its words, and because it needs no file at run time. */
#ifndef PLAN_SCHEMA_H
#define PLAN_SCHEMA_H

#include "plan/node.h"
#include "plan/value.h"

#define NOT_KEPT SIZE_MAX

struct attr_spec {
    const char *name;
    enum value_kind kind;
    bool required;
    const char *words; /* VALUE_CHOICE: the words, in the order of the enum */
    size_t at;         /* offset in the struct that is built; NOT_KEPT: read by hand */
};

enum content {
    CONTENT_EMPTY,
    CONTENT_TEXT,
    CONTENT_CHILDREN, /* in the order of their ranks */
    CONTENT_SOME,     /* the same, at least one */
    CONTENT_ONE,      /* exactly one */
};

struct child_spec {
    const struct elem_spec *elem;
    bool required, many;
    unsigned rank; /* children of one rank stand in any order */
};

struct elem_spec {
    const char *name;
    const struct attr_spec *attrs;
    size_t nattrs;
    enum content content;
    const struct child_spec *children;
    size_t nchildren;
    enum value_kind text_kind; /* CONTENT_TEXT: what the text has to be; never VALUE_ID */
    int action;                /* the stimulus it stands for, -1: none */
    int rule;                  /* the expectation it stands for, -1: none */
};

extern const struct elem_spec schema_case;

/* Checks ROOT and all below against the grammar: names, order, what is missing, values. Sets
 * node.spec, and node_attr.bad where a value cannot be used. RESOLVED: what a resolved document
 * adds is allowed. */
void schema_check(struct problems *list, struct node *root, bool resolved);

/* Reads the attributes of N into BASE, each to the place its spec names. Missing and bad ones leave
 * BASE as it is. */
void schema_fill(const struct node *n, void *base);

/* Reads the one attribute NAME into *OUT, of its kind's type; false: missing or bad. */
bool schema_read(const struct node *n, const char *name, void *out);

#endif
