#include "base/cursor.h"

#include "tests/testkit.h"

static void reads_each_width(void **state)
{
    const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    struct rd r = rd_of(bytes_of(in, sizeof(in)));

    (void)state;
    assert_int_equal(rd_u8(&r), 1);
    assert_int_equal(rd_be16(&r), 0x0203);
    assert_int_equal(rd_be32(&r), 0x04050607);
    assert_int_equal(rd_be64(&r), 0x08090a0b0c0d0e0fu);
    assert_true(rd_done(&r));
}

static void reads_little_endian(void **state)
{
    const uint8_t in[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    struct rd r = rd_of(bytes_of(in, sizeof(in)));

    (void)state;
    assert_int_equal(rd_le16(&r), 0x0201);
    assert_int_equal(rd_le32(&r), 0x06050403);
    assert_int_equal(rd_le64(&r), 0x0e0d0c0b0a090807u);
}

static void a_failed_reader_yields_zeros_and_keeps_the_first_error(void **state)
{
    const uint8_t in[] = {0xff, 0xff, 0xff};
    struct rd r = rd_of(bytes_of(in, sizeof(in)));
    uint8_t copy[2] = {7, 7};

    (void)state;
    assert_int_equal(rd_be32(&r), 0);
    rd_fail(&r, ERR_FORMAT);
    assert_int_equal(r.err, ERR_SHORT);
    assert_int_equal(rd_u8(&r), 0); /* though a byte is there */
    rd_copy(&r, copy, 2);
    assert_int_equal(copy[0] | copy[1], 0);
    assert_int_equal(rd_left(&r), 0);
    assert_false(rd_done(&r));
}

static void a_writer_stops_at_its_end(void **state)
{
    uint8_t out[5] = {0};
    struct wr w = wr_of(out, 4);

    (void)state;
    wr_be32(&w, 0x01020304);
    wr_u8(&w, 9);
    assert_int_equal(w.err, ERR_NOSPACE);
    assert_int_equal(w.at, 4);
    assert_int_equal(out[4], 0);
}

static void holes_are_filled_later(void **state)
{
    uint8_t out[8];
    struct wr w = wr_of(out, sizeof(out));
    size_t len = wr_hole16(&w);

    (void)state;
    wr_put(&w, bytes_str("abc"));
    wr_fill16(&w, len, w.at);
    assert_int_equal(w.err, ERR_OK);
    assert_memory_equal(out, "\0\5abc", 5);
    wr_fill16(&w, len, 65536);
    assert_int_equal(w.err, ERR_RANGE);
}

static void a_fill_outside_what_was_written_is_refused(void **state)
{
    uint8_t out[8] = {0};
    struct wr w = wr_of(out, sizeof(out));

    (void)state;
    wr_u8(&w, 1);
    wr_fill32(&w, 0, 5);
    assert_int_equal(w.err, ERR_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_each_width),
        cmocka_unit_test(reads_little_endian),
        cmocka_unit_test(a_failed_reader_yields_zeros_and_keeps_the_first_error),
        cmocka_unit_test(a_writer_stops_at_its_end),
        cmocka_unit_test(holes_are_filled_later),
        cmocka_unit_test(a_fill_outside_what_was_written_is_refused),
    };
    return cmocka_run_group_tests_name("base/cursor", tests, NULL, NULL);
}
