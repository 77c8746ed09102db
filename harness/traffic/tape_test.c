#include "traffic/tape.h"

#include "base/rng.h"
#include "tests/testkit.h"

/* A asks 10 bytes, B answers 1000, A asks 5 after three seconds, B answers 7, both close. */
static uint8_t bytes_a[15], bytes_b[1007];
static const struct turn turns[] = {
    {TURN_DATA, CONV_A, {0}, 0, 10},
    {TURN_DATA, CONV_B, {20000000}, 0, 1000},
    {TURN_DATA, CONV_A, {3000000000}, 10, 5},
    {TURN_DATA, CONV_B, {400000000}, 1000, 7},
    {TURN_FIN, CONV_B, {0}, 0, 0},
    {TURN_FIN, CONV_A, {0}, 0, 0},
};

static struct conversation make(void)
{
    struct rng_seeded rng;

    rng_seeded_init(&rng, 1, "tape");
    rng_fill(&rng.rng, bytes_a, sizeof(bytes_a));
    rng_fill(&rng.rng, bytes_b, sizeof(bytes_b));
    return (struct conversation){
        .proto = CONV_TCP,
        .data = {bytes_of(bytes_a, sizeof(bytes_a)), bytes_of(bytes_b, sizeof(bytes_b))},
        .turns = turns,
        .nturns = COUNT(turns),
    };
}

/* The byte that B's direction has at OFFSET, said in the plainest way. */
static uint8_t plain_b(const struct tape *t, uint64_t offset)
{
    if (t->grown == COUNT(turns))
        return bytes_b[offset];
    return offset < t->grown_len ? bytes_b[offset % 1000] : bytes_b[offset - t->grown_len + 1000];
}

static void check_b(const struct tape *t)
{
    uint8_t got[5000];
    struct rng_seeded rng;

    rng_seeded_init(&rng, 2, "places");
    for (int i = 0; i < 300; i++) {
        uint64_t offset = rng_below(&rng.rng, t->total[CONV_B]);
        uint64_t left = t->total[CONV_B] - offset;
        size_t n = (size_t)rng_below(&rng.rng, (left < sizeof(got) ? left : sizeof(got)) + 1);
        tape_read(t, CONV_B, offset, got, n);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(got[k], plain_b(t, offset + k));
        assert_int_equal(tape_match(t, CONV_B, offset, bytes_of(got, n)), n);
        if (n == 0)
            continue;
        size_t flip = (size_t)rng_below(&rng.rng, n);
        got[flip] ^= 0x40;
        assert_int_equal(tape_match(t, CONV_B, offset, bytes_of(got, n)), flip);
    }
}

static void without_options_it_is_the_conversation(void **state)
{
    struct conversation c = make();
    struct tape t;

    (void)state;
    tape_init(&t, &c, NULL);
    assert_int_equal(t.grown, c.nturns);
    assert_int_equal(t.total[CONV_A], 15);
    assert_int_equal(t.total[CONV_B], 1007);
    for (size_t i = 0; i < c.nturns; i++) {
        struct turn u = tape_turn(&t, i);
        assert_int_equal(u.len, turns[i].len);
        assert_int_equal(u.offset, turns[i].offset);
        assert_int_equal(u.gap.ns, turns[i].gap.ns);
    }
    check_b(&t);
}

static void the_longest_turn_of_the_larger_direction_is_looped_or_cut(void **state)
{
    static const struct {
        uint64_t bytes, total, grown_len;
    } rows[] = {
        {1007, 1007, 1000},
        {1008, 1008, 1001},
        {100, 100, 93},
        {7, 8, 1},
        {1, 8, 1},
        {5 * 1000 + 7, 5007, 5000},
        {123456, 123456, 123449},
        {UINT64_C(8) << 30, UINT64_C(8) << 30, (UINT64_C(8) << 30) - 7},
    };
    struct conversation c = make();

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tape_options o = {.bytes = rows[i].bytes};
        struct tape t;
        tape_init(&t, &c, &o);
        assert_int_equal(t.grown, 1);
        assert_int_equal(t.grown_len, rows[i].grown_len);
        assert_int_equal(t.total[CONV_B], rows[i].total);
        assert_int_equal(t.total[CONV_A], 15);
        assert_int_equal(tape_turn(&t, 1).len, rows[i].grown_len);
        assert_int_equal(tape_turn(&t, 3).offset, rows[i].grown_len);
        assert_int_equal(tape_turn(&t, 2).offset, 10);
        check_b(&t);
    }
}

static void a_loop_of_one_byte_is_read_in_one_go(void **state)
{
    static const struct turn one[] = {{TURN_DATA, CONV_A, {0}, 0, 1}};
    struct conversation c = {
        .proto = CONV_TCP, .data = {bytes_of("x", 1), {NULL, 0}}, .turns = one, .nturns = 1};
    struct tape_options o = {.bytes = 100000};
    struct tape t;
    uint8_t got[1000];

    (void)state;
    tape_init(&t, &c, &o);
    tape_read(&t, CONV_A, 12345, got, sizeof(got));
    for (size_t i = 0; i < sizeof(got); i++)
        assert_int_equal(got[i], 'x');
    got[777] = 'y';
    assert_int_equal(tape_match(&t, CONV_A, 5, bytes_of(got, sizeof(got))), 777);
}

static void bytes_past_the_end_never_match(void **state)
{
    struct conversation c = make();
    struct tape t;
    uint8_t got[10] = {0};

    (void)state;
    tape_init(&t, &c, NULL);
    memcpy(got, bytes_b + 1002, 5);
    assert_int_equal(tape_match(&t, CONV_B, 1002, bytes_of(got, 10)), 5);
    assert_int_equal(tape_match(&t, CONV_B, 1007, bytes_of(got, 10)), 0);
    assert_int_equal(tape_match(&t, CONV_B, UINT64_MAX, bytes_of(got, 10)), 0);
}

static void long_pauses_are_stretched_and_short_ones_capped(void **state)
{
    struct conversation c = make();
    struct tape t;
    struct tape_options think = {.think = SPAN_S(900)};
    struct tape_options low = {.think = SPAN_S(900), .think_from = SPAN_MS(400)};
    struct tape_options cap = {.gap_max = SPAN_MS(100)};

    (void)state;
    tape_init(&t, &c, &think);
    assert_int_equal(tape_turn(&t, 2).gap.ns, 900000000000);
    assert_int_equal(tape_turn(&t, 3).gap.ns, 400000000);
    tape_init(&t, &c, &low);
    assert_int_equal(tape_turn(&t, 3).gap.ns, 900000000000);
    tape_init(&t, &c, &cap);
    assert_int_equal(tape_turn(&t, 1).gap.ns, 20000000);
    assert_int_equal(tape_turn(&t, 3).gap.ns, 100000000);
    assert_int_equal(tape_turn(&t, 2).gap.ns, 3000000000);
}

static void datagrams_keep_their_lengths(void **state)
{
    struct conversation c = make();
    struct tape_options o = {.bytes = 1 << 20};
    struct tape t;

    (void)state;
    c.proto = CONV_UDP;
    tape_init(&t, &c, &o);
    assert_int_equal(t.grown, c.nturns);
    assert_int_equal(t.total[CONV_B], 1007);
}

static void a_conversation_without_data_is_left_alone(void **state)
{
    struct conversation c = {.proto = CONV_TCP, .turns = turns + 4, .nturns = 2};
    struct tape_options o = {.bytes = 1 << 20};
    struct tape t;

    (void)state;
    tape_init(&t, &c, &o);
    assert_int_equal(t.total[CONV_A] + t.total[CONV_B], 0);
    assert_int_equal(tape_turn(&t, 1).kind, TURN_FIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_the_conversation),
        cmocka_unit_test(the_longest_turn_of_the_larger_direction_is_looped_or_cut),
        cmocka_unit_test(a_loop_of_one_byte_is_read_in_one_go),
        cmocka_unit_test(bytes_past_the_end_never_match),
        cmocka_unit_test(long_pauses_are_stretched_and_short_ones_capped),
        cmocka_unit_test(datagrams_keep_their_lengths),
        cmocka_unit_test(a_conversation_without_data_is_left_alone),
    };
    return cmocka_run_group_tests_name("traffic/tape", tests, NULL, NULL);
}
