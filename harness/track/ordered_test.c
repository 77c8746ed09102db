#include "track/ordered.h"

#include "base/mem.h"
#include "base/rng.h"
#include "tests/testkit.h"
#include "wire/tcp.h"

#include <string.h>

#define ISN 0xfffffff0u /* the numbers wrap early */

static void take(void *ctx, struct bytes b)
{
    buf_add(ctx, b.p, b.n);
}

static void hole(void *ctx)
{
    buf_addc(ctx, '#');
}

/* FLAGS of "S", or ""; CUT: bytes of TEXT that were not captured. */
static void add(struct ordered *o, struct buf *out, const char *flags, uint32_t pos,
                const char *text, uint32_t cut)
{
    const struct ordered_sink to = {take, hole, out};
    uint32_t len = (uint32_t)strlen(text);
    struct tcp_seg seg = {.seq = ISN + 1 + pos - (*flags == 'S'),
                          .flags = *flags == 'S' ? TCP_SYN : TCP_ACK,
                          .len = len,
                          .data = bytes_head(bytes_str(text), len - cut)};

    ordered_add(o, &seg, &to);
}

static void bytes_come_in_order_and_once(void **state)
{
    struct ordered o;
    struct buf out = BUF_INIT;

    (void)state;
    ordered_init(&o);
    add(&o, &out, "S", 0, "", 0);
    add(&o, &out, "", 4, "efgh", 0);
    add(&o, &out, "", 10, "klmnopqrstuvw", 0);
    assert_string_equal(buf_str(&out), "");
    add(&o, &out, "", 0, "abcdef", 0);
    add(&o, &out, "", 2, "cdefghij", 0);
    add(&o, &out, "", 2, "cdef", 0);
    assert_string_equal(buf_str(&out), "abcdefghijklmnopqrstuvw");
    assert_int_equal(o.nahead, 0);
    assert_int_equal(o.bytes, 0);
    ordered_release(&o);
    buf_release(&out);
}

static void what_the_capture_cut_is_a_hole(void **state)
{
    struct ordered o;
    struct buf out = BUF_INIT;

    (void)state;
    ordered_init(&o);
    add(&o, &out, "S", 0, "", 0);
    add(&o, &out, "", 0, "abcdef", 2);
    add(&o, &out, "", 6, "ghi", 0);
    assert_string_equal(buf_str(&out), "abcd#ghi");
    ordered_release(&o);
    buf_release(&out);
}

static void another_connection_begins_anew(void **state)
{
    struct ordered o;
    struct buf out = BUF_INIT;

    (void)state;
    ordered_init(&o);
    add(&o, &out, "S", 0, "", 0);
    add(&o, &out, "", 0, "abc", 0);
    add(&o, &out, "", 9, "lost", 0);
    add(&o, &out, "S", 0, "", 0); /* the same SYN once more */
    add(&o, &out, "S", 5000, "", 0);
    add(&o, &out, "", 5000, "new", 0);
    assert_string_equal(buf_str(&out), "abc#new");
    ordered_release(&o);
    buf_release(&out);
}

/* More than is kept came before its time: the hole is given up, and memory stays bounded. */
static void a_hole_that_stays_is_given_up(void **state)
{
    struct ordered o;
    struct buf out = BUF_INIT;

    (void)state;
    ordered_init(&o);
    add(&o, &out, "S", 0, "", 0);
    for (uint32_t i = 0; i < 2 * ORDERED_SEGMENTS; i++)
        add(&o, &out, "", 10 + 4 * i, "abcd", 0);
    assert_int_equal(o.holes, 1);
    assert_int_equal(out.n, 1 + 8 * ORDERED_SEGMENTS);
    assert_int_equal(out.s[0], '#');
    assert_true(o.nahead <= ORDERED_SEGMENTS);
    ordered_release(&o);
    buf_release(&out);
}

/* Whatever the order within what is kept, the stream comes out. */
static void any_order_gives_the_same_stream(void **state)
{
    struct rng_seeded rng;
    char text[601];

    (void)state;
    rng_seeded_init(&rng, 7, "ordered");
    for (size_t i = 0; i < 600; i++)
        text[i] = (char)('a' + rng_below(&rng.rng, 26));
    text[600] = '\0';
    for (int round = 0; round < 50; round++) {
        struct ordered o;
        struct buf out = BUF_INIT;
        uint32_t at[60];
        ordered_init(&o);
        add(&o, &out, "S", 0, "", 0);
        for (uint32_t i = 0; i < 60; i++)
            at[i] = i * 10;
        for (uint32_t i = 59; i > 0; i--) {
            uint32_t k = (uint32_t)rng_below(&rng.rng, i + 1), t = at[i];
            at[i] = at[k];
            at[k] = t;
        }
        for (size_t i = 0; i < 60; i++) {
            char part[31] = "";
            size_t n = 10 + rng_below(&rng.rng, 20);
            memcpy(part, text + at[i], at[i] + n > 600 ? 600 - at[i] : n);
            add(&o, &out, "", at[i], part, 0);
        }
        assert_string_equal(buf_str(&out), text);
        assert_int_equal(o.bytes, 0);
        ordered_release(&o);
        buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_in_order_and_once),
        cmocka_unit_test(what_the_capture_cut_is_a_hole),
        cmocka_unit_test(another_connection_begins_anew),
        cmocka_unit_test(a_hole_that_stays_is_given_up),
        cmocka_unit_test(any_order_gives_the_same_stream),
    };

    return cmocka_run_group_tests_name("track/ordered", tests, NULL, NULL);
}
