/* Whole runs: streams, triggers, evidence, ends. */
#include "replay/replay.h"

#include "base/cursor.h"
#include "base/mem.h"
#include "crypto/hash.h"
#include "tests/one_run.h"
#include "tests/testkit.h"
#include "traffic/capture.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define CONFIG                                                                                     \
    "<config file=\"cases/devices/bo-asa.cfg\"/><config file=\"cases/devices/logging.cfg\"/>"
#define AES            "<line>crypto map map1 5 set transform-set ESP-AES-256-MD5 testSET</line>"
#define DEVICE         "<device>" CONFIG AES "</device>"
#define HTTPS          "captures/https.pcap"
#define DOWNLOAD       "<stream id=\"dl\" capture=\"" HTTPS "\"/>"
#define EXPECT         "<expect><stream stream=\"dl\" is=\"continuous\"/></expect>"
#define CASE(timeline) DEVICE "<timeline>" timeline "</timeline>" EXPECT
#define PAIR(lab, timeline)                                                                        \
    "<lab mode=\"pair\">" lab "</lab><device site=\"bo\">" AES "</device><device site=\"ho\">" AES \
    "</device><timeline>" timeline "</timeline>" EXPECT

static void run_ok(struct one_run *r, const char *body, const struct replay_options *opts)
{
    one_run(r, body, opts);
    if (r->err)
        fail_msg("%s", r->why.text);
}

/* The HOST line of a stream at a site. */
static const struct one_line *host_line(const struct one_run *r, const char *stream,
                                        const char *site)
{
    const struct one_line *l;

    for (size_t i = 0; (l = one_run_find(r, "host", "stream", stream, i)); i++) {
        if (strcmp(one_line_text(l, "site"), site) == 0)
            return l;
    }
    fail_msg("no host line of %s at %s", stream, site);
    return NULL;
}

static void check_done(const struct one_run *r, const char *id)
{
    const struct one_line *s = one_run_find(r, "stream", "id", id, 0);

    for (int i = 0; i < 2; i++) {
        const struct one_line *h = host_line(r, id, i ? "ho" : "bo");
        assert_string_equal(one_line_text(h, "state"), "done");
        assert_int_equal(one_line_number(h, "altered"), 0);
        assert_int_equal(one_line_number(h, "delivered"),
                         one_line_number(s, i ? "bytes_bo_to_ho" : "bytes_ho_to_bo"));
    }
}

/* --- a run -------------------------------------------------------------------------------------
 */

static void a_download_arrives_whole_and_the_run_ends(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, CASE(DOWNLOAD), NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    check_done(&r, "dl");
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
    run_ok(&r, CASE(DOWNLOAD), NULL);
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
    run_ok(&r,
           "<lab device=\"ho\"/><device site=\"ho\">" AES "</device><timeline>" DOWNLOAD
           "</timeline>" EXPECT,
           NULL);
    check_done(&r, "dl");
    assert_true(one_run_frames(&r, EV_MGMT) > 0);
    one_run_release(&r);
}

static void two_devices_talk_through_the_harness(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, PAIR("", DOWNLOAD), NULL);
    check_done(&r, "dl");
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

    run_ok(&r, body, NULL);
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
    run_ok(&r, CASE(DOWNLOAD), NULL);
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

    run_ok(&r, body, NULL);
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

/* --- streams -----------------------------------------------------------------------------------
 */

static void a_stream_that_starts_late_is_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD "<stream id=\"late\" capture=\"" HTTPS
                         "\" bo-port=\"7777\" start=\"20min\"/>"),
           NULL);
    assert_true(one_run_find(&r, "stream", "id", "late", 0)->time == 1200);
    check_done(&r, "late");
    one_run_release(&r);
}

static void a_stream_follows_another(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(
        &r,
        CASE(DOWNLOAD "<stream id=\"next\" capture=\"" HTTPS "\" bo-port=\"7777\" after=\"dl\"/>"),
        NULL);
    const struct one_line *next = one_run_find(&r, "stream", "id", "next", 0);
    assert_true(next->time > one_run_find(&r, "stream", "id", "dl", 0)->time);
    check_done(&r, "dl");
    check_done(&r, "next");
    one_run_release(&r);
}

static void ports_are_the_captured_ones_unless_given(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, CASE("<stream id=\"dl\" capture=\"" HTTPS "\" bo-port=\"1234\" ho-port=\"4321\"/>"),
           NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_string_equal(one_line_text(s, "bo"), "10.224.228.10:1234");
    assert_string_equal(one_line_text(s, "ho"), "192.168.50.10:4321");
    check_done(&r, "dl");
    one_run_release(&r);
}

static void a_server_that_calls_back_opens_from_the_head_office(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           DEVICE
           "<timeline><stream id=\"dl\" capture=\"captures/ftp-active.pcap.zst\" flow=\"1\"/>"
           "<stream id=\"data\" capture=\"captures/ftp-active.pcap.zst\" flow=\"2\" "
           "start=\"2s\"/></timeline>" EXPECT,
           NULL);
    const struct one_line *control = one_run_find(&r, "stream", "id", "dl", 0);
    const struct one_line *data = one_run_find(&r, "stream", "id", "data", 0);
    assert_string_equal(one_line_text(control, "opener"), "bo");
    assert_string_equal(one_line_text(data, "opener"), "ho");
    assert_non_null(strstr(one_line_text(data, "ho"), "192.168.50.10:20"));
    check_done(&r, "data");
    one_run_release(&r);
}

static void a_recording_can_be_stretched(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, CASE("<stream id=\"dl\" capture=\"" HTTPS "\" bytes=\"300kB\"/>"), NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_int_equal(one_line_number(s, "bytes_ho_to_bo"), 300000);
    check_done(&r, "dl");
    one_run_release(&r);
}

static void datagrams_and_pings_are_streams_too(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD "<stream id=\"dns\" capture=\"captures/dns-ping.pcapng\" proto=\"udp\"/>"
                         "<stream id=\"ping\" capture=\"captures/dns-ping.pcapng\" proto=\"icmp\" "
                         "start=\"2s\"/>"),
           NULL);
    assert_string_equal(one_line_text(one_run_find(&r, "stream", "id", "dns", 0), "proto"), "udp");
    assert_string_equal(one_line_text(one_run_find(&r, "stream", "id", "ping", 0), "proto"),
                        "icmp");
    assert_true(one_line_number(host_line(&r, "ping", "bo"), "delivered") > 0);
    one_run_release(&r);
}

/* --- triggers ----------------------------------------------------------------------------------
 */

static void a_time_and_a_delay_are_kept_to_the_nanosecond(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"a\" time=\"1234567us\"><device-command command=\"show conn\"/></at>"
                "<at id=\"b\" after=\"a\" delay=\"2s\"><device-command command=\"show conn\"/></at>"
                "<at id=\"c\" after=\"b\"><device-command command=\"show conn\"/></at>"),
           NULL);
    double a = one_run_event(&r, "a", "sent")->time, b = one_run_event(&r, "b", "sent")->time;
    assert_true(a > 1.2345669 && a < 1.2345671);
    assert_true(b - a > 1.9999999 && b - a < 2.0000001);
    assert_true(one_run_event(&r, "c", "sent")->time == b);
    one_run_release(&r);
}

/* Bytes the user had got in order by then, counted from the frames on bo-lan. */
static uint64_t got_before(const struct one_run *r, const struct one_line *event)
{
    uint64_t got = 0;
    uint32_t next = 0;
    size_t on_leg = 0;
    bool known = false;

    for (size_t i = 0; i < r->nframes; i++) {
        struct pkt p;
        if (r->frames[i].leg != EV_BO_LAN)
            continue;
        if (on_leg++ >= event->frames_before[EV_BO_LAN])
            break;
        pkt_parse(bytes_of(r->frames[i].p, r->frames[i].n), &p);
        struct ip_addr server = ip4(0xc0a8320a);
        if (p.kind != PKT_TCP || !ip_addr_eq(&p.ip.src, &server))
            continue;
        if (p.tcp.flags & TCP_SYN) {
            next = p.tcp.seq + 1;
            known = true;
        } else if (known && p.tcp.seq == next) {
            next += (uint32_t)p.tcp.data.n;
            got += p.tcp.data.n;
        }
    }
    return got;
}

static void an_offset_is_met_by_the_first_frame_that_reaches_it(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"half\" stream=\"dl\" reaches=\"50%\"><device-command command=\"show "
                "conn\"/></at>"
                "<at id=\"k\" stream=\"dl\" reaches=\"5kB\"><device-command command=\"show "
                "conn\"/></at>"),
           NULL);
    uint64_t total = one_line_number(one_run_find(&r, "stream", "id", "dl", 0), "bytes_ho_to_bo");
    const struct one_line *half = one_run_event(&r, "half", "sent");
    const struct one_line *k = one_run_event(&r, "k", "sent");
    assert_string_equal(one_line_text(half, "stream"), "dl");
    uint64_t at = one_line_number(half, "offset");
    assert_in_range(at, total / 2, total / 2 + 1500);
    assert_int_equal(at, got_before(&r, half));
    assert_true(one_line_number(half, "in_flight") > 0);
    assert_in_range(one_line_number(k, "offset"), 5000, 6500);
    assert_int_equal(one_line_number(k, "offset"), got_before(&r, k));
    one_run_release(&r);
}

static bool is_log(const struct one_frame *f, uint32_t id, double *when)
{
    struct asa_log log;
    struct pkt p;

    pkt_parse(bytes_of(f->p, f->n), &p);
    if (f->leg != EV_MGMT || p.kind != PKT_UDP || p.udp.dst != 514 ||
        asa_log_parse(p.udp.data, &log) || (id && log.id != id))
        return false;
    *when = f->time;
    return true;
}

static void a_message_starts_an_event(void **state)
{
    struct one_run r;
    double when = 0;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD "<at id=\"ev\" log=\"302013\" stream=\"dl\" delay=\"10ms\">"
                         "<phase2-delete by=\"peer\"/></at>"),
           NULL);
    for (size_t i = 0; i < r.nframes && !is_log(&r.frames[i], 302013, &when); i++)
        continue;
    double sent = one_run_event(&r, "ev", "sent")->time;
    assert_true(when > 0);
    assert_true(sent - when > 0.0099999 && sent - when < 0.0100001);
    one_run_release(&r);
}

static void an_event_that_cannot_come_is_not_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD "<at id=\"ev\" log=\"106023\"><phase2-delete by=\"peer\"/></at>"
                         "<at id=\"after\" after=\"ev\"><blackhole/></at>"),
           NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    assert_false(one_run_has_event(&r, "ev", "sent"));
    assert_false(one_run_has_event(&r, "after", "sent"));
    assert_true(one_run_has_event(&r, "after", "planned"));
    one_run_release(&r);
}

/* --- when it is over ---------------------------------------------------------------------------
 */

static void a_window_is_waited_for(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r,
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
    run_ok(&r, "@settle=\"33s\"\n" CASE(DOWNLOAD), NULL);
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
    run_ok(&r,
           CASE(DOWNLOAD "<at id=\"hole\" stream=\"dl\" reaches=\"40%\"><blackhole/></at>"
                         "<at id=\"end\" after=\"hole\" delay=\"10min\"><restore/></at>"),
           NULL);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    check_done(&r, "dl");
    one_run_release(&r);
}

static void a_stream_that_stands_still_for_ever_ends_the_run(void **state)
{
    struct one_run r;
    struct replay_options o = {.fault = "silent-stale"};

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
           &o);
    assert_int_equal(r.result.end, REPLAY_COMPLETE);
    assert_string_not_equal(one_line_text(host_line(&r, "dl", "bo"), "state"), "done");
    assert_true(r.result.run_time.ns < INT64_C(1200) * 1000000000);
    one_run_release(&r);
}

static void the_timeout_ends_it(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, "@settle=\"3h\"\n" CASE(DOWNLOAD), NULL);
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
    run_ok(&r, CASE(DOWNLOAD), &o);
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
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
           &o);
    assert_true(seen.calls > 2);
    assert_int_equal(seen.last.delivered, seen.last.planned);
    assert_string_equal(seen.last.event, "ev");
    one_run_release(&r);
}

/* --- at the end --------------------------------------------------------------------------------
 */

/* The device counts the records it sent; each of them is in the evidence. */
static void every_log_record_that_was_sent_is_there(void **state)
{
    struct one_run r;
    const struct one_line *l;
    size_t records = 0, sent = 0;
    double when;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase2-delete by=\"peer\"/></at>"),
           NULL);
    const struct one_line *asked = one_run_find(&r, "console", "line", "# show logging", 0);
    assert_non_null(asked);
    for (size_t i = 0; (l = one_run_find(&r, "console", NULL, NULL, i)); i++) {
        const char *tx = strstr(l->text, "UDP TX:");
        if (tx)
            sent = strtoul(tx + 7, NULL, 10);
    }
    for (size_t i = 0; i < r.nframes; i++)
        records += is_log(&r.frames[i], 0, &when);
    assert_true(sent > 5);
    assert_true(records >= sent);
    /* what the console itself was asked is logged, too, and came after the count */
    assert_true(records <= sent + 10);
    assert_non_null(one_run_find(&r, "console", "line", "# show conn detail", 0));
    assert_non_null(one_run_find(&r, "console", "line", "# show asp table vpn-context", 0));
    assert_non_null(one_run_find(&r, "console", "line", "# show crypto ipsec sa", 0));
    one_run_release(&r);
}

static char *file_text(const struct one_run *r, const char *name)
{
    char path[128];
    size_t n;
    struct stat st;

    snprintf(path, sizeof(path), "%s/%s", r->opts.keys_dir, name);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    uint8_t *p = test_file(path, &n);
    assert_non_null(p);
    char *s = mem_strndup((const char *)p, n);
    mem_free(p);
    return s;
}

static void keys_are_written_for_wireshark_where_asked_for(void **state)
{
    struct one_run r;
    struct replay_options o = {.keys_dir = "keys"};
    const struct one_line *l;

    (void)state;
    run_ok(&r,
           CASE(DOWNLOAD
                "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><phase1-delete by=\"peer\"/></at>"),
           &o);
    char *esp = file_text(&r, "esp_sa"), *ike = file_text(&r, "ikev1_decryption_table");
    size_t n = 0;
    for (; (l = one_run_find(&r, "esp-sa", "state", "up", n)); n++) {
        assert_non_null(strstr(esp, one_line_text(l, "spi")));
        assert_non_null(strstr(esp, one_line_text(l, "cipher_key")));
    }
    assert_int_equal(n, 4);
    for (n = 0; (l = one_run_find(&r, "ike-sa", "state", "up", n)); n++) {
        char line[160];
        snprintf(line, sizeof(line), "%s,%s\n", one_line_text(l, "initiator_spi"),
                 one_line_text(l, "key"));
        assert_non_null(strstr(ike, line));
    }
    assert_int_equal(n, 2);
    mem_free(esp);
    mem_free(ike);
    one_run_release(&r);
}

static void the_pre_shared_key_is_nowhere(void **state)
{
    struct one_run r;
    struct replay_options o = {.psk = "a-very-own-secret", .keys_dir = "keys"};
    char command[160];

    (void)state;
    run_ok(&r, CASE(DOWNLOAD), &o);
    check_done(&r, "dl"); /* device and peer share it */
    snprintf(command, sizeof(command), "! grep -rq a-very-own-secret %s", r.dir);
    assert_int_equal(system(command), 0);
    one_run_release(&r);
}

static void headers_mode_leaves_payload_out(void **state)
{
    struct one_run r;

    (void)state;
    run_ok(&r, "@evidence=\"headers\"\n" CASE(DOWNLOAD), NULL);
    const struct one_line *s = one_run_find(&r, "stream", "id", "dl", 0);
    assert_null(strstr(s->text, "sha256"));
    for (size_t i = 0; i < r.nframes; i++) {
        struct pkt p;
        pkt_parse(bytes_of(r.frames[i].p, r.frames[i].n), &p);
        if (p.kind == PKT_TCP && p.data_len > 200)
            assert_int_equal(p.tcp.data.n, 0);
    }
    check_done(&r, "dl");
    one_run_release(&r);
}

/* --- the same again ----------------------------------------------------------------------------
 */

#define ROUGH                                                                                      \
    "<lab><leg name=\"wan\" loss=\"2%\" reorder=\"2%\" duplicate=\"1%\"/></lab>" CASE(             \
        DOWNLOAD "<at id=\"ev\" stream=\"dl\" reaches=\"40%\"><peer-crash/></at>")

static uint8_t *evidence_of(uint64_t seed, size_t *n)
{
    struct one_run r;
    struct replay_options o = {.seed = seed};

    run_ok(&r, ROUGH, &o);
    check_done(&r, "dl");
    uint8_t *p = one_run_evidence(&r, n);
    one_run_release(&r);
    /* the case's own place is in it, and is another one each time */
    for (size_t i = 0; i + 14 < *n; i++) {
        if (memcmp(p + i, "build/one-run-", 14) == 0)
            memset(p + i + 14, 'X', 6);
    }
    return p;
}

static void the_same_seed_gives_the_same_bytes_and_another_others(void **state)
{
    size_t n[3];
    uint8_t *runs[3] = {evidence_of(7, &n[0]), evidence_of(7, &n[1]), evidence_of(8, &n[2])};

    (void)state;
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(runs[0], runs[1], n[0]);
    assert_true(n[2] != n[0] || memcmp(runs[0], runs[2], n[0]) != 0);
    for (int i = 0; i < 3; i++)
        mem_free(runs[i]);
}

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
    {"a_suite_that_nobody_knows",
     DEVICE "<peer esp=\"rot13-hmac-md5-96\"/><timeline>" DOWNLOAD "</timeline>" EXPECT,
     ERR_INVALID, "rot13"},
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
    run_ok(&r, CASE(DOWNLOAD), NULL);
    struct replay_options o = r.opts;
    o.evidence = "build/no/such/folder/x.pcapng";
    again = r;
    assert_int_equal(replay_run(r.plan, r.captures, &o, &again.result, &why), ERR_IO);
    assert_string_equal(why.file, "build/no/such/folder/x.pcapng");
    one_run_release(&r);
}

#define PLAIN(test) cmocka_unit_test(test)
#define WITH(name, test, arg)                                                                      \
    {                                                                                              \
        name, test, NULL, NULL, (void *)(uintptr_t)(arg)                                           \
    }

int main(void)
{
    const struct CMUnitTest fixed[] = {
        PLAIN(a_download_arrives_whole_and_the_run_ends),
        PLAIN(the_stream_line_says_what_is_to_be_delivered),
        PLAIN(the_device_may_stand_at_the_head_office),
        PLAIN(two_devices_talk_through_the_harness),
        WITH("each_frame_is_recorded_once", each_frame_is_recorded_once, CASE(DOWNLOAD)),
        WITH("each_frame_is_recorded_once__between_two_devices", each_frame_is_recorded_once,
             PAIR("", DOWNLOAD)),
        PLAIN(times_never_go_back),
        PLAIN(the_delay_of_the_wan_is_the_same_with_one_device_and_with_two),
        PLAIN(a_stream_that_starts_late_is_waited_for),
        PLAIN(a_stream_follows_another),
        PLAIN(ports_are_the_captured_ones_unless_given),
        PLAIN(a_server_that_calls_back_opens_from_the_head_office),
        PLAIN(a_recording_can_be_stretched),
        PLAIN(datagrams_and_pings_are_streams_too),
        PLAIN(a_time_and_a_delay_are_kept_to_the_nanosecond),
        PLAIN(an_offset_is_met_by_the_first_frame_that_reaches_it),
        PLAIN(a_message_starts_an_event),
        PLAIN(an_event_that_cannot_come_is_not_waited_for),
        PLAIN(a_window_is_waited_for),
        PLAIN(settle_passes_after_the_last_stream),
        PLAIN(a_stream_that_would_still_resume_is_not_cut_off),
        PLAIN(a_stream_that_stands_still_for_ever_ends_the_run),
        PLAIN(the_timeout_ends_it),
        PLAIN(a_run_that_is_stopped_leaves_whole_evidence),
        PLAIN(progress_is_told_and_goes_forward),
        PLAIN(every_log_record_that_was_sent_is_there),
        PLAIN(keys_are_written_for_wireshark_where_asked_for),
        PLAIN(the_pre_shared_key_is_nowhere),
        PLAIN(headers_mode_leaves_payload_out),
        PLAIN(the_same_seed_gives_the_same_bytes_and_another_others),
        PLAIN(an_external_device_is_not_asked_for_what_it_cannot),
        PLAIN(an_evidence_path_that_cannot_be_written_is_named),
    };
    struct CMUnitTest tests[COUNT(fixed) + COUNT(refusals)];

    memcpy(tests, fixed, sizeof(fixed));
    for (size_t i = 0; i < COUNT(refusals); i++)
        tests[COUNT(fixed) + i] =
            (struct CMUnitTest)WITH(refusals[i].what, is_refused_with_its_place, &refusals[i]);
    return cmocka_run_group_tests_name("replay/replay", tests, NULL, NULL);
}
