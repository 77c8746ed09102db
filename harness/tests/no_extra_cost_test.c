/* Cisco's note: with `sysopt connection preserve-vpn-flows` the device does no more work and keeps
 * no more connections than without. Counted, not timed: instructions of the same load through the
 * same two gateways (bench/gateway_bench.c), the setting on and off. */
#include "tests/program.h"
#include "tests/testkit.h"

#include <stdio.h>
#include <stdlib.h>

#define ALLOWED 0.02 /* of the instructions */

struct load {
    long long instructions;
    char conns[128]; /* the line about connections and packets */
};

/* Valgrind runs what was built without sanitizers only. */
static bool can_count(void)
{
    const char *build = getenv("BUILD");
    struct program p;

    if (!build || !strstr(build, "/dev")) {
        printf("SKIPPED: instructions are counted in MODE=dev only\n");
        return false;
    }
    program_run(&p, "valgrind --version");
    bool there = p.code == 0;
    program_release(&p);
    if (!there)
        printf("SKIPPED: valgrind is not here to count the instructions of a load\n");
    return there;
}

static struct load count(const char *setting)
{
    static const char before[] = "Collected :";
    struct load l = {0};
    struct program p;
    char command[512];

    snprintf(command, sizeof(command),
             "valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no "
             "--toggle-collect=count_load %s/harness/bench/gateway_bench count %s",
             getenv("BUILD"), setting);
    program_run(&p, command);
    const char *at = strstr(p.err.s ? p.err.s : "", before);
    if (p.code != 0 || !at || sscanf(at + strlen(before), "%lld", &l.instructions) != 1)
        fail_msg("callgrind has counted nothing (exit %d):\n%s", p.code, p.err.s);
    snprintf(l.conns, sizeof(l.conns), "%s", p.out.s);
    program_release(&p);
    return l;
}

static void preserving_costs_neither_instructions_nor_connections(void **state)
{
    (void)state;
    if (!can_count())
        skip();
    struct load off = count("off"), on = count("on");
    double share = (double)(on.instructions - off.instructions) / (double)off.instructions;
    printf("off: %lld instructions, on: %lld, %+.3f %%\n", off.instructions, on.instructions,
           100 * share);
    assert_true(off.instructions > 1000000); /* it was the load that was counted */
    assert_true(share < ALLOWED && share > -ALLOWED);
    assert_string_equal(on.conns, off.conns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preserving_costs_neither_instructions_nor_connections),
    };
    return cmocka_run_group_tests_name("tests/no_extra_cost", tests, NULL, program_folder_remove);
}
