/* The resolved document: complete, without secrets, the same when read back; hostile ones. */
#include "base/buf.h"
#include "base/mem.h"
#include "plan/plan.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct plan_var percent = {"percent", "40"};

static struct plan *load(const char *path)
{
    const struct plan_options options = {
        .defines = &percent,
        .ndefines = 1,
        .root = path[0] == '/' ? NULL : "harness/tests",
    };
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    if (plan_load(path, &options, &p, &problems))
        fail_msg("%s:%d: %s", problems->diag.file, problems->diag.line, problems->diag.text);
    return p;
}

static struct plan *reread(struct bytes xml)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    if (plan_from_resolved(xml, &p, &problems))
        fail_msg("%s:%d: %s", problems->diag.file, problems->diag.line, problems->diag.text);
    assert_null(problems);
    return p;
}

static void assert_same(const struct plan *a, const struct plan *b)
{
    struct buf x = BUF_INIT, y = BUF_INIT;

    assert_int_equal(a->resolved.n, b->resolved.n);
    assert_memory_equal(a->resolved.p, b->resolved.p, a->resolved.n);
    plan_explain(a, &x);
    plan_explain(b, &y);
    assert_string_equal(x.s, y.s);
    for (size_t i = 0; i < a->nexpects; i++) {
        assert_int_equal(a->expects[i].at.line, b->expects[i].at.line);
        assert_string_equal(a->expects[i].at.file, b->expects[i].at.file);
    }
    for (size_t i = 0; i < a->nstreams; i++) {
        assert_int_equal(a->streams[i].at.line, b->streams[i].at.line);
        assert_string_equal(a->streams[i].at.file, b->streams[i].at.file);
    }
    buf_release(&x);
    buf_release(&y);
}

static void reads_back_as_it_was(void **state)
{
    struct plan *a = load(*state), *b = reread(a->resolved);

    assert_same(a, b);
    plan_free(a);
    plan_free(b);
}

/* An empty folder as working directory: whatever was opened would be missing. */
static void touches_no_other_file(void **state)
{
    struct plan *a = load("harness/tests/good/full.xml"), *b;
    char here[4096], away[] = "/tmp/holdfast-plan-XXXXXX";

    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    assert_non_null(mkdtemp(away));
    assert_int_equal(chdir(away), 0);
    b = reread(a->resolved);
    assert_int_equal(chdir(here), 0);
    assert_int_equal(rmdir(away), 0);
    assert_string_equal(a->devices[0].config, b->devices[0].config);
    assert_same(a, b);
    plan_free(a);
    plan_free(b);
}

/* The document as a string; freed with mem_free. */
static char *text_of(const struct plan *p)
{
    return mem_strndup((const char *)p->resolved.p, p->resolved.n);
}

static void holds_no_secret(void **state)
{
    struct plan *p = load("harness/tests/good/full.xml");
    char *text = text_of(p);

    (void)state;
    assert_null(strstr(text, "hunter2"));
    assert_non_null(strstr(text, "pre-shared-key *******\n"));
    assert_non_null(strstr(text, "username a password *******"));
    assert_non_null(strstr(text, "show run password *******"));
    assert_non_null(strstr(p->devices[0].config_text, "pre-shared-key hunter2")); /* to run with */
    mem_free(text);
    plan_free(p);
}

static void a_dollar_in_it_is_no_variable_any_more(void **state)
{
    static const char xml[] =
        "<case xmlns=\"urn:holdfast:case:1\" id=\"a\" version=\"1\"><title>T</title>"
        "<about>A</about><var name=\"v\" value=\"${no}\"/><timeline>"
        "<stream id=\"s\" capture=\"${v}\"/></timeline><expect><no-cleartext/></expect></case>";
    struct plan *p = reread(bytes_str(xml));

    (void)state;
    assert_string_equal(p->vars[0].value, "${no}");
    assert_string_equal(p->streams[0].capture, "${v}");
    plan_free(p);
}

static void includes_nothing(void **state)
{
    static const char xml[] =
        "<case xmlns=\"urn:holdfast:case:1\" id=\"a\" version=\"1\"><title>T</title>"
        "<about>A</about><include xmlns=\"http://www.w3.org/2001/XInclude\" "
        "href=\"harness/tests/good/parts/timeline.xml\"/>"
        "<timeline><stream id=\"s\" capture=\"c\"/></timeline>"
        "<expect><no-cleartext/></expect></case>";
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    (void)state;
    assert_int_equal(plan_from_resolved(bytes_str(xml), &p, &problems), ERR_INVALID);
    assert_non_null(strstr(problems->diag.text, "<include> is of another namespace"));
    plan_problems_free(problems);
    assert_null(p);
}

static void write_file(const char *dir, const char *name, const char *text)
{
    struct buf path = BUF_INIT;
    FILE *f;

    buf_addf(&path, "%s/%s", dir, name);
    f = fopen(path.s, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    buf_release(&path);
}

/* A case in a folder of its own whose device has the configuration CFG. */
static struct plan *case_with_config(const char *cfg)
{
    static const char *const files[] = {"case.xml", "a.cfg", "none.pcap"};
    char dir[] = "/tmp/holdfast-plan-XXXXXX", path[64];
    struct plan *p;

    assert_non_null(mkdtemp(dir));
    write_file(dir, "case.xml",
               "<case xmlns=\"urn:holdfast:case:1\" id=\"a\" version=\"1\"><title>T</title>"
               "<about>A</about><device><config file=\"a.cfg\"/></device><timeline>"
               "<stream id=\"s\" capture=\"none.pcap\"/></timeline>"
               "<expect><no-cleartext/></expect></case>");
    write_file(dir, "a.cfg", cfg);
    write_file(dir, "none.pcap", "");
    snprintf(path, sizeof(path), "%s/case.xml", dir);
    p = load(path);
    for (size_t i = 0; i < COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(dir), 0);
    return p;
}

/* Bytes that XML cannot carry come back as question marks, the rest unharmed. */
static void odd_bytes_of_a_configuration_do_not_break_it(void **state)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"banner \x1b[1m\x01", "banner ?[1m?\n"},
        {"a \xff\xc3\xa4 \xc3 \xe2\x82", "a ?\xc3\xa4 ? ??\n"},
        {"\xed\xa0\x80 \xef\xbf\xbe \xf4\x90\x80\x80 \xc0\xaf", "??? ??? ???? ??\n"},
        {"<&>\"' ]]>\r\ntab\there", "<&>\"' ]]>\r\ntab\there\n"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct plan *a = case_with_config(rows[i].in), *b = reread(a->resolved);
        assert_string_equal(b->devices[0].config_text, rows[i].out);
        plan_free(a);
        plan_free(b);
    }
}

static enum err parse(struct bytes in, void *ctx)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;
    enum err e = plan_from_resolved(in, &p, &problems);

    (void)ctx;
    assert_true((e == ERR_OK) == (p != NULL));
    assert_true((e == ERR_OK) == (problems == NULL));
    plan_problems_free(problems);
    plan_free(p);
    return e;
}

static void survives_being_cut_or_flipped(void **state)
{
    struct plan *p = load("harness/tests/good/pair.xml");

    (void)state;
    test_truncations(p->resolved, parse, NULL);
    test_flips(p->resolved, parse, NULL);
    plan_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        {"full__reads_back_as_it_was", reads_back_as_it_was, NULL, NULL,
         (void *)"harness/tests/good/full.xml"},
        {"pair__reads_back_as_it_was", reads_back_as_it_was, NULL, NULL,
         (void *)"harness/tests/good/pair.xml"},
        cmocka_unit_test(touches_no_other_file),
        cmocka_unit_test(holds_no_secret),
        cmocka_unit_test(a_dollar_in_it_is_no_variable_any_more),
        cmocka_unit_test(includes_nothing),
        cmocka_unit_test(odd_bytes_of_a_configuration_do_not_break_it),
        cmocka_unit_test(survives_being_cut_or_flipped),
    };

    return cmocka_run_group_tests_name("resolved", tests, NULL, NULL);
}
