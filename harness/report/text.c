/* What a person reads while a run goes on, and at its end. */
#include "report/report_parts.h"

static const char *sgr(enum verdict v)
{
    switch (v) {
    case VERDICT_PASS: return "\033[32m";
    case VERDICT_FAIL: return "\033[31m";
    case VERDICT_SKIPPED: return "\033[36m";
    default: return "\033[33m";
    }
}

static void put_verdict(enum verdict v, bool colour, struct buf *out)
{
    buf_addf(out, "%s%s%s", colour ? sgr(v) : "", verdict_name(v), colour ? "\033[0m" : "");
}

/* Control characters of a device's log must not reach a terminal. */
static void put_plain(const char *s, struct buf *out)
{
    xml_clean(bytes_str(s), out);
}

static void put_findings(const struct report_case *c, bool colour, int verbose, struct buf *out)
{
    const struct judgement *j = c->judgement;

    /* the first bad one is in the headline */
    for (size_t i = c->verdict != VERDICT_PASS && verbose < 1; j && i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        if (f->verdict == VERDICT_PASS && verbose < 1)
            continue;
        buf_adds(out, "     ");
        put_verdict(f->verdict, colour, out);
        buf_addf(out, " %s: ", f->rule);
        put_plain(f->message, out);
        buf_adds(out, "\n");
    }
}

static void put_metrics(const struct report_case *c, struct buf *out)
{
    const struct judgement *j = c->judgement;

    for (size_t i = 0; j && i < j->nmetrics; i++) {
        const struct metric *m = &j->metrics[i];
        buf_addf(out, "       %s%s%s = ", m->stream ? m->stream : "", m->stream ? "." : "",
                 m->name);
        if (m->is_null)
            buf_addf(out, "null (%s)", m->why_null);
        else if (m->text)
            put_plain(m->text, out);
        else
            put_number(out, m->value, m->is_integer ? 0 : 3);
        buf_adds(out, "\n");
    }
}

void report_text_case(const struct report_case *c, bool colour, int verbose, struct buf *out)
{
    put_verdict(c->verdict, colour, out);
    buf_addf(out, " %s  ", c->id);
    if (c->verdict != VERDICT_PASS) {
        put_place(c, out);
        buf_adds(out, ": ");
        put_plain(case_reason(c), out);
        buf_adds(out, "\n");
    } else {
        put_number(out, c->run_s, 1);
        buf_adds(out, " s run, ");
        put_number(out, c->wall_s, 2);
        buf_adds(out, " s\n");
    }
    if (verbose >= 1 || (c->judgement && c->verdict != VERDICT_PASS))
        put_findings(c, colour, verbose, out);
    if (verbose >= 2)
        put_metrics(c, out);
    if (c->verdict != VERDICT_PASS && c->rerun && c->verdict != VERDICT_SKIPPED)
        buf_addf(out, "     re-run: %s\n", c->rerun);
}

void report_text_summary(const struct report_run *run, bool colour, struct buf *out)
{
    struct report_counts n;

    (void)colour; /* the last line is for grep */
    report_count(run, &n);
    if (run->interrupted)
        buf_adds(out, "interrupted: what is missing was not run\n");
    buf_addf(out, "%zu passed, %zu failed, %zu skipped", n.passed, n.failed, n.skipped);
    if (n.errors)
        buf_addf(out, ", %zu without a verdict", n.errors);
    buf_adds(out, "\n");
}
