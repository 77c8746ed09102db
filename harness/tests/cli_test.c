/* The built program as a stranger types at it: help, mistakes, missing and broken files. What a
 * message says is compared to its end; nothing may be left half-written. */
#include "base/attr.h"
#include "tests/program.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <string.h>

#define QUICK "cases/ssh-interactive-preserve-on.xml"

static const struct row {
    const char *what, *command;
    int code;
    const char *out, *err; /* wanted in it; NULL: it stays empty */
} rows[] = {
    {"version__is_one_line", "%H --version", 0, "holdfast ", NULL},
    {"help__lists_the_commands", "%H --help", 0, "\n  judge      judge evidence once more\n", NULL},
    {"help_as_a_word__is_the_same", "%H help", 0, "\n  inspect    ", NULL},
    {"no_command__is_a_mistake", "%H", 2, NULL, "usage: holdfast COMMAND"},
    {"option_before_the_command__is_a_mistake", "%H -j 2 run", 2, NULL,
     "holdfast: -j: a command comes first"},
    {"wrong_command__gets_the_right_word", "%H rnu", 2, NULL,
     "holdfast: there is no command rnu; did you mean run?\n"},
    {"wrong_command_far_from_all__gets_the_list", "%H frobnicate", 2, NULL,
     "holdfast: there is no command frobnicate (holdfast --help lists them)\n"},
    {"help_of_a_wrong_command__gets_the_right_word", "%H help jugde", 2, NULL,
     "holdfast: there is no command jugde; did you mean judge?\n"},

    {"run_help__names_its_options", "%H run --help", 0, "      --junit-strict FILE  ", NULL},
    {"help_run__is_the_same", "%H help run", 0, "usage: holdfast run [OPTIONS] [CASE|DIR]...\n",
     NULL},
    {"list_help", "%H list --help", 0, "usage: holdfast list ", NULL},
    {"check_help", "%H check --help", 0, "usage: holdfast check ", NULL},
    {"explain_help", "%H explain --help", 0, "usage: holdfast explain ", NULL},
    {"judge_help", "%H judge -h", 0, "usage: holdfast judge ", NULL},
    {"inspect_help", "%H inspect --help", 0, "usage: holdfast inspect ", NULL},
    {"logs_help", "%H logs --help", 0, "usage: holdfast logs ", NULL},
    {"gateway_help", "%H gateway --help", 0, "usage: holdfast gateway ", NULL},

    {"unknown_option__gets_the_right_word", "%H run --juint x", 2, NULL,
     "holdfast: run: unknown option --juint; did you mean --junit?\n"},
    {"unknown_option_of_inspect", "%H inspect --jsn x", 2, NULL,
     "holdfast: inspect: unknown option --jsn; did you mean --json?\n"},
    {"missing_value", "%H run -o", 2, NULL, "holdfast: run: --out needs DIR\n"},
    {"jobs_0", "%H run -j0", 2, NULL, "holdfast: run: --jobs 0: wants a number from 1 to 64\n"},
    {"seed_that_is_none", "%H run --seed one", 2, NULL,
     "holdfast: run: --seed one: wants a number"},
    {"colour_that_is_none", "%H run --color blue", 2, NULL,
     "holdfast: run: --color blue: wants auto, always or never\n"},
    {"progress_that_is_none", "%H run --progress fast", 2, NULL,
     "holdfast: run: --progress fast: wants auto, bar, lines or none\n"},
    {"fault_that_is_none__says_where_they_are", "%H run --fault x", 2, NULL,
     "holdfast: run: --fault x: is no fault; --list-faults has all"},
    {"fault_that_is_nearly_one__gets_its_name", "%H run --fault no-302015", 2, NULL,
     "holdfast: run: --fault no-302015: is no fault: did you mean no-302014; --list-faults has "
     "all"},
    {"faults__are_listed_with_their_rules", "%H run --list-faults", 0,
     "leak-one-packet         no-cleartext  one packet that finds no tunnel goes out in clear\n",
     NULL},
    {"device_that_is_none__lists_them", "%H run --device asa", 2, NULL,
     "holdfast: run: --device asa: is no device; there are: reference external\n"},
    {"leg_that_is_none", "%H run --live lan=eth0", 2, NULL,
     "holdfast: run: --live lan=eth0: wants LEG=INTERFACE"},
    {"live_with_jobs__is_refused", "%H run --live wan=eth0 -j 2", 2, NULL,
     "holdfast: run: with --live one case runs at a time, not --jobs 2\n"},
    {"expression_that_is_none", "%H run -k '(a'", 2, NULL,
     "holdfast: run: --filter (a: is no expression"},
    {"define_without_value", "%H run -D preserve", 2, NULL,
     "holdfast: run: --define preserve: wants NAME=VALUE\n"},

    {"case_that_is_not_there", "%H run %T/none.xml", 2, NULL, "/none.xml: No such file"},
    {"folder_without_cases", "mkdir -p %T/empty; %H run %T/empty", 5, NULL,
     "holdfast: no case is selected (of 0 found)\n"},
    {"nothing_selected", "%H run -k tag:no-such-tag", 5, NULL,
     "holdfast: no case is selected (of "},
    {"nothing_selected_to_list", "%H list -t no-such-tag", 5, NULL, "no case is selected"},
    {"reports_below_a_file", "%H run -o /dev/null/reports " QUICK, 2, NULL,
     "holdfast: /dev/null/reports: cannot be made: Not a directory\n"},
    {"reports_in_place_of_a_file", ": >%T/file; %H run -o %T/file " QUICK, 2, NULL,
     "/file/evidence: cannot be made: Not a directory\n"},
    {"report_that_cannot_be_written", "%H run -o %T/never --junit %T/none/x.xml " QUICK, 2, NULL,
     "/none/x.xml: cannot be written: No such file or directory\n"},
    {"report_that_is_a_folder", "%H run -o %T/never --json %T " QUICK, 2, NULL,
     ": cannot be written: Is a directory\n"},
    {"key_that_is_not_there", "%H run --psk-file %T/none " QUICK, 2, NULL,
     "/none: No such file or directory\n"},
    {"list_of_ids__is_what_would_run", "%H run --list -k ssh-interactive", 0,
     "ssh-interactive-preserve-on\n", NULL},

    {"check_of_all_cases", "%H check", 0, " cases are valid\n", NULL},
    {"check_of_one_case", "%H check " QUICK, 0, "1 case is valid\n", NULL},
    {"check_of_a_case_named_twice", "%H check " QUICK " " QUICK, 0, "1 case is valid\n", NULL},
    {"explain__says_it_in_words", "%H explain " QUICK, 0, "ssh-interactive-preserve-on", NULL},
    {"list__has_titles_and_tags", "%H list", 0,
     "\n                                             tags: ", NULL},
    {"list_as_json", "%H list --json -k ssh-interactive", 0,
     "[\n  {\"id\": \"ssh-interactive-preserve-on\", ", NULL},

    {"events__have_who_causes_them_and_their_proof", "%H list --events", 0,
     "device-command  (by the device)", NULL},
    {"events_for_programs", "%H list --events --json", 0, "\"shown_by\":", NULL},
    {"requirements__have_statements_and_cases", "%H list --requirements --report %T/none", 1,
     "default-off: the command is off by default\n    [Network diagram; Enable the feature]\n"
     "    not run      control-no-event\n",
     NULL},
    {"requirements_of_another_note", "%H list --requirements --note README.md", 2, NULL,
     "holdfast: README.md:1: not well-formed XML"},
    {"requirements_of_a_report_that_is_none", "%H list --requirements --report README.md", 2, NULL,
     "holdfast: README.md: is no report of a run (run.json)\n"},

    {"judge_of_nothing", "%H judge", 2, NULL, "holdfast: judge: needs an evidence file"},
    {"judge_of_a_missing_file", "%H judge %T/none.pcapng", 2, NULL, "/none.pcapng: "},
    {"judge_of_something_else", "%H judge README.md", 2, NULL, "holdfast: README.md: is no pcapng"},
    {"judge_of_a_plain_capture", "%H judge captures/dns-ping.pcapng", 2, NULL,
     "holdfast: captures/dns-ping.pcapng: has no interface named as a leg"},
    {"inspect_of_nothing", "%H inspect", 2, NULL, "holdfast: inspect: needs a capture"},
    {"inspect_of_something_else", "%H inspect README.md", 2, NULL,
     "holdfast: README.md: not a capture file"},
    {"inspect_rules_that_are_none", "%H inspect --rules mine x", 2, NULL,
     "holdfast: inspect: --rules mine: wants positions, tcptrace or wireshark\n"},
    {"logs_of_nothing", "%H logs", 2, NULL, "holdfast: logs: needs a file, or -"},
    {"logs_of_a_missing_file", "%H logs %T/none", 2, NULL, "/none: No such file or directory\n"},
    {"logs_of_a_folder", "%H logs %T", 2, NULL, ": cannot be read: Is a directory\n"},
    {"logs_of_standard_input", "echo hello | %H logs -", 0, "     1  no ASA message: hello\n",
     NULL},
    {"gateway_without_configuration", "%H gateway", 2, NULL,
     "holdfast: gateway: needs --config FILE"},
    {"gateway_in_virtual_time_on_interfaces",
     "%H gateway --config x --interface inside=eth0 --time virtual", 2, NULL,
     "holdfast: gateway: on interfaces time is real"},
    {"gateway_with_a_peer_on_interfaces", "%H gateway --config x --interface inside=eth0 --peer", 2,
     NULL, "holdfast: gateway: --peer is for a gateway without interfaces"},
    {"gateway_time_that_is_none", "%H gateway --config x --time fast", 2, NULL,
     "holdfast: gateway: --time fast: wants virtual or real\n"},
    {"gateway_model_that_is_none__lists_them", "%H gateway --config x --model fast", 2, NULL,
     "holdfast: gateway: --model fast: is no switch of the model; there are: "
     "orphans-do-not-acquire "},
    {"gateway_address_that_is_none", "%H gateway --config cases/devices/bo-asa.cfg --cli localhost",
     2, NULL, "holdfast: --cli localhost: wants ADDRESS:PORT, as in 127.0.0.1:5000\n"},
    {"gateway_address_that_others_reach",
     "%H gateway --config cases/devices/bo-asa.cfg --cli 0.0.0.0:0", 2, NULL,
     "holdfast: --cli 0.0.0.0:0: others could reach it, and it asks for no password; "
     "--cli-anywhere allows that\n"},
    {"gateway_with_words", "%H gateway --config x y", 2, NULL,
     "holdfast: gateway: does not take y"},
    {"gateway_interface_without_name", "%H gateway --interface eth0", 2, NULL,
     "holdfast: gateway: --interface eth0: wants NAME=IF\n"},
    {"gateway_configuration_that_is_not_there", "%H gateway --config %T/none --check", 2, NULL,
     "/none: No such file or directory\n"},
    {"gateway_line_that_is_no_command",
     "%H gateway --config cases/devices/bo-asa.cfg --line 'frobnicate all'", 2, NULL,
     "holdfast: --line:1: "},

    {"output_that_cannot_be_written", "%H list >/dev/full", 4, NULL,
     "holdfast: standard output cannot be written: No space left on device\n"},
    {"output_that_nobody_reads", "%H list | head -n 1 >/dev/null", 0, NULL, NULL},
};

static void does_as_its_row_says(void **state)
{
    const struct row *r = *state;
    struct program p;

    program_run(&p, r->command);
    if (p.code != r->code || (r->out && !strstr(buf_str(&p.out), r->out)) ||
        (r->err && !strstr(buf_str(&p.err), r->err)))
        print_error("%s\n-- stdout\n%s\n-- stderr\n%s\n", r->command, buf_str(&p.out),
                    buf_str(&p.err));
    assert_int_equal(p.code, r->code);
    assert_true(r->out ? strstr(buf_str(&p.out), r->out) != NULL : p.out.n == 0);
    assert_true(r->err ? strstr(buf_str(&p.err), r->err) != NULL : p.err.n == 0);
    program_release(&p);
}

/* One clear line, whatever the mistake (usage of the whole program apart). */
static void every_mistake__is_one_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct program p;
        if (!rows[i].err || strncmp(rows[i].err, "usage", 5) == 0)
            continue;
        program_run(&p, rows[i].command);
        if (program_lines(&p.err) != 1)
            print_error("%s\n%s\n", rows[i].command, buf_str(&p.err));
        assert_int_equal(program_lines(&p.err), 1);
        program_release(&p);
    }
}

static void refused_run__leaves_nothing(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "rm -rf %T/never; %H run -o %T/never --junit %T/none/x.xml " QUICK
                    "; find %T/never -type f");
    assert_string_equal(buf_str(&p.out), "");
    program_release(&p);
}

static void broken_cases__are_all_told_of_before_anything_runs(void **state)
{
    struct program p;

    (void)state;
    program_file("cut.xml", "<case xmlns=\"urn:holdfast:case:1\" id=\"cut\" version=\"1\"");
    program_file("word.xml",
                 "<case xmlns=\"urn:holdfast:case:1\" id=\"word\" version=\"1\" timeout=\"1h\">\n"
                 "  <title>t</title>\n"
                 "  <timelin>\n"
                 "  </timelin>\n"
                 "  <expect><no-log id=\"302014\"/></expect>\n"
                 "</case>\n");
    program_run(&p, "rm -rf %T/never; %H run -o %T/never " QUICK " %T/cut.xml %T/word.xml;"
                    " rc=$?; ls %T/never; exit $rc");
    assert_int_equal(p.code, 2);
    assert_string_equal(buf_str(&p.out), "");
    assert_non_null(strstr(buf_str(&p.err), "/cut.xml:1: "));
    assert_non_null(strstr(buf_str(&p.err), "/word.xml:3: "));
    assert_non_null(strstr(buf_str(&p.err), "timeline"));
    program_release(&p);
}

static void two_cases_of_one_id__are_refused(void **state)
{
    struct program p;

    (void)state;
    program_run(&p, "mkdir -p %T/twins/parts; cp " QUICK
                    " %T/twins/a.xml; cp cases/parts/*.xml %T/twins/parts;"
                    " mkdir -p %T/captures; cp captures/ssh-interactive.pcapng %T/captures; cp -R "
                    "cases/devices %T/twins; cp %T/twins/a.xml %T/twins/b.xml;"
                    " %H check %T/twins");
    assert_int_equal(p.code, 2);
    assert_non_null(strstr(buf_str(&p.err), "b.xml:"));
    assert_non_null(
        strstr(buf_str(&p.err), ": the id \"ssh-interactive-preserve-on\" is that of "));
    program_release(&p);
}

/* Each option that --help knows stands in the manual, and each there is one. */
static void manual__has_every_option(void **state)
{
    struct program p;

    (void)state;
    program_run(
        &p,
        "for c in run list check explain judge inspect logs gateway; do"
        "  page=harness/doc/holdfast.1; [ $c = gateway ] && page=harness/doc/holdfast-gateway.1;"
        "  %H $c --help | sed -n 's/^ .*--\\([a-z-]*\\).*/\\1/p' | grep -vx help |"
        "  while read o; do grep -q -- \"Fl -$o\\b\" $page || echo \"$c --$o\"; done; done");
    assert_string_equal(buf_str(&p.out), "");
    program_release(&p);
    program_run(&p, "for o in $(grep -oh 'Fl -[a-z][a-z-]*' harness/doc/*.1 | sed 's/Fl -//' | "
                    "grep -vx -e version -e help |"
                    " sort -u); do for c in run list check explain judge inspect logs gateway; do"
                    " %H $c --help; done | grep -q -- \"--$o\\b\" || echo $o; done");
    assert_string_equal(buf_str(&p.out), "");
    program_release(&p);
}

static void manual__is_clean(void **state)
{
    struct program p;

    (void)state;
    program_run(&p,
                "command -v mandoc >/dev/null && mandoc -T lint -W warning harness/doc/*.[1-8]");
    if (p.code != 0 && p.out.n == 0) {
        printf("SKIPPED: mandoc is not here to look at the manual pages\n");
        program_release(&p);
        skip();
    }
    assert_string_equal(buf_str(&p.out), "");
    assert_int_equal(p.code, 0);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 6];
    size_t n = 0;

    for (; n < COUNT(rows); n++)
        tests[n] = (struct CMUnitTest){rows[n].what, does_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[n]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(every_mistake__is_one_line);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(refused_run__leaves_nothing);
    tests[n++] =
        (struct CMUnitTest)cmocka_unit_test(broken_cases__are_all_told_of_before_anything_runs);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(two_cases_of_one_id__are_refused);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(manual__has_every_option);
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(manual__is_clean);
    return _cmocka_run_group_tests("tests/cli", tests, n, NULL, program_folder_remove);
}
