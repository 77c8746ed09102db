/* Calendar dates and Unix seconds, UTC, proleptic Gregorian, without the system's time zones. */
#ifndef WIRE_CIVIL_H
#define WIRE_CIVIL_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct civil {
    int year, month, day; /* 2022, 1..12, 1..31 */
    int hour, minute, second;
};

/* The date of SECONDS since 1970-01-01 00:00:00 UTC. Years 1 to 9999; outside: clamped there. */
struct civil civil_from_unix(int64_t seconds);

/* ERR_RANGE: no such date or time of day (a leap second is taken as the next minute's start). */
MUST_USE enum err civil_to_unix(const struct civil *c, int64_t *out);

/* "Jan" ... for 1..12, "???" otherwise. */
const char *civil_month_name(int month);

#endif
