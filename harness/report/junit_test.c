/* JUnit XML as its readers see it: libxml2, xmllint with Jenkins' schema, junitparser. */
#include "report/report.h"

#include "base/mem.h"
#include "tests/sample_run.h"
#include "tests/testkit.h"

#include <libxml/parser.h>
#include <libxml/xpath.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SCHEMA "harness/tests/xsd/jenkins-xunit-junit-10.xsd"

struct fixture {
    struct arena arena;
    struct report_run run;
    struct buf text;
};

static int setup(void **state)
{
    struct fixture *f = mem_zalloc(sizeof(*f));

    arena_init(&f->arena);
    sample_run(&f->arena, &f->run);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    buf_release(&f->text);
    arena_release(&f->arena);
    mem_free(f);
    return 0;
}

static void make(struct fixture *f, enum junit_flavour flavour)
{
    buf_clear(&f->text);
    report_junit(&f->run, flavour, &f->text);
}

/* What an XPath expression gives as a string, by an independent parser. The caller frees. */
static char *xpath(const struct fixture *f, const char *expr)
{
    xmlDoc *doc = xmlReadMemory(f->text.s, (int)f->text.n, "junit.xml", NULL, XML_PARSE_NONET);

    assert_non_null(doc);
    xmlXPathContext *ctx = xmlXPathNewContext(doc);
    xmlXPathObject *o = xmlXPathEvalExpression((const xmlChar *)expr, ctx);
    assert_non_null(o);
    xmlChar *s = xmlXPathCastToString(o);
    char *copy = mem_strdup((const char *)s);
    xmlFree(s);
    xmlXPathFreeObject(o);
    xmlXPathFreeContext(ctx);
    xmlFreeDoc(doc);
    return copy;
}

static void is(const struct fixture *f, const char *expr, const char *want)
{
    char *got = xpath(f, expr);

    assert_string_equal(got, want);
    mem_free(got);
}

/* COMMAND with %s for a file that holds the report. */
static int with_file(const struct fixture *f, const char *command)
{
    char path[] = "/tmp/holdfast-junit-XXXXXX", line[2048];
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_int_equal(write(fd, f->text.s, f->text.n), (ssize_t)f->text.n);
    close(fd);
    snprintf(line, sizeof(line), command, path);
    int rc = system(line);
    unlink(path);
    return rc;
}

static void check_strict(struct fixture *f)
{
    make(f, JUNIT_STRICT);
    if (system("command -v xmllint >/dev/null") != 0) {
        printf("SKIPPED: xmllint is not here to validate the report\n");
        skip();
    }
    assert_int_equal(with_file(f, "xmllint --noout --schema " SCHEMA " %s 2>/dev/null"), 0);
}

static void strict_is_valid_by_jenkins_schema(void **state)
{
    check_strict(*state);
}

static void strict_without_cases_is_valid_by_jenkins_schema(void **state)
{
    struct fixture *f = *state;

    f->run.ncases = 0;
    check_strict(f);
    is(f, "count(//testsuite)", "1");
    is(f, "string(/testsuites/@tests)", "0");
}

static void strict_of_an_interrupted_run_is_valid_by_jenkins_schema(void **state)
{
    struct fixture *f = *state;

    f->run.interrupted = true;
    check_strict(f);
    is(f, "string(//testsuite[1]/properties/property[@name='interrupted']/@value)", "true");
}

static void strict_with_times_of_every_kind_is_valid_by_jenkins_schema(void **state)
{
    static const double times[] = {0, -1, 0.0004, 0.9996, 1234567.8, 1e300};
    struct fixture *f = *state;

    for (size_t i = 0; i < COUNT(times); i++) {
        sample_case(&f->run, i % SAMPLE_CASES)->wall_s = times[i];
        f->run.wall_s = times[i];
        check_strict(f);
    }
    f->run.wall_s = 1234567.8;
    make(f, JUNIT_STRICT);
    is(f, "string(/testsuites/@time)", "1234567.800");
}

static void counts_are_those_of_the_verdicts(void **state)
{
    struct fixture *f = *state;

    for (int flavour = JUNIT_RICH; flavour <= JUNIT_STRICT; flavour++) {
        make(f, (enum junit_flavour)flavour);
        is(f, "string(/testsuites/@tests)", "6");
        is(f, "string(/testsuites/@failures)", "1");
        is(f, "string(/testsuites/@errors)", "3");
        is(f, "sum(//testsuite/@tests)", "6");
        is(f, "sum(//testsuite/@skipped)", "1");
        is(f, "count(//testcase)", "6");
        is(f, "count(//failure)", "1");
        is(f, "count(//error)", "3");
        is(f, "count(//skipped)", "1");
        is(f, "count(//testcase[count(failure|error|skipped) > 1])", "0");
    }
}

/* Counts as `holdfast` means them, read by junitparser from both flavours. */
static void junitparser_reads_both_flavours(void **state)
{
    static const char script[] =
        "/usr/bin/python3 - %s <<'PY'\n"
        "import sys\n"
        "from junitparser import JUnitXml, Failure, Error, Skipped\n"
        "x = JUnitXml.fromfile(sys.argv[1])\n"
        "cases = [c for s in x for c in s]\n"
        "kinds = [type(r) for c in cases for r in c.result]\n"
        "assert len(cases) == 6, cases\n"
        "assert [kinds.count(k) for k in (Failure, Error, Skipped)] == [1, 3, 1], kinds\n"
        "assert sorted(s.name for s in x) == ['holdfast', 'rekey.phase1']\n"
        "assert all(s.tests == sum(1 for c in s) for s in x)\n"
        "fail = [c for c in cases if c.name == 'fail'][0]\n"
        "assert fail.result[0].text.startswith('cases/fail.xml:19: expected no 302014'), fail\n"
        "assert abs(fail.time - 0.5) < 1e-9\n"
        "PY\n";
    struct fixture *f = *state;

    if (system("/usr/bin/python3 -c 'import junitparser' 2>/dev/null") != 0) {
        printf("SKIPPED: junitparser is not here to read the report\n");
        skip();
    }
    for (int flavour = JUNIT_RICH; flavour <= JUNIT_STRICT; flavour++) {
        make(f, (enum junit_flavour)flavour);
        assert_int_equal(with_file(f, script), 0);
        int rc = with_file(f, "junitparser verify %s >/dev/null 2>&1");
        assert_int_equal(WEXITSTATUS(rc), 1); /* one failed */
    }
}

static void rich_has_file_line_and_figures(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_RICH);
    is(f, "string(//testcase[@name='pass']/@file)", "cases/pass.xml");
    is(f, "string(//testcase[@name='pass']/@line)", "3");
    is(f, "string(//testcase[@name='pass']//property[@name='dl.stall_max_ms']/@value)", "6824.622");
    is(f, "string(//testcase[@name='pass']//property[@name='dl.rexmt_pkts']/@value)", "7");
    is(f, "string(//testcase[@name='pass']//property[@name='tunnel_down_ms']/@value)",
       "null (no event)");
    is(f, "string(//testcase[@name='pass']//property[@name='tags']/@value)", "tcp phase2");
    is(f, "string(//testcase[@name='pass']//property[@name='attachment']/@value)",
       "out/pass.pcapng");
    is(f, "string(//testcase[@name='pass']//property[@name='attachment3']/@value)", "out/more.txt");
    is(f, "string(//testcase[@name='pass']/@time)", "1.235");
    is(f, "string(//testcase[@name='pass']/@classname)", "holdfast.cases");
    is(f, "string(//testcase[@name='fail']/@classname)", "holdfast.rekey.phase1");
}

static void strict_has_neither_file_nor_properties_of_a_case(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_STRICT);
    is(f, "count(//testcase/@file | //testcase/@line | //testcase/properties)", "0");
}

static void suite_carries_what_readers_trip_over_when_it_is_missing(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_RICH);
    is(f, "count(//testsuite[@name and @tests and @failures and @errors and @skipped and @time])",
       "2");
    is(f, "count(//testsuite//testsuite)", "0");
    is(f, "string(//testsuite[1]/@timestamp)", "2026-01-01T00:00:00");
    is(f, "string(//testsuite[1]/@hostname)", "bench1");
    is(f, "string(//testsuite[1]/properties/property[@name='seed']/@value)",
       "18446744073709551615");
}

static void types_are_plain_words(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_RICH);
    is(f, "string(//testcase[@name='fail']/failure/@type)", "ExpectationFailed");
    is(f, "string(//testcase[@name='error']/error/@type)", "BenchError");
    is(f, "string(//testcase[@name='unresolved']/error/@type)", "StimulusUnresolved");
    is(f, "string(//testcase[@name='inconclusive']/error/@type)", "EvidenceMissing");
    is(f, "string(//testcase[@name='skipped']/skipped/@message)", "not run: interrupted");
    is(f, "string(//testcase[@name='skipped']/skipped)", "not run: interrupted");
}

static void hostile_text_is_cleaned_and_kept(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_RICH);
    is(f, "string(//testcase[@name='fail']/failure/@message)",
       "expected no 302014, got 1: esc red \\x1b]0;title\\x07 \\x01 bad \\xff\\xc0\\x80 "
       "\\xed\\xa0\\x80 \\xef\\xbf\\xbe <&>\"' ]]> tab\there\nline two\r");
    is(f, "string(//testcase[@name='fail']//property[@name='title']/@value)",
       "A title with <angles> & \"quotes\"");
    assert_null(strstr(buf_str(&f->text), "<![CDATA["));
}

static void failure_text_lists_every_broken_expectation_and_the_way_to_run_it_again(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_RICH);
    char *text = xpath(f, "string(//testcase[@name='fail']/failure)");
    assert_non_null(strstr(text, "\ncases/fail.xml:21: stream: FAIL: dl ended by a reset\n"));
    assert_non_null(strstr(text, "\nre-run: holdfast run --seed 1 cases/fail.xml\n"));
    assert_null(strstr(text, "nothing in clear"));
    mem_free(text);
}

static void attachment_tags_stand_last_one_a_line(void **state)
{
    struct fixture *f = *state;

    make(f, JUNIT_STRICT);
    is(f, "string(//testcase[@name='pass']/system-out)",
       "PASS: dl: all of it\n[[ATTACHMENT|out/pass.pcapng]]\n[[ATTACHMENT|out/pass.keys]]\n"
       "[[ATTACHMENT|out/more.txt]]\n");
    is(f, "count(//testcase[count(system-out) > 1])", "0");
}

static void twenty_megabytes_of_log_leave_a_report_that_others_can_read(void **state)
{
    struct fixture *f = *state;
    struct report_case *c = sample_case(&f->run, SAMPLE_FAIL);
    char *big = mem_resize(NULL, 20000001, 1);

    memset(big, 0x1b, 20000000);
    big[20000000] = '\0';
    c->judgement->findings[0].message = big;
    c->judgement->findings[1].message = big;
    for (int flavour = JUNIT_RICH; flavour <= JUNIT_STRICT; flavour++) {
        make(f, (enum junit_flavour)flavour);
        assert_true(f->text.n < 200000);
        char *out = xpath(f, "string(//testcase[@name='fail']/system-out)");
        assert_non_null(strstr(out, "\n[[ATTACHMENT|out/fail.pcapng]]\n"));
        mem_free(out);
    }
    check_strict(f);
    mem_free(big);
}

static void output_of_a_passing_case_stays_below_what_jenkins_keeps(void **state)
{
    struct fixture *f = *state;
    struct report_case *c = sample_case(&f->run, SAMPLE_PASS);
    const char *paths[40];
    char *big = mem_zalloc(5001);

    memset(big, 0x01, 5000);
    c->judgement->findings[0].message = big;
    for (size_t i = 0; i < COUNT(paths); i++)
        paths[i] = "out/one/of/many/files/that/a/case/may/leave/behind.txt";
    c->attachments = paths;
    c->nattachments = COUNT(paths);
    make(f, JUNIT_RICH);
    char *out = xpath(f, "string(//testcase[@name='pass']/system-out)");
    assert_true(strlen(out) < 1000);
    assert_non_null(strstr(out, "[[ATTACHMENT|out/pass.pcapng]]\n"));
    mem_free(out);
    mem_free(big);
}

static void thousands_of_findings_are_cut_with_their_number_told(void **state)
{
    struct fixture *f = *state;
    struct judgement *j = sample_judgement(&f->run, SAMPLE_FAIL);
    size_t n = 5000;
    struct finding *many = mem_array(n, sizeof(*many));

    for (size_t i = 0; i < n; i++)
        many[i] = (struct finding){.rule = "log",
                                   .verdict = VERDICT_FAIL,
                                   .message = "a sentence of some length about a log record"};
    j->findings = many;
    j->nfindings = n;
    make(f, JUNIT_RICH);
    char *text = xpath(f, "string(//testcase[@name='fail']/failure)");
    assert_true(strlen(text) < 70000);
    assert_non_null(strstr(text, " more are in run.json\nre-run: "));
    mem_free(text);
    mem_free(many);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(strict_is_valid_by_jenkins_schema),
        T(strict_without_cases_is_valid_by_jenkins_schema),
        T(strict_of_an_interrupted_run_is_valid_by_jenkins_schema),
        T(strict_with_times_of_every_kind_is_valid_by_jenkins_schema),
        T(counts_are_those_of_the_verdicts),
        T(junitparser_reads_both_flavours),
        T(rich_has_file_line_and_figures),
        T(strict_has_neither_file_nor_properties_of_a_case),
        T(suite_carries_what_readers_trip_over_when_it_is_missing),
        T(types_are_plain_words),
        T(hostile_text_is_cleaned_and_kept),
        T(failure_text_lists_every_broken_expectation_and_the_way_to_run_it_again),
        T(attachment_tags_stand_last_one_a_line),
        T(twenty_megabytes_of_log_leave_a_report_that_others_can_read),
        T(output_of_a_passing_case_stays_below_what_jenkins_keeps),
        T(thousands_of_findings_are_cut_with_their_number_told),
    };
    int rc = cmocka_run_group_tests_name("report/junit", tests, NULL, NULL);

    xmlCleanupParser();
    return rc;
}
