/* Any bytes made fit for XML 1.0: what it forbids is written out, colour sequences are dropped. */
#include "report/report.h"

/* Length of the UTF-8 sequence at B that XML allows; 0: none. */
static size_t sequence(struct bytes b)
{
    uint8_t c = b.p[0];
    size_t n = c < 0x80 ? 1 : c >= 0xc2 && c < 0xe0 ? 2 : (c & 0xf0) == 0xe0 ? 3 : 0;
    uint32_t v;

    if (c >= 0xf0 && c < 0xf5)
        n = 4;
    if (n == 0 || n > b.n)
        return 0;
    v = n == 1 ? c : c & (0xffu >> (n + 1));
    for (size_t i = 1; i < n; i++) {
        if ((b.p[i] & 0xc0) != 0x80)
            return 0;
        v = v << 6 | (b.p[i] & 0x3f);
    }
    if ((n == 3 && v < 0x800) || (n == 4 && (v < 0x10000 || v > 0x10ffff)))
        return 0;
    if (v >= 0xd800 && v <= 0xdfff)
        return 0;
    return v == 9 || v == 10 || v == 13 || (v >= 0x20 && v != 0xfffe && v != 0xffff) ? n : 0;
}

/* ESC [ digits ; m: length, or 0. */
static size_t colour(struct bytes b)
{
    size_t n = 2;

    if (b.n < 3 || b.p[0] != 0x1b || b.p[1] != '[')
        return 0;
    while (n < b.n && ((b.p[n] >= '0' && b.p[n] <= '9') || b.p[n] == ';'))
        n++;
    return n < b.n && b.p[n] == 'm' ? n + 1 : 0;
}

void xml_clean(struct bytes in, struct buf *out)
{
    while (in.n) {
        size_t skip = colour(in), keep = skip ? 0 : sequence(in);
        if (skip) {
            in = bytes_from(in, skip);
        } else if (keep) {
            buf_add(out, in.p, keep);
            in = bytes_from(in, keep);
        } else {
            buf_addf(out, "\\x%02x", in.p[0]);
            in = bytes_from(in, 1);
        }
    }
}
