/* What the files of plan/ share. Not for others: use plan/plan.h.
 *
 * Reading a case: XML with its includes put in place (plan_xml.c), variables filled in
 * (plan_vars.c), every element and attribute held against one table (plan_schema.c), values read
 * into the plan (plan_read_*.c), references and sense checked (plan_check.c). Each step lists all
 * its problems. */
#ifndef PLAN_PLAN_PARTS_H
#define PLAN_PLAN_PARTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "plan/plan.h"

#include <libxml/tree.h>

#define PLACE_NAMESPACE    "urn:holdfast:place:1"
#define XINCLUDE_NAMESPACE "http://www.w3.org/2001/XInclude"

#define CASE_BYTES_MAX (1u << 20) /* of one file */
#define INCLUDES_MAX   16         /* in one case */
#define INCLUDE_DEPTH  4
#define NODES_MAX      4096
#define PROBLEMS_MAX   64
#define VARS_MAX       64

struct load {
    struct arena *arena;
    const struct plan_options *opts;
    struct plan_problem *first, **last;
    size_t nproblems;
    char *root; /* real path below which files must lie; NULL: resolved XML, no file is touched */
    struct plan *plan;
    size_t includes, nodes;
    struct plan_var vars[VARS_MAX];
    size_t nvars;
};

/* A problem at NODE (NULL: the file as a whole). */
void plan_problem(struct load *l, const xmlNode *node, const char *fmt, ...) PRINTF_LIKE(3, 4);
void plan_problem_at(struct load *l, const char *file, int line, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

struct plan_place plan_place(struct load *l, const xmlNode *node);

/* plan_xml.c: nodes carry the name of their file in `_private`. */
MUST_USE enum err xml_load_file(struct load *l, const char *path, xmlDoc **out);
MUST_USE enum err xml_load_bytes(struct load *l, struct bytes xml, xmlDoc **out);
/* PATH as it is found from the file FROM; NULL (and a problem at NODE) when it is not there or lies
 * outside the root. In the arena. */
const char *xml_find_file(struct load *l, const xmlNode *node, const char *from, const char *path);
char *file_text(struct load *l, const char *path, size_t max, size_t *n); /* NULL: cannot be read */

/* plan_vars.c */
void vars_fill(struct load *l, xmlNode *root);

/* plan_schema.c */
void schema_check(struct load *l, const xmlNode *root);

/* plan_nearest.c: the word of WORDS (n of them) that WORD was probably meant to be; NULL: none. */
const char *nearest_word(const char *word, const char *const *words, size_t n);

/* plan_words.c: false: not of that form. */
bool word_duration(const char *s, struct span *out);
bool word_size(const char *s, uint64_t *out);
bool word_rate(const char *s, uint64_t *out);
bool word_percent(const char *s, double *out); /* "40%" */
bool word_uint(const char *s, uint64_t max, uint64_t *out);
bool word_name(const char *s); /* NCName of up to 64 characters */

/* Attributes of NODE as text in the arena; NULL: not there. */
const char *attr(struct load *l, const xmlNode *node, const char *name);
const char *text_of(struct load *l, const xmlNode *node); /* blanks folded */
const xmlNode *child(const xmlNode *node, const char *name);
const xmlNode *next_child(const xmlNode *node, const char *name); /* sibling after NODE */
bool is_element(const xmlNode *node, const char *name);

/* plan_read.c, plan_read_lab.c, plan_read_events.c, plan_read_expect.c */
void read_head(struct load *l, const xmlNode *root);
void read_lab(struct load *l, const xmlNode *root);
void read_streams(struct load *l, const xmlNode *timeline);
void read_events(struct load *l, const xmlNode *timeline);
void read_expects(struct load *l, const xmlNode *expect);
int stream_index(const struct load *l, const char *id); /* -1 */
int event_index(const struct load *l, const char *id);  /* -1 */

/* plan_check.c */
void plan_check(struct load *l);

/* plan_resolve.c */
void plan_resolve(struct load *l, xmlDoc *doc);

#endif
