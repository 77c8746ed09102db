#include "base/mem.h"

#include "base/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void *mem_zalloc(size_t n)
{
    void *p = calloc(1, n ? n : 1);

    if (!p)
        bug("out of memory");
    return p;
}

void *mem_array(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        bug("array size overflows");
    return mem_zalloc(count * size);
}

void *mem_table(size_t bytes)
{
    const size_t page = (size_t)2 << 20; /* of the usual machine; elsewhere no harm is done */
    void *p;

    if (posix_memalign(&p, page, bytes ? bytes : 1))
        bug("out of memory");
    (void)madvise(p, bytes, MADV_HUGEPAGE);
    return p;
}

void *mem_resize(void *p, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        bug("array size overflows");
    size_t n = count * size;
    p = realloc(p, n > 0 ? n : 1);
    if (!p)
        bug("out of memory");
    return p;
}

char *mem_strdup(const char *s)
{
    return mem_strndup(s, strlen(s));
}

char *mem_strndup(const char *s, size_t n)
{
    char *p = mem_zalloc(n + 1);

    memcpy(p, s, n);
    return p;
}

void mem_free(void *p)
{
    free(p);
}

void mem_wipe(void *p, size_t n)
{
    if (n == 0)
        return;
    memset(p, 0, n);
    /* Says that the zeros may be looked at, so that they are not left out. */
    __asm__ volatile("" : : "r"(p) : "memory");
}
