#include "cli/leg_syslog.h"

#include "base/buf.h"
#include "base/mem.h"
#include "cli/lines.h"
#include "judge/log_rate.h"
#include "wire/civil.h"
#include "wire/scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NS_S      INT64_C(1000000000)
#define HALF_YEAR (INT64_C(183) * 86400 * NS_S)
#define ZONE_S    900 /* time zones are whole quarters of an hour */
#define SET_S     300 /* a clock that is farther off is told of as such, and not as a zone alone */

struct reading {
    struct judge *j;
    int64_t near_ns; /* a time in the captures: lines often have no year */
    int64_t *apart;  /* captures less log, of streams whose 302013 is there; in ns */
    size_t napart, cap;
    struct log_rate *rate;
    int64_t offset_ns;
    uint64_t lines, messages, timeless, bound;
};

static bool take_year(const struct asa_time *t, int year, int64_t *ns)
{
    struct civil c = {year, t->month, t->day, t->hour, t->minute, t->second};
    int64_t s;

    if (civil_to_unix(&c, &s))
        return false;
    *ns = (s - (t->has_offset ? t->offset_s : 0)) * NS_S + t->ns;
    return true;
}

/* As printed; UTC where no offset is. A year that is not printed is the one that brings it nearest
 * to the captures. */
static bool time_of(const struct reading *r, const struct asa_time *t, int64_t *ns)
{
    int year = t->year ? t->year : civil_from_unix(r->near_ns / NS_S).year;

    if (!t->present || !take_year(t, year, ns))
        return false;
    if (!t->year && *ns - r->near_ns > HALF_YEAR)
        return take_year(t, year - 1, ns);
    if (!t->year && r->near_ns - *ns > HALF_YEAR)
        return take_year(t, year + 1, ns);
    return true;
}

static void measure(struct reading *r, struct bytes line)
{
    struct asa_log log;
    int64_t ns, begun;

    r->lines++;
    if (asa_log_parse(line, &log)) {
        log_rate_add(r->rate, line, NULL, -1);
        return;
    }
    r->messages++;
    bool timed = time_of(r, &log.time, &ns);
    log_rate_add(r->rate, line, &log, timed ? ns / NS_S : -1);
    r->timeless += !timed;
    if (!timed || r->napart == LEG_SYSLOG_CLOCKS || !judge_legs_built(r->j, &log, &begun))
        return;
    if (r->napart == r->cap) {
        r->cap = r->cap ? r->cap * 2 : 64;
        r->apart = mem_resize(r->apart, r->cap, sizeof(*r->apart));
    }
    r->apart[r->napart++] = begun - ns;
}

static void bind_line(struct reading *r, struct bytes line)
{
    struct asa_log log;
    int64_t ns;

    r->lines++;
    if (!asa_log_parse(line, &log) && time_of(r, &log.time, &ns))
        r->bound += judge_legs_log(r->j, line, r->lines, ns + r->offset_ns);
}

static enum err each_line(struct reading *r, FILE *f, void take(struct reading *, struct bytes))
{
    struct lines in = {.file = f};
    struct bytes line;

    rewind(f);
    while (lines_next(&in, &line))
        take(r, scan_trim(line));
    lines_release(&in);
    return ferror(f) ? ERR_IO : ERR_OK;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return x < y ? -1 : x > y;
}

static void say_offset(struct reading *r, struct buf *b)
{
    if (r->napart == 0) {
        buf_addf(b, "the device's clock cannot be compared with the captures: no 302013 of a "
                    "captured stream; times are taken as printed");
        judge_legs_note(r->j, "clock", true, buf_str(b));
        return;
    }
    qsort(r->apart, r->napart, sizeof(*r->apart), by_value);
    r->offset_ns = r->apart[r->napart / 2];
    int64_t spread = r->apart[r->napart * 9 / 10] - r->apart[r->napart / 10];
    int64_t least = NS_S / 2; /* stamps of whole seconds */
    int64_t s = r->offset_ns / NS_S;
    int64_t zone = (s >= 0 ? s + ZONE_S / 2 : s - ZONE_S / 2) / ZONE_S * ZONE_S;
    if (llabs(s - zone) > SET_S)
        zone = 0;
    buf_addf(b, "the device's log is %+.1f s from the captures, give or take %.1f s",
             -(double)r->offset_ns / 1e9, (double)(spread / 2 > least ? spread / 2 : least) / 1e9);
    if (zone)
        buf_addf(b, " (a time zone of UTC%+.2f h and %+.1f s)", -(double)zone / 3600,
                 -(double)(r->offset_ns - zone * NS_S) / 1e9);
    buf_addf(b, ", by %zu streams", r->napart);
    judge_legs_note(r->j, "clock", false, buf_str(b));
}

static void say_trust(const struct reading *r, const char *path, struct buf *b)
{
    uint64_t streams, built;

    judge_legs_logged(r->j, &streams, &built);
    buf_clear(b);
    buf_addf(b, "%s: %" PRIu64 " lines, %" PRIu64 " messages, %" PRIu64 " about captured streams",
             path, r->lines, r->messages, r->bound);
    if (r->timeless)
        buf_addf(b, "; %" PRIu64 " without a time are left out", r->timeless);
    judge_legs_note(r->j, "log", false, buf_str(b));
    buf_clear(b);
    buf_addf(b,
             "level-6 logging is proven for %" PRIu64 " of %" PRIu64
             " TCP streams, by their 302013%s",
             built, streams,
             built < streams ? ": that nothing was logged of the others shows nothing" : "");
    judge_legs_note(r->j, "log", built < streams, buf_str(b));
    if (r->rate->number_jumps) {
        buf_clear(b);
        buf_addf(
            b,
            "connection numbers jump in %" PRIu64 " places, by %" PRIu64
            " in all: lines are missing (lost, or more than the rate limit), or flows that are "
            "not logged",
            r->rate->number_jumps, r->rate->numbers_missing);
        judge_legs_note(r->j, "log", true, buf_str(b));
    }
}

static void say_sign(const struct reading *r, uint64_t n, const char *what)
{
    struct buf b = BUF_INIT;

    if (n) {
        buf_addf(&b, "%" PRIu64 " %s", n, what);
        judge_legs_note(r->j, "log", true, buf_str(&b));
    }
    buf_release(&b);
}

static void say_ceiling(const struct reading *r, const struct log_ceiling *c)
{
    struct buf b = BUF_INIT;

    buf_addf(&b, "messages of level %u stop at %u a second, in %u of %u busy seconds", c->severity,
             c->count, c->at, c->busy);
    if (c->kind == CEILING_LIMIT)
        buf_addf(
            &b,
            ", and connection numbers are missing behind %u of the %u full ones that have any: "
            "others were held back, as by `logging rate-limit %u 1`",
            c->holed, c->numbered, c->count);
    else if (c->kind == CEILING_LOAD)
        buf_addf(&b,
                 ", but behind %u of the %u full ones with connection numbers none is missing: "
                 "that is the load, and no rate limit",
                 c->numbered - c->holed, c->numbered);
    else
        buf_addf(
            &b,
            ": it looks like `logging rate-limit %u 1`, but a load that never varies looks the "
            "same, and %s",
            c->count,
            c->numbered ? "connection numbers are missing in other seconds, too"
                        : "there are no connection numbers in them to tell");
    judge_legs_note(r->j, "log", c->kind != CEILING_LOAD, buf_str(&b));
    buf_release(&b);
}

/* That something was held back narrows what a line that is not there can prove. */
static void say_limits(const struct reading *r)
{
    struct log_ceiling c[SEVERITIES];
    struct buf b = BUF_INIT;
    struct log_rate *rate = r->rate;
    size_t n = log_rate_ceilings(rate, c);

    for (size_t i = 0; i < n; i++)
        say_ceiling(r, &c[i]);
    if (rate->jumps) {
        buf_clear(&b);
        buf_addf(&b,
                 "sequence numbers of the log jump in %" PRIu64 " places: %" PRIu64
                 " lines are missing",
                 rate->jumps, rate->missing);
        judge_legs_note(r->j, "log", true, buf_str(&b));
    }
    say_sign(r, rate->commands, "times `logging rate-limit` was typed: messages may be held back");
    say_sign(r, rate->overruns,
             "times the device says that rates are exceeded (733100): messages may be held back");
    say_sign(r, rate->unheard,
             "times the device says that its log host does not answer (414003, 414005)");
    say_sign(r, rate->folded, "times a relay folded lines together (\"last message repeated\")");
    buf_release(&b);
}

enum err leg_syslog_take(struct judge *j, FILE *f, const char *name)
{
    struct reading r = {.j = j, .near_ns = judge_legs_first(j), .rate = log_rate_new()};
    struct buf b = BUF_INIT;
    enum err e = each_line(&r, f, measure);

    say_offset(&r, &b);
    r.lines = 0;
    if (!e)
        e = each_line(&r, f, bind_line);
    say_trust(&r, name, &b);
    say_limits(&r);
    buf_release(&b);
    mem_free(r.apart);
    log_rate_free(r.rate);
    return e;
}

void leg_syslog_say_mgmt(struct judge *j)
{
    const struct log_tally *t = judge_legs_tally(j);
    struct buf b = BUF_INIT;

    if (!t) {
        judge_legs_note(j, "log", true, "there is no log in the captures of mgmt");
        return;
    }
    const struct reading r = {
        .j = j, .rate = t->rate, .lines = t->lines, .messages = t->messages, .bound = t->bound};
    say_trust(&r, "the captures of mgmt", &b);
    if (t->holes)
        judge_legs_note(j, "log", true,
                        "the log comes over TCP, and a part of that stream was not captured");
    say_limits(&r);
    buf_release(&b);
}

/* F itself when it can be read again, else a copy without a name; NULL: errno says why. */
static FILE *rereadable(FILE *f)
{
    char block[16384];
    size_t n;

    if (fseek(f, 0, SEEK_SET) == 0)
        return f;
    FILE *copy = tmpfile();
    while (copy && (n = fread(block, 1, sizeof(block), f)) > 0) {
        if (fwrite(block, 1, n, copy) != n) {
            fclose(copy);
            copy = NULL;
        }
    }
    return copy;
}

enum err leg_syslog_read(struct judge *j, const char *path, struct diag *why)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *f = is_stdin ? stdin : fopen(path, "re");

    if (!f)
        return diag_fail_at(why, ERR_NOTFOUND, path, 0, "%s", strerror(errno));
    FILE *in = rereadable(f);
    enum err e = in ? leg_syslog_take(j, in, path) : ERR_IO;
    if (e)
        e = diag_fail_at(why, e, path, 0, "cannot be read: %s", strerror(errno));
    if (in && in != f)
        fclose(in);
    if (!is_stdin)
        fclose(f);
    return e;
}
