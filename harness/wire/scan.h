/* Reading lines of text from the left: each function takes something off the front of *S, or leaves
 * *S as it is and says false. Results are views into the text. */
#ifndef WIRE_SCAN_H
#define WIRE_SCAN_H

#include "base/bytes.h"
#include "wire/addr.h"

/* The characters of LIT. */
bool scan_lit(struct bytes *s, const char *lit);

/* Decimal digits as a number that fits; at least one. */
bool scan_u64(struct bytes *s, uint64_t *out);

/* "0x" may stand before the one to eight hexadecimal digits. */
bool scan_hex32(struct bytes *s, uint32_t *out);

/* Everything before the first (or last) LIT, and LIT itself. */
bool scan_before(struct bytes *s, const char *lit, struct bytes *out);
bool scan_before_last(struct bytes *s, const char *lit, struct bytes *out);

/* A word: up to the next blank or the end; not empty. */
bool scan_word(struct bytes *s, struct bytes *out);

void scan_blanks(struct bytes *s);

/* B without blanks (and CR, LF, NUL) at its ends. */
struct bytes scan_trim(struct bytes b);

bool scan_is(struct bytes b, const char *text);        /* the same characters */
bool scan_is_nocase(struct bytes b, const char *text); /* ASCII letters in either case */

/* The address written in B; family 0 when it is none. */
struct ip_addr scan_addr(struct bytes b);

#endif
