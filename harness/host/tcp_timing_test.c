/* What depends on time: pauses, outages, shut windows, keep-alives, the last minute. */
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#define A    CONV_A
#define B    CONV_B
#define HOUR ((struct mono){3600LL * 1000000000})

struct fixture {
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
    uint32_t id;
};

static void begin(struct fixture *f, const struct two_row *rows, size_t n,
                  const struct host_config cfg[2])
{
    conv_make(&f->conv, CONV_TCP, rows, n);
    tape_init(&f->tape, &f->conv, NULL);
    two_hosts_init(&f->net, 1, 4, cfg);
    f->id = two_hosts_add(&f->net, &f->tape, 4000);
}

static void end(struct fixture *f)
{
    two_hosts_release(&f->net);
    conv_release(&f->conv);
}

static struct host_flow_status status(const struct fixture *f, int side)
{
    return two_hosts_status(&f->net, side, f->id);
}

static int64_t ms_now(const struct fixture *f)
{
    return f->net.clk.at.ns / 1000000;
}

static void check_done(const struct fixture *f)
{
    for (int side = 0; side < 2; side++) {
        assert_int_equal(status(f, side).state, HOST_FLOW_DONE);
        assert_int_equal(status(f, side).altered, 0);
        assert_int_equal(status(f, side).delivered, f->tape.total[!side]);
    }
}

/* --- turns -------------------------------------------------------------------------------------
 */

struct sighting { /* of data, by side */
    struct mono at[2][16];
    size_t n[2];
};

static size_t watch_data(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    struct sighting *s = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind == PKT_TCP && (p.tcp.data.n > 0 || tcp_has(&p.tcp, TCP_FIN)) && s->n[from] < 16)
        s->at[from][s->n[from]++] = net->clk.at;
    return n;
}

/* ARP and the handshake take 20 ms on a link of 5 ms. */
static void turns__follow_each_other_by_cause_and_pause(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 100, 30},  /* 20 + 30 */
        {TURN_DATA, B, 100, 200}, /* + 5 + 200 */
        {TURN_DATA, B, 100, 40},  /* + 40 */
        {TURN_DATA, A, 100, 3000} /* + 5 + 3000 */
    };
    static const int64_t want[2][2] = {{50, 3300}, {255, 295}};
    struct sighting s = {0};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    f.net.hook = watch_data;
    f.net.hook_ctx = &s;
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    for (int side = 0; side < 2; side++)
        for (size_t i = 0; i < 2; i++)
            assert_in_range(s.at[side][i].ns / 1000000, want[side][i], want[side][i] + 6);
    end(&f);
}

static void a_half_closed_connection__goes_on_in_the_other_direction(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 1000, 0},      {TURN_FIN, A, 0, 0}, {TURN_DATA, B, 500000, 100},
        {TURN_DATA, B, 500000, 5000}, {TURN_FIN, B, 0, 0},
    };
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    assert_in_range(ms_now(&f), 5100, 6000);
    end(&f);
}

static void a_tape_without_fins__is_closed_by_both_at_once(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 1000, 0}};
    struct fixture f;

    (void)state;
    begin(&f, rows, 1, NULL);
    f.net.delay = SPAN_MS(50);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    end(&f);
}

static void a_reset_on_the_tape__is_played_and_expected(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 1000, 0}, {TURN_DATA, B, 50000, 0}, {TURN_RST, A, 0, 10}};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    end(&f);
}

static size_t lose_resets(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    int *left = net->hook_ctx;
    struct pkt p;

    (void)from;
    pkt_parse(bytes_of(frame, n), &p);
    return p.kind == PKT_TCP && tcp_has(&p.tcp, TCP_RST) && (*left)-- > 0 ? 0 : n;
}

static void a_reset_that_is_lost__is_asked_for(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 1000, 0}, {TURN_DATA, B, 50000, 0}, {TURN_RST, A, 0, 1000}};
    struct fixture f;
    int left = 1;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    f.net.hook = lose_resets;
    f.net.hook_ctx = &left;
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    assert_in_range(ms_now(&f), 10000, 13000);
    end(&f);
}

/* --- outages -----------------------------------------------------------------------------------
 */

static const struct two_row download[] = {
    {TURN_DATA, A, 300, 0}, {TURN_DATA, B, 3000000, 0}, {TURN_FIN, B, 0, 0}, {TURN_FIN, A, 0, 0}};

static void an_outage_of_five_minutes__is_survived(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    f.net.down_from = (struct mono){100 * 1000000};
    f.net.down_to = mono_add(f.net.down_from, SPAN_S(300));
    two_hosts_run(&f.net, (struct mono){290LL * 1000000000});
    struct host_flow_status s = status(&f, 1);
    assert_int_equal(s.state, HOST_FLOW_OPEN);
    assert_true(s.in_flight > 0);
    assert_int_equal(s.rto_fired, 10); /* 0.21 s * (2^10 - 1) is 215 s, the next one at 335 s */
    assert_in_range(s.last_progress.ns / 1000000, 95, 111);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    assert_in_range(ms_now(&f), 330000, 337000); /* the next try, then on at full speed */
    end(&f);
}

/* The last ACK is lost, the FIN comes again when the peer's TIME-WAIT is over: RST, but no harm. */
static void an_outage_in_the_goodbye__is_no_reset(void **state)
{
    static const struct two_row rows[] = {
        {TURN_DATA, A, 300, 0}, {TURN_FIN, A, 0, 0}, {TURN_FIN, B, 0, 10}};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), NULL);
    f.net.down_from = (struct mono){39 * 1000000};
    f.net.down_to = mono_add(f.net.down_from, SPAN_S(70));
    two_hosts_run(&f.net, (struct mono){60LL * 1000000000});
    assert_int_equal(status(&f, 0).state, HOST_FLOW_DONE);
    assert_int_equal(status(&f, 1).state, HOST_FLOW_OPEN);
    two_hosts_run(&f.net, HOUR);
    check_done(&f);
    end(&f);
}

static void an_outage_of_an_hour__is_not(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    f.net.down_from = (struct mono){100 * 1000000};
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, HOUR);
    assert_int_equal(status(&f, 1).state, HOST_FLOW_GAVE_UP);
    assert_int_equal(status(&f, 1).rto_fired, 15);
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN); /* it only listens: nobody tells it */
    end(&f);
}

static void a_user_timeout__decides_instead_of_the_count(void **state)
{
    static const int64_t limits[] = {5, 30, 2000};

    (void)state;
    for (size_t i = 0; i < COUNT(limits); i++) {
        const struct host_config cfg[2] = {[1].user_timeout = SPAN_S(limits[i])};
        struct fixture f;
        begin(&f, download, COUNT(download), cfg);
        f.net.down_from = (struct mono){100 * 1000000};
        f.net.down_to = HOUR;
        two_hosts_run(&f.net, (struct mono){limits[i] * 1000000000});
        assert_int_equal(status(&f, 1).state, HOST_FLOW_OPEN);
        two_hosts_run(&f.net, (struct mono){limits[i] * 1000000000 + 200000000});
        assert_int_equal(status(&f, 1).state, HOST_FLOW_GAVE_UP);
        end(&f);
    }
}

static void keep_alive__finds_out(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 300, 0}, {TURN_DATA, B, 300, 7200 * 1000}};
    const struct host_config cfg[2] = {[0].keepalive = SPAN_S(60)};
    struct fixture f;

    (void)state;
    begin(&f, rows, COUNT(rows), cfg);
    two_hosts_run(&f.net, (struct mono){1000LL * 1000000000});
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN); /* answered each time */
    uint64_t asked = f.net.sent[0];
    assert_in_range(asked, 16, 24);
    f.net.down_from = f.net.clk.at;
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, (struct mono){1700LL * 1000000000});
    assert_int_equal(status(&f, 0).state, HOST_FLOW_OPEN);
    two_hosts_run(&f.net, (struct mono){1760LL * 1000000000}); /* 60 s and nine times 75 s */
    assert_int_equal(status(&f, 0).state, HOST_FLOW_GAVE_UP);
    assert_int_equal(f.net.sent[0], asked + 9);
    end(&f);
}

/* --- shut windows ------------------------------------------------------------------------------
 */

static void add_not_reading(struct fixture *f)
{
    struct endpoint a = {f->net.ep[0].addr, 5000}, b = {f->net.ep[1].addr, 81};
    struct host_flow flow = {.tape = &f->tape, .side = A, .local = a, .remote = b};

    flow.stop_reading = true;
    assert_ok(host_add_flow(f->net.host[0], &flow, &f->id));
    flow = (struct host_flow){.tape = &f->tape, .side = B, .local = b, .remote = a};
    assert_ok(host_add_flow(f->net.host[1], &flow, &f->id));
}

static size_t lose_next_update(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    int *left = net->hook_ctx;

    (void)frame;
    return from == 0 && (*left)-- > 0 ? 0 : n;
}

static void a_shut_window__is_probed_until_it_opens(void **state)
{
    struct fixture f;
    int lost = 1;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    two_hosts_run(&f.net, HOUR); /* the first flow; out of the way */
    add_not_reading(&f);
    struct mono start = f.net.clk.at;
    two_hosts_run(&f.net, mono_add(start, SPAN_S(100)));
    struct host_flow_status s = status(&f, 1);
    assert_int_equal(s.sent, 256 * 1024); /* as much as fits */
    assert_int_equal(s.in_flight, 0);
    assert_in_range(s.window_probes, 8, 9); /* 0.2 s, doubling */
    assert_int_equal(s.retransmitted_segments, 0);
    assert_int_equal(s.state, HOST_FLOW_OPEN);
    two_hosts_run(&f.net, mono_add(start, SPAN_S(3000))); /* far longer than 15 retries take */
    s = status(&f, 1);
    assert_int_equal(s.state, HOST_FLOW_OPEN);
    assert_in_range(s.window_probes, 30, 36); /* every 120 s in the end */
    f.net.hook = lose_next_update;
    f.net.hook_ctx = &lost;
    host_read_on(f.net.host[0], f.id);
    assert_int_equal(lost, 0); /* the update went, and was lost: the next probe finds out */
    two_hosts_run(&f.net, mono_add(start, SPAN_S(3200)));
    check_done(&f);
    end(&f);
}

static void a_window_update__lets_it_go_on_at_once(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, download, COUNT(download), NULL);
    two_hosts_run(&f.net, HOUR);
    add_not_reading(&f);
    two_hosts_run(&f.net, mono_add(f.net.clk.at, SPAN_S(100)));
    struct mono opened = f.net.clk.at;
    host_read_on(f.net.host[0], f.id);
    two_hosts_run(&f.net, mono_add(opened, SPAN_S(5)));
    check_done(&f);
    assert_in_range(mono_diff(opened, f.net.clk.at).ns / 1000000, 50, 1500);
    end(&f);
}

/* --- alone -------------------------------------------------------------------------------------
 */

static struct lone lone;

static void fins_that_cross__are_both_acknowledged(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 100, 0}};
    struct conversation conv;
    struct tape tape;
    struct tcp t;

    (void)state;
    conv_make(&conv, CONV_TCP, rows, 1);
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, A);
    lone_open(&lone, A, NULL, 60000);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_FIN | TCP_PSH | TCP_ACK);
    lone_send(&lone, (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 1, .window = 1000});
    assert_true(lone_segment(&lone, &t, NULL)); /* RFC 9293, figure 13: CLOSING */
    assert_int_equal(t.flags, TCP_ACK);
    assert_int_equal(t.ack, 2);
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    lone_send(&lone, (struct tcp){.flags = TCP_ACK, .seq = 2, .ack = 102, .window = 1000});
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_DONE);
    lone_wait(&lone, SPAN_S(50)); /* TIME-WAIT: a FIN that comes again is acknowledged again */
    lone_send(&lone,
              (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 102, .window = 1000});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_ACK);
    lone_wait(&lone, SPAN_S(61)); /* and then it is over */
    lone_send(&lone,
              (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 102, .window = 1000});
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_RST);
    assert_true(mono_is_never(host_deadline(lone.host)));
    lone_release(&lone);
    conv_release(&conv);
}

static void an_unanswered_window_probe__gives_up_in_the_end(void **state)
{
    struct conversation conv;
    struct tape tape;
    struct tcp t;

    (void)state;
    conv_make(&conv, CONV_TCP, download, COUNT(download));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, &(struct host_config){.no_timestamps = true}, 4, 1);
    lone_add(&lone, &tape, A);
    lone_open(&lone, A, NULL, 0); /* the window is shut from the start */
    lone_flush(&lone);
    lone_wait(&lone, SPAN_MS(250));
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.seq, 1); /* RFC 9293, 3.8.6.1: one byte of new data */
    assert_int_equal(t.data.n, 1);
    lone_send(&lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 2, .window = 0});
    assert_int_equal(lone_status(&lone).acked, 1); /* the byte was taken nevertheless */
    lone_flush(&lone);
    lone_wait(&lone, SPAN_S(900));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_OPEN);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.seq, 2);
    lone_wait(&lone, SPAN_S(300));
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_GAVE_UP);
    lone_release(&lone);
    conv_release(&conv);
}

static void an_old_timestamp__is_answered_and_dropped(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 5000, 0}};
    struct tcp_opts o = {.mss = 1460, .has_ts = true, .tsval = 1000};
    struct conversation conv;
    struct tape tape;
    uint8_t b[100];
    struct tcp seg = {
        .flags = TCP_ACK, .seq = 1, .ack = 1, .window = 60000, .data = bytes_of(b, sizeof(b))};

    (void)state;
    conv_make(&conv, CONV_TCP, rows, 1);
    tape_init(&tape, &conv, NULL);
    tape_read(&tape, A, 0, b, sizeof(b));
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, B);
    lone_open(&lone, B, &o, 60000);
    o = (struct tcp_opts){.has_ts = true, .tsval = 999};
    lone_send_opts(&lone, seg, &o); /* RFC 7323, 5.3, R1 */
    assert_int_equal(lone_flush(&lone), 1);
    assert_int_equal(lone_status(&lone).delivered, 0);
    lone_wait(&lone, SPAN_S(25LL * 24 * 3600)); /* R1 holds for 24 days */
    lone_send_opts(&lone, seg, &o);
    assert_int_equal(lone_status(&lone).delivered, 100);
    lone_release(&lone);
    conv_release(&conv);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(turns__follow_each_other_by_cause_and_pause),
        TEST(a_half_closed_connection__goes_on_in_the_other_direction),
        TEST(a_tape_without_fins__is_closed_by_both_at_once),
        TEST(fins_that_cross__are_both_acknowledged),
        TEST(a_reset_on_the_tape__is_played_and_expected),
        TEST(a_reset_that_is_lost__is_asked_for),
        TEST(an_outage_of_five_minutes__is_survived),
        TEST(an_outage_in_the_goodbye__is_no_reset),
        TEST(an_outage_of_an_hour__is_not),
        TEST(a_user_timeout__decides_instead_of_the_count),
        TEST(keep_alive__finds_out),
        TEST(a_shut_window__is_probed_until_it_opens),
        TEST(a_window_update__lets_it_go_on_at_once),
        TEST(an_unanswered_window_probe__gives_up_in_the_end),
        TEST(an_old_timestamp__is_answered_and_dropped),
    };
    return cmocka_run_group_tests_name("tcp_timing", tests, NULL, NULL);
}
