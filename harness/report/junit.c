/* JUnit XML: one flat level of suites, each with all its counts, because readers of JUnit drop
 * nested suites and trip over missing attributes. */
#include "report/junit_parts.h"

void junit_attr(struct buf *out, const char *name, const char *value)
{
    buf_addf(out, " %s=\"", name);
    xml_put_attr(bytes_str(value), out);
    buf_addc(out, '"');
}

void junit_property(struct buf *out, const char *name, const char *value)
{
    buf_adds(out, "        <property");
    junit_attr(out, "name", name);
    junit_attr(out, "value", value);
    buf_adds(out, "/>\n");
}

/* Seconds with three decimals: a comma would be read as thousands by Jenkins, and the schema takes
 * no more digits. A negative time would count as none. */
void junit_time(struct buf *out, double s)
{
    buf_adds(out, " time=\"");
    put_fixed(out, s > 0 && is_finite(s) ? s : 0, 3);
    buf_addc(out, '"');
}

const char *junit_suite(const struct report_case *c)
{
    return c->suite && *c->suite ? c->suite : "holdfast";
}

static void put_counts(struct buf *out, const struct report_counts *n)
{
    buf_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"",
             n->passed + n->failed + n->errors + n->skipped, n->failed, n->errors);
}

static void put_suite_properties(const struct report_run *run, struct buf *out)
{
    struct buf seed = BUF_INIT;

    buf_adds(out, "      <properties>\n");
    buf_addf(&seed, "%llu", (unsigned long long)run->seed);
    junit_property(out, "seed", buf_str(&seed));
    junit_property(out, "version", run->version);
    if (run->interrupted)
        junit_property(out, "interrupted", "true");
    buf_adds(out, "      </properties>\n");
    buf_release(&seed);
}

static void put_suite(const struct report_run *run, const char *suite, size_t id,
                      enum junit_flavour flavour, struct buf *out)
{
    struct report_counts n = {0};
    struct buf at = BUF_INIT;
    double time = 0;

    for (size_t i = 0; i < run->ncases; i++) {
        if (strcmp(junit_suite(&run->cases[i]), suite) == 0) {
            count_verdict(run->cases[i].verdict, &n);
            time += run->cases[i].wall_s;
        }
    }
    buf_adds(out, "  <testsuite");
    junit_attr(out, "name", suite);
    buf_addf(out, " package=\"holdfast\" id=\"%zu\"", id);
    put_counts(out, &n);
    buf_addf(out, " skipped=\"%zu\"", n.skipped);
    junit_time(out, time);
    put_timestamp(run->started_s, &at);
    junit_attr(out, "timestamp", buf_str(&at));
    junit_attr(out, "hostname", run->hostname ? run->hostname : "localhost");
    buf_adds(out, ">\n");
    put_suite_properties(run, out);
    for (size_t i = 0; i < run->ncases; i++) {
        if (strcmp(junit_suite(&run->cases[i]), suite) == 0)
            junit_case(&run->cases[i], flavour, out);
    }
    buf_adds(out, "  </testsuite>\n");
    buf_release(&at);
}

static bool is_first_of_suite(const struct report_run *run, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(junit_suite(&run->cases[k]), junit_suite(&run->cases[i])) == 0)
            return false;
    }
    return true;
}

void report_junit(const struct report_run *run, enum junit_flavour flavour, struct buf *out)
{
    struct report_counts n;
    size_t id = 0;

    report_count(run, &n);
    buf_adds(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    junit_attr(out, "name", run->name ? run->name : "holdfast");
    put_counts(out, &n);
    junit_time(out, run->wall_s);
    buf_adds(out, ">\n");
    if (run->ncases == 0) /* some readers take a file without a suite for a broken one */
        put_suite(run, "holdfast", 0, flavour, out);
    for (size_t i = 0; i < run->ncases; i++) {
        if (is_first_of_suite(run, i))
            put_suite(run, junit_suite(&run->cases[i]), id++, flavour, out);
    }
    buf_adds(out, "</testsuites>\n");
}
