#include "cli/log_record.h"

#include "base/attr.h"
#include "cli/lines.h"
#include "tests/testkit.h"

#include <jansson.h>

#define TORN                                                                                       \
    "<166>Nov 09 2022 10:01:59 EDT gw1 : %ASA-6-302014: Teardown TCP connection 23 for "           \
    "outside:192.0.2.7/80 to inside:10.1.1.5/1025 duration 1:02:03 bytes "                         \
    "4567 Tunnel has been torn down (admin)"

static json_t *record(const char *line)
{
    struct buf b = BUF_INIT;
    json_error_t error;

    log_record_json(7, bytes_str(line), &b);
    assert_ptr_equal(strchr(buf_str(&b), '\n'), b.s + b.n - 1); /* one line */
    json_t *v = json_loads(buf_str(&b), JSON_REJECT_DUPLICATES, &error);
    assert_non_null(v);
    buf_release(&b);
    return v;
}

static const char *text(const json_t *v, const char *key)
{
    const char *s = json_string_value(json_object_get(v, key));

    return s ? s : "(none)";
}

static json_int_t number(const json_t *v, const char *key)
{
    assert_true(json_is_integer(json_object_get(v, key)));
    return json_integer_value(json_object_get(v, key));
}

static void teardown__has_every_field(void **state)
{
    json_t *v = record(TORN);
    const json_t *a = json_object_get(v, "a"), *b = json_object_get(v, "b");

    (void)state;
    assert_int_equal(number(v, "line"), 7);
    assert_string_equal(text(v, "host"), "gw1");
    assert_string_equal(text(v, "timestamp"), "Nov 09 2022 10:01:59 EDT");
    assert_int_equal(number(v, "severity"), 6);
    assert_string_equal(text(v, "id"), "302014");
    assert_int_equal(number(v, "connection"), 23);
    assert_string_equal(text(v, "protocol"), "TCP");
    assert_true(json_is_null(json_object_get(v, "direction")));
    assert_string_equal(text(a, "interface"), "outside");
    assert_string_equal(text(a, "address"), "192.0.2.7");
    assert_int_equal(number(a, "port"), 80);
    assert_true(json_is_null(json_object_get(a, "mapped_address")));
    assert_string_equal(text(b, "interface"), "inside");
    assert_int_equal(number(b, "port"), 1025);
    assert_true(json_is_null(json_object_get(b, "mapped_port")));
    assert_int_equal(number(v, "duration_s"), 3723);
    assert_int_equal(number(v, "bytes"), 4567);
    assert_string_equal(text(v, "reason"), "Tunnel has been torn down");
    assert_string_equal(text(v, "reason_class"), "tunnel");
    assert_string_equal(text(v, "user"), "admin");
    json_decref(v);
}

static void built__has_direction_and_mapped_addresses(void **state)
{
    json_t *v = record("%ASA-6-302013: Built outbound TCP connection 5 for outside:192.0.2.7/80 "
                       "(198.51.100.7/8080) to inside:10.1.1.5/1025 (203.0.113.9/40000)");
    const json_t *a = json_object_get(v, "a"), *b = json_object_get(v, "b");

    (void)state;
    assert_string_equal(text(v, "direction"), "outbound");
    assert_string_equal(text(a, "mapped_address"), "198.51.100.7");
    assert_int_equal(number(a, "mapped_port"), 8080);
    assert_string_equal(text(b, "mapped_address"), "203.0.113.9");
    assert_int_equal(number(b, "mapped_port"), 40000);
    assert_true(json_is_null(json_object_get(v, "duration_s")));
    assert_string_equal(text(v, "reason_class"), "none");
    json_decref(v);
}

static void message_about_no_connection__has_header_and_text(void **state)
{
    json_t *v = record("%ASA-5-713259: Group = 192.0.2.1, IP = 192.0.2.1, Session is being torn "
                       "down. Reason: Lost Service");

    (void)state;
    assert_string_equal(text(v, "id"), "713259");
    assert_int_equal(number(v, "severity"), 5);
    assert_true(json_is_null(json_object_get(v, "timestamp")));
    assert_null(json_object_get(v, "connection"));
    json_decref(v);
}

static void small_number__keeps_its_six_digits(void **state)
{
    json_t *v = record("%ASA-1-000004: made up");

    (void)state;
    assert_string_equal(text(v, "id"), "000004");
    json_decref(v);
}

static void line_of_something_else__is_kept_with_no_id(void **state)
{
    json_t *v = record("hello \x01\xff world");

    (void)state;
    assert_true(json_is_null(json_object_get(v, "id")));
    assert_string_equal(text(v, "text"), "hello \x01\\xff world");
    json_decref(v);
}

static void text_form__is_one_line_for_a_terminal(void **state)
{
    struct buf b = BUF_INIT;

    (void)state;
    log_record_text(12, bytes_str(TORN), &b);
    assert_string_equal(buf_str(&b),
                        "    12  302014  6  Nov 09 2022 10:01:59 EDT  torn TCP 23 "
                        "outside:192.0.2.7/80 inside:10.1.1.5/1025 3723 s 4567 bytes tunnel: "
                        "Tunnel has been torn down\n");
    buf_clear(&b);
    log_record_text(13, bytes_str("x\x1b[2Jy"), &b);
    assert_string_equal(buf_str(&b), "    13  no ASA message: x\\x1b[2Jy\n");
    buf_release(&b);
}

static FILE *file_of(const char *bytes, size_t n)
{
    FILE *f = tmpfile();

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    rewind(f);
    return f;
}

static void lines__end_as_they_like(void **state)
{
    static const char source[] = "one\ntwo\r\n\n\0four\nlast";
    static const char *const want[] = {"one", "two", "", "\0four", "last"};
    static const size_t len[] = {3, 3, 0, 5, 4};
    struct lines l = {.file = file_of(source, sizeof(source) - 1)};
    struct bytes line;

    (void)state;
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_true(lines_next(&l, &line));
        assert_int_equal(l.number, i + 1);
        assert_int_equal(line.n, len[i]);
        assert_true(line.n == 0 || memcmp(line.p, want[i], line.n) == 0);
    }
    assert_false(lines_next(&l, &line));
    fclose(l.file);
    lines_release(&l);
}

static void line_without_end__takes_bounded_memory(void **state)
{
    struct lines l = {.file = tmpfile()};
    struct bytes line;

    (void)state;
    assert_non_null(l.file);
    for (int i = 0; i < 1000000; i++)
        fputc('x', l.file);
    fputs("\nnext\n", l.file);
    rewind(l.file);
    assert_true(lines_next(&l, &line));
    assert_int_equal(line.n, LINES_KEPT);
    assert_true(lines_next(&l, &line));
    assert_int_equal(line.n, 4);
    fclose(l.file);
    lines_release(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(teardown__has_every_field),
        cmocka_unit_test(built__has_direction_and_mapped_addresses),
        cmocka_unit_test(message_about_no_connection__has_header_and_text),
        cmocka_unit_test(small_number__keeps_its_six_digits),
        cmocka_unit_test(line_of_something_else__is_kept_with_no_id),
        cmocka_unit_test(text_form__is_one_line_for_a_terminal),
        cmocka_unit_test(lines__end_as_they_like),
        cmocka_unit_test(line_without_end__takes_bounded_memory),
    };
    return cmocka_run_group_tests_name("cli/log_record", tests, NULL, NULL);
}
