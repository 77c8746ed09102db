/* Each action of the timeline in a whole run: what it does, and what is taken as its proof. */
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "wire/pkt.h"

#include <stdio.h>

/* --- what confirms it --------------------------------------------------------------------------
 */

struct bite {
    const char *what;
    const char *timeline; /* "ev" is the event */
    const char *detail;   /* what is said when it is confirmed */
    double within;        /* seconds after it was sent */
};

static const struct bite bites[] = {
    {"establish_by_peer__is_confirmed_by_a_pair",
     "<stream id=\"dl\" capture=\"captures/https.pcap\" start=\"3s\"/>"
     "<at id=\"ev\" time=\"1s\"><establish/></at>",
     "an IPsec SA pair came up", 1},
    {"phase1_delete_by_peer__is_confirmed_by_the_delete_sent",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase1-delete by=\"peer\"/></at>",
     "the IKE SA's delete was sent", 0},
    {"phase2_delete_by_peer__is_confirmed_by_the_delete_sent",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>",
     "the IPsec SA's delete was sent", 0},
    {"phase1_delete_by_device__is_confirmed_by_its_delete",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase1-delete by=\"device\"/></at>",
     "the IKE SA's delete came from the device", 0.1},
    {"phase2_delete_by_device__is_confirmed_by_its_delete",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"device\"/></at>",
     "the IPsec SA's delete came from the device", 0.1},
    {"phase1_rekey__is_confirmed_by_the_new_sa",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase1-rekey/></at>",
     "a new IKE SA took over", 1},
    {"phase2_rekey__is_confirmed_by_the_first_packet_on_the_new_spi",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-rekey/></at>",
     "a packet with the new SPI was seen", 1},
    {"blackhole__is_confirmed_by_the_first_frame_eaten",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
              "<at id=\"end\" after=\"ev\" delay=\"3s\"><restore/></at>",
     "a frame was eaten", 1},
    {"restore__is_confirmed_by_the_first_frame_that_passes",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
              "<at id=\"ev\" after=\"hole\" delay=\"3s\"><restore/></at>",
     "a frame passed", 10},
    {"peer_crash__is_confirmed_by_a_packet_for_what_was_forgotten",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><peer-crash/></at>",
     "a packet came for an SA that was forgotten", 1},
    {"device_command__is_confirmed_by_its_answer",
     DOWNLOAD "<at id=\"ev\" time=\"1s\"><device-command command=\"show conn\"/></at>",
     "the device took the command", 0},
};

static void run_timeline(struct one_run *r, const char *timeline)
{
    char body[2048];

    snprintf(body, sizeof(body), DEVICE "<timeline>%s</timeline>" EXPECT, timeline);
    one_run(r, body, NULL);
    if (r->err)
        fail_msg("%s", r->why.text);
    assert_int_equal(r->result.end, REPLAY_COMPLETE);
}

static void it_bites(void **state)
{
    const struct bite *row = *state;
    struct one_run r;

    run_timeline(&r, row->timeline);
    const struct one_line *planned = one_run_event(&r, "ev", "planned");
    const struct one_line *sent = one_run_event(&r, "ev", "sent");
    const struct one_line *confirmed = one_run_event(&r, "ev", "confirmed");
    assert_true(planned->time == 0);
    assert_string_equal(one_line_text(confirmed, "detail"), row->detail);
    assert_true(confirmed->time >= sent->time);
    if (confirmed->time > sent->time + row->within + 1e-6)
        fail_msg("confirmed %.6f s later", confirmed->time - sent->time);
    one_run_release(&r);
}

/* --- what does not bite ------------------------------------------------------------------------
 */

struct miss {
    const char *what;
    const char *timeline;
    const char *state;  /* the last of "ev" */
    const char *reason; /* NULL: none is said */
};

static const struct miss misses[] = {
    {"a_delete_before_there_is_a_tunnel__fails",
     "<stream id=\"dl\" capture=\"captures/https.pcap\" start=\"2s\"/>"
     "<at id=\"ev\" time=\"1s\"><phase2-delete by=\"peer\"/></at>",
     "failed", "there was nothing to do it to: no such SA was up"},
    {"a_rekey_before_there_is_a_tunnel__fails",
     "<stream id=\"dl\" capture=\"captures/https.pcap\" start=\"2s\"/>"
     "<at id=\"ev\" time=\"1s\"><phase1-rekey/></at>",
     "failed", "there was nothing to do it to: no such SA was up"},
    {"establish_when_it_is_up__fails",
     DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><establish/></at>", "failed",
     "the tunnel was up already"},
    {"a_command_that_the_device_refuses__fails",
     DOWNLOAD "<at id=\"ev\" time=\"1s\"><device-command command=\"show nonsense\"/></at>",
     "failed", "the device refused the command"},
    {"a_restore_where_nothing_is_blocked__fails",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
              "<at id=\"first\" after=\"hole\" delay=\"1s\"><restore/></at>"
              "<at id=\"ev\" after=\"first\" delay=\"1s\"><restore/></at>",
     "failed", "nothing was blocked"},
    {"a_delete_into_a_blackhole__stays_sent",
     DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
              "<at id=\"ev\" after=\"hole\" delay=\"1s\"><phase2-delete by=\"peer\"/></at>"
              "<at id=\"end\" after=\"ev\" delay=\"1s\"><restore/></at>",
     "sent", NULL},
};

static void it_does_not_bite(void **state)
{
    const struct miss *row = *state;
    struct one_run r;

    run_timeline(&r, row->timeline);
    const struct one_line *last = one_run_event(&r, "ev", row->state);
    if (row->reason)
        assert_string_equal(one_line_text(last, "reason"), row->reason);
    assert_false(one_run_has_event(&r, "ev", "confirmed"));
    one_run_release(&r);
}

/* --- blackholes --------------------------------------------------------------------------------
 */

struct hole {
    const char *what;
    const char *attribute;
    bool to_device, from_device; /* what is to be eaten */
};

static const struct hole holes[] = {
    {"a_blackhole_of_no_direction__eats_both", "", true, true},
    {"a_blackhole_towards_the_device__eats_what_the_peer_sends", " direction=\"to-device\"", true,
     false},
    {"a_blackhole_from_the_device__eats_what_the_device_sends", " direction=\"from-device\"", false,
     true},
};

/* Frames on wan while the hole is there, by direction: eaten, and passed. */
struct tally {
    size_t eaten[2], passed[2], eaten_elsewhere;
};

static struct tally count(const struct one_run *r, double from, double to)
{
    struct tally t = {0};
    struct ip_addr device = ip4(0xd1a5c902);

    for (size_t i = 0; i < r->nframes; i++) {
        const struct one_frame *f = &r->frames[i];
        struct pkt p;
        pkt_parse(bytes_of(f->p, f->n), &p);
        if (f->leg != EV_WAN || f->time <= from || f->time >= to || p.kind == PKT_ARP) {
            t.eaten_elsewhere += f->filtered && p.kind != PKT_ARP;
            continue;
        }
        bool comes_from = ip_addr_eq(&p.ip.src, &device);
        (f->filtered ? t.eaten : t.passed)[comes_from]++;
    }
    return t;
}

static void only_its_direction_is_eaten(void **state)
{
    const struct hole *row = *state;
    struct one_run r;
    char timeline[512];

    snprintf(timeline, sizeof(timeline),
             DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%%\"><blackhole%s/></at>"
                      "<at id=\"end\" after=\"hole\" delay=\"5s\"><restore/></at>",
             row->attribute);
    run_timeline(&r, timeline);
    double from = one_run_event(&r, "hole", "sent")->time;
    double to = one_run_event(&r, "end", "sent")->time;
    assert_true(to - from > 4.999999 && to - from < 5.000001);
    struct tally t = count(&r, from, to);
    assert_int_equal(t.eaten[0] > 0, row->to_device);
    assert_int_equal(t.eaten[1] > 0, row->from_device);
    if (row->to_device)
        assert_int_equal(t.passed[0], 0);
    if (row->from_device)
        assert_int_equal(t.passed[1], 0);
    assert_int_equal(t.eaten_elsewhere, 0);
    const struct one_line *port = one_run_find(&r, "port", "leg", "wan", 0);
    assert_true(one_line_number(port, "filtered") >= t.eaten[0] + t.eaten[1]);
    one_run_event(&r, "end", "confirmed");
    one_run_release(&r);
}

/* --- what is left in the evidence --------------------------------------------------------------
 */

static void sas_that_come_and_go_are_told_with_their_reason(void **state)
{
    struct one_run r;

    (void)state;
    run_timeline(&r, DOWNLOAD
                 "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>");
    double at = one_run_event(&r, "ev", "sent")->time;
    const struct one_line *up = one_run_find(&r, "esp-sa", "state", "up", 0);
    const struct one_line *down = one_run_find(&r, "esp-sa", "state", "down", 0);
    const struct one_line *next = one_run_find(&r, "esp-sa", "state", "up", 2);
    assert_string_equal(one_line_text(up, "spi"), one_line_text(down, "spi"));
    assert_string_equal(one_line_text(up, "cipher"), "aes-256-cbc");
    assert_string_equal(one_line_text(up, "integ"), "hmac-md5-96");
    assert_int_equal(strlen(one_line_text(up, "cipher_key")), 64);
    assert_int_equal(strlen(one_line_text(up, "integ_key")), 32);
    assert_true(down->time == at);
    assert_true(next->time > at);
    assert_string_not_equal(one_line_text(next, "spi"), one_line_text(up, "spi"));
    const struct one_line *ike = one_run_find(&r, "ike-sa", "state", "up", 0);
    assert_int_equal(strlen(one_line_text(ike, "initiator_spi")), 16);
    assert_string_equal(one_line_text(ike, "initiator"), "device");
    assert_null(one_run_find(&r, "ike-sa", "state", "up", 1)); /* phase 1 stayed */
    one_run_release(&r);
}

static void a_rekeyed_pair_names_the_one_it_succeeds(void **state)
{
    struct one_run r;

    (void)state;
    run_timeline(&r, DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-rekey/></at>");
    const struct one_line *first = one_run_find(&r, "esp-sa", "state", "up", 0);
    const struct one_line *second = one_run_find(&r, "esp-sa", "state", "up", 2);
    assert_string_equal(one_line_text(second, "old_spi"), one_line_text(first, "spi"));
    one_run_release(&r);
}

static void what_is_typed_and_answered_is_transcribed(void **state)
{
    struct one_run r;

    (void)state;
    run_timeline(&r, DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\">"
                              "<device-command command=\"show conn\"/></at>");
    const struct one_line *typed = one_run_find(&r, "console", "line", "# show conn", 0);
    const struct one_line *sent = one_run_event(&r, "ev", "sent");
    assert_non_null(typed);
    assert_string_equal(one_line_text(typed, "site"), "bo");
    assert_true(typed->time == sent->time);
    const struct one_line *answer = typed + 1;
    assert_non_null(strstr(one_line_text(answer, "line"), "in use"));
    assert_true(one_run_event(&r, "ev", "confirmed") > answer);
    one_run_release(&r);
}

/* Two devices, of which one is told. QUIET: what keeps its log from saying so. */
static void check_pair(const char *action, const char *quiet, const char *detail)
{
    struct one_run r;
    char body[2048];

    snprintf(body, sizeof(body),
             "<lab mode=\"pair\"/><device site=\"bo\">" AES "%s</device><device site=\"ho\">" AES
             "</device><timeline>" DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%%\"><%s "
             "by=\"device\" site=\"bo\"/></at></timeline>" EXPECT,
             quiet, action);
    one_run_ok(&r, body, NULL);
    const struct one_line *sent = one_run_event(&r, "ev", "sent");
    const struct one_line *confirmed = one_run_event(&r, "ev", "confirmed");
    assert_string_equal(one_line_text(sent, "site"), "bo");
    assert_string_equal(one_line_text(confirmed, "detail"), detail);
    assert_true(confirmed->time < sent->time + 0.1);
    one_run_release(&r);
}

#define NO_LOG "<line>no logging enable</line>"

static void in_pair_mode_a_delete_is_seen_on_the_wire_or_in_the_log(void **state)
{
    (void)state;
    check_pair("phase1-delete", NO_LOG, "the device's delete was seen");
    check_pair("phase2-delete", NO_LOG, "the device's delete was seen");
    check_pair("phase2-delete", "", "the device logged 602304"); /* that leg is shorter */
}

#define SETS(rows, run)                                                                            \
    for (size_t i = 0; i < COUNT(rows); i++)                                                       \
        tests[n++] = (struct CMUnitTest)                                                           \
        {                                                                                          \
            rows[i].what, run, NULL, NULL, (void *)(uintptr_t)&rows[i]                             \
        }

int main(void)
{
    const struct CMUnitTest fixed[] = {
        cmocka_unit_test(sas_that_come_and_go_are_told_with_their_reason),
        cmocka_unit_test(a_rekeyed_pair_names_the_one_it_succeeds),
        cmocka_unit_test(what_is_typed_and_answered_is_transcribed),
        cmocka_unit_test(in_pair_mode_a_delete_is_seen_on_the_wire_or_in_the_log),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(bites) + COUNT(misses) + COUNT(holes)];
    size_t n = COUNT(fixed);

    memcpy(tests, fixed, sizeof(fixed));
    SETS(bites, it_bites);
    SETS(misses, it_does_not_bite);
    SETS(holes, only_its_direction_is_eaten);
    return cmocka_run_group_tests_name("replay/actions", tests, NULL, NULL);
}
