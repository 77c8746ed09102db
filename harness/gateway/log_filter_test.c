/* Which messages go where: levels, lists, classes, as rows; and how many of them. */
#include "gateway/syslog.h"

#include "tests/testkit.h"

#define TO(x) (1u << GW_LOG_TO_##x)

static const struct filter_row {
    const char *what, *lines;
    uint32_t id;
    unsigned to;
} filter_rows[] = {
    {"nothing_is_set__nothing_goes", "", 302013, 0},
    {"a_level_takes_what_is_as_grave", "logging buffered 6\nlogging console 5", 302013, TO(BUFFER)},
    {"and_what_is_graver", "logging buffered 6\nlogging console 5", 713120,
     TO(BUFFER) | TO(CONSOLE)},
    {"a_message_can_get_another_level", "logging console 5\nlogging message 302013 level 5", 302013,
     TO(CONSOLE)},
    {"a_message_can_be_switched_off", "logging console 7\nno logging message 302013", 302013, 0},
    {"logging_can_be_switched_off", "logging console 7\nno logging enable", 302013, 0},
    {"a_list_takes_its_messages", "logging list l message 302013-302016\nlogging buffered l",
     302014, TO(BUFFER)},
    {"and_no_others", "logging list l message 302013-302016\nlogging buffered l", 302020, 0},
    {"a_list_takes_levels", "logging list l level 5\nlogging buffered l", 713120, TO(BUFFER)},
    {"a_list_takes_levels_of_a_class", "logging list l level 6 class session\nlogging buffered l",
     302013, TO(BUFFER)},
    {"and_of_no_other_class", "logging list l level 6 class session\nlogging buffered l", 713120,
     0},
    {"rules_of_a_list_add_up",
     "logging list l message 302020\nlogging list l level 6 class vpn\nlogging buffered l", 713120,
     TO(BUFFER)},
    {"a_class_has_its_own_level", "logging buffered 3\nlogging class session buffered 6", 302013,
     TO(BUFFER)},
    {"which_holds_downwards_too", "logging buffered 6\nlogging class session buffered 3", 302013,
     0},
    {"and_leaves_other_classes_alone", "logging buffered 3\nlogging class session buffered 6",
     713120, 0},
    {"a_class_needs_no_level_beside_it", "logging class vpn console 5", 713120, TO(CONSOLE)},
    {"without_a_host_nothing_goes_to_one", "logging trap 7", 302013, 0},
    {"with_one_it_does", "logging trap 7\nlogging host inside 10.0.0.1", 302013, TO(TRAP)},
};

static void goes_where_its_row_says(void **state)
{
    const struct filter_row *r = *state;
    struct gw_config *c = gw_config_new();
    struct diag why = {0};
    struct clock_virtual clk;
    struct buf text = BUF_INIT;

    buf_addf(&text, "interface Ethernet0/1\n nameif inside\nlogging enable\n%s\n", r->lines);
    if (gw_config_load(c, "x", buf_bytes(&text), NULL, &why))
        fail_msg("%s", why.text);
    clock_virtual_init(&clk);
    struct gw_syslog *s = gw_syslog_new(c, &clk.clock, 0);
    assert_int_equal(gw_log_wants(s, r->id), r->to != 0);
    gw_log(s, r->id, "text");
    struct buf shown = BUF_INIT;
    gw_syslog_show_setting(s, &shown);
    /* as the counts of `show logging` have it */
    static const struct {
        unsigned to;
        const char *name;
    } names[] = {{TO(CONSOLE), "Console"}, {TO(BUFFER), "Buffer"}, {TO(TRAP), "Trap"}};
    for (size_t i = 0; i < COUNT(names); i++) {
        const char *at = strstr(buf_str(&shown), names[i].name);
        const char *end = strchr(at, '\n'), *one = strstr(at, ", 1 messages logged");
        if (r->to & names[i].to && !strstr(r->lines, "class vpn console"))
            assert_true(one && one < end);
        else if (!(r->to & names[i].to))
            assert_false(one && one < end);
    }
    buf_release(&shown);
    buf_release(&text);
    gw_syslog_free(s);
    gw_config_free(c);
}

static void rates_are_limited_by_level_and_by_message(void **state)
{
    struct gw_config *c = gw_config_new();
    struct gw_syslog_counters n;
    struct clock_virtual clk;
    struct diag why = {0};

    (void)state;
    assert_ok(gw_config_load(
        c, "x",
        bytes_str("logging enable\nlogging buffered 6\nlogging rate-limit 3 10 level 6\n"
                  "logging rate-limit 1 20 message 713120\n"),
        NULL, &why));
    clock_virtual_init(&clk);
    struct gw_syslog *log = gw_syslog_new(c, &clk.clock, 0);
    for (int i = 0; i < 5; i++)
        gw_log(log, i & 1 ? 302013 : 302014, "one of level 6");
    for (int i = 0; i < 5; i++)
        gw_log(log, 713120, "one of level 5");
    gw_log(log, 713119, "another of level 5");
    gw_syslog_counters(log, &n);
    assert_int_equal(n.logged, 3 + 1 + 1);
    assert_int_equal(n.limited, 2 + 4);
    clock_sleep_until(&clk.clock, (struct mono){SPAN_S(10).ns});
    gw_log(log, 302013, "the next ten seconds");
    gw_log(log, 713120, "not yet");
    gw_syslog_counters(log, &n);
    assert_int_equal(n.logged, 6);
    gw_syslog_free(log);
    gw_config_free(c);
}

int main(void)
{
    struct CMUnitTest tests[1 + COUNT(filter_rows)] = {
        cmocka_unit_test(rates_are_limited_by_level_and_by_message),
    };

    for (size_t i = 0; i < COUNT(filter_rows); i++)
        tests[1 + i] = (struct CMUnitTest){filter_rows[i].what, goes_where_its_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&filter_rows[i]};
    return cmocka_run_group_tests_name("gateway/log_filter", tests, NULL, NULL);
}
