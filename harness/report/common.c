#include "report/report_parts.h"
#include "wire/civil.h"

#include <stdio.h>

const char *case_reason(const struct report_case *c)
{
    if (c->judgement && c->judgement->nfindings)
        return c->judgement->findings[0].message;
    return c->why ? c->why : verdict_name(c->verdict);
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

void report_count(const struct report_run *run, struct report_counts *out)
{
    *out = (struct report_counts){0};
    for (size_t i = 0; i < run->ncases; i++) {
        switch (run->cases[i].verdict) {
        case VERDICT_PASS: out->passed++; break;
        case VERDICT_SKIPPED: out->skipped++; break;
        case VERDICT_FAIL: out->failed++; break;
        default: out->errors++;
        }
    }
}

void put_timestamp(int64_t unix_s, struct buf *out)
{
    struct civil t = civil_from_unix(unix_s);

    buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute,
             t.second);
}

void put_xml(struct buf *out, const char *s)
{
    struct buf clean = BUF_INIT;

    xml_clean(bytes_str(s), &clean);
    for (const char *c = buf_str(&clean); *c; c++) {
        switch (*c) {
        case '&': buf_adds(out, "&amp;"); break;
        case '<': buf_adds(out, "&lt;"); break;
        case '>': buf_adds(out, "&gt;"); break;
        case '"': buf_adds(out, "&quot;"); break;
        case '\r': buf_adds(out, "&#13;"); break;
        default: buf_addc(out, *c);
        }
    }
    buf_release(&clean);
}

void put_json(struct buf *out, const char *s)
{
    struct buf clean = BUF_INIT;

    xml_clean(bytes_str(s), &clean); /* what XML takes is valid UTF-8, so JSON takes it too */
    buf_addc(out, '"');
    for (const char *c = buf_str(&clean); *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_addf(out, "\\%c", *c);
        else if ((unsigned char)*c < 0x20)
            buf_addf(out, "\\u%04x", (unsigned char)*c);
        else
            buf_addc(out, *c);
    }
    buf_addc(out, '"');
    buf_release(&clean);
}

/* Fixed point by hand: printf's point follows the locale. */
void put_number(struct buf *out, double v, int decimals)
{
    char digits[24];
    double scale = 1;

    for (int i = 0; i < decimals; i++)
        scale *= 10;
    if (v < 0) {
        buf_addc(out, '-');
        v = -v;
    }
    if (v > 9e15) {
        buf_addf(out, "%.0f", v);
        return;
    }
    unsigned long long n = (unsigned long long)(v * scale + 0.5), s = (unsigned long long)scale;
    buf_addf(out, "%llu", n / s);
    n %= s;
    if (n == 0)
        return;
    snprintf(digits, sizeof(digits), "%0*llu", decimals, n);
    size_t len = strlen(digits);
    while (len && digits[len - 1] == '0')
        len--;
    buf_addc(out, '.');
    buf_add(out, digits, len);
}
