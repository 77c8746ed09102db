#include "report/report_parts.h"

#include "wire/civil.h"

#include <float.h>
#include <stdio.h>

const char *case_reason(const struct report_case *c)
{
    const struct judgement *j = c->judgement;

    if (j && j->nfindings && j->findings[0].message)
        return j->findings[0].message;
    return c->why && *c->why ? c->why : verdict_name(c->verdict);
}

void put_place(const struct report_case *c, struct buf *out)
{
    const struct finding *f =
        c->judgement && c->judgement->nfindings ? &c->judgement->findings[0] : NULL;

    if (f && f->file)
        buf_addf(out, "%s:%d", f->file, f->line);
    else
        buf_addf(out, "%s:%d", c->file, c->line);
}

void count_verdict(enum verdict v, struct report_counts *out)
{
    switch (v) {
    case VERDICT_PASS: out->passed++; break;
    case VERDICT_SKIPPED: out->skipped++; break;
    case VERDICT_FAIL: out->failed++; break;
    default: out->errors++;
    }
}

void report_count(const struct report_run *run, struct report_counts *out)
{
    *out = (struct report_counts){0};
    for (size_t i = 0; i < run->ncases; i++)
        count_verdict(run->cases[i].verdict, out);
}

void put_timestamp(int64_t unix_s, struct buf *out)
{
    struct civil t = civil_from_unix(unix_s);

    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute,
             t.second);
}

bool is_finite(double v)
{
    return v >= -DBL_MAX && v <= DBL_MAX;
}

/* By hand, because printf's point follows the locale. Returns where the fraction's digits begin in
 * OUT, or its end when there are none. */
static size_t put_decimal(struct buf *out, double v, int decimals)
{
    uint64_t scale = 1;

    for (int i = 0; i < decimals; i++)
        scale *= 10;
    double size = v < 0 ? -v : v;
    if (size >= 9e18 / (double)scale) { /* such a number has no fraction worth printing */
        buf_addf(out, "%.0f", v);
        return out->n;
    }
    size *= (double)scale;
    uint64_t n = (uint64_t)size;
    n += size - (double)n >= 0.5; /* + 0.5 first would round whole numbers beyond 2^52 */
    buf_addf(out, "%s%llu", v < 0 && n ? "-" : "", (unsigned long long)(n / scale));
    if (decimals == 0)
        return out->n;
    buf_addf(out, ".%0*llu", decimals, (unsigned long long)(n % scale));
    return out->n - (size_t)decimals;
}

void put_fixed(struct buf *out, double v, int decimals)
{
    (void)put_decimal(out, v, decimals);
}

void put_number(struct buf *out, double v, int decimals)
{
    size_t fraction = put_decimal(out, v, decimals);

    if (fraction == out->n)
        return;
    while (out->n > fraction && out->s[out->n - 1] == '0')
        out->n--;
    if (out->n == fraction)
        out->n--; /* the point */
    out->s[out->n] = '\0';
}

void put_metric_value(struct buf *out, const struct metric *m)
{
    if (m->is_null)
        buf_addf(out, "null (%s)", m->why_null ? m->why_null : "not measured");
    else if (m->text)
        buf_adds(out, m->text);
    else if (is_finite(m->value))
        put_number(out, m->value, m->is_integer ? 0 : 3);
    else
        buf_adds(out, "null (not a number)");
}
