#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_say(const struct log *l, enum log_level level, const char *module, const char *fmt, ...)
{
    char line[512];
    int n = 0;
    va_list ap;

    if (!log_shows(l, level))
        return;
    if (l->clk) {
        int64_t us = clock_now(l->clk).ns / 1000;
        n = snprintf(line, sizeof(line), "%lld.%06lld ", (long long)(us / 1000000),
                     (long long)(us % 1000000));
    }
    n += snprintf(line + n, sizeof(line) - (size_t)n, "%s ", module);
    va_start(ap, fmt);
    vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
    va_end(ap);
    l->write(l->ctx, level, line);
}
