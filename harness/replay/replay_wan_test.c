/* What the harness, the peer or somebody on the way does to the wan leg, in whole runs: that it
 * bites, what the evidence shows of it, and what the device says to it in its log. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#include <stdio.h>

#define AT(action) "<at id=\"ev\" stream=\"dl\" reaches=\"40%\">" action "</at>"

struct row {
    const char *what;
    const char *timeline;      /* besides the download; "ev" is the event */
    const char *detail;        /* when it is confirmed; NULL: it is not */
    size_t injected, filtered; /* frames on wan so marked; SIZE_MAX: any number above 0 */
    uint32_t logged;           /* what the device says to it; 0: nothing */
    bool done;                 /* the download arrives whole all the same */
};

#define SOME SIZE_MAX
#define MET  "a frame met it"
#define SENT "it is on the wan leg"

static const struct row rows[] = {
    {"drop__the_first_two_of_esp_to_the_device",
     AT("<wan-drop kind=\"esp\" direction=\"to-device\" first=\"2\"/>"), MET, 0, 2, 0, true},
    {"drop__one_in_fifty", AT("<wan-drop every=\"50\" for=\"1s\"/>"), MET, 0, SOME, 0, true},
    {"drop__by_chance", AT("<wan-drop share=\"2%\" for=\"2s\"/>"), MET, 0, SOME, 0, true},
    {"drop__of_nothing_that_is_there__does_not_bite", AT("<wan-drop exchange=\"aggressive\"/>"),
     NULL, 0, 0, 0, true},
    {"delay__holds_and_lets_go", AT("<wan-delay hold=\"1ms\" first=\"20\"/>"), MET, 0, 0, 0, true},
    {"reorder__lets_others_overtake", AT("<wan-reorder kind=\"esp\" behind=\"3\" every=\"20\"/>"),
     MET, 0, 0, 0, true},
    {"reorder__of_the_last_frame__lets_it_go_in_the_end",
     AT("<wan-reorder kind=\"esp\" behind=\"1000\" first=\"1\"/>"), MET, 0, 0, 0, true},
    {"duplicate__is_replayed_to_the_device",
     AT("<wan-duplicate kind=\"esp\" direction=\"to-device\" first=\"3\"/>"), MET, 3, 0, 402119,
     true},
    {"duplicate__from_the_device", AT("<wan-duplicate direction=\"from-device\" first=\"3\"/>"),
     MET, 3, 0, 0, true},
    {"corrupt__does_not_pass_the_check",
     AT("<wan-corrupt kind=\"esp\" direction=\"to-device\" first=\"1\" skip=\"3\"/>"), MET, 1, 1, 0,
     true},
    {"rate__makes_frames_wait", AT("<wan-rate rate=\"2Mbit/s\" for=\"2s\"/>"), MET, 0, 0, 0, true},
    {"mtu__refuses_what_must_not_be_cut", AT("<wan-mtu mtu=\"1300\" for=\"1s\"/>"), MET, SOME, SOME,
     0, true},
    {"end__lets_frames_pass_again",
     "<at id=\"begin\" stream=\"dl\" reaches=\"40%\"><wan-drop kind=\"esp\"/></at>"
     "<at id=\"ev\" after=\"begin\" delay=\"2s\"><wan-end of=\"begin\"/></at>",
     "a frame passed", 0, SOME, 0, true},
    {"blackhole__that_ends_by_itself", AT("<blackhole for=\"2s\"/>"), "a frame was eaten", 0, SOME,
     0, true},
    {"replay__of_esp_is_noticed", AT("<wan-replay kind=\"esp\" count=\"5\"/>"), SENT, 5, 0, 402119,
     true},
    {"replay__of_a_genuine_delete__does_nothing",
     "<at id=\"first\" stream=\"dl\" reaches=\"30%\"><phase2-delete by=\"peer\"/></at>"
     "<at id=\"ev\" after=\"first\" delay=\"20s\">"
     "<wan-replay exchange=\"informational\" count=\"1\"/></at>",
     SENT, 1, 0, 0, false},

    {"esp_duplicate", AT("<esp-duplicate count=\"2\"/>"), MET, 2, 0, 402119, true},
    {"esp_reorder", AT("<esp-reorder count=\"4\" behind=\"2\"/>"), MET, 0, 0, 0, true},
    {"esp_reorder__beyond_the_window", AT("<esp-reorder count=\"1\" behind=\"66\"/>"), MET, 0, 0,
     402119, true},
    {"esp_loss", AT("<esp-loss count=\"3\"/>"), MET, 0, 3, 0, true},
    {"esp_bad_icv", AT("<esp-bad-icv count=\"2\"/>"), MET, 2, 0, 402120, true},
    {"esp_unknown_spi", AT("<esp-unknown-spi count=\"2\"/>"), MET, 2, 0, 402114, true},
    {"esp_swapped_spi",
     "<at id=\"rekey\" stream=\"dl\" reaches=\"30%\"><phase2-rekey/></at>"
     "<at id=\"ev\" after=\"rekey\" delay=\"10ms\"><esp-swapped-spi count=\"1\"/></at>",
     MET, 1, 0, 402120, true},
    {"esp_old_spi__when_it_was_deleted",
     "<at id=\"rekey\" stream=\"dl\" reaches=\"20%\"><phase2-rekey/></at>"
     "<at id=\"ev\" after=\"rekey\" delay=\"20ms\"><esp-old-spi count=\"1\"/></at>",
     SENT, 1, 0, 0, true},
    {"esp_outside", AT("<esp-outside count=\"2\"/>"), SENT, 2, 0, 402116, true},
    {"esp_clear", AT("<esp-clear count=\"2\"/>"), SENT, 2, 0, 402117, true},
    {"esp_jump", AT("<esp-jump numbers=\"100000\"/>"), "a packet behind the gap was seen", 0, 0, 0,
     true},
    {"esp_restart",
     AT("<esp-restart/>") "<at id=\"end\" after=\"ev\" delay=\"3s\">"
                          "<phase2-rekey/></at>",
     "a number was used again", 0, 0, 402119, true},

    {"delete_notice__of_its_own", AT("<delete-notice spis=\"own\"/>"), "the delete was sent", 0, 0,
     602304, false},
    {"delete_notice__of_many", AT("<delete-notice spis=\"many\"/>"), "the delete was sent", 0, 0,
     602304, false},
    {"delete_notice__of_none_that_is", AT("<delete-notice spis=\"unknown\"/>"),
     "the delete was sent", 0, 0, 0, true},
    {"delete_notice__of_what_is_not_its_own", AT("<delete-notice spis=\"far\"/>"),
     "the delete was sent", 0, 0, 0, true},
    {"forged_delete_of_phase_2", AT("<forge-delete phase=\"2\"/>"), SENT, 1, 0, 0, true},
    {"forged_delete_of_phase_1", AT("<forge-delete phase=\"1\"/>"), SENT, 1, 0, 0, true},
    {"forged_delete_that_looks_encrypted", AT("<forge-delete phase=\"1\" garbled=\"yes\"/>"), SENT,
     1, 0, 0, true},
    {"forged_notify", AT("<forge-notify type=\"invalid-spi\" count=\"2\"/>"), SENT, 2, 0, 0, true},
    {"forged_initial_contact", AT("<forge-notify type=\"initial-contact\"/>"), SENT, 1, 0, 0, true},
    {"flood", AT("<ike-flood count=\"40\"/>"), SENT, 40, 0, 0, true},
    {"malformed", AT("<ike-malformed count=\"40\"/>"), SENT, 40, 0, 0, true},
    {"wrong_key__ends_in_failed_negotiations",
     AT("<peer-psk is=\"wrong\"/>") "<at id=\"drop\" after=\"ev\"><phase1-delete by=\"peer\"/></at>"
                                    "<at id=\"back\" after=\"drop\" delay=\"60s\">"
                                    "<peer-psk is=\"lab\"/></at>",
     "a negotiation failed", 0, 0, 0, false},
    {"other_suites__end_in_failed_negotiations",
     AT("<peer-suites esp=\"des-cbc-hmac-sha1-96\"/>") "<at id=\"drop\" "
                                                       "after=\"ev\"><phase2-delete "
                                                       "by=\"peer\"/></at>",
     "a negotiation failed", 0, 0, 0, false},

    {"at_a_frame_of_a_leg", "<at id=\"ev\" leg=\"wan\" packet=\"100\"><esp-loss/></at>", MET, 0, 1,
     0, true},
    {"at_a_message",
     "<at id=\"ev\" exchange=\"quick\" from=\"device\"><wan-drop exchange=\"quick\" first=\"1\"/>"
     "</at>",
     MET, 0, 1, 0, true},
    {"several_times",
     "<at id=\"ev\" stream=\"dl\" reaches=\"20%\" times=\"3\" every=\"15ms\"><esp-bad-icv/></at>",
     MET, 3, 0, 402120, true},
    {"several_times__of_which_one_does_not_bite__do_not",
     "<at id=\"ev\" stream=\"dl\" reaches=\"20%\" times=\"2\" every=\"10s\"><esp-bad-icv/></at>",
     NULL, 1, 0, 402120, true},
};

static bool device_logged(const struct one_run *r, uint32_t id)
{
    for (size_t i = 0; i < r->nframes; i++) {
        struct asa_log log;
        struct pkt p;
        if (r->frames[i].leg != EV_MGMT)
            continue;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        if (p.kind == PKT_UDP && !asa_log_parse(p.udp.data, &log) && log.id == id)
            return true;
    }
    return false;
}

static void check_marks(const struct row *row, size_t injected, size_t filtered)
{
    if (row->injected == SOME ? injected == 0 : injected != row->injected)
        fail_msg("%zu frames injected", injected);
    if (row->filtered == SOME ? filtered == 0 : filtered != row->filtered)
        fail_msg("%zu frames filtered", filtered);
}

static void is_as_its_row_says(void **state)
{
    static const uint32_t noticed[] = {402114, 402116, 402117, 402119, 402120};
    const struct row *row = *state;
    size_t injected = 0, filtered = 0;
    struct one_run r;
    char body[2048];

    snprintf(body, sizeof(body), DEVICE "<timeline>" DOWNLOAD "%s</timeline>" EXPECT,
             row->timeline);
    one_run_ok(&r, body, NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    if (row->detail)
        assert_string_equal(one_line_text(one_run_event(&r, "ev", "confirmed"), "detail"),
                            row->detail);
    assert_true(row->detail || !one_run_has_event(&r, "ev", "confirmed"));
    for (size_t i = 0; i < r.nframes; i++) {
        injected += r.frames[i].injected;
        filtered += r.frames[i].filtered;
        assert_true(r.frames[i].leg == EV_WAN || !(r.frames[i].injected || r.frames[i].filtered));
    }
    check_marks(row, injected, filtered);
    if (row->logged && !device_logged(&r, row->logged))
        fail_msg("the device has not logged %u", row->logged);
    for (size_t i = 0; i < COUNT(noticed) && !row->logged; i++)
        assert_false(device_logged(&r, noticed[i]) && row->done && !row->filtered);
    if (row->done)
        one_run_check_done(&r, "dl");
    one_run_release(&r);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, is_as_its_row_says, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("replay/replay_wan", tests, COUNT(tests), NULL, NULL);
}
