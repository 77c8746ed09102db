/* What a charon would leave behind when its test ends in another way than it should: a folder in
 * /tmp, with its log. An assertion that fails jumps out of the test, and nobody stops charon then;
 * here every one that was started is known until it is stopped. Whatever is still there when a test
 * with charon_teardown ends, when the next one starts, at exit, or when SIGTERM, SIGINT, SIGHUP or
 * SIGABRT ends the process, is stopped and its folder removed, after the end of its log has been
 * printed. Nothing is left but by SIGKILL. Test aid. */
#ifndef TESTS_CHARON_LEFT_H
#define TESTS_CHARON_LEFT_H

#include "tests/charon.h"
#include "tests/testkit.h"

/* C has been started, or has a server now. */
void charon_left_note(const struct charon *c);
/* C was stopped. */
void charon_left_forget(const struct charon *c);
/* Stops what is there. */
void charon_left_clear(void);

/* For each test that starts a charon of its own. */
int charon_teardown(void **state);
#define charon_unit_test(f) cmocka_unit_test_teardown(f, charon_teardown)

#endif
