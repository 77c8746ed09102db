/* The cases that come with the project: all load, all are valid by the schemas for other tools, the
 * schemas are those of the grammar that people read, and twins do the same to the device. */
#include "base/buf.h"
#include "plan/plan.h"
#include "plan/statements.h"
#include "tests/testkit.h"
#include "tests/xmllint.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct cases {
    char **paths;
    size_t n;
};

static int find_cases(void **state)
{
    static struct cases c;
    struct diag why = {0};

    if (plan_find("cases", &c.paths, &c.n, &why))
        fail_msg("%s", why.text);
    *state = &c;
    return 0;
}

static int release_cases(void **state)
{
    struct cases *c = *state;

    plan_paths_free(c->paths, c->n);
    return 0;
}

static struct plan *load_one(const char *path, bool second)
{
    struct plan_options o = {.second = second};
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    if (plan_load(path, &o, &p, &problems))
        fail_msg("%s:%d: %s", problems->diag.file, problems->diag.line, problems->diag.text);
    return p;
}

static struct plan *load(const char *path)
{
    return load_one(path, false);
}

/* Whether the file has another one. */
static bool reads_back_the_same(const char *path, bool second)
{
    struct plan_problem *problems = NULL;
    struct plan *p = load_one(path, second), *again = NULL;
    bool more = p->has_second;

    if (plan_from_resolved(p->resolved, &again, &problems))
        fail_msg("%s: %s", path, problems->diag.text);
    assert_int_equal(p->resolved.n, again->resolved.n);
    assert_memory_equal(p->resolved.p, again->resolved.p, p->resolved.n);
    plan_free(p);
    plan_free(again);
    return more;
}

static void every_case_loads_and_reads_back_the_same(void **state)
{
    const struct cases *c = *state;

    assert_true(c->n >= 24);
    for (size_t i = 0; i < c->n; i++) {
        if (reads_back_the_same(c->paths[i], false))
            assert_false(reads_back_the_same(c->paths[i], true));
    }
}

/* A case is found by its id in reports, and by its file's name here: they are one. */
static void every_case_says_what_it_is_and_why(void **state)
{
    const struct cases *c = *state;

    for (size_t i = 0; i < c->n; i++) {
        struct plan *p = load(c->paths[i]);
        struct buf name = BUF_INIT;
        buf_addf(&name, "cases/%s.xml", p->id);
        assert_string_equal(name.s, c->paths[i]);
        if (strlen(p->about) < 40 || p->nproves == 0 || p->ntags == 0)
            fail_msg("%s: <about>, <proves> and <tag> are for its reader", c->paths[i]);
        buf_release(&name);
        plan_free(p);
    }
}

/* What a case proves is a statement of the note, in the same words everywhere. */
static void every_case_names_statements_of_the_note(void **state)
{
    const struct cases *c = *state;
    struct statements doc;
    struct diag why = {0};
    struct arena arena;

    arena_init(&arena);
    if (statements_load(&arena, "cases/requirements/note-113014.xml", &doc, &why))
        fail_msg("%s:%d: %s", why.file, why.line, why.text);
    for (size_t i = 0; i < c->n; i++) {
        struct plan *p = load(c->paths[i]);
        for (size_t k = 0; k < p->nproves; k++) {
            struct buf words = BUF_INIT;
            bool found = false;
            for (size_t s = 0; s < doc.n && !found; s++) {
                buf_clear(&words);
                buf_addf(&words, "%s: %s", doc.v[s].id, doc.v[s].text);
                found = strcmp(buf_str(&words), p->proves[k]) == 0;
            }
            buf_release(&words);
            if (!found)
                fail_msg("%s proves no statement of the note: %s", p->id, p->proves[k]);
        }
        plan_free(p);
    }
    arena_release(&arena);
}

/* X-preserve-on has the twin X-preserve-off, and the other way round, where both exist: one
 * timeline, and devices that differ in the switch alone. */
static void assert_same_stimulus(const struct plan *on, const struct plan *off)
{
    assert_int_equal(on->nstreams, off->nstreams);
    assert_int_equal(on->nevents, off->nevents);
    for (size_t i = 0; i < on->nstreams; i++) {
        assert_string_equal(on->streams[i].at.file, off->streams[i].at.file);
        assert_int_equal(on->streams[i].at.line, off->streams[i].at.line);
    }
    for (size_t i = 0; i < on->nevents; i++) {
        assert_string_equal(on->events[i].at.file, off->events[i].at.file);
        assert_int_equal(on->events[i].at.line, off->events[i].at.line);
    }
    assert_int_equal(on->devices[0].nsettings, off->devices[0].nsettings);
    assert_string_equal(on->devices[0].config_text, off->devices[0].config_text);
    for (size_t i = 0; i < on->devices[0].nsettings; i++) {
        const struct plan_setting *a = &on->devices[0].settings[i],
                                  *b = &off->devices[0].settings[i];
        if (a->name && strcmp(a->name, "preserve-vpn-flows") == 0) {
            assert_string_equal(a->value, "on");
            assert_string_equal(b->value, "off");
        } else {
            assert_string_equal(a->value, b->value);
        }
    }
}

static void twins_do_the_same_to_the_device(void **state)
{
    static const char on_end[] = "-preserve-on.xml", off_end[] = "-preserve-off.xml";
    const struct cases *c = *state;
    size_t twins = 0;

    for (size_t i = 0; i < c->n; i++) {
        size_t n = strlen(c->paths[i]), m = strlen(on_end);
        struct buf other = BUF_INIT;
        if (n > m && strcmp(c->paths[i] + n - m, on_end) == 0) {
            buf_add(&other, c->paths[i], n - m);
            buf_adds(&other, off_end);
        }
        if (other.n && access(other.s, R_OK) == 0) {
            struct plan *on = load(c->paths[i]), *off = load(other.s);
            assert_same_stimulus(on, off);
            plan_free(on);
            plan_free(off);
            twins++;
        }
        buf_release(&other);
    }
    assert_true(twins >= 4);
}

/* --- schemas ---------------------------------------------------------------------------------- */
static void validate(const struct cases *c, const char *how)
{
    struct xmllint x;

    xmllint_run(&x, how, "cases/*.xml harness/tests/good/*.xml");
    for (size_t i = 0; i < c->n; i++) {
        if (!xmllint_accepts(&x, c->paths[i]))
            fail_msg("%s\n%s", how, x.said.s);
    }
    assert_true(xmllint_accepts(&x, "harness/tests/good/full.xml"));
    assert_true(xmllint_accepts(&x, "harness/tests/good/pair.xml"));
    xmllint_release(&x);
}

static void every_case_is_valid_by_relax_ng_and_xsd(void **state)
{
    validate(*state, "--relaxng cases/case-1.rng");
    validate(*state, "--schema cases/case-1.xsd");
}

/* As an editor sees them: includes not expanded, parts by themselves. */
static void cases_and_parts_are_valid_as_they_stand(void **state)
{
    static const char *const hows[] = {"--relaxng cases/case-1.rng", "--schema cases/case-1.xsd"};

    (void)state;
    for (size_t i = 0; i < COUNT(hows); i++) {
        struct buf command = BUF_INIT;
        buf_addf(&command,
                 "xmllint --nonet --noout %s cases/*.xml cases/parts/*.xml >build/schema.log 2>&1",
                 hows[i]);
        if (system(command.s) != 0)
            fail_msg("%s: see build/schema.log", hows[i]);
        buf_release(&command);
    }
    assert_int_equal(remove("build/schema.log"), 0);
}

/* trang (Debian: trang) makes both from case-1.rnc; it needs Java, so it need not be here. */
static void generated_schemas_are_those_of_the_grammar(void **state)
{
    char dir[] = "/tmp/holdfast-schema-XXXXXX";
    struct buf command = BUF_INIT;
    int differs;

    (void)state;
    if (system("command -v trang >/dev/null") != 0) {
        printf("SKIPPED: trang is not here to make cases/case-1.rng and .xsd anew\n");
        skip();
    }
    assert_non_null(mkdtemp(dir));
    buf_addf(&command,
             "cd %s && cp \"$OLDPWD\"/cases/case-1.rnc . && trang case-1.rnc case-1.rng && "
             "trang case-1.rnc case-1.xsd && for f in case-1.rng case-1.xsd xi.xsd xml.xsd; do "
             "cmp $f \"$OLDPWD\"/cases/$f || exit 1; done",
             dir);
    differs = system(command.s);
    buf_clear(&command);
    buf_addf(&command, "rm -r %s", dir);
    assert_int_equal(system(command.s), 0);
    buf_release(&command);
    assert_int_equal(differs, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_loads_and_reads_back_the_same),
        cmocka_unit_test(every_case_says_what_it_is_and_why),
        cmocka_unit_test(every_case_names_statements_of_the_note),
        cmocka_unit_test(twins_do_the_same_to_the_device),
        cmocka_unit_test(every_case_is_valid_by_relax_ng_and_xsd),
        cmocka_unit_test(cases_and_parts_are_valid_as_they_stand),
        cmocka_unit_test(generated_schemas_are_those_of_the_grammar),
    };

    return cmocka_run_group_tests_name("cases", tests, find_cases, release_cases);
}
