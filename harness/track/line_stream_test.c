/* Lines out of TCP segments: in order, out of order, repeated, cut, lost. */
#include "track/line_stream.h"

#include "base/rng.h"
#include "tests/testkit.h"
#include "wire/tcp.h"

#include <stdio.h>

#define ISN 0xfffffff0u /* the numbers wrap in the second segment */

static void take(void *ctx, struct bytes line)
{
    buf_addf(ctx, "[%.*s]", (int)line.n, (const char *)line.p);
}

static struct tcp_seg segment(uint32_t pos, uint8_t flags, const char *text)
{
    return (struct tcp_seg){.seq = ISN + 1 + pos,
                            .flags = flags,
                            .len = (uint32_t)strlen(text),
                            .data = bytes_str(text)};
}

struct piece {
    uint32_t pos;
    const char *text; /* SYN: none, and the flag is set */
};

#define SYN "\x16"

static const struct row {
    const char *what;
    struct piece in[6]; /* behind a SYN unless the first has pos JOINED */
    const char *lines;
    bool hole;
} rows[] = {
#define JOINED 1000
    {"a_segment_of_one_line", {{0, "one\n"}}, "[one]", false},
    {"a_segment_of_two", {{0, "one\ntwo\n"}}, "[one][two]", false},
    {"a_line_of_two_segments", {{0, "on"}, {2, "e\n"}}, "[one]", false},
    {"numbers_that_wrap",
     {{0, "0123456789abcdef"}, {16, "g\nh\n"}},
     "[0123456789abcdefg][h]",
     false},
    {"segments_in_the_wrong_order", {{4, "two\n"}, {0, "one\n"}}, "[one][two]", false},
    {"three_of_them", {{8, "3\n"}, {4, "two\n"}, {0, "one\n"}}, "[one][two][3]", false},
    {"a_repetition", {{0, "one\n"}, {0, "one\n"}, {4, "two\n"}}, "[one][two]", false},
    {"an_overlap", {{0, "one\nt"}, {4, "two\n"}}, "[one][two]", false},
    {"an_overlap_of_what_came_early",
     {{4, "two\n"}, {6, "o\nx\n"}, {0, "one\ntw"}},
     "[one][two][x]",
     false},
    {"an_empty_line", {{0, "\n\n"}}, "[][]", false},
    {"what_is_not_ended_is_no_line", {{0, "one\ntw"}}, "[one]", false},
    {"what_is_lost_leaves_a_hole", {{0, "one\n"}, {8, "3\n"}}, "[one]", true},
    {"begun_in_the_middle__the_first_line_is_left_out",
     {{JOINED, "rest\ntwo\n"}, {JOINED + 9, "3\n"}},
     "[two][3]",
     false},
    {"a_record_led_by_its_length", {{0, "7 <166>ab"}}, "[<166>ab]", false},
    {"records_led_by_their_lengths", {{0, "6 <1>one6 <1>two"}}, "[<1>one][<1>two]", false},
    {"one_of_several_segments",
     {{0, "1"}, {1, "0 "}, {3, "<"}, {4, "166>abcde"}},
     "[<166>abcde]",
     false},
    {"a_line_feed_inside_a_counted_record", {{0, "7 <1>a\nbc4 <1>d"}}, "[<1>a\nbc][<1>d]", false},
    {"both_framings_in_one_stream",
     {{0, "<1>one\n6 <1>two<1>three\n"}},
     "[<1>one][<1>two][<1>three]",
     false},
    {"a_number_that_leads_no_record_is_text",
     {{0, "7 days\n12\n0 <1>x\n123456 <1>y\n"}},
     "[7 days][12][0 <1>x][123456 <1>y]",
     false},
    {"a_counted_record_that_is_not_all_there_is_none", {{0, "9 <166>ab"}}, "", false},
    {"begun_in_the_middle__a_counted_record_begins_where_a_segment_does",
     {{JOINED, "rest of it"}, {JOINED + 10, "6 <1>two6 <1>six"}},
     "[<1>two][<1>six]",
     false},
    {"the_syn_again__changes_nothing", {{0, "on"}, {0, SYN}, {2, "e\n"}}, "[one]", false},
    {"another_syn__begins_anew", {{0, "on"}, {500, SYN}, {500, "two\n"}}, "[two]", false},
};

static void gives_the_lines_of_its_row(void **state)
{
    const struct row *r = *state;
    struct line_stream s;
    struct buf out = BUF_INIT;
    struct tcp_seg seg = segment((uint32_t)-1, TCP_SYN, "");

    line_stream_init(&s);
    if (r->in[0].pos != JOINED)
        line_stream_add(&s, &seg, take, &out);
    for (size_t i = 0; i < COUNT(r->in) && r->in[i].text; i++) {
        bool syn = strcmp(r->in[i].text, SYN) == 0;
        seg = segment(r->in[i].pos - syn, syn ? TCP_SYN : TCP_ACK, syn ? "" : r->in[i].text);
        line_stream_add(&s, &seg, take, &out);
    }
    assert_string_equal(buf_str(&out), r->lines);
    assert_int_equal(line_stream_has_hole(&s), r->hole);
    line_stream_release(&s);
    buf_release(&out);
}

/* However a stream is cut and shuffled within reach, and whatever comes twice: the same lines. */
static void any_cut_and_any_order_give_the_same_lines(void **state)
{
    struct rng_seeded rng;
    struct buf text = BUF_INIT, want = BUF_INIT;

    (void)state;
    rng_seeded_init(&rng, 3, "lines");
    for (int i = 0; i < 60; i++) {
        buf_addf(&text, "record %d\n", i);
        buf_addf(&want, "[record %d]", i);
    }
    for (int round = 0; round < 300; round++) {
        struct line_stream s;
        struct buf out = BUF_INIT;
        struct tcp_seg seg = segment((uint32_t)-1, TCP_SYN, "");
        size_t at[700], len[700], n = 0;
        line_stream_init(&s);
        line_stream_add(&s, &seg, take, &out);
        for (size_t pos = 0; pos < text.n; n++) {
            at[n] = pos;
            len[n] = 1 + rng_below(&rng.rng, 40);
            if (len[n] > text.n - pos)
                len[n] = text.n - pos;
            pos += len[n];
        }
        for (size_t i = 0; i + 1 < n; i++) {
            size_t k = i + rng_below(&rng.rng, n - i < 20 ? n - i : 20), t;
            t = at[i], at[i] = at[k], at[k] = t;
            t = len[i], len[i] = len[k], len[k] = t;
        }
        for (size_t i = 0; i < n; i++) {
            seg = (struct tcp_seg){.seq = ISN + 1 + (uint32_t)at[i],
                                   .data = bytes_of(text.s + at[i], len[i])};
            line_stream_add(&s, &seg, take, &out);
            if (rng_below(&rng.rng, 4) == 0)
                line_stream_add(&s, &seg, take, &out);
        }
        assert_string_equal(buf_str(&out), buf_str(&want));
        assert_false(line_stream_has_hole(&s));
        line_stream_release(&s);
        buf_release(&out);
    }
    buf_release(&text);
    buf_release(&want);
}

static void count(void *ctx, struct bytes line)
{
    size_t *n = ctx;

    assert_true(line.n <= LINE_STREAM_LINE_MAX);
    ++*n;
}

static void a_line_without_end_is_cut(void **state)
{
    static const char text[1000] = {'x'};
    struct line_stream s;
    size_t n = 0;

    (void)state;
    line_stream_init(&s);
    for (uint32_t i = 0; i < 1000; i++) {
        struct tcp_seg seg = {
            .seq = i * 1000 - (i > 0), .flags = i ? 0 : TCP_SYN, .data = bytes_of(text, 1000)};
        seg.seq = i ? 1 + i * 1000 : 0;
        line_stream_add(&s, &seg, count, &n);
    }
    assert_int_equal(n, 1000000 / LINE_STREAM_LINE_MAX);
    line_stream_release(&s);
}

static void what_comes_too_early_is_bounded(void **state)
{
    struct line_stream s;
    size_t n = 0;

    (void)state;
    line_stream_init(&s);
    for (uint32_t i = 0; i < 1000; i++) {
        struct tcp_seg seg = {.seq = i * 4, .flags = i ? 0 : TCP_SYN, .data = bytes_str("a\n")};
        line_stream_add(&s, &seg, count, &n);
    }
    assert_int_equal(s.nahead, LINE_STREAM_AHEAD);
    assert_true(line_stream_has_hole(&s));
    line_stream_release(&s);
}

int main(void)
{
    struct CMUnitTest tests[3 + COUNT(rows)] = {
        cmocka_unit_test(any_cut_and_any_order_give_the_same_lines),
        cmocka_unit_test(a_line_without_end_is_cut),
        cmocka_unit_test(what_comes_too_early_is_bounded),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[3 + i] = (struct CMUnitTest){rows[i].what, gives_the_lines_of_its_row, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("track/line_stream", tests, NULL, NULL);
}
