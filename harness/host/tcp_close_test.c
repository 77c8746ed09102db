/* The ends of a connection: FINs of all kinds, resets, TIME-WAIT. */
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

/* The listener closes first and waits; a new connection comes from the same translated port. */
static void time_wait__makes_room_for_a_newer_connection(void **state)
{
    static const struct two_row rows[] = {{TURN_FIN, B, 0, 0}};
    static const struct tcp_opts o = {.mss = 1460};
    struct conversation conv;
    struct tape tape;
    struct tcp t;
    uint32_t second;

    (void)state;
    conv_make(&conv, CONV_TCP, rows, 1);
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, B);
    lone_open(&lone, B, NULL, 1000);
    lone_send(&lone, (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 2, .window = 1000});
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_DONE);
    struct host_flow f = {.tape = &tape, .side = B, .local = lone.us, .remote = lone.peer};
    f.remote.port++;
    assert_ok(host_add_flow(lone.host, &f, &second));
    lone_flush(&lone);
    lone_send_opts(&lone, (struct tcp){.flags = TCP_SYN, .seq = 1, .window = 1000}, &o);
    assert_true(lone_segment(&lone, &t, NULL)); /* an old number: still the old connection */
    assert_int_equal(t.flags, TCP_ACK);
    lone_send_opts(&lone, (struct tcp){.flags = TCP_SYN, .seq = 100, .window = 1000}, &o);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_SYN | TCP_ACK);
    assert_int_equal(t.ack, 101);
    lone_release(&lone);
    conv_release(&conv);
}

static void nothing_comes_after_a_fin(void **state)
{
    static const struct two_row rows[] = {{TURN_DATA, A, 100, 0}, {TURN_DATA, B, 50, 5000}};
    static uint8_t more[200];
    struct conversation conv;
    struct tape tape;

    (void)state;
    conv_make(&conv, CONV_TCP, rows, COUNT(rows));
    tape_init(&tape, &conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, &tape, B);
    lone_open(&lone, B, NULL, 1000);
    struct tcp t = {.flags = TCP_FIN | TCP_ACK,
                    .seq = 51,
                    .ack = 1,
                    .window = 1000,
                    .data = bytes_of(conv.data[A].p + 50, 50)};
    lone_send(&lone, t); /* the end is known, the beginning is not */
    t = (struct tcp){.flags = TCP_ACK,
                     .seq = 101,
                     .ack = 1,
                     .window = 1000,
                     .data = bytes_of(more, sizeof(more))};
    lone_send(&lone, t);
    assert_int_equal(lone_status(&lone).altered, 0);
    t.seq = 1;
    t.data = bytes_of(conv.data[A].p, 50);
    lone_send(&lone, t);
    assert_int_equal(lone_status(&lone).delivered, 100);
    assert_int_equal(lone_status(&lone).altered, 0);
    lone_release(&lone);
    conv_release(&conv);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_half_closed_connection__goes_on_in_the_other_direction),
        TEST(a_tape_without_fins__is_closed_by_both_at_once),
        TEST(a_reset_on_the_tape__is_played_and_expected),
        TEST(a_reset_that_is_lost__is_asked_for),
        TEST(an_outage_in_the_goodbye__is_no_reset),
        TEST(fins_that_cross__are_both_acknowledged),
        TEST(time_wait__makes_room_for_a_newer_connection),
        TEST(nothing_comes_after_a_fin),
    };
    return cmocka_run_group_tests_name("tcp_close", tests, NULL, NULL);
}
