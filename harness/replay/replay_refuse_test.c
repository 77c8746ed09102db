/* What cannot be run is said before anything is written, with its place. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "traffic/capture.h"

#include <sys/stat.h>

/* --- what is refused ---------------------------------------------------------------------------
 */

struct refused {
    const char *what;
    const char *body;
    enum err want;
    const char *words;
};

static const struct refused refusals[] = {
    {"a_flow_that_the_capture_does_not_hold",
     CASE("<stream id=\"dl\" capture=\"" HTTPS "\" flow=\"99\"/>"), ERR_NOTFOUND, "\"dl\""},
    {"a_protocol_that_the_capture_does_not_hold",
     CASE("<stream id=\"dl\" capture=\"" HTTPS "\" proto=\"udp\"/>"), ERR_NOTFOUND, "\"dl\""},
    {"a_file_that_is_no_capture", CASE("<stream id=\"dl\" capture=\"Makefile\"/>"), ERR_FORMAT,
     "Makefile"},
    {"two_streams_with_the_same_ports",
     CASE(DOWNLOAD "<stream id=\"again\" capture=\"" HTTPS "\" start=\"5s\"/>"), ERR_INVALID,
     "bo-port"},
    {"a_line_that_is_no_command",
     "<device>" CONFIG "<line>hostnome x</line></device><timeline>" DOWNLOAD "</timeline>" EXPECT,
     ERR_INVALID, "hostnome"},
    {"a_device_on_interfaces_in_virtual_time",
     "<device type=\"external\">" CONFIG "</device><timeline>" DOWNLOAD "</timeline>" EXPECT,
     ERR_UNSUPPORTED, "--live"},
};

static void is_refused_with_its_place(void **state)
{
    const struct refused *row = *state;
    struct one_run r;
    struct stat st;

    one_run(&r, row->body, NULL);
    assert_int_equal(r.err != ERR_OK, 1);
    if (row->want != ERR_FORMAT) /* any error will do for a file that is no capture */
        assert_int_equal(r.err, row->want);
    if (!strstr(r.why.text, row->words))
        fail_msg("said: %s", r.why.text);
    assert_non_null(strstr(r.why.file, "case.xml"));
    assert_true(r.why.line >= 2);
    assert_int_equal(stat(r.opts.evidence, &st), -1); /* nothing half-written */
    one_run_release(&r);
}

static void an_external_device_is_not_asked_for_what_it_cannot(void **state)
{
    struct one_run r;
    static const struct replay_live none;
    struct replay_options o = {.live = &none};

    (void)state;
    one_run(&r,
            "<device type=\"external\">" CONFIG "</device><timeline>" DOWNLOAD
            "<at id=\"ev\" time=\"1s\"><phase2-delete by=\"device\"/></at></timeline>" EXPECT,
            &o);
    assert_int_equal(r.err, ERR_UNSUPPORTED);
    assert_non_null(strstr(r.why.text, "phase2-delete"));
    assert_non_null(strstr(r.why.file, "case.xml"));
    one_run_release(&r);
}

static void an_evidence_path_that_cannot_be_written_is_named(void **state)
{
    struct one_run r, again;
    struct diag why = {0};

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), NULL);
    struct replay_options o = r.opts;
    o.evidence = "build/no/such/folder/x.pcapng";
    again = r;
    assert_int_equal(replay_run(r.plan, r.captures, &o, &again.result, &why), ERR_IO);
    assert_string_equal(why.file, "build/no/such/folder/x.pcapng");
    one_run_release(&r);
}

int main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(an_external_device_is_not_asked_for_what_it_cannot),
        cmocka_unit_test(an_evidence_path_that_cannot_be_written_is_named),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(refusals)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(refusals); i++)
        tests[COUNT(fixed) + i] = (struct CMUnitTest){refusals[i].what, is_refused_with_its_place,
                                                      NULL, NULL, (void *)(uintptr_t)&refusals[i]};
    return cmocka_run_group_tests_name("replay/refuse", tests, NULL, NULL);
}
