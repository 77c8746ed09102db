/* When a run is over. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

/* --- when it is over ---------------------------------------------------------------------------
 */

static void a_window_is_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               DEVICE
               "<timeline>" DOWNLOAD
               "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"
               "</timeline><expect><no-log id=\"302014\" since=\"ev\" within=\"300s\"/></expect>",
               NULL);
    double sent = one_run_event(&r, "ev", "sent")->time;
    double end = r.lines[r.nlines - 1].time;
    assert_true(end >= sent + 300 && end < sent + 301);
    one_run_release(&r);
}

static void settle_passes_after_the_last_stream(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, "@settle=\"33s\"\n" CASE(DOWNLOAD), NULL);
    double last = 0;
    for (size_t i = 0; i < r.nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r.frames[i].p, r.frames[i].n), &p);
        if (p.kind == PKT_TCP)
            last = r.frames[i].time;
    }
    double end = r.lines[r.nlines - 1].time;
    assert_true(end > last + 30 && end < last + 40);
    one_run_release(&r);
}

/* Ten minutes: the sender tries once in two minutes by then, and the first try only brings the
 * tunnel up. */
static void a_stream_that_would_still_resume_is_not_cut_off(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               CASE(DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
                             "<at id=\"end\" after=\"hole\" delay=\"10min\"><restore/></at>"),
               NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    one_run_check_done(&r, "dl");
    one_run_release(&r);
}

static void a_stream_that_stands_still_for_ever_ends_the_run(void **state)
{
    struct one_run r;
    struct replay_options o = {.fault = "silent-stale"};

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD
             "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
        &o);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    assert_string_not_equal(one_line_text(one_run_host(&r, "dl", "bo"), "state"), "done");
    assert_true(r.result.run_time.ns < INT64_C(1200) * 1000000000);
    one_run_release(&r);
}

static void the_timeout_ends_it(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, "@settle=\"3h\"\n" CASE(DOWNLOAD), NULL);
    assert_int_equal(r.result.end, REPLAY_TIMEOUT);
    assert_int_equal(r.result.run_time.ns / 1000000000, 7200);
    const struct one_line *end = &r.lines[r.nlines - 1];
    assert_string_equal(one_line_text(end, "state"), "timeout");
    assert_non_null(strstr(one_line_text(end, "reason"), "7200 s"));
    one_run_release(&r);
}

static void a_run_that_is_stopped_leaves_whole_evidence(void **state)
{
    static const volatile sig_atomic_t stop = 1;
    struct one_run r;
    struct replay_options o = {.stop = &stop};

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), &o);
    assert_int_equal(r.result.end, REPLAY_INTERRUPTED);
    assert_string_equal(r.lines[r.nlines - 1].text, "run-end state=interrupted");
    assert_non_null(one_run_find(&r, "port", "leg", "wan", 0));
    assert_true(r.totals.has_stats[EV_WAN]);
    one_run_release(&r);
}

struct seen_progress {
    struct replay_progress last;
    size_t calls;
};

static void note_progress(void *ctx, const struct replay_progress *p)
{
    struct seen_progress *s = ctx;

    assert_true(p->run_time.ns >= s->last.run_time.ns);
    assert_true(p->frames >= s->last.frames);
    assert_true(p->delivered >= s->last.delivered && p->delivered <= p->planned);
    s->last = *p;
    s->calls++;
}

static void progress_is_told_and_goes_forward(void **state)
{
    struct seen_progress seen = {0};
    struct one_run r;
    struct replay_options o = {.progress = note_progress, .progress_ctx = &seen};

    (void)state;
    one_run_ok(
        &r,
        CASE(DOWNLOAD
             "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
        &o);
    assert_true(seen.calls > 2);
    assert_int_equal(seen.last.delivered, seen.last.planned);
    assert_string_equal(seen.last.event, "ev");
    one_run_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_is_waited_for),
        cmocka_unit_test(settle_passes_after_the_last_stream),
        cmocka_unit_test(a_stream_that_would_still_resume_is_not_cut_off),
        cmocka_unit_test(a_stream_that_stands_still_for_ever_ends_the_run),
        cmocka_unit_test(the_timeout_ends_it),
        cmocka_unit_test(a_run_that_is_stopped_leaves_whole_evidence),
        cmocka_unit_test(progress_is_told_and_goes_forward),
    };

    return cmocka_run_group_tests_name("replay/end", tests, NULL, NULL);
}
