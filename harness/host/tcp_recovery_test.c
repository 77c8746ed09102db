/* How a sender finds out about loss, and what it sends then: a peer played segment by segment. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#define MSS 1000

static struct conversation conv;
static struct tape tape;
static struct lone lone;

static const struct two_row talk[] = {{TURN_DATA, CONV_A, 200000, 0}};

/* Opens as side A; ten segments of 1000 bytes are out afterwards (the initial window). */
static void begin(bool sack, bool stamps)
{
    struct tcp_opts o = {.mss = MSS, .sack_permitted = sack, .has_ts = stamps, .tsval = 1};
    struct tcp t;

    if (stamps)
        o.mss = MSS + 12;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, &(struct host_config){.no_timestamps = !stamps}, 4, 1);
    lone_add(&lone, &tape, CONV_A);
    lone_wait(&lone, SPAN_MS(10)); /* the round trip it measures */
    lone_open(&lone, CONV_A, &o, 60000);
    for (uint32_t i = 0; i < 10; i++) {
        assert_true(lone_segment(&lone, &t, NULL));
        assert_int_equal(t.seq, 1 + i * MSS);
        assert_int_equal(t.data.n, MSS);
    }
    assert_int_equal(lone_flush(&lone), 0);
}

static void end(void)
{
    lone_release(&lone);
    conv_release(&conv);
}

/* An ACK of the first UPTO segments, with SACK of segments [from, to) when to > 0. */
static void ack(uint32_t upto, uint32_t from, uint32_t to)
{
    struct tcp_opts o = {.sacks = to > 0, .sack = {{1 + from * MSS, 1 + to * MSS}}};

    lone_send_opts(&lone,
                   (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1 + upto * MSS, .window = 60000},
                   &o);
}

/* Expects that segment I is sent now. */
static void expect(uint32_t i)
{
    struct tcp t;

    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.seq, 1 + i * MSS);
    assert_int_equal(t.data.n, MSS);
    assert_int_equal(tape_match(&tape, CONV_A, (uint64_t)i * MSS, t.data), MSS);
}

static void expect_silence(void)
{
    struct tcp t;

    assert_false(lone_segment(&lone, &t, NULL));
}

static void three_duplicate_acks__send_it_again_exactly_once(void **state)
{
    (void)state;
    begin(false, false);
    ack(0, 0, 0);
    expect(10); /* RFC 3042: limited transmit, one new segment each for the first two */
    ack(0, 0, 0);
    expect(11);
    expect_silence();
    ack(0, 0, 0);
    expect(0); /* RFC 5681, 3.2 */
    expect_silence();
    for (int i = 0; i < 2; i++)
        ack(0, 0, 0);
    expect_silence(); /* pipe: twelve out, five gone; the window is six now */
    assert_int_equal(lone_status(&lone).fast_retransmits, 1);
    assert_int_equal(lone_status(&lone).retransmitted_segments, 1);
    assert_int_equal(lone_status(&lone).retransmitted_bytes, MSS);
    end();
}

static void a_partial_ack__sends_the_next_hole(void **state)
{
    (void)state;
    begin(false, false); /* segments 0 and 4 are lost; RFC 6582, 3.2 */
    for (int i = 0; i < 3; i++)
        ack(0, 0, 0);
    expect(10);
    expect(11);
    expect(0);
    for (int i = 0; i < 5; i++)
        ack(0, 0, 0);
    lone_flush(&lone);
    ack(4, 0, 0);
    expect(4);
    ack(16, 0, 0);
    assert_int_equal(lone_status(&lone).fast_retransmits, 1);
    assert_int_equal(lone_status(&lone).retransmitted_segments, 2);
    end();
}

static void sack__sends_all_holes_in_one_round_trip(void **state)
{
    (void)state;
    begin(true, false); /* segments 0, 2 and 4 are lost */
    ack(0, 1, 2);
    expect(10);
    ack(0, 3, 4);
    expect(11);
    ack(0, 5, 6); /* three ranges above 0: lost (RFC 6675, IsLost) */
    expect(0);
    expect_silence();
    ack(0, 5, 7);     /* more than two segments above 2: lost as well */
    expect_silence(); /* the window is six, and seven are out: 0, 4, 7 to 11 */
    ack(0, 5, 8);     /* 4 is lost; six minus 0, 8 to 11 is one */
    expect(2);
    ack(0, 5, 9);
    expect(4);
    ack(0, 5, 10);
    expect(12);     /* no hole is left: new data */
    ack(0, 10, 11); /* joins the range before it */
    expect(13);
    assert_int_equal(lone_status(&lone).fast_retransmits, 1);
    assert_int_equal(lone_status(&lone).retransmitted_segments, 3);
    ack(14, 0, 0);
    assert_int_equal(lone_status(&lone).retransmitted_segments, 3);
    end();
}

static void one_ack_with_much_sacked__is_enough(void **state)
{
    (void)state;
    begin(true, false);
    ack(0, 1, 4); /* three segments at once: two ACKs were lost */
    expect(0);
    assert_int_equal(lone_status(&lone).fast_retransmits, 1);
    end();
}

static void sack_blocks_that_cannot_be__are_passed_over(void **state)
{
    struct tcp_opts o = {.sacks = 3,
                         .sack = {{0x40000000, 0x40001000}, /* not translated */
                                  {5001, 4001},             /* turned round */
                                  {1, 1001}}};              /* at the edge: a D-SACK at most */

    (void)state;
    begin(true, false);
    for (int i = 0; i < 5; i++)
        lone_send_opts(&lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1, .window = 60000},
                       &o);
    expect_silence();
    assert_int_equal(lone_status(&lone).fast_retransmits, 0);
    end();
}

static void a_window_update__is_no_duplicate_ack(void **state)
{
    (void)state;
    begin(false, false);
    for (uint16_t i = 0; i < 5; i++)
        lone_send(
            &lone,
            (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1, .window = (uint16_t)(50000 + i)});
    expect_silence();
    assert_int_equal(lone_status(&lone).fast_retransmits, 0);
    end();
}

static void after_a_timeout__what_was_sacked_is_not_sent_again(void **state)
{
    (void)state;
    begin(true, false);
    ack(0, 1, 3); /* two segments: no proof yet */
    expect(10);
    expect(11);
    lone_wait(&lone, SPAN_MS(250));
    expect(0);
    expect_silence();
    assert_int_equal(lone_status(&lone).rto_fired, 1);
    ack(3, 0, 0); /* slow start again: one window of two */
    expect(3);
    expect(4);
    expect_silence();
    ack(12, 0, 0); /* the rest had arrived all the time */
    expect(12);
    assert_int_equal(lone_status(&lone).retransmitted_segments, 3);
    end();
}

/* RFC 6298: doubled each time, from the RTO measured to 120 s; then it gives up. */
static void the_retransmission_timer__backs_off_for_924_s_and_gives_up(void **state)
{
    struct mono last, at;
    int64_t rto_ms = 0;
    struct tcp t;

    (void)state;
    begin(true, true);
    last = lone.clk.at;
    lone_wait(&lone, SPAN_S(930));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    for (int i = 1; i <= 15; i++) {
        assert_true(lone_segment(&lone, &t, &at));
        assert_int_equal(t.seq, 1);
        assert_int_equal(t.data.n, MSS);
        int64_t ms = mono_diff(last, at).ns / 1000000;
        if (i == 1) {
            assert_in_range(ms, 210, 216); /* 200 ms and the round trip of 12 */
            rto_ms = 212;
        }
        assert_in_range(ms, rto_ms - 2, rto_ms + 2); /* the wheel ticks every 1.05 ms */
        rto_ms = 2 * rto_ms < 120000 ? 2 * rto_ms : 120000;
        last = at;
    }
    expect_silence();
    assert_int_equal(lone_status(&lone).rto_fired, 15);
    lone_wait(&lone, SPAN_S(10)); /* 0.212 s * 1023 + 6 * 120 s = 936.9 s */
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_GAVE_UP);
    expect_silence();
    end();
}

static void karn__an_ack_of_a_retransmission_measures_nothing(void **state)
{
    struct mono sent, again;
    struct tcp t;

    (void)state;
    begin(false, false);
    lone_wait(&lone, SPAN_MS(300)); /* the first timeout; RTO is doubled */
    assert_true(lone_segment(&lone, &t, &sent));
    ack(1, 0, 0); /* for which copy? */
    lone_flush(&lone);
    struct mono acked = lone.clk.at;
    lone_wait(&lone, SPAN_MS(700));
    assert_true(lone_segment(&lone, &t, &again));
    assert_in_range(mono_diff(acked, again).ns / 1000000, 400, 480);
    end();
}

static void a_timestamp_from_before_the_timeout__measures_nothing(void **state)
{
    struct tcp_opts o = {.has_ts = true, .tsval = 2};
    struct mono again;
    struct tcp t;

    (void)state;
    begin(false, true);
    o.tsecr = lone.opts.tsval;
    lone_wait(&lone, SPAN_S(100));
    lone_flush(&lone);
    uint64_t fired = lone_status(&lone).rto_fired;
    lone_send_opts(&lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1 + MSS, .window = 60000},
                   &o);
    assert_true(lone_segment(&lone, &t, NULL)); /* the next one, in answer */
    o.tsecr = lone.opts.tsval;
    lone_flush(&lone);
    struct mono acked = lone.clk.at;
    lone_send_opts(
        &lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1 + 2 * MSS, .window = 60000}, &o);
    lone_flush(&lone); /* measured at last: the timer is short again */
    lone_wait(&lone, SPAN_S(1));
    assert_true(lone_segment(&lone, &t, &again));
    assert_in_range(mono_diff(acked, again).ns / 1000000, 200, 300);
    assert_true(lone_status(&lone).rto_fired > fired);
    end();
}

static void a_syn_without_answer__is_sent_six_times_more(void **state)
{
    static const int64_t at_s[] = {0, 1, 3, 7, 15, 31, 63};
    struct tcp t;
    struct mono at;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, CONV_A);
    lone_wait(&lone, SPAN_S(126));
    for (size_t i = 0; i < COUNT(at_s); i++) {
        assert_true(lone_segment(&lone, &t, &at));
        assert_int_equal(t.flags, TCP_SYN);
        assert_in_range(at.ns / 1000000, at_s[i] * 1000, at_s[i] * 1000 + 20);
    }
    expect_silence();
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    lone_wait(&lone, SPAN_S(2));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_GAVE_UP);
    end();
}

/* RFC 2018, 8: what was SACKed may be thrown away again; a timeout believes only the ACK. */
static void a_peer_that_takes_back_its_sack__gets_it_all_again(void **state)
{
    (void)state;
    begin(true, false);
    ack(0, 1, 3);
    lone_flush(&lone);
    ack(1, 0, 0); /* yet it does not acknowledge what it said it had */
    lone_flush(&lone);
    lone_wait(&lone, SPAN_MS(250));
    expect(1);
    ack(2, 0, 0);
    expect(2);
    end();
}

static void data_and_sack__share_the_segment(void **state)
{
    static uint8_t theirs[10];
    struct tcp t;

    (void)state;
    begin(true, false);
    lone_send(&lone, (struct tcp){.flags = TCP_ACK,
                                  .seq = 501,
                                  .ack = 1 + MSS,
                                  .window = 60000,
                                  .data = bytes_of(theirs, sizeof(theirs))});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.seq, 1 + 10 * MSS);
    assert_int_equal(lone.opts.sacks, 1);
    assert_int_equal(lone.opts.sack[0].from, 501);
    assert_int_equal(t.data.n, MSS - 12); /* the option takes twelve bytes of the MSS */
    end();
}

static void a_listener_that_is_not_answered__listens_again(void **state)
{
    static const int64_t at_s[] = {0, 1, 3, 7, 15, 31};
    static const struct tcp_opts o = {.mss = MSS};
    struct mono at;
    struct tcp t;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, CONV_B);
    int64_t began = lone.clk.at.ns / 1000000;
    lone_send_opts(&lone, (struct tcp){.flags = TCP_SYN, .window = 1000}, &o);
    lone_wait(&lone, SPAN_S(62));
    for (size_t i = 0; i < COUNT(at_s); i++) {
        assert_true(lone_segment(&lone, &t, &at));
        assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
        assert_in_range(at.ns / 1000000 - began, at_s[i] * 1000, at_s[i] * 1000 + 20);
    }
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    lone_wait(&lone, SPAN_S(2));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_WAITING);
    end();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_duplicate_acks__send_it_again_exactly_once),
        cmocka_unit_test(a_partial_ack__sends_the_next_hole),
        cmocka_unit_test(sack__sends_all_holes_in_one_round_trip),
        cmocka_unit_test(one_ack_with_much_sacked__is_enough),
        cmocka_unit_test(sack_blocks_that_cannot_be__are_passed_over),
        cmocka_unit_test(a_window_update__is_no_duplicate_ack),
        cmocka_unit_test(after_a_timeout__what_was_sacked_is_not_sent_again),
        cmocka_unit_test(the_retransmission_timer__backs_off_for_924_s_and_gives_up),
        cmocka_unit_test(karn__an_ack_of_a_retransmission_measures_nothing),
        cmocka_unit_test(a_timestamp_from_before_the_timeout__measures_nothing),
        cmocka_unit_test(a_syn_without_answer__is_sent_six_times_more),
        cmocka_unit_test(a_peer_that_takes_back_its_sack__gets_it_all_again),
        cmocka_unit_test(data_and_sack__share_the_segment),
        cmocka_unit_test(a_listener_that_is_not_answered__listens_again),
    };
    return cmocka_run_group_tests_name("tcp_recovery", tests, NULL, NULL);
}
