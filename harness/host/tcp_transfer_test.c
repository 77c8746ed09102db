/* Whole conversations between two hosts over a link that does its worst: every byte must arrive
 * unaltered, both sides must come to their end. */
#include "tests/testkit.h"
#include "tests/two_hosts.h"

#define HOUR ((struct mono){3600LL * 1000000000})

#define A CONV_A
#define B CONV_B

/* A short talk with everything in it. */
static const struct two_row talk[] = {
    {TURN_DATA, A, 700, 0},   {TURN_DATA, B, 5000, 3}, {TURN_DATA, A, 4000, 50},
    {TURN_DATA, B, 20000, 0}, {TURN_DATA, B, 1, 100},  {TURN_DATA, A, 1460, 0},
    {TURN_FIN, A, 0, 0},      {TURN_DATA, B, 3000, 0}, {TURN_FIN, B, 0, 0},
};
/* Both directions at some length. */
static const struct two_row bulk[] = {
    {TURN_DATA, A, 100000, 0}, {TURN_DATA, B, 900000, 0}, {TURN_DATA, A, 300000, 0},
    {TURN_FIN, B, 0, 0},       {TURN_FIN, A, 0, 0},
};

struct fixture {
    struct conversation conv;
    struct tape tape;
    struct two_hosts net;
};

static void begin(struct fixture *f, const struct two_row *rows, size_t n, uint64_t seed,
                  uint8_t family, const struct host_config cfg[2])
{
    conv_make(&f->conv, CONV_TCP, rows, n);
    tape_init(&f->tape, &f->conv, NULL);
    two_hosts_init(&f->net, seed, family, cfg);
}

static void end(struct fixture *f)
{
    two_hosts_release(&f->net);
    conv_release(&f->conv);
}

static void check_done(const struct fixture *f, uint32_t id)
{
    for (int side = 0; side < 2; side++) {
        struct host_flow_status s = two_hosts_status(&f->net, side, id);
        assert_int_equal(s.state, HOST_FLOW_DONE);
        assert_int_equal(s.altered, 0);
        assert_int_equal(s.sent, f->tape.total[side]);
        assert_int_equal(s.acked, f->tape.total[side]);
        assert_int_equal(s.delivered, f->tape.total[!side]);
        assert_int_equal(s.in_flight, 0);
    }
}

static const struct row {
    const char *what;
    uint8_t family;
    double loss, duplicate, reorder, damage;
    struct host_config cfg; /* of both */
    int seeds;
} rows[] = {
    {.what = "a_clean_link"},
    {.what = "a_clean_link__ipv6", .family = 6},
    {.what = "loss_of_1_percent", .loss = 0.01, .seeds = 5},
    {.what = "loss_of_5_percent", .loss = 0.05, .seeds = 5},
    {.what = "loss_of_20_percent", .loss = 0.2, .seeds = 3},
    {.what = "loss_of_5_percent__ipv6", .family = 6, .loss = 0.05, .seeds = 2},
    {.what = "loss_of_5_percent__no_sack", .loss = 0.05, .cfg.no_sack = true, .seeds = 3},
    {.what = "loss_of_5_percent__no_timestamps",
     .loss = 0.05,
     .cfg.no_timestamps = true,
     .seeds = 3},
    {.what = "loss_of_5_percent__no_options",
     .loss = 0.05,
     .cfg = {.no_sack = true, .no_timestamps = true, .no_window_scale = true},
     .seeds = 3},
    {.what = "one_in_ten_reordered", .reorder = 0.1, .seeds = 3},
    {.what = "half_of_all_reordered", .reorder = 0.5, .seeds = 3},
    {.what = "half_of_all_reordered__no_sack", .reorder = 0.5, .cfg.no_sack = true, .seeds = 2},
    {.what = "one_in_three_duplicated", .duplicate = 0.3, .seeds = 3},
    {.what = "damage_is_dropped_by_checksum", .damage = 0.05, .seeds = 3},
    {.what = "everything_at_once",
     .loss = 0.03,
     .duplicate = 0.1,
     .reorder = 0.2,
     .damage = 0.02,
     .seeds = 5},
    {.what = "a_small_window", .loss = 0.02, .cfg.recv_window = 3000, .seeds = 2},
    {.what = "a_window_below_the_mss", .cfg.recv_window = 700},
    {.what = "a_large_window", .loss = 0.01, .cfg.recv_window = 4u << 20, .seeds = 2},
    {.what = "an_mss_of_100", .loss = 0.02, .cfg.mss = 100, .seeds = 1},
    {.what = "an_mtu_of_9000", .loss = 0.02, .cfg.mtu = 9000, .seeds = 2},
};

static void a_conversation_survives(void **state)
{
    const struct row *r = *state;
    const struct host_config cfg[2] = {r->cfg, r->cfg};

    for (int seed = 0; seed < (r->seeds ? r->seeds : 1); seed++) {
        struct fixture f;
        begin(&f, bulk, COUNT(bulk), (uint64_t)seed, r->family ? r->family : 4, cfg);
        f.net.loss = r->loss;
        f.net.duplicate = r->duplicate;
        f.net.reorder = r->reorder;
        f.net.damage = r->damage;
        uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
        two_hosts_run(&f.net, HOUR);
        check_done(&f, id);
        end(&f);
    }
}

/* --- each frame lost, or doubled, in turn ------------------------------------------------------
 */

struct victim {
    uint64_t number, seen; /* of frames, from both sides, in the order sent */
    int copies;            /* of the victim to let through */
};

static size_t strike(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    struct victim *v = net->hook_ctx;

    if (v->seen++ != v->number)
        return n;
    for (int i = 0; i < v->copies; i++)
        two_hosts_inject(net, !from, frame, n);
    return 0;
}

static void each_frame_in_turn(int copies)
{
    for (uint64_t number = 0;; number++) {
        struct victim v = {.number = number, .copies = copies};
        struct fixture f;
        begin(&f, talk, COUNT(talk), 1, 4, NULL);
        f.net.hook = strike;
        f.net.hook_ctx = &v;
        uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
        two_hosts_run(&f.net, HOUR);
        check_done(&f, id);
        bool struck = v.seen > number;
        end(&f);
        if (!struck)
            break;
        assert_true(number < 500);
    }
}

static void any_one_frame_may_be_lost(void **state)
{
    (void)state;
    each_frame_in_turn(0);
}

static void any_one_frame_may_come_three_times(void **state)
{
    (void)state;
    each_frame_in_turn(3);
}

/* --- sequence numbers ---------------------------------------------------------------------------
 */

static uint32_t fixed_value;

static void fixed_fill(struct rng *r, void *out, size_t n)
{
    (void)r;
    for (size_t i = 0; i < n; i++)
        ((uint8_t *)out)[i] = (uint8_t)(fixed_value >> (8 * (i % 4)));
}

static const struct rng_ops fixed_ops = {fixed_fill};

static void numbers_may_wrap_anywhere(void **state)
{
    static const uint32_t isn[] = {0xffffffff, 0xfffffffe, 0xffff0000, 0xfff80000,
                                   0x7fffffff, 0x7fff8000, 0};

    (void)state;
    for (size_t i = 0; i < COUNT(isn); i++) {
        struct fixture f;
        fixed_value = isn[i];
        begin(&f, bulk, COUNT(bulk), 1, 4, NULL);
        f.net.rng.rng.ops = &fixed_ops;
        f.net.loss = 0.02;
        uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
        two_hosts_run(&f.net, HOUR);
        check_done(&f, id);
        end(&f);
    }
}

/* --- sizes --------------------------------------------------------------------------------------
 */

static void streams_beyond_4_gib__keep_their_place(void **state)
{
    static const struct two_row rows_[] = {{TURN_DATA, A, 10, 0}, {TURN_DATA, B, 65537, 0}};
    const struct host_config cfg[2] = {{.mtu = 65000, .recv_window = 4u << 20},
                                       {.mtu = 65000, .recv_window = 4u << 20}};
    const struct tape_options looped = {.bytes = 5ull << 30};
    struct fixture f;

    (void)state;
    begin(&f, rows_, COUNT(rows_), 1, 4, cfg);
    tape_init(&f.tape, &f.conv, &looped);
    f.net.loss = 0.0005;
    uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
    two_hosts_run(&f.net, HOUR);
    check_done(&f, id);
    assert_int_equal(f.tape.total[B], 5ull << 30);
    end(&f);
}

static void a_thousand_flows__share_a_link(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f, talk, COUNT(talk), 1, 4, NULL);
    f.net.loss = 0.02;
    for (uint16_t i = 0; i < 1000; i++)
        assert_int_equal(two_hosts_add(&f.net, &f.tape, (uint16_t)(2000 + i)), i);
    two_hosts_run(&f.net, HOUR);
    for (uint32_t i = 0; i < 1000; i++)
        check_done(&f, i);
    assert_true(host_is_done(f.net.host[0]) && host_is_done(f.net.host[1]));
    end(&f);
}

static size_t change_payload(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    struct victim *v = net->hook_ctx;
    struct pkt p;

    pkt_parse(bytes_of(frame, n), &p);
    if (from == 1 && p.kind == PKT_TCP && p.tcp.data.n > 100 && v->seen++ == 20) {
        frame[n - 1] ^= 0xff;
        frame[n - 50] ^= 0x01;
        frame_fix(frame, n); /* a checksum that fits: only the content tells */
    }
    return n;
}

static void bytes_changed_on_the_way__are_noticed_and_placed(void **state)
{
    struct victim v = {0};
    struct fixture f;

    (void)state;
    begin(&f, bulk, COUNT(bulk), 1, 4, NULL);
    f.net.hook = change_payload;
    f.net.hook_ctx = &v;
    uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
    two_hosts_run(&f.net, HOUR);
    assert_int_equal(two_hosts_status(&f.net, 0, id).altered, 2);
    assert_int_equal(two_hosts_status(&f.net, 1, id).altered, 0);
    assert_int_equal(two_hosts_status(&f.net, 0, id).delivered, f.tape.total[B]);
    end(&f);
}

static size_t clamp_mss(struct two_hosts *net, int from, uint8_t *frame, size_t n)
{
    size_t *largest = net->hook_ctx;
    struct pkt p;

    (void)from;
    pkt_parse(bytes_of(frame, n), &p);
    if (p.kind != PKT_TCP)
        return n;
    if (p.tcp.data.n > *largest)
        *largest = p.tcp.data.n;
    if (tcp_has(&p.tcp, TCP_SYN)) { /* the MSS option comes first */
        size_t at = (size_t)(p.tcp.opts.p - frame);
        frame[at + 2] = 1380 >> 8;
        frame[at + 3] = 1380 & 0xff;
        frame_fix(frame, n);
    }
    return n;
}

static void an_mss_clamped_on_the_way__bounds_both_directions(void **state)
{
    size_t largest = 0;
    struct fixture f;

    (void)state;
    begin(&f, bulk, COUNT(bulk), 1, 4, NULL);
    f.net.hook = clamp_mss;
    f.net.hook_ctx = &largest;
    uint32_t id = two_hosts_add(&f.net, &f.tape, 4000);
    two_hosts_run(&f.net, HOUR);
    check_done(&f, id);
    assert_int_equal(largest, 1380 - 12);
    end(&f);
}

int main(void)
{
    static const struct CMUnitTest single[] = {
        cmocka_unit_test(any_one_frame_may_be_lost),
        cmocka_unit_test(any_one_frame_may_come_three_times),
        cmocka_unit_test(numbers_may_wrap_anywhere),
        cmocka_unit_test(streams_beyond_4_gib__keep_their_place),
        cmocka_unit_test(a_thousand_flows__share_a_link),
        cmocka_unit_test(bytes_changed_on_the_way__are_noticed_and_placed),
        cmocka_unit_test(an_mss_clamped_on_the_way__bounds_both_directions),
    };
    struct CMUnitTest tests[COUNT(rows) + COUNT(single)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, a_conversation_survives, NULL, NULL,
                                         (void *)&rows[i]};
    for (size_t i = 0; i < COUNT(single); i++)
        tests[n++] = single[i];
    return cmocka_run_group_tests_name("tcp_transfer", tests, NULL, NULL);
}
