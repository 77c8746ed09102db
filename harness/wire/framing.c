#include "wire/framing.h"

#include "base/cursor.h"

#include <string.h>

#define PREFIX_LEN (sizeof(FRAMING_PREFIX) - 1)

void framing_init(struct framing *f, enum framing_kind kind, bool joined)
{
    *f = (struct framing){.kind = kind, .begun = joined, .lost = joined};
}

void framing_release(struct framing *f)
{
    buf_release(&f->b);
    *f = (struct framing){0};
}

void framing_hole(struct framing *f)
{
    f->skipped += f->b.n;
    buf_clear(&f->b);
    f->lost = true;
    f->begun = true;
}

typedef void taker(void *ctx, struct bytes message);

static void give(struct framing *f, struct bytes message, taker *take, void *ctx)
{
    f->messages++;
    take(ctx, message);
}

/* --- syslog ------------------------------------------------------------------------------------
 */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

/* "LENGTH SP <": how long the head and the message are. 0: B is no such head; N: it may become one,
 * and is to be waited for. */
enum head { HEAD_NONE, HEAD_WAIT, HEAD_COUNTED };

static enum head counted(struct bytes b, size_t *head, size_t *len)
{
    size_t i = 0, n = 0;

    if (b.p[0] == '0')
        return HEAD_NONE;
    for (; i < b.n && i < 6 && is_digit(b.p[i]); i++)
        n = n * 10 + (b.p[i] - (size_t)'0');
    if (i == 0)
        return HEAD_NONE;
    if (i == b.n || (i + 1 == b.n && b.p[i] == ' '))
        return HEAD_WAIT;
    if (b.p[i] != ' ' || b.p[i + 1] != '<' || n > FRAMING_MAX)
        return HEAD_NONE;
    *head = i + 1;
    *len = n;
    return HEAD_COUNTED;
}

/* How many bytes of B are one line and its end; 0: it has no end yet. */
static size_t line_of(struct bytes b)
{
    for (size_t i = 0; i < b.n; i++)
        if (b.p[i] == '\n' || b.p[i] == '\0')
            return i + 1;
    return b.n >= FRAMING_MAX ? FRAMING_MAX : 0;
}

static void give_line(struct framing *f, struct bytes line, taker *take, void *ctx)
{
    size_t n = line.n;

    while (n && (line.p[n - 1] == '\n' || line.p[n - 1] == '\r' || line.p[n - 1] == '\0'))
        n--;
    if (n == 0)
        return;
    if (line.p[0] == '<' && !f->lost)
        give(f, bytes_head(line, n), take, ctx);
    else
        f->skipped += line.n;
    f->lost = false; /* a line ended: the next one is whole */
}

/* In the middle of something: up to where a counted message may begin, or the bytes that cannot be
 * the beginning of one. 0: nothing can be said yet. */
static size_t skip_lost(struct bytes b)
{
    size_t head, len;

    for (size_t i = 0; i < b.n; i++)
        if (is_digit(b.p[i]) && (i == 0 || !is_digit(b.p[i - 1])) &&
            counted(bytes_from(b, i), &head, &len) == HEAD_COUNTED)
            return i;
    return b.n > 8 ? b.n - 8 : 0;
}

/* Takes one message off the front of B; 0: there is no whole one. */
static size_t syslog_one(struct framing *f, struct bytes b, taker *take, void *ctx)
{
    size_t head = 0, len = 0;

    switch (counted(b, &head, &len)) {
    case HEAD_WAIT: return 0;
    case HEAD_COUNTED:
        if (head + len > b.n)
            return 0;
        f->lost = false;
        give(f, bytes_head(bytes_from(b, head), len), take, ctx);
        return head + len;
    case HEAD_NONE: break;
    }
    len = line_of(b);
    size_t lost = f->lost ? skip_lost(b) : 0;
    if (lost && (len == 0 || lost < len)) {
        f->skipped += lost;
        return lost;
    }
    if (len)
        give_line(f, bytes_head(b, len), take, ctx);
    return len;
}

/* --- IKE and ESP -------------------------------------------------------------------------------
 */

/* After a hole: a message in the bytes of one segment, filling it exactly, message by message. */
static bool fills(struct bytes b)
{
    struct rd r = rd_of(b);

    while (rd_left(&r)) {
        size_t len = rd_be16(&r);
        if (len < 2 + 8) /* at least an ESP header */
            return false;
        rd_skip(&r, len - 2);
    }
    return !r.err;
}

static size_t ike_one(struct framing *f, struct bytes b, taker *take, void *ctx)
{
    struct rd r = rd_of(b);
    size_t len = rd_be16(&r);

    if (r.err)
        return 0;
    if (len < 2) {
        f->broken = true;
        return b.n;
    }
    struct bytes message = rd_take(&r, len - 2);
    if (r.err)
        return 0;
    if (message.n > 1) /* a keep-alive is one byte (RFC 9329, 5) */
        give(f, message, take, ctx);
    return len;
}

static size_t prefix_of(struct bytes b)
{
    return b.n >= PREFIX_LEN && memcmp(b.p, FRAMING_PREFIX, PREFIX_LEN) == 0 ? PREFIX_LEN : 0;
}

static bool may_become_prefix(struct bytes b)
{
    return b.n < PREFIX_LEN && memcmp(b.p, FRAMING_PREFIX, b.n) == 0;
}

/* --- both --------------------------------------------------------------------------------------
 */

static size_t one(struct framing *f, struct bytes b, taker *take, void *ctx)
{
    if (f->kind == FRAMING_SYSLOG)
        return syslog_one(f, b, take, ctx);
    if (!f->begun) {
        if (may_become_prefix(b))
            return 0;
        f->begun = true;
        if (prefix_of(b))
            return PREFIX_LEN;
    }
    return ike_one(f, b, take, ctx);
}

void framing_add(struct framing *f, struct bytes b, taker *take, void *ctx)
{
    size_t at = 0;

    if (f->kind == FRAMING_IKE_TCP && f->lost && !f->broken) {
        if (!fills(b)) {
            f->skipped += b.n;
            return;
        }
        f->lost = false;
    }
    if (f->broken) {
        f->skipped += b.n;
        return;
    }
    buf_add(&f->b, b.p, b.n);
    struct bytes all = buf_bytes(&f->b);
    while (at < all.n && !f->broken) {
        size_t n = one(f, bytes_from(all, at), take, ctx);
        if (n == 0)
            break;
        at += n;
    }
    if (f->broken)
        f->skipped += all.n - at;
    struct bytes rest = bytes_from(all, f->broken ? all.n : at);
    if (rest.n)
        memmove(f->b.s, rest.p, rest.n);
    f->b.n = rest.n;
}
