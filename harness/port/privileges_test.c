#include "port/privileges.h"

#include "tests/testkit.h"

#include <grp.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct row {
    const char *what;
    const char *uid, *gid;
    bool is_sudo; /* the answer is 1000 and 100, else nobody */
} rows[] = {
    {"who_called_sudo", "1000", "100", true},
    {"nobody_without_sudo", NULL, NULL, false},
    {"nobody_when_root_called_sudo", "0", "0", false},
    {"nobody_when_half_is_missing", "1000", NULL, false},
    {"nobody_for_a_name", "alice", "100", false},
    {"nobody_for_a_negative_number", "-1", "100", false},
    {"nobody_for_a_number_with_a_tail", "1000x", "100", false},
    {"nobody_for_the_number_that_means_leave_it", "4294967295", "100", false},
    {"nobody_for_a_number_beyond_32_bits", "4294968296", "100", false},
    {"nobody_for_nothing", "", "", false},
};

static void becomes_as_its_row_says(void **state)
{
    const struct row *row = *state;
    struct user u = privileges_user(row->uid, row->gid);

    if (row->is_sudo) {
        assert_int_equal(u.uid, 1000);
        assert_int_equal(u.gid, 100);
    } else {
        assert_int_not_equal(u.uid, 0);
        assert_int_not_equal(u.uid, 1000);
    }
}

/* In a child, as there is no way back. 0: as it should be. */
static int drop_and_look(void)
{
    struct user u = privileges_user("54321", "54322");
    gid_t groups[8];

    if (privileges_drop(&u, NULL))
        return 1;
    if (getuid() != 54321 || geteuid() != 54321 || getgid() != 54322 || getegid() != 54322)
        return 2;
    if (getgroups(8, groups) != 1 || groups[0] != 54322)
        return 3;
    if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
        return 4;
    return privileges_drop(&u, NULL) ? 5 : 0; /* a second time does nothing */
}

static void root_is_given_up_for_good(void **state)
{
    int status;

    (void)state;
    if (geteuid() != 0) {
        puts("SKIPPED: only root has rights to give up");
        skip();
    }
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(drop_and_look());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
    struct CMUnitTest tests[1 + COUNT(rows)] = {cmocka_unit_test(root_is_given_up_for_good)};
    size_t n = 1;

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[n++] = (struct CMUnitTest){rows[i].what, becomes_as_its_row_says, NULL, NULL,
                                         (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("port/privileges", tests, n, NULL, NULL);
}
