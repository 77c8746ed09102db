/* What every test includes: cmocka with the headers it wants, and small helpers for bytes. */
#ifndef TESTS_TESTKIT_H
#define TESTS_TESTKIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/bytes.h"
#include "base/err.h"

#define assert_ok(expr) assert_int_equal((expr), ERR_OK)

/* A parser under test: parses IN, returns its error. */
typedef enum err test_parser(struct bytes in, void *ctx);

/* Runs PARSE on every proper prefix of IN, each in an exactly sized heap block so that a sanitizer
 * sees any overrun. The parser may accept or refuse; it must not read past the end. */
void test_truncations(struct bytes in, test_parser *parse, void *ctx);

/* The same with each byte in turn XORed with 0xff, 0x01 and 0x80. */
void test_flips(struct bytes in, test_parser *parse, void *ctx);

/* Bytes from hex digits; blanks, colons and newlines are skipped. The caller frees with mem_free.
 */
uint8_t *test_hex(const char *hex, size_t *n);

/* Rows to go on by, for tests that mostly wait for other programs, such as tshark: 1, and under
 * sanitizers, where our part of each row is the same work again, 4. */
size_t test_step(void);

/* Reads a whole file; NULL when it cannot be opened. The caller frees with mem_free. */
uint8_t *test_file(const char *path, size_t *n);

#endif
