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
    if (!list_is_empty(&w->expired))
        return (struct mono){w->tick << TICK_SHIFT};
    int64_t at = next_tick(w);
    return at == INT64_MAX ? MONO_NEVER : (struct mono){at << TICK_SHIFT};
}

/* Moves everything in the slots that begin at w->tick one level down, or to `expired`. */
static void open_tick(struct wheel *w)
{
    for (int level = WHEEL_LEVELS - 1; level >= 0; level--) {
        if (level > 0 && (w->tick & (((int64_t)1 << (LEVEL_BITS * level)) - 1)) != 0)
            continue;
        int slot = (int)(w->tick >> (LEVEL_BITS * level)) & (WHEEL_SLOTS - 1);
        struct timer *head = &w->slots[level * WHEEL_SLOTS + slot];
        struct timer moved;

        if (list_is_empty(head))
            continue;
        moved.next = head->next;
        moved.prev = head->prev;
        moved.next->prev = moved.prev->next = &moved;
        list_init(head);
        w->filled[level] &= ~((uint64_t)1 << slot);
        while (!list_is_empty(&moved)) {
            struct timer *t = moved.next;
            list_del(t);
            if (level == 0) {
                t->place = -1;
                list_add(&w->expired, t);
            } else {
                place(w, t);
            }
        }
    }
}

struct timer *wheel_expire(struct wheel *w, struct mono now)
{
    int64_t last = now.ns >> TICK_SHIFT;

    while (list_is_empty(&w->expired)) {
        int64_t at = next_tick(w);
        if (at > last) {
            if (last > w->tick)
                w->tick = last; /* nothing begins in between, so no slot is skipped */
            return NULL;
        }
        w->tick = at;
        open_tick(w); /* upper levels first, so what falls to this very tick expires with it */
        w->tick = at + 1;
    }
    struct timer *t = w->expired.next;
    list_del(t);
    return t;
}
