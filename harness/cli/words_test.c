#include "cli/words.h"

#include "base/attr.h"
#include "tests/testkit.h"

static void nearest__finds_what_was_meant(void **state)
{
    static const char *const words[] = {"junit", "junit-strict", "json", "jobs", "seed", "out"};
    static const struct {
        const char *typed, *meant;
    } rows[] = {
        {"juint", "junit"},  /* two letters swapped */
        {"junt", "junit"},   /* one missing */
        {"junnit", "junit"}, /* one too many */
        {"sead", "seed"},    /* one changed */
        {"junit-strikt", "junit-strict"},
        {"color", NULL},
        {"", NULL},
        {"x", NULL}, /* nothing of it is there: no guess */
        {"averyveryveryveryveryveryveryveryveryveryveryveryveryverylongword", NULL},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *got = nearest(rows[i].typed, words, COUNT(words));
        if (rows[i].meant)
            assert_string_equal(got, rows[i].meant);
        else
            assert_null(got);
    }
    assert_null(nearest("junit", words, 0));
}

static void number__is_all_digits_or_nothing(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool good;
        uint64_t value;
    } rows[] = {
        {"0", 10, true, 0},
        {"10", 10, true, 10},
        {"11", 10, false, 0},
        {"0x10", 100, true, 16},
        {"0XfF", 300, true, 255},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"0xffffffffffffffffff", UINT64_MAX, false, 0},
        {"99999999999999999999999", UINT64_MAX, false, 0},
        {"", 10, false, 0},
        {"0x", 10, false, 0},
        {"-1", 10, false, 0},
        {"+1", 10, false, 0},
        {" 1", 10, false, 0},
        {"1 ", 10, false, 0},
        {"1e3", 1000, false, 0},
        {"a", 10, false, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t v = 77;
        assert_int_equal(parse_number(rows[i].text, rows[i].max, &v), rows[i].good);
        assert_int_equal(v, rows[i].good ? rows[i].value : 77);
    }
}

static void word_index__is_its_place(void **state)
{
    static const char *const words[] = {"auto", "always", "never"};

    (void)state;
    assert_int_equal(word_index("auto", words, 3), 0);
    assert_int_equal(word_index("never", words, 3), 2);
    assert_int_equal(word_index("never", words, 2), -1);
    assert_int_equal(word_index("Auto", words, 3), -1);
    assert_int_equal(word_index("", words, 3), -1);
}

static void shell_word__is_quoted_when_it_must_be(void **state)
{
    static const struct {
        const char *word, *want;
    } rows[] = {
        {"cases/x.xml", "cases/x.xml"},
        {"", "''"},
        {"two words", "'two words'"},
        {"it's", "'it'\\''s'"},
        {"$(rm -rf .)", "'$(rm -rf .)'"},
        {"a;b", "'a;b'"},
        {"~", "'~'"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        put_shell_word(&b, rows[i].word);
        assert_string_equal(buf_str(&b), rows[i].want);
        buf_release(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest__finds_what_was_meant),
        cmocka_unit_test(number__is_all_digits_or_nothing),
        cmocka_unit_test(word_index__is_its_place),
        cmocka_unit_test(shell_word__is_quoted_when_it_must_be),
    };
    return cmocka_run_group_tests_name("cli/words", tests, NULL, NULL);
}
