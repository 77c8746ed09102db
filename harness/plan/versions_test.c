/* One file for two cases: what each of them is, and what it leaves out. */
#include "plan/plan.h"
#include "tests/testkit.h"

#define FILE_OF_BOTH "harness/tests/good/both.xml"

static struct plan *load(const struct plan_options *o)
{
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    if (plan_load(FILE_OF_BOTH, o, &p, &problems))
        fail_msg("%s:%d: %s", problems->diag.file, problems->diag.line, problems->diag.text);
    return p;
}

static void the_first__is_as_written(void **state)
{
    struct plan *p = load(&(struct plan_options){.root = "harness/tests"});

    (void)state;
    assert_true(p->has_second);
    assert_string_equal(p->id, "both");
    assert_string_equal(p->title, "A case of two versions");
    assert_int_equal(p->ntags, 1);
    assert_int_equal(p->peer.ike_version, PLAN_IKEV1);
    assert_int_equal(p->nevents, 1);
    assert_string_equal(p->events[0].id, "drop");
    assert_int_equal(p->devices[0].nsettings, 1);
    assert_string_equal(p->devices[0].settings[0].value,
                        "access-list ONE extended permit ip any any");
    assert_int_equal(p->nexpects, 3); /* with the one of every case */
    plan_free(p);
}

static void the_second__has_its_own_name_and_its_own_lines(void **state)
{
    struct plan *p = load(&(struct plan_options){.root = "harness/tests", .second = true});

    (void)state;
    assert_false(p->has_second);
    assert_string_equal(p->id, "ikev2-both");
    assert_string_equal(p->title, "IKEv2: A case of two versions");
    assert_int_equal(p->ntags, 2);
    assert_string_equal(p->tags[0], "ikev2");
    assert_int_equal(p->peer.ike_version, PLAN_IKEV2);
    assert_int_equal(p->nevents, 2);
    assert_string_equal(p->events[0].id, "hold");
    assert_string_equal(p->devices[0].settings[0].value,
                        "access-list TWO extended permit ip any any");
    assert_int_equal(p->nexpects, 2);
    plan_free(p);
}

static void resolved__it_is_a_case_of_one_version(void **state)
{
    (void)state;
    for (int second = 0; second < 2; second++) {
        struct plan_problem *problems = NULL;
        struct plan *again = NULL;
        struct plan *p =
            load(&(struct plan_options){.root = "harness/tests", .second = second == 1});
        assert_ok(plan_from_resolved(p->resolved, &again, &problems));
        assert_string_equal(again->id, p->id);
        assert_string_equal(again->title, p->title);
        assert_int_equal(again->ntags, p->ntags);
        assert_int_equal(again->nevents, p->nevents);
        assert_false(again->has_second);
        assert_int_equal(again->resolved.n, p->resolved.n);
        assert_memory_equal(again->resolved.p, p->resolved.p, p->resolved.n);
        plan_free(again);
        plan_free(p);
    }
}

static void a_define__leaves_one_of_them(void **state)
{
    static const struct plan_var two[] = {{"ike", "1"}, {"ike", "2"}}; /* the last one counts */
    struct plan *p = load(&(struct plan_options){two, COUNT(two), "harness/tests", false});

    (void)state;
    assert_string_equal(p->id, "ikev2-both");
    assert_false(p->has_second);
    plan_free(p);
    p = load(&(struct plan_options){two, 1, "harness/tests", false});
    assert_string_equal(p->id, "both");
    assert_false(p->has_second);
    plan_free(p);
}

static void a_define_of_neither__is_refused(void **state)
{
    static const struct plan_var three = {"ike", "3"};
    struct plan_options o = {&three, 1, "harness/tests", false};
    struct plan_problem *problems = NULL;
    struct plan *p = NULL;

    (void)state;
    assert_int_equal(plan_load(FILE_OF_BOTH, &o, &p, &problems), ERR_INVALID);
    assert_string_equal(problems->diag.text, "-D ike=3: this case is of IKE 1 and 2");
    plan_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first__is_as_written),
        cmocka_unit_test(the_second__has_its_own_name_and_its_own_lines),
        cmocka_unit_test(resolved__it_is_a_case_of_one_version),
        cmocka_unit_test(a_define__leaves_one_of_them),
        cmocka_unit_test(a_define_of_neither__is_refused),
    };

    return cmocka_run_group_tests_name("plan/versions", tests, NULL, NULL);
}
