#include "port/port_mem.h"

#include "base/mem.h"
#include "port/frame_queue.h"
#include "tests/testkit.h"

struct lab {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct port *a, *b;
};

static void lab_init(struct lab *l, const struct link_spec *spec)
{
    clock_virtual_init(&l->clk);
    rng_seeded_init(&l->rng, 1, "link");
    link_new(spec, &l->clk.clock, &l->rng.rng, &l->a, &l->b);
}

static void lab_release(struct lab *l)
{
    port_close(l->a);
    port_close(l->b);
}

/* A frame of N bytes that carries NUMBER behind its Ethernet header. */
static void send(struct port *p, size_t n, uint32_t number)
{
    uint8_t *f = sink_reserve(&p->sink, n);

    assert_non_null(f);
    memset(f, 0, n);
    memcpy(f + 14, &number, sizeof(number));
    sink_commit(&p->sink, n);
}

/* Moves the clock to the next frame and takes it; its number, or UINT32_MAX when there is none. */
static uint32_t take(struct lab *l, struct port *p, struct mono *when)
{
    struct bytes frame;
    uint32_t number;

    if (mono_is_never(port_next(p)))
        return UINT32_MAX;
    clock_sleep_until(&l->clk.clock, port_next(p));
    assert_true(port_receive(p, &frame, when));
    assert_false(mono_before(clock_now(&l->clk.clock), *when));
    memcpy(&number, frame.p + 14, sizeof(number));
    return number;
}

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

static void a_share_of_frames_is_lost(void **state)
{
    struct link_spec spec = {.loss = 0.1};
    struct lab l;
    struct port_stats s;
    struct mono when;
    uint64_t got = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 10000; i++)
        send(l.a, 60, i);
    port_stats(l.a, &s);
    while (take(&l, l.b, &when) != UINT32_MAX)
        got++;
    assert_int_equal(s.sent, 10000);
    assert_int_equal(got, 10000 - s.lost);
    assert_in_range(s.lost, 900, 1100); /* more than three standard deviations either way */
    port_stats(l.b, &s);
    assert_int_equal(s.received, got);
    lab_release(&l);
}

static void a_share_of_frames_comes_twice_in_a_row(void **state)
{
    struct link_spec spec = {.duplicate = 0.2, .delay = SPAN_MS(1)};
    struct lab l;
    struct mono when;
    uint32_t last = UINT32_MAX, twice = 0, got;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 1000; i++)
        send(l.a, 60, i);
    while ((got = take(&l, l.b, &when)) != UINT32_MAX) {
        assert_true(got == last || got == last + 1);
        twice += got == last;
        last = got;
    }
    assert_int_equal(last, 999);
    assert_in_range(twice, 150, 250);
    lab_release(&l);
}

static void a_share_of_frames_is_overtaken(void **state)
{
    struct link_spec spec = {.reorder = 0.1, .reorder_by = SPAN_US(35), .delay = SPAN_MS(1)};
    struct lab l;
    struct mono when, last = {0};
    uint32_t highest = 0, late = 0, got, n = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 1; i <= 1000; i++) {
        send(l.a, 60, i);
        clock_sleep_until(&l.clk.clock, (struct mono){(int64_t)i * 10000});
    }
    while ((got = take(&l, l.b, &when)) != UINT32_MAX) {
        assert_false(mono_before(when, last));
        last = when;
        n++;
        if (got < highest) {
            late++;
            assert_true(highest - got <= 4); /* 35 us: three frames pass it, or a few held ones */
        }
        highest = got > highest ? got : highest;
    }
    assert_int_equal(n, 1000);
    assert_in_range(late, 60, 140);
    lab_release(&l);
}

static void an_unset_reorder_time_is_three_frames(void **state)
{
    struct link_spec spec = {.reorder = 1, .rate_bps = 1000000000};
    struct lab l;
    struct mono when;

    (void)state;
    lab_init(&l, &spec);
    send(l.a, 1514, 1);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(when.ns, 4 * 12304);
    lab_release(&l);
    spec.rate_bps = 0;
    lab_init(&l, &spec);
    send(l.a, 1514, 1);
    assert_int_equal(take(&l, l.b, &when), 1);
    assert_int_equal(when.ns, 1000000);
    lab_release(&l);
}

static void jitter_spreads_arrivals_and_keeps_order(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1), .jitter = SPAN_MS(4)};
    struct lab l;
    struct mono when;
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    lab_init(&l, &spec);
    for (uint32_t i = 0; i < 1000; i++) {
        struct mono sent = clock_now(&l.clk.clock);
        send(l.a, 60, i);
        assert_int_equal(take(&l, l.b, &when), i);
        least = when.ns - sent.ns < least ? when.ns - sent.ns : least;
        most = when.ns - sent.ns > most ? when.ns - sent.ns : most;
    }
    assert_in_range(least, 1000000, 1100000);
    assert_in_range(most, 4900000, 5000000);
    for (uint32_t i = 0; i < 1000; i++)
        send(l.a, 60, i);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(take(&l, l.b, &when), i);
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

static void the_same_seed_gives_every_frame_the_same_fate(void **state)
{
    struct link_spec spec = {.delay = SPAN_MS(1),
                             .jitter = SPAN_US(50),
                             .rate_bps = 100000000,
                             .loss = 0.05,
                             .duplicate = 0.05,
                             .reorder = 0.05};
    struct {
        uint32_t number;
        int64_t ns;
    } first[4000];
    size_t n[2] = {0};

    (void)state;
    for (int round = 0; round < 2; round++) {
        struct lab l;
        struct mono when;
        lab_init(&l, &spec);
        for (uint32_t i = 0; i < 2000; i++) {
            send(l.a, 60 + i % 1400, i);
            clock_sleep_until(&l.clk.clock, (struct mono){(int64_t)i * 100000});
        }
        for (uint32_t got; (got = take(&l, l.b, &when)) != UINT32_MAX; n[round]++) {
            assert_true(n[round] < COUNT(first));
            if (round == 0) {
                first[n[0]].number = got;
                first[n[0]].ns = when.ns;
            }
            assert_int_equal(got, first[n[round]].number);
            assert_int_equal(when.ns, first[n[round]].ns);
        }
        lab_release(&l);
    }
    assert_int_equal(n[0], n[1]);
    assert_int_not_equal(n[0], 2000);
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

/* Against a plain array, with frames of all sizes coming and going. */
static void a_queue_gives_back_what_was_put_in(void **state)
{
    enum { STEPS = 20000, MAX = 600 };
    static uint8_t first[MAX];
    static size_t length[MAX];
    struct frame_queue q = {0};
    struct rng_seeded rng;
    size_t head = 0, n = 0, bytes = 0;

    (void)state;
    rng_seeded_init(&rng, 9, "queue");
    for (int i = 0; i < STEPS; i++) {
        bool add = n == 0 || (n < MAX && rng_below(&rng.rng, 100) < (i / 1000 % 2 ? 70 : 30));
        if (add) {
            size_t len = 1 + (size_t)rng_below(&rng.rng, i % 97 ? 1600 : PORT_FRAME_MAX - 1);
            uint8_t *p = frame_queue_reserve(&q, len + (size_t)rng_below(&rng.rng, 100));
            p[0] = p[len - 1] = (uint8_t)i;
            frame_queue_commit(&q, len, (struct mono){i});
            first[(head + n) % MAX] = (uint8_t)i;
            length[(head + n++) % MAX] = len;
            bytes += len;
        } else {
            struct bytes f = frame_queue_first(&q);
            assert_int_equal(f.n, length[head]);
            assert_int_equal(f.p[0], first[head]);
            assert_int_equal(f.p[f.n - 1], first[head]);
            frame_queue_drop(&q);
            bytes -= length[head];
            head = (head + 1) % MAX;
            n--;
        }
        assert_int_equal(q.count, n);
        assert_int_equal(q.bytes, bytes);
    }
    frame_queue_release(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_arrive_after_the_delay_and_not_before),
        cmocka_unit_test(both_directions_are_apart),
        cmocka_unit_test(a_rate_spaces_frames_by_their_time_on_the_wire),
        cmocka_unit_test(a_full_queue_loses_what_comes_last),
        cmocka_unit_test(the_mtu_counts_ip_bytes),
        cmocka_unit_test(a_share_of_frames_is_lost),
        cmocka_unit_test(a_share_of_frames_comes_twice_in_a_row),
        cmocka_unit_test(a_share_of_frames_is_overtaken),
        cmocka_unit_test(an_unset_reorder_time_is_three_frames),
        cmocka_unit_test(jitter_spreads_arrivals_and_keeps_order),
        cmocka_unit_test(a_filter_decides_both_ways),
        cmocka_unit_test(a_frame_lent_stays_until_the_next_call),
        cmocka_unit_test(bytes_in_flight_are_those_not_yet_taken),
        cmocka_unit_test(the_same_seed_gives_every_frame_the_same_fate),
        cmocka_unit_test(ends_close_in_any_order),
        cmocka_unit_test(what_no_frame_can_be_is_not_lent),
        cmocka_unit_test(a_queue_gives_back_what_was_put_in),
    };
    return cmocka_run_group_tests_name("port/port_mem", tests, NULL, NULL);
}
