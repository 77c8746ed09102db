#include "cli/run_report.h"

#include "tests/testkit.h"

static void suite__is_the_folder_below_cases(void **state)
{
    static const struct {
        const char *file, *want;
    } rows[] = {
        {"cases/x.xml", ""},
        {"./cases/x.xml", ""},
        {"x.xml", ""},
        {"cases/rekey/x.xml", "rekey"},
        {"cases/rekey/phase1/x.xml", "rekey.phase1"},
        {"/home/me/lab/cases/rekey/x.xml", "rekey"},
        {"/home/me/lab/cases/x.xml", ""},
        {"more/x.xml", "more"},
        {"../more//sub/./x.xml", "more.sub"},
        {"v1.2/x.xml", "v1_2"}, /* a dot would make a package of it */
        {"/x.xml", ""},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = BUF_INIT;
        suite_of_file(rows[i].file, &b);
        assert_string_equal(buf_str(&b), rows[i].want);
        buf_release(&b);
    }
}

/* Two made-up cases, as select_load would have left them. */
static struct plan first = {.id = "one", .title = "One", .file = "cases/a b.xml", .line = 3};
static struct plan second = {.id = "two", .title = "Two", .file = "cases/more/two.xml", .line = 4};
static struct plan *plans[] = {&first, &second};

static void report__knows_of_each_case_where_it_is_and_how_to_run_it(void **state)
{
    struct run_args a = {.out = "out", .seed = 7, .fault = "no-302014", .is_live = true};
    struct cli_env env = {.program = "./holdfast"};
    struct run_setup s = {.out = "out"};
    struct run_report r;

    (void)state;
    a.sel.plans = plans;
    a.sel.nplans = COUNT(plans);
    a.sel.defines[0] = (struct plan_var){"name", "two words"};
    a.sel.ndefines = 1;
    a.live.legs[LEG_BO_LAN] = "veth0";
    a.live.legs[LEG_WAN] = "veth1";
    first.devices[0].type = second.devices[0].type = "reference";
    run_report_init(&r, &a, &env, &s);
    assert_int_equal(r.n, 2);
    assert_string_equal(r.cases[0].evidence, "out/evidence/one.pcapng");
    assert_string_equal(r.cases[0].rerun,
                        "./holdfast run --seed 7 -D 'name=two words' --fault no-302014 --live "
                        "bo-lan=veth0,wan=veth1 'cases/a b.xml'");
    assert_string_equal(r.cases[0].suite, "");
    assert_string_equal(r.cases[1].suite, "more");

    struct outcome o = {.verdict = VERDICT_ERROR, .why = "no interface", .wall_s = 2};
    run_report_fill(&r, 0, &o);
    assert_int_equal(r.cases[0].verdict, VERDICT_ERROR);
    assert_string_equal(r.cases[0].why, "no interface");
    assert_null(r.cases[0].evidence); /* there is none to look at */
    assert_int_equal(r.cases[0].nattachments, 0);

    struct judgement j = {.verdict = VERDICT_PASS};
    struct outcome good = {
        .verdict = VERDICT_PASS, .judgement = &j, .has_evidence = true, .has_keys = true};
    run_report_fill(&r, 1, &good);
    assert_string_equal(r.cases[1].evidence, "out/evidence/two.pcapng");
    assert_int_equal(r.cases[1].nattachments, 1);
    assert_string_equal(r.cases[1].attachments[0], "out/evidence/two.keys");
    run_report_release(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suite__is_the_folder_below_cases),
        cmocka_unit_test(report__knows_of_each_case_where_it_is_and_how_to_run_it),
    };
    return cmocka_run_group_tests_name("cli/run_report", tests, NULL, NULL);
}
