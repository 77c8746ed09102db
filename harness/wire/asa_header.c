/* What stands before the tag. The device itself writes "<PRI>", a stamp, perhaps its device-id and
 * a colon; relays put their own stamp, host and program name in front. The device's stamp is the
 * last one. */
#include "wire/asa_parts.h"
#include "wire/civil.h"

static bool two_digits(struct bytes *s, int *out)
{
    if (s->n < 2 || s->p[0] < '0' || s->p[0] > '9' || s->p[1] < '0' || s->p[1] > '9')
        return false;
    *out = (s->p[0] - '0') * 10 + s->p[1] - '0';
    *s = bytes_from(*s, 2);
    return true;
}

static void fraction(struct bytes *s, uint32_t *ns)
{
    struct bytes t = *s;
    uint32_t unit = 100000000;

    if (!scan_lit(&t, ".") || !t.n || t.p[0] < '0' || t.p[0] > '9')
        return;
    *ns = 0;
    for (; t.n && t.p[0] >= '0' && t.p[0] <= '9'; t = bytes_from(t, 1)) {
        *ns += (uint32_t)(t.p[0] - '0') * unit;
        unit /= 10;
    }
    *s = t;
}

static bool clock_time(struct bytes *s, struct asa_time *t)
{
    if (!two_digits(s, &t->hour) || !scan_lit(s, ":") || !two_digits(s, &t->minute) ||
        !scan_lit(s, ":") || !two_digits(s, &t->second))
        return false;
    fraction(s, &t->ns);
    return t->hour < 24 && t->minute < 60 && t->second <= 60;
}

/* "Nov 09 2022 10:01:59", "Aug  1 14:01:20" */
static bool month_stamp(struct bytes *s, struct asa_time *t)
{
    uint64_t v;

    for (t->month = 1; t->month <= 12; t->month++) {
        if (scan_lit(s, civil_month_name(t->month)))
            break;
    }
    if (t->month > 12 || !scan_lit(s, " "))
        return false;
    scan_blanks(s);
    if (!scan_u64(s, &v) || v < 1 || v > 31 || !scan_lit(s, " "))
        return false;
    t->day = (int)v;
    struct bytes after = *s;
    if (scan_u64(&after, &v) && v >= 1970 && v <= 9999 && scan_lit(&after, " ")) {
        t->year = (int)v;
        *s = after;
    }
    return clock_time(s, t);
}

static void offset(struct bytes *s, struct asa_time *t)
{
    struct bytes o = *s;
    bool west = scan_lit(&o, "-");
    int hours, minutes;

    if (scan_lit(s, "Z")) {
        t->has_offset = true;
        return;
    }
    if ((!west && !scan_lit(&o, "+")) || !two_digits(&o, &hours))
        return;
    (void)scan_lit(&o, ":");
    if (!two_digits(&o, &minutes) || hours > 14 || minutes > 59)
        return;
    t->has_offset = true;
    t->offset_s = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
    *s = o;
}

/* "2018-06-27T12:17:46Z" (RFC 5424, 6.2.3) */
static bool iso_stamp(struct bytes *s, struct asa_time *t)
{
    uint64_t year;

    if (!scan_u64(s, &year) || year < 1970 || year > 9999 || !scan_lit(s, "-") ||
        !two_digits(s, &t->month) || !scan_lit(s, "-") || !two_digits(s, &t->day) ||
        !scan_lit(s, "T") || !clock_time(s, t))
        return false;
    t->year = (int)year;
    offset(s, t);
    return t->month >= 1 && t->month <= 12 && t->day >= 1 && t->day <= 31;
}

/* A time zone's letters: directly before a colon, or with a device-id after them. A lone word
 * before " :" is the device-id. */
static void zone(struct bytes *s, struct asa_time *t)
{
    struct bytes z = *s;
    size_t n = 0;

    scan_blanks(&z);
    while (n < z.n && z.p[n] >= 'A' && z.p[n] <= 'Z')
        n++;
    if (n < 2 || n > 5 || z.p == s->p)
        return;
    struct bytes after = bytes_from(z, n);
    if (!scan_lit(&after, ":")) {
        struct bytes next = after;
        scan_blanks(&next);
        if (next.p == after.p || !next.n || next.p[0] == ':')
            return;
    }
    t->zone = bytes_head(z, n);
    *s = after;
}

static bool stamp(struct bytes *s, struct asa_time *out)
{
    struct bytes t = *s;
    struct asa_time time = {.present = true};

    if (!month_stamp(&t, &time)) {
        t = *s;
        time = (struct asa_time){.present = true};
        if (!iso_stamp(&t, &time))
            return false;
    }
    if (t.n && t.p[0] != ' ' && t.p[0] != ':')
        return false;
    zone(&t, &time);
    time.text = bytes_head(*s, (size_t)(t.p - s->p));
    if (time.text.p[time.text.n - 1] == ':')
        time.text.n--;
    *s = t;
    *out = time;
    return true;
}

static void priority(struct asa_log *l, struct bytes *s)
{
    struct bytes t = *s;
    uint64_t v;

    /* 191: facility 23, severity 7 (RFC 5424, 6.2.1) */
    if (!scan_lit(&t, "<") || !scan_u64(&t, &v) || v > 191 || !scan_lit(&t, ">"))
        return;
    l->pri = (int)v;
    *s = t;
}

void asa_parse_header(struct asa_log *l, struct bytes header)
{
    struct bytes before = {0}, after = {0}; /* first words before and after the last stamp */
    struct bytes word;

    l->pri = -1;
    priority(l, &header);
    for (;;) {
        scan_blanks(&header);
        if (scan_lit(&header, ":"))
            continue;
        if (stamp(&header, &l->time)) {
            if (!before.n)
                before = after;
            after = (struct bytes){0};
            continue;
        }
        if (!scan_word(&header, &word))
            break;
        if (word.n > 1 && word.p[word.n - 1] == ':')
            word.n--;
        if (!after.n)
            after = word;
    }
    l->host = after.n ? after : before;
}

enum err asa_time_unix(const struct asa_time *t, int year, int zone_s, int64_t *out_ns)
{
    struct civil c = {t->year ? t->year : year, t->month, t->day, t->hour, t->minute, t->second};
    int64_t seconds;

    if (!t->present)
        return ERR_NOTFOUND;
    if (civil_to_unix(&c, &seconds))
        return ERR_RANGE;
    seconds -= t->has_offset ? t->offset_s : zone_s;
    if (__builtin_mul_overflow(seconds, INT64_C(1000000000), out_ns) ||
        __builtin_add_overflow(*out_ns, (int64_t)t->ns, out_ns))
        return ERR_RANGE;
    return ERR_OK;
}
