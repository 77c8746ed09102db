/* What was asserted against another implementation: rows of suite, version, role and event, one
 * line each at the end of $BUILD/matrix.txt, which harness/tests/matrix.sh makes a table of.
 * Nothing is written when BUILD is not set, as harness/tests/run.sh does. */
#ifndef TESTS_MATRIX_H
#define TESTS_MATRIX_H

#include <stdbool.h>
#include <stdint.h>

struct matrix_row {
    uint8_t version;         /* of IKE */
    const char *suite, *esp; /* proposals in strongSwan's words, borrowed */
    bool responder;          /* the other side began the IKE SA */
};

/* EVENT is about to be tried under ROW's conditions. Without a matrix_ok behind it, because an
 * assertion or the whole program ended, it counts as failed. */
void matrix_try(const struct matrix_row *row, const char *event);

/* All that is asserted about EVENT has held. */
void matrix_ok(const struct matrix_row *row, const char *event);

/* Nothing of this version could be tried, for the reason WHY. */
void matrix_skipped(uint8_t version, const char *why);

#endif
