#include "gateway/syslog.h"

#include "base/mem.h"
#include "gateway/config_parts.h"
#include "tests/testkit.h"
#include "wire/asa_log.h"

#include <stdio.h>

/* 2022-11-09 10:01:59 UTC */
#define EPOCH INT64_C(1667988119)

struct bench {
    struct clock_virtual clk;
    struct gw_config *cfg;
    struct gw_syslog *log;
};

static struct gw_log_host *add_host(struct gw_config *c, uint32_t addr)
{
    struct gw_logging *l = &c->logging;
    struct gw_log_host *h = gw_list_add((void **)&l->hosts, &l->nhosts, sizeof(*h));

    (void)gw_name_set(h->nameif, "management");
    h->addr = ip4(addr);
    h->port = 514;
    return h;
}

static struct bench open_bench(void)
{
    struct bench b = {.cfg = gw_config_new()};

    b.cfg->logging.enable = true;
    b.cfg->logging.to[GW_LOG_TO_TRAP].level = 6;
    (void)gw_name_set(b.cfg->hostname, "CiscoASA");
    return b;
}

static void start(struct bench *b)
{
    clock_virtual_init(&b->clk);
    b->log = gw_syslog_new(b->cfg, &b->clk.clock, EPOCH);
}

static void close_bench(struct bench *b)
{
    gw_syslog_free(b->log);
    gw_config_free(b->cfg);
}

static void assert_next(struct gw_syslog *log, const char *want)
{
    struct gw_syslog_record r;

    if (!want) {
        assert_false(gw_syslog_next(log, &r));
        return;
    }
    assert_true(gw_syslog_next(log, &r));
    if (!bytes_eq(r.payload, bytes_str(want)))
        fail_msg("got      %.*s\nexpected %s", (int)r.payload.n, (const char *)r.payload.p, want);
}

static const struct form_row {
    const char *what;
    bool timestamp, rfc5424, emblem, tcp;
    enum gw_device_id id;
    const char *id_arg, *want;
} forms[] = {
    {"bare", false, false, false, false, GW_DEVICE_ID_NONE, "", "<166>%ASA-6-302013: 7 in use"},
    {"timestamp", true, false, false, false, GW_DEVICE_ID_NONE, "",
     "<166>Nov 09 2022 10:01:59: %ASA-6-302013: 7 in use"},
    {"hostname", true, false, false, false, GW_DEVICE_ID_HOSTNAME, "",
     "<166>Nov 09 2022 10:01:59 CiscoASA : %ASA-6-302013: 7 in use"},
    {"string", true, false, false, false, GW_DEVICE_ID_STRING, "bo-1",
     "<166>Nov 09 2022 10:01:59 bo-1 : %ASA-6-302013: 7 in use"},
    {"ipaddress", true, false, false, false, GW_DEVICE_ID_IP, "inside",
     "<166>Nov 09 2022 10:01:59 10.224.9.5 : %ASA-6-302013: 7 in use"},
    {"device_id_without_stamp", false, false, false, false, GW_DEVICE_ID_HOSTNAME, "",
     "<166>CiscoASA : %ASA-6-302013: 7 in use"},
    {"rfc5424", false, true, false, false, GW_DEVICE_ID_NONE, "",
     "<166>2022-11-09T10:01:59Z: %ASA-6-302013: 7 in use"},
    {"rfc5424_with_device_id", false, true, false, false, GW_DEVICE_ID_HOSTNAME, "",
     "<166>2022-11-09T10:01:59Z CiscoASA : %ASA-6-302013: 7 in use"},
    {"emblem", true, false, true, false, GW_DEVICE_ID_HOSTNAME, "",
     "<166>:Nov 09 10:01:59 UTC: %ASA-session-6-302013: 7 in use"},
    {"emblem_rfc5424", false, true, true, false, GW_DEVICE_ID_NONE, "",
     "<166>:2022-11-09T10:01:59Z: %ASA-session-6-302013: 7 in use"},
    {"emblem_without_stamp", false, false, true, false, GW_DEVICE_ID_NONE, "",
     "<166>:: %ASA-session-6-302013: 7 in use"},
    {"tcp_ends_in_lf", true, false, false, true, GW_DEVICE_ID_NONE, "",
     "<166>Nov 09 2022 10:01:59: %ASA-6-302013: 7 in use\n"},
    {"tcp_knows_no_emblem", true, false, true, true, GW_DEVICE_ID_NONE, "",
     "<166>Nov 09 2022 10:01:59: %ASA-6-302013: 7 in use\n"},
};

static void headers_have_the_devices_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(forms); i++) {
        const struct form_row *f = &forms[i];
        struct bench b = open_bench();
        struct gw_log_host *h = add_host(b.cfg, 0x0ae00e14);
        struct gw_interface *in =
            gw_list_add((void **)&b.cfg->interfaces, &b.cfg->ninterfaces, sizeof(*in));
        (void)gw_name_set(in->nameif, "inside");
        in->addr = ip4(0x0ae00905);
        h->tcp = f->tcp;
        h->emblem = f->emblem;
        b.cfg->logging.timestamp = f->timestamp;
        b.cfg->logging.timestamp_rfc5424 = f->rfc5424;
        b.cfg->logging.device_id = f->id;
        (void)gw_name_set(b.cfg->logging.device_id_arg, f->id_arg);
        start(&b);
        gw_log(b.log, 302013, "%d in use", 7);
        assert_next(b.log, f->want);
        assert_next(b.log, NULL);
        close_bench(&b);
    }
}

static void add_override(struct gw_config *c, uint32_t id, bool disabled, int level)
{
    struct gw_log_message *m =
        gw_list_add((void **)&c->logging.messages, &c->logging.nmessages, sizeof(*m));

    *m = (struct gw_log_message){id, disabled, level};
}

static void levels_decide_what_is_sent(void **state)
{
    struct bench b = open_bench();

    (void)state;
    start(&b);
    assert_false(gw_log_wants(b.log, 302014)); /* no host, no buffer */
    add_host(b.cfg, 0x0a000001);
    assert_true(gw_log_wants(b.log, 302014));
    assert_false(gw_log_wants(b.log, 111009)); /* level 7 */
    b.cfg->logging.to[GW_LOG_TO_TRAP].level = 5;
    assert_false(gw_log_wants(b.log, 302014));
    gw_log(b.log, 302014, "x");
    assert_next(b.log, NULL);
    add_override(b.cfg, 302014, false, 5); /* logging message 302014 level 5 */
    gw_log(b.log, 302014, "x");
    assert_next(b.log, "<165>%ASA-5-302014: x");
    b.cfg->logging.messages[0].disabled = true; /* no logging message 302014 */
    assert_false(gw_log_wants(b.log, 302014));
    b.cfg->logging.to[GW_LOG_TO_TRAP].level = 7;
    b.cfg->logging.facility = 23;
    gw_log(b.log, 111009, "x");
    assert_next(b.log, "<191>%ASA-7-111009: x");
    b.cfg->logging.enable = false;
    assert_false(gw_log_wants(b.log, 111009));
    close_bench(&b);
}

static void every_host_gets_every_record_in_order(void **state)
{
    struct bench b = open_bench();
    struct gw_syslog_record r;

    (void)state;
    add_host(b.cfg, 0x0a000001);
    add_host(b.cfg, 0x0a000002);
    start(&b);
    gw_log(b.log, 302013, "one");
    gw_log(b.log, 302013, "two");
    unsigned next[2] = {0, 0};
    for (int i = 0; i < 4; i++) {
        static const char *const want[] = {"<166>%ASA-6-302013: one", "<166>%ASA-6-302013: two"};
        assert_true(gw_syslog_next(b.log, &r));
        size_t host = (size_t)(r.host - b.cfg->logging.hosts);
        assert_true(host < 2 && next[host] < 2);
        assert_true(bytes_eq(r.payload, bytes_str(want[next[host]++])));
    }
    assert_next(b.log, NULL);
    add_host(b.cfg, 0x0a000003); /* a new host gets what comes from now on */
    gw_log(b.log, 302013, "three");
    for (int i = 0; i < 3; i++)
        assert_next(b.log, "<166>%ASA-6-302013: three");
    assert_next(b.log, NULL);
    gw_log(b.log, 302013, "four");
    gw_list_remove(b.cfg->logging.hosts, &b.cfg->logging.nhosts, sizeof(*b.cfg->logging.hosts), 0);
    for (int i = 0; i < 2; i++)
        assert_next(b.log, "<166>%ASA-6-302013: four");
    assert_next(b.log, NULL);
    close_bench(&b);
}

static void a_full_queue_loses_the_oldest_and_counts_them(void **state)
{
    struct bench b = open_bench();
    struct gw_syslog_counters n;
    struct gw_syslog_record r;
    char want[64];

    (void)state;
    add_host(b.cfg, 0x0a000001);
    b.cfg->logging.queue = 100;
    start(&b);
    for (unsigned i = 0; i < 250; i++)
        gw_log(b.log, 302013, "record %u", i);
    assert_next(b.log, "<166>%ASA-6-302013: record 150");
    gw_syslog_counters(b.log, &n);
    assert_int_equal(n.dropped, 150);
    assert_int_equal(n.logged, 250);
    b.cfg->logging.queue = 0; /* unlimited: GW_LOG_QUEUE_MAX */
    for (unsigned i = 250; i < 1000; i++)
        gw_log(b.log, 302013, "record %u", i);
    for (unsigned i = 151; i < 1000; i++) {
        snprintf(want, sizeof(want), "<166>%%ASA-6-302013: record %u", i);
        assert_next(b.log, want);
    }
    assert_false(gw_syslog_next(b.log, &r));
    gw_syslog_counters(b.log, &n);
    assert_int_equal(n.dropped, 150);
    assert_int_equal(n.sent, 850);
    close_bench(&b);
}

static void some_messages_come_once_in_five_seconds(void **state)
{
    struct bench b = open_bench();
    struct gw_syslog_counters n;

    (void)state;
    add_host(b.cfg, 0x0a000001);
    start(&b);
    for (int tenths = 0; tenths < 120; tenths++) {
        b.clk.at = (struct mono){tenths * INT64_C(100000000)};
        gw_log(b.log, 402114, "at %d", tenths);
        if (tenths == 1)
            gw_log(b.log, 402119, "another id");
    }
    assert_next(b.log, "<164>%ASA-4-402114: at 0");
    assert_next(b.log, "<164>%ASA-4-402119: another id");
    assert_next(b.log, "<164>%ASA-4-402114: at 50");
    assert_next(b.log, "<164>%ASA-4-402114: at 100");
    assert_next(b.log, NULL);
    gw_syslog_counters(b.log, &n);
    assert_int_equal(n.limited, 117);
    close_bench(&b);
}

static void show_logging_has_settings_and_buffer(void **state)
{
    struct bench b = open_bench();
    struct buf out = BUF_INIT;

    (void)state;
    add_host(b.cfg, 0x0a435859);
    b.cfg->logging.timestamp = true;
    b.cfg->logging.to[GW_LOG_TO_BUFFER].level = 4;
    start(&b);
    gw_log(b.log, 106023, "Deny\r\nand a second line");
    gw_log(b.log, 302013, "not for the buffer");
    assert_next(b.log, "<164>Nov 09 2022 10:01:59: %ASA-4-106023: Deny  and a second line");
    gw_syslog_show(b.log, &out);
    assert_string_equal(
        buf_str(&out), "Syslog logging: enabled\n"
                       "    Facility: 20\n"
                       "    Timestamp logging: enabled\n"
                       "    Hide Username logging: disabled\n"
                       "    Standby logging: disabled\n"
                       "    Debug-trace logging: disabled\n"
                       "    Console logging: disabled\n"
                       "    Monitor logging: disabled\n"
                       "    Buffer logging: level warnings, 1 messages logged\n"
                       "    Trap logging: level informational, facility 20, 2 messages logged\n"
                       "        Logging to management 10.67.88.89, UDP TX:1 errors: 0  dropped: 0\n"
                       "    Permit-hostdown logging: disabled\n"
                       "    History logging: disabled\n"
                       "    Device ID: disabled\n"
                       "    Mail logging: disabled\n"
                       "    ASDM logging: disabled\n"
                       "Nov 09 2022 10:01:59: %ASA-4-106023: Deny  and a second line\n");
    gw_syslog_clear_buffer(b.log);
    buf_clear(&out);
    gw_syslog_show(b.log, &out);
    assert_null(strstr(buf_str(&out), "106023"));
    buf_release(&out);
    close_bench(&b);
}

static void the_buffer_holds_no_more_than_its_size(void **state)
{
    struct bench b = open_bench();
    struct buf out = BUF_INIT;

    (void)state;
    b.cfg->logging.to[GW_LOG_TO_BUFFER].level = 7;
    start(&b);
    for (unsigned i = 0; i < 10000; i++)
        gw_log(b.log, 302013, "record %u", i);
    gw_syslog_show(b.log, &out);
    assert_true(out.n < 4096 + 1024);
    assert_non_null(strstr(buf_str(&out), "%ASA-6-302013: record 9999\n"));
    assert_non_null(strstr(buf_str(&out), "10000 messages logged"));
    gw_syslog_reset(b.log);
    buf_clear(&out);
    gw_syslog_show(b.log, &out);
    assert_null(strstr(buf_str(&out), "record"));
    buf_release(&out);
    close_bench(&b);
}

static void long_texts_are_cut(void **state)
{
    struct bench b = open_bench();
    struct gw_syslog_record r;
    char *text = mem_zalloc(5001);

    (void)state;
    memset(text, 'x', 5000);
    add_host(b.cfg, 0x0a000001);
    start(&b);
    gw_log(b.log, 713902, "%s", text);
    assert_true(gw_syslog_next(b.log, &r));
    assert_true(r.payload.n < 1100);
    mem_free(text);
    close_bench(&b);
}

/* As the listings of real devices in the corpus of networktocode/ntc-templates have it, byte for
 * byte: the counts are put where the device had them. */
static void show_logging_is_as_on_a_real_device(void **state)
{
    struct bench b = open_bench();
    struct buf out = BUF_INIT;
    struct diag why = {0};

    (void)state;
    gw_config_set_version(b.cfg, GW_PLATFORM_ASA, "9.8(4)");
    assert_ok(gw_config_load(b.cfg, "x",
                             bytes_str("interface Ethernet0/1\n nameif inside\n"
                                       "logging timestamp\nlogging buffered warnings\n"
                                       "logging asdm warnings\n"
                                       "logging host inside 10.168.1.21\n"
                                       "logging host inside 10.45.22.11\nno logging timestamp\n"),
                             NULL, &why));
    start(&b);
    gw_syslog_show(b.log, &out);
    assert_string_equal(buf_str(&out),
                        "Syslog logging: enabled\n"
                        "    Facility: 20\n"
                        "    Timestamp logging: disabled\n"
                        "    Hide Username logging: disabled\n"
                        "    Standby logging: disabled\n"
                        "    Debug-trace logging: disabled\n"
                        "    Console logging: disabled\n"
                        "    Monitor logging: disabled\n"
                        "    Buffer logging: level warnings, 0 messages logged\n"
                        "    Trap logging: level informational, facility 20, 0 messages logged\n"
                        "        Logging to inside 10.168.1.21, UDP TX:0 errors: 0  dropped: 0\n"
                        "        Logging to inside 10.45.22.11, UDP TX:0 errors: 0  dropped: 0\n"
                        "    Global TCP syslog stats::\n"
                        "        NOT_PUTABLE: 0, ALL_CHANNEL_DOWN: 0\n"
                        "        CHANNEL_FLAP_CNT: 0, SYSLOG_PKT_LOSS: 0\n"
                        "        PARTIAL_REWRITE_CNT: 0\n"
                        "    Permit-hostdown logging: disabled\n"
                        "    History logging: disabled\n"
                        "    Device ID: disabled\n"
                        "    Mail logging: disabled\n"
                        "    ASDM logging: level warnings, 0 messages logged\n");
    buf_release(&out);
    close_bench(&b);
}

static void show_logging_message_tells_levels(void **state)
{
    struct bench b = open_bench();
    struct buf out = BUF_INIT;
    struct diag why = {0};

    (void)state;
    assert_ok(gw_config_load(
        b.cfg, "x", bytes_str("logging message 302013 level 4\nno logging message 302014\n"), NULL,
        &why));
    start(&b);
    gw_syslog_show_changed(b.log, &out);
    assert_string_equal(
        buf_str(&out),
        "syslog 302013: default-level informational, current-level warnings (enabled)\n"
        "syslog 302014: default-level informational (disabled)\n");
    buf_clear(&out);
    assert_true(gw_syslog_show_message(b.log, 402114, &out));
    assert_string_equal(buf_str(&out), "syslog 402114: default-level warnings (enabled)\n");
    assert_false(gw_syslog_show_message(b.log, 999999, &out));
    buf_clear(&out);
    gw_syslog_show_messages(b.log, &out);
    assert_non_null(
        strstr(buf_str(&out), "syslog 713120: default-level notifications (enabled)\n"));
    buf_release(&out);
    close_bench(&b);
}

static void the_console_shows_what_is_for_it_once(void **state)
{
    struct bench b = open_bench();
    struct buf out = BUF_INIT;

    (void)state;
    b.cfg->logging.to[GW_LOG_TO_CONSOLE].level = 4;
    start(&b);
    gw_log(b.log, 106023, "one");
    gw_log(b.log, 302013, "two");
    gw_syslog_take_console(b.log, &out);
    assert_string_equal(buf_str(&out), "%ASA-4-106023: one\n");
    gw_syslog_take_console(b.log, &out);
    assert_string_equal(buf_str(&out), "%ASA-4-106023: one\n");
    for (int i = 0; i < 100000; i++)
        gw_log(b.log, 106023, "nobody looks");
    buf_clear(&out);
    gw_syslog_take_console(b.log, &out);
    assert_true(out.n > 60000 && out.n < 70000);
    buf_release(&out);
    close_bench(&b);
}

/* What stands between number and text, and which stamp before it, is read alike. */
static void every_form_is_read_by_our_own_parser(void **state)
{
    static const char *const lines[] = {
        "",
        "logging timestamp",
        "logging timestamp rfc5424",
        "clock timezone EDT -4\nlogging timestamp",
        "logging device-id hostname",
        "logging timestamp\nlogging device-id string bo-1",
        "logging timestamp rfc5424\nlogging device-id context-name",
        "clock timezone IST 5 30\nlogging timestamp\nlogging device-id ipaddress inside",
        "logging facility 16",
        "logging device-id cluster-id"};
    static const char text[] =
        "Teardown TCP connection 57983 for outside:192.0.2.9/80 to "
        "inside:10.0.0.100/1135 duration 0:00:36 bytes 53947 Tunnel has been "
        "torn down";

    (void)state;
    for (size_t i = 0; i < COUNT(lines) * 6; i++) {
        struct bench b = open_bench();
        struct diag why = {0};
        struct gw_syslog_record r;
        struct asa_log log;
        struct gw_log_host *h = add_host(b.cfg, 0x0a000001);
        struct gw_interface *in =
            gw_list_add((void **)&b.cfg->interfaces, &b.cfg->ninterfaces, sizeof(*in));
        (void)gw_name_set(in->nameif, "inside");
        in->addr = ip4(0x0ae00905);
        assert_ok(gw_config_load(b.cfg, "x", bytes_str(lines[i / 6]), NULL, &why));
        h->emblem = i & 1;
        start(&b);
        gw_syslog_set_separator(b.log, i % 3 != 2, i % 3 != 1);
        gw_log(b.log, 302014, "%s", text);
        assert_true(gw_syslog_next(b.log, &r));
        assert_ok(asa_log_parse(r.payload, &log));
        assert_true(log.complete);
        assert_int_equal(log.id, 302014);
        assert_int_equal(log.severity, 6);
        assert_int_equal(log.pri, b.cfg->logging.facility * 8 + 6);
        assert_int_equal(log.reason_class, ASA_REASON_TUNNEL);
        assert_true(bytes_eq(log.text, bytes_str(text)));
        assert_int_equal(log.time.present, b.cfg->logging.timestamp);
        assert_true(bytes_eq(log.klass, bytes_str(h->emblem ? "session" : "")));
        int64_t ns;
        if (log.time.present) { /* back to the time it was logged at */
            assert_ok(asa_time_unix(&log.time, 2022, b.cfg->clock.offset_s, &ns));
            assert_int_equal(ns / 1000000000, EPOCH);
        }
        close_bench(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_have_the_devices_forms),
        cmocka_unit_test(levels_decide_what_is_sent),
        cmocka_unit_test(every_host_gets_every_record_in_order),
        cmocka_unit_test(a_full_queue_loses_the_oldest_and_counts_them),
        cmocka_unit_test(some_messages_come_once_in_five_seconds),
        cmocka_unit_test(show_logging_has_settings_and_buffer),
        cmocka_unit_test(the_buffer_holds_no_more_than_its_size),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(show_logging_is_as_on_a_real_device),
        cmocka_unit_test(show_logging_message_tells_levels),
        cmocka_unit_test(the_console_shows_what_is_for_it_once),
        cmocka_unit_test(every_form_is_read_by_our_own_parser),
    };
    return cmocka_run_group_tests_name("gateway/syslog", tests, NULL, NULL);
}
