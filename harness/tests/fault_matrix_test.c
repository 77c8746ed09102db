/* The fault x rule matrix: the built-in gateway is made wrong in each way it knows, and the rule
 * that is meant for it must say so. A judge that never said FAIL has not been tested. */
#include "gateway/fault.h"
#include "tests/testkit.h"
#include "tests/whole_run.h"

#include <stdio.h>
#include <string.h>

struct row {
    enum gw_fault fault;
    const char *file; /* of the case that meets it */
    const char *rule; /* NULL: the one in the table of faults */
};

static const struct row rows[] = {
    {GW_FAULT_NO_302014, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_WRONG_REASON, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_WRONG_CONNECTION, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_LATE_302014, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_DOUBLE_302014, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_SILENT_STALE, "phase1-delete-preserve-off", NULL},
    {GW_FAULT_SILENT_STALE, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_RESET_INSTEAD, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_RESET_INSTEAD, "phase1-delete-preserve-off", "log"},
    {GW_FAULT_TEAR_PRESERVED, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_TEAR_PRESERVED, "idle-through-bounce-preserve-on", NULL},
    {GW_FAULT_NO_RESUME, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_NO_ISN_MAPBACK, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_TEAR_ON_REKEY, "phase2-rekey-preserve-off", NULL},
    {GW_FAULT_KEEP_OLD_SPI, "phase2-rekey-preserve-off", NULL},
    {GW_FAULT_CORRUPT_BYTE, "control-no-event", NULL},
    {GW_FAULT_LOSE_SEGMENT, "control-no-event", NULL},
    {GW_FAULT_LEAK_CLEARTEXT, "phase1-delete-preserve-on", NULL},
    {GW_FAULT_TUNNEL_REASON_WHEN_IDLE, "outage-longer-than-timeout-conn-preserve-on", NULL},
};

static void is_caught(void **state)
{
    const struct row *row = *state;
    const char *rule = row->rule ? row->rule : gw_fault_rule(row->fault);
    struct whole_run r;
    char args[200];

    snprintf(args, sizeof(args), "-q --fault %s cases/%s.xml", gw_fault_name(row->fault),
             row->file);
    whole_run(&r, args);
    if (r.exit_code != 1 || !whole_run_found(&r, rule, "FAIL"))
        whole_run_show(&r);
    assert_int_equal(r.exit_code, 1);
    assert_true(whole_run_found(&r, rule, "FAIL"));
    whole_run_release(&r);
}

static void every_fault_has_a_row(void **state)
{
    (void)state;
    for (int f = 0; f < GW_FAULT_COUNT; f++) {
        bool found = false;
        for (size_t i = 0; i < COUNT(rows); i++)
            found = found || rows[i].fault == (enum gw_fault)f;
        if (!found)
            fail_msg("no row for %s", gw_fault_name((enum gw_fault)f));
    }
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows) + 1];
    static char names[COUNT(rows)][96];

    for (size_t i = 0; i < COUNT(rows); i++) {
        snprintf(names[i], sizeof(names[i]), "%s__is_caught_by__%s", gw_fault_name(rows[i].fault),
                 rows[i].file);
        tests[i] =
            (struct CMUnitTest){names[i], is_caught, NULL, NULL, (void *)(uintptr_t)&rows[i]};
    }
    tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(every_fault_has_a_row);
    return cmocka_run_group_tests_name("tests/fault_matrix", tests, NULL, NULL);
}
