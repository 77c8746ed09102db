/* CLOCK_MONOTONIC as a struct clock. Sleeping polls the watched file descriptors and returns early
 * when one is readable or a signal came. */
#ifndef BASE_CLOCK_REAL_H
#define BASE_CLOCK_REAL_H

#include "base/clock.h"
#include "base/err.h"

#define CLOCK_REAL_FDS 16

struct clock_real {
    struct clock clock;
    int fds[CLOCK_REAL_FDS];
    size_t nfds;
};

void clock_real_init(struct clock_real *r);

/* Wakes sleep_until when FD is readable. ERR_NOSPACE past CLOCK_REAL_FDS descriptors. */
MUST_USE enum err clock_real_watch(struct clock_real *r, int fd);

/* No longer; nothing happens when FD is not watched. */
void clock_real_unwatch(struct clock_real *r, int fd);

#endif
