#include "plan/value.h"

#include <stdio.h>

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit times[] = {{"ns", 1},         {"us", 1000},         {"ms", 1000000},
                                    {"s", 1000000000}, {"min", 60000000000}, {"h", 3600000000000}};
static const struct unit sizes[] = {{"B", 1},
                                    {"kB", 1000},
                                    {"MB", 1000000},
                                    {"GB", 1000000000},
                                    {"TB", 1000000000000},
                                    {"KiB", 1ull << 10},
                                    {"MiB", 1ull << 20},
                                    {"GiB", 1ull << 30},
                                    {"TiB", 1ull << 40}};
static const struct unit rates[] = {
    {"bit/s", 1}, {"kbit/s", 1000}, {"Mbit/s", 1000000}, {"Gbit/s", 1000000000}};

static const struct {
    const char *looks;
    size_t size;
} kinds[] = {
#define X(id, type, looks) {looks, sizeof(type)},
    VALUE_KINDS(X)
#undef X
};

const char *value_looks(enum value_kind k)
{
    return kinds[k].looks;
}

size_t value_size(enum value_kind k)
{
    return kinds[k].size;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A decimal: digits, and perhaps a point and up to nine more. S moves behind it. */
struct decimal {
    uint64_t whole, part;
    uint64_t scale; /* part / scale is the fraction */
};

static bool decimal_parse(const char **s, struct decimal *out)
{
    const char *p = *s;
    struct decimal d = {.scale = 1};

    if (!is_digit(*p))
        return false;
    for (; is_digit(*p); p++) {
        if (d.whole > UINT64_MAX / 100)
            return false;
        d.whole = d.whole * 10 + (uint64_t)(*p - '0');
    }
    if (*p == '.') {
        if (!is_digit(*++p))
            return false;
        for (; is_digit(*p); p++) {
            if (d.scale == 1000000000)
                return false;
            d.scale *= 10;
            d.part = d.part * 10 + (uint64_t)(*p - '0');
        }
    }
    *s = p;
    *out = d;
    return true;
}

/* D times FACTOR, in whole units, rounded down. With part < scale <= 10^9 nothing of the fraction
 * leaves 64 bits: part * (FACTOR / scale) < FACTOR, part * (FACTOR % scale) < 10^18. */
static bool decimal_times(struct decimal d, uint64_t factor, uint64_t *out)
{
    uint64_t part = d.part * (factor / d.scale) + d.part * (factor % d.scale) / d.scale;
    uint64_t whole;

    return !__builtin_mul_overflow(d.whole, factor, &whole) &&
           !__builtin_add_overflow(whole, part, out);
}

static enum err with_unit(const char *text, const struct unit *units, size_t n, uint64_t max,
                          uint64_t *out)
{
    struct decimal d;
    uint64_t v;

    if (!decimal_parse(&text, &d))
        return ERR_FORMAT;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(text, units[i].name) != 0)
            continue;
        if (!decimal_times(d, units[i].factor, &v) || v > max)
            return ERR_RANGE;
        *out = v;
        return ERR_OK;
    }
    return ERR_FORMAT;
}

static enum err parse_span(const char *text, struct span *out)
{
    uint64_t ns = 0;
    const uint64_t max = 3600000000000ull * 24 * 366 * 10; /* ten years */
    enum err e = ERR_OK;

    if (strcmp(text, "0") != 0)
        e = with_unit(text, times, COUNT(times), max, &ns);
    if (!e)
        *out = SPAN_NS(ns);
    return e;
}

static enum err parse_size(const char *text, uint64_t *out)
{
    return with_unit(text, sizes, COUNT(sizes), 1ull << 50, out);
}

static enum err parse_percent(const char *text, double *out)
{
    struct decimal d;

    if (!decimal_parse(&text, &d) || strcmp(text, "%") != 0)
        return ERR_FORMAT;
    if (d.whole > 100 || (d.whole == 100 && d.part))
        return ERR_RANGE;
    *out = (double)d.whole + (double)d.part / (double)d.scale;
    return ERR_OK;
}

static enum err parse_reach(const char *text, struct value_reach *out)
{
    struct value_reach r = {.percent = -1};
    enum err e;

    if (strchr(text, '%')) {
        e = parse_percent(text, &r.percent);
        if (!e && r.percent <= 0)
            e = ERR_RANGE;
    } else {
        e = parse_size(text, &r.bytes);
    }
    if (!e)
        *out = r;
    return e;
}

static enum err parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
    struct decimal d;
    const char *p = text;

    if (!decimal_parse(&p, &d) || *p || d.scale != 1)
        return ERR_FORMAT;
    if (d.whole < min || d.whole > max)
        return ERR_RANGE;
    *out = d.whole;
    return ERR_OK;
}

static enum err parse_howmany(const char *text, struct value_howmany *out)
{
    const char *dots = strstr(text, "..");
    size_t n = dots ? (size_t)(dots - text) : strlen(text);
    char low[16];
    uint64_t min, max;
    enum err e;

    if (n >= sizeof(low))
        return ERR_RANGE;
    memcpy(low, text, n);
    low[n] = '\0';
    e = parse_number(low, 0, 1000000, &min);
    max = min;
    if (!e && dots && strcmp(dots + 2, "*") == 0) {
        *out = (struct value_howmany){(int)min, -1};
        return ERR_OK;
    }
    if (!e && dots)
        e = parse_number(dots + 2, min, 1000000, &max);
    if (!e)
        *out = (struct value_howmany){(int)min, (int)max};
    return e;
}

bool value_word(const char *list, size_t n, char *out, size_t cap)
{
    for (;; n--) {
        list += strspn(list, " \t\r\n");
        size_t len = strcspn(list, " \t\r\n");
        if (len == 0)
            return false;
        if (n == 0) {
            snprintf(out, cap, "%.*s", (int)(len < cap ? len : cap), list);
            return true;
        }
        list += len;
    }
}

static enum err parse_choice(const char *words, const char *text, unsigned *out)
{
    char word[64];

    for (unsigned i = 0; value_word(words, i, word, sizeof(word)); i++) {
        if (strcmp(word, text) == 0) {
            *out = i;
            return ERR_OK;
        }
    }
    return ERR_FORMAT;
}

static enum err parse_bool(const char *words, const char *text, bool *out)
{
    unsigned i;
    enum err e = parse_choice(words, text, &i);

    if (!e)
        *out = i == 1;
    return e;
}

static enum err parse_proto(const char *text, unsigned *out)
{
    static const unsigned protos[] = {0, 6, 17, 1};
    unsigned i;
    enum err e = parse_choice("any tcp udp icmp", text, &i);

    if (!e)
        *out = protos[i];
    return e;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static enum err parse_word(const char *text, bool name, const char **out)
{
    size_t n = strlen(text);

    if (n == 0 || (name && !is_letter(*text) && *text != '_'))
        return ERR_FORMAT;
    for (const char *p = text; *p; p++) {
        if (!is_letter(*p) && !is_digit(*p) && !strchr("-_.", *p))
            return ERR_FORMAT;
    }
    if (n > 64)
        return ERR_RANGE;
    *out = text;
    return ERR_OK;
}

static enum err parse_text(const char *text, const char **out)
{
    if (text[strspn(text, " \t\r\n")] == '\0')
        return ERR_FORMAT;
    *out = text;
    return ERR_OK;
}

static enum err parse_u16(const char *text, uint64_t min, uint64_t max, uint16_t *out)
{
    uint64_t n;
    enum err e = parse_number(text, min, max, &n);

    if (!e)
        *out = (uint16_t)n;
    return e;
}

static enum err parse_u32(const char *text, uint64_t min, uint64_t max, uint32_t *out)
{
    uint64_t n;
    enum err e = parse_number(text, min, max, &n);

    if (!e)
        *out = (uint32_t)n;
    return e;
}

static enum err parse_share(const char *text, double *out)
{
    double percent;
    enum err e = parse_percent(text, &percent);

    if (!e)
        *out = percent / 100;
    return e;
}

enum err value_parse(enum value_kind k, const char *words, const char *text, void *out)
{
    switch (k) {
    case VALUE_ID:
    case VALUE_REF: return parse_word(text, true, out);
    case VALUE_WORD: return parse_word(text, false, out);
    case VALUE_ANY: *(const char **)out = text; return ERR_OK;
    case VALUE_SUITES:
    case VALUE_TEXT: return parse_text(text, out);
    case VALUE_DURATION: return parse_span(text, out);
    case VALUE_SIZE: return parse_size(text, out);
    case VALUE_RATE: return with_unit(text, rates, COUNT(rates), 1000000000000, out);
    case VALUE_SHARE: return parse_share(text, out);
    case VALUE_REACH: return parse_reach(text, out);
    case VALUE_HOWMANY: return parse_howmany(text, out);
    case VALUE_ONOFF: return parse_bool("off on", text, out);
    case VALUE_YESNO: return parse_bool("no yes", text, out);
    case VALUE_CHOICE: return parse_choice(words, text, out);
    case VALUE_PROTO: return parse_proto(text, out);
    case VALUE_PORT: return parse_u16(text, 1, 65535, out);
    case VALUE_MTU: return parse_u16(text, 576, 9216, out);
    case VALUE_NUMBER: return parse_u32(text, 1, 1000, out);
    case VALUE_COUNTER: return parse_u32(text, 0, UINT32_MAX, out);
    case VALUE_LOG_ID: return parse_u32(text, 100000, 999999, out);
    case VALUE_ADDR: return ip_addr_parse(text, out);
    case VALUE_NET: return ip_net_parse(text, out);
    case VALUE_COUNT: break;
    }
    bug("no such kind of value");
}

/* The largest unit that divides N; the first of UNITS divides everything. */
static char *format(uint64_t n, const struct unit *units, size_t nunits, char *out)
{
    size_t best = 0;

    for (size_t i = 0; i < nunits; i++) {
        if (n && n % units[i].factor == 0 && units[i].factor > units[best].factor)
            best = i;
    }
    snprintf(out, VALUE_CHARS, "%llu%s", (unsigned long long)(n / units[best].factor),
             units[best].name);
    return out;
}

char *value_span_format(struct span d, char out[static VALUE_CHARS])
{
    if (d.ns <= 0) {
        snprintf(out, VALUE_CHARS, "0");
        return out;
    }
    return format((uint64_t)d.ns, times, COUNT(times), out);
}

char *value_size_format(uint64_t bytes, char out[static VALUE_CHARS])
{
    return format(bytes, sizes, COUNT(sizes), out);
}

char *value_rate_format(uint64_t bps, char out[static VALUE_CHARS])
{
    return format(bps, rates, COUNT(rates), out);
}
