#include "track/line_stream.h"

#include "wire/tcp.h"

#include <string.h>

void line_stream_init(struct line_stream *s)
{
    *s = (struct line_stream){0};
}

void line_stream_release(struct line_stream *s)
{
    for (size_t i = 0; i < s->nahead; i++)
        buf_release(&s->ahead[i].data);
    buf_release(&s->line);
    *s = (struct line_stream){0};
}

/* --- bytes into lines --------------------------------------------------------------------------
 */

static void take_text(struct line_stream *s, struct bytes b,
                      void (*take)(void *ctx, struct bytes line), void *ctx)
{
    while (b.n) {
        const uint8_t *lf = memchr(b.p, '\n', b.n);
        size_t n = lf ? (size_t)(lf - b.p) : b.n, room = LINE_STREAM_LINE_MAX - s->line.n;
        bool cut = n > room;
        if (cut)
            n = room;
        buf_add(&s->line, b.p, n);
        b = bytes_from(b, n + (lf && !cut));
        if (!lf && !cut)
            return;
        if (!s->joined)
            take(ctx, buf_bytes(&s->line));
        s->joined = s->joined && !lf;
        buf_clear(&s->line);
    }
}

/* --- segments into bytes -----------------------------------------------------------------------
 */

/* The part of DATA, which begins at SEQ, from the byte that is waited for on; empty: none. */
static struct bytes fresh_part(const struct line_stream *s, uint32_t seq, struct bytes data)
{
    uint32_t old = s->next - seq;

    return seq_le(seq, s->next) && old < data.n ? bytes_from(data, old) : (struct bytes){data.p, 0};
}

static void keep_ahead(struct line_stream *s, uint32_t seq, struct bytes data)
{
    if (s->nahead == LINE_STREAM_AHEAD) {
        s->given_up++;
        return;
    }
    struct line_ahead *a = &s->ahead[s->nahead++];
    *a = (struct line_ahead){.seq = seq};
    buf_add(&a->data, data.p, data.n);
}

static void drop_ahead(struct line_stream *s, size_t i)
{
    buf_release(&s->ahead[i].data);
    s->ahead[i] = s->ahead[--s->nahead];
}

static void begin(struct line_stream *s, uint32_t next, bool joined)
{
    line_stream_release(s);
    s->started = true;
    s->next = next;
    s->joined = joined;
}

void line_stream_add(struct line_stream *s, const struct tcp_seg *seg,
                     void (*take)(void *ctx, struct bytes line), void *ctx)
{
    bool syn = seg->flags & TCP_SYN;
    uint32_t seq = seg->seq + syn;
    struct bytes part;

    if (!s->started || (syn && seq != s->first)) {
        begin(s, seq, !syn);
        s->first = seq;
    }
    if (seg->data.n == 0)
        return;
    if (seq_lt(s->next, seq)) {
        keep_ahead(s, seq, seg->data);
        return;
    }
    part = fresh_part(s, seq, seg->data);
    take_text(s, part, take, ctx);
    s->next += (uint32_t)part.n;
    for (size_t i = 0; i < s->nahead;) {
        struct line_ahead *a = &s->ahead[i];
        part = fresh_part(s, a->seq, buf_bytes(&a->data));
        if (seq_lt(s->next, a->seq)) {
            i++;
            continue;
        }
        take_text(s, part, take, ctx);
        s->next += (uint32_t)part.n;
        drop_ahead(s, i);
        i = 0; /* one that was passed over may be next now */
    }
}

bool line_stream_has_hole(const struct line_stream *s)
{
    return s->nahead || s->given_up || s->joined;
}
