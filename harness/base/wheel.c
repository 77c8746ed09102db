#include "base/wheel.h"

#define TICK_SHIFT 20
#define LEVEL_BITS 6

static void list_init(struct timer *head)
{
    head->prev = head->next = head;
}

static bool list_is_empty(const struct timer *head)
{
    return head->next == head;
}

static void list_add(struct timer *head, struct timer *t)
{
    t->prev = head->prev;
    t->next = head;
    head->prev->next = t;
    head->prev = t;
}

static void list_del(struct timer *t)
{
    t->prev->next = t->next;
    t->next->prev = t->prev;
    t->prev = t->next = NULL;
}

void wheel_init(struct wheel *w, struct mono now)
{
    for (size_t i = 0; i < WHEEL_LEVELS * WHEEL_SLOTS; i++)
        list_init(&w->slots[i]);
    for (size_t i = 0; i < WHEEL_LEVELS; i++)
        w->filled[i] = 0;
    list_init(&w->expired);
    list_init(&w->moving);
    w->tick = now.ns >> TICK_SHIFT;
}

static int64_t tick_of(struct mono due) /* rounded up: never early */
{
    return due.ns > INT64_MAX - ((1 << TICK_SHIFT) - 1)
               ? INT64_MAX >> TICK_SHIFT
               : (due.ns + ((1 << TICK_SHIFT) - 1)) >> TICK_SHIFT;
}

static void place(struct wheel *w, struct timer *t)
{
    int64_t tick = tick_of(t->due);
    const int64_t reach = (int64_t)(WHEEL_SLOTS - 1) << (LEVEL_BITS * (WHEEL_LEVELS - 1));

    if (tick < w->tick) {
        t->place = -1;
        list_add(&w->expired, t);
        return;
    }
    if (tick - w->tick >= reach)
        tick = w->tick + reach - 1; /* looked at again when its slot comes round */
    int level = 0;
    while (level < WHEEL_LEVELS - 1 &&
           (tick >> (LEVEL_BITS * (level + 1))) != (w->tick >> (LEVEL_BITS * (level + 1))))
        level++;
    int slot = (int)(tick >> (LEVEL_BITS * level)) & (WHEEL_SLOTS - 1);
    t->place = (int16_t)(level * WHEEL_SLOTS + slot);
    list_add(&w->slots[t->place], t);
    w->filled[level] |= (uint64_t)1 << slot;
}

void wheel_disarm(struct wheel *w, struct timer *t)
{
    if (!timer_is_armed(t))
        return;
    list_del(t);
    if (t->place >= 0 && list_is_empty(&w->slots[t->place]))
        w->filled[t->place / WHEEL_SLOTS] &= ~((uint64_t)1 << (t->place % WHEEL_SLOTS));
}

void wheel_arm(struct wheel *w, struct timer *t, struct mono due)
{
    wheel_disarm(w, t);
    if (mono_is_never(due))
        return;
    t->due = due;
    place(w, t);
}

/* First tick at or after w->tick at which a slot of LEVEL begins that holds something. */
static int64_t level_next(const struct wheel *w, int level)
{
    if (!w->filled[level])
        return INT64_MAX;
    int64_t unit = w->tick >> (LEVEL_BITS * level);
    int from = (int)(unit & (WHEEL_SLOTS - 1));
    uint64_t turned = from ? w->filled[level] >> from | w->filled[level] << (WHEEL_SLOTS - from)
                           : w->filled[level];
    int64_t at = (unit + __builtin_ctzll(turned)) << (LEVEL_BITS * level);
    return at < w->tick ? w->tick : at;
}

static int64_t next_tick(const struct wheel *w)
{
    int64_t best = INT64_MAX;

    for (int level = 0; level < WHEEL_LEVELS; level++) {
        int64_t at = level_next(w, level);
        if (at < best)
            best = at;
    }
    return best;
}

struct mono wheel_next(const struct wheel *w)
{
    if (!list_is_empty(&w->expired) || !list_is_empty(&w->moving))
        return (struct mono){w->tick << TICK_SHIFT};
    int64_t at = next_tick(w);
    return at == INT64_MAX ? MONO_NEVER : (struct mono){at << TICK_SHIFT};
}

/* Appends what is in FROM, which is then empty, to TO: the timers themselves are not touched, so
 * their `place` is that of a slot which is empty now; wheel_disarm does not mind. */
static void splice(struct timer *from, struct timer *to)
{
    if (list_is_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

/* Moves timers that are between two levels to where they belong, as far as *MOVES reaches. True:
 * all of them. */
static bool settle(struct wheel *w, int *moves)
{
    while (!list_is_empty(&w->moving)) {
        struct timer *t = w->moving.next;
        if (--*moves < 0)
            return false;
        list_del(t);
        place(w, t);
    }
    return true;
}

/* Moves everything in the slots that begin at w->tick one level down, or to `expired`. False: not
 * yet all, call it again. */
static bool open_tick(struct wheel *w)
{
    int moves = WHEEL_MOVES;

    if (!settle(w, &moves))
        return false;
    for (int level = WHEEL_LEVELS - 1; level >= 0; level--) {
        if (level > 0 && (w->tick & (((int64_t)1 << (LEVEL_BITS * level)) - 1)) != 0)
            continue;
        int slot = (int)(w->tick >> (LEVEL_BITS * level)) & (WHEEL_SLOTS - 1);
        splice(&w->slots[level * WHEEL_SLOTS + slot], level == 0 ? &w->expired : &w->moving);
        w->filled[level] &= ~((uint64_t)1 << slot);
        if (!settle(w, &moves))
            return false;
    }
    return true;
}

struct timer *wheel_expire(struct wheel *w, struct mono now)
{
    int64_t last = now.ns >> TICK_SHIFT;

    while (list_is_empty(&w->expired)) {
        int64_t at = list_is_empty(&w->moving) ? next_tick(w) : w->tick;
        if (at > last) {
            if (last > w->tick)
                w->tick = last; /* nothing begins in between, so no slot is skipped */
            return NULL;
        }
        w->tick = at;
        if (!open_tick(w)) /* upper levels first: what falls to this very tick expires with it */
            return NULL;
        w->tick = at + 1;
    }
    struct timer *t = w->expired.next;
    list_del(t);
    return t;
}
