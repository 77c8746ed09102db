/* Values out of event lines, with their types. For judge/ only. */
#ifndef JUDGE_LINES_H
#define JUDGE_LINES_H

#include "base/arena.h"
#include "evidence/event_line.h"
#include "wire/addr.h"

enum { BO, HO, SITES }; /* index of sites, and of directions by their sender */

struct line {
    struct bytes text;
    struct buf *value; /* holds the value last asked for */
};

/* NULL: no such key, or the line is broken. Valid until the next call. */
const char *line_word(const struct line *l, const char *key);

bool line_is(const struct line *l, const char *key, const char *value);

/* A copy in ARENA; NULL as above. */
const char *line_kept(const struct line *l, const char *key, struct arena *arena);

/* Decimal, or hexadecimal behind "0x". False: no number, or it does not fit. */
bool line_u64(const struct line *l, const char *key, uint64_t *out);

/* The same, 0 when there is none. */
uint64_t line_count(const struct line *l, const char *key);

/* BO unless it says "ho". */
int line_site(const struct line *l, const char *key);

bool line_addr(const struct line *l, const char *key, struct ip_addr *out);
bool line_endpoint(const struct line *l, const char *key, struct endpoint *out);

/* Exactly N bytes of hexadecimal digits. */
bool line_hex(const struct line *l, const char *key, uint8_t *out, size_t n);

#endif
