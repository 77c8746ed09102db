#include "wire/framing.h"

#include "base/mem.h"
#include "tests/testkit.h"

#include <stdlib.h>
#include <string.h>

static void collect(void *ctx, struct bytes message)
{
    struct buf *b = ctx;

    buf_add(b, message.p, message.n);
    buf_addc(b, '|');
}

/* IN: pieces between "~"; "#" in place of one: a hole. WANT: each message and "|". */
static const struct row {
    const char *what;
    enum framing_kind kind;
    bool joined;
    const char *in, *want;
} rows[] = {
    {"lines", FRAMING_SYSLOG, false, "<166>one\n<166>two\r\n<1>x\n", "<166>one|<166>two|<1>x|"},
    {"a_line_without_its_end_is_waited_for", FRAMING_SYSLOG, false, "<166>one\n~<166>two",
     "<166>one|"},
    {"counted", FRAMING_SYSLOG, false, "8 <166>one8 <166>two", "<166>one|<166>two|"},
    {"a_counted_message_may_hold_a_line_end", FRAMING_SYSLOG, false, "10 <1>\nab\ncd\n<2>x\n",
     "<1>\nab\ncd\n|<2>x|"},
    {"both_in_turn", FRAMING_SYSLOG, false, "<1>a\n4 <2>b<3>c\n4 <4>d", "<1>a|<2>b|<3>c|<4>d|"},
    {"a_message_over_three_segments", FRAMING_SYSLOG, false, "<16~6>o~ne\n<166>two\n",
     "<166>one|<166>two|"},
    {"a_count_over_two_segments", FRAMING_SYSLOG, false, "1~0 <166>abcde8~ <166>two",
     "<166>abcde|<166>two|"},
    {"what_has_no_priority_is_no_message", FRAMING_SYSLOG, false, "hello\n<1>a\n12 xyz\n<1>b\n",
     "<1>a|<1>b|"},
    {"begun_in_the_middle_of_a_line", FRAMING_SYSLOG, true, "<1>not whole\n<1>a\n", "<1>a|"},
    {"begun_in_the_middle_of_a_counted_one", FRAMING_SYSLOG, true, "not whole 4 <1>a4 <1>b",
     "<1>a|<1>b|"},
    {"a_hole_costs_the_messages_it_touches", FRAMING_SYSLOG, false, "<1>a\n<1>b~#~end of c\n<1>d\n",
     "<1>a|<1>d|"},
    {"a_hole_between_counted_ones", FRAMING_SYSLOG, false, "4 <1>a9 <1>b~#~ of c4 <1>d",
     "<1>a|<1>d|"},
    {"frames_behind_the_prefix", FRAMING_IKE_TCP, false, "IKETCP~@0aabcdefgh@0babcdefghi",
     "abcdefgh|abcdefghi|"},
    {"the_prefix_in_pieces", FRAMING_IKE_TCP, false, "IK~ETC~P@0aabcdefgh", "abcdefgh|"},
    {"frames_of_the_side_without_a_prefix", FRAMING_IKE_TCP, false, "@0aabcdefgh", "abcdefgh|"},
    {"a_frame_over_segments", FRAMING_IKE_TCP, false, "@0aab~cdef~gh@0~a", "abcdefgh|"},
    {"keep_alives_are_nothing", FRAMING_IKE_TCP, false, "@03x@0aabcdefgh", "abcdefgh|"},
    {"a_length_that_does_not_count_itself_is_the_end", FRAMING_IKE_TCP, false,
     "@0aabcdefgh@01@0aabcdefgh", "abcdefgh|"},
    {"begun_in_the_middle__frames_are_found_where_segments_begin", FRAMING_IKE_TCP, true,
     "cdefgh~@0aabcdefgh@0aABCDEFGH~@0aijklmnop", "abcdefgh|ABCDEFGH|ijklmnop|"},
    {"after_a_hole_too", FRAMING_IKE_TCP, false, "@0aabcdefgh@0aab~#~xx~@0aABCDEFGH",
     "abcdefgh|ABCDEFGH|"},
};

/* "@XX" is a 16-bit length in hex. */
static struct buf piece_of(const char *s, size_t n)
{
    struct buf b = BUF_INIT;

    for (size_t i = 0; i < n; i++)
        if (s[i] == '@') {
            buf_addc(&b, 0);
            buf_addc(&b, (char)strtol((char[]){s[i + 1], s[i + 2], 0}, NULL, 16));
            i += 2;
        } else {
            buf_addc(&b, s[i]);
        }
    return b;
}

/* EACH: bytes fed at a time; 0: a whole piece. */
static void run(const struct row *row, size_t each, struct buf *out)
{
    struct framing f;

    framing_init(&f, row->kind, row->joined);
    for (const char *s = row->in; *s;) {
        size_t n = strcspn(s, "~");
        struct buf b = piece_of(s, n);
        if (n == 1 && *s == '#')
            framing_hole(&f);
        else
            for (size_t at = 0; at < b.n; at += each ? each : b.n)
                framing_add(&f, bytes_head(bytes_from(buf_bytes(&b), at), each ? each : b.n),
                            collect, out);
        buf_release(&b);
        s += n + (s[n] == '~');
    }
    framing_release(&f);
}

static void messages_are_what_the_row_says(void **state)
{
    const struct row *row = *state;
    struct buf out = BUF_INIT;

    run(row, 0, &out);
    assert_string_equal(buf_str(&out), row->want);
    buf_clear(&out);
    if (row->kind == FRAMING_SYSLOG) { /* segments mean nothing to it */
        run(row, 1, &out);
        assert_string_equal(buf_str(&out), row->want);
    }
    buf_release(&out);
}

static enum err feed(struct bytes in, void *ctx)
{
    const struct row *row = ctx;
    struct buf out = BUF_INIT;
    struct framing f;

    framing_init(&f, row->kind, row->joined);
    framing_add(&f, in, collect, &out);
    framing_hole(&f);
    framing_add(&f, in, collect, &out);
    framing_release(&f);
    buf_release(&out);
    return ERR_OK;
}

static void every_truncation_and_flip_is_survived(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = piece_of(rows[i].in, strlen(rows[i].in));
        test_truncations(buf_bytes(&b), feed, (void *)(uintptr_t)&rows[i]);
        test_flips(buf_bytes(&b), feed, (void *)(uintptr_t)&rows[i]);
        buf_release(&b);
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1] = {
        cmocka_unit_test(every_truncation_and_flip_is_survived)};

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[1 + i] = (struct CMUnitTest){rows[i].what, messages_are_what_the_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("wire/framing", tests, COUNT(rows) + 1, NULL, NULL);
}
