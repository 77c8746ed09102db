/* An outcome crosses the pipe unharmed, and a broken one does no harm. */
#include "cli/outcome.h"

#include "base/mem.h"
#include "cli/worker_pipe.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <unistd.h>

static struct finding findings[] = {
    {"no-log", VERDICT_FAIL, "expected none, got \x1b 1", "cases/x.xml", 19, 1234, "mgmt", 77},
    {"stream", VERDICT_PASS, "", NULL, 0, 0, NULL, 0},
};
static struct metric metrics[] = {
    {"stall_max_ms", "dl", false, 12.5, false, NULL, NULL},
    {"tunnel_down_ms", NULL, true, 0, false, NULL, "no event"},
    {"sha", "dl", false, 0, false, "abcd", NULL},
};
static struct event_outcome events[] = {{"drop", "phase2-delete", "sent", "ike", 5, -3}};

static struct judgement judged = {.case_id = "x",
                                  .verdict = VERDICT_FAIL,
                                  .findings = findings,
                                  .nfindings = COUNT(findings),
                                  .metrics = metrics,
                                  .nmetrics = COUNT(metrics),
                                  .events = events,
                                  .nevents = COUNT(events),
                                  .packets = 99};

static struct outcome sample(bool with_judgement)
{
    return (struct outcome){.verdict = VERDICT_FAIL,
                            .judgement = with_judgement ? &judged : NULL,
                            .why = "a reason",
                            .wall_s = 1.5,
                            .run_s = 60.25,
                            .has_evidence = true,
                            .has_keys = true,
                            .interrupted = true};
}

static void text_eq(const char *a, const char *b)
{
    if (b)
        assert_string_equal(a, b);
    else
        assert_null(a);
}

static void judgement_eq(const struct judgement *j)
{
    text_eq(j->case_id, "x");
    assert_int_equal(j->verdict, VERDICT_FAIL);
    assert_int_equal(j->packets, 99);
    assert_int_equal(j->nfindings, COUNT(findings));
    for (size_t i = 0; i < COUNT(findings); i++) {
        text_eq(j->findings[i].rule, findings[i].rule);
        text_eq(j->findings[i].message, findings[i].message);
        text_eq(j->findings[i].file, findings[i].file);
        text_eq(j->findings[i].leg, findings[i].leg);
        assert_int_equal(j->findings[i].verdict, findings[i].verdict);
        assert_int_equal(j->findings[i].line, findings[i].line);
        assert_int_equal(j->findings[i].packet, findings[i].packet);
        assert_int_equal(j->findings[i].time_ns, findings[i].time_ns);
    }
    assert_int_equal(j->nmetrics, COUNT(metrics));
    for (size_t i = 0; i < COUNT(metrics); i++) {
        text_eq(j->metrics[i].name, metrics[i].name);
        text_eq(j->metrics[i].stream, metrics[i].stream);
        text_eq(j->metrics[i].text, metrics[i].text);
        text_eq(j->metrics[i].why_null, metrics[i].why_null);
        assert_int_equal(j->metrics[i].is_null, metrics[i].is_null);
        assert_true(j->metrics[i].value == metrics[i].value);
    }
    assert_int_equal(j->nevents, 1);
    text_eq(j->events[0].source, "ike");
    assert_int_equal(j->events[0].run_ns, -3);
}

static void outcome__comes_back_as_it_was(void **state)
{
    (void)state;
    for (int with = 0; with < 2; with++) {
        struct outcome o = sample(with == 1), got;
        struct buf b = BUF_INIT;
        outcome_put(&o, &b);
        assert_ok(outcome_take(buf_bytes(&b), &got));
        assert_int_equal(got.verdict, VERDICT_FAIL);
        assert_string_equal(got.why, "a reason");
        assert_true(got.wall_s == 1.5 && got.run_s == 60.25);
        assert_true(got.has_evidence && got.has_keys && got.interrupted);
        if (with)
            judgement_eq(got.judgement);
        else
            assert_null(got.judgement);
        outcome_release(&got);
        buf_release(&b);
    }
}

static enum err take_any(struct bytes in, void *ctx)
{
    struct outcome got;
    enum err e = outcome_take(in, &got);

    if (!e)
        outcome_release(&got);
    else if (ctx)
        ++*(size_t *)ctx;
    return e;
}

static void outcome_cut_short__is_refused(void **state)
{
    struct outcome o = sample(true);
    struct buf b = BUF_INIT;
    size_t refused = 0;

    (void)state;
    outcome_put(&o, &b);
    test_truncations(buf_bytes(&b), take_any, &refused);
    assert_int_equal(refused, b.n);
    test_flips(buf_bytes(&b), take_any, NULL);
    buf_release(&b);
}

static void inbox__takes_messages_in_pieces_of_any_size(void **state)
{
    struct outcome o = sample(true), got;
    int fds[2];
    char all[4096];

    (void)state;
    assert_int_equal(pipe(fds), 0);
    struct worker_teller teller = {.fd = fds[1], .percent = -1};
    worker_progress(&teller, &(struct replay_progress){.delivered = 0, .planned = 200});
    worker_progress(&teller, &(struct replay_progress){.delivered = 1, .planned = 200});
    worker_progress(&teller, &(struct replay_progress){.delivered = 86, .planned = 200});
    worker_send_outcome(fds[1], &o);
    ssize_t n = read(fds[0], all, sizeof(all));
    assert_true(n > 12);
    close(fds[0]);
    close(fds[1]);
    for (ssize_t piece = 1; piece <= n; piece += piece < 16 ? 1 : 97) {
        struct worker_inbox in = {.percent = -1};
        for (ssize_t at = 0; at < n; at += piece) {
            buf_add(&in.bytes, all + at, (size_t)(n - at < piece ? n - at : piece));
            worker_inbox_look(&in);
        }
        assert_int_equal(in.percent, 43); /* 0 was told once, and 43 */
        assert_ok(worker_inbox_outcome(&in, &got));
        judgement_eq(got.judgement);
        outcome_release(&got);
        worker_inbox_release(&in);
    }
}

static void worker_that_dies_early__has_no_outcome(void **state)
{
    struct worker_inbox in = {.percent = -1};
    struct outcome got;

    (void)state;
    assert_int_equal(worker_inbox_outcome(&in, &got), ERR_SHORT);
    buf_add(&in.bytes, "\x01\x00\x00\x00\x01\x32\x02\x00\x00", 9); /* 50 %, then a piece */
    worker_inbox_look(&in);
    assert_int_equal(in.percent, 50);
    assert_int_equal(worker_inbox_outcome(&in, &got), ERR_SHORT);
    worker_inbox_release(&in);
}

static void message_of_no_kind__is_refused(void **state)
{
    struct worker_inbox in = {.percent = -1};
    struct outcome got;

    (void)state;
    buf_add(&in.bytes, "\x07\x00\x00\x00\x00", 5);
    worker_inbox_look(&in);
    assert_int_equal(worker_inbox_outcome(&in, &got), ERR_FORMAT);
    worker_inbox_release(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outcome__comes_back_as_it_was),
        cmocka_unit_test(outcome_cut_short__is_refused),
        cmocka_unit_test(inbox__takes_messages_in_pieces_of_any_size),
        cmocka_unit_test(worker_that_dies_early__has_no_outcome),
        cmocka_unit_test(message_of_no_kind__is_refused),
    };
    return cmocka_run_group_tests_name("cli/outcome", tests, NULL, NULL);
}
