/* Files that are wrong in every way we could think of, and all that is said about each: place,
 * words, the nearest right word, nothing twice. The schemas for other tools refuse what a grammar
 * can refuse. */
#include "base/buf.h"
#include "plan/plan.h"
#include "tests/bad_cases.h"
#include "tests/testkit.h"
#include "tests/xmllint.h"

#include <dirent.h>
#include <stdio.h>

#define BAD "harness/tests/bad/"

static const struct plan_options options = {.root = "harness/tests"};

/* What loading FILE says, in the form of the rows. */
static void said(const char *file, struct buf *out)
{
    struct plan *p = NULL;
    struct plan_problem *problems = NULL;
    struct buf path = BUF_INIT;

    buf_addf(&path, BAD "%s.xml", file);
    assert_int_not_equal(plan_load(path.s, &options, &p, &problems), ERR_OK);
    assert_null(p);
    for (const struct plan_problem *x = problems; x; x = x->next) {
        const struct diag *d = &x->diag;
        assert_int_not_equal(d->err, ERR_OK);
        if (x != problems)
            buf_addc(out, '\n');
        if (strcmp(d->file, path.s) != 0)
            buf_addf(out, "%s:", d->file + strlen(BAD));
        if (d->line)
            buf_addf(out, "%d: ", d->line);
        buf_adds(out, d->text);
    }
    plan_problems_free(problems);
    buf_release(&path);
}

/* True when LINE (N bytes) is as WANT (M bytes) says. */
static bool fits(const char *want, size_t m, const char *line, size_t n)
{
    if (m && want[m - 1] == '*')
        return n >= m - 1 && memcmp(line, want, m - 1) == 0;
    return n == m && memcmp(line, want, n) == 0;
}

static bool all_fit(const char *want, const char *got)
{
    bool skips = false;

    for (;;) {
        size_t m = strcspn(want, "\n"), n = strcspn(got, "\n");
        if (m == 3 && memcmp(want, "...", 3) == 0) {
            skips = true;
            want += m + 1;
            continue;
        }
        if (fits(want, m, got, n)) {
            skips = false;
            if (!want[m] || !got[n])
                return want[m] == got[n];
            want += m + 1;
        } else if (!skips || !got[n]) {
            return false;
        }
        got += n + 1;
    }
}

static void says_what_its_row_says(void **state)
{
    const struct row *r = *state;
    struct buf got = BUF_INIT;

    said(r->file, &got);
    if (!all_fit(r->said, buf_str(&got)))
        fail_msg("%s.xml\n--- expected\n%s\n--- said\n%s", r->file, r->said, buf_str(&got));
    buf_release(&got);
}

static void every_bad_file_has_a_row(void **state)
{
    DIR *d = opendir(BAD);
    size_t found = 0;

    (void)state;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        size_t n = strlen(e->d_name), i = 0;
        if (n < 5 || strcmp(e->d_name + n - 4, ".xml") != 0)
            continue;
        while (i < COUNT(rows) && strncmp(rows[i].file, e->d_name, n - 4) != 0)
            i++;
        if (i == COUNT(rows))
            fail_msg("%s has no row", e->d_name);
        found++;
    }
    closedir(d);
    assert_int_equal(found, COUNT(rows));
}

static void schemas_refuse_what_a_grammar_can(void **state)
{
    struct xmllint rng, xsd;

    (void)state;
    xmllint_run(&rng, "--relaxng cases/case-1.rng", BAD "*.xml");
    xmllint_run(&xsd, "--schema cases/case-1.xsd", BAD "*.xml");
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf path = BUF_INIT;
        buf_addf(&path, BAD "%s.xml", rows[i].file);
        if (xmllint_accepts(&rng, path.s) != (rows[i].schemas == NEITHER))
            fail_msg("RELAX NG says otherwise about %s", path.s);
        if (xmllint_accepts(&xsd, path.s) != (rows[i].schemas != BOTH))
            fail_msg("XSD says otherwise about %s", path.s);
        buf_release(&path);
    }
    xmllint_release(&rng);
    xmllint_release(&xsd);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 2];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] =
            (struct CMUnitTest){rows[i].file, says_what_its_row_says, NULL, NULL, (void *)&rows[i]};
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(every_bad_file_has_a_row);
    tests[COUNT(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(schemas_refuse_what_a_grammar_can);
    return _cmocka_run_group_tests("bad cases", tests, COUNT(tests), NULL, NULL);
}
