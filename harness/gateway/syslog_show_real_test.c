/* `show logging` beside what real devices have printed: the whole block of settings, byte for byte,
 * where their samples (tests/show_lab.h) are there; a few of its lines are here as well. */
#include "gateway/syslog_parts.h"

#include "base/mem.h"
#include "tests/show_lab.h"
#include "tests/testkit.h"

#include <stdio.h>

#define COMMON                                                                                     \
    "asa version 9.8(4)\ninterface Ethernet0/1\n nameif inside\n security-level 100\n ip address " \
    "10.67.88.1 255.255.255.0\nlogging enable\nlogging buffered warnings\nlogging trap "           \
    "informational\nlogging asdm warnings\n"

static const struct row {
    const char *what, *sample, *config;
    uint64_t buffer, trap, asdm;
    uint64_t hosts[2][3]; /* sent, errors, dropped */
    const char *lines;
} rows[] = {
    {"without_hosts",
     "logging_4",
     COMMON,
     4908890,
     0,
     4,
     {{0}},
     "    Buffer logging: level warnings, 4908890 messages logged\n"
     "    Trap logging: level informational, facility 20, 0 messages logged\n"
     "    Global TCP syslog stats::\n"},
    {"with_two_hosts",
     "logging_3",
     COMMON "logging host inside 10.168.1.21\nlogging host inside 10.45.22.11\n",
     4908890,
     568235255,
     4908890,
     {{393859, 24, 45}, {393898, 5, 6}},
     "        Logging to inside 10.168.1.21, UDP TX:393859 errors: 24  dropped: 45\n"
     "        Logging to inside 10.45.22.11, UDP TX:393898 errors: 5  dropped: 6\n"},
};

static struct gw_config *load(const char *text)
{
    struct gw_config *c = gw_config_new();
    struct diag why = {0};

    if (gw_config_load(c, "config", bytes_str(text), NULL, &why))
        fail_msg("%s", why.text);
    return c;
}

/* The numbers of a device that has been up for years. */
static void age(struct gw_syslog *s, const struct row *row)
{
    s->to[GW_LOG_TO_BUFFER] = row->buffer;
    s->to[GW_LOG_TO_TRAP] = row->trap;
    s->to[GW_LOG_TO_ASDM] = row->asdm;
    for (size_t i = 0; i < 2; i++) {
        s->hosts[i].sent = row->hosts[i][0];
        s->hosts[i].errors = row->hosts[i][1];
        s->hosts[i].dropped = row->hosts[i][2];
    }
}

static void the_settings_are_as_printed(void **state)
{
    const struct row *row = *state;
    struct gw_config *c = load(row->config);
    struct clock_virtual clk;
    struct buf out = BUF_INIT;
    char *text;

    clock_virtual_init(&clk);
    struct gw_syslog *s = gw_syslog_new(c, &clk.clock, 0);
    age(s, row);
    gw_syslog_show_setting(s, &out);
    if (!strstr(buf_str(&out), row->lines))
        fail_msg("no\n%s\nin\n%s", row->lines, buf_str(&out));
    if ((text = show_sample(row->sample))) {
        const char *records = strstr(text, "ASDM logging");
        assert_non_null(records);
        records = strchr(records, '\n') + 1;
        char first[32];
        snprintf(first, sizeof(first), "%.20s", records);
        show_assert_is_part(text, "Syslog logging", first, &out);
        mem_free(text);
    }
    buf_release(&out);
    gw_syslog_free(s);
    gw_config_free(c);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, the_settings_are_as_printed, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return cmocka_run_group_tests_name("gateway/syslog_show_real", tests, NULL, NULL);
}
