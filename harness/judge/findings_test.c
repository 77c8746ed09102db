/* Findings: their order, the reason that stands first, and what a shut gate makes of each kind. */
#include "judge/findings.h"

#include "tests/mock_rows.h"

#include <stdio.h>

/* --- order -------------------------------------------------------------------------------------
 */

struct made {
    const char *rule;
    enum verdict v;
};

static const struct made given[] = {{"gate", VERDICT_INCONCLUSIVE}, {"stream", VERDICT_FAIL},
                                    {"no-cleartext", VERDICT_PASS}, {"tunnel", VERDICT_FAIL},
                                    {"no-log", VERDICT_FAIL},       {"reset", VERDICT_UNRESOLVED},
                                    {"log", VERDICT_FAIL},          {"decrypt", VERDICT_PASS}};

/* The worst first; of equals the log's, then as they were made. */
static const char *const sorted[] = {"no-log", "log",  "stream",       "tunnel",
                                     "reset",  "gate", "no-cleartext", "decrypt"};

static void the_worst_goes_first_and_of_equals_the_log(void **state)
{
    struct findings fs;
    struct judgement out = {0};

    (void)state;
    arena_init(&out.arena);
    findings_init(&fs, &out.arena);
    for (size_t i = 0; i < COUNT(given); i++)
        (void)find_add(&fs, given[i].rule, given[i].v, BASIS_SEEN, "number %zu", i);
    findings_finish(&fs, &out);
    assert_int_equal(out.nfindings, COUNT(sorted));
    for (size_t i = 0; i < COUNT(sorted); i++)
        assert_string_equal(out.findings[i].rule, sorted[i]);
    assert_int_equal(out.verdict, VERDICT_FAIL);
    assert_string_equal(out.findings[0].message, "number 4");
    findings_release(&fs);
    arena_release(&out.arena);
}

static void nothing_found_is_a_pass(void **state)
{
    struct findings fs;
    struct judgement out = {0};

    (void)state;
    arena_init(&out.arena);
    findings_init(&fs, &out.arena);
    findings_finish(&fs, &out);
    assert_int_equal(out.verdict, VERDICT_PASS);
    assert_int_equal(out.nfindings, 0);
    findings_release(&fs);
    arena_release(&out.arena);
}

/* --- the first reason --------------------------------------------------------------------------
 */

static void the_first_reason_is_the_log_line_with_its_packet(void **state)
{
    static const struct plan_expect x[] = {
        {STREAM(IS_CONTINUOUS), .completes = true, SINCE_CUT},
        {TUNNEL(TUNNEL_REPLACED), .phase = 2, SINCE_CUT},
        {NO_LOG_TORN, SINCE_CUT},
    };
    struct mock_run m;
    char packet[32];

    (void)state;
    mock_begin(&m, NULL);
    mock_play(&m, M_UP M_CUT "torn lost:3 wait:9000 count ports end");
    struct judgement *j = mock_judge(&m, x, COUNT(x));
    const struct finding *f = &j->findings[0];
    assert_int_equal(j->verdict, VERDICT_FAIL);
    assert_string_equal(f->rule, "no-log");
    assert_string_equal(f->leg, "mgmt");
    assert_string_equal(f->file, "mock.xml");
    assert_int_equal(f->line, 3);
    assert_true(f->packet > 0 && f->packet <= j->packets && f->time_ns > 0);
    snprintf(packet, sizeof(packet), "packet %llu: %%ASA-6-302014", (unsigned long long)f->packet);
    assert_true(strncmp(f->message, packet, strlen(packet)) == 0);
    assert_string_equal(j->findings[1].rule, "stream");
    assert_int_equal(j->findings[1].verdict, VERDICT_FAIL);
    judgement_free(j);
    mock_release(&m);
}

static void every_expectation_has_one_finding_with_its_line(void **state)
{
    static const struct plan_expect x[] = {
        {NO_LOG_TORN, SINCE_CUT},
        {STREAM(IS_CONTINUOUS), .completes = true, SINCE_CUT},
        {TUNNEL(TUNNEL_REPLACED), .phase = 2, SINCE_CUT},
        {RESETS(RESET_BY_ANY), .max = 0, ALL_RUN},
    };
    struct mock_run m;

    (void)state;
    mock_begin(&m, NULL);
    mock_play(&m, M_GOOD);
    struct judgement *j = mock_judge(&m, x, COUNT(x));
    assert_int_equal(j->verdict, VERDICT_PASS);
    for (int line = 1; line <= (int)COUNT(x) + 1; line++) {
        unsigned n = 0;
        for (size_t i = 0; i < j->nfindings; i++)
            n += j->findings[i].line == line;
        assert_int_equal(n, 1);
    }
    judgement_free(j);
    mock_release(&m);
}

/* --- gates -------------------------------------------------------------------------------------
 */

static const struct shut {
    const char *what;
    enum verdict gate;
    enum basis gate_basis;
    enum verdict was;
    enum basis basis;
    enum verdict now;
} shuts[] = {
    {"a_failure_that_was_seen__stands_in_cut_evidence", VERDICT_INCONCLUSIVE, BASIS_MISSING,
     VERDICT_FAIL, BASIS_SEEN, VERDICT_FAIL},
    {"a_failure_for_want_of_something__does_not", VERDICT_INCONCLUSIVE, BASIS_MISSING, VERDICT_FAIL,
     BASIS_MISSING, VERDICT_INCONCLUSIVE},
    {"a_pass_for_want_of_something__does_not", VERDICT_INCONCLUSIVE, BASIS_MISSING, VERDICT_PASS,
     BASIS_MISSING, VERDICT_INCONCLUSIVE},
    {"a_pass_that_was_seen__stands_in_cut_evidence", VERDICT_INCONCLUSIVE, BASIS_MISSING,
     VERDICT_PASS, BASIS_SEEN, VERDICT_PASS},
    {"a_pass_for_want_of_something__stands_when_only_the_harness_erred", VERDICT_ERROR, BASIS_SEEN,
     VERDICT_PASS, BASIS_MISSING, VERDICT_PASS},
    {"a_pass_for_want_of_something__does_not_stand_after_a_timeout", VERDICT_ERROR, BASIS_MISSING,
     VERDICT_PASS, BASIS_MISSING, VERDICT_INCONCLUSIVE},
    {"a_pass_for_want_of_something__stands_when_the_stimulus_did_not_bite", VERDICT_UNRESOLVED,
     BASIS_MISSING, VERDICT_PASS, BASIS_MISSING, VERDICT_PASS},
    {"a_failure_behind_a_stimulus_that_did_not_bite__is_unresolved", VERDICT_UNRESOLVED,
     BASIS_MISSING, VERDICT_FAIL, BASIS_SEEN, VERDICT_UNRESOLVED},
    {"what_is_always_wrong__stays_a_failure", VERDICT_UNRESOLVED, BASIS_MISSING, VERDICT_FAIL,
     BASIS_ALWAYS, VERDICT_FAIL},
    {"what_is_unresolved__is_left_alone", VERDICT_INCONCLUSIVE, BASIS_MISSING, VERDICT_UNRESOLVED,
     BASIS_MISSING, VERDICT_UNRESOLVED},
};

static void a_shut_gate_does_as_its_row_says(void **state)
{
    const struct shut *row = *state;
    struct findings fs;
    struct arena arena;

    arena_init(&arena);
    findings_init(&fs, &arena);
    (void)find_add(&fs, "gate", row->gate, row->gate_basis, "shut");
    (void)find_add(&fs, "rule", row->was, row->basis, "found");
    findings_temper(&fs, 1);
    assert_int_equal(fs.list[0].f.verdict, row->gate);
    assert_int_equal(fs.list[1].f.verdict, row->now);
    findings_release(&fs);
    arena_release(&arena);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(the_worst_goes_first_and_of_equals_the_log),
        cmocka_unit_test(nothing_found_is_a_pass),
        cmocka_unit_test(the_first_reason_is_the_log_line_with_its_packet),
        cmocka_unit_test(every_expectation_has_one_finding_with_its_line),
    };
    struct CMUnitTest tests[COUNT(others) + COUNT(shuts)];

    memcpy(tests, others, sizeof(others));
    for (size_t i = 0; i < COUNT(shuts); i++)
        tests[COUNT(others) + i] =
            (struct CMUnitTest){shuts[i].what, a_shut_gate_does_as_its_row_says, NULL, NULL,
                                (void *)(uintptr_t)&shuts[i]};
    return cmocka_run_group_tests_name("judge/findings", tests, NULL, NULL);
}
