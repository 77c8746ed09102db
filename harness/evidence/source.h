/* Bytes in order from a file or from memory, a window at a time. For evidence/ only. */
#ifndef EVIDENCE_SOURCE_H
#define EVIDENCE_SOURCE_H

#include "base/bytes.h"
#include "base/err.h"

struct source {
    int fd;       /* -1: memory */
    uint8_t *mem; /* the window of a file; NULL: memory */
    size_t cap;
    struct bytes have; /* not taken yet */
};

void source_of_bytes(struct source *s, struct bytes file);

/* WHY names PATH. */
MUST_USE enum err source_open(struct source *s, const char *path, struct diag *why);
void source_release(struct source *s);

/* The next N bytes without taking them, fewer at the end of the input: a view until the next call.
 * N decides how much memory the window has: bound it first. ERR_IO. */
MUST_USE enum err source_peek(struct source *s, size_t n, struct bytes *out);

/* Takes N of the bytes last peeked. */
void source_skip(struct source *s, size_t n);

#endif
