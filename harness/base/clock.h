/* Time as an argument. Two types the compiler keeps apart: an instant and a length of time.
 *
 * Virtual clock: waiting is moving the clock. Real clock: CLOCK_MONOTONIC and poll(2); it lives in
 * base/clock_real.h so that what links only this header touches no system clock. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mono { /* an instant: nanoseconds since the run began (virtual) or since boot (real) */
    int64_t ns;
};

struct span { /* a length of time */
    int64_t ns;
};

#define MONO_NEVER ((struct mono){INT64_MAX})
#define SPAN_NS(n) ((struct span){(int64_t)(n)})
#define SPAN_US(n) ((struct span){(int64_t)(n)*1000})
#define SPAN_MS(n) ((struct span){(int64_t)(n)*1000000})
#define SPAN_S(n)  ((struct span){(int64_t)(n)*1000000000})

/* T + D, which stays MONO_NEVER when it would pass the end of time. */
static inline struct mono mono_add(struct mono t, struct span d)
{
    int64_t r;
    return (struct mono){__builtin_add_overflow(t.ns, d.ns, &r) ? INT64_MAX : r};
}

/* From A to B; negative when B is earlier. */
static inline struct span mono_diff(struct mono a, struct mono b)
{
    return (struct span){b.ns - a.ns};
}

static inline bool mono_before(struct mono a, struct mono b)
{
    return a.ns < b.ns;
}

static inline struct mono mono_min(struct mono a, struct mono b)
{
    return a.ns < b.ns ? a : b;
}

static inline bool mono_is_never(struct mono t)
{
    return t.ns == INT64_MAX;
}

struct clock;

struct clock_ops {
    struct mono (*now)(const struct clock *clk);
    /* Returns at WHEN, or earlier when something happened that the caller should look at. */
    void (*sleep_until)(struct clock *clk, struct mono when);
};

struct clock {
    const struct clock_ops *ops;
};

static inline struct mono clock_now(const struct clock *clk)
{
    return clk->ops->now(clk);
}

static inline void clock_sleep_until(struct clock *clk, struct mono when)
{
    clk->ops->sleep_until(clk, when);
}

/* The virtual clock: starts at 0, moves only by sleep_until, never backwards. */
struct clock_virtual {
    struct clock clock;
    struct mono at;
};

void clock_virtual_init(struct clock_virtual *v);

#endif
