/* Memory of what only some connections have: as conn_pool.c does it for connections. */
#include "base/mem.h"
#include "gateway/conn_parts.h"

#include <string.h>

#define BLOCKS 64 /* in a chunk */

static void add_chunk(struct conn_blocks *b)
{
    char *chunk = mem_array(BLOCKS, b->size);

    b->chunks = mem_resize(b->chunks, b->nchunks + 1, sizeof(void *));
    b->chunks[b->nchunks++] = chunk;
    for (size_t i = BLOCKS; i-- > 0;)
        conn_blocks_give(b, chunk + i * b->size);
}

void *conn_blocks_take(struct conn_blocks *b)
{
    if (!b->free)
        add_chunk(b);
    void *p = b->free;
    memcpy(&b->free, p, sizeof(void *));
    memset(p, 0, b->size);
    return p;
}

void conn_blocks_give(struct conn_blocks *b, void *p)
{
    memcpy(p, &b->free, sizeof(void *));
    b->free = p;
}

void conn_blocks_release(struct conn_blocks *b)
{
    for (size_t i = 0; i < b->nchunks; i++)
        mem_free(b->chunks[i]);
    mem_free(b->chunks);
    b->chunks = NULL;
    b->free = NULL;
    b->nchunks = 0;
}
