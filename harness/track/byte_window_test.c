#include "track/byte_window.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"

#define STREAM (1u << 20)

struct gathered {
    struct window_side side;
    uint8_t bytes[2 * STREAM];
    size_t n;
};

static void gather(struct window_side *side, struct bytes b)
{
    struct gathered *g = CONTAINER_OF(side, struct gathered, side);

    assert_true(g->n + b.n <= sizeof(g->bytes));
    memcpy(g->bytes + g->n, b.p, b.n);
    g->n += b.n;
}

struct bed {
    struct byte_window w;
    struct tcp_dir d[2];
    struct gathered *got[2];
    uint8_t *bytes; /* what was said */
};

static void bed_open(struct bed *b, size_t window)
{
    *b = (struct bed){.bytes = mem_array(STREAM, 1)};
    byte_window_init(&b->w, window, gather);
    for (int i = 0; i < 2; i++) {
        struct tcp_seg syn = {.seq = 99, .flags = TCP_SYN};
        b->got[i] = mem_zalloc(sizeof(*b->got[i]));
        window_side_init(&b->got[i]->side, &b->w);
        tcp_dir_init(&b->d[i], &b->got[i]->side.store);
        tcp_dir_add(&b->d[i], &syn, NULL);
    }
    for (size_t i = 0; i < STREAM; i++)
        b->bytes[i] = (uint8_t)(i * 2654435761u >> 24);
}

static void bed_close(struct bed *b)
{
    byte_window_release(&b->w);
    for (int i = 0; i < 2; i++) {
        window_side_release(&b->got[i]->side);
        tcp_dir_release(&b->d[i]);
        mem_free(b->got[i]);
    }
    mem_free(b->bytes);
}

static uint64_t say(struct bed *b, int i, uint32_t from, uint32_t n, const uint8_t *other)
{
    struct tcp_note note;
    struct tcp_seg s = {.seq = 100 + from,
                        .flags = TCP_ACK,
                        .len = n,
                        .data = bytes_of(other ? other : b->bytes + from, n)};

    tcp_dir_add(&b->d[i], &s, &note);
    return note.conflict_bytes;
}

static void in_order__bytes_are_handed_on_as_they_come(void **state)
{
    struct bed b;

    (void)state;
    bed_open(&b, 0); /* the smallest window: many times smaller than the stream */
    for (uint32_t at = 0; at < STREAM; at += 1024) {
        assert_int_equal(say(&b, 0, at, 1024, NULL), 0);
        assert_int_equal(b.got[0]->n, at + 1024);
    }
    window_side_finish(&b.got[0]->side, &b.d[0]);
    assert_int_equal(b.got[0]->n, STREAM);
    assert_memory_equal(b.got[0]->bytes, b.bytes, STREAM);
    assert_false(b.got[0]->side.broken);
    bed_close(&b);
}

/* Two streams at once, lost, late and repeated segments, within what the window holds. */
static void disorder__is_put_right(void **state)
{
    struct rng_seeded rng;

    (void)state;
    rng_seeded_init(&rng, 5, "byte_window");
    for (int round = 0; round < 10; round++) {
        struct bed b;
        uint32_t next[2] = {0, 0};
        bed_open(&b, 512u << 10);
        while (next[0] < STREAM || next[1] < STREAM) {
            int i = (int)rng_below(&rng.rng, 2);
            uint32_t back = (uint32_t)rng_below(&rng.rng, 6000), from = next[i];
            uint32_t n = 1 + (uint32_t)rng_below(&rng.rng, 1400);
            if (rng_below(&rng.rng, 8) == 0)
                from = from > back ? from - back : 0; /* again, or what was left out */
            else if (rng_below(&rng.rng, 50) == 0)
                next[i] = from = from + 700 < STREAM ? from + 700 : from; /* a hole */
            if (from >= STREAM)
                continue;
            n = n < STREAM - from ? n : STREAM - from;
            assert_int_equal(say(&b, i, from, n, NULL), 0);
            next[i] = from + n > next[i] ? from + n : next[i];
        }
        for (int i = 0; i < 2; i++) {
            say(&b, i, 0, 1, NULL);
            struct range hole;
            while (tcp_dir_first_hole(&b.d[i], &hole))
                say(&b, i, (uint32_t)hole.from, (uint32_t)(hole.to - hole.from), NULL);
            window_side_finish(&b.got[i]->side, &b.d[i]);
            if (b.got[i]->side.broken) /* a hole was filled after the window had gone past it */
                continue;
            assert_int_equal(b.got[i]->n, STREAM);
            assert_memory_equal(b.got[i]->bytes, b.bytes, STREAM);
        }
        bed_close(&b);
    }
}

static void other_bytes_in_a_later_copy__are_counted_and_the_first_copy_stays(void **state)
{
    struct bed b;
    uint8_t other[3000];

    (void)state;
    bed_open(&b, 1u << 20);
    say(&b, 0, 0, 3000, NULL);
    memcpy(other, b.bytes, sizeof(other));
    other[7] ^= 1;
    other[2500] ^= 1;
    assert_int_equal(say(&b, 0, 0, 3000, other), 2);
    assert_int_equal(say(&b, 0, 2900, 200, NULL), 0);
    window_side_finish(&b.got[0]->side, &b.d[0]);
    assert_int_equal(b.got[0]->n, 3100);
    assert_memory_equal(b.got[0]->bytes, b.bytes, 3100);
    bed_close(&b);
}

static void holes__are_left_out(void **state)
{
    struct bed b;

    (void)state;
    bed_open(&b, 1u << 20);
    say(&b, 0, 0, 100, NULL);
    say(&b, 0, 5000, 100, NULL);
    assert_int_equal(b.got[0]->n, 100);
    window_side_finish(&b.got[0]->side, &b.d[0]);
    assert_int_equal(b.got[0]->n, 200);
    assert_memory_equal(b.got[0]->bytes + 100, b.bytes + 5000, 100);
    bed_close(&b);
}

/* One stream's hole is filled when the other has used up the window. */
/* A probe of one byte in the place of the SYN, before there was data, and once more after it; then
 * a stray segment far below. */
static void bytes_below_the_syn__are_left_out_and_break_nothing(void **state)
{
    static const uint8_t junk[9] = "!!!!!!!!";
    struct bed b;

    (void)state;
    bed_open(&b, 1u << 20);
    say(&b, 0, UINT32_MAX, 1, junk);
    say(&b, 0, 0, 1000, NULL);
    say(&b, 0, UINT32_MAX, 1, junk);
    say(&b, 0, 0u - 436207617u, sizeof(junk), junk);
    say(&b, 0, 1000, 1000, NULL);
    window_side_finish(&b.got[0]->side, &b.d[0]);
    assert_false(b.got[0]->side.broken);
    assert_int_equal(b.got[0]->n, 2000);
    assert_memory_equal(b.got[0]->bytes, b.bytes, 2000);
    bed_close(&b);
}

static void a_hole_that_the_window_left_behind__breaks_the_digest_and_is_told(void **state)
{
    struct bed b;

    (void)state;
    bed_open(&b, 0);
    say(&b, 0, 1000, 1000, NULL);
    for (uint32_t at = 0; at < STREAM; at += 1024)
        say(&b, 1, at, 1024, NULL);
    say(&b, 0, 0, 1000, NULL);
    window_side_finish(&b.got[0]->side, &b.d[0]);
    assert_true(b.got[0]->side.broken);
    assert_false(b.got[1]->side.broken);
    say(&b, 1, 0, 1024, NULL);
    assert_int_equal(b.w.uncompared, 1024);
    bed_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order__bytes_are_handed_on_as_they_come),
        cmocka_unit_test(disorder__is_put_right),
        cmocka_unit_test(other_bytes_in_a_later_copy__are_counted_and_the_first_copy_stays),
        cmocka_unit_test(holes__are_left_out),
        cmocka_unit_test(bytes_below_the_syn__are_left_out_and_break_nothing),
        cmocka_unit_test(a_hole_that_the_window_left_behind__breaks_the_digest_and_is_told),
    };
    return cmocka_run_group_tests_name("track/byte_window", tests, NULL, NULL);
}
