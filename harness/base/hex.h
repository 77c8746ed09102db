/* Bytes as hexadecimal digits, in small letters. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "base/bytes.h"

/* Writes two digits for each byte of B, and a NUL, to OUT (2 * B.n + 1 characters). Returns OUT. */
char *hex_format(struct bytes b, char *out);

#endif
