/* The host as its caller sees it: start times, defaults, states in words, odd questions. */
#include "base/buf.h"
#include "tests/lone_host.h"
#include "tests/testkit.h"
#include "tests/two_hosts.h"

static const struct two_row talk[] = {{TURN_DATA, CONV_A, 100, 0}};

static void note(void *ctx, enum log_level level, const char *line)
{
    (void)level;
    buf_adds(ctx, line);
    buf_addc(ctx, '\n');
}

static void the_log__tells_a_flow_s_life(void **state)
{
    struct conversation conv;
    struct buf text = BUF_INIT;
    struct two_hosts net;
    struct tape tape;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, 1);
    tape_init(&tape, &conv, NULL);
    two_hosts_init(&net, 1, 4, NULL);
    net.log = (struct log){LOG_INFO, &net.clk.clock, note, &text};
    two_hosts_add(&net, &tape, 4000);
    two_hosts_run(&net, (struct mono){1000000000});
    assert_string_equal(
        buf_str(&text),
        "0.010000 host flow 0 10.1.0.10:4000 10.1.0.11:80: open, connecting\n"
        "0.015000 host flow 0 10.1.0.11:80 10.1.0.10:4000: open, SYN received\n"
        "0.030000 host flow 0 10.1.0.10:4000 10.1.0.11:80: done, both directions closed\n"
        "0.035000 host flow 0 10.1.0.11:80 10.1.0.10:4000: done, both directions closed\n");
    buf_release(&text);
    two_hosts_release(&net);
    conv_release(&conv);
}

static void an_opener__begins_at_its_time(void **state)
{
    static struct lone l;
    struct conversation conv;
    struct tape tape;
    struct pkt p;
    struct mono at;
    uint32_t id;

    (void)state;
    conv_make(&conv, CONV_TCP, talk, 1);
    tape_init(&tape, &conv, NULL);
    lone_init(&l, NULL, 4, 1);
    struct host_flow f = {
        .tape = &tape, .side = CONV_A, .local = l.us, .remote = l.peer, .start = {5000000000}};
    assert_ok(host_add_flow(l.host, &f, &id));
    lone_send(&l, (struct tcp){.flags = TCP_SYN, .window = 9}); /* nobody is there yet */
    assert_true(lone_frame(&l, &p, NULL));
    assert_int_equal(p.tcp.flags, TCP_RST | TCP_ACK);
    lone_wait(&l, SPAN_MS(4999));
    assert_false(lone_frame(&l, &p, &at));
    lone_wait(&l, SPAN_MS(5));
    assert_true(lone_frame(&l, &p, &at));
    assert_in_range(at.ns / 1000, 5000000, 5001100);
    lone_release(&l);
    conv_release(&conv);
}

static void odd_questions__get_plain_answers(void **state)
{
    struct host_config cfg = {
        .addr = ip4(1), .next_hop = ip4(2), .mtu = 100, .recv_window = UINT32_MAX};
    struct host_flow_status s = {.sent = 1};
    struct clock_virtual clk;
    struct rng_seeded rng;

    (void)state;
    host_free(NULL);
    clock_virtual_init(&clk);
    rng_seeded_init(&rng, 1, "x");
    struct host *h = host_new(&cfg, &clk.clock, &rng.rng, NULL);
    assert_true(host_is_done(h));
    assert_true(mono_is_never(host_deadline(h)));
    host_tick(h);
    host_read_on(h, 7);
    host_flow_status(h, 7, &s);
    assert_int_equal(s.sent, 0);
    host_input(h, bytes_of(NULL, 0));
    host_free(h);
    assert_string_equal(host_flow_state_name(HOST_FLOW_WAITING), "waiting");
    assert_string_equal(host_flow_state_name(HOST_FLOW_OPEN), "open");
    assert_string_equal(host_flow_state_name(HOST_FLOW_DONE), "done");
    assert_string_equal(host_flow_state_name(HOST_FLOW_RESET), "reset");
    assert_string_equal(host_flow_state_name(HOST_FLOW_GAVE_UP), "gave up");
    assert_string_equal(host_flow_state_name((enum host_flow_state)99), "unknown");
}

/* A sink that takes nothing, or none at all: everything is lost, nothing breaks. */
static void a_host_without_a_link__goes_on(void **state)
{
    static const enum conv_proto protos[] = {CONV_TCP, CONV_UDP, CONV_ICMP};

    (void)state;
    for (size_t i = 0; i < COUNT(protos); i++) {
        struct conversation conv;
        struct two_hosts net;
        struct tape tape;
        conv_make(&conv, protos[i], talk, 1);
        tape_init(&tape, &conv, NULL);
        two_hosts_init(&net, 1, 4, NULL);
        two_hosts_add(&net, &tape, 4000);
        two_hosts_run(&net, (struct mono){11 * 1000000}); /* ARP is done */
        host_attach(net.host[0], NULL);
        two_hosts_run(&net, (struct mono){2000LL * 1000000000});
        assert_int_equal(two_hosts_status(&net, 0, 0).state,
                         protos[i] == CONV_TCP ? HOST_FLOW_GAVE_UP : HOST_FLOW_DONE);
        two_hosts_release(&net);
        conv_release(&conv);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_log__tells_a_flow_s_life),
        cmocka_unit_test(an_opener__begins_at_its_time),
        cmocka_unit_test(odd_questions__get_plain_answers),
        cmocka_unit_test(a_host_without_a_link__goes_on),
    };
    return cmocka_run_group_tests_name("host", tests, NULL, NULL);
}
