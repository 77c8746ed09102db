/* Bytes that others chose (logs, captures, consoles), made fit for XML and for a terminal. */
#include "report/report_parts.h"

size_t utf8_sequence(struct bytes b, uint32_t *cp)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length */
    uint8_t c = b.p[0];
    size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    uint32_t v = n == 1 ? c : c & (0xffu >> (n + 1));

    if (n == 0 || n > b.n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((b.p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (b.p[i] & 0x3fu);
    }
    if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
        return 0;
    *cp = v;
    return n;
}

/* XML 1.0, 2.2: Char */
static bool is_xml_char(uint32_t c)
{
    return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

/* Neither C0 nor C1: some terminals obey U+009B as they obey ESC [ */
static bool is_plain(uint32_t c)
{
    return is_xml_char(c) && c >= 0x20 && !(c >= 0x7f && c < 0xa0);
}

/* ESC [ digits and semicolons m, a colour: its length, or 0. */
static size_t colour(struct bytes b)
{
    size_t n = 2;

    if (b.n < 3 || b.p[0] != 0x1b || b.p[1] != '[')
        return 0;
    while (n < b.n && ((b.p[n] >= '0' && b.p[n] <= '9') || b.p[n] == ';'))
        n++;
    return n < b.n && b.p[n] == 'm' ? n + 1 : 0;
}

static void clean(struct bytes in, bool (*allowed)(uint32_t), struct buf *out)
{
    while (in.n) {
        uint32_t c;
        size_t skip = colour(in), n = skip ? 0 : utf8_sequence(in, &c);
        if (n && allowed(c))
            buf_add(out, in.p, n);
        else if (!skip)
            for (size_t i = 0; i < (n ? n : 1); i++)
                buf_addf(out, "\\x%02x", in.p[i]);
        in = bytes_from(in, skip ? skip : n ? n : 1);
    }
}

void xml_clean(struct bytes in, struct buf *out)
{
    clean(in, is_xml_char, out);
}

void report_put_plain(struct bytes in, struct buf *out)
{
    clean(in, is_plain, out);
}

void put_plain(struct buf *out, const char *s)
{
    report_put_plain(bytes_str(s), out);
}
