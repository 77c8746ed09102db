#include "traffic/reasons.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>

char *count_format(uint64_t n, char out[static COUNT_TEXT])
{
    char digits[24];
    int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
    size_t at = 0;

    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

char *things_format(uint64_t n, const char *what, char out[static THINGS_TEXT])
{
    char count[COUNT_TEXT];

    snprintf(out, THINGS_TEXT, "%s %s%s", count_format(n, count), what, n == 1 ? "" : "s");
    return out;
}

void reason_add(struct flow *f, struct arena *arena, const char *fmt, ...)
{
    struct buf b = BUF_INIT;
    va_list ap;
    size_t i = 0;

    while (i < FLOW_WHY_MAX && f->why_not[i])
        i++;
    if (i == FLOW_WHY_MAX)
        return;
    va_start(ap, fmt);
    buf_vaddf(&b, fmt, ap);
    va_end(ap);
    f->why_not[i] = arena_strdup(arena, buf_str(&b));
    buf_release(&b);
}
