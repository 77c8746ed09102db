/* Timers for many: a hierarchical timing wheel. Add, move and remove are O(1) whatever their
 * number; the timer lives in the caller's record. One tick is 1,048,576 ns (2^20): a timer fires at
 * the first tick at or after its due time, never before it. */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include "base/clock.h"

#define WHEEL_LEVELS 6 /* 64^6 ticks: more than two years */
#define WHEEL_SLOTS  64
#define WHEEL_MOVES  4096 /* timers moved between levels at a time */

struct timer {
    struct timer *prev, *next; /* NULL next: not armed */
    struct mono due;
    int16_t place; /* level * WHEEL_SLOTS + slot */
};

struct wheel {
    struct timer slots[WHEEL_LEVELS * WHEEL_SLOTS]; /* list heads */
    uint64_t filled[WHEEL_LEVELS];
    int64_t tick; /* everything due before this tick has been handed out */
    struct timer expired;
    struct timer moving; /* out of an upper level's slot and not yet in a lower one's */
};

void wheel_init(struct wheel *w, struct mono now);

/* Arms T for DUE; moves it if it was armed. MONO_NEVER only disarms. */
void wheel_arm(struct wheel *w, struct timer *t, struct mono due);
void wheel_disarm(struct wheel *w, struct timer *t);

static inline bool timer_is_armed(const struct timer *t)
{
    return t->next != NULL;
}

/* When to look again: no timer fires before it. MONO_NEVER when none is armed. */
struct mono wheel_next(const struct wheel *w);

/* Hands out one timer that is due by NOW, disarmed; NULL when there is none left, or when so many
 * have to be moved first that others should get their turn: then wheel_next is not after NOW. */
struct timer *wheel_expire(struct wheel *w, struct mono now);

#endif
