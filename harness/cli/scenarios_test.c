/* `list --scenarios`: which scenarios count as played, by made-up cases and reports. */
#include "cli/scenarios.h"

#include "tests/testkit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct statement listed[] = {
    {.id = "AAA-01", .at = "Top", .text = "the first"},
    {.id = "A1B-02", .at = "Top", .text = "the second"},
    {.id = "AAA-03", .at = "End", .text = "the third", .no_case = "it cannot be"},
};
static const struct statements doc = {"Scenarios", listed, COUNT(listed)};

static const char *const of_a[] = {"on", "AAA-01"};
static const char *const of_b[] = {"AAA-01", "A1B-02"};
static const char *const of_c[] = {"AAA-03"};
static const char *const of_d[] = {"AAA-09"};

static struct plan a = {.id = "a", .tags = of_a, .ntags = 2},
                   b = {.id = "b", .tags = of_b, .ntags = 2, .peer.ike_version = PLAN_IKEV2},
                   c = {.id = "c", .tags = of_c, .ntags = 1},
                   d = {.id = "d", .tags = of_d, .ntags = 1};

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

#define RUN(a, b)                                                                                  \
    "{\"cases\": [{\"id\": \"a\", \"verdict\": \"" a "\"}, {\"id\": \"b\", \"verdict\": \"" b      \
    "\"}]}"

static const struct row {
    const char *what, *run;
    struct plan *plans[3];
    size_t nplans, bad;
    const char *says;
} rows[] = {
    {"all_pass__and_a_reason_is_enough",
     RUN("PASS", "PASS"),
     {&a, &b},
     2,
     0,
     "  AAA-01  the first  (IKEv1, IKEv2)\n        PASS         a\n        PASS         b\n"},
    {"one_of_each_version__is_both",
     RUN("PASS", "PASS"),
     {&a, &b},
     2,
     0,
     "3 scenarios: 2 with a case that passed (1 of them with IKEv1 and with IKEv2), 1 without one "
     "and why, 0 to look at"},
    {"a_version_whose_case_did_not_pass__is_not_there",
     RUN("UNRESOLVED", "PASS"),
     {&a, &b},
     2,
     0,
     "  AAA-01  the first  (IKEv2)\n"},
    {"a_failure__is_loud", RUN("PASS", "FAIL"), {&a, &b}, 2, 2, "!!!     A CASE FAILS\n"},
    {"not_run__is_loud", RUN("PASS", "PASS"), {&b}, 1, 0, "        PASS         b\n"},
    {"no_case__and_no_reason__is_loud",
     RUN("PASS", "PASS"),
     {&a},
     1,
     1,
     "  A1B-02  the second\n!!!     NO CASE, AND NO REASON\n"},
    {"no_verdict__is_loud", RUN("PASS", "UNRESOLVED"), {&a, &b}, 2, 1, "!!!     NO CASE PASSED\n"},
    {"a_case_where_a_reason_says_there_is_none__is_loud",
     RUN("PASS", "PASS"),
     {&a, &b, &c},
     3,
     1,
     "!!!     A CASE, AND A REASON FOR NONE\n"},
    {"an_id_that_is_not_listed__is_loud",
     RUN("PASS", "PASS"),
     {&a, &b, &d},
     3,
     1,
     "!!! NO SUCH SCENARIO: d has the tag AAA-09\n"},
};

static void is_told_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct last_run *run = run_of(row->run);
    struct requirements r = {&doc, row->plans, row->nplans, run};
    struct buf text = BUF_INIT, json = BUF_INIT;

    assert_int_equal(scenarios_text(&r, &text), row->bad);
    if (!strstr(buf_str(&text), row->says))
        fail_msg("%s", buf_str(&text));
    assert_int_equal(scenarios_json(&r, &json), row->bad);
    assert_non_null(strstr(buf_str(&json), "\"no_case\": \"it cannot be\""));
    buf_release(&text);
    buf_release(&json);
    last_run_free(run);
}

static void ids_look_like_ids(void **state)
{
    (void)state;
    assert_true(scenario_is_id("P1D-01"));
    assert_true(scenario_is_id("LEK-02"));
    assert_false(scenario_is_id("preserve"));
    assert_false(scenario_is_id("P1D-1"));
    assert_false(scenario_is_id("p1d-01"));
    assert_false(scenario_is_id("P1D-012"));
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, is_told_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(ids_look_like_ids);
    return _cmocka_run_group_tests("cli/scenarios", tests, COUNT(tests), NULL, NULL);
}
