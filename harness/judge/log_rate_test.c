#include "judge/log_rate.h"

#include "tests/testkit.h"

#include <stdio.h>

/* --- ceilings ---------------------------------------------------------------------------------
 */

/* What the lines of a row are of. */
enum load {
    DENIES,   /* 106023 of level 4: nothing is numbered */
    BUILTS,   /* 302013: each with the next number */
    SHORT,    /* 302013 and, for each, a 302014 */
    SHUFFLED, /* 302013, two and two the wrong way round, as by several cores */
    PARTLY,   /* 302013 of every second connection: the other ones are not logged */
};

struct row {
    const char *what;
    enum load load;
    unsigned limit; /* messages a second that pass; 0: all */
    unsigned offered[16];
    int kind; /* enum log_ceiling_kind; -1: there is no ceiling */
    unsigned count, at, busy;
};

static const struct row rows[] = {
    {"a_limit_of_25_a_second__numbers_are_missing_behind_full_seconds",
     BUILTS,
     25,
     {3, 40, 37, 18, 61, 44, 0, 2, 39, 30, 52, 7},
     CEILING_LIMIT,
     25,
     7,
     8},
    {"a_limit_of_25_a_second__of_builts_and_teardowns",
     SHORT,
     25,
     {3, 40, 38, 18, 61, 44, 0, 2, 39, 30, 52, 7},
     CEILING_LIMIT,
     25,
     7,
     8},
    {"a_limit_that_a_burst_of_long_meets_again_and_again",
     BUILTS,
     30,
     {90, 90, 90, 90, 90, 90, 90, 90, 2, 1, 2},
     CEILING_LIMIT,
     30,
     8,
     8},
    {"a_constant_load__nothing_is_missing",
     BUILTS,
     0,
     {20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20, 20},
     CEILING_LOAD,
     20,
     12,
     12},
    {"a_constant_load_of_short_connections",
     SHORT,
     0,
     {20, 20, 20, 20, 20, 20, 20, 20},
     CEILING_LOAD,
     20,
     8,
     8},
    {"a_constant_load_below_a_limit",
     BUILTS,
     100,
     {25, 25, 25, 25, 25, 25, 25, 3},
     CEILING_LOAD,
     25,
     7,
     7},
    {"a_constant_load_from_several_cores",
     SHUFFLED,
     0,
     {20, 20, 20, 20, 20, 20, 20, 20},
     CEILING_LOAD,
     20,
     8,
     8},
    {"a_constant_load_of_which_half_is_not_logged__looks_like_it",
     PARTLY,
     0,
     {20, 20, 20, 20, 20, 20, 20, 7, 8, 9, 5, 6},
     CEILING_UNKNOWN,
     20,
     7,
     7},
    {"a_limit_on_what_has_no_numbers__looks_like_it",
     DENIES,
     25,
     {40, 37, 18, 61, 44, 0, 2, 39, 30},
     CEILING_UNKNOWN,
     25,
     6,
     7},
    {"a_constant_load_without_numbers__looks_like_it",
     DENIES,
     0,
     {12, 12, 12, 12, 12, 12},
     CEILING_UNKNOWN,
     12,
     6,
     6},
    {"bursts_of_other_sizes_have_none",
     BUILTS,
     0,
     {90, 0, 0, 71, 2, 0, 84, 1, 0, 66, 0, 95},
     -1,
     0,
     0,
     0},
    {"one_burst_at_a_limit_is_none_yet", BUILTS, 25, {40, 40, 40, 40, 3}, -1, 0, 0, 0},
    {"load_that_varies_has_none",
     BUILTS,
     0,
     {30, 28, 41, 37, 41, 22, 39, 40, 25, 36, 41, 38, 29, 33},
     -1,
     0,
     0,
     0},
    {"a_quiet_log_has_none", BUILTS, 0, {2, 2, 2, 2, 2, 2, 9, 9, 9, 9, 9, 9, 9}, -1, 0, 0, 0},
};

/* The Nth message that the device has to say, in all. */
static void line_of(enum load load, unsigned n, char *out, size_t cap)
{
    static const char ends[] = "outside:192.0.2.1/80 (192.0.2.1/80) to inside:10.0.0.1/1024 "
                               "(10.0.0.1/1024)";
    unsigned number = 1000 + (load == SHORT ? n / 2 : load == SHUFFLED ? n ^ 1 : n);

    if (load == DENIES)
        snprintf(out, cap,
                 "%%ASA-4-106023: Deny tcp src outside:192.0.2.1/%u dst inside:10.0.0.1/22 "
                 "by access-group \"x\" [0x0, 0x0]",
                 1024 + n);
    else if (load == SHORT && n % 2)
        snprintf(out, cap,
                 "%%ASA-6-302014: Teardown TCP connection %u for outside:192.0.2.1/80 to "
                 "inside:10.0.0.1/1024 duration 0:00:00 bytes 9 TCP FINs",
                 number);
    else
        snprintf(out, cap, "%%ASA-6-302013: Built outbound TCP connection %u for %s",
                 load == PARTLY ? 1000 + 2 * n : number, ends);
}

/* A limit lets the first ones of each second pass, as a device does. */
static void a_ceiling_is_what_the_row_says(void **state)
{
    const struct row *row = *state;
    struct log_ceiling all[SEVERITIES];
    struct log_rate *r = log_rate_new();
    unsigned n = 0;

    for (size_t s = 0; s < COUNT(row->offered); s++) {
        for (unsigned i = 0; i < row->offered[s]; i++, n++) {
            char text[256];
            struct asa_log log;
            line_of(row->load, n, text, sizeof(text));
            assert_ok(asa_log_parse(bytes_str(text), &log));
            if (!row->limit || i < row->limit)
                log_rate_add(r, bytes_str(text), &log, 1000 + (int64_t)s);
        }
    }
    size_t found = log_rate_ceilings(r, all);
    log_rate_free(r);
    assert_int_equal(found, row->kind >= 0);
    if (!found)
        return;
    assert_int_equal(all[0].kind, row->kind);
    assert_int_equal(all[0].severity, row->load == DENIES ? 4 : 6);
    assert_int_equal(all[0].count, row->count);
    assert_int_equal(all[0].at, row->at);
    assert_int_equal(all[0].busy, row->busy);
}

/* Real logs, where they are: none is found where nobody has said that there is one. */
static void real_logs_have_none(void **state)
{
    static const char path[] =
        "../shared/data/asa-logs/olauret__cribl-cisco-asa-cleanup/messages.log";
    struct log_ceiling all[SEVERITIES];
    struct log_rate *r = log_rate_new();
    FILE *f = fopen(path, "r");
    char line[2048];

    (void)state;
    if (!f) {
        log_rate_free(r);
        printf("SKIPPED: %s is not here\n", path);
        skip();
    }
    while (fgets(line, sizeof(line), f)) {
        struct asa_log log;
        const struct asa_time *t = &log.time;
        if (!asa_log_parse(bytes_str(line), &log) && t->present)
            log_rate_add(r, bytes_str(line), &log,
                         ((t->day * 24 + t->hour) * 60 + t->minute) * 60 + t->second);
    }
    fclose(f);
    assert_int_equal(log_rate_ceilings(r, all), 0);
    log_rate_free(r);
}

/* --- signs ------------------------------------------------------------------------------------
 */

static void signs_are_counted(void **state)
{
    static const struct {
        const char *line;
        uint64_t jumps, missing, commands, overruns, unheard, folded;
    } signs[] = {
        {"<166>000101: Nov 27 2026 21:00:23: %ASA-6-302013: Built", 0, 0, 0, 0, 0, 0},
        {"<166>000102: Nov 27 2026 21:00:23: %ASA-6-302013: Built", 0, 0, 0, 0, 0, 0},
        {"<166>000107: Nov 27 2026 21:00:23: %ASA-6-302013: Built", 1, 4, 0, 0, 0, 0},
        {"000106: Nov 27 2026 21:00:23: %ASA-6-302013: Built", 1, 4, 0, 0, 0, 0},
        {"<166>3: began anew, which is far off", 1, 4, 0, 0, 0, 0},
        {"21:00:23: %ASA-6-302013: a time is no number", 1, 4, 0, 0, 0, 0},
        {"%ASA-5-111008: User 'enable_15' executed the 'logging rate-limit 10 1 level 6' command.",
         1, 4, 1, 0, 0, 0},
        {"%ASA-4-733100: [ Scanning] drop rate-1 exceeded. Current burst rate is 12 per second", 1,
         4, 1, 1, 0, 0},
        {"%ASA-3-414003: TCP Syslog Server inside:10.0.0.9/1470 not responding.", 1, 4, 1, 1, 1, 0},
        {"Nov 27 21:00:24 fw last message repeated 3 times", 1, 4, 1, 1, 1, 1},
    };
    struct log_rate *r = log_rate_new();

    (void)state;
    for (size_t i = 0; i < COUNT(signs); i++) {
        struct asa_log log;
        bool is = !asa_log_parse(bytes_str(signs[i].line), &log);
        log_rate_add(r, bytes_str(signs[i].line), is ? &log : NULL, -1);
        if (r->jumps != signs[i].jumps)
            fail_msg("%s", signs[i].line);
        assert_int_equal(r->missing, signs[i].missing);
        assert_int_equal(r->commands, signs[i].commands);
        assert_int_equal(r->overruns, signs[i].overruns);
        assert_int_equal(r->unheard, signs[i].unheard);
        assert_int_equal(r->folded, signs[i].folded);
    }
    log_rate_free(r);
    log_rate_free(NULL);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2] = {
        cmocka_unit_test(signs_are_counted),
        cmocka_unit_test(real_logs_have_none),
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i + 2] = (struct CMUnitTest){rows[i].what, a_ceiling_is_what_the_row_says, NULL, NULL,
                                           (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("judge/log_rate", tests, COUNT(tests), NULL, NULL);
}
