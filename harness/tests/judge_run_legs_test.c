/* The evidence of a run, cut into a capture a leg as if a stranger had taken them, is judged as the
 * case judged it: nothing in it says what was planned. */
#include "base/attr.h"
#include "evidence/reader.h"
#include "tests/program.h"
#include "tests/testkit.h"

#include <jansson.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <string.h>

#define LEGS                                                                                       \
    "%H judge --json --leg bo-lan=%T/bo-lan.pcap --leg wan=%T/wan.pcap "                           \
    "--leg ho-lan=%T/ho-lan.pcap --leg mgmt=%T/mgmt.pcap"

/* Each case, what its largest stream came to, and the event that is found. */
static const struct row {
    const char *what, *name, *class, *why;
    const char *event; /* or more, a blank between; "": none but that the tunnel was set up */
} rows[] = {
    {"with_the_tunnel_goes_the_stream", "phase1-delete-preserve-off", "TORN",
     "Tunnel has been torn down", "phase1-delete"},
    {"after_a_blackhole_it_goes_on", "blackhole-shorter-than-dpd", "RECOVERED", "after a stall of",
     "outage"},
    {"a_late_answer_stops_nothing", "dpd-answer-late", "CONTINUOUS", "nothing stood still", ""},
    {"all_arrived_but_the_device_had_ended_it", "deletes-cross-preserve-off", "TORN",
     "Tunnel has been torn down", "phase1-delete"},
    {"all_arrived_but_the_device_reset_it_when_idle", "idle-with-reset", "TORN",
     "a reset by the device", ""},
    {"all_arrived_but_half_closed_it_was_ended", "half-closed-timeout", "TORN", "302014", "outage"},
    {"all_arrived_but_the_sender_never_heard_so", "reset-while-away", "SILENT_STALE",
     "then a host gave up", "outage"},
    {"torn_and_begun_anew", "level-6-logging-needed", "RESTARTED", "opened another one",
     "phase2-delete phase2-delete"},
    {"a_delete_after_which_nothing_is_waited_for", "upload-preserve-off", "TORN",
     "Tunnel has been torn down", "phase2-delete"},
    {"phase_1_set_up_after_its_delete_is_no_rekeying", "pair-on-at-bo-only", "TORN",
     "Tunnel has been torn down", "phase1-delete"},
    {"half_open_ike_sas_are_no_rekeying", "half-open-flood", "CONTINUOUS", "nothing stood still",
     ""},
    {"packets_of_unknown_spis_are_no_rekeying", "esp-unknown-spi", "CONTINUOUS",
     "nothing stood still", ""},
    {"a_stream_beside_the_tunnel_is_no_outage", "resetoutside", "UNKNOWN", "bo-lan only", ""},
};

static pcap_dumper_t *leg_file(pcap_t *ethernet, enum evidence_leg leg)
{
    char path[192];

    snprintf(path, sizeof(path), "%s/%s.pcap", program_folder(), evidence_leg_name(leg));
    pcap_dumper_t *d = pcap_dump_open(ethernet, path);
    assert_non_null(d);
    return d;
}

/* The frames of each leg to a capture of its own: addresses and times as they were, no word more.
 */
static void cut(const char *name)
{
    pcap_t *ethernet = pcap_open_dead(DLT_EN10MB, 262144);
    pcap_dumper_t *out[EV_LEGS] = {NULL};
    struct evidence_reader *r = NULL;
    struct evidence_record e;
    struct diag why = {0};
    char path[192];

    snprintf(path, sizeof(path), "%s/r/evidence/%s.pcapng", program_folder(), name);
    assert_int_equal(evidence_open(path, &r, &why), ERR_OK);
    while (evidence_next(r, &e) == ERR_OK) {
        if (!out[e.leg])
            out[e.leg] = leg_file(ethernet, e.leg);
        struct pcap_pkthdr h = {
            .ts = {.tv_sec = e.time_ns / 1000000000, .tv_usec = e.time_ns % 1000000000 / 1000},
            .caplen = (bpf_u_int32)e.frame.n,
            .len = (bpf_u_int32)e.wire_len};
        pcap_dump((u_char *)out[e.leg], &h, e.frame.p);
    }
    for (size_t i = 0; i < EV_LEGS; i++)
        if (out[i])
            pcap_dump_close(out[i]);
    evidence_reader_free(r);
    pcap_close(ethernet);
}

static uint64_t size_of(const json_t *stream)
{
    const char *ways[] = {"ho_to_bo", "bo_to_ho"};
    uint64_t n = 0;

    for (size_t i = 0; i < COUNT(ways); i++)
        n += (uint64_t)json_integer_value(
            json_object_get(json_object_get(stream, ways[i]), "sent_unique_bytes"));
    return n;
}

static const json_t *largest_of(const json_t *streams)
{
    const json_t *largest = NULL, *s;
    size_t i;

    json_array_foreach(streams, i, s) if (!largest || size_of(s) > size_of(largest)) largest = s;
    return largest;
}

/* The names of the events that were found, but for `establish`, with a blank after each. */
static void list_events(const json_t *events, struct buf *out)
{
    const json_t *e;
    size_t i;

    json_array_foreach(events, i, e)
    {
        const char *action = json_string_value(json_object_get(e, "action"));
        if (strcmp(action, "establish") != 0)
            buf_addf(out, "%s ", action);
    }
}

static void check_events(const json_t *events, const char *want)
{
    struct buf found = BUF_INIT, all = BUF_INIT;

    list_events(events, &found);
    if (*want)
        buf_addf(&all, "%s ", want);
    assert_string_equal(buf_str(&found), buf_str(&all));
    buf_release(&found);
    buf_release(&all);
}

static void legs_are_judged_like_the_run(void **state)
{
    const struct row *row = *state;
    char command[512];
    struct program p;

    snprintf(command, sizeof(command), "%%H run -q -o %%T/r cases/%s.xml", row->name);
    program_run(&p, command);
    assert_int_equal(p.code, 0);
    program_release(&p);
    cut(row->name);
    program_run(&p, LEGS);
    assert_int_equal(p.code, 0);
    json_t *v = json_loads(buf_str(&p.out), 0, NULL);
    assert_non_null(v);
    const json_t *s = largest_of(json_object_get(v, "streams"));
    assert_string_equal(json_string_value(json_object_get(s, "class")), row->class);
    if (!strstr(json_string_value(json_object_get(s, "why")), row->why))
        fail_msg("why: %s", json_string_value(json_object_get(s, "why")));
    check_events(json_object_get(v, "events"), row->event);
    json_decref(v);
    program_release(&p);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, legs_are_judged_like_the_run, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("tests/judge_run_legs", tests, NULL, program_folder_remove);
}
