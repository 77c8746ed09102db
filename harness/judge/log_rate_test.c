#include "judge/log_rate.h"

#include "tests/testkit.h"

#include <stdio.h>

/* Each second of COUNTS has so many messages of level 6. */
static size_t ceilings_of(const unsigned *counts, size_t n, struct log_ceiling *out)
{
    struct log_ceiling all[SEVERITIES];
    struct log_rate *r = log_rate_new();
    const char *text = "Nov 27 2026 21:00:23: %ASA-6-302013: Built";
    struct asa_log log;

    assert_ok(asa_log_parse(bytes_str(text), &log));
    for (size_t s = 0; s < n; s++)
        for (unsigned i = 0; i < counts[s]; i++)
            log_rate_add(r, bytes_str(text), &log, 1000 + (int64_t)s);
    size_t found = log_rate_ceilings(r, all);
    *out = all[0];
    log_rate_free(r);
    return found;
}

static void a_limit_of_25_a_second_is_found(void **state)
{
    static const unsigned counts[] = {3, 25, 25, 18, 25, 25, 0, 2, 25, 25, 25, 7};
    struct log_ceiling c;

    (void)state;
    assert_int_equal(ceilings_of(counts, COUNT(counts), &c), 1);
    assert_int_equal(c.severity, 6);
    assert_int_equal(c.count, 25);
    assert_int_equal(c.at, 7);
    assert_int_equal(c.busy, 8);
}

static void load_that_varies_has_no_ceiling(void **state)
{
    static const unsigned counts[] = {30, 28, 41, 37, 41, 22, 39, 40, 25, 36, 41, 38, 29, 33};
    struct log_ceiling c;

    (void)state;
    assert_int_equal(ceilings_of(counts, COUNT(counts), &c), 0);
}

static void a_quiet_log_has_no_ceiling(void **state)
{
    static const unsigned counts[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 9, 9, 9, 9, 9, 9};
    struct log_ceiling c;

    (void)state;
    assert_int_equal(ceilings_of(counts, COUNT(counts), &c), 0);
}

static void four_full_seconds_are_no_ceiling_yet(void **state)
{
    static const unsigned counts[] = {25, 25, 25, 25, 3};
    struct log_ceiling c;

    (void)state;
    assert_int_equal(ceilings_of(counts, COUNT(counts), &c), 0);
}

static void signs_are_counted(void **state)
{
    static const struct {
        const char *line;
        uint64_t jumps, missing, commands, overruns, unheard, folded;
    } rows[] = {
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
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct asa_log log;
        bool is = !asa_log_parse(bytes_str(rows[i].line), &log);
        log_rate_add(r, bytes_str(rows[i].line), is ? &log : NULL, -1);
        if (r->jumps != rows[i].jumps)
            fail_msg("%s", rows[i].line);
        assert_int_equal(r->missing, rows[i].missing);
        assert_int_equal(r->commands, rows[i].commands);
        assert_int_equal(r->overruns, rows[i].overruns);
        assert_int_equal(r->unheard, rows[i].unheard);
        assert_int_equal(r->folded, rows[i].folded);
    }
    log_rate_free(r);
    log_rate_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_of_25_a_second_is_found),
        cmocka_unit_test(load_that_varies_has_no_ceiling),
        cmocka_unit_test(a_quiet_log_has_no_ceiling),
        cmocka_unit_test(four_full_seconds_are_no_ceiling_yet),
        cmocka_unit_test(signs_are_counted),
    };

    return cmocka_run_group_tests_name("log_rate", tests, NULL, NULL);
}
