/* Segments of a TCP stream with messages in it: the first byte picks the framing and whether the
 * stream is joined, then each segment is a byte of flags, two of sequence number, one of length,
 * and its bytes. */
#include "track/ordered.h"
#include "wire/framing.h"

#include "base/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take_message(void *ctx, struct bytes message)
{
    (void)ctx;
    if (message.n > FRAMING_MAX)
        bug("a message that is too long");
}

static void take(void *ctx, struct bytes b)
{
    framing_add(ctx, b, take_message, NULL);
}

static void hole(void *ctx)
{
    framing_hole(ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd r = rd_of(bytes_of(data, size));
    uint8_t how = rd_u8(&r);
    struct framing f;
    struct ordered o;
    struct ordered_sink to = {take, hole, &f};

    framing_init(&f, how & 1 ? FRAMING_IKE_TCP : FRAMING_SYSLOG, how & 2);
    ordered_init(&o);
    while (!r.err && r.at < size) {
        struct tcp_seg seg = {.flags = rd_u8(&r)};
        seg.seq = (uint32_t)rd_be16(&r) - 0x8000u;
        seg.len = rd_u8(&r);
        seg.data = rd_take(&r, seg.len);
        if (!r.err)
            ordered_add(&o, &seg, &to);
    }
    ordered_release(&o);
    framing_release(&f);
    return 0;
}
