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

static void end_second(struct log_rate *r, unsigned severity)
{
    uint32_t n = r->of[severity].count;

    if (n)
        r->of[severity].seconds[n < RATE_MAX ? n : RATE_MAX]++;
    r->of[severity].count = 0;
}

static void take_count(struct log_rate *r, unsigned severity, int64_t second)
{
    if (severity >= SEVERITIES || second < 0)
        return;
    if (r->of[severity].second != second)
        end_second(r, severity);
    r->of[severity].second = second;
    if (r->of[severity].count < UINT32_MAX)
        r->of[severity].count++;
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
    take_count(r, log->severity, second);
}

/* Is the highest count one that load would not stop at? */
static bool is_ceiling(const uint32_t *seconds, struct log_ceiling *c)
{
    uint32_t top = RATE_MAX;

    while (top && !seconds[top])
        top--;
    c->count = top;
    c->at = seconds[top];
    c->busy = 0;
    for (uint32_t n = top; n > top / 2; n--)
        c->busy += seconds[n];
    return top >= CEILING_COUNT && top < RATE_MAX && c->at >= CEILING_SECONDS &&
           c->at >= c->busy - c->at;
}

size_t log_rate_ceilings(struct log_rate *r, struct log_ceiling out[static SEVERITIES])
{
    size_t n = 0;

    for (unsigned s = 0; s < SEVERITIES; s++) {
        end_second(r, s);
        out[n].severity = s;
        n += is_ceiling(r->of[s].seconds, &out[n]);
    }
    return n;
}
