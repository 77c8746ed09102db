/* Whole runs from the command line: exit codes, what is printed where, cases side by side, signals,
 * reports, and that other commands read what a run left. */
#include "base/attr.h"
#include "tests/program.h"
#include "tests/testkit.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define QUICK  "cases/ssh-interactive-preserve-on.xml"
#define QUICK2 "cases/ftp-active-preserve-on.xml"
#define TORN   "cases/upload-preserve-off.xml"
#define LONG   "-D size=8GiB cases/download-1gib.xml" /* minutes, if nobody ends it */

/* Waits until there is something in FILE. */
#define UNTIL(file) " until [ -s " file " ]; do sleep 0.1; done;"

static const struct row {
    const char *what, *command;
    int code;
    const char *last; /* line of stdout */
} rows[] = {
    {"all_passed__is_0", "%H run -o %T/r " QUICK, 0, "1 passed, 0 failed, 0 skipped\n"},
    {"a_failed_case__is_1", "%H run -o %T/r -D preserve=off " QUICK " " QUICK2, 1,
     "0 passed, 2 failed, 0 skipped\n"},
    {"a_failed_case_beside_one_without_verdict__is_1",
     "%H run -o %T/r --fault no-302014 " TORN " harness/tests/cases/level-5.xml", 1,
     "0 passed, 1 failed, 0 skipped, 1 error\n"},
    {"no_verdict__is_3", "%H run -o %T/r harness/tests/cases/level-5.xml " QUICK, 3,
     "1 passed, 0 failed, 0 skipped, 1 error\n"},
    {"interface_that_is_not_there__is_no_verdict",
     "%H run -o %T/r --device external --live bo-lan=none0,wan=none1,mgmt=none2 " QUICK, 3,
     "0 passed, 0 failed, 0 skipped, 1 error\n"},
    {"interrupted__is_130",
     "rm -rf %T/r; %H run -o %T/r -j 1 " LONG
     " & p=$!;" UNTIL("%T/r/evidence/download-1gib.pcapng") " kill -INT $p; wait $p",
     130, NULL},
    {"ended__is_143",
     "rm -rf %T/r; %H run -o %T/r -j 1 " LONG
     " & p=$!;" UNTIL("%T/r/evidence/download-1gib.pcapng") " kill -TERM $p; wait $p",
     143, NULL},
};

static const char *last_line(const struct buf *b)
{
    const char *s = buf_str(b);
    size_t n = b->n;

    while (n > 1 && s[n - 2] != '\n')
        n--;
    return n > 1 ? s + n - 1 : s;
}

static void ends_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct program p;

    program_run(&p, r->command);
    if (p.code != r->code)
        print_error("%s\n%s\n%s\n", r->command, buf_str(&p.out), buf_str(&p.err));
    assert_int_equal(p.code, r->code);
    if (r->last)
        assert_string_equal(last_line(&p.out), r->last);
    program_release(&p);
}

static void results_go_to_stdout__and_nothing_to_stderr(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -o %T/r " QUICK " " QUICK2);
    assert_int_equal(p.code, 0);
    assert_string_equal(buf_str(&p.err), "");
    assert_int_equal(program_lines(&p.out), 3);
    assert_non_null(strstr(buf_str(&p.out), "PASS ssh-interactive-preserve-on  "));
    assert_null(strchr(buf_str(&p.out), '\033'));
    program_release(&p);
}

static void quiet__prints_the_last_line_alone(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q -o %T/r " QUICK " " QUICK2);
    assert_string_equal(buf_str(&p.out), "2 passed, 0 failed, 0 skipped\n");
    assert_string_equal(buf_str(&p.err), "");
    program_release(&p);
}

static void failure__names_place_and_packet_and_the_way_to_run_it_again(void **state)
{
    struct program p;
    char again[1024] = "";

    (void)state;
    program_run(&p, "%H run -o %T/r -D preserve=off " QUICK);
    assert_ptr_equal(strstr(buf_str(&p.out), "FAIL ssh-interactive-preserve-on  " QUICK ":"),
                     buf_str(&p.out));
    assert_non_null(strstr(buf_str(&p.out), "packet "));
    const char *rerun = strstr(buf_str(&p.out), "\n     re-run: ");
    assert_non_null(rerun);
    assert_int_equal(sscanf(rerun, "\n     re-run: %1023[^\n]", again), 1);
    assert_non_null(strstr(again, " run --seed 1 -D preserve=off " QUICK));
    program_release(&p);
    strcat(again, " -q -o %T/r");
    program_run(&p, again);
    assert_int_equal(p.code, 1); /* what it says can be typed */
    program_release(&p);
}

static void colour__follows_option_and_environment(void **state)
{
    static const struct {
        const char *command;
        bool coloured;
    } runs[] = {
        {"%H run --color always -o %T/r " QUICK, true},
        {"CLICOLOR_FORCE=1 %H run -o %T/r " QUICK, true},
        {"CLICOLOR_FORCE=1 NO_COLOR=1 %H run -o %T/r " QUICK, false},
        {"CLICOLOR_FORCE=1 %H run --color never -o %T/r " QUICK, false},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(runs); i++) {
        struct program p;
        program_run(&p, runs[i].command);
        assert_int_equal(strstr(buf_str(&p.out), "\033[32mPASS\033[0m ") != NULL, runs[i].coloured);
        assert_string_equal(last_line(&p.out), "1 passed, 0 failed, 0 skipped\n");
        program_release(&p);
    }
}

/* script(1) gives the program a terminal. */
static void bar__is_drawn_on_a_terminal_alone(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "script -qec '%H run -o %T/r " QUICK " " QUICK2 "' /dev/null");
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), "\r\033[K["));
    assert_non_null(strstr(buf_str(&p.out), "] 0/2  "));
    program_release(&p);
    program_run(&p, "script -qec '%H run --progress none -o %T/r " QUICK "' /dev/null");
    assert_null(strstr(buf_str(&p.out), "\033[K"));
    program_release(&p);
}

static void progress_lines__go_to_stderr(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q -j 1 --progress lines -o %T/r " QUICK2 " " QUICK);
    assert_string_equal(buf_str(&p.err), "holdfast: 1 of 2: PASS ftp-active-preserve-on\n"
                                         "holdfast: 2 of 2: PASS ssh-interactive-preserve-on\n");
    program_release(&p);
}

static void what_the_lab_does__is_told_when_asked_for(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q --log debug -o %T/r " QUICK);
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.err), "ssh-interactive-preserve-on: "));
    assert_string_equal(buf_str(&p.out), "1 passed, 0 failed, 0 skipped\n");
    program_release(&p);
}

/* Same lines, same reports (but for times), same evidence. */
static void cases_side_by_side__give_what_one_after_the_other_gives(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "k='(ssh or half or ftp or upload) and preserve';"
                    " %H run -j 1 -o %T/one -k \"$k\" | sed 's/ [0-9.]* s$//' >%T/one.txt;"
                    " %H run -j 5 -o %T/five -k \"$k\" | sed 's/ [0-9.]* s$//' >%T/five.txt;"
                    " cmp %T/one.txt %T/five.txt || exit 1;"
                    " for d in one five; do sed -e '/\"wall_s\":/d' -e '/\"started\":/d'"
                    " -e \"s|/$d/|/dir/|g\" %T/$d/run.json >%T/$d.json; done;"
                    " cmp %T/one.json %T/five.json || exit 2; test -s %T/one.json || exit 3;"
                    " n=0; for f in %T/one/evidence/*.pcapng; do n=$((n+1));"
                    " cmp $f %T/five/evidence/${f##*/} || exit 4; done; test $n -ge 6");
    if (p.code)
        print_error("%s%s\n", buf_str(&p.out), buf_str(&p.err));
    assert_int_equal(p.code, 0);
    program_release(&p);
}

static json_t *run_json(const char *folder)
{
    char path[192];
    json_error_t error;

    snprintf(path, sizeof(path), "%s/%s/run.json", program_folder(), folder);
    json_t *v = json_load_file(path, 0, &error);
    assert_non_null(v);
    return v;
}

static const char *field(const json_t *run, size_t i, const char *key)
{
    const char *s =
        json_string_value(json_object_get(json_array_get(json_object_get(run, "cases"), i), key));

    return s ? s : "";
}

/* A long case that is not the last: slow ones are put behind all others. */
#define MAKE_LONG                                                                                  \
    "mkdir -p %T/long %T/captures; cp -R cases/parts cases/devices %T/long;"                       \
    " cp captures/http-download.pcapng.zst %T/captures;"                                           \
    " sed -e 's/id=\"download-1gib\"/id=\"long\"/' -e '/<tag>slow</d' cases/download-1gib.xml"     \
    " >%T/long/long.xml;"

static void interrupted_run__tells_what_was_not_run(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, MAKE_LONG
                " %H run -o %T/cut -j 1 --junit-strict %T/cut/strict.xml"
                " -D size=8GiB %T/long/long.xml " QUICK
                " & p=$!;" UNTIL("%T/cut/evidence/long.pcapng") " kill -TERM $p; wait $p; echo $?; "
                                                                "ls %T/cut/*.tmp 2>/dev/null");
    if (!strstr(buf_str(&p.out), "\n143\n"))
        print_error("%s%s\n", buf_str(&p.out), buf_str(&p.err));
    assert_non_null(strstr(buf_str(&p.out), "\ninterrupted: what is skipped was not run\n"));
    assert_non_null(strstr(buf_str(&p.out), "\n143\n"));
    assert_null(strstr(buf_str(&p.out), ".tmp"));
    program_release(&p);
    json_t *v = run_json("cut");
    assert_true(json_is_true(json_object_get(v, "interrupted")));
    assert_string_equal(field(v, 0, "id"), "long");
    assert_string_not_equal(field(v, 0, "verdict"), "PASS");
    assert_non_null(strstr(field(v, 0, "evidence"), "/long.pcapng"));
    assert_string_equal(field(v, 1, "verdict"), "SKIPPED");
    assert_string_equal(field(v, 1, "reason"), "not run: interrupted");
    assert_string_equal(field(v, 1, "evidence"), "");
    json_decref(v);
    program_run(&p, "xmllint --noout --schema harness/tests/xsd/jenkins-xunit-junit-10.xsd"
                    " %T/cut/strict.xml 2>&1");
    assert_int_equal(p.code, 0);
    program_release(&p);
    program_run(&p, "%H judge -q %T/cut/evidence/long.pcapng"); /* it is whole */
    assert_int_equal(p.code, 3);
    program_release(&p);
}

/* A stale file of an earlier run must not pass for evidence. */
static void run_that_cannot_begin__leaves_no_old_evidence(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q -o %T/old " QUICK " && ls %T/old/evidence");
    assert_non_null(strstr(buf_str(&p.out), "ssh-interactive-preserve-on.pcapng\n"));
    assert_non_null(strstr(buf_str(&p.out), "ssh-interactive-preserve-on.keys\n"));
    program_release(&p);
    program_run(&p, "%H run -q -o %T/old --device external --live bo-lan=none0,wan=none1 " QUICK
                    "; ls %T/old/evidence");
    assert_null(strstr(buf_str(&p.out), ".pcapng\n"));
    program_release(&p);
    json_t *v = run_json("old");
    assert_string_equal(field(v, 0, "verdict"), "ERROR");
    assert_string_equal(field(v, 0, "evidence"), "");
    assert_non_null(strstr(field(v, 0, "reason"), "none0"));
    json_decref(v);
}

static void keys__are_left_out_when_asked(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q -o %T/nokeys --no-keys " QUICK "; ls %T/nokeys/evidence");
    assert_non_null(strstr(buf_str(&p.out), ".pcapng\n"));
    assert_null(strstr(buf_str(&p.out), ".keys"));
    program_release(&p);
}

static void judge__says_what_the_run_said(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H run -q -o %T/j -D preserve=off " QUICK "; %H judge --color never"
                    " %T/j/evidence/ssh-interactive-preserve-on.pcapng; echo $?");
    assert_non_null(strstr(buf_str(&p.out), "\nFAIL ssh-interactive-preserve-on  " QUICK ":"));
    assert_non_null(strstr(buf_str(&p.out), "\n1\n"));
    program_release(&p);
    program_run(&p, "%H judge --case " TORN " %T/j/evidence/ssh-interactive-preserve-on.pcapng");
    assert_true(p.code == 1 || p.code == 3); /* another case's expectations do not hold */
    assert_non_null(strstr(buf_str(&p.out), "upload-preserve-off"));
    program_release(&p);
}

/* The committed sample is evidence of an earlier build. */
static void old_evidence__is_judged_as_it_was(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "%H judge -q reports/sample/evidence/half-closed-preserve-on.pcapng");
    assert_int_equal(p.code, 0);
    assert_string_equal(buf_str(&p.out), "PASS half-closed-preserve-on\n");
    program_release(&p);
}

/* "Your own capture in five minutes", word for word, with a recording that is here. */
static void case_of_the_readme__runs(void **state)
{
    struct program p;

    (void)state;
    program_run(
        &p, "mkdir -p %T/own/cases %T/own/captures; sed -n '/<?xml/,/<\\/case>/p' README.md"
            " | sed 's/^ *<?xml/<?xml/' >%T/own/cases/mine.xml;"
            " cp captures/https.pcap %T/own/captures/mine.pcap; cp -R cases/devices %T/own/cases;"
            " %H run -o %T/own/reports %T/own/cases/mine.xml");
    if (p.code)
        print_error("%s%s\n", buf_str(&p.out), buf_str(&p.err));
    assert_int_equal(p.code, 0);
    assert_non_null(strstr(buf_str(&p.out), "PASS mine  "));
    program_release(&p);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(results_go_to_stdout__and_nothing_to_stderr),
        cmocka_unit_test(quiet__prints_the_last_line_alone),
        cmocka_unit_test(failure__names_place_and_packet_and_the_way_to_run_it_again),
        cmocka_unit_test(colour__follows_option_and_environment),
        cmocka_unit_test(bar__is_drawn_on_a_terminal_alone),
        cmocka_unit_test(progress_lines__go_to_stderr),
        cmocka_unit_test(what_the_lab_does__is_told_when_asked_for),
        cmocka_unit_test(cases_side_by_side__give_what_one_after_the_other_gives),
        cmocka_unit_test(interrupted_run__tells_what_was_not_run),
        cmocka_unit_test(run_that_cannot_begin__leaves_no_old_evidence),
        cmocka_unit_test(keys__are_left_out_when_asked),
        cmocka_unit_test(judge__says_what_the_run_said),
        cmocka_unit_test(old_evidence__is_judged_as_it_was),
        cmocka_unit_test(case_of_the_readme__runs),
    };
    struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, ends_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    memcpy(tests + COUNT(rows), others, sizeof(others));
    return cmocka_run_group_tests_name("tests/cli_run", tests, NULL, program_folder_remove);
}
