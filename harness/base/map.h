/* A hash table from keys that live in the caller's own records to 32-bit record numbers.
 *
 * The table holds 8 bytes a slot and never sees a key: the caller hashes it (hash_bytes) and
 * compares it (map_eq). Find, put and remove are O(1) expected; growth is amortised. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAP_NONE UINT32_MAX

struct map_slot {
    uint32_t hash;
    uint32_t id; /* MAP_NONE: empty */
};

struct map {
    struct map_slot *slots;
    size_t mask; /* slots - 1; the table is a power of two */
    size_t used;
};

/* True when record ID of CTX has the key KEY. */
typedef bool map_eq(const void *ctx, uint32_t id, const void *key);

void map_init(struct map *m);
void map_release(struct map *m);

/* The record with this key, or MAP_NONE. */
uint32_t map_find(const struct map *m, uint64_t hash, map_eq *eq, const void *ctx, const void *key);

/* Adds ID (not MAP_NONE). The caller has made sure that its key is not there yet. */
void map_put(struct map *m, uint64_t hash, uint32_t id);

/* Removes ID, put earlier under the same HASH; false when it is not there. */
bool map_remove(struct map *m, uint64_t hash, uint32_t id);

#endif
