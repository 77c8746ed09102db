/* Memory that is there or the process ends: no caller checks for NULL.
 * Sizes that come from input must be bounded before they reach this module. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* N bytes, zeroed. N = 0 gives a valid pointer. Free with mem_free. */
void *mem_zalloc(size_t n);

/* COUNT elements of SIZE bytes, zeroed; ends the process if the product overflows. */
void *mem_array(size_t count, size_t size);

/* BYTES, not zeroed, for tables of megabytes that fill bit by bit: what was not touched costs
 * nothing, and what is touched comes in large pages where the system has them. mem_free. */
void *mem_table(size_t bytes);

/* P resized to COUNT elements of SIZE bytes; what is new is not zeroed. */
void *mem_resize(void *p, size_t count, size_t size);

/* A copy of the string S, or of its first N bytes with a NUL added. */
char *mem_strdup(const char *s);
char *mem_strndup(const char *s, size_t n);

/* NULL is fine. */
void mem_free(void *p);

/* Overwrites N bytes in a way the compiler keeps: for keys. NULL with N = 0 is fine. */
void mem_wipe(void *p, size_t n);

#endif
