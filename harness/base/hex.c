#include "base/hex.h"

char *hex_format(struct bytes b, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < b.n; i++) {
        out[2 * i] = digits[b.p[i] >> 4];
        out[2 * i + 1] = digits[b.p[i] & 15];
    }
    out[2 * b.n] = '\0';
    return out;
}
