/* Made-up captures, and the conversations they hold, written as text: A"GET" is a turn of data, A.
 * a FIN, A! a RST; ~N before a turn is a pause of N ms or more that was kept (N >= 100). */
#include "traffic/capture.h"

#include "base/mem.h"
#include "tests/synth.h"
#include "tests/testkit.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

static void write_turns(const struct conversation *c, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < c->nturns; i++) {
        const struct turn *t = &c->turns[i];
        if (i)
            buf_addc(out, ' ');
        if (t->gap.ns >= 100000000)
            buf_addf(out, "~%" PRId64 " ", t->gap.ns / 1000000);
        buf_addc(out, t->from == CONV_A ? 'A' : 'B');
        if (t->kind == TURN_DATA) {
            buf_addc(out, '"');
            buf_add(out, c->data[t->from].p + t->offset, t->len);
            buf_addc(out, '"');
        } else {
            buf_addc(out, t->kind == TURN_FIN ? '.' : '!');
        }
    }
}

static struct capture *read_bytes(struct bytes file)
{
    char path[SYNTH_PATH];
    struct capture *c = NULL;
    struct diag why = {0};

    synth_save(file, path);
    enum err e = capture_read(path, &c, &why);
    unlink(path);
    if (e)
        fail_msg("%s", why.text);
    return c;
}

#define OPEN                                                                                       \
    {0, 'A', "S", -1, 0, NULL}, {1, 'B', "SA", -1, 0, NULL},                                       \
    {                                                                                              \
        2, 'A', "A", 0, 0, NULL                                                                    \
    }
#define CLOSE(ms, a, b)                                                                            \
    {ms, 'A', "FA", a, b, NULL}, {ms + 1, 'B', "FA", b, a + 1, NULL},                              \
    {                                                                                              \
        ms + 2, 'A', "A", a + 1, b + 1, NULL                                                       \
    }

static const struct row {
    const char *what;
    struct synth_opts opts;
    struct synth_seg segs[16];
    const char *turns;   /* NULL: it cannot be replayed */
    const char *why_not; /* the first reason */
    struct conv_repairs repairs;
} rows[] = {
    {"a_question_and_an_answer",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 0, "ask"},
      {4, 'B', "PA", 0, 3, "answer"},
      {5, 'A', "A", 3, 6, NULL},
      CLOSE(6, 3, 6)},
     "A\"ask\" B\"answer\" A. B.",
     NULL,
     {0}},
    {"an_ecn_syn_opens",
     {0},
     {{0, 'A', "SEC", -1, 0, NULL},
      {1, 'B', "SAE", -1, 0, NULL},
      {2, 'A', "A", 0, 0, NULL},
      {3, 'B', "PA", 0, 0, "220"},
      CLOSE(6, 0, 3)},
     "B\"220\" A. B.",
     NULL,
     {0}},
    {"segments_out_of_order_are_put_right",
     {0},
     {OPEN, {30, 'A', "A", 3, 0, "def"}, {31, 'A', "A", 0, 0, "abc"}, CLOSE(60, 6, 0)},
     "A\"abcdef\" A. B.",
     NULL,
     {.reordered = 1}},
    {"a_lost_segment_is_taken_from_its_retransmission",
     {0},
     {OPEN,
      {30, 'A', "A", 3, 0, "def"},
      {31, 'B', "A", 0, 0, NULL},
      {300, 'A', "A", 0, 0, "abc"},
      CLOSE(600, 6, 0)},
     "A\"abcdef\" ~300 A. B.",
     NULL,
     {.retransmitted = 1}},
    {"what_was_sent_twice_is_there_once",
     {0},
     {OPEN,
      {30, 'A', "A", 0, 0, "abc"},
      {230, 'A', "A", 0, 0, "abc"},
      {250, 'A', "A", 0, 0, "abcdef"},
      CLOSE(260, 6, 0)},
     "A\"abcdef\" A. B.",
     NULL,
     {.retransmitted = 1, .overlapping = 1}},
    {"of_contradicting_copies_the_first_wins",
     {0},
     {OPEN, {30, 'A', "A", 0, 0, "abc"}, {40, 'A', "A", 1, 0, "XYdef"}, CLOSE(60, 6, 0)},
     "A\"abcdef\" A. B.",
     NULL,
     {.overlapping = 1, .conflicting_bytes = 2}},
    {"sequence_numbers_may_wrap",
     {.isn = {0xfffffffd, 0xffffffff}},
     {OPEN, {3, 'A', "PA", 0, 0, "abcdef"}, {4, 'B', "PA", 0, 6, "ghi"}, CLOSE(6, 6, 3)},
     "A\"abcdef\" B\"ghi\" A. B.",
     NULL,
     {0}},
    {"a_half_closed_direction_stays_so",
     {0},
     {OPEN,
      {3, 'A', "FPA", 0, 0, "put"},
      {4, 'B', "A", 0, 4, NULL},
      {50, 'B', "PA", 0, 4, "slow answer"},
      {60, 'B', "FA", 11, 4, NULL},
      {61, 'A', "A", 4, 12, NULL}},
     "A\"put\" A. B\"slow answer\" B.",
     NULL,
     {0}},
    {"a_reset_ends_the_conversation",
     {0},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, {9, 'B', "RA", 0, 3, NULL}},
     "A\"ask\" B!",
     NULL,
     {0}},
    {"a_reset_after_both_fins_is_no_news",
     {0},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0), {9, 'A', "R", 4, 0, NULL}},
     "A\"ask\" A. B.",
     NULL,
     {0}},
    {"keepalives_are_no_data",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 0, "ask"},
      {4, 'B', "A", 0, 3, NULL},
      {9000, 'A', "A", 2, 0, "x"},
      {9001, 'B', "A", 0, 3, NULL},
      {20000, 'B', "PA", 0, 3, "late"},
      CLOSE(20010, 3, 4)},
     "A\"ask\" ~19997 B\"late\" A. B.",
     NULL,
     {0}},
    {"speaking_at_the_same_time_is_no_answer",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 0, "abc"},
      {4, 'B', "PA", 0, 0, "123"}, /* sent before "abc" came there */
      {5, 'A', "PA", 3, 0, "def"}, /* and this before "123" came here */
      {6, 'B', "PA", 3, 3, "456"},
      CLOSE(30, 6, 6)},
     "A\"abcdef\" B\"123456\" A. B.",
     NULL,
     {0}},
    {"the_tap_may_see_an_answer_before_the_question_was_complete",
     {0},
     {OPEN,
      {3, 'A', "A", 3, 0, "def"},
      {4, 'B', "PA", 0, 6, "ok"},
      {5, 'A', "A", 0, 0, "abc"},
      {6, 'A', "PA", 6, 2, "more"},
      CLOSE(30, 10, 2)},
     "A\"abcdef\" B\"ok\" A\"more\" A. B.",
     NULL,
     {.retransmitted = 1}},
    {"pauses_of_one_side_are_kept",
     {0},
     {OPEN,
      {3, 'B', "PA", 0, 0, "tick"},
      {4, 'A', "A", 0, 4, NULL},
      {1003, 'B', "PA", 4, 0, "tock"},
      {1004, 'A', "A", 0, 8, NULL},
      CLOSE(1010, 0, 8)},
     "B\"tick\" ~1000 B\"tock\" A. B.",
     NULL,
     {0}},
    {"waiting_for_the_window_is_no_pause",
     {0},
     {OPEN,
      {3, 'B', "PA", 0, 0, "tick"},
      {903, 'A', "A", 0, 4, NULL},
      {904, 'B', "PA", 4, 0, "tock"},
      CLOSE(1010, 0, 8)},
     "B\"ticktock\" ~106 A. B.",
     NULL,
     {0}},
    {"the_middle_of_a_stream_begins_at_its_first_byte",
     {0},
     {{0, 'A', "PA", 5000, 7000, "ask"},
      {1, 'B', "PA", 7000, 5003, "answer"},
      {2, 'A', "A", 5003, 7006, NULL}},
     "A\"ask\" B\"answer\" B. A.",
     NULL,
     {.no_start = true, .no_end = true}},
    {"a_server_caught_in_the_middle_of_an_answer_did_not_open",
     {0},
     {{0, 'B', "A", 7000, 5000, "answer"}, {2, 'A', "A", 5000, 7006, NULL}},
     "B\"answer\" B. A.",
     NULL,
     {.no_start = true, .no_end = true}},
    {"a_syn_ack_without_its_syn_shows_the_opener",
     {0},
     {{1, 'B', "SA", -1, 0, NULL},
      {2, 'A', "A", 0, 0, NULL},
      {3, 'A', "PA", 0, 0, "ask"},
      CLOSE(6, 3, 0)},
     "A\"ask\" A. B.",
     NULL,
     {.no_start = true}},
    {"bytes_never_captured_are_named",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 0, "ask"},
      {4, 'B', "PA", 0, 3, "one"},
      {5, 'B', "PA", 1383, 3, "two"},
      {6, 'A', "A", 3, 1386, NULL}},
     NULL,
     "1,380 bytes at 3 sent by 192.168.0.2:80 were never captured",
     {0}},
    {"an_acknowledged_end_that_was_not_captured_is_named",
     {0},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, {4, 'B', "A", 0, 103, NULL}},
     NULL,
     "100 bytes at 3 sent by 10.0.0.1:40000 were never captured, but they were acknowledged",
     {0}},
    {"a_fin_beyond_the_bytes_captured_is_named",
     {0},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, {4, 'A', "FA", 53, 0, NULL}},
     NULL,
     "50 bytes at 3 sent by 10.0.0.1:40000 were never captured, but a FIN behind them was seen",
     {0}},
    {"bytes_behind_a_hole_that_were_never_delivered_are_left_out",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 0, "ask"},
      {4, 'B', "A", 0, 3, NULL},
      {5, 'A', "PA", 10, 0, "lost in the end"}},
     "A\"ask\" A. B.",
     NULL,
     {.undelivered_bytes = 15, .no_end = true}},
    {"a_capture_of_headers_is_refused",
     {.snaplen = 60},
     {OPEN, {3, 'A', "PA", 0, 0, "a question of more bytes"}, CLOSE(6, 24, 0)},
     NULL,
     "the capture cut 1 packet of 10.0.0.1:40000 short: from byte 6 on the content is missing",
     {0}},
    {"a_refused_connection_is_none",
     {0},
     {{0, 'A', "S", -1, 0, NULL}, {1, 'B', "RA", 0, 0, NULL}},
     NULL,
     "the connection was refused: a RST answers the SYN",
     {0}},
    {"an_unanswered_syn_is_no_connection",
     {0},
     {{0, 'A', "S", -1, 0, NULL}, {1000, 'A', "S", -1, 0, NULL}},
     NULL,
     "the connection was never made: no answer to the SYN",
     {0}},
    {"a_connection_without_a_word_can_be_replayed",
     {0},
     {OPEN, CLOSE(6, 0, 0)},
     "A. B.",
     NULL,
     {0}},
    {"acknowledgements_of_what_was_never_said_do_not_stop_it",
     {0},
     {OPEN,
      {3, 'A', "PA", 0, 1, "abc"}, /* the FIN's place is acknowledged before there is one */
      {4, 'B', "PA", 0, 4, "def"},
      {5, 'A', "RA", 3, 3, NULL}},
     "A\"abc\" B\"def\" A!",
     NULL,
     {0}},
    {"over_linux_cooked",
     {.linktype = 113},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0)},
     "A\"ask\" A. B.",
     NULL,
     {0}},
    {"over_raw_ip",
     {.linktype = 101},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0)},
     "A\"ask\" A. B.",
     NULL,
     {0}},
    {"in_two_vlan_tags",
     {.vlan = 10, .vlan2 = 20},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0)},
     "A\"ask\" A. B.",
     NULL,
     {0}},
    {"over_ipv6",
     {.ipv6 = true},
     {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0)},
     "A\"ask\" A. B.",
     NULL,
     {0}},
    {"in_fragments",
     {.fragment = 16},
     {OPEN, {3, 'A', "PA", 0, 0, "a question of more bytes"}, CLOSE(6, 24, 0)},
     "A\"a question of more bytes\" A. B.",
     NULL,
     {0}},
};

static void check_repairs(const struct conv_repairs *got, const struct conv_repairs *want)
{
    assert_int_equal(got->retransmitted, want->retransmitted);
    assert_int_equal(got->reordered, want->reordered);
    assert_int_equal(got->overlapping, want->overlapping);
    assert_int_equal(got->conflicting_bytes, want->conflicting_bytes);
    assert_int_equal(got->undelivered_bytes, want->undelivered_bytes);
    assert_int_equal(got->no_start, want->no_start);
    assert_int_equal(got->no_end, want->no_end);
}

static void the_conversation_is_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct synth s;
    struct buf text = BUF_INIT;

    synth_begin(&s, &r->opts);
    for (size_t i = 0; i < COUNT(r->segs) && r->segs[i].from; i++)
        synth_tcp(&s, &r->segs[i]);
    struct capture *c = read_bytes(buf_bytes(&s.file));
    assert_int_equal(c->nflows, 1);
    const struct flow *f = &c->flows[0];
    assert_int_equal(f->conv.a.port, 40000);
    if (!r->turns) {
        assert_false(f->replayable);
        assert_string_equal(f->why_not[0], r->why_not);
    } else {
        if (f->why_not[0])
            fail_msg("%s", f->why_not[0]);
        write_turns(&f->conv, &text);
        assert_string_equal(buf_str(&text), r->turns);
        check_repairs(&f->conv.repairs, &r->repairs);
    }
    capture_free(c);
    buf_release(&text);
    synth_release(&s);
}

static void ports_used_again_are_two_flows(void **state)
{
    static const struct synth_seg segs[] = {OPEN, {3, 'A', "PA", 0, 0, "one"}, CLOSE(6, 3, 0)};
    struct synth s;
    struct buf text = BUF_INIT;

    (void)state;
    synth_begin(&s, NULL);
    for (size_t k = 0; k < 2; k++) {
        s.opts.isn[0] = (uint32_t)k * 100000;
        for (size_t i = 0; i < COUNT(segs); i++)
            synth_tcp(&s, &segs[i]);
    }
    struct capture *c = read_bytes(buf_bytes(&s.file));
    assert_int_equal(c->nflows, 2);
    for (size_t k = 0; k < 2; k++) {
        write_turns(&c->flows[k].conv, &text);
        assert_string_equal(buf_str(&text), "A\"one\" A. B.");
        assert_int_equal(c->flows[k].conv.mss[CONV_A], 1460);
        assert_int_equal(c->flows[k].packets, COUNT(segs));
    }
    capture_free(c);
    buf_release(&text);
    synth_release(&s);
}

static void datagrams_are_turns(void **state)
{
    struct synth s;
    struct buf text = BUF_INIT;

    (void)state;
    synth_begin(&s, &(struct synth_opts){.port = {40000, 53}});
    synth_udp(&s, 0, 'B', bytes_str("late answer"));
    synth_udp(&s, 10, 'A', bytes_str("ask"));
    synth_udp(&s, 20, 'B', bytes_str("answer"));
    synth_udp(&s, 1520, 'A', bytes_str(""));
    synth_echo(&s, 1600, 'A', false, 7, bytes_str("ping"));
    synth_echo(&s, 1700, 'B', true, 7, bytes_str("ping"));
    synth_echo(&s, 1800, 'B', true, 8, bytes_str("pong"));
    struct capture *c = read_bytes(buf_bytes(&s.file));
    assert_int_equal(c->nflows, 3);
    static const char *const want[] = {"B\"late answer\" A\"ask\" B\"answer\" ~1500 A\"\"",
                                       "A\"ping\" ~100 B\"ping\"", "B\"pong\""};
    for (size_t i = 0; i < 3; i++) {
        assert_true(c->flows[i].replayable);
        write_turns(&c->flows[i].conv, &text);
        assert_string_equal(buf_str(&text), want[i]);
    }
    assert_int_equal(c->flows[0].conv.b.port, 53);
    assert_int_equal(c->flows[2].conv.a.port, 8);
    assert_int_equal(ip4_u32(&c->flows[2].conv.a.addr), 0x0a000001);
    capture_free(c);
    buf_release(&text);
    synth_release(&s);
}

static void cut_datagrams_are_refused(void **state)
{
    struct synth s;

    (void)state;
    synth_begin(&s, &(struct synth_opts){.snaplen = 50});
    synth_udp(&s, 0, 'A', bytes_str("a question of more bytes"));
    struct capture *c = read_bytes(buf_bytes(&s.file));
    assert_false(c->flows[0].replayable);
    assert_string_equal(c->flows[0].why_not[0],
                        "the capture cut 1 datagram short, by 16 bytes in all");
    capture_free(c);
    synth_release(&s);
}

static void a_flow_is_picked_by_size_or_number(void **state)
{
    static const struct synth_seg segs[] = {OPEN, {3, 'A', "PA", 0, 0, "ask"}, CLOSE(6, 3, 0)};
    struct synth s;
    const struct flow *f;
    struct diag why = {0};

    (void)state;
    synth_begin(&s, NULL);
    synth_udp(&s, 0, 'A', bytes_str("much longer than the other"));
    for (size_t i = 0; i < COUNT(segs); i++)
        synth_tcp(&s, &segs[i]);
    s.opts.port[0] = 40001;
    synth_tcp(&s, &segs[0]);
    struct capture *c = read_bytes(buf_bytes(&s.file));
    assert_ok(capture_pick(c, 0, 0, &f, &why));
    assert_int_equal(f->conv.proto, CONV_UDP);
    assert_ok(capture_pick(c, CONV_TCP, 0, &f, &why));
    assert_int_equal(f->conv.a.port, 40000);
    assert_ok(capture_pick(c, CONV_TCP, 1, &f, &why));
    assert_ok(capture_pick(c, 0, 2, &f, &why));
    assert_int_equal(f->conv.proto, CONV_TCP);
    assert_int_equal(capture_pick(c, CONV_TCP, 2, &f, &why), ERR_UNSUPPORTED);
    assert_string_equal(
        why.text, "flow 2 cannot be replayed: the connection was never made: no answer to the SYN");
    why = (struct diag){0};
    assert_int_equal(capture_pick(c, CONV_TCP, 3, &f, &why), ERR_NOTFOUND);
    assert_non_null(strstr(why.text, "TCP 1: 10.0.0.1:40000 to 192.168.0.2:80"));
    why = (struct diag){0};
    assert_int_equal(capture_pick(c, CONV_ICMP, 0, &f, &why), ERR_NOTFOUND);
    capture_free(c);
    synth_release(&s);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 4] = {
        cmocka_unit_test(ports_used_again_are_two_flows),
        cmocka_unit_test(datagrams_are_turns),
        cmocka_unit_test(cut_datagrams_are_refused),
        cmocka_unit_test(a_flow_is_picked_by_size_or_number),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[4 + i] = (struct CMUnitTest){rows[i].what, the_conversation_is_as_its_row_says, NULL,
                                           NULL, (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("traffic/capture", tests, COUNT(rows) + 4, NULL, NULL);
}
