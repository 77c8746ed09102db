/* What a run tells the person watching it: run time, module, fact, numbers, one line each.
 * Nothing is ever judged from it. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/attr.h"
#include "base/clock.h"

enum log_level { LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
    enum log_level level;    /* lines above it are not made */
    const struct clock *clk; /* stamps; NULL: no stamp */
    void (*write)(void *ctx, enum log_level level, const char *line); /* one line, no newline */
    void *ctx;
};

/* L may be NULL: says nothing. MODULE is a folder's name ("peer", "gateway"). */
void log_say(const struct log *l, enum log_level level, const char *module, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* True when a line of this level would be shown: guards costly arguments. */
static inline int log_shows(const struct log *l, enum log_level level)
{
    return l && l->write && level <= l->level;
}

#endif
