/* Small readings of words on a command line. */
#ifndef CLI_WORDS_H
#define CLI_WORDS_H

#include "base/buf.h"

/* The right word for a wrong one: the nearest of WORDS when no more than two letters are missing,
 * too many, changed or swapped; NULL: none is near. */
const char *nearest(const char *word, const char *const *words, size_t n);

/* A number of digits, or 0x and hex digits; false when S is none or above MAX. */
bool parse_number(const char *s, uint64_t max, uint64_t *out);

/* The place of S in WORDS; -1: it is none of them. */
int word_index(const char *s, const char *const *words, size_t n);

/* S as one word of a shell's command line: in single quotes where it needs them. */
void put_shell_word(struct buf *out, const char *s);

#endif
