/* Judging as a whole: the same bytes give the same answer, cut evidence never passes, figures, and
 * evidence without a plan. */
#include "judge/judge.h"

#include "base/mem.h"
#include "tests/mock_rows.h"

#include <locale.h>
#include <math.h>
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

/* --- figures -----------------------------------------------------------------------------------
 */

struct figure {
    const char *what, *script, *name;
    double value;     /* NAN: null */
    const char *text; /* the value, or words of why it is null */
    struct mock_options opts;
    enum plan_action action;
};

#define NONE NAN

static const struct figure figures[] = {
    {"a_confirmed_stimulus", M_GOOD, "stimulus_confirmed", 0, "yes", {0}, 0},
    {"a_stimulus_that_was_not_confirmed",
     M_UP "sent data:15 " M_DONE,
     "stimulus_confirmed",
     0,
     "no",
     {0},
     0},
    /* lost:2 and wait:300 take 340 ms; the first byte needs 2 ms more */
    {"from_the_event_to_the_first_byte", M_GOOD, "event_to_recovery_ms", 342, NULL, {0}, 0},
    {"from_the_last_byte_to_the_first", M_GOOD, "loss_to_recovery_ms", 342, NULL, {0}, 0},
    {"no_recovery",
     M_UP M_CUT "lost:3 wait:9000 count ports end",
     "event_to_recovery_ms",
     NONE,
     "it never recovered",
     {0},
     0},
    {"no_event",
     M_UP "data:15 " M_DONE,
     "event_to_recovery_ms",
     NONE,
     "no event while it ran",
     {0},
     0},
    {"a_stall_is_counted", M_GOOD, "stalls", 1, NULL, {0}, 0},
    {"no_stall", M_UP "data:15 " M_DONE, "stalls", 0, NULL, {0}, 0},
    {"the_longest_stall", M_GOOD, "stall_max_ms", 342, NULL, {0}, 0},
    /* the last packet with the old SPI towards the device is the second lost one, at 20 ms; the
     * first with the new one 341 ms after the event */
    {"the_hole_towards_the_device", M_GOOD, "tunnel_down_ms_to_device", 321, NULL, {0}, 0},
    {"the_hole_from_the_device", M_GOOD, "tunnel_down_ms_from_device", 360, NULL, {0}, 0},
    {"the_worse_hole", M_GOOD, "tunnel_down_ms", 360, NULL, {0}, 0},
    {"no_hole_without_a_new_spi",
     M_UP "data:15 " M_DONE,
     "tunnel_down_ms",
     NONE,
     "no SPI followed another",
     {0},
     0},
    {"what_tcp_added", M_GOOD, "recovery_excess_ms", -18, NULL, {0}, 0},
    {"no_overlap_without_a_rekeying",
     M_GOOD,
     "rekey_overlap_ms",
     NONE,
     "no phase-2 rekeying was asked for",
     {0},
     0},
    {"a_hole_is_a_negative_overlap",
     M_UP "sent newsa salog data:1 confirmed data:14 " M_DONE,
     "rekey_overlap_ms",
     -20,
     NULL,
     {0},
     ACTION_PHASE2_REKEY},
    {"no_frame_lost_by_a_rekeying",
     M_UP "sent newsa salog data:1 confirmed data:14 " M_DONE,
     "ike_phase2_rekey_frame_loss",
     0,
     NULL,
     {0},
     ACTION_PHASE2_REKEY},
    {"two_frames_lost_by_a_rekeying",
     M_UP "sent lost:2 wait:300 newsa salog confirmed back data:15 " M_DONE,
     "ike_phase2_rekey_frame_loss",
     2,
     NULL,
     {0},
     ACTION_PHASE2_REKEY},
    {"frames_lost_before_are_not_the_rekeying_s",
     "tunnel salog open built ask data:2 lost:1 wait:300 back data:3 sent newsa salog data:1 "
     "confirmed data:14 " M_DONE,
     "ike_phase2_rekey_frame_loss",
     NONE,
     "frames were lost before it, too",
     {0},
     ACTION_PHASE2_REKEY},
    {"a_tunnel_that_was_up_first", M_GOOD, "ttfp_ms", NONE, "up before the first packet", {0}, 0},
    {"two_segments_sent_again", M_GOOD, "rexmt_pkts", 2, NULL, {0}, 0},
    {"their_bytes", M_GOOD, "rexmt_bytes", 600, NULL, {0}, 0},
    {"none_of_them_in_vain", M_GOOD, "spurious_rexmt", 0, NULL, {0}, 0},
    {"one_in_vain", M_UP M_CUT M_AWAY M_BACK "again " M_DONE, "spurious_rexmt", 1, NULL, {0}, 0},
    {"the_same_one_three_times",
     M_UP M_CUT M_AWAY "newsa salog back data:15 again again again " M_DONE,
     "max_rexmt_same_seq",
     3,
     NULL,
     {0},
     0},
    {"counts_of_the_hosts", M_GOOD, "rto_rexmt", 6, NULL, {0}, 0},
    {"no_counts_of_the_hosts",
     M_UP M_CUT M_AWAY M_BACK "fins tornfins count ports end",
     "rto_rexmt",
     NONE,
     "the hosts' own counts",
     {0},
     0},
    {"every_byte_once", M_GOOD, "unique_bytes", 6100, NULL, {0}, 0},
    {"no_byte_missed", M_GOOD, "missed_bytes", 0, NULL, {0}, 0},
    {"bytes_that_never_came",
     M_UP M_CUT "lost:3 wait:9000 count ports end",
     "missed_bytes",
     4500,
     NULL,
     {0},
     0},
    {"the_same_digest_at_the_source", M_GOOD, "stream_sha256_source", 0, "*", {0}, 0},
    {"no_digest_of_headers",
     M_GOOD,
     "stream_sha256_sink",
     NONE,
     "headers only",
     {.headers_only = true},
     0},
    {"no_digest_of_a_part",
     M_UP M_CUT "lost:3 wait:9000 count ports end",
     "stream_sha256_sink",
     NONE,
     "did not all pass",
     {0},
     0},
    {"efficiency", M_GOOD, "tcp_efficiency_pct", 100.0 * 6100 / 6700, NULL, {0}, 0},
    {"no_reset", M_GOOD, "unexpected_rst", 0, NULL, {0}, 0},
    {"a_reset_of_the_device",
     M_UP M_CUT "rst:device wait:3000 count ports end",
     "unexpected_rst",
     1,
     NULL,
     {0},
     0},
    {"its_origin",
     M_UP M_CUT "rst:device wait:3000 count ports end",
     "rst_origin",
     0,
     "device",
     {0},
     0},
    {"no_origin", M_GOOD, "rst_origin", NONE, "no reset", {0}, 0},
    {"a_teardown",
     M_UP M_CUT "torn wait:3000 count ports end",
     "teardown_302014",
     0,
     "connection 41, Tunnel has been torn down (tunnel), 0.000 s after event cut, duration 1 s, "
     "1234 bytes",
     {0},
     0},
    {"the_connection_before", M_GOOD, "conn_id_before", 41, NULL, {0}, 0},
    {"the_connection_after", M_GOOD, "conn_id_after", 41, NULL, {0}, 0},
    {"no_leak", M_GOOD, "cleartext_leak_pkts", 0, NULL, {0}, 0},
    {"two_leaks",
     M_UP M_CUT "leak leak:nat wait:3000 count ports end",
     "cleartext_leak_pkts",
     2,
     NULL,
     {0},
     0},
    {"no_mismatch", M_GOOD, "decrypt_mismatch_pkts", 0, NULL, {0}, 0},
    {"nothing_to_decrypt_with_headers_only",
     M_GOOD,
     "decrypt_mismatch_pkts",
     NONE,
     "headers only",
     {.headers_only = true},
     0},
    {"no_gap_in_sequence_numbers", M_GOOD, "esp_seq_gaps", 0, NULL, {0}, 0},
    {"no_replay", M_GOOD, "esp_replay_drops", 0, NULL, {0}, 0},
    {"everything_was_replayed", M_GOOD, "replayed_fraction", 100, NULL, {0}, 0},
    {"nothing_was_blocked", M_GOOD, "blocked_fraction", 0, NULL, {0}, 0},
    {"a_third_was_blocked",
     M_UP M_CUT "lost:3 wait:9000 count ports end",
     "blocked_fraction",
     100.0 * 900 / 2500,
     NULL,
     {0},
     0},
    {"lateness_in_virtual_time", M_GOOD, "send_lateness_us", NONE, "virtual time", {0}, 0},
    {"lateness_in_real_time",
     M_GOOD,
     "send_lateness_us",
     1234,
     NULL,
     {.real_time = true, .late = "1234"},
     0},
    {"the_context_after",
     M_UP M_CUT M_AWAY M_BACK "context " M_DONE,
     "vpn_ctx_after",
     0,
     "VPN CTX=0x1, Ptr=0x2, DECR+ESP+PRESERVE, UP, pk=1, rk=0, gc=0",
     {0},
     0},
    {"a_class_of_its_own_for_silence",
     M_UP M_CUT "lost:3 wait:9000 count ports end",
     "class",
     0,
     "SILENT_STALE",
     {0},
     0},
    {"torn", M_UP M_CUT "torn lost:3 wait:9000 count ports end", "class", 0, "TORN", {0}, 0},
    {"continuous", M_UP "data:15 " M_DONE, "class", 0, "CONTINUOUS", {0}, 0},
    {"unfinished",
     M_UP M_CUT M_AWAY "newsa salog back data:5 count ports end",
     "class",
     0,
     "UNFINISHED",
     {0},
     0},
};

static bool is_right(const struct figure *f, const struct metric *m)
{
    if (isnan(f->value))
        return m->is_null && strstr(m->why_null, f->text);
    if (m->is_null)
        return false;
    if (f->text)
        return m->text && (f->text[0] == '*' ? strlen(m->text) == 64 : !!strstr(m->text, f->text));
    return fabs(m->value - f->value) < 0.001;
}

static void has_the_figure_of_its_row(void **state)
{
    const struct figure *f = *state;
    struct mock_run m;

    lay_out(&m, f->script, &f->opts);
    if (f->action)
        m.event.action = f->action;
    struct judgement *j = mock_judge(&m, expects, COUNT(expects));
    const struct metric *got = metric_of(j, f->name);
    if (!is_right(f, got))
        printf("%s = %s %g %s %s\n", f->name, got->is_null ? "null" : "", got->value,
               got->text ? got->text : "", got->why_null ? got->why_null : "");
    assert_true(is_right(f, got));
    judgement_free(j);
    mock_release(&m);
}

int main(void)
{
    static const struct CMUnitTest others[] = {
        cmocka_unit_test(the_same_bytes_give_the_same_answer_anywhere),
        cmocka_unit_test(evidence_that_was_cut_never_passes),
        cmocka_unit_test(flipped_bytes_do_no_harm),
        cmocka_unit_test(a_file_that_is_cut_inside_a_packet_says_where),
        cmocka_unit_test(without_a_plan_there_are_classes_and_no_findings),
        cmocka_unit_test(without_a_plan_gates_still_shut),
    };
    struct CMUnitTest tests[COUNT(others) + COUNT(figures)];

    memcpy(tests, others, sizeof(others));
    for (size_t i = 0; i < COUNT(figures); i++)
        tests[COUNT(others) + i] = (struct CMUnitTest){figures[i].what, has_the_figure_of_its_row,
                                                       NULL, NULL, (void *)(uintptr_t)&figures[i]};
    return cmocka_run_group_tests_name("judge/judge", tests, NULL, NULL);
}
