/* What is left of a charon by tests that end in every way there is: nothing, and its log is told
 * before. A sleeping process stands for charon, and a made-up log for its own. */
#include "tests/charon_left.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum how { IS_STOPPED, FAILS, CRASHES, EXITS, RETURNS, IS_TERMINATED, ABORTS, STARTS_ANOTHER };

static const struct row {
    const char *what;
    enum how how;
    bool told; /* the log is printed */
} rows[] = {
    {"stopped_as_it_should_be__and_nothing_is_told", IS_STOPPED, false},
    {"an_assertion_that_fails", FAILS, true},
    {"a_crash_that_cmocka_catches", CRASHES, true},
    {"an_exit_in_the_middle", EXITS, true},
    {"a_test_that_forgets_to_stop_it", RETURNS, true},
    {"sigterm", IS_TERMINATED, true},
    {"abort", ABORTS, true},
    {"the_next_one_is_started_first", STARTS_ANOTHER, true},
};

struct place { /* told by the child */
    char dir[64];
    pid_t pid;
};

static int tell_to; /* the child's end of a pipe */

static struct charon start(void)
{
    struct charon c = {.dir = "/tmp/holdfast-left-XXXXXX"};
    struct place at = {{0}, 0};
    char path[128];

    assert_non_null(mkdtemp(c.dir));
    charon_left_note(&c); /* before it runs, and then with its process */
    c.pid = fork();
    if (c.pid == 0) {
        execlp("sleep", "sleep", "100", (char *)NULL);
        _exit(127);
    }
    charon_left_note(&c);
    (void)snprintf(path, sizeof(path), "%s/log", c.dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("the last words\n", f);
    fclose(f);
    memcpy(at.dir, c.dir, sizeof(at.dir));
    at.pid = c.pid;
    assert_int_equal(write(tell_to, &at, sizeof(at)), sizeof(at));
    return c;
}

static void ends_so(void **state)
{
    const struct row *row = *state;
    struct charon c = start();

    switch (row->how) {
    case IS_STOPPED: charon_stop(&c); break;
    case FAILS: fail_msg("as it is meant to");
    case CRASHES: raise(SIGSEGV); break;
    case EXITS: exit(3);
    case IS_TERMINATED: raise(SIGTERM); break;
    case ABORTS: abort();
    case STARTS_ANOTHER: charon_left_clear(); break;
    case RETURNS: break;
    }
}

/* A test program of one test, whose output goes to OUT. */
NORETURN static void run_program(const struct row *row, int out, int tell)
{
    const struct CMUnitTest tests[] = {{row->what, ends_so, NULL, charon_teardown, (void *)row}};

    tell_to = tell;
    if (dup2(out, STDOUT_FILENO) < 0 || dup2(out, STDERR_FILENO) < 0)
        _exit(9);
    exit(cmocka_run_group_tests_name("program", tests, NULL, NULL));
}

static void leaves_nothing(void **state)
{
    const struct row *row = *state;
    struct place at;
    char text[8192] = "";
    int tell[2], status;
    FILE *out = tmpfile();

    assert_non_null(out);
    assert_int_equal(pipe(tell), 0);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        run_program(row, fileno(out), tell[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(read(tell[0], &at, sizeof(at)), sizeof(at));
    close(tell[0]);
    close(tell[1]);
    assert_int_equal(WIFEXITED(status) && WEXITSTATUS(status) == 0,
                     row->how == IS_STOPPED || row->how == RETURNS || row->how == STARTS_ANOTHER);
    assert_int_equal(access(at.dir, F_OK), -1);
    assert_int_equal(kill(at.pid, 0), -1);
    rewind(out);
    text[fread(text, 1, sizeof(text) - 1, out)] = '\0';
    fclose(out);
    assert_int_equal(strstr(text, "the last words") != NULL, row->told);
}

int main(void)
{
    struct CMUnitTest tests[COUNT(rows)];

    for (size_t i = 0; i < COUNT(rows); i++)
        tests[i] = (struct CMUnitTest){rows[i].what, leaves_nothing, NULL, NULL,
                                       (void *)(uintptr_t)&rows[i]};
    return _cmocka_run_group_tests("tests/charon_left", tests, COUNT(tests), NULL, NULL);
}
