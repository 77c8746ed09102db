/* A borrowed run of bytes: a pointer and a length, never freed through this type. */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const uint8_t *p;
    size_t n;
};

static inline struct bytes bytes_of(const void *p, size_t n)
{
    return (struct bytes){p, n};
}

/* The characters of a C string, without its NUL. */
static inline struct bytes bytes_str(const char *s)
{
    return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static inline bool bytes_eq(struct bytes a, struct bytes b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* B without its first N bytes (empty if it is shorter). */
static inline struct bytes bytes_from(struct bytes b, size_t n)
{
    if (n < b.n)
        return (struct bytes){b.p + n, b.n - n};
    return (struct bytes){b.n ? b.p + b.n : b.p, 0}; /* to NULL nothing may be added */
}

/* The first N bytes of B (all of it if it is shorter). */
static inline struct bytes bytes_head(struct bytes b, size_t n)
{
    return (struct bytes){b.p, n < b.n ? n : b.n};
}

#endif
