#include "esp/replay.h"

#include "base/attr.h"
#include "base/mem.h"
#include "base/rng.h"
#include "esp/esp.h"
#include "tests/testkit.h"

struct step {
    uint32_t seq;
    bool fresh;
};

static const struct row {
    const char *what;
    uint16_t window;
    struct step steps[10]; /* ends with seq 0 after the first */
} rows[] = {
    {"numbers_in_order_pass", 64, {{1, true}, {2, true}, {3, true}, {4, true}}},
    {"a_repeated_number_does_not_pass", 64, {{1, true}, {1, false}, {2, true}, {1, false}}},
    {"a_gap_is_filled_once", 64, {{1, true}, {5, true}, {3, true}, {3, false}, {2, true}}},
    {"the_left_edge_passes_and_one_before_it_does_not",
     64,
     {{100, true}, {37, true}, {36, false}, {37, false}, {101, true}, {38, true}, {37, false}}},
    {"a_window_of_32_ends_inside_a_word",
     32,
     {{100, true}, {69, true}, {68, false}, {131, true}, {100, false}, {101, true}, {99, false}}},
    {"a_window_that_is_no_power_of_two",
     100,
     {{1000, true}, {901, true}, {900, false}, {901, false}, {950, true}}},
    {"a_jump_over_the_whole_window_forgets_it",
     64,
     {{1, true}, {2, true}, {100000, true}, {99937, true}, {99936, false}, {2, false}}},
    {"a_jump_of_just_the_ring_forgets_it",
     64,
     {{70, true}, {70 + 4 * 64, true}, {70 + 3 * 64 + 1, true}, {70, false}}},
    {"the_last_number_is_a_number",
     64,
     {{UINT32_MAX - 1, true},
      {UINT32_MAX, true},
      {UINT32_MAX, false},
      {UINT32_MAX - 63, true},
      {UINT32_MAX - 64, false}}},
    {"the_first_jump_to_the_last_number", 4096, {{1, true}, {UINT32_MAX, true}, {1, false}}},
    {"without_a_window_everything_passes", 0, {{7, true}, {7, true}, {1, true}, {7, true}}},
};

static void passes_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct replay r;

    replay_init(&r, row->window);
    for (size_t i = 0; i < COUNT(row->steps) && row->steps[i].seq; i++) {
        assert_int_equal(replay_is_fresh(&r, row->steps[i].seq), row->steps[i].fresh);
        if (row->steps[i].fresh)
            replay_accept(&r, row->steps[i].seq);
    }
    replay_release(&r);
}

static void number_zero_never_passes(void **state)
{
    struct replay r;

    (void)state;
    replay_init(&r, 64);
    assert_false(replay_is_fresh(&r, 0)); /* no sender uses it: RFC 4303, 3.3.3 */
    replay_accept(&r, 10);
    assert_false(replay_is_fresh(&r, 0));
    replay_release(&r);
}

/* Against the definition: a list of everything that was accepted. */
static void random_orders_agree_with_the_definition(void **state)
{
    static const uint16_t windows[] = {32, 33, 63, 64, 65, 128, 1000, 4095, ESP_REPLAY_MAX};
    enum { SPACE = 40000, STEPS = 30000 };
    bool *seen = mem_array(SPACE, sizeof(*seen));
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 1, "replay");
    for (size_t w = 0; w < COUNT(windows); w++) {
        struct replay r;
        uint32_t top = 0, at = 1;
        memset(seen, 0, SPACE);
        replay_init(&r, windows[w]);
        for (int i = 0; i < STEPS; i++) {
            at += (uint32_t)rng_below(&rng.rng, 50) == 0 ? (uint32_t)rng_below(&rng.rng, 300) : 1;
            uint32_t back = (uint32_t)rng_below(&rng.rng, 2u * windows[w]);
            uint32_t seq = rng_below(&rng.rng, 2) && back < at ? at - back : at;
            if (seq == 0 || seq >= SPACE)
                continue;
            bool want = seq > top || (top - seq < windows[w] && !seen[seq]);
            assert_int_equal(replay_is_fresh(&r, seq), want);
            if (!want)
                continue;
            replay_accept(&r, seq);
            seen[seq] = true;
            top = seq > top ? seq : top;
        }
        assert_int_equal(r.top, top);
        replay_release(&r);
    }
    mem_free(seen);
}

int main(void)
{
    struct CMUnitTest tests[2 + COUNT(rows)] = {
        cmocka_unit_test(number_zero_never_passes),
        cmocka_unit_test(random_orders_agree_with_the_definition),
    };
    size_t n = 2;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, passes_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("esp/replay", tests, n, NULL, NULL);
}
