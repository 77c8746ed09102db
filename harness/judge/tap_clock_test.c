/* Clocks of two taps, and packets that a tap saw twice at once. */
#include "judge/tap_clock.h"

#include "judge/tap_twice.h"
#include "tests/testkit.h"

#define MS INT64_C(1000000)

/* N packets each way with delays of DOWN and UP, the HO's clock AHEAD; every fourth is late. */
struct way {
    int64_t ahead, up, down;
    int n;
    bool translated, one_way;
};

static struct pkt packet(uint32_t src, uint32_t dst, int number, uint8_t data[static 32])
{
    struct pkt p = {.kind = PKT_TCP, .data_len = 32};

    for (int i = 0; i < 32; i++)
        data[i] = (uint8_t)(number >> i % 3 * 8 ^ i * 37 ^ (int)(src & 0xff));
    p.ip.src = ip4(src);
    p.ip.dst = ip4(dst);
    p.tcp.data = bytes_of(data, 32);
    return p;
}

static struct tap_offset offset_of(const struct way *w)
{
    struct tap_clock *c = tap_clock_new();
    uint32_t bo = 0x0a010001, ho = 0x0a020001, seen = w->translated ? 0xc0a80001 : bo;
    uint8_t data[32];

    for (int site = 0; site < 2; site++)
        for (int i = 0; i < w->n; i++) {
            int64_t late = i % 4 == 3 ? 50 * MS : 0, t = i * 10 * MS;
            uint32_t user = site ? seen : bo;
            struct pkt p = packet(user, ho, i, data);
            for (int k = 0; k < 32; k++) /* the same bytes whatever the address */
                data[k] = (uint8_t)(i >> k % 3 * 8 ^ k * 37);
            tap_clock_add(c, site, &p, site ? t + w->up + late + w->ahead : t);
            for (int k = 0; k < 32; k++)
                data[k] ^= 0xff;
            p.ip.src = ip4(ho);
            p.ip.dst = ip4(user);
            if (!w->one_way)
                tap_clock_add(c, site, &p, site ? t + w->ahead : t + w->down + late);
        }
    struct tap_offset o = tap_clock_offset(c);
    tap_clock_free(c);
    return o;
}

static void the_offset_lies_between_the_bounds(void **state)
{
    static const int64_t ahead[] = {0, 7500 * MS, -3 * 3600 * 1000 * MS, 1};

    (void)state;
    for (size_t i = 0; i < COUNT(ahead); i++)
        for (int translated = 0; translated < 2; translated++) {
            struct way w = {ahead[i], 4 * MS, 2 * MS, 100, translated, false};
            struct tap_offset o = offset_of(&w);
            assert_true(o.known && !o.contradicts);
            assert_true(o.low_ns <= ahead[i] && ahead[i] <= o.high_ns);
            assert_int_equal(o.high_ns - o.low_ns, 6 * MS); /* the least delay there and back */
            assert_true(o.packets > 190);                   /* a few share a place in the table */
        }
}

static void times_that_may_be_right_are_left_alone(void **state)
{
    struct way near = {MS, 4 * MS, 2 * MS, 50, false, false};
    struct way far = {-9 * MS, 4 * MS, 4 * MS, 50, false, false};
    struct tap_offset o = offset_of(&near);

    (void)state;
    assert_int_equal(tap_offset_mend(&o), 0);
    o = offset_of(&far);
    assert_int_equal(tap_offset_mend(&o), -9 * MS);
}

static void one_direction_alone_says_nothing(void **state)
{
    struct way w = {7 * MS, 4 * MS, 2 * MS, 50, false, true};
    struct tap_offset o = offset_of(&w);

    (void)state;
    assert_false(o.known);
    assert_int_equal(tap_offset_mend(&o), 0);
}

/* The clock is set by a minute half way: what went before and after cannot both be. */
static void a_clock_that_was_set_is_told(void **state)
{
    struct tap_clock *c = tap_clock_new();
    uint8_t data[32];

    (void)state;
    for (int i = 0; i < 40; i++) {
        int64_t ahead = i < 20 ? 0 : 60000 * MS, t = i * 10 * MS;
        struct pkt up = packet(0x0a010001, 0x0a020001, i, data);
        tap_clock_add(c, 0, &up, t);
        tap_clock_add(c, 1, &up, t + 3 * MS + ahead);
        struct pkt down = packet(0x0a020001, 0x0a010001, i + 1000, data);
        tap_clock_add(c, 1, &down, t + ahead);
        tap_clock_add(c, 0, &down, t + 3 * MS);
    }
    struct tap_offset o = tap_clock_offset(c);
    assert_true(o.contradicts && !o.known);
    tap_clock_free(c);
}

static void the_same_packet_at_once_is_seen_twice_and_later_it_is_sent_again(void **state)
{
    static struct tap_twice t;
    uint8_t a[64] = {0x45, 1}, b[64] = {0x45, 2};

    (void)state;
    assert_false(tap_twice_add(&t, bytes_of(a, sizeof(a)), 0));
    assert_true(tap_twice_add(&t, bytes_of(a, sizeof(a)), 5000));
    assert_false(tap_twice_add(&t, bytes_of(b, sizeof(b)), 6000));
    assert_false(tap_twice_add(&t, bytes_of(a, sizeof(a)), 200 * MS));
    assert_int_equal(t.twice, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_offset_lies_between_the_bounds),
        cmocka_unit_test(times_that_may_be_right_are_left_alone),
        cmocka_unit_test(one_direction_alone_says_nothing),
        cmocka_unit_test(a_clock_that_was_set_is_told),
        cmocka_unit_test(the_same_packet_at_once_is_seen_twice_and_later_it_is_sent_again),
    };
    return cmocka_run_group_tests_name("judge/tap_clock", tests, NULL, NULL);
}
