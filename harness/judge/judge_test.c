/* Judging as a whole: the same bytes give the same answer, cut evidence never passes, and
 * evidence without a plan. */
#include "judge/judge.h"

#include "base/mem.h"
#include "tests/mock_rows.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

static const struct plan_expect expects[] = {
    {NO_LOG_TORN, SINCE_CUT},
    {STREAM(IS_CONTINUOUS), .completes = true, SINCE_CUT},
    {TUNNEL(TUNNEL_REPLACED), .phase = 2, SINCE_CUT},
};

/* --- the same answer ---------------------------------------------------------------------------
 */

static void put(const struct judgement *j, struct buf *b)
{
    buf_addf(b, "%s %llu\n", verdict_name(j->verdict), (unsigned long long)j->packets);
    for (size_t i = 0; i < j->nfindings; i++)
        buf_addf(b, "%s %s %s %llu %s\n", verdict_name(j->findings[i].verdict), j->findings[i].rule,
                 j->findings[i].message, (unsigned long long)j->findings[i].packet,
                 j->findings[i].leg ? j->findings[i].leg : "-");
    for (size_t i = 0; i < j->nmetrics; i++)
        buf_addf(b, "%s %s %a %s\n", j->metrics[i].name,
                 j->metrics[i].stream ? j->metrics[i].stream : "-", j->metrics[i].value,
                 j->metrics[i].text ? j->metrics[i].text : "-");
    for (size_t i = 0; i < j->nevents; i++)
        buf_addf(b, "%s %s %s %lld %lld\n", j->events[i].id, j->events[i].action,
                 j->events[i].state, (long long)j->events[i].time_ns,
                 (long long)j->events[i].run_ns);
}

static void judge_bytes(struct mock_run *m, struct bytes file, struct buf *out)
{
    struct evidence_reader *r;
    struct judgement *j;
    struct diag why = {0};

    assert_ok(evidence_open_bytes(file, &r, &why));
    assert_ok(judge_evidence(r, &m->plan, &j));
    put(j, out);
    judgement_free(j);
    evidence_reader_free(r);
}

static void lay_out(struct mock_run *m, const char *script, const struct mock_options *opts)
{
    mock_begin(m, opts);
    mock_play(m, script);
    m->plan.expects = expects;
    m->plan.nexpects = COUNT(expects);
}

static void the_same_bytes_give_the_same_answer_anywhere(void **state)
{
    struct buf here = BUF_INIT, there = BUF_INIT;
    struct mock_run m;
    size_t n;

    (void)state;
    lay_out(&m, M_GOOD, NULL);
    uint8_t *file = mock_evidence(&m, &n);
    judge_bytes(&m, bytes_of(file, n), &here);
    setenv("TZ", "Asia/Tokyo", 1);
    (void)setlocale(LC_COLLATE, "");
    (void)setlocale(LC_TIME, "");
    judge_bytes(&m, bytes_of(file, n), &there);
    assert_string_equal(buf_str(&here), buf_str(&there));
    unsetenv("TZ");
    buf_release(&here);
    buf_release(&there);
    mem_free(file);
    mock_release(&m);
}

/* --- cut and broken evidence -------------------------------------------------------------------
 */

/* Judges the first N bytes, in a block of exactly that size. */
static enum verdict judge_prefix(struct mock_run *m, const uint8_t *file, size_t n)
{
    uint8_t *copy = mem_resize(NULL, n, 1);
    struct evidence_reader *r;
    struct judgement *j;
    struct diag why = {0};
    enum verdict v = VERDICT_COUNT;

    if (n)
        memcpy(copy, file, n);
    if (evidence_open_bytes(bytes_of(copy, n), &r, &why) == ERR_OK) {
        assert_ok(judge_evidence(r, &m->plan, &j));
        v = j->verdict;
        judgement_free(j);
        evidence_reader_free(r);
    }
    mem_free(copy);
    return v;
}

#define TAIL 700 /* bytes of statistics behind run-end: without them nothing is missing */

/* Each holds because something is not in the evidence. */
static const struct plan_expect absences[] = {
    {NO_LOG_TORN, SINCE_CUT},
    {.rule = RULE_LOG, .log_id = 302014, .reason = "tunnel", OF_DL, SINCE_CUT},
    {RESETS(RESET_BY_ANY), .max = 0, ALL_RUN},
    {STREAM(IS_STALLED), SINCE_CUT},
    {STREAM(IS_IDLE), WITHIN_S(5)},
    {TUNNEL(TUNNEL_DOWN), .phase = 2, SINCE_CUT},
    {TUNNEL(TUNNEL_KEPT), .phase = 1, SINCE_CUT},
    {.rule = RULE_NO_CLEARTEXT, .window = {-1, -1, {0}}, .stream = -1, .any_site = true},
};

/* How many of the expectations hold in the first N bytes; -1: they cannot be read. */
static int count_passes(struct mock_run *m, const uint8_t *file, size_t n)
{
    uint8_t *copy = mem_resize(NULL, n, 1);
    struct evidence_reader *r;
    struct judgement *j;
    int passes = -1;

    if (n)
        memcpy(copy, file, n);
    if (evidence_open_bytes(bytes_of(copy, n), &r, NULL) == ERR_OK) {
        assert_ok(judge_evidence(r, &m->plan, &j));
        passes = 0;
        for (size_t i = 0; i < j->nfindings; i++)
            passes += j->findings[i].line > 0 && j->findings[i].verdict == VERDICT_PASS;
        judgement_free(j);
        evidence_reader_free(r);
    }
    mem_free(copy);
    return passes;
}

static void cut_anywhere_no_absence_is_proved(void **state)
{
    struct plan_expect here[COUNT(absences)];
    struct mock_run m;
    size_t n, judged = 0;

    (void)state;
    memcpy(here, absences, sizeof(here));
    for (size_t i = 0; i < COUNT(here); i++)
        here[i].at = (struct plan_place){"mock.xml", (int)i + 1};
    mock_begin(&m, NULL);
    mock_play(&m, M_UP M_CUT "wait:3000 count ports end");
    m.plan.expects = here;
    m.plan.nexpects = COUNT(here);
    uint8_t *file = mock_evidence(&m, &n);
    /* with a rule about the stream beside them, no-log leaves a silent one to it */
    assert_int_equal(count_passes(&m, file, n), COUNT(absences));
    for (size_t at = 0; at + TAIL < n; at += 7) {
        int passes = count_passes(&m, file, at);
        assert_true(passes <= 0);
        judged += passes == 0;
    }
    assert_true(judged > 500);
    mem_free(file);
    mock_release(&m);
}

static void evidence_that_was_cut_never_passes(void **state)
{
    struct mock_run m;
    size_t n, judged = 0;

    (void)state;
    lay_out(&m, M_GOOD, NULL);
    uint8_t *file = mock_evidence(&m, &n);
    assert_int_equal(judge_prefix(&m, file, n), VERDICT_PASS);
    for (size_t at = 0; at + TAIL < n; at += 61) {
        enum verdict v = judge_prefix(&m, file, at);
        assert_int_not_equal(v, VERDICT_PASS);
        judged += v != VERDICT_COUNT;
    }
    assert_true(judged > 500);
    mem_free(file);
    mock_release(&m);
}

static void flipped_bytes_do_no_harm(void **state)
{
    struct mock_run m;
    struct rng_seeded rng;
    size_t n;

    (void)state;
    rng_seeded_init(&rng, 3, "flips");
    lay_out(&m, M_GOOD, NULL);
    uint8_t *file = mock_evidence(&m, &n);
    for (int round = 0; round < 400; round++) {
        size_t at = rng_below(&rng.rng, n);
        uint8_t was = file[at];
        file[at] = (uint8_t)(was ^ (1 + rng_below(&rng.rng, 255)));
        (void)judge_prefix(&m, file, n);
        file[at] = was;
    }
    mem_free(file);
    mock_release(&m);
}

static void a_file_that_is_cut_inside_a_packet_says_where(void **state)
{
    struct mock_run m;
    struct buf b = BUF_INIT;
    size_t n;

    (void)state;
    lay_out(&m, M_GOOD, NULL);
    uint8_t *file = mock_evidence(&m, &n);
    judge_bytes(&m, bytes_of(file, n / 2 + 1), &b);
    assert_non_null(strstr(buf_str(&b), "the evidence is damaged behind packet "));
    mem_free(file);
    buf_release(&b);
    mock_release(&m);
}

/* --- without a plan ----------------------------------------------------------------------------
 */

static const struct metric *metric_of(const struct judgement *j, const char *name)
{
    for (size_t i = 0; i < j->nmetrics; i++)
        if (strcmp(j->metrics[i].name, name) == 0)
            return &j->metrics[i];
    fail_msg("no metric %s", name);
    return NULL;
}

static void without_a_plan_there_are_classes_and_no_findings(void **state)
{
    struct mock_run m;

    (void)state;
    mock_begin(&m, NULL);
    mock_play(&m, M_GOOD);
    struct judgement *j = mock_classify(&m);
    assert_null(j->case_id);
    assert_int_equal(j->verdict, VERDICT_PASS);
    assert_int_equal(j->nfindings, 0);
    assert_string_equal(metric_of(j, "class")->text, "RECOVERED");
    assert_int_equal(j->nevents, 1);
    assert_string_equal(j->events[0].id, "cut");
    assert_string_equal(j->events[0].action, "phase2-delete");
    assert_string_equal(j->events[0].state, "confirmed");
    judgement_free(j);
    mock_release(&m);
}

static void without_a_plan_gates_still_shut(void **state)
{
    struct mock_run m;

    (void)state;
    mock_begin(&m, NULL);
    mock_play(&m, M_UP "sent data:15");
    struct judgement *j = mock_classify(&m);
    assert_int_equal(j->verdict, VERDICT_INCONCLUSIVE);
    assert_true(j->nfindings >= 1);
    judgement_free(j);
    mock_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_bytes_give_the_same_answer_anywhere),
        cmocka_unit_test(evidence_that_was_cut_never_passes),
        cmocka_unit_test(cut_anywhere_no_absence_is_proved),
        cmocka_unit_test(flipped_bytes_do_no_harm),
        cmocka_unit_test(a_file_that_is_cut_inside_a_packet_says_where),
        cmocka_unit_test(without_a_plan_there_are_classes_and_no_findings),
        cmocka_unit_test(without_a_plan_gates_still_shut),
    };

    return cmocka_run_group_tests_name("judge/judge", tests, NULL, NULL);
}
