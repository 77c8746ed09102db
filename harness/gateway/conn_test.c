/* The life of a connection: what fits it, what ends it and with which words. */
#include "gateway/conn_parts.h"
#include "tests/conn_lab.h"
#include "tests/testkit.h"

enum { C, S, WAIT }; /* who sends; or `seq` milliseconds pass */

struct step {
    int who;
    uint8_t flags;
    uint32_t seq, ack;
    size_t len;
    enum conn_verdict want;
};

#define SYN_   TCP_SYN
#define SYNACK (TCP_SYN | TCP_ACK)
#define ACK_   TCP_ACK
#define FINACK (TCP_FIN | TCP_ACK)
#define RSTACK (TCP_RST | TCP_ACK)
#define DROP   CONN_DROP_STATE
#define OPENED                                                                                     \
    {C, SYN_, 99, 0, 0, 0}, {S, SYNACK, 499, 100, 0, 0},                                           \
    {                                                                                              \
        C, ACK_, 100, 500, 0, 0                                                                    \
    }
#define MINUTES 60000

static const struct life {
    const char *name;
    struct step steps[16];
    const char *said; /* NULL: it lives */
} lives[] = {
    /* ends; the first and the third as in olauret/cribl-cisco-asa-cleanup */
    {"a_syn_without_answer_times_out",
     {{C, SYN_, 99, 0, 0, 0}, {WAIT, 0, 30002, 0, 0, 0}},
     "duration 0:00:30 bytes 0 SYN Timeout"},
    {"repeated_syns_do_not_keep_it",
     {{C, SYN_, 99, 0, 0, 0},
      {WAIT, 0, 20000, 0, 0, 0},
      {C, SYN_, 99, 0, 0, 0},
      {WAIT, 0, 10002, 0, 0, 0}},
     "duration 0:00:30 bytes 0 SYN Timeout"},
    {"the_server_resets",
     {OPENED, {S, RSTACK, 500, 100, 0, 0}},
     "duration 0:00:00 bytes 0 TCP Reset-O"},
    {"the_client_resets", {OPENED, {C, RSTACK, 100, 500, 0, 0}}, "bytes 0 TCP Reset-I"},
    {"both_fins_and_the_last_ack",
     {OPENED, {C, FINACK, 100, 500, 10, 0}, {S, FINACK, 500, 111, 5, 0}, {C, ACK_, 111, 506, 0, 0}},
     "duration 0:00:00 bytes 15 TCP FINs"},
    {"the_last_ack_is_missing",
     {OPENED, {C, FINACK, 100, 500, 0, 0}, {S, FINACK, 500, 101, 0, 0}},
     NULL},
    {"a_half_closed_one_ends_after_ten_minutes",
     {OPENED, {C, FINACK, 100, 500, 0, 0}, {WAIT, 0, 10 * MINUTES + 2, 0, 0, 0}},
     "duration 0:10:00 bytes 0 FIN Timeout"},
    {"data_from_the_open_half_keeps_it",
     {OPENED,
      {C, FINACK, 100, 500, 0, 0},
      {WAIT, 0, 9 * MINUTES, 0, 0, 0},
      {S, ACK_, 500, 101, 100, 0},
      {WAIT, 0, 9 * MINUTES, 0, 0, 0}},
     NULL},
    {"an_idle_one_ends_after_an_hour",
     {OPENED, {C, ACK_, 100, 500, 7, 0}, {WAIT, 0, 60 * MINUTES + 2, 0, 0, 0}},
     "duration 1:00:00 bytes 7 Conn-timeout"},
    {"a_busy_one_does_not",
     {OPENED,
      {WAIT, 0, 59 * MINUTES, 0, 0, 0},
      {C, ACK_, 100, 500, 7, 0},
      {WAIT, 0, 59 * MINUTES, 0, 0, 0}},
     NULL},
    {"an_hour_begins_anew_with_the_last_packet",
     {OPENED,
      {WAIT, 0, 59 * MINUTES, 0, 0, 0},
      {C, ACK_, 100, 500, 7, 0},
      {WAIT, 0, 60 * MINUTES + 2, 0, 0, 0}},
     "duration 1:59:00 bytes 7 Conn-timeout"},
    /* bytes: the payload of both directions; what is sent again counts again */
    {"bytes_are_counted_as_they_pass",
     {OPENED,
      {C, ACK_, 100, 500, 1000, 0},
      {S, ACK_, 500, 1100, 200, 0},
      {C, ACK_, 100, 500, 1000, 0},
      {C, RSTACK, 1100, 700, 0, 0}},
     "bytes 2200 TCP Reset-I"},
    {"what_is_dropped_is_not_counted",
     {OPENED, {C, ACK_, 100, 900, 1000, DROP}, {C, RSTACK, 100, 500, 0, 0}},
     "bytes 0 TCP Reset-I"},
    /* what does not fit */
    {"a_reset_below_the_isn_of_a_half_open_one_is_dropped", /* CSCwj61793 */
     {{C, SYN_, 99, 0, 0, 0}, {C, TCP_RST, 98, 0, 0, DROP}},
     NULL},
    {"one_above_it_ends_it",
     {{C, SYN_, 99, 0, 0, 0}, {C, TCP_RST, 99999, 0, 0, 0}},
     "bytes 0 TCP Reset-I"},
    {"an_acknowledgement_of_what_was_never_sent_is_dropped",
     {OPENED, {S, ACK_, 500, 101, 0, DROP}},
     NULL},
    {"data_past_every_window_is_dropped", {OPENED, {C, ACK_, 100 + 66000, 500, 10, DROP}}, NULL},
    {"what_is_sent_again_passes",
     {OPENED, {C, ACK_, 100, 500, 10, 0}, {C, ACK_, 100, 500, 10, 0}},
     NULL},
    {"what_comes_early_passes",
     {OPENED, {C, ACK_, 1100, 500, 10, 0}, {C, ACK_, 100, 500, 1000, 0}},
     NULL},
    {"a_wrong_syn_ack_is_dropped", {{C, SYN_, 99, 0, 0, 0}, {S, SYNACK, 499, 77, 0, DROP}}, NULL},
    {"a_reset_out_of_order_is_dropped",
     {OPENED, {S, ACK_, 500, 100, 0, 0}, {S, RSTACK, 400, 100, 0, DROP}},
     NULL},
    {"data_before_the_handshake_is_dropped",
     {{C, SYN_, 99, 0, 0, 0}, {S, ACK_, 500, 100, 10, DROP}},
     NULL},
};

/* False when a packet met another verdict, which is said. */
static void play(struct conn_bed *b, const struct life *life)
{
    struct conn *c = NULL;

    for (size_t i = 0; i < COUNT(life->steps) && (i == 0 || life->steps[i].seq); i++) {
        const struct step *s = &life->steps[i];
        struct tcp t = {.flags = s->flags, .seq = s->seq, .ack = s->ack, .window = 65535};
        struct bed_packet k;
        if (s->who == WAIT) {
            bed_wait(b, s->seq);
            continue;
        }
        bed_packet(&k, s->who, IP_TCP, &t, s->len);
        if (!c) {
            c = bed_begin(b, &k);
            continue;
        }
        enum conn_verdict v = bed_take(b->t, c, s->who, &k.p);
        if (v != s->want)
            fail_msg("step %zu: %d", i, (int)v);
        conn_settle(b->t, c);
    }
}

static void lives_as_its_row_says(void **state)
{
    const struct life *life = *state;
    struct conn_bed b;

    bed_open(&b, NULL);
    play(&b, life);
    if (!life->said) {
        assert_int_equal(conns_count(b.t), 1);
        assert_false(bed_logged(&b, "302014"));
    } else {
        assert_int_equal(conns_count(b.t), 0);
        if (!bed_logged(&b, life->said)) {
            struct buf out = BUF_INIT;
            gw_syslog_show(b.log, &out);
            fail_msg("%s", buf_str(&out));
        }
    }
    bed_close(&b);
}

static void a_refused_syn_is_a_reset_from_outside(void **state)
{
    struct conn_bed b;
    struct bed_packet k;

    (void)state;
    bed_open(&b, NULL);
    bed_packet(&k, C, IP_TCP, &(struct tcp){.flags = TCP_SYN, .seq = 99}, 0);
    struct conn *c = bed_begin(&b, &k);
    bed_packet(&k, S, IP_TCP, &(struct tcp){.flags = RSTACK, .ack = 100}, 0);
    assert_int_equal(bed_take(b.t, c, S, &k.p), CONN_PASS);
    conn_settle(b.t, c);
    assert_true(bed_logged(&b, "duration 0:00:00 bytes 0 TCP Reset-O"));
    bed_close(&b);
}

static void timewait_keeps_a_closed_one_for_a_while(void **state)
{
    static const struct life closed = {"",
                                       {OPENED,
                                        {C, FINACK, 100, 500, 0, 0},
                                        {S, FINACK, 500, 101, 0, 0},
                                        {C, ACK_, 101, 501, 0, 0}},
                                       NULL};
    struct conn_bed b;

    (void)state;
    bed_open(&b, NULL);
    b.cfg->sysopt.timewait = true;
    play(&b, &closed);
    assert_true(bed_logged(&b, "TCP FINs")); /* it is logged at once */
    assert_int_equal(conns_count(b.t), 1);
    bed_wait(&b, 14000);
    assert_int_equal(conns_count(b.t), 1);
    bed_wait(&b, 1100);
    assert_int_equal(conns_count(b.t), 0);
    bed_close(&b);
}

static void datagrams_and_pings_have_timers_of_their_own(void **state)
{
    static const struct {
        uint8_t proto;
        int64_t ms;
        const char *said;
    } rows[] = {{IP_UDP, 120000,
                 "302016: Teardown UDP connection 1 for outside:198.51.100.9/53 to "
                 "inside:10.1.1.5/4711 duration 0:02:00 bytes 148\n"},
                {IP_ICMP, 2000,
                 "302021: Teardown ICMP connection for faddr 198.51.100.9/0 gaddr "
                 "10.1.1.5/9 laddr 10.1.1.5/9"}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct conn_bed b;
        struct bed_packet k;
        bed_open(&b, NULL);
        bed_packet(&k, 0, rows[i].proto, NULL, 48);
        struct conn *c = bed_begin(&b, &k);
        bed_packet(&k, 1, rows[i].proto, NULL, 100);
        int side;
        assert_ptr_equal(conns_find(b.t, &k.p, &side), c);
        assert_int_equal(side, 1);
        assert_int_equal(bed_take(b.t, c, 1, &k.p), CONN_PASS);
        bed_wait(&b, rows[i].ms - 1);
        assert_int_equal(conns_count(b.t), 1);
        bed_wait(&b, 3);
        assert_int_equal(conns_count(b.t), 0);
        if (!bed_logged(&b, rows[i].said))
            fail_msg("%s", rows[i].said);
        bed_close(&b);
    }
}

static void numbers_are_given_once_and_anew_after_a_crash(void **state)
{
    struct conn_bed b;
    struct bed_packet k;

    (void)state;
    bed_open(&b, NULL);
    bed_packet(&k, 0, IP_TCP, &(struct tcp){.flags = TCP_SYN, .seq = 9}, 0);
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(conn_id(bed_begin(&b, &k)), i);
        conns_clear(b.t, NULL, NULL, GW_REASON_FLOW_CLOSED);
    }
    assert_int_equal(conns_most(b.t), 1);
    assert_true(bed_logged(&b, "302014: Teardown TCP connection 3"));
    assert_true(bed_logged(&b, "Flow closed by inspection"));
    conns_forget(b.t);
    assert_int_equal(conn_id(bed_begin(&b, &k)), 1);
    bed_close(&b);
}

#define MORE 4

int main(void)
{
    struct CMUnitTest tests[COUNT(lives) + MORE] = {
        cmocka_unit_test(a_refused_syn_is_a_reset_from_outside),
        cmocka_unit_test(timewait_keeps_a_closed_one_for_a_while),
        cmocka_unit_test(datagrams_and_pings_have_timers_of_their_own),
        cmocka_unit_test(numbers_are_given_once_and_anew_after_a_crash),
    };

    for (size_t i = 0; i < COUNT(lives); i++)
        tests[MORE + i] = (struct CMUnitTest){lives[i].name, lives_as_its_row_says, NULL, NULL,
                                              (void *)&lives[i]};
    return cmocka_run_group_tests_name("gateway/conn", tests, NULL, NULL);
}
