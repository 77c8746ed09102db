/* Whole runs: what is played, and what is recorded of it. */
#include "base/mem.h"
#include "crypto/hash.h"
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "traffic/capture.h"
#include "wire/pkt.h"

#include <stdio.h>

/* --- a run -------------------------------------------------------------------------------------
 */

static void a_download_arrives_whole_and_the_run_ends(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    one_run_check_done(&r, "dl");
    const struct one_line *end = &r.lines[r.nlines - 1];
    assert_string_equal(end->text, "run-end state=complete");
    assert_int_equal(r.result.frames, r.nframes);
    const struct one_line *device = one_run_find(&r, "device", NULL, NULL, 0);
    assert_string_equal(one_line_text(device, "type"), "reference");
    one_run_release(&r);
}

/* Counted and hashed from the capture itself. */
static void the_stream_line_says_what_is_to_be_delivered(void **state)
{
    struct one_run r;
    struct capture *c;
    struct diag why = {0};
    const struct flow *flow;

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), NULL);
    assert_ok(capture_read(HTTPS, &c, &why));
    assert_ok(capture_pick(c, CONV_TCP, 0, &flow, &why));
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_string_equal(one_line_text(s, "proto"), "tcp");
    assert_string_equal(one_line_text(s, "opener"), "bo");
    for (int side = 0; side < 2; side++) { /* A, the user at the BO, opened it */
        struct bytes data = flow->conv.data[side];
        uint8_t sum[32];
        char hex[65];
        digest_sum(DIGEST_SHA256, &data, 1, sum);
        for (int i = 0; i < 32; i++)
            snprintf(hex + 2 * i, 3, "%02x", sum[i]);
        assert_string_equal(one_line_text(s, side ? "sha256_ho_to_bo" : "sha256_bo_to_ho"), hex);
        assert_int_equal(one_line_number(s, side ? "bytes_ho_to_bo" : "bytes_bo_to_ho"), data.n);
    }
    char want[64];
    snprintf(want, sizeof(want), "10.224.228.10:%u", flow->conv.a.port);
    assert_string_equal(one_line_text(s, "bo"), want);
    capture_free(c);
    one_run_release(&r);
}

static void the_device_may_stand_at_the_head_office(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r,
               "<lab device=\"ho\"/><device site=\"ho\">" AES "</device><timeline>" DOWNLOAD
               "</timeline>" EXPECT,
               NULL);
    one_run_check_done(&r, "dl");
    assert_true(one_run_frames(&r, EV_MGMT) > 0);
    one_run_release(&r);
}

static void two_devices_talk_through_the_harness(void **state)
{
    struct one_run r;

    (void)state;
    one_run_ok(&r, PAIR("", DOWNLOAD), NULL);
    one_run_check_done(&r, "dl");
    assert_null(one_run_find(&r, "esp-sa", NULL, NULL, 0)); /* they keep their keys */
    one_run_release(&r);
}

/* --- frames ------------------------------------------------------------------------------------
 */

/* An ESP packet's place in its SA is unlike any other's: seen twice, it was recorded twice. */
static void check_each_esp_packet_once(const struct one_run *r)
{
    uint64_t *seen = mem_array(r->nframes + 1, sizeof(*seen));
    size_t n = 0;

    for (size_t i = 0; i < r->nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        if (r->frames[i].leg != EV_WAN || p.kind != PKT_ESP)
            continue;
        uint64_t it = (uint64_t)p.esp.spi << 32 | p.esp.seq;
        for (size_t k = 0; k < n; k++)
            assert_true(seen[k] != it);
        seen[n++] = it;
    }
    assert_true(n > 20);
    mem_free(seen);
}

static void each_frame_is_recorded_once(void **state)
{
    const char *body = *state;
    struct one_run r;

    one_run_ok(&r, body, NULL);
    check_each_esp_packet_once(&r);
    size_t sum[EV_LEGS] = {0};
    const struct one_line *l;
    for (size_t i = 0; (l = one_run_find(&r, "port", NULL, NULL, i)); i++) {
        for (enum evidence_leg leg = 0; leg < EV_LEGS; leg++) {
            if (strcmp(one_line_text(l, "leg"), evidence_leg_name(leg)) == 0)
                sum[leg] += one_line_number(l, "sent") + one_line_number(l, "received");
        }
    }
    for (enum evidence_leg leg = 0; leg < EV_EVENTS; leg++) {
        if (!strstr(body, "pair") || leg != EV_WAN) /* there what came in is sent on */
            assert_int_equal(sum[leg], one_run_frames(&r, leg));
        assert_true(r.totals.has_stats[leg]);
        assert_int_equal(r.totals.received[leg], one_run_frames(&r, leg));
        assert_int_equal(r.totals.dropped[leg], 0);
    }
    one_run_release(&r);
}

static void times_never_go_back(void **state)
{
    struct one_run r;
    double last[EV_LEGS] = {0};

    (void)state;
    one_run_ok(&r, CASE(DOWNLOAD), NULL);
    for (size_t i = 0; i < r.nframes; i++) {
        assert_true(r.frames[i].time >= last[r.frames[i].leg]);
        last[r.frames[i].leg] = r.frames[i].time;
    }
    one_run_release(&r);
}

/* From the first SYN on bo-lan to its answer there; the tunnel is up since second 1. */
static double round_trip(const char *body)
{
    struct one_run r;
    double syn = 0;

    one_run_ok(&r, body, NULL);
    for (size_t i = 0; i < r.nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r.frames[i].p, r.frames[i].n), &p);
        if (r.frames[i].leg != EV_BO_LAN || p.kind != PKT_TCP || !(p.tcp.flags & TCP_SYN) ||
            r.frames[i].time < 10)
            continue;
        if (p.tcp.flags & TCP_ACK) {
            double rtt = r.frames[i].time - syn;
            one_run_release(&r);
            return rtt;
        }
        syn = r.frames[i].time;
    }
    fail_msg("no handshake");
    return 0;
}

#define SLOW_WAN "<leg name=\"wan\" delay=\"40ms\"/>"
#define TWO_STREAMS                                                                                \
    DOWNLOAD "<stream id=\"late\" capture=\"" HTTPS "\" bo-port=\"7777\" start=\"10s\"/>"

static void the_delay_of_the_wan_is_the_same_with_one_device_and_with_two(void **state)
{
    double one = round_trip("<lab>" SLOW_WAN "</lab>" CASE(TWO_STREAMS));
    double two = round_trip(PAIR(SLOW_WAN, TWO_STREAMS));

    (void)state;
    assert_true(one > 0.080 && one < 0.082);
    assert_true(two > 0.080 && two < 0.082);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_download_arrives_whole_and_the_run_ends),
        cmocka_unit_test(the_stream_line_says_what_is_to_be_delivered),
        cmocka_unit_test(the_device_may_stand_at_the_head_office),
        cmocka_unit_test(two_devices_talk_through_the_harness),
        cmocka_unit_test(times_never_go_back),
        cmocka_unit_test(the_delay_of_the_wan_is_the_same_with_one_device_and_with_two),
        {"each_frame_is_recorded_once", each_frame_is_recorded_once, NULL, NULL,
         (void *)(uintptr_t)CASE(DOWNLOAD)},
        {"each_frame_is_recorded_once__between_two_devices", each_frame_is_recorded_once, NULL,
         NULL, (void *)(uintptr_t)PAIR("", DOWNLOAD)},
    };

    return cmocka_run_group_tests_name("replay/replay", tests, NULL, NULL);
}
