/* Windows that shut, and how a sender finds out that they opened. */
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

static void check_done(const struct fixture *f)
{
    for (int side = 0; side < 2; side++) {
        assert_int_equal(status(f, side).state, HOST_FLOW_DONE);
        assert_int_equal(status(f, side).altered, 0);
        assert_int_equal(status(f, side).delivered, f->tape.total[!side]);
    }
}

static const struct two_row download[] = {
    {TURN_DATA, A, 300, 0}, {TURN_DATA, B, 3000000, 0}, {TURN_FIN, B, 0, 0}, {TURN_FIN, A, 0, 0}};

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

static struct lone lone;

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

/* Side A alone with 20,000 bytes to send in segments of 1000, no options. */
static void open_alone(struct conversation *conv, struct tape *tape, uint64_t n, uint16_t window)
{
    static const struct tcp_opts o = {.mss = 1000};
    const struct two_row row = {TURN_DATA, A, n, 0};

    conv_make(conv, CONV_TCP, &row, 1);
    tape_init(tape, conv, NULL);
    lone_init(&lone, NULL, 4, 1);
    lone_add(&lone, tape, A);
    lone_open(&lone, A, &o, window);
}

static void ack(uint32_t upto, uint16_t window)
{
    lone_send(&lone, (struct tcp){.flags = TCP_ACK, .seq = 1, .ack = 1 + upto, .window = window});
}

static void a_window_taken_back__has_everything_sent_again_when_it_opens(void **state)
{
    struct conversation conv;
    struct tape tape;
    struct tcp t;

    (void)state;
    open_alone(&conv, &tape, 20000, 60000);
    assert_int_equal(lone_flush(&lone), 10);
    ack(0, 0); /* thrown away, all of it */
    lone_wait(&lone, SPAN_S(5));
    for (int i = 0; i < 4; i++) { /* 0.2, 0.6, 1.4, 3.0 s */
        assert_true(lone_segment(&lone, &t, NULL));
        assert_int_equal(t.seq, 1);
        assert_int_equal(t.data.n, 1);
    }
    assert_int_equal(lone_flush(&lone), 0);
    ack(0, 60000);
    for (uint32_t i = 0; i < 10; i++) {
        assert_true(lone_segment(&lone, &t, NULL));
        assert_int_equal(t.seq, 1 + i * 1000);
        assert_int_equal(t.data.n, 1000);
    }
    assert_int_equal(lone_status(&lone).rto_fired, 0);
    lone_release(&lone);
    conv_release(&conv);
}

static void a_fin_against_a_shut_window__is_its_own_probe(void **state)
{
    struct conversation conv;
    struct tape tape;
    struct tcp t;

    (void)state;
    open_alone(&conv, &tape, 800, 800);
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.data.n, 800);
    assert_int_equal(t.flags, TCP_ACK | TCP_PSH); /* no room for the FIN */
    ack(800, 0);
    assert_int_equal(lone_flush(&lone), 0);
    lone_wait(&lone, SPAN_MS(300));
    assert_true(lone_segment(&lone, &t, NULL));
    assert_int_equal(t.flags, TCP_ACK | TCP_FIN);
    assert_int_equal(t.seq, 801);
    ack(801, 0); /* and it is taken */
    lone_send(&lone, (struct tcp){.flags = TCP_FIN | TCP_ACK, .seq = 1, .ack = 802});
    assert_int_equal(lone_status(&lone).state, HOST_FLOW_DONE);
    lone_release(&lone);
    conv_release(&conv);
}

static void a_silly_window__is_used_only_after_a_while(void **state)
{
    struct conversation conv;
    struct tape tape;
    struct tcp t;

    (void)state;
    open_alone(&conv, &tape, 20000, 5000);
    assert_int_equal(lone_flush(&lone), 5);
    ack(5000, 100); /* RFC 9293, 3.8.6.2.1: neither a segment nor half the largest window */
    assert_int_equal(lone_flush(&lone), 0);
    lone_wait(&lone, SPAN_MS(300));
    assert_true(lone_segment(&lone, &t, NULL)); /* the override timeout */
    assert_int_equal(t.seq, 5001);
    assert_int_equal(t.data.n, 100);
    ack(5100, 2500); /* half of it will do */
    assert_int_equal(lone_flush(&lone), 2);
    lone_release(&lone);
    conv_release(&conv);
}

#define TEST(f) cmocka_unit_test(f)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        TEST(a_shut_window__is_probed_until_it_opens),
        TEST(a_window_update__lets_it_go_on_at_once),
        TEST(an_unanswered_window_probe__gives_up_in_the_end),
        TEST(a_window_taken_back__has_everything_sent_again_when_it_opens),
        TEST(a_fin_against_a_shut_window__is_its_own_probe),
        TEST(a_silly_window__is_used_only_after_a_while),
    };
    return cmocka_run_group_tests_name("tcp_window", tests, NULL, NULL);
}
