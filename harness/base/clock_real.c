#define _GNU_SOURCE /* ppoll: sleeps with nanoseconds, wakes on a descriptor */

#include "base/clock_real.h"

#include <poll.h>
#include <time.h>

static struct mono real_now(const struct clock *clk)
{
    struct timespec ts;

    (void)clk;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (struct mono){(int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec};
}

static void real_sleep_until(struct clock *clk, struct mono when)
{
    struct clock_real *r = CONTAINER_OF(clk, struct clock_real, clock);
    struct pollfd p[CLOCK_REAL_FDS];
    int64_t left = mono_is_never(when) ? INT64_MAX : when.ns - real_now(clk).ns;

    for (size_t i = 0; i < r->nfds; i++)
        p[i] = (struct pollfd){.fd = r->fds[i], .events = POLLIN};
    if (left < 0)
        left = 0;
    if (left > 3600ll * 1000000000)
        left = 3600ll * 1000000000;
    struct timespec ts = {left / 1000000000, left % 1000000000};
    ppoll(p, (nfds_t)r->nfds, &ts, NULL); /* early return on a signal is wanted */
}

static const struct clock_ops real_ops = {real_now, real_sleep_until};

void clock_real_init(struct clock_real *r)
{
    *r = (struct clock_real){.clock = {&real_ops}};
}

enum err clock_real_watch(struct clock_real *r, int fd)
{
    if (r->nfds == CLOCK_REAL_FDS)
        return ERR_NOSPACE;
    r->fds[r->nfds++] = fd;
    return ERR_OK;
}

void clock_real_unwatch(struct clock_real *r, int fd)
{
    for (size_t i = 0; i < r->nfds; i++) {
        if (r->fds[i] == fd) {
            r->fds[i] = r->fds[--r->nfds];
            return;
        }
    }
}
