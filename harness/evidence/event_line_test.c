#include "evidence/event_line.h"

#include "tests/testkit.h"

static const struct write_row {
    const char *what;
    const char *value;
    const char *line;
} write_rows[] = {
    {"a_word_stays_as_it_is", "tear-down", "event key=tear-down"},
    {"an_equals_sign_stays_as_it_is", "a=b", "event key=a=b"},
    {"a_backslash_alone_stays_as_it_is", "C:\\x", "event key=C:\\x"},
    {"a_blank_asks_for_quotes", "two words", "event key=\"two words\""},
    {"a_quote_is_escaped", "say \"no\"", "event key=\"say \\\"no\\\"\""},
    {"a_backslash_in_quotes_is_escaped", "a \\", "event key=\"a \\\\\""},
    {"control_bytes_are_hex", "a\tb\n\x7f", "event key=\"a\\x09b\\x0a\\x7f\""},
    {"nothing_is_two_quotes", "", "event key=\"\""},
    {"text_in_utf_8_stays_as_it_is", "s\xc3\xbc", "event key=s\xc3\xbc"},
};

static void is_written_and_read_as_its_row_says(void **state)
{
    const struct write_row *row = *state;
    struct buf line = BUF_INIT, value = BUF_INIT;

    event_line_start(&line, "event");
    event_line_add(&line, "key", row->value);
    assert_string_equal(buf_str(&line), row->line);
    event_line_addf(&line, "n", "%d", 7);
    assert_ok(event_line_get(buf_bytes(&line), "key", &value));
    assert_string_equal(buf_str(&value), row->value);
    assert_ok(event_line_get(buf_bytes(&line), "n", &value));
    assert_string_equal(buf_str(&value), "7");
    assert_int_equal(event_line_get(buf_bytes(&line), "ke", &value), ERR_NOTFOUND);
    assert_int_equal(event_line_get(buf_bytes(&line), "event", &value), ERR_NOTFOUND);
    assert_true(event_line_is(buf_bytes(&line), "event"));
    assert_false(event_line_is(buf_bytes(&line), "even"));
    assert_false(event_line_is(buf_bytes(&line), "events"));
    buf_release(&line);
    buf_release(&value);
}

static const struct read_row {
    const char *what;
    const char *line;
    enum err want;
    const char *value; /* of "k" */
} read_rows[] = {
    {"an_empty_line_has_nothing", "", ERR_NOTFOUND, ""},
    {"the_first_word_is_no_key", "k=1", ERR_NOTFOUND, ""},
    {"a_key_inside_a_value_is_none", "event x=\"a k=2\" k=1", ERR_OK, "1"},
    {"a_key_that_only_begins_alike_is_another", "event kk=2 k=1", ERR_OK, "1"},
    {"the_first_of_two_counts", "event k=1 k=2", ERR_OK, "1"},
    {"words_without_value_are_passed_over", "event k yes k=1", ERR_OK, "1"},
    {"several_blanks_are_one", "event   k=1  ", ERR_OK, "1"},
    {"no_value_is_an_empty_one", "event k= x=2", ERR_OK, ""},
    {"quotes_without_end_are_broken", "event k=\"1", ERR_FORMAT, NULL},
    {"quotes_without_end_before_the_key_are_broken", "event x=\"1 k=2", ERR_FORMAT, NULL},
    {"an_unknown_escape_is_broken", "event k=\"\\n\"", ERR_FORMAT, NULL},
    {"an_escape_of_one_digit_is_broken", "event k=\"\\x0\"", ERR_FORMAT, NULL},
};

static enum err get_k(struct bytes line, void *ctx)
{
    return event_line_get(line, "k", ctx);
}

static void is_read_as_its_row_says(void **state)
{
    const struct read_row *row = *state;
    struct buf value = BUF_INIT;

    buf_adds(&value, "old");
    assert_int_equal(event_line_get(bytes_str(row->line), "k", &value), row->want);
    if (row->value)
        assert_string_equal(buf_str(&value), row->value);
    test_truncations(bytes_str(row->line), get_k, &value);
    test_flips(bytes_str(row->line), get_k, &value);
    buf_release(&value);
}

static void every_byte_but_nul_comes_back(void **state)
{
    char all[256];
    struct buf line = BUF_INIT, value = BUF_INIT;

    (void)state;
    for (int i = 1; i < 256; i++)
        all[i - 1] = (char)i;
    all[255] = '\0';
    event_line_start(&line, "console");
    event_line_add(&line, "line", all);
    event_line_add(&line, "after", "x");
    assert_ok(event_line_get(buf_bytes(&line), "line", &value));
    assert_string_equal(buf_str(&value), all);
    assert_ok(event_line_get(buf_bytes(&line), "after", &value));
    assert_string_equal(buf_str(&value), "x");
    buf_release(&line);
    buf_release(&value);
}

int main(void)
{
    struct CMUnitTest tests[1 + COUNT(write_rows) + COUNT(read_rows)] = {
        cmocka_unit_test(every_byte_but_nul_comes_back)};
    size_t n = 1;

    for (size_t i = 0; i < COUNT(write_rows); i++)
        tests[n++] = (struct CMUnitTest){write_rows[i].what, is_written_and_read_as_its_row_says,
                                         NULL, NULL, (void *)(uintptr_t)&write_rows[i]};
    for (size_t i = 0; i < COUNT(read_rows); i++)
        tests[n++] = (struct CMUnitTest){read_rows[i].what, is_read_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&read_rows[i]};
    return _cmocka_run_group_tests("evidence/event_line", tests, n, NULL, NULL);
}
