/* JUnit XML. The strict flavour is valid by Jenkins' junit-10.xsd; the rich one adds what GitLab,
 * GitHub and Azure readers use: file, line and properties of a case. One system-out a case, short,
 * with attachment tags last, one a line; no CDATA; the message repeated in the text. */
#include "report/report_parts.h"

#define TEXT_MAX 20000 /* bytes of a failure's text; everything is in run.json */
#define ATTACHED 600   /* bytes of attachment tags: a passing case's output is cut at 1000 */

struct tally {
    size_t tests, failures, errors, skipped;
    double time;
};

static const char *suite_of(const struct report_case *c)
{
    return c->suite && *c->suite ? c->suite : "holdfast";
}

static struct tally count(const struct report_run *run, const char *suite)
{
    struct tally t = {0};

    for (size_t i = 0; i < run->ncases; i++) {
        const struct report_case *c = &run->cases[i];
        if (suite && strcmp(suite_of(c), suite) != 0)
            continue;
        t.tests++;
        t.failures += c->verdict == VERDICT_FAIL;
        t.skipped += c->verdict == VERDICT_SKIPPED;
        t.errors += c->verdict == VERDICT_ERROR || c->verdict == VERDICT_UNRESOLVED ||
                    c->verdict == VERDICT_INCONCLUSIVE;
        t.time += c->wall_s;
    }
    return t;
}

static void put_time(struct buf *out, double s)
{
    buf_adds(out, " time=\"");
    put_number(out, s < 0 ? 0 : s, 3);
    buf_addc(out, '"');
}

static void put_attr(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, " %s=\"", name);
    put_xml(out, value);
    buf_addc(out, '"');
}

static void put_property(struct buf *out, const char *name, const char *value)
{
    buf_adds(out, "        <property");
    put_attr(out, "name", name);
    put_attr(out, "value", value);
    buf_adds(out, "/>\n");
}

static void put_metric_property(struct buf *out, const struct metric *m)
{
    struct buf name = BUF_INIT, value = BUF_INIT;

    buf_addf(&name, "%s%s%s", m->stream ? m->stream : "", m->stream ? "." : "", m->name);
    if (m->is_null)
        buf_addf(&value, "null (%s)", m->why_null);
    else if (m->text)
        buf_adds(&value, m->text);
    else
        put_number(&value, m->value, m->is_integer ? 0 : 3);
    put_property(out, buf_str(&name), buf_str(&value));
    buf_release(&name);
    buf_release(&value);
}

static void put_case_properties(const struct report_case *c, struct buf *out)
{
    const struct judgement *j = c->judgement;

    buf_adds(out, "      <properties>\n");
    put_property(out, "verdict", verdict_name(c->verdict));
    if (c->device)
        put_property(out, "device", c->device);
    for (size_t i = 0; i < c->ntags; i++)
        put_property(out, "tag", c->tags[i]);
    for (size_t i = 0; j && i < j->nmetrics; i++)
        put_metric_property(out, &j->metrics[i]);
    if (c->evidence)
        put_property(out, "attachment", c->evidence);
    for (size_t i = 0; i < c->nattachments; i++)
        put_property(out, "attachment", c->attachments[i]);
    buf_adds(out, "      </properties>\n");
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

/* First line: place and reason. Then every finding that is not good. */
static void put_details(const struct report_case *c, struct buf *out)
{
    const struct judgement *j = c->judgement;
    struct buf text = BUF_INIT;

    put_place(c, &text);
    buf_addf(&text, ": %s\n", case_reason(c));
    for (size_t i = 1; j && i < j->nfindings; i++) {
        const struct finding *f = &j->findings[i];
        if (f->verdict == VERDICT_PASS)
            continue;
        buf_addf(&text, "%s:%d: %s: %s: %s\n", f->file ? f->file : c->file,
                 f->file ? f->line : c->line, f->rule, verdict_name(f->verdict), f->message);
    }
    if (c->rerun)
        buf_addf(&text, "re-run: %s\n", c->rerun);
    if (text.n > TEXT_MAX) {
        text.s[TEXT_MAX] = '\0';
        put_xml(out, buf_str(&text));
        buf_adds(out, "\n(cut)");
    } else {
        put_xml(out, buf_str(&text));
    }
    buf_release(&text);
}

static void put_outcome(const struct report_case *c, struct buf *out)
{
    const char *element = c->verdict == VERDICT_FAIL ? "failure" : "error";

    if (c->verdict == VERDICT_PASS)
        return;
    if (c->verdict == VERDICT_SKIPPED) {
        buf_adds(out, "      <skipped");
        put_attr(out, "message", case_reason(c));
        buf_adds(out, ">");
        put_xml(out, case_reason(c));
        buf_adds(out, "</skipped>\n");
        return;
    }
    buf_addf(out, "      <%s", element);
    put_attr(out, "message", case_reason(c));
    put_attr(out, "type", type_of(c->verdict));
    buf_adds(out, ">");
    put_details(c, out);
    buf_addf(out, "</%s>\n", element);
}

static void put_tag(struct buf *out, size_t start, const char *path)
{
    if (out->n - start + strlen(path) < ATTACHED)
        buf_addf(out, "[[ATTACHMENT|%s]]\n", path);
}

static void put_output(const struct report_case *c, struct buf *out)
{
    struct buf text = BUF_INIT;

    if (!c->evidence)
        return;
    buf_addf(&text, "%s: %.160s\n", verdict_name(c->verdict), case_reason(c));
    size_t start = text.n;
    put_tag(&text, start, c->evidence);
    for (size_t i = 0; i < c->nattachments; i++)
        put_tag(&text, start, c->attachments[i]);
    buf_adds(out, "      <system-out>");
    put_xml(out, buf_str(&text));
    buf_adds(out, "</system-out>\n");
    buf_release(&text);
}

static void put_case(const struct report_case *c, enum junit_flavour flavour, struct buf *out)
{
    buf_adds(out, "    <testcase");
    put_attr(out, "name", c->id);
    buf_adds(out, " classname=\"holdfast.");
    put_xml(out, suite_of(c));
    buf_addc(out, '"');
    put_time(out, c->wall_s);
    if (flavour == JUNIT_RICH) {
        put_attr(out, "file", c->file);
        buf_addf(out, " line=\"%d\"", c->line);
    }
    buf_adds(out, ">\n");
    if (flavour == JUNIT_RICH)
        put_case_properties(c, out);
    put_outcome(c, out);
    put_output(c, out);
    buf_adds(out, "    </testcase>\n");
}

static void put_suite(const struct report_run *run, const char *suite, size_t id,
                      enum junit_flavour flavour, struct buf *out)
{
    struct tally t = count(run, suite);
    struct buf b = BUF_INIT;

    buf_adds(out, "  <testsuite");
    put_attr(out, "name", suite);
    buf_addf(out,
             " package=\"holdfast\" id=\"%zu\" tests=\"%zu\" failures=\"%zu\" errors=\"%zu\""
             " skipped=\"%zu\"",
             id, t.tests, t.failures, t.errors, t.skipped);
    put_time(out, t.time);
    put_timestamp(run->started_s, &b);
    put_attr(out, "timestamp", buf_str(&b));
    put_attr(out, "hostname", run->hostname ? run->hostname : "localhost");
    buf_adds(out, ">\n    <properties>\n");
    buf_clear(&b);
    buf_addf(&b, "%llu", (unsigned long long)run->seed);
    put_property(out, "seed", buf_str(&b));
    put_property(out, "version", run->version);
    buf_adds(out, "    </properties>\n");
    for (size_t i = 0; i < run->ncases; i++) {
        if (strcmp(suite_of(&run->cases[i]), suite) == 0)
            put_case(&run->cases[i], flavour, out);
    }
    buf_adds(out, "  </testsuite>\n");
    buf_release(&b);
}

static bool is_first_of_suite(const struct report_run *run, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(suite_of(&run->cases[k]), suite_of(&run->cases[i])) == 0)
            return false;
    }
    return true;
}

void report_junit(const struct report_run *run, enum junit_flavour flavour, struct buf *out)
{
    struct tally t = count(run, NULL);
    size_t id = 0;

    buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    put_attr(out, "name", run->name ? run->name : "holdfast");
    buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", t.tests, t.failures, t.errors);
    put_time(out, run->wall_s);
    buf_adds(out, ">\n");
    for (size_t i = 0; i < run->ncases; i++) {
        if (is_first_of_suite(run, i))
            put_suite(run, suite_of(&run->cases[i]), id++, flavour, out);
    }
    buf_adds(out, "</testsuites>\n");
}
