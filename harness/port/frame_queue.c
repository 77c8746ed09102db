#include "port/frame_queue.h"

#include "base/mem.h"
#include "port/port.h"

#define CHUNK_LEN ((size_t)4 * PORT_FRAME_MAX)
#define ALIGN     16u /* frames begin on it: copying and checksums like that */

struct frame_chunk {
    struct frame_chunk *next; /* spare ones */
    size_t used;
    size_t frames; /* in the queue that lie here */
    _Alignas(ALIGN) uint8_t data[];
};

void frame_queue_release(struct frame_queue *q)
{
    while (q->count)
        frame_queue_drop(q);
    while (q->spare) {
        struct frame_chunk *c = q->spare;
        q->spare = c->next;
        mem_free(c);
    }
    mem_free(q->tail);
    mem_free(q->slots);
    *q = (struct frame_queue){0};
}

static struct frame_chunk *take_chunk(struct frame_queue *q)
{
    struct frame_chunk *c = q->spare;

    if (c)
        q->spare = c->next;
    else
        c = mem_resize(NULL, sizeof(*c) + CHUNK_LEN, 1);
    c->next = NULL;
    c->used = 0;
    c->frames = 0;
    return c;
}

static void give_chunk(struct frame_queue *q, struct frame_chunk *c)
{
    c->next = q->spare;
    q->spare = c;
}

uint8_t *frame_queue_reserve(struct frame_queue *q, size_t cap)
{
    if (!q->tail || CHUNK_LEN - q->tail->used < cap) {
        /* the chunk left behind is given back when its last frame goes */
        if (q->tail && q->tail->frames == 0)
            give_chunk(q, q->tail);
        q->tail = take_chunk(q);
    }
    q->lent = q->tail->data + q->tail->used;
    return q->lent;
}

static void grow(struct frame_queue *q)
{
    size_t size = q->slots ? 2 * (q->mask + 1) : 64;
    struct frame_slot *slots = mem_array(size, sizeof(*slots));

    for (size_t i = 0; i < q->count; i++)
        slots[i] = q->slots[(q->first + i) & q->mask];
    mem_free(q->slots);
    q->slots = slots;
    q->mask = size - 1;
    q->first = 0;
}

void frame_queue_commit(struct frame_queue *q, size_t n, struct mono due)
{
    if (!q->slots || q->count > q->mask)
        grow(q);
    q->slots[(q->first + q->count) & q->mask] = (struct frame_slot){due, q->lent, n, q->tail};
    q->count++;
    q->bytes += n;
    q->tail->used = ((size_t)(q->lent - q->tail->data) + n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    q->tail->frames++;
    q->lent = NULL;
}

void frame_queue_drop(struct frame_queue *q)
{
    struct frame_slot *s = &q->slots[q->first];
    struct frame_chunk *c = s->chunk;

    q->first = (q->first + 1) & q->mask;
    q->count--;
    q->bytes -= s->n;
    if (--c->frames > 0)
        return;
    if (c != q->tail)
        give_chunk(q, c);
    else if (!q->lent)
        c->used = 0; /* a link that is mostly empty stays in the cache */
}
