#include "base/rng.h"

#include "tests/testkit.h"

static void the_same_seed_and_label_give_the_same_bytes(void **state)
{
    struct rng_seeded a, b;
    uint8_t x[37], y[37];

    (void)state;
    rng_seeded_init(&a, 42, "peer");
    rng_seeded_init(&b, 42, "peer");
    rng_fill(&a.rng, x, sizeof(x));
    rng_fill(&b.rng, y, sizeof(y));
    assert_memory_equal(x, y, sizeof(x));
}

static void another_label_gives_another_stream(void **state)
{
    struct rng_seeded a, b;

    (void)state;
    rng_seeded_init(&a, 42, "peer");
    rng_seeded_init(&b, 42, "gateway");
    assert_int_not_equal(rng_u64(&a.rng), rng_u64(&b.rng));
}

static void below_stays_below_and_reaches_every_value(void **state)
{
    struct rng_seeded r;
    int seen[10] = {0};

    (void)state;
    rng_seeded_init(&r, 1, "x");
    for (int i = 0; i < 10000; i++) {
        uint64_t v = rng_below(&r.rng, 10);
        assert_true(v < 10);
        seen[v]++;
    }
    for (size_t i = 0; i < COUNT(seen); i++)
        assert_in_range(seen[i], 800, 1200);
    assert_int_equal(rng_below(&r.rng, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_and_label_give_the_same_bytes),
        cmocka_unit_test(another_label_gives_another_stream),
        cmocka_unit_test(below_stays_below_and_reaches_every_value),
    };
    return cmocka_run_group_tests_name("base/rng", tests, NULL, NULL);
}
