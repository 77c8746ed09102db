#include "cli/terminal.h"

#include "tests/testkit.h"

static const struct row {
    const char *what;
    struct cli_env env;
    enum color wish;
    bool tty, want;
} rows[] = {
    {"a_terminal__gets_colour", {0}, COLOR_AUTO, true, true},
    {"a_file__gets_none", {0}, COLOR_AUTO, false, false},
    {"always__wins_over_everything", {.no_color = "1", .term = "dumb"}, COLOR_ALWAYS, false, true},
    {"never__wins_over_everything", {.clicolor_force = "1"}, COLOR_NEVER, true, false},
    {"no_color__wins_over_force",
     {.no_color = "1", .clicolor_force = "1"},
     COLOR_AUTO,
     true,
     false},
    {"no_color_empty__says_nothing", {.no_color = ""}, COLOR_AUTO, true, true},
    {"no_color_of_any_value__counts", {.no_color = "0"}, COLOR_AUTO, true, false},
    {"force__colours_a_file", {.clicolor_force = "1"}, COLOR_AUTO, false, true},
    {"force_0__says_nothing", {.clicolor_force = "0"}, COLOR_AUTO, false, false},
    {"force__wins_over_clicolor_0",
     {.clicolor_force = "1", .clicolor = "0"},
     COLOR_AUTO,
     false,
     true},
    {"clicolor_0__keeps_a_terminal_plain", {.clicolor = "0"}, COLOR_AUTO, true, false},
    {"clicolor_1__does_not_colour_a_file", {.clicolor = "1"}, COLOR_AUTO, false, false},
    {"a_dumb_terminal__stays_plain", {.term = "dumb"}, COLOR_AUTO, true, false},
    {"another_terminal__gets_colour", {.term = "xterm"}, COLOR_AUTO, true, true},
};

static void decides_as_its_row_says(void **state)
{
    const struct row *r = *state;

    assert_int_equal(use_color(&r->env, r->wish, r->tty), r->want);
}

static void names__are_three(void **state)
{
    enum color c = COLOR_NEVER;

    (void)state;
    assert_true(color_by_name("auto", &c));
    assert_int_equal(c, COLOR_AUTO);
    assert_true(color_by_name("always", &c));
    assert_int_equal(c, COLOR_ALWAYS);
    assert_true(color_by_name("never", &c));
    assert_int_equal(c, COLOR_NEVER);
    assert_false(color_by_name("yes", &c));
    assert_false(color_by_name("", &c));
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, decides_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(names__are_three);
    return cmocka_run_group_tests_name("cli/terminal", tests, NULL, NULL);
}
