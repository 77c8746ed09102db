#include "judge/log_rate.h"

#include "base/mem.h"
#include "wire/scan.h"

#define JUMP_MAX 1000000u /* a number that is farther off began anew */

struct log_rate *log_rate_new(void)
{
    return mem_zalloc(sizeof(struct log_rate));
}

void log_rate_free(struct log_rate *r)
{
    mem_free(r);
}

/* "<166>000123: Nov 27 ..." or without priority. A year or a time of day has no blank behind its
 * colon, and a bare day no colon. */
static bool sequence_of(struct bytes line, uint64_t *number)
{
    uint64_t priority;

    if (line.n && line.p[0] == '<') {
        line = bytes_from(line, 1);
        if (!scan_u64(&line, &priority) || !line.n || line.p[0] != '>')
            return false;
        line = bytes_from(line, 1);
    }
    return scan_u64(&line, number) && line.n >= 2 && line.p[0] == ':' && line.p[1] == ' ';
}

static void take_sequence(struct log_rate *r, struct bytes line)
{
    uint64_t n;

    if (!sequence_of(line, &n))
        return;
    if (r->has_sequence && n > r->sequence + 1 && n - r->sequence <= JUMP_MAX) {
        r->jumps++;
        r->missing += n - r->sequence - 1;
    }
    if (!r->has_sequence || n > r->sequence || r->sequence - n > JUMP_MAX)
        r->sequence = n;
    r->has_sequence = true;
}

static bool contains(struct bytes text, const char *word)
{
    struct bytes before;

    return scan_before(&text, word, &before);
}

/* The latest second with a number is over: what is missing behind it is known. */
static void end_numbers(struct log_rate *r, unsigned severity)
{
    const struct log_second *last = &r->of[severity].last;
    uint32_t n = last->count < RATE_MAX ? last->count : RATE_MAX;

    r->of[severity].seconds[n].numbered += last->built > 0;
    r->of[severity].seconds[n].holed += last->missing > 0;
}

static void end_second(struct log_rate *r, unsigned severity)
{
    struct log_second *now = &r->of[severity].now, *last = &r->of[severity].last;

    if (!now->count)
        return;
    r->of[severity].seconds[now->count < RATE_MAX ? now->count : RATE_MAX].all++;
    if (now->built) {
        end_numbers(r, severity);
        *last = *now;
    }
    *now = (struct log_second){0};
}

/* Numbers that are missing were given out behind the latest one that is there. One that comes late
 * (devices with several cores write so) was not missing. */
static void take_number(struct log_rate *r, unsigned severity, uint64_t number)
{
    struct log_second *now = &r->of[severity].now, *last = &r->of[severity].last;
    uint64_t *highest = &r->of[severity].highest;
    struct log_second *before = now->built ? now : last;

    if (*highest && number > *highest && number - *highest <= JUMP_MAX)
        before->missing += number - *highest - 1;
    else if (number < *highest && now->missing)
        now->missing--;
    else if (number < *highest && last->missing)
        last->missing--;
    if (number > *highest || *highest - number > JUMP_MAX)
        *highest = number;
    now->built++;
}

static void take_count(struct log_rate *r, unsigned severity, int64_t second)
{
    if (r->of[severity].second != second)
        end_second(r, severity);
    r->of[severity].second = second;
    if (r->of[severity].now.count < UINT32_MAX)
        r->of[severity].now.count++;
}

static void take_connection(struct log_rate *r, uint64_t number)
{
    if (r->last_number && number > r->last_number + 1) {
        r->number_jumps++;
        r->numbers_missing += number - r->last_number - 1;
    }
    if (number > r->last_number)
        r->last_number = number;
}

void log_rate_add(struct log_rate *r, struct bytes line, const struct asa_log *log, int64_t second)
{
    take_sequence(r, line);
    if (!log) {
        r->folded += contains(line, "last message repeated ");
        return;
    }
    r->commands += log->kind == ASA_COMMAND && contains(log->detail, "logging rate-limit");
    r->overruns += log->id == 733100;
    r->unheard += log->id == 414003 || log->id == 414005;
    if (log->kind == ASA_BUILT && log->connection)
        take_connection(r, log->connection);
    if (log->severity >= SEVERITIES || second < 0)
        return;
    take_count(r, log->severity, second);
    if (log->kind == ASA_BUILT && log->connection)
        take_number(r, log->severity, log->connection);
}

/* Do the numbers of connections say that messages are missing? */
static enum log_ceiling_kind kind_of(const struct log_rate *r, const struct log_ceiling *c)
{
    uint64_t numbered = 0, holed = 0; /* of the other seconds */

    for (uint32_t n = 1; n <= RATE_MAX; n++) {
        numbered += n == c->count ? 0 : r->of[c->severity].seconds[n].numbered;
        holed += n == c->count ? 0 : r->of[c->severity].seconds[n].holed;
    }
    if (c->numbered < CEILING_SECONDS || c->numbered < c->at / 2)
        return CEILING_UNKNOWN;
    if (c->holed >= c->numbered - c->holed && holed <= numbered / 4)
        return CEILING_LIMIT;
    return c->holed <= c->numbered / 4 ? CEILING_LOAD : CEILING_UNKNOWN;
}

/* Is the highest count one that is met again and again? */
static bool is_ceiling(const struct log_rate *r, unsigned severity, struct log_ceiling *c)
{
    uint32_t top = RATE_MAX;

    while (top && !r->of[severity].seconds[top].all)
        top--;
    *c = (struct log_ceiling){.severity = severity,
                              .count = top,
                              .at = r->of[severity].seconds[top].all,
                              .numbered = r->of[severity].seconds[top].numbered,
                              .holed = r->of[severity].seconds[top].holed};
    for (uint32_t n = top; n > top / 2; n--)
        c->busy += r->of[severity].seconds[n].all;
    if (top < CEILING_COUNT || top == RATE_MAX || c->at < CEILING_SECONDS ||
        c->at < c->busy - c->at)
        return false;
    c->kind = kind_of(r, c);
    return true;
}

size_t log_rate_ceilings(struct log_rate *r, struct log_ceiling out[static SEVERITIES])
{
    size_t n = 0;

    for (unsigned s = 0; s < SEVERITIES; s++) {
        end_second(r, s);
        if (r->of[s].last.built)
            end_numbers(r, s);
        r->of[s].last = (struct log_second){0};
        n += is_ceiling(r, s, &out[n]);
    }
    return n;
}
