/* The lines a person and a grep read. */
#include "report/report.h"

#include "tests/sample_run.h"
#include "tests/testkit.h"

struct fixture {
    struct arena arena;
    struct report_run run;
    struct buf out;
};

static void begin(struct fixture *f)
{
    *f = (struct fixture){.out = BUF_INIT};
    arena_init(&f->arena);
    sample_run(&f->arena, &f->run);
}

static void end(struct fixture *f)
{
    buf_release(&f->out);
    arena_release(&f->arena);
}

static void passing_case__is_one_line_with_its_times(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    report_text_case(&f.run.cases[SAMPLE_PASS], false, 0, &f.out);
    assert_string_equal(buf_str(&f.out), "PASS pass  61.5 s played in 1.23 s\n");
    end(&f);
}

static void judged_case__has_no_times(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    sample_case(&f.run, SAMPLE_PASS)->wall_s = 0;
    report_text_case(&f.run.cases[SAMPLE_PASS], false, 1, &f.out);
    assert_string_equal(buf_str(&f.out),
                        "PASS pass\n     PASS stream: cases/pass.xml:9: dl: all of it\n");
    end(&f);
}

static void failed_case__says_where_why_and_how_to_run_it_again(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    report_text_case(&f.run.cases[SAMPLE_FAIL], false, 0, &f.out);
    assert_string_equal(
        buf_str(&f.out),
        "FAIL fail  cases/fail.xml:19: expected no 302014, got 1: esc red \\x1b]0;title\\x07 \\x01 "
        "bad \\xff\\xc0\\x80 \\xed\\xa0\\x80 \\xef\\xbf\\xbe <&>\"' ]]> tab\\x09here\\x0aline "
        "two\\x0d\n"
        "     FAIL stream: cases/fail.xml:21: dl ended by a reset\n"
        "     re-run: holdfast run --seed 1 cases/fail.xml\n");
    end(&f);
}

static void colour__is_around_the_verdict_alone(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    report_text_case(&f.run.cases[SAMPLE_SKIPPED], true, 0, &f.out);
    assert_string_equal(buf_str(&f.out), "\033[36mSKIPPED\033[0m skipped  cases/skipped.xml:8: "
                                         "not run: interrupted\n");
    end(&f);
}

static void verbose_twice__adds_every_figure(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    report_text_case(&f.run.cases[SAMPLE_PASS], false, 2, &f.out);
    assert_non_null(strstr(buf_str(&f.out), "\n       dl.stall_max_ms = 6824.622\n"));
    assert_non_null(strstr(buf_str(&f.out), "\n       tunnel_down_ms = null (no event)\n"));
    end(&f);
}

static void no_case__has_more_lines_than_it_should(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    for (size_t i = 0; i < SAMPLE_CASES; i++) {
        size_t lines = 0, want = i == SAMPLE_FAIL ? 3 : 1;
        buf_clear(&f.out);
        report_text_case(&f.run.cases[i], false, 0, &f.out);
        for (const char *s = buf_str(&f.out); *s; s++)
            lines += *s == '\n';
        assert_int_equal(lines, want); /* text from logs makes no lines of its own */
    }
    end(&f);
}

static void last_line__counts_and_is_never_coloured(void **state)
{
    struct fixture f;

    (void)state;
    begin(&f);
    report_text_summary(&f.run, &f.out);
    assert_string_equal(buf_str(&f.out), "1 passed, 1 failed, 1 skipped, 3 errors\n");
    buf_clear(&f.out);
    f.run.ncases = SAMPLE_UNRESOLVED;
    report_text_summary(&f.run, &f.out);
    assert_string_equal(buf_str(&f.out), "1 passed, 1 failed, 0 skipped, 1 error\n");
    buf_clear(&f.out);
    f.run.ncases = 1;
    f.run.interrupted = true;
    report_text_summary(&f.run, &f.out);
    assert_string_equal(buf_str(&f.out), "interrupted: what is skipped was not run\n"
                                         "1 passed, 0 failed, 0 skipped\n");
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passing_case__is_one_line_with_its_times),
        cmocka_unit_test(judged_case__has_no_times),
        cmocka_unit_test(failed_case__says_where_why_and_how_to_run_it_again),
        cmocka_unit_test(colour__is_around_the_verdict_alone),
        cmocka_unit_test(verbose_twice__adds_every_figure),
        cmocka_unit_test(no_case__has_more_lines_than_it_should),
        cmocka_unit_test(last_line__counts_and_is_never_coloured),
    };
    return cmocka_run_group_tests_name("report/text", tests, NULL, NULL);
}
