#include "gateway/log_ring.h"

#include "base/rng.h"
#include "tests/testkit.h"

#include <stdio.h>

#define MODEL 4096

/* The same as a plain array that forgets nothing: number -> length and first byte. */
struct model {
    size_t len[MODEL];
    uint64_t n;
};

static void put(struct log_ring *r, struct model *m, size_t len)
{
    uint8_t data[256];

    memset(data, (int)(m->n & 0xff), sizeof(data));
    log_ring_put(r, bytes_of(data, len / 2), bytes_of(data, len - len / 2));
    m->len[m->n++] = len;
}

static void check_record(const struct model *m, uint64_t seq, struct bytes b)
{
    assert_int_equal(b.n, m->len[seq]);
    for (size_t i = 0; i < b.n; i++)
        assert_int_equal(b.p[i], seq & 0xff);
}

static void check_all(const struct log_ring *r, const struct model *m)
{
    struct log_place p = log_ring_begin(r);
    struct bytes b;
    uint64_t missed = 0, seq = r->first;

    assert_true(r->next == m->n);
    while (log_ring_read(r, &p, &b, &missed))
        check_record(m, seq++, b);
    assert_true(seq == m->n && missed == 0);
}

static void newest_records_are_kept_whatever_their_sizes(void **state)
{
    static const size_t caps[] = {60, 64, 100, 257, 1000};

    (void)state;
    for (size_t c = 0; c < COUNT(caps); c++) {
        struct rng_seeded rng;
        struct log_ring r;
        struct model m = {.n = 0};
        rng_seeded_init(&rng, 7 + c, "ring");
        log_ring_init(&r, caps[c], 12);
        for (int i = 0; i < 3000; i++) {
            put(&r, &m, (size_t)rng_below(&rng.rng, 57));
            assert_true(log_ring_count(&r) >= 1 && log_ring_count(&r) <= 12);
            check_all(&r, &m);
        }
        log_ring_release(&r);
    }
}

static void readers_at_any_pace_see_every_record_or_count_it(void **state)
{
    struct rng_seeded rng;
    struct log_ring r;
    struct model m = {.n = 0};
    struct log_place p;
    uint64_t missed = 0, seen = 0;

    (void)state;
    rng_seeded_init(&rng, 3, "reader");
    log_ring_init(&r, 300, 100);
    p = log_ring_end(&r);
    for (int i = 0; i < 4000; i++) {
        put(&r, &m, (size_t)rng_below(&rng.rng, 40));
        struct bytes b;
        for (uint64_t n = rng_below(&rng.rng, 12) == 0 ? 100 : rng_below(&rng.rng, 2); n > 0; n--) {
            if (!log_ring_read(&r, &p, &b, &missed))
                break;
            check_record(&m, p.seq - 1, b);
            seen++;
        }
        assert_true(seen + missed == p.seq);
    }
    assert_true(missed > 0 && seen > 0);
    log_ring_release(&r);
}

static void a_resize_keeps_the_newest_with_their_numbers(void **state)
{
    struct log_ring r;
    struct model m = {.n = 0};
    struct bytes b;
    uint64_t missed = 0;

    (void)state;
    log_ring_init(&r, 1000, 100);
    for (int i = 0; i < 70; i++)
        put(&r, &m, 20);
    struct log_place p = log_ring_seek(&r, 60);
    assert_true(log_ring_read(&r, &p, &b, &missed));
    check_record(&m, 60, b);
    log_ring_resize(&r, 200, 5);
    assert_int_equal(log_ring_count(&r), 5);
    check_all(&r, &m);
    p = log_ring_seek(&r, p.seq);
    assert_true(log_ring_read(&r, &p, &b, &missed));
    check_record(&m, 65, b);
    log_ring_resize(&r, 4000, 50);
    put(&r, &m, 30);
    assert_int_equal(log_ring_count(&r), 6);
    check_all(&r, &m);
    log_ring_release(&r);
}

static void a_record_larger_than_the_ring_is_cut(void **state)
{
    uint8_t data[300] = {0};
    struct log_ring r;
    struct bytes b;
    uint64_t missed = 0;

    (void)state;
    log_ring_init(&r, 64, 4);
    log_ring_put(&r, bytes_of(data, 40), bytes_of(data, 300));
    struct log_place p = log_ring_begin(&r);
    assert_true(log_ring_read(&r, &p, &b, &missed));
    assert_int_equal(b.n, 64);
    log_ring_clear(&r);
    assert_false(log_ring_read(&r, &p, &b, &missed));
    log_ring_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newest_records_are_kept_whatever_their_sizes),
        cmocka_unit_test(readers_at_any_pace_see_every_record_or_count_it),
        cmocka_unit_test(a_resize_keeps_the_newest_with_their_numbers),
        cmocka_unit_test(a_record_larger_than_the_ring_is_cut),
    };
    return cmocka_run_group_tests_name("gateway/log_ring", tests, NULL, NULL);
}
