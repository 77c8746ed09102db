/* A sequence of segments of one direction, eight bytes each: position (signed, two bytes), length,
 * flags, window, time step, two bytes of acknowledgement. What is counted must add up, whatever
 * comes. */
#include "track/byte_store.h"
#include "track/tcp_dir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check(const struct tcp_dir *d, const struct tcp_note *n, const struct tcp_seg *seg)
{
    uint64_t listed = 0;

    for (size_t i = 0; i < n->nfresh; i++)
        listed += (uint64_t)(n->fresh[i].to - n->fresh[i].from);
    must(listed == n->fresh_bytes && n->fresh_bytes <= seg->len);
    must(n->in_order_after >= n->in_order_before || !n->nfresh || d->syn == 0);
    must(d->data_bytes == range_set_covered(&d->covered) + tcp_dir_odd(d)->overlap_bytes);
    must(tcp_dir_unique_bytes(d) == range_set_covered(&d->covered) ||
         (tcp_dir_isns(d) == 1 && tcp_dir_unique_bytes(d) < range_set_covered(&d->covered)));
    must(tcp_dir_odd(d)->conflict_bytes <= tcp_dir_odd(d)->overlap_bytes);
    must(d->data_packets >= tcp_dir_odd(d)->dup_full + tcp_dir_odd(d)->dup_partial +
                                tcp_dir_odd(d)->hole_fill + tcp_dir_odd(d)->jump +
                                tcp_dir_odd(d)->keepalive);
    must((tcp_dir_gap_bytes(d) == 0) == (tcp_dir_holes(d) == 0));
    struct range hole;
    must(tcp_dir_first_hole(d, &hole) == (tcp_dir_holes(d) > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rd r = rd_of(bytes_of(data, size));
    struct byte_store store;
    struct tcp_dir d;
    uint64_t budget = 1 << 20;
    int64_t now = 0;

    byte_store_init(&store, &budget);
    tcp_dir_init(&d, &store.store);
    while (rd_left(&r) >= 8) {
        struct tcp_note n;
        struct tcp_seg seg = {.seq = 0xffffff00u + (uint32_t)(int16_t)rd_be16(&r)};
        seg.len = rd_u8(&r);
        seg.flags = rd_u8(&r);
        seg.window = rd_u8(&r);
        now += (int64_t)rd_u8(&r) * 1000000;
        seg.time_ns = now;
        uint16_t ack = rd_be16(&r);
        seg.ack = ack;
        seg.data = bytes_head(bytes_of(data, size), seg.len);
        tcp_dir_add(&d, &seg, &n);
        check(&d, &n, &seg);
        tcp_dir_acknowledged(&d, 0xffffff00u + ack);
    }
    (void)tcp_dir_is_complete(&d);
    tcp_dir_release(&d);
    byte_store_release(&store);
    return 0;
}
