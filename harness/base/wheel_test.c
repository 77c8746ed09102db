#include "base/wheel.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

#define MANY 5000

static void a_timer_fires_once_and_never_early(void **state)
{
    struct wheel w;
    struct timer t = {0};

    (void)state;
    wheel_init(&w, (struct mono){0});
    wheel_arm(&w, &t, (struct mono){SPAN_S(100).ns});
    assert_null(wheel_expire(&w, (struct mono){SPAN_S(100).ns - 1}));
    assert_ptr_equal(wheel_expire(&w, (struct mono){SPAN_S(101).ns}), &t);
    assert_false(timer_is_armed(&t));
    assert_null(wheel_expire(&w, (struct mono){SPAN_S(9999).ns}));
    assert_true(mono_is_never(wheel_next(&w)));
}

static void a_moved_timer_fires_at_its_new_time_only(void **state)
{
    struct wheel w;
    struct timer t = {0};

    (void)state;
    wheel_init(&w, (struct mono){0});
    wheel_arm(&w, &t, (struct mono){SPAN_S(1).ns});
    wheel_arm(&w, &t, (struct mono){SPAN_S(3600).ns});
    assert_null(wheel_expire(&w, (struct mono){SPAN_S(3599).ns}));
    assert_non_null(wheel_expire(&w, (struct mono){SPAN_S(3601).ns}));
}

static void a_disarmed_timer_never_fires(void **state)
{
    struct wheel w;
    struct timer t = {0};

    (void)state;
    wheel_init(&w, (struct mono){0});
    wheel_arm(&w, &t, (struct mono){SPAN_S(1).ns});
    wheel_disarm(&w, &t);
    wheel_disarm(&w, &t);
    assert_null(wheel_expire(&w, (struct mono){SPAN_S(10).ns}));
}

static void a_timer_already_due_fires_at_once(void **state)
{
    struct wheel w;
    struct timer t = {0};

    (void)state;
    wheel_init(&w, (struct mono){SPAN_S(50).ns});
    wheel_arm(&w, &t, (struct mono){SPAN_S(1).ns});
    assert_ptr_equal(wheel_expire(&w, (struct mono){SPAN_S(50).ns}), &t);
}

/* Jumps from deadline to deadline as the runner does; each timer must fire at the first visit that
 * is at or after its due time, in order of ticks. */
static void thousands_of_timers_fire_in_order_when_jumping_to_the_next_deadline(void **state)
{
    struct wheel w;
    struct timer *t = mem_array(MANY, sizeof(*t));
    struct rng_seeded rng;
    struct mono now = {0};
    int fired = 0;

    (void)state;
    rng_seeded_init(&rng, 1, "wheel");
    wheel_init(&w, now);
    for (int i = 0; i < MANY; i++) {
        int magnitude = (int)rng_below(&rng.rng, 24);
        int64_t range = (int64_t)1000000 << magnitude;
        wheel_arm(&w, &t[i], (struct mono){(int64_t)rng_below(&rng.rng, (uint64_t)range)});
    }
    while (!mono_is_never(wheel_next(&w))) {
        struct mono next = wheel_next(&w);
        assert_true(next.ns >= now.ns);
        now = next;
        for (struct timer *x; (x = wheel_expire(&w, now));) {
            assert_true(x->due.ns <= now.ns);
            assert_true(now.ns - x->due.ns < 1 << 20);
            if (fired++ % 3 == 0 && now.ns < SPAN_S(1000).ns)
                wheel_arm(&w, x, mono_add(now, SPAN_MS(700))), fired--;
        }
    }
    assert_int_equal(fired, MANY);
    mem_free(t);
}

/* They lie in one slot of an upper level until then. */
static void very_many_that_are_due_at_once_are_moved_a_few_at_a_time(void **state)
{
    const int n = 3 * WHEEL_MOVES;
    struct wheel w;
    struct timer *t = mem_array((size_t)n, sizeof(*t)), early = {0}, *x;
    struct mono due = {SPAN_S(3600).ns};
    int fired = 0, pauses = 0;

    (void)state;
    wheel_init(&w, (struct mono){0});
    for (int i = 0; i < n; i++)
        wheel_arm(&w, &t[i], mono_add(due, (struct span){i % 7}));
    while (!mono_is_never(wheel_next(&w))) {
        struct mono now = wheel_next(&w);
        while ((x = wheel_expire(&w, now))) {
            assert_true(x->due.ns <= now.ns && now.ns - x->due.ns < 1 << 20);
            fired++;
        }
        if (fired || wheel_next(&w).ns > now.ns)
            continue;
        if (pauses++ == 0) { /* in the middle of it: both a moved one and one that is yet to move */
            wheel_disarm(&w, &t[0]);
            wheel_disarm(&w, &t[n - 1]);
            wheel_arm(&w, &early, now);
            wheel_arm(&w, &t[n - 2], mono_add(now, SPAN_S(7200)));
        }
    }
    assert_in_range(pauses, 2, 8);
    assert_int_equal(fired, n - 2 + 1);
    mem_free(t);
}

static void years_ahead_is_still_kept(void **state)
{
    struct wheel w;
    struct timer t = {0};
    struct mono due = {SPAN_S(86400ll * 365 * 5).ns}, now = {0};

    (void)state;
    wheel_init(&w, now);
    wheel_arm(&w, &t, due);
    for (;;) {
        now = wheel_next(&w);
        assert_false(mono_is_never(now));
        if (wheel_expire(&w, now))
            break;
    }
    assert_true(now.ns >= due.ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_fires_once_and_never_early),
        cmocka_unit_test(a_moved_timer_fires_at_its_new_time_only),
        cmocka_unit_test(a_disarmed_timer_never_fires),
        cmocka_unit_test(a_timer_already_due_fires_at_once),
        cmocka_unit_test(thousands_of_timers_fire_in_order_when_jumping_to_the_next_deadline),
        cmocka_unit_test(very_many_that_are_due_at_once_are_moved_a_few_at_a_time),
        cmocka_unit_test(years_ahead_is_still_kept),
    };
    return cmocka_run_group_tests_name("base/wheel", tests, NULL, NULL);
}
