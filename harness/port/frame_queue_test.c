#include "port/frame_queue.h"

#include "base/rng.h"
#include "port/port.h"
#include "tests/testkit.h"

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
        cmocka_unit_test(a_queue_gives_back_what_was_put_in),
    };
    return cmocka_run_group_tests_name("port/frame_queue", tests, NULL, NULL);
}
