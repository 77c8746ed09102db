/* The right word for a wrong one. */
#ifndef PLAN_WORDS_H
#define PLAN_WORDS_H

#include "base/buf.h"

#define WORDS_MAX 64

struct words {
    const char *w[WORDS_MAX]; /* borrowed */
    size_t n;
};

void words_add(struct words *ws, const char *w); /* beyond WORDS_MAX: left out */

/* Changes, insertions, deletions and swaps of neighbours that turn A into B. Words longer than 63
 * bytes count as far from everything. */
unsigned words_distance(const char *a, const char *b);

/* The one of WS that WRONG was probably meant to be; NULL when none is near. */
const char *words_nearest(const struct words *ws, const char *wrong);

/* Adds "; did you mean X? LABEL: A, B, C" to OUT: the near one when there is one, all of WS when
 * LABEL is not NULL. TAGS: each word stands as <word>. */
void words_suggest(const struct words *ws, const char *wrong, const char *label, bool tags,
                   struct buf *out);

#endif
