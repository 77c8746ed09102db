/* A case document as a tree of our own: elements with their file and line, attributes, text.
 * Made from untrusted XML by node_parse; everything lives in the arena that was given. */
#ifndef PLAN_NODE_H
#define PLAN_NODE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "plan/problems.h"

#define RESOLVED_NAMESPACE "urn:holdfast:resolved:1"
#define XINCLUDE_NAMESPACE "http://www.w3.org/2001/XInclude"

/* Bounds on what is read, far above any sensible case. */
#define NODE_BYTES_MAX (1u << 20) /* of one file */
#define NODE_DEPTH_MAX 32
#define NODE_COUNT_MAX 20000 /* elements and attributes of one file */

enum node_ns {
    NS_CASE,
    NS_XI,
    NS_RESOLVED, /* what a resolved document adds: places, texts of configurations */
    NS_XML,      /* xml:base and its like */
    NS_NONE,
    NS_OTHER,
};

struct node_attr {
    const char *name;
    enum node_ns ns;
    const char *value;
    bool bad; /* already complained about: nobody reads it any more */
};

struct elem_spec;

struct node {
    const char *name;
    enum node_ns ns;
    struct plan_place at; /* the line its start tag ends in */
    struct node_attr *attrs;
    size_t nattrs;
    const char *text;             /* its own character data, "" when there is none */
    struct node *child, *next;    /* elements only, in document order */
    const struct elem_spec *spec; /* set by schema_check; NULL: not known here */
};

/* Parses XML into *OUT. FILE names the input in places and is borrowed for the arena's life. No
 * DOCTYPE, no entity but the five of XML, nothing else is opened. What is wrong is put on LIST. */
MUST_USE enum err node_parse(struct arena *arena, struct bytes xml, const char *file,
                             struct problems *list, struct node **out);

/* The attribute NAME in no namespace; NULL when it is missing, or was found bad. */
const char *node_attr(const struct node *n, const char *name);

/* The same of another namespace. */
const char *node_attr_ns(const struct node *n, enum node_ns ns, const char *name);

/* Adds the text of N to OUT, with one blank where there were blanks and line ends. */
void node_words(const struct node *n, struct buf *out);

/* The first child called NAME in the case namespace from FROM on; NULL: none. */
const struct node *node_named(const struct node *from, const char *name);

#endif
