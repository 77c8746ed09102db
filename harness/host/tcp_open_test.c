/* The handshake, from both sides, option by option, and what comes instead of it. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

static struct conversation conv;
static struct tape tape;
static struct lone lone; /* large: not on the stack */

static const struct two_row talk[] = {
    {TURN_DATA, CONV_A, 20000, 0},
    {TURN_DATA, CONV_B, 20000, 0},
};

static int make(void **state)
{
    (void)state;
    conv_make(&conv, CONV_TCP, talk, COUNT(talk));
    tape_init(&tape, &conv, NULL);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    conv_release(&conv);
    return 0;
}

static const struct row {
    const char *what;
    uint8_t family;
    struct tcp_opts theirs; /* in the peer's SYN */
    struct tcp_opts ours;   /* wanted in the answer of a listener */
    size_t segment;         /* data bytes of a full segment of ours */
    struct host_config cfg;
} rows[] = {
    {"all_options__are_answered_in_kind",
     4,
     {.mss = 1460,
      .has_wscale = true,
      .wscale = 7,
      .sack_permitted = true,
      .has_ts = true,
      .tsval = 77},
     {.mss = 1460,
      .has_wscale = true,
      .wscale = 3,
      .sack_permitted = true,
      .has_ts = true,
      .tsecr = 77},
     .segment = 1448},
    {"a_bare_syn__gets_mss_only", 4, {.mss = 0}, {.mss = 1460}, .segment = 536},
    {"a_bare_syn_over_ipv6__means_1220", 6, {.mss = 0}, {.mss = 1440}, .segment = 1220},
    {"no_timestamps_from_the_peer__none_from_us",
     4,
     {.mss = 1460, .sack_permitted = true},
     {.mss = 1460, .sack_permitted = true},
     .segment = 1460},
    {"no_timestamps_configured__none_answered",
     4,
     {.mss = 1460, .has_ts = true, .tsval = 5},
     {.mss = 1460},
     .segment = 1460,
     .cfg.no_timestamps = true},
    {"no_sack_configured__none_answered",
     4,
     {.mss = 1460, .sack_permitted = true},
     {.mss = 1460},
     .segment = 1460,
     .cfg.no_sack = true},
    {"no_window_scale_configured__none_answered",
     4,
     {.mss = 1460, .has_wscale = true, .wscale = 7},
     {.mss = 1460},
     .segment = 1460,
     .cfg.no_window_scale = true},
    {"a_small_window__needs_no_shift",
     4,
     {.mss = 1460, .has_wscale = true, .wscale = 7},
     {.mss = 1460, .has_wscale = true},
     .segment = 1460,
     .cfg.recv_window = 30000},
    {"an_mss_clamped_on_the_way__is_kept_to", 4, {.mss = 1380}, {.mss = 1460}, .segment = 1380},
    {"timestamps__come_out_of_the_mss",
     4,
     {.mss = 1380, .has_ts = true, .tsval = 1},
     {.mss = 1460, .has_ts = true, .tsecr = 1},
     .segment = 1368},
    {"an_mss_beyond_our_mtu__is_cut_to_it",
     4,
     {.mss = 9000},
     {.mss = 1260},
     .segment = 1260,
     .cfg.mtu = 1300},
    {"a_configured_mss__is_announced",
     4,
     {.mss = 1460},
     {.mss = 1000},
     .segment = 1460,
     .cfg.mss = 1000},
    {"an_mss_of_nothing__is_taken_as_48", 4, {.mss = 1}, {.mss = 1460}, .segment = 48},
    {"ipv6__has_sixty_bytes_of_headers", 6, {.mss = 9000}, {.mss = 1440}, .segment = 1440},
};

static void check_opts(const struct tcp_opts *got, const struct tcp_opts *want)
{
    assert_int_equal(got->mss, want->mss);
    assert_int_equal(got->has_wscale, want->has_wscale);
    assert_int_equal(got->wscale, want->wscale);
    assert_int_equal(got->sack_permitted, want->sack_permitted);
    assert_int_equal(got->has_ts, want->has_ts);
    assert_int_equal(got->tsecr, want->tsecr);
}

static void the_listener_answers_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct lone *l = &lone;
    struct tcp t;

    lone_init(l, &r->cfg, r->family, 1);
    lone_add(l, &tape, CONV_B);
    assert_int_equal(lone_status(l).state, HOST_FLOW_WAITING);
    lone_send_opts(l, (struct tcp){.flags = TCP_SYN, .window = 60000}, &r->theirs);
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(t.ack, 1);
    check_opts(&l->opts, &r->ours);
    assert_int_equal(lone_status(l).state, HOST_FLOW_OPEN);
    lone_release(l);
}

static void the_opener_keeps_to_what_was_agreed(void **state)
{
    const struct row *r = *state;
    struct lone *l = &lone;
    struct tcp_opts theirs = r->theirs;
    struct tcp t;

    lone_init(l, &r->cfg, r->family, 1);
    lone_add(l, &tape, CONV_A);
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_SYN);
    assert_int_equal(l->opts.mss, r->ours.mss);
    assert_int_equal(l->opts.sack_permitted, !r->cfg.no_sack);
    assert_int_equal(l->opts.has_ts, !r->cfg.no_timestamps);
    assert_int_equal(l->opts.has_wscale, !r->cfg.no_window_scale);
    theirs.has_wscale = theirs.has_wscale && l->opts.has_wscale; /* else the peer is in error */
    theirs.has_ts = theirs.has_ts && l->opts.has_ts;
    theirs.tsecr = l->opts.tsval;
    lone_send_opts(l, (struct tcp){.flags = TCP_SYN | TCP_ACK, .ack = 1, .window = 60000}, &theirs);
    assert_true(lone_segment(l, &t, NULL)); /* the data carries the ACK of the handshake */
    assert_int_equal(t.data.n, r->segment);
    assert_int_equal(t.ack, 1);
    assert_int_equal(t.seq, 1);
    assert_int_equal(l->opts.has_ts, r->ours.has_ts);
    assert_int_equal(tape_match(&tape, CONV_A, 0, t.data), t.data.n);
    lone_release(l);
}

static void both_open_at_once__becomes_one_connection(void **state)
{
    struct lone *l = &lone;
    static const struct tcp_opts o = {.mss = 1460};
    struct tcp t;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_A);
    assert_true(lone_segment(l, &t, NULL));
    lone_send_opts(l, (struct tcp){.flags = TCP_SYN, .window = 60000}, &o); /* RFC 9293, figure 7 */
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(t.seq, 0);
    lone_send_opts(l, (struct tcp){.flags = TCP_SYN | TCP_ACK, .ack = 1, .window = 60000}, &o);
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.seq, 1);
    assert_int_equal(t.ack, 1);
    assert_true(t.data.n > 0);
    lone_release(l);
}

static void a_reset_that_acknowledges_the_syn__refuses(void **state)
{
    struct lone *l = &lone;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_A);
    lone_flush(l);
    lone_send(l, (struct tcp){.flags = TCP_RST, .seq = 1});
    lone_send(l, (struct tcp){.flags = TCP_RST | TCP_ACK, .ack = 17});
    assert_int_equal(lone_status(l).state, HOST_FLOW_OPEN);
    lone_send(l, (struct tcp){.flags = TCP_RST | TCP_ACK, .ack = 1});
    assert_int_equal(lone_status(l).state, HOST_FLOW_RESET);
    assert_true(host_is_done(l->host));
    lone_release(l);
}

static void an_answer_to_another_syn__is_reset_and_the_open_goes_on(void **state)
{
    struct lone *l = &lone;
    struct tcp t;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_A);
    lone_flush(l);
    lone_send(l, (struct tcp){.flags = TCP_SYN | TCP_ACK, .ack = 99, .window = 1000});
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_RST);
    assert_int_equal(t.seq, 99);
    assert_int_equal(lone_status(l).state, HOST_FLOW_OPEN);
    lone_release(l);
}

static void a_repeated_syn__is_answered_again(void **state)
{
    struct lone *l = &lone;
    struct tcp t;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_B);
    for (int i = 0; i < 3; i++) {
        lone_send(l, (struct tcp){.flags = TCP_SYN, .window = 1000});
        assert_true(lone_segment(l, &t, NULL));
        assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
        assert_int_equal(t.ack, 1);
        assert_false(lone_segment(l, &t, NULL));
    }
    lone_release(l);
}

static void a_syn_with_another_number__begins_anew(void **state)
{
    struct lone *l = &lone;
    struct tcp t;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_B);
    lone_send(l, (struct tcp){.flags = TCP_SYN, .window = 1000});
    lone_flush(l);
    lone_send(l, (struct tcp){.flags = TCP_SYN, .seq = 5000, .window = 1000});
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(t.ack, 5001);
    lone_release(l);
}

static void a_reset_of_a_half_open_connection__leaves_the_listener(void **state)
{
    struct lone *l = &lone;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_B);
    lone_send(l, (struct tcp){.flags = TCP_SYN, .window = 1000});
    lone_flush(l);
    lone_send(l, (struct tcp){.flags = TCP_RST, .seq = 1});
    assert_int_equal(lone_status(l).state, HOST_FLOW_WAITING);
    lone_open(l, CONV_B, NULL, 1000);
    assert_int_equal(lone_status(l).state, HOST_FLOW_OPEN);
    lone_release(l);
}

static void an_ack_of_something_else_in_syn_received__is_reset(void **state)
{
    struct lone *l = &lone;
    struct tcp t;

    (void)state;
    lone_init(l, NULL, 4, 1);
    lone_add(l, &tape, CONV_B);
    lone_send(l, (struct tcp){.flags = TCP_SYN, .window = 1000});
    lone_flush(l);
    lone_send(l, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 2, .window = 1000});
    assert_true(lone_segment(l, &t, NULL));
    assert_int_equal(t.flags, TCP_RST);
    assert_int_equal(t.seq, 2);
    lone_release(l);
}

#define ONE(f)                                                                                     \
    {                                                                                              \
#f, f, make, drop, NULL                                                                    \
    }

int main(void)
{
    static const struct CMUnitTest single[] = {
        ONE(both_open_at_once__becomes_one_connection),
        ONE(a_reset_that_acknowledges_the_syn__refuses),
        ONE(an_answer_to_another_syn__is_reset_and_the_open_goes_on),
        ONE(a_repeated_syn__is_answered_again),
        ONE(a_syn_with_another_number__begins_anew),
        ONE(a_reset_of_a_half_open_connection__leaves_the_listener),
        ONE(an_ack_of_something_else_in_syn_received__is_reset),
    };
    struct CMUnitTest tests[2 * COUNT(rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++) {
        void *row = (void *)&rows[i];
        tests[n++] = (struct CMUnitTest){rows[i].what, the_listener_answers_as_its_row_says, make,
                                         drop, row};
        tests[n++] =
            (struct CMUnitTest){rows[i].what, the_opener_keeps_to_what_was_agreed, make, drop, row};
    }
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("tcp_open", tests, NULL, NULL);
}
