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

#define HEAD_MAX 6u /* "65535 " */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* The length that leads a record, whose "<" is NEXT; 0: the line has no such head. */
static size_t length_of(const struct buf *line, uint8_t next)
{
    size_t n = 0;

    if (next != '<' || line->n < 2 || line->s[line->n - 1] != ' ')
        return 0;
    for (size_t i = 0; i + 1 < line->n; i++)
        n = n * 10 + (size_t)(line->s[i] - '0');
    return n <= LINE_STREAM_LINE_MAX ? n : 0;
}

/* "1", "15", "155", "155 ": it may become a head. */
static bool may_be_head(const struct buf *line, uint8_t next)
{
    bool ended = line->n && line->s[line->n - 1] == ' ';

    if (line->n >= HEAD_MAX || ended)
        return false;
    return line->n ? is_digit(next) || next == ' ' : is_digit(next) && next != '0';
}

/* Takes what may lead a record; true when that was a length. */
static bool take_head(struct line_stream *s, struct bytes *b)
{
    while (b->n && may_be_head(&s->line, *b->p) && s->heads) {
        buf_addc(&s->line, (char)*b->p);
        *b = bytes_from(*b, 1);
    }
    if (!b->n || !s->heads)
        return false;
    s->counted = length_of(&s->line, *b->p);
    s->heads = false; /* it is text until this record ends */
    if (!s->counted)
        return false;
    buf_clear(&s->line);
    s->joined = false;
    return true;
}

static void end_line(struct line_stream *s)
{
    buf_clear(&s->line);
    s->heads = true;
}

/* False: the record goes on in what comes. */
static bool take_counted(struct line_stream *s, struct bytes *b,
                         void (*take)(void *ctx, struct bytes line), void *ctx)
{
    size_t n = b->n < s->counted ? b->n : s->counted;

    buf_add(&s->line, b->p, n);
    *b = bytes_from(*b, n);
    s->counted -= n;
    if (s->counted)
        return false;
    take(ctx, buf_bytes(&s->line));
    end_line(s);
    return true;
}

static void take_text(struct line_stream *s, struct bytes b,
                      void (*take)(void *ctx, struct bytes line), void *ctx)
{
    while (b.n) {
        if (s->counted || take_head(s, &b)) {
            if (!take_counted(s, &b, take, ctx))
                return;
            continue;
        }
        if (!b.n)
            return;
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
        end_line(s);
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
    s->started = s->heads = true;
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
    if (s->joined) /* nothing of it is kept; a record that is led by its length often begins here */
        end_line(s);
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
