/* A PASS must mean something: each twin passes as it is, and fails when the switch it is about stands
 * the other way, with the 302014 line, or the want of one, as its first reason. */
#include "tests/testkit.h"
#include "tests/whole_run.h"

#include <stdio.h>
#include <string.h>

struct row {
    const char *what;
    const char *file;     /* cases/FILE.xml */
    const char *preserve; /* as the twin has it */
};

static const struct row rows[] = {
#include "tests/twins.h"
};

static const char *other(const struct row *row)
{
    return strcmp(row->preserve, "on") == 0 ? "off" : "on";
}

static void passes_as_it_is_and_fails_the_other_way(void **state)
{
    const struct row *row = *state;
    struct whole_run r;
    char args[160];

    snprintf(args, sizeof(args), "-q cases/%s.xml", row->file);
    whole_run(&r, args);
    if (r.exit_code != 0)
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 0);
    assert_string_equal(whole_run_verdict(&r), "PASS");
    whole_run_release(&r);

    snprintf(args, sizeof(args), "-q -D preserve=%s cases/%s.xml", other(row), row->file);
    whole_run(&r, args);
    if (r.exit_code != 1 || !strstr(whole_run_reason(&r, "message"), "302014"))
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 1);
    assert_string_equal(whole_run_verdict(&r), "FAIL");
    assert_non_null(strstr(whole_run_reason(&r, "message"), "302014"));
    if (strcmp(row->preserve, "on") == 0) { /* it was logged, so it has a packet */
        assert_non_null(strstr(whole_run_reason(&r, "message"), "packet "));
        assert_non_null(strstr(whole_run_reason(&r, "message"), "Tunnel has been torn down"));
    }
    whole_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, passes_as_it_is_and_fails_the_other_way, NULL,
                                       NULL, (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("tests/twins", tests, NULL, NULL);
}
