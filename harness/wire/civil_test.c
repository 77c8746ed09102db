#include "wire/civil.h"

#include "tests/testkit.h"

#include <time.h>

/* gmtime_r of the C library is the second opinion: every 6 hours 11 minutes 7 seconds of 1900 to
 * 2200. */
static void dates_are_those_of_the_c_library(void **state)
{
    (void)state;
    for (int64_t s = INT64_C(-2208988800); s < INT64_C(7258118400); s += 22267) {
        struct civil c = civil_from_unix(s);
        struct tm tm;
        time_t t = (time_t)s;
        int64_t back;
        assert_non_null(gmtime_r(&t, &tm));
        assert_int_equal(c.year, tm.tm_year + 1900);
        assert_int_equal(c.month, tm.tm_mon + 1);
        assert_int_equal(c.day, tm.tm_mday);
        assert_int_equal(c.hour, tm.tm_hour);
        assert_int_equal(c.minute, tm.tm_min);
        assert_int_equal(c.second, tm.tm_sec);
        assert_ok(civil_to_unix(&c, &back));
        assert_true(back == s);
    }
}

static void impossible_dates_are_refused(void **state)
{
    static const struct civil bad[] = {
        {2023, 2, 29, 0, 0, 0}, {2100, 2, 29, 0, 0, 0}, {2024, 13, 1, 0, 0, 0},
        {2024, 0, 1, 0, 0, 0},  {2024, 4, 31, 0, 0, 0}, {2024, 1, 1, 24, 0, 0},
        {2024, 1, 1, 0, 60, 0}, {2024, 1, 1, 0, 0, 61}, {0, 1, 1, 0, 0, 0},
        {10000, 1, 1, 0, 0, 0}, {2024, 1, 0, 0, 0, 0},  {2024, 1, 1, -1, 0, 0},
    };
    int64_t out;

    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(civil_to_unix(&bad[i], &out), ERR_RANGE);
    assert_ok(civil_to_unix(&(struct civil){2000, 2, 29, 23, 59, 60}, &out));
    assert_true(out == 951868800); /* the next minute's start */
}

static void times_outside_the_calendar_are_clamped(void **state)
{
    (void)state;
    assert_int_equal(civil_from_unix(INT64_MAX).year, 9999);
    assert_int_equal(civil_from_unix(INT64_MIN).year, 1);
    assert_string_equal(civil_month_name(5), "May");
    assert_string_equal(civil_month_name(13), "???");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_those_of_the_c_library),
        cmocka_unit_test(impossible_dates_are_refused),
        cmocka_unit_test(times_outside_the_calendar_are_clamped),
    };
    return cmocka_run_group_tests_name("wire/civil", tests, NULL, NULL);
}
