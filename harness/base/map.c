#include "base/map.h"

#include "base/mem.h"

/* Open addressing with linear probing; removal shifts the run back, so there are no tombstones. */

static uint32_t fold(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

void map_init(struct map *m)
{
    *m = (struct map){0};
}

void map_release(struct map *m)
{
    mem_free(m->slots);
    *m = (struct map){0};
}

uint32_t map_find(const struct map *m, uint64_t hash, map_eq *eq, const void *ctx, const void *key)
{
    uint32_t h = fold(hash);

    if (!m->slots)
        return MAP_NONE;
    for (size_t i = h & m->mask; m->slots[i].id != MAP_NONE; i = (i + 1) & m->mask)
        if (m->slots[i].hash == h && eq(ctx, m->slots[i].id, key))
            return m->slots[i].id;
    return MAP_NONE;
}

static void insert(struct map *m, struct map_slot s)
{
    size_t i = s.hash & m->mask;

    while (m->slots[i].id != MAP_NONE)
        i = (i + 1) & m->mask;
    m->slots[i] = s;
}

static void grow(struct map *m)
{
    struct map old = *m;
    size_t size = old.slots ? (old.mask + 1) * 2 : 16;

    m->slots = mem_array(size, sizeof(*m->slots));
    m->mask = size - 1;
    for (size_t i = 0; i < size; i++)
        m->slots[i].id = MAP_NONE;
    for (size_t i = 0; old.slots && i <= old.mask; i++)
        if (old.slots[i].id != MAP_NONE)
            insert(m, old.slots[i]);
    mem_free(old.slots);
}

void map_put(struct map *m, uint64_t hash, uint32_t id)
{
    if (!m->slots || (m->used + 1) * 4 > (m->mask + 1) * 3) /* at most three quarters full */
        grow(m);
    insert(m, (struct map_slot){fold(hash), id});
    m->used++;
}

bool map_remove(struct map *m, uint64_t hash, uint32_t id)
{
    if (!m->slots)
        return false;
    size_t i = fold(hash) & m->mask;

    for (; m->slots[i].id != id; i = (i + 1) & m->mask)
        if (m->slots[i].id == MAP_NONE)
            return false;
    for (size_t j = i;;) {
        j = (j + 1) & m->mask;
        if (m->slots[j].id == MAP_NONE)
            break;
        size_t home = m->slots[j].hash & m->mask;
        if (((j - home) & m->mask) >= ((j - i) & m->mask)) { /* j may move back to i */
            m->slots[i] = m->slots[j];
            i = j;
        }
    }
    m->slots[i].id = MAP_NONE;
    m->used--;
    return true;
}
