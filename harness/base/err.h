/* One way to report failure: an enum for code, a diag for people.
 *
 * Anything that can fail returns `enum err`, ERR_OK (0) on success. Functions that face a person
 * (case files, captures, devices, configurations) also fill a `struct diag` with the sentence. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/attr.h"

#define ERR_TABLE(X)                                                                               \
    X(OK, "ok")                                                                                    \
    X(SHORT, "ends before the field does")                                                         \
    X(FORMAT, "breaks the format's own rules")                                                     \
    X(RANGE, "a value is out of range")                                                            \
    X(NOSPACE, "does not fit the space given for it")                                              \
    X(NOTFOUND, "was not found")                                                                   \
    X(EXISTS, "is already there")                                                                  \
    X(UNSUPPORTED, "is not supported")                                                             \
    X(INVALID, "is not valid")                                                                     \
    X(AUTH, "failed authentication")                                                               \
    X(REPLAY, "was seen before")                                                                   \
    X(STATE, "is not possible in this state")                                                      \
    X(IO, "input or output failed")                                                                \
    X(CRYPTO, "the cryptographic library refused")                                                 \
    X(END, "no more")                                                                              \
    X(INTERRUPTED, "was interrupted")

enum err {
#define X(id, text) ERR_##id,
    ERR_TABLE(X)
#undef X
        ERR_COUNT
};

/* The table's words for E; "unknown error" for a value outside it. Static storage. */
const char *err_text(enum err e);

/* A failure in words, with the place it is about. LINE 0 = the file as a whole; FILE "" = none. */
struct diag {
    enum err err;
    int line;
    char file[256];
    char text[512];
};

/* Fills WHY (may be NULL) with the formatted sentence, keeps file and line, returns E. The first
 * failure wins: a diag that already holds one is left as it is. */
MUST_USE enum err diag_fail(struct diag *why, enum err e, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The same with a place. FILE may be NULL. */
MUST_USE enum err diag_fail_at(struct diag *why, enum err e, const char *file, int line,
                               const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Writes "file:line: text" (as much of it as is known) to OUT, always NUL-terminated. */
void diag_format(const struct diag *why, char *out, unsigned long cap);

/* Reports a bug of ours and aborts. Never for input, however hostile. */
NORETURN void bug(const char *what);

#endif
