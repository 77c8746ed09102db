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

static void put_finding(const struct finding *f, bool colour, struct buf *out)
{
    buf_adds(out, "     ");
    put_verdict(f->verdict, colour, out);
    buf_addf(out, " %s: ", f->rule);
    if (f->file) {
        put_plain(out, f->file);
        buf_addf(out, ":%d: ", f->line);
    }
    put_plain(out, f->message);
    buf_adds(out, "\n");
}

/* The first bad one is in the headline. */
static void put_findings(const struct report_case *c, bool colour, int verbose, struct buf *out)
{
    const struct judgement *j = c->judgement;

    for (size_t i = 0; j && i < j->nfindings; i++) {
        bool told = i == 0 && c->verdict != VERDICT_PASS;
        if (verbose >= 1 || (j->findings[i].verdict != VERDICT_PASS && !told))
            put_finding(&j->findings[i], colour, out);
    }
}

void report_text_metrics(const struct judgement *j, struct buf *out)
{
    struct buf value = BUF_INIT;

    for (size_t i = 0; i < j->nmetrics; i++) {
        const struct metric *m = &j->metrics[i];
        buf_clear(&value);
        put_metric_value(&value, m);
        buf_addf(out, "       %s%s%s = ", m->stream ? m->stream : "", m->stream ? "." : "",
                 m->name);
        put_plain(out, buf_str(&value));
        buf_adds(out, "\n");
    }
    buf_release(&value);
}

static void put_times(const struct report_case *c, struct buf *out)
{
    if (c->wall_s <= 0)
        return;
    buf_adds(out, "  ");
    if (c->run_s > 0) {
        put_fixed(out, c->run_s, 1);
        buf_adds(out, " s played in ");
    }
    put_fixed(out, c->wall_s, 2);
    buf_adds(out, " s");
}

static void put_headline(const struct report_case *c, bool colour, struct buf *out)
{
    struct buf place = BUF_INIT;

    put_verdict(c->verdict, colour, out);
    buf_adds(out, " ");
    put_plain(out, c->id);
    if (c->verdict == VERDICT_PASS) {
        put_times(c, out);
        buf_addc(out, '\n');
        return;
    }
    buf_adds(out, "  ");
    put_place(c, &place);
    put_plain(out, buf_str(&place));
    buf_adds(out, ": ");
    put_plain(out, case_reason(c));
    buf_adds(out, "\n");
    buf_release(&place);
}

void report_text_case(const struct report_case *c, bool colour, int verbose, struct buf *out)
{
    put_headline(c, colour, out);
    put_findings(c, colour, verbose, out);
    if (verbose >= 2 && c->judgement)
        report_text_metrics(c->judgement, out);
    if (c->verdict != VERDICT_PASS && c->verdict != VERDICT_SKIPPED && c->rerun) {
        buf_adds(out, "     re-run: ");
        put_plain(out, c->rerun);
        buf_adds(out, "\n");
    }
}

void report_text_summary(const struct report_run *run, struct buf *out)
{
    struct report_counts n;

    report_count(run, &n);
    if (run->interrupted)
        buf_adds(out, "interrupted: what is skipped was not run\n");
    buf_addf(out, "%zu passed, %zu failed, %zu skipped", n.passed, n.failed, n.skipped);
    if (n.errors)
        buf_addf(out, ", %zu error%s", n.errors, n.errors == 1 ? "" : "s");
    buf_adds(out, "\n");
}
