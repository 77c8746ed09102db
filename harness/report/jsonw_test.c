/* The JSON writer beside jansson, and run.json and judge's object read by it. */
#include "report/jsonw.h"

#include "base/attr.h"
#include "report/report.h"
#include "tests/sample_run.h"
#include "tests/testkit.h"

#include <jansson.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *load(const struct buf *b)
{
    json_error_t error;
    json_t *v = json_loadb(b->s, b->n, JSON_REJECT_DUPLICATES, &error);

    if (!v)
        print_error("%d: %s\n%s\n", error.line, error.text, buf_str(b));
    assert_non_null(v);
    return v;
}

static const json_t *at(const json_t *v, const char *key)
{
    const json_t *m = json_object_get(v, key);

    if (!m)
        print_error("no member %s\n", key);
    assert_non_null(m);
    return m;
}

static const char *text(const json_t *v, const char *key)
{
    const char *s = json_string_value(at(v, key));

    assert_non_null(s);
    return s;
}

struct number {
    double v;
    int decimals;
    const char *want;
};

static void numbers__have_no_more_digits_than_asked(void **state)
{
    static const struct number rows[] = {
        {0, 3, "0"},
        {-0.0, 3, "0"},
        {1, 0, "1"},
        {12.5, 3, "12.5"},
        {12.5, 0, "13"},
        {-0.25, 2, "-0.25"},
        {-0.0004, 3, "0"},
        {0.9996, 3, "1"},
        {99.9949, 2, "99.99"},
        {123456789012.0, 6, "123456789012"},
        {0.000000001, 9, "0.000000001"},
        {9007199254740991.0, 0, "9007199254740991"},
        {1e22, 3, "10000000000000000000000"},
        {NAN, 3, "null"},
        {INFINITY, 3, "null"},
        {-INFINITY, 3, "null"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        struct jsonw j;
        jsonw_begin(&j, &b, 0);
        jsonw_number(&j, NULL, rows[i].v, rows[i].decimals);
        assert_string_equal(buf_str(&b), rows[i].want);
        buf_release(&b);
    }
}

/* Makes a locale with a decimal comma in DIR and goes there; false: it cannot be made here. */
static bool enter_comma_locale(const char *dir)
{
    char command[160];

    snprintf(command, sizeof(command), "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
             dir);
    if (system(command) != 0)
        return false;
    setenv("LOCPATH", dir, 1);
    return setlocale(LC_ALL, "de_DE.UTF-8") && strcmp(localeconv()->decimal_point, ",") == 0;
}

static void numbers__do_not_follow_the_locale(void **state)
{
    char dir[] = "/tmp/holdfast-locale-XXXXXX", command[64];
    struct buf b = BUF_INIT;
    struct jsonw j;

    (void)state;
    assert_non_null(mkdtemp(dir));
    bool entered = enter_comma_locale(dir);
    jsonw_begin(&j, &b, 0);
    jsonw_number(&j, NULL, 1234567.5, 3);
    setlocale(LC_ALL, "C");
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    assert_int_equal(system(command), 0);
    assert_string_equal(buf_str(&b), "1234567.5");
    buf_release(&b);
    if (!entered) {
        printf("SKIPPED: no locale with a decimal comma can be made here\n");
        skip();
    }
}

static void times__keep_every_nanosecond(void **state)
{
    static const struct {
        int64_t ns;
        const char *want;
    } rows[] = {{INT64_C(1767225600123456789), "\"1767225600.123456789\""},
                {5, "\"0.000000005\""},
                {-500000000, "\"-0.500000000\""},
                {0, "\"0.000000000\""}};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        struct jsonw j;
        jsonw_begin(&j, &b, 0);
        jsonw_time(&j, NULL, rows[i].ns);
        assert_string_equal(buf_str(&b), rows[i].want);
        buf_release(&b);
    }
}

static void one_line_and_many_lines__hold_the_same(void **state)
{
    json_t *values[4];

    (void)state;
    for (unsigned lines = 0; lines < 4; lines++) {
        struct buf b = BUF_INIT;
        struct jsonw j;
        jsonw_begin(&j, &b, lines);
        jsonw_object(&j, NULL);
        jsonw_array(&j, "empty");
        jsonw_close(&j);
        jsonw_array(&j, "list");
        jsonw_u64(&j, NULL, UINT64_C(9223372036854775807));
        jsonw_i64(&j, NULL, -5);
        jsonw_null(&j, NULL);
        jsonw_object(&j, NULL);
        jsonw_close(&j);
        jsonw_close(&j);
        jsonw_bool(&j, "yes", true);
        jsonw_string(&j, "none", NULL);
        jsonw_close(&j);
        values[lines] = load(&b);
        assert_int_equal(b.s[b.n - 1], '\n');
        if (lines == 0)
            assert_ptr_equal(strchr(buf_str(&b), '\n'), b.s + b.n - 1);
        buf_release(&b);
    }
    for (int i = 1; i < 4; i++) {
        assert_true(json_equal(values[0], values[i]));
        json_decref(values[i]);
    }
    json_decref(values[0]);
}

static void any_byte__stays_readable(void **state)
{
    uint8_t all[256];
    struct buf b = BUF_INIT;
    struct jsonw j;

    (void)state;
    for (size_t i = 0; i < sizeof(all); i++)
        all[i] = (uint8_t)i;
    jsonw_begin(&j, &b, 0);
    jsonw_array(&j, NULL);
    jsonw_bytes(&j, NULL, bytes_of(all, sizeof(all)));
    jsonw_string(&j, NULL, "\xc3\xa9 \xff \"\\ \xef\xbf\xbe");
    jsonw_close(&j);
    json_error_t error;
    json_t *v = json_loadb(b.s, b.n, JSON_ALLOW_NUL, &error);
    assert_non_null(v);
    assert_memory_equal(json_string_value(json_array_get(v, 0)), all, 128);
    assert_string_equal(json_string_value(json_array_get(v, 1)),
                        "\xc3\xa9 \\xff \"\\ \xef\xbf\xbe");
    json_decref(v);
    buf_release(&b);
}

static void run_json__has_every_case_with_what_was_found(void **state)
{
    struct arena arena;
    struct report_run run;
    struct buf b = BUF_INIT;

    (void)state;
    arena_init(&arena);
    sample_run(&arena, &run);
    run.seed = 7;
    report_json(&run, &b);
    json_t *v = load(&b);
    assert_string_equal(text(v, "started"), "2026-01-01T00:00:00");
    assert_int_equal(json_integer_value(at(v, "seed")), 7);
    assert_int_equal(json_integer_value(at(v, "passed")), 1);
    assert_int_equal(json_integer_value(at(v, "failed")), 1);
    assert_int_equal(json_integer_value(at(v, "errors")), 3);
    assert_int_equal(json_integer_value(at(v, "skipped")), 1);
    assert_int_equal(json_array_size(at(v, "cases")), SAMPLE_CASES);

    const json_t *fail = json_array_get(at(v, "cases"), SAMPLE_FAIL);
    assert_string_equal(text(fail, "verdict"), "FAIL");
    assert_string_equal(text(fail, "evidence"), "out/fail.pcapng");
    const json_t *first = json_array_get(at(fail, "findings"), 0);
    assert_string_equal(text(first, "rule"), "no-log");
    assert_string_equal(text(first, "file"), "cases/fail.xml");
    assert_int_equal(json_integer_value(at(first, "line")), 19);
    assert_int_equal(json_integer_value(at(first, "packet")), 1234);
    assert_string_equal(text(first, "time"), "1767225600.123456789");
    const json_t *skipped = json_array_get(at(v, "cases"), SAMPLE_SKIPPED);
    assert_string_equal(text(skipped, "reason"), "not run: interrupted");
    assert_true(json_is_null(at(skipped, "evidence")));
    assert_null(json_object_get(skipped, "findings"));
    json_decref(v);
    buf_release(&b);
    arena_release(&arena);
}

static void metrics__are_numbers_words_or_null_with_a_reason(void **state)
{
    struct arena arena;
    struct report_run run;
    struct buf b = BUF_INIT;

    (void)state;
    arena_init(&arena);
    sample_run(&arena, &run);
    run.seed = 1;
    report_json(&run, &b);
    json_t *v = load(&b);
    const json_t *m = at(json_array_get(at(v, "cases"), SAMPLE_PASS), "metrics");
    assert_true(fabs(json_real_value(at(json_array_get(m, 0), "value")) - 6824.622) < 1e-9);
    assert_string_equal(text(json_array_get(m, 0), "stream"), "dl");
    assert_int_equal(json_integer_value(at(json_array_get(m, 1), "value")), 7);
    assert_string_equal(text(json_array_get(m, 2), "value"), "abcdef");
    assert_true(json_is_null(at(json_array_get(m, 3), "value")));
    assert_string_equal(text(json_array_get(m, 3), "why_null"), "no event");
    assert_null(json_object_get(json_array_get(m, 0), "why_null"));
    json_decref(v);
    buf_release(&b);
    arena_release(&arena);
}

static void judged_without_a_case__has_no_verdict(void **state)
{
    struct arena arena;
    struct report_run run;
    struct buf b = BUF_INIT;

    (void)state;
    arena_init(&arena);
    sample_run(&arena, &run);
    report_judgement_json(run.cases[SAMPLE_PASS].judgement, false, &b);
    json_t *v = load(&b);
    assert_true(json_is_null(at(v, "case")));
    assert_true(json_is_null(at(v, "verdict")));
    assert_int_equal(json_integer_value(at(v, "cleartext_on_wan")), 0);
    assert_int_equal(json_integer_value(at(v, "packets")), 4321);
    const json_t *event = json_array_get(at(v, "events"), 0);
    assert_string_equal(text(event, "time"), "1767225600.409367936");
    assert_string_equal(text(event, "source"), "evidence");
    assert_true(json_is_null(at(json_array_get(at(v, "events"), 1), "time")));
    json_decref(v);
    buf_clear(&b);
    report_judgement_json(run.cases[SAMPLE_FAIL].judgement, true, &b);
    v = load(&b);
    assert_string_equal(text(v, "case"), "sample");
    assert_string_equal(text(v, "verdict"), "FAIL");
    json_decref(v);
    buf_release(&b);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers__have_no_more_digits_than_asked),
        cmocka_unit_test(numbers__do_not_follow_the_locale),
        cmocka_unit_test(times__keep_every_nanosecond),
        cmocka_unit_test(one_line_and_many_lines__hold_the_same),
        cmocka_unit_test(any_byte__stays_readable),
        cmocka_unit_test(run_json__has_every_case_with_what_was_found),
        cmocka_unit_test(metrics__are_numbers_words_or_null_with_a_reason),
        cmocka_unit_test(judged_without_a_case__has_no_verdict),
    };
    return cmocka_run_group_tests_name("report/jsonw", tests, NULL, NULL);
}
