#include "evidence/event_line.h"

#include "base/cursor.h"

void event_line_start(struct buf *b, const char *what)
{
    buf_clear(b);
    buf_adds(b, what);
}

static bool is_plain(uint8_t c)
{
    return c > ' ' && c != '"' && c != 0x7f;
}

static bool needs_quotes(const char *value)
{
    if (!*value)
        return true;
    for (; *value; value++)
        if (!is_plain((uint8_t)*value))
            return true;
    return false;
}

static void add_quoted(struct buf *b, const char *value)
{
    buf_addc(b, '"');
    for (; *value; value++) {
        uint8_t c = (uint8_t)*value;
        if (c == '"' || c == '\\')
            buf_addc(b, '\\');
        if (c < ' ' || c == 0x7f)
            buf_addf(b, "\\x%02x", c);
        else
            buf_addc(b, *value);
    }
    buf_addc(b, '"');
}

void event_line_add(struct buf *b, const char *key, const char *value)
{
    buf_addc(b, ' ');
    buf_adds(b, key);
    buf_addc(b, '=');
    if (needs_quotes(value))
        add_quoted(b, value);
    else
        buf_adds(b, value);
}

void event_line_addf(struct buf *b, const char *key, const char *fmt, ...)
{
    struct buf value = BUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    buf_vaddf(&value, fmt, ap);
    va_end(ap);
    event_line_add(b, key, buf_str(&value));
    buf_release(&value);
}

/* What is left of the line. Ends with zeros, and a zero is no part of any word. */
static uint8_t peek(const struct rd *r)
{
    struct rd look = *r;

    return rd_u8(&look);
}

/* Bytes up to a blank or STOP. */
static struct bytes take_word(struct rd *r, uint8_t stop)
{
    struct rd from = *r;

    while (rd_left(r) > 0 && peek(r) != ' ' && peek(r) != stop)
        rd_skip(r, 1);
    return rd_take(&from, r->at - from.at);
}

bool event_line_is(struct bytes line, const char *what)
{
    struct rd r = rd_of(line);

    return bytes_eq(take_word(&r, ' '), bytes_str(what));
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static uint8_t take_escape(struct rd *r)
{
    uint8_t c = rd_u8(r);

    if (c == '"' || c == '\\')
        return c;
    int hi = c == 'x' ? digit(rd_u8(r)) : -1;
    int lo = hi < 0 ? -1 : digit(rd_u8(r));
    if (lo < 0)
        rd_fail(r, ERR_FORMAT);
    return (uint8_t)(hi * 16 + lo);
}

/* The value after '=', to OUT when it is wanted. */
static void take_value(struct rd *r, struct buf *out)
{
    if (peek(r) != '"') {
        struct bytes word = take_word(r, ' ');
        if (out)
            buf_add(out, word.p, word.n);
        return;
    }
    rd_skip(r, 1);
    for (;;) {
        uint8_t c = rd_u8(r);
        if (r->err || c == '"')
            return;
        if (c == '\\')
            c = take_escape(r);
        if (out && !r->err)
            buf_addc(out, (char)c);
    }
}

enum err event_line_get(struct bytes line, const char *key, struct buf *out)
{
    struct rd r = rd_of(line);

    buf_clear(out);
    take_word(&r, ' ');
    while (rd_left(&r) > 0) {
        if (peek(&r) == ' ') {
            rd_skip(&r, 1);
            continue;
        }
        struct bytes k = take_word(&r, '=');
        bool wanted = bytes_eq(k, bytes_str(key));
        if (peek(&r) != '=') /* a word without a value */
            continue;
        rd_skip(&r, 1);
        take_value(&r, wanted ? out : NULL);
        if (wanted && !r.err)
            return ERR_OK;
    }
    return r.err ? ERR_FORMAT : ERR_NOTFOUND;
}
