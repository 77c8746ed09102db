/* Memory of one life: a stage's value (plan, evidence index, verdict) dies in one call. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head;
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);

/* N zeroed bytes, aligned for any type, valid until arena_release. */
void *arena_alloc(struct arena *a, size_t n);

/* COUNT zeroed elements of SIZE bytes; ends the process if the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* Copies of S, or of its first N bytes with a NUL added. */
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);

#endif
