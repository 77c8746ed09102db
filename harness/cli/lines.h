/* Lines of a file of any size: memory for one line, and of that no more than LINES_KEPT bytes. */
#ifndef CLI_LINES_H
#define CLI_LINES_H

#include "base/buf.h"

#include <stdio.h>

#define LINES_KEPT 65536u /* of a longer line, the rest is passed over */

struct lines {
    FILE *file;      /* borrowed */
    uint64_t number; /* of the line last given, from 1 */
    struct buf line;
};

/* The next line without its line end, valid until the next call; false at the end. */
bool lines_next(struct lines *l, struct bytes *out);
void lines_release(struct lines *l);

#endif
