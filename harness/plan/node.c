/* From XML to nodes by libxml2's SAX interface: no libxml2 tree is made, so nothing of it outlives
 * the parse, and every bound is checked while reading. */
#include "plan/node.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

struct reading {
    xmlParserCtxtPtr ctxt;
    struct arena *arena;
    struct problems *list;
    const char *file;
    struct node *open[NODE_DEPTH_MAX];
    struct node **tail[NODE_DEPTH_MAX]; /* where the next child of open[i] goes */
    struct buf text[NODE_DEPTH_MAX];
    size_t depth, count;
    struct node *root;
    bool stopped;
    bool miscoded; /* bytes that the declared encoding does not have */
};

static int line_of(const struct reading *r)
{
    return r->ctxt->input ? r->ctxt->input->line : 0;
}

static void stop(struct reading *r, enum err e, const char *what)
{
    struct plan_place at = {r->file, line_of(r)};

    if (!r->stopped)
        problem_add(r->list, e, &at, "%s", what);
    r->stopped = true;
    xmlStopParser(r->ctxt);
}

static enum node_ns ns_of(const xmlChar *uri)
{
    static const struct {
        const char *uri;
        enum node_ns ns;
    } known[] = {{PLAN_NAMESPACE, NS_CASE},
                 {XINCLUDE_NAMESPACE, NS_XI},
                 {RESOLVED_NAMESPACE, NS_RESOLVED},
                 {"http://www.w3.org/XML/1998/namespace", NS_XML}};

    if (!uri)
        return NS_NONE;
    for (size_t i = 0; i < COUNT(known); i++) {
        if (strcmp((const char *)uri, known[i].uri) == 0)
            return known[i].ns;
    }
    return NS_OTHER;
}

/* libxml2 gives five pointers an attribute: name, prefix, URI, value, end of value. */
static void take_attrs(struct reading *r, struct node *n, int count, const xmlChar **attrs)
{
    n->nattrs = (size_t)count;
    n->attrs = arena_array(r->arena, n->nattrs, sizeof(*n->attrs));
    for (size_t i = 0; i < n->nattrs; i++, attrs += 5) {
        struct node_attr *a = &n->attrs[i];
        a->name = arena_strdup(r->arena, (const char *)attrs[0]);
        a->ns = ns_of(attrs[2]);
        a->value = arena_strndup(r->arena, (const char *)attrs[3], (size_t)(attrs[4] - attrs[3]));
    }
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
                     int nns, const xmlChar **ns, int nattrs, int ndefaulted, const xmlChar **attrs)
{
    struct reading *r = ctx;
    struct node *n;

    (void)prefix, (void)nns, (void)ns, (void)ndefaulted;
    if (r->stopped)
        return;
    r->count += 1 + (size_t)nattrs;
    if (r->depth == NODE_DEPTH_MAX || r->count > NODE_COUNT_MAX) {
        stop(r, ERR_RANGE,
             r->depth == NODE_DEPTH_MAX ? "elements are nested too deep" : "far too many elements");
        return;
    }
    n = arena_alloc(r->arena, sizeof(*n));
    n->name = arena_strdup(r->arena, (const char *)name);
    n->ns = ns_of(uri);
    n->at = (struct plan_place){r->file, line_of(r)};
    n->text = "";
    take_attrs(r, n, nattrs, attrs);
    if (r->depth == 0) {
        r->root = n;
    } else {
        *r->tail[r->depth - 1] = n;
        r->tail[r->depth - 1] = &n->next;
    }
    r->open[r->depth] = n;
    r->tail[r->depth] = &n->child;
    buf_clear(&r->text[r->depth]);
    r->depth++;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    struct reading *r = ctx;

    (void)name, (void)prefix, (void)uri;
    if (r->stopped || r->depth == 0)
        return;
    r->depth--;
    if (r->text[r->depth].n)
        r->open[r->depth]->text = arena_strndup(r->arena, r->text[r->depth].s, r->text[r->depth].n);
}

static void on_text(void *ctx, const xmlChar *s, int n)
{
    struct reading *r = ctx;

    if (!r->stopped && r->depth && n > 0)
        buf_add(&r->text[r->depth - 1], s, (size_t)n);
}

/* A DOCTYPE brings entities and defaults with it: text from elsewhere, and a bomb if one wants. */
static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
    (void)name, (void)id, (void)system;
    stop(ctx, ERR_FORMAT, "a DOCTYPE has no place in a case file; please remove it");
}

static void on_error(void *ctx, const xmlError *e)
{
    struct reading *r = ctx;
    struct plan_place at = {r->file, e->line};
    const char *text = r->miscoded  ? "bytes that its encoding does not have"
                       : e->message ? e->message
                                    : "not well-formed";
    size_t n = strcspn(text, "\n");

    if (r->stopped || e->level < XML_ERR_ERROR)
        return;
    problem_add(r->list, ERR_FORMAT, &at, "not well-formed XML: %.*s", (int)n, text);
    r->stopped = true; /* what follows the first one is mostly an echo */
    xmlStopParser(r->ctxt);
}

/* Encoders know no parser, and would write to stderr: the parser's own error follows at once. */
static void on_encoder_error(void *ctx, xmlErrorPtr e)
{
    struct reading *r = ctx;

    (void)e;
    r->miscoded = true;
}

static void run(struct reading *r)
{
    xmlSAXHandler sax = {
        .initialized = XML_SAX2_MAGIC,
        .internalSubset = on_doctype,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
        .serror = (xmlStructuredErrorFunc)on_error,
    };

    xmlStructuredErrorFunc former = xmlStructuredError;
    void *former_ctx = xmlStructuredErrorContext;

    xmlCtxtUseOptions(r->ctxt, XML_PARSE_NONET | XML_PARSE_BIG_LINES);
    *r->ctxt->sax = sax;
    r->ctxt->userData = r;
    xmlSetStructuredErrorFunc(r, on_encoder_error);
    xmlParseDocument(r->ctxt);
    xmlSetStructuredErrorFunc(former_ctx, former);
    if (!r->stopped && (!r->ctxt->wellFormed || !r->root))
        stop(r, ERR_FORMAT, "not well-formed XML");
}

enum err node_parse(struct arena *arena, struct bytes xml, const char *file, struct problems *list,
                    struct node **out)
{
    struct reading r = {.arena = arena, .list = list, .file = file};
    struct plan_place whole = {file, 0};

    if (xml.n == 0 || xml.n > NODE_BYTES_MAX) {
        problem_add(list, ERR_RANGE, &whole,
                    xml.n ? "is larger than 1 MiB: no case file" : "is empty");
        return ERR_RANGE;
    }
    r.ctxt = xmlCreateMemoryParserCtxt((const char *)xml.p, (int)xml.n);
    if (!r.ctxt)
        bug("no memory for an XML parser");
    run(&r);
    xmlFreeParserCtxt(r.ctxt);
    for (size_t i = 0; i < COUNT(r.text); i++)
        buf_release(&r.text[i]);
    if (r.stopped)
        return problems_err(list);
    *out = r.root;
    return ERR_OK;
}

const char *node_attr(const struct node *n, const char *name)
{
    return node_attr_ns(n, NS_NONE, name);
}

const char *node_attr_ns(const struct node *n, enum node_ns ns, const char *name)
{
    for (size_t i = 0; i < n->nattrs; i++) {
        if (n->attrs[i].ns == ns && !n->attrs[i].bad && strcmp(n->attrs[i].name, name) == 0)
            return n->attrs[i].value;
    }
    return NULL;
}

const struct node *node_named(const struct node *from, const char *name)
{
    while (from && (from->ns != NS_CASE || strcmp(from->name, name) != 0))
        from = from->next;
    return from;
}

void node_words(const struct node *n, struct buf *out)
{
    const char *p = n->text;

    for (bool first = true;; first = false) {
        p += strspn(p, " \t\r\n");
        size_t len = strcspn(p, " \t\r\n");
        if (len == 0)
            return;
        if (!first)
            buf_addc(out, ' ');
        buf_add(out, p, len);
        p += len;
    }
}
