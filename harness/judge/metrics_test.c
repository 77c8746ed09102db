/* Figures, each computed by hand from what its row lays out. */
#include "tests/mock_rows.h"

#include <math.h>
#include <stdio.h>

static const struct plan_expect expects[] = {
    {NO_LOG_TORN, SINCE_CUT},
    {STREAM(IS_CONTINUOUS), .completes = true, SINCE_CUT},
    {TUNNEL(TUNNEL_REPLACED), .phase = 2, SINCE_CUT},
};

static const struct metric *metric_of(const struct judgement *j, const char *name)
{
    for (size_t i = 0; i < j->nmetrics; i++)
        if (strcmp(j->metrics[i].name, name) == 0)
            return &j->metrics[i];
    fail_msg("no metric %s", name);
    return NULL;
}

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

    mock_begin(&m, &f->opts);
    if (f->action)
        m.event.action = f->action;
    mock_play(&m, f->script);
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
    struct CMUnitTest tests[COUNT(figures)];

    for (size_t i = 0; i < COUNT(figures); i++)
        tests[i] = (struct CMUnitTest){figures[i].what, has_the_figure_of_its_row, NULL, NULL,
                                       (void *)(uintptr_t)&figures[i]};
    return cmocka_run_group_tests_name("judge/metrics", tests, NULL, NULL);
}
