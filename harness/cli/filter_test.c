#include "cli/select.h"

#include "tests/testkit.h"

#define ID    "phase2-delete-preserve-on"
#define TITLE "With preserved flows the connection outlives the end of the IPsec SAs"

static const char *const tags[] = {"phase2", "preserve", "slow"};

static const struct row {
    const char *expr;
    int want; /* -1: no expression */
} rows[] = {
    {"phase2", 1},
    {"phase1", 0},
    {"PHASE2-Delete", 1}, /* letters of either case */
    {"outlives", 1},      /* a word of the title */
    {"phase2 delete", 1}, /* side by side means and */
    {"phase2 rekey", 0},
    {"phase2 and rekey", 0},
    {"phase2 or rekey", 1},
    {"not rekey", 1},
    {"not phase2", 0},
    {"not not phase2", 1},
    {"rekey or delete and phase1", 0}, /* and binds closer */
    {"(rekey or delete) and phase2", 1},
    {"not (rekey or delete)", 0},
    {"not rekey and not phase1", 1},
    {"tag:preserve", 1},
    {"tag:preserv", 0}, /* the whole tag */
    {"tag:phase2 and not tag:slow", 0},
    {"tag:none or on", 1},
    {"  phase2  ", 1},
    {"((((phase2))))", 1},
    {"order", 0}, /* a word that begins with one of ours */
    {"nothing or notable", 0},
    {"", -1},
    {"   ", -1},
    {"(", -1},
    {"(phase2", -1},
    {"phase2)", -1},
    {"()", -1},
    {"not", -1},
    {"and", -1},
    {"phase2 and", -1},
    {"phase2 or", -1},
    {"or phase2", -1},
    {"phase2 and or rekey", -1},
    {"tag:", -1},
};

static void matches_as_its_row_says(void **state)
{
    const struct row *r = *state;
    bool got = false;
    enum err e = filter_match(r->expr, ID, TITLE, tags, COUNT(tags), &got);

    assert_int_equal(e, r->want < 0 ? ERR_INVALID : ERR_OK);
    if (r->want >= 0)
        assert_int_equal(got, r->want);
}

static void nested_without_end__is_refused(void **state)
{
    char expr[10001];
    bool got;

    (void)state;
    memset(expr, '(', sizeof(expr) - 1);
    expr[sizeof(expr) - 1] = '\0';
    assert_int_equal(filter_match(expr, ID, TITLE, NULL, 0, &got), ERR_INVALID);
    for (size_t i = 0; i + 4 < sizeof(expr); i += 4)
        memcpy(expr + i, "not ", 4);
    assert_int_equal(filter_match(expr, ID, TITLE, NULL, 0, &got), ERR_INVALID);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){*rows[i].expr ? rows[i].expr : "(empty)", matches_as_its_row_says,
                                NULL, NULL, (void *)(uintptr_t)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(nested_without_end__is_refused);
    return cmocka_run_group_tests_name("cli/filter", tests, NULL, NULL);
}
