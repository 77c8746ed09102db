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
        cmocka_unit_test(years_ahead_is_still_kept),
    };
    return cmocka_run_group_tests_name("base/wheel", tests, NULL, NULL);
}
