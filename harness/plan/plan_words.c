/* Values with their units. A bare number is refused, but for 0: nobody has to guess. */
#include "plan/plan_parts.h"

struct unit {
    const char *name;
    double factor;
};

/* Digits, perhaps a point and more digits, then the unit; true and *OUT when UNITS has it. */
static bool quantity(const char *s, const struct unit *units, size_t n, double *out)
{
    double v = 0, place = 1;
    size_t digits = 0;

    if (strcmp(s, "0") == 0) {
        *out = 0;
        return true;
    }
    for (; *s >= '0' && *s <= '9'; s++, digits++)
        v = v * 10 + (*s - '0');
    if (*s == '.' && digits) {
        for (s++; *s >= '0' && *s <= '9'; s++, digits++) {
            place /= 10;
            v += (*s - '0') * place;
        }
    }
    for (size_t i = 0; digits && digits <= 18 && i < n; i++) {
        if (strcmp(s, units[i].name) == 0) {
            *out = v * units[i].factor;
            return true;
        }
    }
    return false;
}

bool word_duration(const char *s, struct span *out)
{
    static const struct unit units[] = {{"ns", 1},  {"us", 1e3},   {"ms", 1e6},
                                        {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}};
    double v;

    if (!quantity(s, units, COUNT(units), &v) || v > 9e18)
        return false;
    out->ns = (int64_t)(v + 0.5);
    return true;
}

bool word_size(const char *s, uint64_t *out)
{
    static const struct unit units[] = {
        {"B", 1},      {"kB", 1e3},      {"MB", 1e6},         {"GB", 1e9},
        {"KiB", 1024}, {"MiB", 1048576}, {"GiB", 1073741824}, {"TiB", 1099511627776.0}};
    double v;

    if (!quantity(s, units, COUNT(units), &v) || v > 9e18)
        return false;
    *out = (uint64_t)(v + 0.5);
    return true;
}

bool word_rate(const char *s, uint64_t *out)
{
    static const struct unit units[] = {
        {"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}};
    double v;

    if (!quantity(s, units, COUNT(units), &v) || v > 1e15)
        return false;
    *out = (uint64_t)(v + 0.5);
    return true;
}

bool word_percent(const char *s, double *out)
{
    static const struct unit units[] = {{"%", 1}};

    return quantity(s, units, COUNT(units), out) && *out <= 100;
}

bool word_uint(const char *s, uint64_t max, uint64_t *out)
{
    uint64_t v = 0;
    size_t n = 0;

    for (; s[n] >= '0' && s[n] <= '9'; n++) {
        if (n > 18)
            return false;
        v = v * 10 + (uint64_t)(s[n] - '0');
    }
    if (n == 0 || s[n] || v > max)
        return false;
    *out = v;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool word_name(const char *s)
{
    size_t n = 1;

    if (!is_letter(s[0]))
        return false;
    for (; s[n]; n++) {
        if (!is_letter(s[n]) && !(s[n] >= '0' && s[n] <= '9') && s[n] != '-' && s[n] != '.')
            return false;
    }
    return n <= 64;
}
