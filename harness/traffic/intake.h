/* A window on a stream of bytes: readers of formats look at what is ahead, and take it or go on one
 * byte further. Works on files that still grow and on pipes. */
#ifndef TRAFFIC_INTAKE_H
#define TRAFFIC_INTAKE_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdio.h>

/* Asked at the end of what is there: true to look again (after waiting), false when it is the end.
 * NULL in place of it: the end is the end. */
struct intake_wait {
    bool (*more)(void *ctx);
    void *ctx;
};

struct intake {
    FILE *stream;
    uint8_t *buf;
    size_t cap, n;
    size_t keep, at; /* bytes before `keep` may go; `at` is the reader's place */
    uint64_t before; /* bytes of the stream that are gone: buf[0] is the one after them */
    const struct intake_wait *wait;
    bool ended, failed; /* failed: it could not be read on */
};

/* Takes STREAM. WAIT (borrowed) may be NULL. */
void intake_init(struct intake *in, FILE *stream, const struct intake_wait *wait);
void intake_release(struct intake *in);

/* True when N bytes are there from `at` on. Views given before are dead afterwards. */
bool intake_has(struct intake *in, size_t n);

/* What is there from `at` on, after intake_has: at least as much. */
static inline struct bytes intake_ahead(const struct intake *in)
{
    return bytes_of(in->buf + in->at, in->n - in->at);
}

/* Takes N bytes, which intake_has said are there, and forgets what was before them. */
static inline struct bytes intake_take(struct intake *in, size_t n)
{
    struct bytes b = bytes_of(in->buf + in->at, n);

    in->keep = in->at;
    in->at += n;
    return b;
}

/* Why there is no more: ERR_END, ERR_SHORT when something is left, ERR_IO; the latter two in words
 * in TEXT, with WHERE the stream ends. */
enum err intake_why(const struct intake *in, const char *where, char *text, size_t cap);

/* Where in the stream `at` is. */
static inline uint64_t intake_offset(const struct intake *in)
{
    return in->before + in->at;
}

#endif
