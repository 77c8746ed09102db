/* What a connection makes of segments: the right ones, the wrong ones, the ones of RFC 2018. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

static struct conversation conv;
static struct tape tape;
static struct lone lone;

/* The host is side B: it waits for 100,000 bytes, answers with 10,000. */
static const struct two_row talk[] = {
    {TURN_DATA, CONV_A, 100000, 0},
    {TURN_DATA, CONV_B, 10000, 0},
    {TURN_FIN, CONV_A, 0, 0},
};

static int open_it(void **state)
{
    static const struct tcp_opts sack = {.mss = 1460, .sack_permitted = true};

    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, &(struct host_config){.recv_window = 50000}, 4, 1);
    lone_add(&lone, &tape, CONV_B);
    lone_open(&lone, CONV_B, &sack, 60000);
    lone_flush(&lone);
    return 0;
}

static int close_it(void **state)
{
    (void)state;
    lone_release(&lone);
    conv_release(&conv);
    return 0;
}

/* Bytes [from, from + n) of the peer's direction. */
static void give(uint32_t from, size_t n)
{
    uint8_t b[2000];

    tape_read(&tape, CONV_A, from, b, n);
    lone_send(
        &lone,
        (struct tcp){
            .flags = TCP_ACK, .seq = 1 + from, .ack = 1, .window = 60000, .data = bytes_of(b, n)});
}

/* Expects exactly one pure ACK up to byte UPTO. */
static void expect_ack(uint32_t upto)
{
    struct tcp t;

    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_ACK);
    assert_int_equal(t.data.n, 0);
    assert_int_equal(t.ack, 1 + upto);
    assert_int_equal(lone_flush(&lone), 0);
}

static void expect_silence(void)
{
    assert_int_equal(lone_flush(&lone), 0);
}

/* --- RFC 2018, section 4, with its numbers: left edge 5000, segments of 500 bytes ------------- */

struct rfc2018_step {
    uint32_t segment; /* first byte that arrives */
    uint32_t ack;
    struct tcp_sack sack[3];
};

static const struct rfc2018 {
    const char *what;
    struct rfc2018_step step[8];
} rfc2018[] = {
    {"rfc2018_case_1__the_first_four_arrive__no_sack",
     {{5000, 5500, {{0}}}, {5500, 6000, {{0}}}, {6000, 6500, {{0}}}, {6500, 7000, {{0}}}}},
    {"rfc2018_case_2__the_first_is_lost__one_block_grows",
     {{5500, 5000, {{5500, 6000}}},
      {6000, 5000, {{5500, 6500}}},
      {6500, 5000, {{5500, 7000}}},
      {7000, 5000, {{5500, 7500}}},
      {7500, 5000, {{5500, 8000}}},
      {8000, 5000, {{5500, 8500}}},
      {8500, 5000, {{5500, 9000}}}}},
    {"rfc2018_case_3__every_second_is_lost__latest_block_first",
     {{5000, 5500, {{0}}},
      {6000, 5500, {{6000, 6500}}},
      {7000, 5500, {{7000, 7500}, {6000, 6500}}},
      {8000, 5500, {{8000, 8500}, {7000, 7500}, {6000, 6500}}},
      {6500, 5500, {{6000, 7500}, {8000, 8500}}},
      {5500, 7500, {{8000, 8500}}}}},
};

static void sacks_as_rfc_2018_has_it(void **state)
{
    const struct rfc2018 *r = *state;
    struct tcp t;

    open_it(NULL);
    for (uint32_t at = 0; at < 5000; at += 1000)
        give(at, 1000);
    lone_wait(&lone, SPAN_MS(100));
    lone_flush(&lone);
    for (size_t i = 0; i < COUNT(r->step) && r->step[i].segment; i++) {
        const struct rfc2018_step *s = &r->step[i];
        give(s->segment, 500);
        lone_wait(&lone, SPAN_MS(50)); /* the RFC's host acknowledges each segment */
        assert_true(lone_segment(&lone, &t, NULL));
        assert_int_equal(t.ack, 1 + s->ack);
        for (size_t k = 0; k < 3; k++) {
            if (s->sack[k].to == 0) {
                assert_int_equal(lone.opts.sacks, k);
                break;
            }
            assert_true(lone.opts.sacks > k);
            assert_int_equal(lone.opts.sack[k].from, 1 + s->sack[k].from);
            assert_int_equal(lone.opts.sack[k].to, 1 + s->sack[k].to);
        }
        assert_int_equal(lone_flush(&lone), 0);
    }
    assert_int_equal(lone_status(&lone).altered, 0);
    close_it(NULL);
}

/* --- acknowledging --------------------------------------------------------------------------- */

static void one_segment__is_acknowledged_after_40_ms(void **state)
{
    (void)state;
    give(0, 1000);
    lone_wait(&lone, SPAN_MS(39));
    expect_silence();
    lone_wait(&lone, SPAN_MS(3));
    expect_ack(1000);
}

static void every_second_segment__is_acknowledged_at_once(void **state)
{
    (void)state;
    give(0, 1000);
    give(1000, 1000);
    expect_ack(2000);
    give(2000, 1000);
    expect_silence();
    give(3000, 1000);
    expect_ack(4000);
}

static void a_hole__is_reported_at_once_and_so_is_its_end(void **state)
{
    (void)state;
    give(1000, 1000);
    expect_ack(0);
    give(0, 1000);
    expect_ack(2000);
}

static void a_segment_that_came_before__is_acknowledged_and_not_counted(void **state)
{
    (void)state;
    give(0, 1000);
    give(1000, 1000);
    expect_ack(2000);
    give(0, 1000);
    expect_ack(2000);
    give(500, 1000);
    expect_ack(2000);
    assert_int_equal(lone_status(&lone).delivered, 2000);
}

static void a_segment_that_overlaps__gives_what_is_new(void **state)
{
    (void)state;
    give(0, 1000);
    give(500, 1000);
    expect_ack(1500);
    give(2500, 500);
    expect_ack(1500);
    give(1000, 1800);
    expect_ack(3000);
    assert_int_equal(lone_status(&lone).delivered, 3000);
    assert_int_equal(lone_status(&lone).altered, 0);
}

static void data_beyond_the_window__is_cut_at_its_edge(void **state)
{
    struct tcp t;

    (void)state;
    give(49500, 1000);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(lone.opts.sack[0].from, 1 + 49500);
    assert_int_equal(lone.opts.sack[0].to, 1 + 50000);
    give(60000, 1000);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.ack, 1);
    assert_int_equal(lone.opts.sacks, 1);
}

/* --- content --------------------------------------------------------------------------------- */

static void altered_bytes__are_counted_once_each(void **state)
{
    uint8_t b[1000] = {0};
    struct tcp t = {
        .flags = TCP_ACK, .seq = 1001, .ack = 1, .window = 60000, .data = bytes_of(b, sizeof(b))};

    (void)state;
    tape_read(&tape, CONV_A, 1000, b, sizeof(b));
    b[0] ^= 1;
    b[500] ^= 1;
    b[999] ^= 1;
    lone_send(&lone, t);
    assert_int_equal(lone_status(&lone).altered, 3);
    lone_send(&lone, t); /* the same again is no news */
    assert_int_equal(lone_status(&lone).altered, 3);
    give(0, 1000);
    assert_int_equal(lone_status(&lone).altered, 3);
    assert_int_equal(lone_status(&lone).delivered, 2000);
}

static void bytes_beyond_the_tape__are_altered(void **state)
{
    static uint8_t b[100];

    (void)state;
    for (uint32_t at = 0; at < 100000; at += 1000)
        give(at, 1000);
    lone_send(&lone, (struct tcp){.flags = TCP_ACK,
                                  .seq = 100001,
                                  .ack = 1,
                                  .window = 60000,
                                  .data = bytes_of(b, sizeof(b))});
    assert_int_equal(lone_status(&lone).altered, 100);
}

/* --- resets and SYNs (RFC 5961) -------------------------------------------------------------- */

static const struct rst_row {
    const char *what;
    uint32_t seq; /* after 1000 bytes were delivered, the next is 1001 */
    bool kills, challenged;
} rst_rows[] = {
    {"a_reset_at_the_next_byte__ends_it", 1001, true, false},
    {"a_reset_elsewhere_in_the_window__is_challenged", 1002, false, true},
    {"a_reset_at_the_window_s_end__is_challenged", 50000, false, true},
    {"a_reset_beyond_the_window__is_ignored", 60000, false, false},
    {"a_reset_before_the_window__is_ignored", 500, false, false},
};

static void a_reset_does_what_its_row_says(void **state)
{
    const struct rst_row *r = *state;

    open_it(NULL);
    give(0, 500);
    give(500, 500);
    lone_flush(&lone);
    lone_send(&lone, (struct tcp){.flags = TCP_RST, .seq = r->seq});
    assert_int_equal(lone_status(&lone).state, r->kills ? HOST_FLOW_RESET : HOST_FLOW_OPEN);
    if (r->challenged)
        expect_ack(1000);
    else
        expect_silence();
    close_it(NULL);
}

static void a_syn_in_the_window__is_challenged_at_most_twice_a_second(void **state)
{
    (void)state;
    lone_send(&lone, (struct tcp){.flags = TCP_SYN, .seq = 100, .window = 1});
    expect_ack(0);
    lone_send(&lone, (struct tcp){.flags = TCP_SYN, .seq = 100, .window = 1});
    expect_silence();
    lone_wait(&lone, SPAN_MS(501));
    lone_send(&lone, (struct tcp){.flags = TCP_SYN, .seq = 100, .window = 1});
    expect_ack(0);
}

static void an_ack_of_what_was_never_sent__is_challenged(void **state)
{
    (void)state;
    lone_send(&lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 5000, .window = 1});
    expect_ack(0);
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
}

static void a_segment_of_no_connection__is_reset(void **state)
{
    struct tcp t;

    (void)state;
    lone.peer.port = 2001; /* RFC 9293, 3.5.2: <SEQ=SEG.ACK><CTL=RST> */
    lone_send(&lone, (struct tcp){.flags = TCP_ACK, .seq = 7, .ack = 9, .window = 1});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_RST);
    assert_int_equal(t.seq, 9);
    lone.us.port = 1001; /* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
    lone_send(&lone, (struct tcp){.flags = TCP_SYN, .seq = 7, .window = 1});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_RST | TCP_ACK);
    assert_int_equal(t.seq + lone.irs, 0);
    assert_int_equal(t.ack, 8);
    lone_send(&lone, (struct tcp){.flags = TCP_RST, .seq = 7});
    expect_silence();
}

static void a_bad_checksum__is_dropped(void **state)
{
    struct ip ip = {
        .version = 4, .proto = IP_TCP, .ttl = 64, .src = lone.peer.addr, .dst = lone.us.addr};
    struct host_stats s;
    uint8_t seg[64];
    struct wr w = wr_of(seg, sizeof(seg));
    struct tcp t = {.src = 2000, .dst = 1000, .flags = TCP_RST, .seq = LONE_ISS + 1};

    (void)state;
    tcp_put(&w, &t, &ip.src, &ip.dst);
    seg[17] ^= 1;
    lone_input_ip(&lone, &ip, wr_bytes(&w));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    host_stats(lone.host, &s);
    assert_int_equal(s.bad_checksum, 1);
    seg[17] ^= 1;
    lone_input_ip(&lone, &ip, wr_bytes(&w));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_RESET);
}

/* --- the end --------------------------------------------------------------------------------- */

static void a_fin_that_overtakes_data__waits_for_it(void **state)
{
    struct tcp t;

    (void)state;
    for (uint32_t at = 0; at < 99000; at += 1000)
        give(at, 1000);
    lone_flush(&lone);
    lone_send(&lone,
              (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 100001, .ack = 1, .window = 60000});
    expect_ack(99000);
    give(99000, 1000);
    assert_true(lone_segment(&lone, &t, NULL)); /* its turn: 10,000 bytes */
    assert_int_equal(t.ack, 100002);
    assert_int_equal(t.data.n, 1460);
}

static void an_early_fin__ends_it_with_a_reset(void **state)
{
    struct tcp t;

    (void)state;
    give(0, 1000);
    lone_send(&lone,
              (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1001, .ack = 1, .window = 60000});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_RST | TCP_ACK);
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_RESET);
}

#define ONE(f)                                                                                     \
    {                                                                                              \
#f, f, open_it, close_it, NULL                                                             \
    }

int main(void)
{
    static const struct CMUnitTest single[] = {
        ONE(one_segment__is_acknowledged_after_40_ms),
        ONE(every_second_segment__is_acknowledged_at_once),
        ONE(a_hole__is_reported_at_once_and_so_is_its_end),
        ONE(a_segment_that_came_before__is_acknowledged_and_not_counted),
        ONE(a_segment_that_overlaps__gives_what_is_new),
        ONE(data_beyond_the_window__is_cut_at_its_edge),
        ONE(altered_bytes__are_counted_once_each),
        ONE(bytes_beyond_the_tape__are_altered),
        ONE(a_syn_in_the_window__is_challenged_at_most_twice_a_second),
        ONE(an_ack_of_what_was_never_sent__is_challenged),
        ONE(a_segment_of_no_connection__is_reset),
        ONE(a_bad_checksum__is_dropped),
        ONE(a_fin_that_overtakes_data__waits_for_it),
        ONE(an_early_fin__ends_it_with_a_reset),
    };
    struct CMUnitTest tests[COUNT(rfc2018) + COUNT(rst_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rfc2018); i++)
        tests[n++] = (struct CMUnitTest){rfc2018[i].what, sacks_as_rfc_2018_has_it, NULL, NULL,
                                         (void *)&rfc2018[i]};
    for (size_t i = 0; i < COUNT(rst_rows); i++)
        tests[n++] = (struct CMUnitTest){rst_rows[i].what, a_reset_does_what_its_row_says, NULL,
                                         NULL, (void *)&rst_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("tcp_input", tests, NULL, NULL);
}
