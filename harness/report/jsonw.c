#include "report/jsonw.h"

#include "base/err.h"
#include "report/report_parts.h"

#include <inttypes.h>

void jsonw_begin(struct jsonw *j, struct buf *out, unsigned lines)
{
    *j = (struct jsonw){.out = out, .lines = lines};
}

static void indent(struct jsonw *j)
{
    buf_addc(j->out, '\n');
    for (unsigned i = 0; i < j->depth; i++)
        buf_adds(j->out, "  ");
}

/* How much of TEXT is as it is in JSON: nearly always all of it. */
static size_t plain(struct bytes text)
{
    size_t n = 0;

    while (n < text.n && text.p[n] >= 0x20 && text.p[n] < 0x7f && text.p[n] != '"' &&
           text.p[n] != '\\')
        n++;
    return n;
}

static void put_text(struct buf *out, struct bytes text)
{
    size_t as_is = plain(text);

    buf_addc(out, '"');
    buf_add(out, text.p, as_is);
    text = bytes_from(text, as_is);
    while (text.n) {
        uint32_t c;
        size_t n = utf8_sequence(text, &c);
        if (n == 0)
            buf_addf(out, "\\\\x%02x", text.p[0]);
        else if (c < 0x20 || c == 0x7f)
            buf_addf(out, "\\u%04x", (unsigned)c);
        else if (c == '"' || c == '\\')
            buf_addf(out, "\\%c", (char)c);
        else
            buf_add(out, text.p, n);
        text = bytes_from(text, n ? n : 1);
    }
    buf_addc(out, '"');
}

/* What stands before a value: a comma, a new line, its name. */
static void before(struct jsonw *j, const char *name)
{
    if (j->depth) {
        bool first = !j->filled[j->depth - 1];
        j->filled[j->depth - 1] = true;
        if (!first)
            buf_addc(j->out, ',');
        if (j->depth <= j->lines)
            indent(j);
        else if (!first)
            buf_addc(j->out, ' ');
    }
    if (name) {
        put_text(j->out, bytes_str(name));
        buf_adds(j->out, ": ");
    }
}

static void open_container(struct jsonw *j, const char *name, char open, char close)
{
    before(j, name);
    if (j->depth == JSON_DEPTH)
        bug("JSON nested too deeply");
    buf_addc(j->out, open);
    j->filled[j->depth] = false;
    j->close[j->depth++] = close;
}

void jsonw_object(struct jsonw *j, const char *name)
{
    open_container(j, name, '{', '}');
}

void jsonw_array(struct jsonw *j, const char *name)
{
    open_container(j, name, '[', ']');
}

void jsonw_close(struct jsonw *j)
{
    if (j->depth == 0)
        bug("JSON closed too often");
    j->depth--;
    if (j->filled[j->depth] && j->depth < j->lines)
        indent(j);
    buf_addc(j->out, j->close[j->depth]);
    if (j->depth == 0)
        buf_addc(j->out, '\n');
}

void jsonw_null(struct jsonw *j, const char *name)
{
    before(j, name);
    buf_adds(j->out, "null");
}

void jsonw_bool(struct jsonw *j, const char *name, bool v)
{
    before(j, name);
    buf_adds(j->out, v ? "true" : "false");
}

void jsonw_u64(struct jsonw *j, const char *name, uint64_t v)
{
    before(j, name);
    buf_addu(j->out, v);
}

void jsonw_i64(struct jsonw *j, const char *name, int64_t v)
{
    before(j, name);
    buf_addf(j->out, "%" PRId64, v);
}

void jsonw_number(struct jsonw *j, const char *name, double v, int decimals)
{
    before(j, name);
    if (is_finite(v))
        put_number(j->out, v, decimals);
    else
        buf_adds(j->out, "null");
}

void jsonw_bytes(struct jsonw *j, const char *name, struct bytes text)
{
    before(j, name);
    put_text(j->out, text);
}

void jsonw_string(struct jsonw *j, const char *name, const char *text)
{
    if (text)
        jsonw_bytes(j, name, bytes_str(text));
    else
        jsonw_null(j, name);
}

void jsonw_time(struct jsonw *j, const char *name, int64_t ns)
{
    int64_t s = ns / 1000000000, rest = ns % 1000000000;

    before(j, name);
    if (ns < 0) { /* %PRId64 would lose the sign of -0.5 s */
        s = -s;
        rest = -rest;
    }
    buf_addf(j->out, "\"%s%" PRId64 ".%09" PRId64 "\"", ns < 0 ? "-" : "", s, rest);
}
