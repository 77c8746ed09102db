/* The statements of a document that cases prove: cases/requirements/. A file of its own, with a
 * root <note> and a <statement id at [no-case]> for each, in the document's order. */
#ifndef PLAN_STATEMENTS_H
#define PLAN_STATEMENTS_H

#include "base/arena.h"
#include "base/err.h"

struct statement {
    const char *id;
    const char *at;      /* where the document says it */
    const char *text;    /* in words of our own */
    const char *no_case; /* why no case can show it; NULL: one has to */
    int line;            /* of the file */
};

struct statements {
    const char *title; /* of the document */
    const struct statement *v;
    size_t n;
};

/* Reads PATH; everything lives in ARENA. ERR_INVALID with the file and line in WHY: no such
 * document, an id that is missing or there twice, a statement without words. */
MUST_USE enum err statements_load(struct arena *arena, const char *path, struct statements *out,
                                  struct diag *why);

/* The id in a case's "ID: words of the statement": the first N bytes of PROVES. */
size_t proves_id(const char *proves);

#endif
