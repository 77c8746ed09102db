/* A PASS must mean something: each twin passes as it is, and fails when the switch it is about
 * stands the other way, with the 302014 line, or the want of one, as its first reason. */
#include "tests/testkit.h"
#include "tests/twins.h"
#include "tests/whole_run.h"

#include <stdio.h>
#include <string.h>

struct row {
    const char *what;
    const char *stem;
    bool preserved;
};

static const struct row rows[] = {
#define X(stem) {stem "__preserved__fails_when_it_is_not", stem, true},
    TWINS(X)
#undef X
#define X(stem) {stem "__not_preserved__fails_when_it_is", stem, false},
        TWINS(X)
#undef X
};

static void run(struct whole_run *r, const struct row *row, bool flipped)
{
    char args[160];

    snprintf(args, sizeof(args), "-q %s cases/%s-preserve-%s.xml",
             !flipped         ? ""
             : row->preserved ? "-D preserve=off"
                              : "-D preserve=on",
             row->stem, row->preserved ? "on" : "off");
    whole_run(r, args);
}

static void passes_and_fails_the_other_way(void **state)
{
    const struct row *row = *state;
    struct whole_run r;

    run(&r, row, false);
    if (r.exit_code != 0)
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 0);
    assert_string_equal(whole_run_verdict(&r), "PASS");
    whole_run_release(&r);

    run(&r, row, true);
    const char *why = whole_run_reason(&r, "message");
    if (r.exit_code != 1 || !strstr(why, "302014"))
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 1);
    assert_string_equal(whole_run_verdict(&r), "FAIL");
    assert_non_null(strstr(why, "302014"));
    if (row->preserved) { /* it was logged, so there is a packet to look at */
        assert_non_null(strstr(why, "packet "));
        assert_non_null(strstr(why, "Tunnel has been torn down"));
    }
    whole_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];
    size_t n = 0;

    for (size_t i = 0; i < COUNT(rows); i += test_step())
        tests[n++] = (struct CMUnitTest){rows[i].what, passes_and_fails_the_other_way, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("tests/twins", tests, n, NULL, NULL);
}
