#include "port/port_mem.h"

#include "port/port_mem_lab.h"
#include "tests/testkit.h"

static void frames_arrive_after_the_delay_and_not_before(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(5)};
    struct lab l;
    struct bytes frame;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    assert_true(mono_is_never(port_next(l.b)));
    send(l.a, 100, 1);
    assert_int_equal(port_next(l.b).ns, SPAN_MS(5).ns);
    assert_true(mono_is_never(port_next(l.a)));
    clock_sleep_until(&l.clk.clock, (struct mono){SPAN_MS(5).ns - 1});
    assert_false(port_receive(l.b, &frame, &when));
    clock_sleep_until(&l.clk.clock, (struct mono){SPAN_MS(7).ns});
    assert_true(port_receive(l.b, &frame, &when));
    assert_int_equal(when.ns, SPAN_MS(5).ns); /* when it came, not when it was asked for */
    assert_int_equal(frame.n, 100);
    assert_false(port_receive(l.b, &frame, &when));
    assert_true(mono_is_never(port_next(l.b)));
    lab_release(&l);
}

static void both_directions_are_apart(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1)};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 60, 1);
    send(l.b, 60, 2);
    assert_int_equal(take(&l, l.a, &when), 2);
    assert_int_equal(take(&l, l.b, &when), 1);
    lab_release(&l);
}

/* 1000 Mbit/s: 8 ns a byte; 1514 bytes and 24 around them: 12,304 ns. */
static void a_rate_spaces_frames_by_their_time_on_the_wire(void **state)
{
    struct link_spec spec = {.delay = SPAN_US(100), .rate_bps = 1000000000};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 10; i++)
        send(l.a, 1514, i);
    for (uint32_t i = 0; i < 10; i++) {
        assert_int_equal(take(&l, l.b, &when), i);
        assert_int_equal(when.ns, 100000 + 12304 * (int64_t)(i + 1));
    }
    clock_sleep_until(&l.clk.clock, (struct mono){SPAN_S(1).ns}); /* an idle wire saves nothing */
    send(l.a, 20, 10);                                            /* is padded to 60 */
    assert_int_equal(take(&l, l.b, &when), 10);
    assert_int_equal(when.ns, SPAN_S(1).ns + 100000 + 84 * 8);
    lab_release(&l);
}

static void a_full_queue_loses_what_comes_last(void **state)
{
    struct link_spec spec = {.rate_bps = 1000000, .queue_bytes = 10 * (1000 + 24)};
    struct lab l;
    struct port_stats s;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 15; i++)
        send(l.a, 1000, i);
    port_stats(l.a, &s);
    assert_int_equal(s.sent, 15);
    assert_int_equal(s.lost, 5);
    assert_int_equal(link_in_flight(l.b), 10 * 1000);
    for (uint32_t i = 0; i < 3; i++) /* three leave: there is room for three more */
        assert_int_equal(take(&l, l.b, &when), i);
    for (uint32_t i = 100; i < 104; i++)
        send(l.a, 1000, i);
    port_stats(l.a, &s);
    assert_int_equal(s.lost, 6);
    for (uint32_t i = 3; i < 10; i++)
        assert_int_equal(take(&l, l.b, &when), i);
    for (uint32_t i = 100; i < 103; i++)
        assert_int_equal(take(&l, l.b, &when), i);
    assert_int_equal(take(&l, l.b, &when), UINT32_MAX);
    lab_release(&l);
}

static void the_mtu_counts_ip_bytes(void **state)
{
    struct link_spec spec = {.mtu = 1500};
    struct lab l;
    struct port_stats s;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 1514, 1);
    send(l.a, 1515, 2);
    uint8_t *f = sink_reserve(&l.a->sink, 1518); /* a VLAN tag is no IP */
    memset(f, 0, 1518);
    f[12] = 0x81;
    sink_commit(&l.a->sink, 1518);
    port_stats(l.a, &s);
    assert_int_equal(s.lost, 1);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(take(&l, l.b, &when), 0);
    assert_int_equal(take(&l, l.b, &when), UINT32_MAX);
    lab_release(&l);
}

static bool pass_odd(void *ctx, bool outbound, struct bytes frame)
{
    uint32_t *asked = ctx;

    asked[outbound]++;
    return frame.p[14] % 2 == 1;
}

static void a_filter_decides_both_ways(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1)};
    struct lab l;
    struct port_stats s;
    struct mono when;
    struct bytes frame;
    uint32_t asked[2] = {0};

    (void)state;
    lab_init(&l, &spec);
    port_set_filter(l.a, (struct port_filter){pass_odd, asked});
    for (uint32_t i = 0; i < 10; i++) {
        send(l.a, 60, i);
        send(l.b, 60, i);
    }
    for (uint32_t i = 1; i < 10; i += 2)
        assert_int_equal(take(&l, l.b, &when), i);
    assert_int_equal(take(&l, l.b, &when), UINT32_MAX);
    for (uint32_t i = 1; i < 10; i += 2) {
        assert_true(port_receive(l.a, &frame, &when));
        assert_int_equal(frame.p[14], i);
    }
    assert_false(port_receive(l.a, &frame, &when));
    assert_int_equal(asked[true], 10);
    assert_int_equal(asked[false], 10);
    port_stats(l.a, &s);
    assert_int_equal(s.filtered, 10);
    assert_int_equal(s.sent, 5);
    assert_int_equal(s.received, 5);
    port_set_filter(l.a, (struct port_filter){NULL, NULL});
    send(l.a, 60, 4);
    assert_int_equal(take(&l, l.b, &when), 4);
    lab_release(&l);
}

static void a_frame_lent_stays_until_the_next_call(void **state)
{
    struct link_spec spec = {.reorder = 0.3, .duplicate = 0.3};
    struct lab l;
    struct mono when;
    struct bytes frame;
    uint8_t copy[2000];

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 1500, 7);
    clock_sleep_until(&l.clk.clock, (struct mono){SPAN_S(1).ns});
    assert_true(port_receive(l.b, &frame, &when));
    memcpy(copy, frame.p, frame.n);
    for (uint32_t i = 0; i < 5000; i++) { /* more than a chunk, and as answers, too */
        send(l.a, 1500, i);
        send(l.b, 1500, i);
        (void)port_next(l.b);
    }
    assert_memory_equal(copy, frame.p, frame.n);
    lab_release(&l);
}

static void bytes_in_flight_are_those_not_yet_taken(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1)};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    assert_int_equal(link_in_flight(l.b), 0);
    send(l.a, 100, 1);
    send(l.a, 200, 2);
    assert_int_equal(link_in_flight(l.b), 300);
    assert_int_equal(link_in_flight(l.a), 0);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(link_in_flight(l.b), 200); /* the one lent is there */
    assert_int_equal(take(&l, l.b, &when), 2);
    assert_int_equal(link_in_flight(l.b), 0);
    lab_release(&l);
}

static void ends_close_in_any_order(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1)};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 60, 1);
    port_close(l.a);
    assert_int_equal(take(&l, l.b, &when), 1); /* what was under way arrives */
    send(l.b, 60, 2);                          /* to nobody */
    port_close(l.b);
    lab_init(&l, &spec);
    send(l.b, 60, 1);
    port_close(l.b);
    port_close(l.a);
    port_close(NULL);
}

static void what_no_frame_can_be_is_not_lent(void **state)
{
    struct link_spec spec = {0};
    struct lab l;

    (void)state;
    lab_init(&l, &spec);
    assert_null(sink_reserve(&l.a->sink, PORT_FRAME_MAX + 1));
    assert_non_null(sink_reserve(&l.a->sink, PORT_FRAME_MAX));
    sink_commit(&l.a->sink, 0); /* thought better of it */
    assert_true(mono_is_never(port_next(l.b)));
    lab_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_arrive_after_the_delay_and_not_before),
        cmocka_unit_test(both_directions_are_apart),
        cmocka_unit_test(a_rate_spaces_frames_by_their_time_on_the_wire),
        cmocka_unit_test(a_full_queue_loses_what_comes_last),
        cmocka_unit_test(the_mtu_counts_ip_bytes),
        cmocka_unit_test(a_filter_decides_both_ways),
        cmocka_unit_test(a_frame_lent_stays_until_the_next_call),
        cmocka_unit_test(bytes_in_flight_are_those_not_yet_taken),
        cmocka_unit_test(ends_close_in_any_order),
        cmocka_unit_test(what_no_frame_can_be_is_not_lent),
    };
    return cmocka_run_group_tests_name("port/port_mem", tests, NULL, NULL);
}
