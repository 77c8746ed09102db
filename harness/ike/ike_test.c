/* Both roles against each other: establishing, by every algorithm. */
#include "tests/testkit.h"
#include "tests/two_ikes.h"

static void establishes(void **state)
{
    struct two_ikes t;

    (void)state;
    for (int side = 0; side < 2; side++) {
        two_ikes_init(&t);
        two_ikes_start(&t);
        two_ikes_establish(&t, side);
        two_ikes_release(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(establishes),
    };
    return cmocka_run_group_tests_name("ike/ike", tests, NULL, NULL);
}
