/* A growing run of bytes, mostly text: reports, logs, messages. Always NUL-terminated. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/attr.h"
#include "base/bytes.h"

#include <stdarg.h>

struct buf {
    char *s; /* never NULL once something was added */
    size_t n, cap;
};

#define BUF_INIT ((struct buf){0})

void buf_release(struct buf *b);

/* Empties it, keeping the memory. */
void buf_clear(struct buf *b);

void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addu(struct buf *b, uint64_t v);     /* in decimal digits */
void buf_addx(struct buf *b, struct bytes x); /* in hexadecimal digits */
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);

/* Room for N more bytes after the end, to be filled and then counted in by buf_grew. */
char *buf_room(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);

/* The text, "" when nothing was added. Valid until the next change. */
const char *buf_str(const struct buf *b);

static inline struct bytes buf_bytes(const struct buf *b)
{
    return (struct bytes){(const uint8_t *)b->s, b->n};
}

#endif
