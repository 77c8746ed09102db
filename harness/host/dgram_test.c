/* UDP and ICMP flows: once each, in time, lost ones stay lost. Fragments. */
#include "host/defrag.h"
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
};

static void begin(struct fixture *f, enum conv_proto proto, const struct two_row *rows, size_t n,
                  uint8_t family)
{
    conv_make(&f->conv, proto, rows, n);
    tape_init(&f->tape, &f->conv, NULL);
    two_hosts_init(&f->net, 1, family, NULL);
    two_hosts_add(&f->net, &f->tape, 4000);
}

static void end(struct fixture *f)
{
    two_hosts_release(&f->net);
    conv_release(&f->conv);
}

static int64_t ms_now(const struct fixture *f)
{
    return f->net.clk.at.ns / 1000000;
}

static void check(const struct fixture *f, int side, uint64_t delivered)
{
    struct host_flow_status s = two_hosts_status(&f->net, side, 0);

    assert_int_equal(s.state, HOST_FLOW_DONE);
    assert_int_equal(s.altered, 0);
    assert_int_equal(s.delivered, delivered);
}

static const struct row {
    const char *what;
    enum conv_proto proto;
    uint8_t family;
    struct two_row turns[8];
    int64_t takes_ms; /* on a link of 5 ms, ARP included */
} rows[] = {
    {"udp__question_and_answer", CONV_UDP, 4, {{TURN_DATA, A, 40, 0}, {TURN_DATA, B, 200, 30}}, 50},
    {"udp__ipv6", CONV_UDP, 6, {{TURN_DATA, A, 40, 0}, {TURN_DATA, B, 200, 30}}, 50},
    {"udp__pauses_are_kept",
     CONV_UDP,
     4,
     {{TURN_DATA, A, 40, 100}, {TURN_DATA, A, 41, 500}, {TURN_DATA, A, 42, 1500}},
     2115},
    {"udp__long_pauses_on_both_sides",
     CONV_UDP,
     4,
     {{TURN_DATA, A, 40, 0}, {TURN_DATA, B, 41, 10000}, {TURN_DATA, A, 42, 20000}},
     30025},
    {"udp__a_datagram_larger_than_the_mtu__is_cut_and_mended",
     CONV_UDP,
     4,
     {{TURN_DATA, A, 9000, 0}, {TURN_DATA, B, 65000, 30}},
     50},
    {"udp__the_same_over_ipv6",
     CONV_UDP,
     6,
     {{TURN_DATA, A, 9000, 0}, {TURN_DATA, B, 60000, 30}},
     50},
    {"udp__just_the_mtu_and_one_more",
     CONV_UDP,
     4,
     {{TURN_DATA, A, 1472, 0}, {TURN_DATA, B, 1473, 30}},
     50},
    {"icmp__requests_are_answered",
     CONV_ICMP,
     4,
     {{TURN_DATA, A, 56, 0},
      {TURN_DATA, B, 56, 20},
      {TURN_DATA, A, 57, 980},
      {TURN_DATA, B, 57, 20}},
     1010},
    {"icmp__ipv6", CONV_ICMP, 6, {{TURN_DATA, A, 56, 0}, {TURN_DATA, B, 56, 20}}, 20},
    {"icmp__a_large_ping", CONV_ICMP, 4, {{TURN_DATA, A, 5000, 0}, {TURN_DATA, B, 5000, 20}}, 20},
    {"icmp__a_flood",
     CONV_ICMP,
     4,
     {{TURN_DATA, A, 56, 0},
      {TURN_DATA, A, 57, 0},
      {TURN_DATA, A, 58, 0},
      {TURN_DATA, B, 56, 0},
      {TURN_DATA, B, 57, 0},
      {TURN_DATA, B, 58, 0}},
     20},
};

static void a_flow_is_played(void **state)
{
    const struct row *r = *state;
    struct fixture f;

    begin(&f, r->proto, r->turns, COUNT(r->turns), r->family);
    two_hosts_run(&f.net, HOUR);
    check(&f, 0, f.tape.total[B]);
    check(&f, 1, f.tape.total[A]);
    /* the listener's last wait is for its own timer at most */
    assert_in_range(ms_now(&f), r->takes_ms, r->takes_ms + 15);
    end(&f);
}

#define TALK 40

static void fill_stream(struct two_row *turns, enum conv_side second, int gap_ms)
{
    for (int i = 0; i < TALK; i++)
        turns[i] = (struct two_row){TURN_DATA, i % 2 ? second : A, (uint64_t)(100 + i), gap_ms};
}

static void through_an_outage__what_was_lost_stays_lost(void **state)
{
    struct two_row turns[TALK];
    struct fixture f;

    (void)state;
    fill_stream(turns, A, 100); /* one way: 100 ms apart, 4 s */
    begin(&f, CONV_UDP, turns, TALK, 4);
    f.net.down_from = (struct mono){1000 * 1000000};
    f.net.down_to = (struct mono){3000LL * 1000000};
    two_hosts_run(&f.net, HOUR);
    struct host_flow_status s = two_hosts_status(&f.net, 1, 0);
    assert_int_equal(s.state, HOST_FLOW_DONE);
    assert_int_equal(s.altered, 0);
    assert_int_equal(two_hosts_status(&f.net, 0, 0).sent, f.tape.total[A]);
    assert_in_range(f.tape.total[A] - s.delivered, 19 * 100, 21 * 140);
    assert_in_range(ms_now(&f), 4000, 4100); /* the opener's pace is its own */
    end(&f);
}

static void a_dialogue_through_an_outage__goes_on_two_seconds_late(void **state)
{
    struct two_row turns[TALK];
    struct fixture f;

    (void)state;
    fill_stream(turns, B, 100);
    begin(&f, CONV_UDP, turns, TALK, 4);
    f.net.down_from = (struct mono){1000 * 1000000};
    f.net.down_to = (struct mono){30000LL * 1000000};
    two_hosts_run(&f.net, HOUR);
    for (int side = 0; side < 2; side++) {
        struct host_flow_status s = two_hosts_status(&f.net, side, 0);
        assert_int_equal(s.state, HOST_FLOW_DONE);
        assert_int_equal(s.altered, 0);
        assert_int_equal(s.sent, f.tape.total[side]); /* each says all it has to say */
        assert_in_range(s.delivered, f.tape.total[!side] / 5, f.tape.total[!side] - 1000);
    }
    end(&f);
}

static size_t swap_pairs(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    static uint8_t held[2000];
    size_t *held_n = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind != PKT_UDP || from == 1)
        return n;
    if (*held_n == 0) {
        memcpy(held, frame, n);
        *held_n = n;
        return 0;
    }
    two_hosts_inject(net, 1, frame, n);
    two_hosts_inject(net, 1, held, *held_n);
    two_hosts_inject(net, 1, held, *held_n); /* and one of them twice */
    *held_n = 0;
    return 0;
}

static void out_of_order_and_twice__is_counted_once_each(void **state)
{
    struct two_row turns[TALK];
    struct fixture f;
    size_t held = 0;

    (void)state;
    fill_stream(turns, A, 10);
    begin(&f, CONV_UDP, turns, TALK, 4);
    f.net.hook = swap_pairs;
    f.net.hook_ctx = &held;
    two_hosts_run(&f.net, HOUR);
    check(&f, 1, f.tape.total[A]);
    end(&f);
}

static size_t change_one(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    int *left = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind == PKT_UDP && from == 0 && (*left)-- == 0) {
        frame[n - 1] ^= 0xff;
        frame[n - 3] ^= 0x01;
        frame_fix(frame, n);
    }
    return n;
}

static void a_datagram_changed_on_the_way__is_noticed(void **state)
{
    struct two_row turns[TALK];
    struct fixture f;
    int left = 7;

    (void)state;
    fill_stream(turns, A, 10);
    begin(&f, CONV_UDP, turns, TALK, 4);
    f.net.hook = change_one;
    f.net.hook_ctx = &left;
    two_hosts_run(&f.net, HOUR);
    struct host_flow_status s = two_hosts_status(&f.net, 1, 0);
    assert_int_equal(s.altered, 2);
    assert_int_equal(s.delivered, f.tape.total[A]);
    end(&f);
}

static void a_listener_nobody_reaches__waits(void **state)
{
    static const struct two_row turns[] = {{TURN_DATA, A, 40, 0}, {TURN_DATA, B, 200, 30}};
    struct fixture f;

    (void)state;
    begin(&f, CONV_UDP, turns, COUNT(turns), 4);
    f.net.down_from = (struct mono){11 * 1000000}; /* after ARP */
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, HOUR);
    assert_int_equal(two_hosts_status(&f.net, 0, 0).state, HOST_FLOW_DONE);
    assert_int_equal(two_hosts_status(&f.net, 0, 0).delivered, 0);
    assert_int_equal(two_hosts_status(&f.net, 1, 0).state,
                     HOST_FLOW_DONE); /* 10 ms: it got through */
    end(&f);
    begin(&f, CONV_UDP, turns, COUNT(turns), 4);
    f.net.down_from = (struct mono){9 * 1000000};
    f.net.down_to = HOUR;
    two_hosts_run(&f.net, HOUR);
    assert_int_equal(two_hosts_status(&f.net, 1, 0).state, HOST_FLOW_WAITING);
    end(&f);
}

/* --- fragments ---------------------------------------------------------------------------------
 */

static struct ip piece(uint32_t off, size_t n, bool more)
{
    static uint8_t data[4096];

    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(off + i);
    struct ip ip = {.version = 4,
                    .proto = 17,
                    .id = 7,
                    .more = more,
                    .frag_off = off,
                    .src = ip4(1),
                    .dst = ip4(2),
                    .payload_len = n,
                    .payload = bytes_of(data, n)};
    return ip;
}

static const struct frag_row {
    const char *what;
    struct {
        uint32_t off;
        size_t n;
        bool more;
    } in[6];
    size_t total; /* 0: never complete */
} frag_rows[] = {
    {"two_pieces__in_order", {{0, 800, true}, {800, 100, false}}, 900},
    {"two_pieces__turned_round", {{800, 100, false}, {0, 800, true}}, 900},
    {"a_piece_twice__does_no_harm", {{0, 800, true}, {0, 800, true}, {800, 100, false}}, 900},
    {"a_piece_missing__is_waited_for", {{0, 800, true}, {1600, 100, false}}, 0},
    {"three_pieces__the_middle_last", {{0, 800, true}, {1600, 100, false}, {800, 800, true}}, 1700},
    {"pieces_that_overlap__are_all_dropped",
     {{0, 800, true}, {792, 104, true}, {800, 100, false}},
     0},
    {"a_piece_beyond_the_end__drops_it", {{800, 100, false}, {1600, 800, true}, {0, 800, true}}, 0},
    {"a_piece_not_of_eight__is_refused", {{0, 801, true}, {801, 100, false}}, 0},
    {"beyond_65535__is_refused", {{0, 800, true}, {65528, 100, false}}, 0},
};

static void fragments_make_what_their_row_says(void **state)
{
    const struct frag_row *r = *state;
    struct defrag d = {0};
    struct bytes whole = {0};
    struct ip ip;

    for (size_t i = 0; i < COUNT(r->in) && r->in[i].n; i++) {
        ip = piece(r->in[i].off, r->in[i].n, r->in[i].more);
        if (defrag_add(&d, &ip, (struct mono){0}, &whole))
            break;
    }
    assert_int_equal(whole.n, r->total ? IP4_HDR_LEN + r->total : 0);
    if (r->total) {
        assert_ok(ip_parse(whole, &ip));
        assert_false(ip_is_fragment(&ip));
        assert_int_equal(ip.payload.n, r->total);
        for (size_t i = 0; i < r->total; i++)
            assert_int_equal(ip.payload.p[i], (uint8_t)i);
    }
    defrag_release(&d);
}

static void incomplete_datagrams__are_forgotten_in_time_and_number(void **state)
{
    struct defrag d = {0};
    struct bytes whole;
    struct ip first = piece(0, 800, true), last = piece(800, 100, false);

    (void)state;
    assert_false(defrag_add(&d, &first, (struct mono){0}, &whole));
    assert_false(defrag_add(&d, &last, (struct mono){31LL * 1000000000}, &whole)); /* too late */
    for (uint32_t id = 100; id < 100 + DEFRAG_SLOTS; id++) {
        first = piece(0, 800, true);
        first.id = id;
        assert_false(defrag_add(&d, &first, (struct mono){32LL * 1000000000 + id}, &whole));
    }
    last = piece(800, 100, false);
    last.id = 100 + DEFRAG_SLOTS - 1; /* all slots taken: the latest is complete all the same */
    assert_true(defrag_add(&d, &last, (struct mono){33LL * 1000000000}, &whole));
    defrag_release(&d);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(through_an_outage__what_was_lost_stays_lost),
        cmocka_unit_test(a_dialogue_through_an_outage__goes_on_two_seconds_late),
        cmocka_unit_test(out_of_order_and_twice__is_counted_once_each),
        cmocka_unit_test(a_datagram_changed_on_the_way__is_noticed),
        cmocka_unit_test(a_listener_nobody_reaches__waits),
        cmocka_unit_test(incomplete_datagrams__are_forgotten_in_time_and_number),
    };
    struct CMUnitTest tests[COUNT(rows) + COUNT(frag_rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] =
            (struct CMUnitTest){rows[i].what, a_flow_is_played, NULL, NULL, (void *)&rows[i]};
    for (size_t i = 0; i < COUNT(frag_rows); i++)
        tests[n++] = (struct CMUnitTest){frag_rows[i].what, fragments_make_what_their_row_says,
                                         NULL, NULL, (void *)&frag_rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("dgram", tests, NULL, NULL);
}
