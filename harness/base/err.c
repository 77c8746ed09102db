#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {
#define X(id, text) text,
    ERR_TABLE(X)
#undef X
};

const char *err_text(enum err e)
{
    return (unsigned)e < ERR_COUNT ? texts[e] : "unknown error";
}

static void fill(struct diag *why, enum err e, const char *fmt, va_list ap)
{
    if (!why || why->err)
        return;
    why->err = e;
    vsnprintf(why->text, sizeof(why->text), fmt, ap);
}

enum err diag_fail(struct diag *why, enum err e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    fill(why, e, fmt, ap);
    va_end(ap);
    return e;
}

enum err diag_fail_at(struct diag *why, enum err e, const char *file, int line, const char *fmt,
                      ...)
{
    va_list ap;

    if (why && !why->err) {
        snprintf(why->file, sizeof(why->file), "%s", file ? file : "");
        why->line = line;
    }
    va_start(ap, fmt);
    fill(why, e, fmt, ap);
    va_end(ap);
    return e;
}

void diag_format(const struct diag *why, char *out, unsigned long cap)
{
    const char *text = why->text[0] ? why->text : err_text(why->err);

    if (why->file[0] && why->line > 0)
        snprintf(out, cap, "%s:%d: %s", why->file, why->line, text);
    else if (why->file[0])
        snprintf(out, cap, "%s: %s", why->file, text);
    else
        snprintf(out, cap, "%s", text);
}

void bug(const char *what)
{
    fputs("holdfast: internal error: ", stderr);
    fputs(what, stderr);
    fputs("\n", stderr);
    abort();
}
