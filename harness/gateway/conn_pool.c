/* Memory of connections: chunks that are never moved and are given back only all at once, so that
 * a connection costs no allocation of its own and is found by its number in two steps. Numbers of
 * freed records are used again, the last one first: it is still in the cache. */
#include "base/mem.h"
#include "gateway/conn_parts.h"

#include <string.h>

static void add_chunk(struct conn_pool *p)
{
    if (p->nchunks == p->room) {
        p->room = p->room ? p->room * 2 : 8;
        p->chunks = mem_resize(p->chunks, p->room, sizeof(*p->chunks));
    }
    p->chunks[p->nchunks++] = mem_array(CONN_CHUNK, sizeof(struct conn));
}

struct conn *conn_pool_take(struct conn_pool *p)
{
    struct conn *c = p->free;

    if (c) {
        uint32_t slot = c->slot;
        p->free = c->next;
        memset(c, 0, sizeof(*c));
        c->slot = slot;
        return c;
    }
    if (p->fresh == p->nchunks * CONN_CHUNK)
        add_chunk(p);
    c = conn_pool_at(p, p->fresh); /* zero, as it came */
    c->slot = p->fresh++;
    return c;
}

void conn_pool_give(struct conn_pool *p, struct conn *c)
{
    c->next = p->free;
    p->free = c;
}

void conn_pool_release(struct conn_pool *p)
{
    for (size_t i = 0; i < p->nchunks; i++)
        mem_free(p->chunks[i]);
    mem_free(p->chunks);
    *p = (struct conn_pool){0};
}
