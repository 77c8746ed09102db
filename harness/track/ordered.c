#include "track/ordered.h"

#include "base/mem.h"
#include "wire/tcp.h"

void ordered_init(struct ordered *o)
{
    *o = (struct ordered){0};
}

void ordered_release(struct ordered *o)
{
    for (size_t i = 0; i < o->nahead; i++)
        buf_release(&o->ahead[i].data);
    mem_free(o->ahead);
    *o = (struct ordered){0};
}

/* Hands on what of DATA at SEQ is next, LEN bytes by the header. */
static void hand_on(struct ordered *o, uint32_t seq, struct bytes data, uint32_t len,
                    const struct ordered_sink *to)
{
    uint32_t old = o->next - seq;

    if (old >= len)
        return;
    struct bytes fresh = bytes_from(data, old);
    if (fresh.n)
        to->take(to->ctx, fresh);
    if (data.n < len) { /* the capture cut it */
        o->holes++;
        to->hole(to->ctx);
    }
    o->next = seq + len;
}

static void drop(struct ordered *o, size_t i)
{
    o->bytes -= o->ahead[i].data.n;
    buf_release(&o->ahead[i].data);
    o->ahead[i] = o->ahead[--o->nahead];
}

/* The one that comes first in the stream. */
static size_t nearest(const struct ordered *o)
{
    size_t best = 0;

    for (size_t i = 1; i < o->nahead; i++)
        if (seq_lt(o->ahead[i].seq, o->ahead[best].seq))
            best = i;
    return best;
}

/* Hands on all that is next by now. */
static void catch_up(struct ordered *o, const struct ordered_sink *to)
{
    while (o->nahead) {
        size_t i = nearest(o);
        struct ordered_ahead *a = &o->ahead[i];
        if (seq_lt(o->next, a->seq))
            return;
        hand_on(o, a->seq, buf_bytes(&a->data), a->len, to);
        drop(o, i);
    }
}

static void give_up_hole(struct ordered *o, const struct ordered_sink *to)
{
    o->holes++;
    to->hole(to->ctx);
    o->next = o->ahead[nearest(o)].seq;
    catch_up(o, to);
}

static void keep_ahead(struct ordered *o, uint32_t seq, const struct tcp_seg *seg,
                       const struct ordered_sink *to)
{
    if (o->nahead == o->cap) {
        o->cap = o->cap ? o->cap * 2 : 8;
        o->ahead = mem_resize(o->ahead, o->cap, sizeof(*o->ahead));
    }
    struct ordered_ahead *a = &o->ahead[o->nahead++];
    *a = (struct ordered_ahead){.seq = seq, .len = seg->len};
    buf_add(&a->data, seg->data.p, seg->data.n);
    o->bytes += seg->data.n;
    while (o->nahead > ORDERED_SEGMENTS || o->bytes > ORDERED_AHEAD)
        give_up_hole(o, to);
}

static void begin(struct ordered *o, uint32_t seq, bool joined, const struct ordered_sink *to)
{
    bool again = o->started;

    ordered_release(o);
    if (again)
        to->hole(to->ctx);
    *o = (struct ordered){.started = true, .joined = joined, .first = seq, .next = seq};
}

void ordered_add(struct ordered *o, const struct tcp_seg *seg, const struct ordered_sink *to)
{
    bool syn = seg->flags & TCP_SYN;
    uint32_t seq = seg->seq + syn;

    if (!o->started || (syn && seq != o->first))
        begin(o, seq, !syn, to);
    if (seg->len == 0 || seg->flags & TCP_RST)
        return;
    if (seq_lt(o->next, seq)) {
        keep_ahead(o, seq, seg, to);
        return;
    }
    hand_on(o, seq, seg->data, seg->len, to);
    catch_up(o, to);
}
