/* XML in, safely: no network, no document type, no entities but XML's own five, bounded in size;
 * <xi:include> only of files below the case's root. Each node knows its file (`_private`). */
#include "base/mem.h"
#include "plan/plan_parts.h"

#include <fcntl.h>
#include <libxml/parser.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARSE_OPTIONS                                                                              \
    (XML_PARSE_NONET | XML_PARSE_NOCDATA | XML_PARSE_BIG_LINES | XML_PARSE_NOERROR |               \
     XML_PARSE_NOWARNING)

bool is_element(const xmlNode *node, const char *name)
{
    return node && node->type == XML_ELEMENT_NODE &&
           (!name || strcmp((const char *)node->name, name) == 0);
}

const xmlNode *next_child(const xmlNode *node, const char *name)
{
    for (node = node->next; node; node = node->next) {
        if (is_element(node, name))
            return node;
    }
    return NULL;
}

const xmlNode *child(const xmlNode *node, const char *name)
{
    for (node = node ? node->children : NULL; node; node = node->next) {
        if (is_element(node, name))
            return node;
    }
    return NULL;
}

const char *attr(struct load *l, const xmlNode *node, const char *name)
{
    xmlChar *v = xmlGetNoNsProp(node, (const xmlChar *)name);
    char *copy = v ? arena_strdup(l->arena, (const char *)v) : NULL;

    xmlFree(v);
    return copy;
}

const char *text_of(struct load *l, const xmlNode *node)
{
    xmlChar *v = xmlNodeGetContent(node);
    char *copy = arena_strdup(l->arena, v ? (const char *)v : "");
    size_t n = 0;

    xmlFree(v);
    for (const char *s = copy; *s; s++) {
        bool blank = *s == ' ' || *s == '\n' || *s == '\t' || *s == '\r';
        if (!blank)
            copy[n++] = *s;
        else if (n && copy[n - 1] != ' ')
            copy[n++] = ' ';
    }
    if (n && copy[n - 1] == ' ')
        n--;
    copy[n] = '\0';
    return copy;
}

/* --- files -------------------------------------------------------------------------------------
 */

char *file_text(struct load *l, const char *path, size_t max, size_t *n)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *text = NULL;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size <= max) {
        text = arena_alloc(l->arena, (size_t)st.st_size + 1);
        ssize_t got = read(fd, text, (size_t)st.st_size);
        *n = got > 0 ? (size_t)got : 0;
        if (got < 0)
            text = NULL;
    }
    if (fd >= 0)
        close(fd);
    return text;
}

static bool is_below(const char *root, const char *path)
{
    char real[PATH_MAX];
    size_t n = strlen(root);

    return realpath(path, real) && strncmp(real, root, n) == 0 && (real[n] == '/' || n == 1);
}

static char *beside(struct load *l, const char *file, const char *path)
{
    const char *slash = strrchr(file, '/');
    struct buf b = BUF_INIT;

    if (slash)
        buf_add(&b, file, (size_t)(slash - file) + 1);
    buf_adds(&b, path);
    char *s = arena_strdup(l->arena, buf_str(&b));
    buf_release(&b);
    return s;
}

static bool is_there(const char *path)
{
    return access(path, R_OK) == 0;
}

/* Beside the file that names it, or beside the folder that file is in: cases/x.xml and
 * cases/parts/x.xml both find captures/ and devices/. */
const char *xml_find_file(struct load *l, const xmlNode *node, const char *from, const char *path)
{
    struct buf up = BUF_INIT;
    const char *found = NULL;

    for (int level = 0; !found && level < 5; level++) {
        buf_clear(&up);
        for (int i = 0; i < level; i++)
            buf_adds(&up, "../");
        buf_adds(&up, path);
        char *s = beside(l, from, buf_str(&up));
        if (is_there(s))
            found = s;
    }
    buf_release(&up);
    if (!found)
        plan_problem(l, node, "there is no file \"%s\", neither beside %s nor above it", path,
                     from);
    else if (!is_below(l->root, found)) {
        plan_problem(l, node, "\"%s\" lies outside %s, where a case's files must be", path,
                     l->root);
        found = NULL;
    }
    return found;
}

/* --- parsing -----------------------------------------------------------------------------------
 */

static void mark(xmlNode *node, const char *file, size_t *count)
{
    for (; node; node = node->next) {
        node->_private = (void *)(uintptr_t)file;
        ++*count;
        if (node->type == XML_ELEMENT_NODE)
            mark(node->children, file, count);
    }
}

static void say_syntax(struct load *l, const char *file, xmlParserCtxt *ctx)
{
    const xmlError *e = xmlCtxtGetLastError(ctx);
    char words[256] = "is no XML";
    size_t n;

    if (e && e->message) {
        n = strcspn(e->message, "\n");
        n = n < sizeof(words) ? n : sizeof(words) - 1;
        memcpy(words, e->message, n);
        words[n] = '\0';
    }
    plan_problem_at(l, file, e ? e->line : 0, "not well-formed: %s", words);
}

static enum err parse(struct load *l, struct bytes xml, const char *file, xmlDoc **out)
{
    xmlParserCtxt *ctx = xmlNewParserCtxt();
    xmlDoc *doc = NULL;
    enum err e = ERR_INVALID;

    if (xml.n > CASE_BYTES_MAX) {
        plan_problem_at(l, file, 0, "is longer than %u bytes", CASE_BYTES_MAX);
    } else {
        doc = xmlCtxtReadMemory(ctx, (const char *)xml.p, (int)xml.n, NULL, NULL, PARSE_OPTIONS);
        if (!doc)
            say_syntax(l, file, ctx);
        else if (doc->intSubset || doc->extSubset)
            plan_problem_at(l, file, 0, "has a <!DOCTYPE>, which a case may not have");
        else
            e = ERR_OK;
    }
    if (!e) {
        mark(xmlDocGetRootElement(doc), file, &l->nodes);
        *out = doc;
    } else {
        xmlFreeDoc(doc);
    }
    xmlFreeParserCtxt(ctx);
    return e;
}

static bool is_include(const xmlNode *n)
{
    return is_element(n, "include") && n->ns &&
           strcmp((const char *)n->ns->href, XINCLUDE_NAMESPACE) == 0;
}

static enum err include_all(struct load *l, xmlNode *node, int depth);

static enum err include_one(struct load *l, xmlNode *at, int depth)
{
    const char *href = attr(l, at, "href"), *from = at->_private;
    xmlDoc *doc;
    size_t n;

    if (!href || depth >= INCLUDE_DEPTH || ++l->includes > INCLUDES_MAX || !l->root) {
        plan_problem(l, at, "%s",
                     !href      ? "<xi:include> needs href"
                     : !l->root ? "an include in resolved XML"
                                : "includes too deep, or too many");
        return ERR_INVALID;
    }
    const char *path = xml_find_file(l, at, from, href);
    char *text = path ? file_text(l, path, CASE_BYTES_MAX, &n) : NULL;
    if (!text) {
        if (path)
            plan_problem(l, at, "\"%s\" cannot be read", path);
        return ERR_INVALID;
    }
    enum err e = parse(l, bytes_of(text, n), path, &doc);
    if (e)
        return e;
    xmlNode *copy = xmlDocCopyNode(xmlDocGetRootElement(doc), at->doc, 1);
    xmlFreeDoc(doc);
    mark(copy, path, &l->nodes);
    xmlReplaceNode(at, copy);
    xmlFreeNode(at);
    return include_all(l, copy, depth + 1);
}

static enum err include_all(struct load *l, xmlNode *node, int depth)
{
    enum err e = ERR_OK;

    for (xmlNode *n = node->children, *next; n && !e; n = next) {
        next = n->next;
        if (is_include(n))
            e = include_one(l, n, depth);
        else if (n->type == XML_ELEMENT_NODE)
            e = include_all(l, n, depth);
    }
    return e;
}

static enum err finish(struct load *l, enum err e, xmlDoc *doc, xmlDoc **out)
{
    if (!e)
        e = include_all(l, xmlDocGetRootElement(doc), 0);
    if (!e && l->nodes > NODES_MAX) {
        plan_problem_at(l, l->plan->file, 0, "has more than %d nodes", NODES_MAX);
        e = ERR_INVALID;
    }
    if (e)
        xmlFreeDoc(doc);
    else
        *out = doc;
    return e;
}

enum err xml_load_file(struct load *l, const char *path, xmlDoc **out)
{
    xmlDoc *doc = NULL;
    size_t n = 0;
    char *text = file_text(l, path, CASE_BYTES_MAX, &n);

    if (!text) {
        plan_problem_at(l, path, 0, "cannot be read (or is longer than %u bytes)", CASE_BYTES_MAX);
        return ERR_IO;
    }
    enum err e = parse(l, bytes_of(text, n), l->plan->file, &doc);
    return finish(l, e, doc, out);
}

enum err xml_load_bytes(struct load *l, struct bytes xml, xmlDoc **out)
{
    xmlDoc *doc = NULL;
    enum err e = parse(l, xml, "evidence", &doc);

    return finish(l, e, doc, out);
}
