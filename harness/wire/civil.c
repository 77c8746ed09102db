#include "wire/civil.h"

#define DAY_S 86400

/* Days from 1970-01-01 to the first of March of YEAR and on: the year is counted from March, so
 * that the leap day is its last. 400 years have 146097 days; 719468 days lie between 0000-03-01
 * and 1970-01-01. */
static int64_t days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_from_unix(int64_t seconds)
{
    int64_t lowest = days_of(1, 1, 1) * DAY_S, highest = days_of(10000, 1, 1) * DAY_S - 1;

    if (seconds < lowest)
        seconds = lowest;
    if (seconds > highest)
        seconds = highest;
    int64_t days = seconds / DAY_S - (seconds % DAY_S < 0);
    int rest = (int)(seconds - days * DAY_S);
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t of_era = shifted - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t m = (5 * of_year + 2) / 153;
    int month = (int)(m < 10 ? m + 3 : m - 9);

    return (struct civil){
        .year = (int)(y + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(of_year - (153 * m + 2) / 5 + 1),
        .hour = rest / 3600,
        .minute = rest / 60 % 60,
        .second = rest % 60,
    };
}

enum err civil_to_unix(const struct civil *c, int64_t *out)
{
    static const int month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (c->year < 1 || c->year > 9999 || c->month < 1 || c->month > 12)
        return ERR_RANGE;
    bool leap = c->year % 4 == 0 && (c->year % 100 != 0 || c->year % 400 == 0);
    int last = month_days[c->month - 1] + (c->month == 2 && leap);
    if (c->day < 1 || c->day > last || c->hour < 0 || c->hour > 23 || c->minute < 0 ||
        c->minute > 59 || c->second < 0 || c->second > 60)
        return ERR_RANGE;
    *out = days_of(c->year, c->month, c->day) * DAY_S + c->hour * 3600 + c->minute * 60 + c->second;
    return ERR_OK;
}

const char *civil_month_name(int month)
{
    static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    return month >= 1 && month <= 12 ? names[month - 1] : "???";
}
