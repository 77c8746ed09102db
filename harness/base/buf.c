#include "base/buf.h"

#include "base/err.h"
#include "base/hex.h"
#include "base/mem.h"

#include <stdio.h>

void buf_release(struct buf *b)
{
    mem_free(b->s);
    *b = BUF_INIT;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    if (b->s)
        b->s[0] = '\0';
}

char *buf_room(struct buf *b, size_t n)
{
    if (n > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
        bug("text too large");
    if (b->n + n + 1 > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 64;
        while (cap < b->n + n + 1)
            cap *= 2;
        b->s = mem_resize(b->s, cap, 1);
        b->cap = cap;
    }
    return b->s + b->n;
}

void buf_grew(struct buf *b, size_t n)
{
    b->n += n;
    b->s[b->n] = '\0';
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    char *to = buf_room(b, n);

    if (n)
        memcpy(to, p, n);
    buf_grew(b, n);
}

void buf_adds(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
    *buf_room(b, 1) = c;
    buf_grew(b, 1);
}

void buf_addu(struct buf *b, uint64_t v)
{
    char digits[20], *at = digits + sizeof(digits);

    do {
        *--at = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    buf_add(b, at, (size_t)(digits + sizeof(digits) - at));
}

void buf_addx(struct buf *b, struct bytes x)
{
    hex_format(x, buf_room(b, 2 * x.n));
    buf_grew(b, 2 * x.n);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;

    va_copy(again, ap);
    int n = vsnprintf(buf_room(b, 80), 81, fmt, ap);
    if (n > 80)
        vsnprintf(buf_room(b, (size_t)n), (size_t)n + 1, fmt, again);
    va_end(again);
    if (n > 0)
        buf_grew(b, (size_t)n);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(b, fmt, ap);
    va_end(ap);
}

const char *buf_str(const struct buf *b)
{
    return b->s ? b->s : "";
}
