/* The document of statements: what is taken, and every way in which it can be wrong. */
#include "plan/statements.h"

#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum err load(struct arena *a, const char *xml, struct statements *out, struct diag *why)
{
    char path[] = "/tmp/holdfast-statements-XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, xml, strlen(xml)), (ssize_t)strlen(xml));
    close(fd);
    enum err e = statements_load(a, path, out, why);
    assert_int_equal(unlink(path), 0);
    return e;
}

static void statements_come_in_the_documents_order(void **state)
{
    struct statements s;
    struct diag why = {0};
    struct arena a;

    (void)state;
    arena_init(&a);
    assert_int_equal(
        load(&a,
             "<note title=\"T\">\n<statement id=\"b\" at=\"here\">one\n two</statement>"
             "<statement id=\"a\" at=\"there\" no-case=\"why\">x</statement></note>",
             &s, &why),
        ERR_OK);
    assert_string_equal(s.title, "T");
    assert_int_equal(s.n, 2);
    assert_string_equal(s.v[0].id, "b");
    assert_string_equal(s.v[0].text, "one two");
    assert_null(s.v[0].no_case);
    assert_string_equal(s.v[1].at, "there");
    assert_string_equal(s.v[1].no_case, "why");
    arena_release(&a);
}

static const struct row {
    const char *what, *xml, *says;
} rows[] = {
    {"another_root", "<case/>", "<note> is"},
    {"another_element", "<note>\n<rule id=\"a\" at=\"b\">x</rule></note>",
     "<rule> does not belong"},
    {"no_id", "<note><statement at=\"b\">x</statement></note>", "needs id and at"},
    {"an_empty_id", "<note><statement id=\"\" at=\"b\">x</statement></note>", "needs id and at"},
    {"no_place", "<note><statement id=\"a\">x</statement></note>", "needs id and at"},
    {"an_id_of_two_words", "<note><statement id=\"a b\" at=\"b\">x</statement></note>",
     "no single word"},
    {"no_words", "<note><statement id=\"a\" at=\"b\"/></note>", "says nothing"},
    {"an_id_twice",
     "<note><statement id=\"a\" at=\"b\">x</statement><statement id=\"a\" at=\"b\">y</statement>"
     "</note>",
     "there already"},
    {"no_xml", "note", "not well-formed"},
    {"nothing", "", "is empty"},
};

static void is_refused_with_its_reason(void **state)
{
    const struct row *r = *state;
    struct statements s;
    struct diag why = {0};
    struct arena a;

    arena_init(&a);
    assert_int_not_equal(load(&a, r->xml, &s, &why), ERR_OK);
    if (!strstr(why.text, r->says))
        fail_msg("said: %s", why.text);
    arena_release(&a);
}

static void cut_anywhere_it_is_refused(void **state)
{
    static const char whole[] =
        "<note title=\"T\"><statement id=\"a\" at=\"b\">x</statement></note>";
    char part[sizeof(whole)];

    (void)state;
    for (size_t n = 0; n + 1 < sizeof(whole); n++) {
        struct statements s;
        struct diag why = {0};
        struct arena a;
        arena_init(&a);
        snprintf(part, sizeof(part), "%.*s", (int)n, whole);
        assert_int_not_equal(load(&a, part, &s, &why), ERR_OK);
        arena_release(&a);
    }
}

static void a_case_names_a_statement_by_its_first_word(void **state)
{
    (void)state;
    assert_int_equal(proves_id("default-off: the command is off"), 11);
    assert_int_equal(proves_id("default-off"), 11);
    assert_int_equal(proves_id(": x"), 0);
}

int main(void)
{
    struct CMUnitTest tests[3 + COUNT(rows)] = {
        cmocka_unit_test(statements_come_in_the_documents_order),
        cmocka_unit_test(cut_anywhere_it_is_refused),
        cmocka_unit_test(a_case_names_a_statement_by_its_first_word),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[3 + i] = (struct CMUnitTest){rows[i].what, is_refused_with_its_reason, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("plan/statements", tests, NULL, NULL);
}
