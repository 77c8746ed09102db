/* `list --requirements`: which statements count as shown, by made-up cases and reports. */
#include "cli/requirements.h"

#include "tests/testkit.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

static const struct statement stated[] = {
    {.id = "one", .at = "Top", .text = "the first"},
    {.id = "two", .at = "Middle", .text = "the second"},
    {.id = "screen", .at = "End", .text = "the third", .no_case = "it is a picture"},
};
static const struct statements doc = {"A note", stated, COUNT(stated)};

static const char *const of_a[] = {"one: the first"};
static const char *const of_b[] = {"one: the first", "two: the second"};
static const char *const of_c[] = {"twofold: no such thing"};

static struct plan a = {.id = "a", .proves = of_a, .nproves = 1},
                   b = {.id = "b", .proves = of_b, .nproves = 2},
                   c = {.id = "c", .proves = of_c, .nproves = 1};

static struct last_run *run_of(const char *json)
{
    char path[] = "/tmp/holdfast-run-XXXXXX";
    int fd = mkstemp(path);
    struct last_run *r = NULL;
    struct diag why = {0};

    assert_true(fd >= 0);
    assert_int_equal(write(fd, json, strlen(json)), (ssize_t)strlen(json));
    close(fd);
    if (last_run_read(path, &r, &why))
        fail_msg("%s", why.text);
    assert_int_equal(unlink(path), 0);
    return r;
}

struct row {
    const char *what, *run;
    bool stray;
    size_t bad;
    const char *says, *says_not;
};

#define RUN(a, b)                                                                                  \
    "{\"cases\": [{\"id\": \"a\", \"verdict\": \"" a "\"}, {\"id\": \"b\", \"verdict\": \"" b      \
    "\"}]}"

static const struct row rows[] = {
    {"all_pass__all_are_shown", RUN("PASS", "PASS"), false, 0,
     "3 statements: 2 shown, 0 not shown, 1 that no case can show", "!!!"},
    {"a_failure__counts_though_another_case_passes", RUN("PASS", "FAIL"), false, 2,
     "one: the first\n    [Top]\n    PASS         a\n    FAIL         b\n!!! A CASE FAILS\n", NULL},
    {"no_verdict__shows_nothing", RUN("FAIL", "INCONCLUSIVE"), false, 2,
     "two: the second\n    [Middle]\n    INCONCLUSIVE b\n!!! NO CASE PASSED\n", NULL},
    {"no_verdict_beside_a_pass__does_no_harm", RUN("SKIPPED", "PASS"), false, 0, "2 shown", "!!!"},
    {"a_case_that_was_not_run__shows_nothing",
     "{\"cases\": [{\"id\": \"a\", \"verdict\": \"PASS\"}]}", false, 1,
     "    not run      b\n!!! NO CASE PASSED\n", NULL},
    {"a_case_that_names_no_statement__is_told", RUN("PASS", "PASS"), true, 1,
     "!!! NO SUCH STATEMENT: c proves \"twofold: no such thing\"\n", NULL},
};

static void is_told_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct plan *plans[] = {&a, &b, &c};
    struct last_run *run = run_of(row->run);
    struct requirements r = {&doc, plans, row->stray ? 3 : 2, run};
    struct buf text = BUF_INIT, json = BUF_INIT;

    assert_int_equal(requirements_text(&r, &text), row->bad);
    if (!strstr(buf_str(&text), row->says))
        fail_msg("%s", buf_str(&text));
    if (row->says_not)
        assert_null(strstr(buf_str(&text), row->says_not));
    assert_int_equal(requirements_json(&r, &json), row->bad);
    json_t *v = json_loads(buf_str(&json), JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(json_object_get(v, "statements")), 3);
    assert_int_equal(json_array_size(json_object_get(v, "no_such_statement")), row->stray);
    json_decref(v);
    buf_release(&text);
    buf_release(&json);
    last_run_free(run);
}

static void a_statement_without_any_case_is_told(void **state)
{
    struct plan *plans[] = {&a};
    struct last_run *run = run_of(RUN("PASS", "PASS"));
    struct requirements r = {&doc, plans, 1, run};
    struct buf text = BUF_INIT;

    (void)state;
    assert_int_equal(requirements_text(&r, &text), 1);
    assert_non_null(strstr(buf_str(&text), "two: the second\n    [Middle]\n!!! NO CASE\n"));
    assert_non_null(strstr(buf_str(&text), "    no case: it is a picture\n"));
    buf_release(&text);
    last_run_free(run);
}

static void no_report_is_a_run_without_cases(void **state)
{
    struct last_run *r;
    struct diag why = {0};

    (void)state;
    assert_int_equal(last_run_read("/tmp/holdfast-no-such-report", &r, &why), ERR_OK);
    assert_null(last_run_verdict(r, "a"));
    assert_int_equal(why.err, ERR_OK);
    last_run_free(r);
    last_run_free(NULL);
}

static void what_is_no_report_is_refused(void **state)
{
    static const char *const files[] = {"README.md", "/dev/null", "harness", "cases/case-1.rng"};

    (void)state;
    for (size_t i = 0; i < COUNT(files); i++) {
        struct last_run *r;
        struct diag why = {0};
        assert_int_not_equal(last_run_read(files[i], &r, &why), ERR_OK);
        assert_true(why.text[0]);
    }
}

int main(void)
{
    struct CMUnitTest tests[3 + COUNT(rows)] = {
        cmocka_unit_test(a_statement_without_any_case_is_told),
        cmocka_unit_test(no_report_is_a_run_without_cases),
        cmocka_unit_test(what_is_no_report_is_refused),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[3 + i] = (struct CMUnitTest){rows[i].what, is_told_as_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("cli/requirements", tests, NULL, NULL);
}
