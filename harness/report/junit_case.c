/* One case of a JUnit report. What its readers demand: never two failures, never a failure that is
 * skipped too; at most one system-out, which Jenkins cuts to its first and last 500 characters when
 * the case passed; attachment tags last in it, one a line; the message in the text as well, because
 * GitLab shows nothing else; types that are plain CamelCase words. */
#include "report/junit_parts.h"

#define MESSAGE_MAX 500u   /* bytes of an attribute; the text has more */
#define DETAIL_MAX  4000u  /* of one finding in the text */
#define TEXT_MAX    60000u /* of all of it; everything is in run.json */
#define SUMMARY_MAX 300u   /* first line of system-out */
#define TAGS_MAX    600u   /* attachment tags: with the summary below the 1000 that Jenkins keeps */

/* S up to MAX bytes, with a mark when that is not all. What is cut in the middle of a character is
 * written out by the cleaning that follows. */
static void put_cut(const char *s, size_t max, struct buf *out)
{
    size_t n = strlen(s);

    buf_add(out, s, n < max ? n : max);
    if (n > max)
        buf_addf(out, "... (%zu bytes in all)", n);
}

static void put_metrics(const struct judgement *j, struct buf *out)
{
    struct buf name = BUF_INIT, value = BUF_INIT;

    for (size_t i = 0; i < j->nmetrics; i++) {
        const struct metric *m = &j->metrics[i];
        buf_clear(&name);
        buf_clear(&value);
        buf_addf(&name, "%s%s%s", m->stream ? m->stream : "", m->stream ? "." : "", m->name);
        put_metric_value(&value, m);
        junit_property(out, buf_str(&name), buf_str(&value));
    }
    buf_release(&name);
    buf_release(&value);
}

/* A property's name occurs once: of equal ones Jenkins keeps the last alone. */
static void put_properties(const struct report_case *c, struct buf *out)
{
    struct buf b = BUF_INIT;

    buf_adds(out, "      <properties>\n");
    junit_property(out, "verdict", verdict_name(c->verdict));
    if (c->title)
        junit_property(out, "title", c->title);
    if (c->device)
        junit_property(out, "device", c->device);
    for (size_t i = 0; i < c->ntags; i++)
        buf_addf(&b, "%s%s", i ? " " : "", c->tags[i]);
    if (c->ntags)
        junit_property(out, "tags", buf_str(&b));
    if (c->judgement)
        put_metrics(c->judgement, out);
    if (c->evidence)
        junit_property(out, "attachment", c->evidence);
    for (size_t i = 0; i < c->nattachments; i++) {
        buf_clear(&b);
        buf_addf(&b, "attachment%zu", i + 2);
        junit_property(out, buf_str(&b), c->attachments[i]);
    }
    buf_adds(out, "      </properties>\n");
    buf_release(&b);
}

static const char *type_of(enum verdict v)
{
    switch (v) {
    case VERDICT_FAIL: return "ExpectationFailed";
    case VERDICT_INCONCLUSIVE: return "EvidenceMissing";
    case VERDICT_UNRESOLVED: return "StimulusUnresolved";
    default: return "BenchError";
    }
}

/* First line: place and reason. Then every other finding that is not good. */
static void put_details(const struct report_case *c, struct buf *text)
{
    const struct judgement *j = c->judgement;
    size_t left = 0;

    put_place(c, text);
    buf_adds(text, ": ");
    put_cut(case_reason(c), DETAIL_MAX, text);
    buf_adds(text, "\n");
    for (size_t i = 1; j && i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        if (f->verdict == VERDICT_PASS)
            continue;
        if (text->n > TEXT_MAX) {
            left++;
            continue;
        }
        buf_addf(text, "%s:%d: %s: %s: ", f->file ? f->file : c->file, f->file ? f->line : c->line,
                 f->rule, verdict_name(f->verdict));
        put_cut(f->message, DETAIL_MAX, text);
        buf_adds(text, "\n");
    }
    if (left)
        buf_addf(text, "%zu more are in run.json\n", left);
    if (c->rerun)
        buf_addf(text, "re-run: %s\n", c->rerun);
}

static void put_outcome(const struct report_case *c, struct buf *out)
{
    const char *element = c->verdict == VERDICT_SKIPPED ? "skipped"
                          : c->verdict == VERDICT_FAIL  ? "failure"
                                                        : "error";
    struct buf b = BUF_INIT;

    if (c->verdict == VERDICT_PASS)
        return;
    buf_addf(out, "      <%s", element);
    put_cut(case_reason(c), MESSAGE_MAX, &b);
    junit_attr(out, "message", buf_str(&b));
    if (c->verdict != VERDICT_SKIPPED)
        junit_attr(out, "type", type_of(c->verdict));
    buf_adds(out, ">");
    buf_clear(&b);
    if (c->verdict == VERDICT_SKIPPED)
        put_cut(case_reason(c), DETAIL_MAX, &b);
    else
        put_details(c, &b);
    xml_put_text(buf_bytes(&b), out);
    buf_addf(out, "</%s>\n", element);
    buf_release(&b);
}

/* Tags that would pass the limit, or be read as something else, are left out: they are in the
 * properties and in run.json. */
static void put_tag(struct buf *text, size_t start, const char *path)
{
    if (text->n - start + strlen(path) + 20 <= TAGS_MAX && !strpbrk(path, "[]|\r\n"))
        buf_addf(text, "[[ATTACHMENT|%s]]\n", path);
}

static void put_output(const struct report_case *c, struct buf *out)
{
    struct buf text = BUF_INIT, clean = BUF_INIT;

    if (!c->evidence)
        return;
    /* cleaned before it is cut: control characters grow when they are written out */
    buf_addf(&clean, "%s: ", verdict_name(c->verdict));
    put_plain(&clean, case_reason(c));
    put_cut(buf_str(&clean), SUMMARY_MAX, &text);
    buf_adds(&text, "\n");
    size_t start = text.n;
    put_tag(&text, start, c->evidence);
    for (size_t i = 0; i < c->nattachments; i++)
        put_tag(&text, start, c->attachments[i]);
    buf_adds(out, "      <system-out>");
    xml_put_text(buf_bytes(&text), out);
    buf_adds(out, "</system-out>\n");
    buf_release(&text);
    buf_release(&clean);
}

void junit_case(const struct report_case *c, enum junit_flavour flavour, struct buf *out)
{
    const char *suite = junit_suite(c);

    buf_adds(out, "    <testcase");
    junit_attr(out, "name", c->id);
    /* Jenkins shows what stands before the last dot as the package */
    buf_adds(out, " classname=\"holdfast.");
    xml_put_attr(bytes_str(strcmp(suite, "holdfast") == 0 ? "cases" : suite), out);
    buf_addc(out, '"');
    junit_time(out, c->wall_s);
    if (flavour == JUNIT_RICH) {
        junit_attr(out, "file", c->file);
        buf_addf(out, " line=\"%d\"", c->line);
    }
    buf_adds(out, ">\n");
    if (flavour == JUNIT_RICH)
        put_properties(c, out);
    put_outcome(c, out);
    put_output(c, out);
    buf_adds(out, "    </testcase>\n");
}
