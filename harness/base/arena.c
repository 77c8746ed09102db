#include "base/arena.h"

#include "base/err.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)16 << 10)
#define BLOCK_MOST  ((size_t)1 << 20) /* an arena grows in steps of its own size up to here */

struct arena_block {
    struct arena_block *next;
    size_t used, cap;
    alignas(max_align_t) unsigned char data[];
};

void arena_init(struct arena *a)
{
    a->head = NULL;
}

void arena_release(struct arena *a)
{
    while (a->head) {
        struct arena_block *b = a->head;
        a->head = b->next;
        mem_free(b);
    }
}

void *arena_alloc(struct arena *a, size_t n)
{
    size_t round = alignof(max_align_t) - 1;

    if (n > SIZE_MAX / 2)
        bug("arena block too large");
    n = (n + round) & ~round;
    if (!a->head || n > a->head->cap - a->head->used) {
        size_t cap = a->head ? a->head->cap * 2 : BLOCK_BYTES;
        cap = cap < BLOCK_MOST ? cap : BLOCK_MOST;
        cap = n > cap ? n : cap;
        struct arena_block *b = mem_zalloc(sizeof(*b) + cap);
        b->cap = cap;
        b->next = a->head;
        a->head = b;
    }
    void *p = a->head->data + a->head->used;
    a->head->used += n;
    return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / 2 / size)
        bug("array size overflows");
    return arena_alloc(a, count * size);
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);

    memcpy(p, s, n);
    return p;
}
