/* Whole files, read and written at once. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "base/bytes.h"
#include "base/err.h"

/* Writes PATH.tmp and renames it, so that PATH is the old file or the whole new one. What is no
 * regular file (/dev/stdout) is written as it is. ERR_IO with PATH in WHY. */
MUST_USE enum err write_whole(const char *path, struct bytes b, struct diag *why);

/* Whether write_whole could do that, as far as can be told now. Leaves nothing behind. */
MUST_USE enum err check_writable(const char *path, struct diag *why);

#define READ_MAX (1u << 30)

/* The whole file, "-" for standard input, with a NUL after it that *N does not count; the caller
 * frees with mem_free. ERR_NOTFOUND, ERR_IO; more than READ_MAX bytes are ERR_NOSPACE. */
MUST_USE enum err read_whole(const char *path, char **out, size_t *n, struct diag *why);

/* The first line of a file that holds a secret; the caller wipes and frees it. ERR_INVALID: it is
 * empty. */
MUST_USE enum err read_secret(const char *path, char **out, struct diag *why);

/* Makes the folder and those above it, and looks whether one may write there. ERR_IO. */
MUST_USE enum err make_folder(const char *path, struct diag *why);

#endif
