#include "wire/asa_log.h"

#include "tests/testkit.h"
#include "wire/civil.h"
#include "wire/scan.h"

#include <stdio.h>

#define TEAR                                                                                       \
    "Teardown TCP connection 9 for outside:192.0.2.9/80 to inside:10.0.0.5/1025 duration 0:00:36 " \
    "bytes 1 TCP FINs"

static struct asa_log read_line(const char *line)
{
    struct asa_log l;

    assert_ok(asa_log_parse(bytes_str(line), &l));
    return l;
}

static void assert_text(struct bytes got, const char *want)
{
    if (!scan_is(got, want))
        fail_msg("got \"%.*s\", expected \"%s\"", (int)got.n, (const char *)got.p, want);
}

static const struct header_row {
    const char *what, *before; /* what stands before "%ASA-..." */
    int pri;
    const char *host, *zone;
    int year, month, day, hour, minute, second;
    uint32_t ns;
    bool has_offset;
    int offset_s;
} headers[] = {
    {"nothing", "", -1, "", "", 0, 0, 0, 0, 0, 0, 0, false, 0},
    {"pri_alone", "<166>", 166, "", "", 0, 0, 0, 0, 0, 0, 0, false, 0},
    {"logging_timestamp", "<166>Nov 09 2022 10:01:59: ", 166, "", "", 2022, 11, 9, 10, 1, 59, 0,
     false, 0},
    {"device_id", "<166>Oct 06 2023 09:22:19 myAsaHostname : ", 166, "myAsaHostname", "", 2023, 10,
     6, 9, 22, 19, 0, false, 0},
    {"device_id_without_stamp", "HQ-ASA5585 : ", -1, "HQ-ASA5585", "", 0, 0, 0, 0, 0, 0, 0, false,
     0},
    {"zone", "Apr 15 2014 09:34:34 EDT: ", -1, "", "EDT", 2014, 4, 15, 9, 34, 34, 0, false, 0},
    {"zone_and_device_id", "Apr 15 2014 09:34:34 EDT fw1 : ", -1, "fw1", "EDT", 2014, 4, 15, 9, 34,
     34, 0, false, 0},
    {"device_id_in_capitals", "Oct 06 2023 09:22:19 FWA : ", -1, "FWA", "", 2023, 10, 6, 9, 22, 19,
     0, false, 0},
    {"rfc5424", "<166>2018-06-27T12:17:46Z: ", 166, "", "", 2018, 6, 27, 12, 17, 46, 0, true, 0},
    {"rfc5424_device_id", "<166>2018-06-27T12:17:46Z asa : ", 166, "asa", "", 2018, 6, 27, 12, 17,
     46, 0, true, 0},
    {"rfc5424_offset", "2018-06-27T12:17:46.25-04:30 asa : ", -1, "asa", "", 2018, 6, 27, 12, 17,
     46, 250000000, true, -16200},
    {"emblem", "<166>:Jan 14 15:10:46 EDT: ", 166, "", "EDT", 0, 1, 14, 15, 10, 46, 0, false, 0},
    {"emblem_rfc5424", "<165>:2023-03-22T15:10:19Z: ", 165, "", "", 2023, 3, 22, 15, 10, 19, 0,
     true, 0},
    {"emblem_without_stamp", "<166>:: ", 166, "", "", 0, 0, 0, 0, 0, 0, 0, false, 0},
    {"guide_template", "<166>: Nov 09 2022 10:01:59 fw : ", 166, "fw", "", 2022, 11, 9, 10, 1, 59,
     0, false, 0},
    {"fraction", "Apr 29 12:59:50.138: ", -1, "", "", 0, 4, 29, 12, 59, 50, 138000000, false, 0},
    {"relay", "Apr  2 23:12:15 gateway ", -1, "gateway", "", 0, 4, 2, 23, 12, 15, 0, false, 0},
    {"relay_colon", "<191>Aug  1 14:01:20 abc-asa1: ", 191, "abc-asa1", "", 0, 8, 1, 14, 1, 20, 0,
     false, 0},
    {"relay_program", "Oct 10 2018 12:34:56 localhost CiscoASA[999]: ", -1, "localhost", "", 2018,
     10, 10, 12, 34, 56, 0, false, 0},
    {"relay_stamp_then_device_stamp", "May 14 15:10:46 host : May 14 15:10:47 WEST: ", -1, "host",
     "WEST", 0, 5, 14, 15, 10, 47, 0, false, 0},
    {"no_stamp_at_all", "172.16.200.253:514 : local7.notice ", -1, "172.16.200.253:514", "", 0, 0,
     0, 0, 0, 0, 0, false, 0},
    {"day_zero_is_no_stamp", "Nov 00 2022 10:01:59: ", -1, "Nov", "", 0, 0, 0, 0, 0, 0, 0, false,
     0},
    {"hour_24_is_no_stamp", "2022-11-01T24:00:00Z: ", -1, "2022-11-01T24:00:00Z", "", 0, 0, 0, 0, 0,
     0, 0, false, 0},
    {"pri_over_191_is_none", "<192>", -1, "<192>", "", 0, 0, 0, 0, 0, 0, 0, false, 0},
};

static void headers_give_stamp_host_and_priority(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(headers); i++) {
        const struct header_row *r = &headers[i];
        char line[512];
        snprintf(line, sizeof(line), "%s%%ASA-6-302014: " TEAR "\n", r->before);
        struct asa_log l = read_line(line);
        const struct asa_time *t = &l.time;
        if (l.pri != r->pri || !scan_is(l.host, r->host) || !scan_is(t->zone, r->zone) ||
            t->present != (r->month != 0))
            fail_msg("%s: pri %d host \"%.*s\" zone \"%.*s\" stamp %d", r->what, l.pri,
                     (int)l.host.n, (const char *)l.host.p, (int)t->zone.n, (const char *)t->zone.p,
                     t->present);
        if (t->year != r->year || t->month != r->month || t->day != r->day || t->hour != r->hour ||
            t->minute != r->minute || t->second != r->second || t->ns != r->ns ||
            t->has_offset != r->has_offset || t->offset_s != r->offset_s)
            fail_msg("%s: %d-%d-%d %d:%d:%d.%u offset %d", r->what, t->year, t->month, t->day,
                     t->hour, t->minute, t->second, t->ns, t->offset_s);
        assert_int_equal(l.id, 302014);
        assert_true(l.complete);
    }
}

static void tags_are_found_in_every_spelling(void **state)
{
    static const struct {
        const char *line, *product, *klass, *text;
        unsigned severity, id;
    } rows[] = {
        {"%ASA-6-302014:Teardown", "ASA", "", "Teardown", 6, 302014},
        {"%ASA-6-302014 Teardown", "ASA", "", "Teardown", 6, 302014},
        {"%ASA-session-5-302013: x y \r\n", "ASA", "session", "x y", 5, 302013},
        {"%FTD-6-430003: DeviceUUID: 1", "FTD", "", "DeviceUUID: 1", 6, 430003},
        {"100% sure %PIX-3-106001:", "PIX", "", "", 3, 106001},
        {"%ASA-6-3020144: %ASA-6-302014: x", "ASA", "", "x", 6, 302014},
        {"fw ASA-4-106023: Deny", "ASA", "", "Deny", 4, 106023},
    };
    static const char *const none[] = {"",
                                       "hello",
                                       "%ASA-8-302014: x",
                                       "%ASA-6-30201: x",
                                       "%ASA-6-3020140: x",
                                       "%ASA-Session-6-302014: x",
                                       "%IOS-6-302014: x",
                                       "myASA-6-302014: x",
                                       "%ASA-6-"};

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct asa_log l = read_line(rows[i].line);
        assert_text(l.product, rows[i].product);
        assert_text(l.klass, rows[i].klass);
        assert_text(l.text, rows[i].text);
        assert_int_equal(l.severity, rows[i].severity);
        assert_int_equal(l.id, rows[i].id);
    }
    for (size_t i = 0; i < COUNT(none); i++) {
        struct asa_log l;
        assert_int_equal(asa_log_parse(bytes_str(none[i]), &l), ERR_NOTFOUND);
    }
}

static void the_notes_own_line_is_a_tunnel_teardown(void **state)
{
    struct asa_log l =
        read_line("%ASA-6-302014:Teardown TCP connection 57983 for outside:XX.XX.XX.XX/80 to "
                  "inside:10.0.0.100/1135 duration 0:00:36 bytes 53947 Tunnel has been torn down");

    (void)state;
    assert_int_equal(l.kind, ASA_TEARDOWN);
    assert_true(l.complete);
    assert_int_equal(l.connection, 57983);
    assert_int_equal(l.proto, 6);
    assert_int_equal(l.reason_class, ASA_REASON_TUNNEL);
    assert_int_equal(l.a.addr.family, 0);
    assert_int_equal(l.duration_s, 36);
    assert_int_equal(l.bytes, 53947);
}

static void ike_messages_give_their_fields(void **state)
{
    struct asa_log l = read_line(
        "%ASA-5-713041: IP = 198.51.100.20, IKE Initiator: Rekeying Phase 1, Intf outside, IKE "
        "Peer "
        "198.51.100.20  local Proxy Address N/A, remote Proxy Address N/A,  Crypto map (N/A)");

    (void)state;
    assert_true(l.complete && l.rekey && l.phase == 1);
    assert_text(l.interface, "outside");
    assert_text(l.map, "N/A");
    assert_text(l.local_proxy, "N/A");
    l = read_line("%FTD-vpn-5-713041: IP = X.X.X.X, IKE Initiator: New Phase 1, Intf outsite, IKE "
                  "Peer X.X.X.X local Proxy Address Y.Y.Y.Y, remote Proxy Address X.X.X.X, Crypto "
                  "map (CSM_outsite_map)");
    assert_true(l.complete && !l.rekey);
    assert_text(l.remote_proxy, "X.X.X.X");
    assert_text(l.map, "CSM_outsite_map");
    l = read_line("%ASA-5-713049: Group = 46.37.188.24, IP = 46.37.188.24, Security negotiation "
                  "complete for LAN-to-LAN Group (46.37.188.24)  Responder, Inbound SPI = "
                  "0x2b4a1133, Outbound SPI = 0xce8c73ac");
    assert_int_equal(l.spi, 0x2b4a1133);
    assert_int_equal(l.out_spi, 0xce8c73ac);
    assert_int_equal(l.phase, 2);
    l = read_line("%ASA-5-713120: Group = 1.2.3.4, IP = 1.2.3.4, PHASE 2 COMPLETED "
                  "(msgid=033c8971)");
    assert_int_equal(l.message_id, 0x033c8971);
    assert_int_equal(l.peer_addr.family, 4);
    l = read_line(
        "%PIX-5-713050: Group = 78.188.164.121, IP = 78.188.164.121, Connection "
        "terminated for peer 78.188.164.121.  Reason: IPSec SA Idle Timeout  Remote Proxy "
        "172.28.104.0, Local Proxy 0.0.0.0");
    assert_text(l.reason, "IPSec SA Idle Timeout");
    assert_text(l.remote_proxy, "172.28.104.0");
    assert_text(l.local_proxy, "0.0.0.0");
    assert_int_equal(l.reason_class, ASA_REASON_NONE);
    l = read_line("%ASA-5-713259: Group = G, IP = 1.2.3.4, Session is being torn down. Reason: "
                  "crypto map policy not found");
    assert_text(l.reason, "crypto map policy not found");
    l = read_line("%ASA-4-113019: Group = g, Username = u, IP = 1.2.3.4, Session disconnected. "
                  "Session Type: LAN-to-LAN, Duration: 61d 8h:03m:16s, Bytes xmt: 7, Bytes rcv: "
                  "8, Reason: Lost Service");
    assert_int_equal(l.duration_s, 61 * 86400 + 8 * 3600 + 3 * 60 + 16);
    assert_text(l.session_type, "LAN-to-LAN");
}

static void reasons_fall_into_classes(void **state)
{
    static const struct {
        const char *text;
        enum asa_reason want;
    } rows[] = {
        {"", ASA_REASON_NONE},
        {"Tunnel has been torn down", ASA_REASON_TUNNEL},
        {"tunnel HAS been torn DOWN", ASA_REASON_TUNNEL},
        {"Tunnel is down", ASA_REASON_TUNNEL},
        {"Tunnel being brought up or torn down (tunnel-pending)", ASA_REASON_TUNNEL},
        {"Tunnelling was downloaded", ASA_REASON_OTHER},
        {"Tunnel Timeout", ASA_REASON_OTHER},
        {"Conn-timeout", ASA_REASON_IDLE},
        {"Connection timeout", ASA_REASON_IDLE},
        {"Idle Timeout", ASA_REASON_IDLE},
        {"Flow timed out", ASA_REASON_IDLE},
        {"TCP FINs", ASA_REASON_FIN},
        {"FIN Timeout", ASA_REASON_FIN_TIMEOUT},
        {"SYN Timeout", ASA_REASON_SYN_TIMEOUT},
        {"TCP Reset-I", ASA_REASON_RESET_I},
        {"TCP Reset - O", ASA_REASON_RESET_O},
        {"TCP Reset-APPLIANCE", ASA_REASON_RESET_APPLIANCE},
        {"VPN reclassify failed", ASA_REASON_RECLASSIFY},
        {"Xlate Clear", ASA_REASON_OTHER},
        {"TCP FINs user1", ASA_REASON_OTHER},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_int_equal(asa_reason_class(bytes_str(rows[i].text)), rows[i].want);
    for (unsigned r = 0; r < ASA_REASON_COUNT; r++)
        assert_int_equal(asa_reason_by_name(asa_reason_name((enum asa_reason)r)), r);
    assert_int_equal(asa_reason_by_name("tunel"), ASA_REASON_COUNT);
}

static void endpoints_match_through_translation_names_and_masks(void **state)
{
    static const struct {
        const char *printed, *addr;
        unsigned port;
        enum asa_match want;
    } rows[] = {
        {"192.0.2.9/80 (192.0.2.9/80)", "192.0.2.9", 80, ASA_MATCH_YES},
        {"192.0.2.9/80 (192.0.2.9/80)", "192.0.2.9", 0, ASA_MATCH_YES},
        {"192.0.2.9/80 (192.0.2.9/80)", "192.0.2.9", 81, ASA_MATCH_NO},
        {"192.0.2.9/80 (192.0.2.9/80)", "192.0.2.8", 80, ASA_MATCH_NO},
        {"10.0.0.1/1025 (192.0.2.9/80)", "192.0.2.9", 80, ASA_MATCH_YES},
        {"XX.XX.XX.XX/80 (XX.XX.XX.XX/80)", "192.0.2.9", 80, ASA_MATCH_MAYBE},
        {"XX.XX.XX.XX/80 (XX.XX.XX.XX/80)", "192.0.2.9", 443, ASA_MATCH_NO},
        {"192.0.x.9/80 (192.0.x.9/80)", "192.0.2.9", 80, ASA_MATCH_MAYBE},
        {"192.1.*.9/80 (192.1.*.9/80)", "192.0.2.9", 80, ASA_MATCH_NO},
        {"web-server/80 (web-server/80)", "192.0.2.9", 80, ASA_MATCH_MAYBE},
        {"web-server/80 (web-server/80)", "192.0.2.9", 81, ASA_MATCH_NO},
        {"2001:db8::1/80 (2001:db8::1/80)", "2001:db8:0::1", 80, ASA_MATCH_YES},
        {"2001:db8::1/80 (2001:db8::1/80)", "192.0.2.9", 80, ASA_MATCH_NO},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        char line[256];
        struct ip_addr addr;
        snprintf(
            line, sizeof(line),
            "%%ASA-6-302013: Built inbound TCP connection 1 for outside:%s to inside:10.0.0.9/9 "
            "(10.0.0.9/9)",
            rows[i].printed);
        struct asa_log l = read_line(line);
        assert_true(l.complete);
        assert_ok(ip_addr_parse(rows[i].addr, &addr));
        assert_int_equal(asa_endpoint_match(&l.a, &addr, (uint16_t)rows[i].port), rows[i].want);
    }
}

static void stamps_become_unix_time(void **state)
{
    struct asa_log l = read_line("<166>2018-06-27T12:17:46.5+02:00: %ASA-6-302014: x");
    int64_t ns;

    (void)state;
    assert_text(l.time.text, "2018-06-27T12:17:46.5+02:00");
    assert_ok(asa_time_unix(&l.time, 1999, 3600, &ns));
    assert_true(ns == INT64_C(1530094666500000000)); /* date -u -d 2018-06-27T10:17:46 +%s */
    l = read_line("Aug  1 14:01:20: %ASA-6-302014: x");
    assert_ok(asa_time_unix(&l.time, 2014, -3600, &ns));
    assert_true(ns == INT64_C(1406905280000000000)); /* 2014-08-01T15:01:20Z */
    l = read_line("<166>:Jan 14 15:10:46 EDT: %ASA-session-6-302014: x");
    assert_text(l.time.text, "Jan 14 15:10:46 EDT");
    l = read_line("Feb 30 2014 14:01:20: %ASA-6-302014: x");
    assert_int_equal(asa_time_unix(&l.time, 0, 0, &ns), ERR_RANGE);
    l = read_line("%ASA-6-302014: x");
    assert_int_equal(asa_time_unix(&l.time, 2014, 0, &ns), ERR_NOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_give_stamp_host_and_priority),
        cmocka_unit_test(tags_are_found_in_every_spelling),
        cmocka_unit_test(the_notes_own_line_is_a_tunnel_teardown),
        cmocka_unit_test(ike_messages_give_their_fields),
        cmocka_unit_test(reasons_fall_into_classes),
        cmocka_unit_test(endpoints_match_through_translation_names_and_masks),
        cmocka_unit_test(stamps_become_unix_time),
    };
    return cmocka_run_group_tests_name("wire/asa_log", tests, NULL, NULL);
}
