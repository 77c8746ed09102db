/* TCP segments that fit a connection, and those that do not. Truth: the RFCs, the keywords of real
 * `show asp drop` outputs. */
#include "tests/conn_tcp_lab.h"
#include "tests/testkit.h"

#include "tests/conn_tcp_letters.h"

/* Rows begin on a connection whose client has sent 1000 as its ISN and whose server 5000, and is
 * established when OPEN. The last of SEGS is what WANT is about. */
static const struct fit_row {
    const char *what;
    bool open;
    enum gw_drop want;
    struct bench_seg segs[5];
} fits[] = {
    {"the_same_syn_again__passes", false, GW_DROP_NONE, {{C, S, 1000, 0, 0, 0, {0}, 0}}},
    {"a_syn_with_another_isn__is_a_duplicate",
     false,
     GW_DROP_TCP_SEQ_SYN,
     {{C, S, 1001, 0, 0, 0, {0}, 0}}},
    {"a_syn_of_the_other_side__is_a_dual_open",
     false,
     GW_DROP_TCP_DUAL_OPEN,
     {{V, S, 5000, 0, 0, 0, {0}, 0}}},
    {"a_syn_ack_of_the_client__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{C, SA, 1000, 5001, 0, 0, {0}, 0}}},
    {"data_before_the_syn_ack__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{C, PA, 1001, 5001, 10, 0, {0}, 0}}},
    {"data_of_a_server_without_a_syn__fails_the_handshake",
     false,
     GW_DROP_TCP_3WHS,
     {{V, PA, 5001, 1001, 10, 0, {0}, 0}}},
    {"a_syn_ack_of_another_syn__is_dropped",
     false,
     GW_DROP_TCP_ACK_SYN,
     {{V, SA, 5000, 1002, 0, 0, {0}, 0}}},
    {"a_syn_ack_with_data__is_dropped",
     false,
     GW_DROP_TCP_SYNACK_DATA,
     {{V, SA, 5000, 1001, 4, 0, {0}, 0}}},
    {"a_second_syn_ack_with_another_isn__is_dropped",
     false,
     GW_DROP_TCP_SEQ_SYN,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {V, SA, 6000, 1001, 0, 0, {0}, 0}}},
    {"a_third_step_that_acknowledges_too_much__is_dropped",
     false,
     GW_DROP_TCP_INVALID_ACK,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {C, A, 1001, 5002, 0, 0, {0}, 0}}},
    {"a_third_step_that_acknowledges_nothing__is_dropped",
     false,
     GW_DROP_TCP_INVALID_ACK,
     {{V, SA, 5000, 1001, 0, 0, {0}, 0}, {C, A, 1001, 5000, 0, 0, {0}, 0}}},
    {"a_refusal_of_the_syn__passes", false, GW_DROP_NONE, {{V, RA, 0, 1001, 0, 0, {0}, 0}}},
    {"a_refusal_of_another_syn__is_dropped",
     false,
     GW_DROP_TCP_RSTFIN_OOO,
     {{V, RA, 0, 900, 0, 0, {0}, 0}}},
    {"a_syn_ack_that_acknowledges_nothing__is_dropped",
     false,
     GW_DROP_TCP_ACK_SYN,
     {{V, SA, 5000, 1000, 0, 0, {0}, 0}}},

    {"data__passes", true, GW_DROP_NONE, {{C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"the_same_data_again__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 100, 0, {0}, 0},
      {V, A, 5001, 1101, 0, 0, {0}, 0},
      {C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"data_before_other_data__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1101, 5001, 100, 0, {0}, 0}, {C, PA, 1001, 5001, 100, 0, {0}, 0}}},
    {"an_ack_of_what_was_never_sent__is_invalid",
     true,
     GW_DROP_TCP_INVALID_ACK,
     {{C, A, 1001, 5002, 0, 0, {0}, 0}}},
    {"data_up_to_the_window__passes",
     true,
     GW_DROP_NONE,
     {{V, A, 5001, 1001, 0, 9000, {0}, 0}, {C, PA, 1001 + 8000, 5001, 1000, 0, {0}, 0}}},
    {"data_past_the_window__is_dropped",
     true,
     GW_DROP_TCP_PAST_WINDOW,
     {{V, A, 5001, 1001, 0, 9000, {0}, 0}, {C, PA, 1001 + 8002, 5001, 1000, 0, {0}, 0}}},
    {"a_syn_in_the_window__is_dropped_as_such",
     true,
     GW_DROP_TCP_RST_SYN,
     {{C, S, 1101, 0, 0, 0, {0}, 0}}},
    {"a_syn_outside_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_SYN_OOO,
     {{C, S, 900000, 0, 0, 0, {0}, 0}}},
    {"the_syn_ack_again__passes", true, GW_DROP_NONE, {{V, SA, 5000, 1001, 0, 0, {0}, 0}}},
    {"another_syn_ack__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{V, SA, 7000, 1001, 0, 0, {0}, 0}}},
    {"the_syn_ack_behind_data__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{V, PA, 5001, 1001, 10, 0, {0}, 0}, {V, SA, 5000, 1001, 0, 0, {0}, 0}}},
    {"a_syn_ack_of_the_client__is_out_of_order",
     true,
     GW_DROP_TCP_SYNACK_OOO,
     {{C, SA, 1001, 5001, 0, 0, {0}, 0}}},
    {"a_reset_where_the_stream_is__passes", true, GW_DROP_NONE, {{C, R, 1001, 0, 0, 0, {0}, 0}}},
    {"a_reset_behind_data_under_way__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 100, 0, {0}, 0}, {C, RA, 1101, 5001, 0, 0, {0}, 0}}},
    {"a_reset_elsewhere_in_the_window__is_dropped",
     true,
     GW_DROP_TCP_RST_SYN,
     {{C, R, 1500, 0, 0, 0, {0}, 0}}},
    {"a_reset_past_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, R, 900000, 0, 0, 0, {0}, 0}}},
    {"a_reset_before_the_stream__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, R, 500, 0, 0, 0, {0}, 0}}},
    {"data_behind_a_fin__is_dropped",
     true,
     GW_DROP_TCP_PAST_FIN,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, PA, 1002, 5001, 5, 0, {0}, 0}}},
    {"the_fin_again__passes",
     true,
     GW_DROP_NONE,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, FA, 1001, 5001, 0, 0, {0}, 0}}},
    {"the_data_before_a_fin_again__passes",
     true,
     GW_DROP_NONE,
     {{C, PA, 1001, 5001, 50, 0, {0}, 0},
      {C, FA, 1051, 5001, 0, 0, {0}, 0},
      {C, PA, 1001, 5001, 50, 0, {0}, 0}}},
    {"a_fin_at_another_place__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, FA, 1001, 5001, 0, 0, {0}, 0}, {C, FA, 1005, 5001, 0, 0, {0}, 0}}},
    {"a_fin_before_what_was_sent__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, PA, 1001, 5001, 50, 0, {0}, 0}, {C, FA, 1020, 5001, 0, 0, {0}, 0}}},
    {"a_fin_past_the_window__is_out_of_order",
     true,
     GW_DROP_TCP_RSTFIN_OOO,
     {{C, FA, 900000, 5001, 0, 0, {0}, 0}}},
};

static const struct bench_seg *last_of(const struct fit_row *row)
{
    size_t n = 1;

    while (n < COUNT(row->segs) && row->segs[n].flags)
        n++;
    return &row->segs[n - 1];
}

static void a_segment_fits_or_does_not(void **state)
{
    const struct fit_row *row = *state;
    struct tcp_bench *b = bench_new(false, 100, 0);

    if (row->open)
        bench_open_whole(b);
    else
        bench_open_half(b);
    for (const struct bench_seg *s = row->segs; s < last_of(row); s++)
        assert_int_equal(bench_pass(b, s), GW_DROP_NONE);
    assert_int_equal(bench_pass(b, last_of(row)), row->want);
    bench_free(b);
}

static void a_duplicate_syn_is_logged_in_the_devices_words(void **state)
{
    struct tcp_bench *b = bench_new(false, 100, 0);
    struct bench_seg other = {C, S, 4711, 0, 0, 0, {0}, 0};

    (void)state;
    bench_open_half(b);
    assert_int_equal(bench_pass(b, &other), GW_DROP_TCP_SEQ_SYN);
    bench_assert_logged(b, "%ASA-4-419002: Duplicate TCP SYN from inside:10.117.142.19/42098 to "
                           "dmz:192.168.198.28/443 with different initial sequence number.");
    bench_free(b);
}

/* --- timestamps --------------------------------------------------------------------------------
 */

static struct bench_seg stamped(struct bench_seg s, uint32_t val, uint32_t ecr)
{
    struct wr w = wr_of(s.opts, sizeof(s.opts));
    struct tcp_opts o = {.has_ts = true, .tsval = val, .tsecr = ecr};

    tcp_opts_put(&w, &o);
    s.nopts = (uint8_t)w.at;
    return s;
}

static void an_old_timestamp_is_of_an_old_segment(void **state)
{
    struct tcp_bench *b = bench_new(false, 100, 0);
    const struct {
        struct bench_seg s;
        enum gw_drop want;
    } steps[] = {
        {stamped((struct bench_seg){C, S, 1000, 0, 0, 0, {0}, 0}, 500, 0), GW_DROP_NONE},
        {stamped((struct bench_seg){V, SA, 5000, 1001, 0, 0, {0}, 0}, 90, 500), GW_DROP_NONE},
        {stamped((struct bench_seg){C, A, 1001, 5001, 0, 0, {0}, 0}, 501, 90), GW_DROP_NONE},
        {stamped((struct bench_seg){C, PA, 1001, 5001, 10, 0, {0}, 0}, 510, 90), GW_DROP_NONE},
        {stamped((struct bench_seg){V, A, 5001, 1011, 0, 0, {0}, 0}, 95, 510), GW_DROP_NONE},
        {stamped((struct bench_seg){C, PA, 1011, 5001, 10, 0, {0}, 0}, 509, 95), GW_DROP_TCP_PAWS},
        {stamped((struct bench_seg){C, PA, 1011, 5001, 10, 0, {0}, 0}, 510, 95), GW_DROP_NONE},
        /* out of order: it does not count as the last one */
        {stamped((struct bench_seg){C, PA, 1031, 5001, 10, 0, {0}, 0}, 530, 95), GW_DROP_NONE},
        {stamped((struct bench_seg){C, PA, 1021, 5001, 10, 0, {0}, 0}, 520, 95), GW_DROP_NONE},
        /* RFC 7323, 5.2: a reset is never dropped for its timestamp */
        {stamped((struct bench_seg){C, R, 1041, 0, 0, 0, {0}, 0}, 1, 0), GW_DROP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        if (bench_pass(b, &steps[i].s) != steps[i].want)
            fail_msg("step %zu", i);
    }
    bench_free(b);
}

#define MORE 2

int main(void)
{
    struct CMUnitTest tests[COUNT(fits) + MORE] = {
        cmocka_unit_test(a_duplicate_syn_is_logged_in_the_devices_words),
        cmocka_unit_test(an_old_timestamp_is_of_an_old_segment),
    };

    for (size_t i = 0; i < COUNT(fits); i++)
        tests[MORE + i] = (struct CMUnitTest){fits[i].what, a_segment_fits_or_does_not, NULL, NULL,
                                              (void *)(uintptr_t)&fits[i]};
    return cmocka_run_group_tests_name("gateway/conn_tcp", tests, NULL, NULL);
}
