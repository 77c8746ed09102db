/* A file read ahead in large pieces, looked at in place. stdio's own buffer costs a call to the
 * system every 4096 bytes, and a copy. */
#ifndef TRAFFIC_FEED_H
#define TRAFFIC_FEED_H

#include "base/bytes.h"

#include <stdio.h>

struct feed {
    FILE *stream;
    uint8_t *buf;
    size_t at, n, cap; /* buf[at .. n) was read and not yet taken */
};

/* Takes STREAM. */
void feed_init(struct feed *f, FILE *stream);
void feed_release(struct feed *f); /* closes the stream */

/* At least WANT bytes, or all that are left of the file: what there is, at most what was read
 * ahead. Valid until the next call. */
struct bytes feed_look(struct feed *f, size_t want);

/* Goes past N bytes, which feed_look has shown. */
static inline void feed_skip(struct feed *f, size_t n)
{
    f->at += n;
}

/* The rest of the file as a stream, for readers that want one. Takes F's insides: it is then as
 * released. NULL: none can be made, and F is released. */
FILE *feed_stream(struct feed *f);

#endif
