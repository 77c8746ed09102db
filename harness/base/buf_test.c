#include "base/buf.h"
#include "tests/testkit.h"

#include <inttypes.h>
#include <stdio.h>

static void numbers_are_as_printf_has_them(void **state)
{
    static const uint64_t rows[] = {0,         1, 9, 10, 99, 100, 12345, UINT32_MAX, UINT64_MAX - 1,
                                    UINT64_MAX};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        char want[32];
        snprintf(want, sizeof(want), "<%" PRIu64 ">", rows[i]);
        buf_addc(&b, '<');
        buf_addu(&b, rows[i]);
        buf_addc(&b, '>');
        assert_string_equal(buf_str(&b), want);
        buf_release(&b);
    }
}

static void every_byte_has_its_two_digits(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    for (unsigned i = 0; i < 256; i++) {
        uint8_t byte = (uint8_t)i;
        char want[3];
        snprintf(want, sizeof(want), "%02x", i);
        buf_clear(&b);
        buf_addx(&b, bytes_of(&byte, 1));
        assert_string_equal(buf_str(&b), want);
    }
    buf_clear(&b);
    buf_addx(&b, bytes_of(NULL, 0));
    assert_string_equal(buf_str(&b), "");
    buf_addx(&b, bytes_str("\x01\xfe~"));
    assert_string_equal(buf_str(&b), "01fe7e");
    buf_release(&b);
}

static void what_is_added_is_there_however_often_the_room_grows(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        buf_addc(&b, 'a');
        buf_addf(&b, "%d", i % 10);
        buf_add(&b, "xyz", 3);
    }
    assert_int_equal(b.n, 5000);
    for (size_t i = 0; i < 1000; i++) {
        const char want[] = {'a', (char)('0' + i % 10), 'x', 'y', 'z'};
        assert_memory_equal(b.s + 5 * i, want, 5);
    }
    assert_int_equal(b.s[5000], 0);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_as_printf_has_them),
        cmocka_unit_test(every_byte_has_its_two_digits),
        cmocka_unit_test(what_is_added_is_there_however_often_the_room_grows),
    };

    return cmocka_run_group_tests_name("base/buf", tests, NULL, NULL);
}
