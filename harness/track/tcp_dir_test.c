#include "track/tcp_dir.h"

#include "tests/testkit.h"
#include "track/byte_store.h"

#define SYN_SEQ 0xfffffff0u /* the stream wraps after 15 bytes */

enum { S = TCP_SYN, F = TCP_FIN, R = TCP_RST, A = TCP_ACK };

/* POS is relative to the byte after the SYN. */
struct step {
    int64_t pos;
    uint32_t len;
    uint8_t flags;
    enum tcp_seg_class class;
    uint32_t fresh;
    int64_t in_order, high; /* afterwards */
};

static const struct row {
    const char *what;
    struct step steps[8];
    uint64_t unique, gap, holes, overlap;
    bool complete;
} rows[] = {
    {"bytes_in_order_across_the_wrap_are_new",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 10, A, TCP_SEG_NEW, 10, 10, 10},
      {10, 10, A, TCP_SEG_NEW, 10, 20, 20},
      {20, 10, A | F, TCP_SEG_NEW, 10, 30, 30}},
     30,
     0,
     0,
     0,
     true},
    {"a_jump_opens_a_hole_and_the_lost_segment_fills_it",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 10, A, TCP_SEG_NEW, 10, 10, 10},
      {20, 10, A, TCP_SEG_JUMP, 10, 10, 30},
      {10, 10, A, TCP_SEG_HOLE_FILL, 10, 30, 30},
      {30, 0, A | F, TCP_SEG_EMPTY, 0, 30, 30}},
     30,
     0,
     0,
     0,
     true},
    {"a_hole_that_stays_is_a_gap",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {5, 5, A, TCP_SEG_JUMP, 5, 0, 10},
      {20, 10, A | F, TCP_SEG_JUMP, 10, 0, 30}},
     15,
     15,
     2,
     0,
     false},
    {"repeats_are_full_and_partial_duplicates",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 20, A, TCP_SEG_NEW, 20, 20, 20},
      {0, 20, A, TCP_SEG_DUP_FULL, 0, 20, 20},
      {5, 5, A, TCP_SEG_DUP_FULL, 0, 20, 20},
      {10, 20, A, TCP_SEG_DUP_PARTIAL, 10, 30, 30}},
     30,
     0,
     0,
     35,
     false},
    {"a_segment_over_two_holes_is_a_partial_duplicate",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {10, 10, A, TCP_SEG_JUMP, 10, 0, 20},
      {30, 10, A, TCP_SEG_JUMP, 10, 0, 40},
      {0, 50, A, TCP_SEG_DUP_PARTIAL, 30, 50, 50}},
     50,
     0,
     0,
     20,
     false},
    {"a_byte_just_below_the_end_is_a_keepalive",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 20, A, TCP_SEG_NEW, 20, 20, 20},
      {19, 1, A, TCP_SEG_KEEPALIVE, 0, 20, 20},
      {19, 0, A, TCP_SEG_EMPTY, 0, 20, 20},
      {18, 1, A, TCP_SEG_DUP_FULL, 0, 20, 20}},
     20,
     0,
     0,
     2,
     false},
    {"without_a_syn_the_first_byte_seen_is_the_first",
     {{100, 10, A, TCP_SEG_NEW, 10, 10, 10},
      {120, 10, A, TCP_SEG_JUMP, 10, 10, 30},
      {90, 10, A, TCP_SEG_HOLE_FILL, 10, 10, 30}},
     30,
     10,
     1,
     0,
     false},
    {"text_in_a_reset_is_no_data",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 10, A, TCP_SEG_NEW, 10, 10, 10},
      {10, 7, R | A, TCP_SEG_EMPTY, 0, 10, 10}},
     10,
     0,
     0,
     0,
     false},
    {"data_in_the_syn_counts_from_behind_it",
     {{-1, 8, S, TCP_SEG_NEW, 8, 8, 8}, {8, 2, A | F, TCP_SEG_NEW, 2, 10, 10}},
     10,
     0,
     0,
     0,
     true},
    {"bytes_far_below_the_syn_are_none_of_the_stream", /* zeek's modbus fuzz-72, packets 1 and 2 */
     {{-1, 6, S | F, TCP_SEG_NEW, 6, 6, 6},
      {-436207617, 9, A, TCP_SEG_HOLE_FILL, 9, 6, 6},
      {-436207617, 9, A, TCP_SEG_DUP_FULL, 0, 6, 6},
      {29, 9, A, TCP_SEG_JUMP, 9, 6, 38}},
     15,
     23,
     1,
     9,
     false},
    {"a_byte_in_the_place_of_the_syn_is_a_keepalive_and_no_byte",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {-1, 1, A, TCP_SEG_KEEPALIVE, 1, 0, 0},
      {0, 10, A | F, TCP_SEG_NEW, 10, 10, 10}},
     10,
     0,
     0,
     0,
     true},
    {"a_segment_that_begins_below_the_syn_counts_from_behind_it",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {-2, 7, A, TCP_SEG_HOLE_FILL, 7, 5, 5},
      {10, 5, A, TCP_SEG_JUMP, 5, 5, 15}},
     10,
     5,
     1,
     0,
     false},
    {"bytes_below_the_syn_alone_are_no_stream",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0}, {-9, 5, A, TCP_SEG_HOLE_FILL, 5, 0, 0}},
     0,
     0,
     0,
     0,
     false},
    {"a_fin_below_the_end_does_not_complete",
     {{-1, 0, S, TCP_SEG_EMPTY, 0, 0, 0},
      {0, 10, A | F, TCP_SEG_NEW, 10, 10, 10},
      {10, 10, A, TCP_SEG_NEW, 10, 20, 20}},
     20,
     0,
     0,
     0,
     false},
};

static struct tcp_seg seg_at(int64_t pos, uint32_t len, uint8_t flags, int64_t ms)
{
    static const uint8_t bytes[64];

    return (struct tcp_seg){.time_ns = ms * 1000000,
                            .seq = SYN_SEQ + 1 + (uint32_t)pos,
                            .flags = flags,
                            .window = 1000,
                            .len = len,
                            .data = bytes_of(bytes, len)};
}

static void steps_are_classed_as_the_row_says(void **state)
{
    const struct row *r = *state;
    struct tcp_dir d;
    int64_t base = r->steps[0].flags & S ? 0 : r->steps[0].pos;

    tcp_dir_init(&d, NULL);
    for (size_t i = 0; i < COUNT(r->steps) && (r->steps[i].flags || i == 0); i++) {
        const struct step *s = &r->steps[i];
        struct tcp_seg seg = seg_at(s->pos, s->len, s->flags, (int64_t)i);
        struct tcp_note n;
        uint64_t listed = 0;
        tcp_dir_add(&d, &seg, &n);
        assert_string_equal(tcp_seg_class_name(n.class), tcp_seg_class_name(s->class));
        assert_int_equal(n.pos, s->pos - base + !!(s->flags & S));
        assert_int_equal(n.fresh_bytes, s->fresh);
        assert_int_equal(n.in_order_after, s->in_order);
        assert_int_equal(n.high_after, s->high);
        for (size_t k = 0; k < n.nfresh; k++)
            listed += (uint64_t)(n.fresh[k].to - n.fresh[k].from);
        assert_int_equal(listed, s->fresh);
    }
    assert_int_equal(tcp_dir_unique_bytes(&d), r->unique);
    assert_int_equal(tcp_dir_gap_bytes(&d), r->gap);
    assert_int_equal(tcp_dir_holes(&d), r->holes);
    assert_int_equal(tcp_dir_odd(&d)->overlap_bytes, r->overlap);
    assert_int_equal(tcp_dir_is_complete(&d), r->complete);
    tcp_dir_release(&d);
}

static void more_than_four_gigabytes_keep_their_positions(void **state)
{
    enum { LEN = 1u << 30 };
    struct tcp_dir d;
    struct tcp_note n;
    struct tcp_seg seg = seg_at(-1, 0, S, 0);

    (void)state;
    tcp_dir_init(&d, NULL);
    tcp_dir_add(&d, &seg, &n);
    for (int64_t i = 0; i < 20; i++) {
        seg = seg_at(i * LEN, LEN, A, i + 1);
        seg.data.n = 0; /* captured to the headers only */
        tcp_dir_add(&d, &seg, &n);
        assert_int_equal(n.pos, i * LEN);
        assert_int_equal(n.in_order_after, (i + 1) * LEN);
    }
    assert_int_equal(tcp_dir_unique_bytes(&d), UINT64_C(20) * LEN);
    assert_int_equal(tcp_dir_odd(&d)->cut_packets, 20);
    tcp_dir_acknowledged(&d, SYN_SEQ + 1 + (uint32_t)(20ull * LEN));
    assert_int_equal(d.acked, INT64_C(20) * LEN);
    tcp_dir_release(&d);
}

static void the_first_copy_of_a_byte_wins_and_others_conflict(void **state)
{
    struct tcp_dir d;
    struct byte_store store;
    uint64_t budget = 1 << 20;
    struct tcp_note n;
    uint8_t out[16];
    static const struct {
        int64_t pos;
        const char *text;
        uint64_t conflict;
    } steps[] = {{0, "abcd", 0},
                 {8, "ijkl", 0},
                 {2, "CDefgh", 2},
                 {0, "abcdefghijkl", 0},
                 {0, "abcdefghIJKL", 4}};

    (void)state;
    byte_store_init(&store, &budget);
    tcp_dir_init(&d, &store.store);
    struct tcp_seg seg = seg_at(-1, 0, S, 0);
    tcp_dir_add(&d, &seg, &n);
    for (size_t i = 0; i < COUNT(steps); i++) {
        seg = seg_at(steps[i].pos, (uint32_t)strlen(steps[i].text), A, 1);
        seg.data = bytes_str(steps[i].text);
        tcp_dir_add(&d, &seg, &n);
        assert_int_equal(n.conflict_bytes, steps[i].conflict);
    }
    assert_int_equal(tcp_dir_odd(&d)->conflict_bytes, 6);
    assert_int_equal(byte_store_run_end(&store, 0), 12);
    assert_int_equal(byte_store_read(&store, 0, 12, out), 12);
    assert_memory_equal(out, "abcdefghijkl", 12);
    tcp_dir_release(&d);
    byte_store_release(&store);
}

/* RFC 5681, 2: empty, same acknowledgement, same window. */
static void duplicate_acknowledgements_are_counted(void **state)
{
    static const struct {
        uint32_t ack;
        uint16_t window;
        uint32_t len;
        bool dup;
    } steps[] = {{100, 50, 0, false}, {100, 50, 0, true},  {100, 60, 0, false},
                 {100, 60, 0, true},  {100, 60, 1, false}, {200, 60, 0, false}};
    struct tcp_dir d;
    struct tcp_note n;
    int64_t pos = 0;

    (void)state;
    tcp_dir_init(&d, NULL);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct tcp_seg seg = seg_at(pos, steps[i].len, A, (int64_t)i);
        seg.ack = steps[i].ack;
        seg.window = steps[i].window;
        tcp_dir_add(&d, &seg, &n);
        assert_int_equal(n.dup_ack, steps[i].dup);
        pos += steps[i].len;
    }
    assert_int_equal(tcp_dir_odd(&d)->duplicate_acks, 2);
    tcp_dir_release(&d);
}

static void the_rules_differ_in_what_they_call_a_retransmission(void **state)
{
    static const struct step steps[] = {
        {-1, 0, S, 0, 0, 0, 0},  {-1, 0, S, 0, 0, 0, 0},  {0, 10, A, 0, 0, 0, 0},
        {20, 10, A, 0, 0, 0, 0}, {10, 10, A, 0, 0, 0, 0}, {10, 10, A, 0, 0, 0, 0},
        {29, 1, A, 0, 0, 0, 0},  {30, 0, F, 0, 0, 0, 0},  {30, 0, F, 0, 0, 0, 0}};
    struct tcp_dir d;

    (void)state;
    tcp_dir_init(&d, NULL);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct tcp_seg seg = seg_at(steps[i].pos, steps[i].len, steps[i].flags, (int64_t)i * 10);
        tcp_dir_add(&d, &seg, NULL);
    }
    assert_int_equal(tcp_dir_retransmitted(&d, TCP_RULES_POSITIONS).packets, 1);
    assert_int_equal(tcp_dir_retransmitted(&d, TCP_RULES_TCPTRACE).packets, 4);
    assert_int_equal(tcp_dir_retransmitted(&d, TCP_RULES_WIRESHARK).packets, 5);
    assert_int_equal(tcp_dir_retransmitted(&d, TCP_RULES_POSITIONS).bytes, 11);
    assert_int_equal(d.max_idle_ns, 10000000);
    tcp_dir_release(&d);
}

static void what_a_syn_announces_is_kept(void **state)
{
    uint8_t text[TCP_OPTS_MAX];
    struct wr w = wr_of(text, sizeof(text));
    struct tcp_opts o = {.mss = 1380, .sack_permitted = true, .has_wscale = true, .wscale = 7};
    struct tcp_dir d;
    struct tcp_seg seg = seg_at(-1, 0, S, 0);

    (void)state;
    tcp_opts_put(&w, &o);
    seg.opts = wr_bytes(&w);
    tcp_dir_init(&d, NULL);
    tcp_dir_add(&d, &seg, NULL);
    assert_int_equal(d.mss, 1380);
    assert_int_equal(d.wscale, 7);
    assert_true(d.sack_permitted && d.has_wscale && !d.has_timestamps);
    w = wr_of(text, sizeof(text));
    o = (struct tcp_opts){.sacks = 1, .sack = {{5, 9}}};
    tcp_opts_put(&w, &o);
    seg = seg_at(0, 0, A, 1);
    seg.opts = wr_bytes(&w);
    tcp_dir_add(&d, &seg, NULL);
    assert_int_equal(tcp_dir_odd(&d)->sack_packets, 1);
    tcp_dir_release(&d);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 5] = {
        cmocka_unit_test(more_than_four_gigabytes_keep_their_positions),
        cmocka_unit_test(the_first_copy_of_a_byte_wins_and_others_conflict),
        cmocka_unit_test(duplicate_acknowledgements_are_counted),
        cmocka_unit_test(the_rules_differ_in_what_they_call_a_retransmission),
        cmocka_unit_test(what_a_syn_announces_is_kept),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[5 + i] = (struct CMUnitTest){rows[i].what, steps_are_classed_as_the_row_says, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("track/tcp_dir", tests, COUNT(rows) + 5, NULL, NULL);
}
