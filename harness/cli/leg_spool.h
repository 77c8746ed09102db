/* Captures from standard input: what is read twice (for clocks, then for the judgement) has to be
 * in a file. */
#ifndef CLI_LEG_SPOOL_H
#define CLI_LEG_SPOOL_H

#include "base/err.h"

#include <stdbool.h>
#include <stdio.h>

struct leg_spool {
    FILE *file;    /* without a name; NULL: none */
    char path[32]; /* by which it is opened again */
};

/* Puts all of standard input into S. ERR_IO. Gives S (leg_spool_release). */
MUST_USE enum err leg_spool_stdin(struct leg_spool *s, struct diag *why);
/* WHY names standard input, and not the file that it was put into. */
void leg_spool_name(struct diag *why);
void leg_spool_release(struct leg_spool *s);

#endif
