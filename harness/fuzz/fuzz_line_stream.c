/* Segments of a TCP stream of lines: each is a byte of flags, two of sequence number, one of
 * length, and its bytes. */
#include "track/line_stream.h"

#include "base/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, struct bytes line)
{
    size_t *n = ctx;

    if (line.n > LINE_STREAM_LINE_MAX)
        bug("a line that is too long");
    *n += line.n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd r = rd_of(bytes_of(data, size));
    struct line_stream s;
    size_t n = 0;

    line_stream_init(&s);
    while (!r.err && r.at < size) {
        struct tcp_seg seg = {.flags = rd_u8(&r)};
        seg.seq = (uint32_t)rd_be16(&r) - 0x8000u;
        seg.data = rd_take(&r, rd_u8(&r));
        if (!r.err)
            line_stream_add(&s, &seg, take, &n);
    }
    (void)line_stream_has_hole(&s);
    line_stream_release(&s);
    return 0;
}
