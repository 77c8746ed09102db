/* Names of files, and reading them, for the loader of cases. */
#ifndef PLAN_FILES_H
#define PLAN_FILES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/* The folder of PATH: "cases" for "cases/x.xml", "." for "x.xml". */
char *path_dir(struct arena *a, const char *path);

/* NAME seen from DIR, without "." and "x/.." in it; NAME itself when it begins with a slash. */
char *path_join(struct arena *a, const char *dir, const char *name);

/* Adds the whole of a regular file of at most MAX bytes to OUT. WHY gets the sentence. */
MUST_USE enum err file_read(const char *path, size_t max, struct buf *out, struct diag *why);

/* Where files may lie: ROOT as it was given, and as the system resolves it. */
struct file_root {
    const char *given;
    char *real; /* NULL: it is not there */
};

void file_root_init(struct file_root *r, const char *given);
void file_root_release(struct file_root *r);

/* Finds NAME in DIR, or when TRY_ROOT is set in the root itself. Gives the path found. WHY gets
 * the sentence: not there, not a file, or outside of the root (also through a link). */
MUST_USE enum err file_find(struct arena *a, const struct file_root *r, const char *dir,
                            const char *name, bool try_root, const char **out, struct diag *why);

#endif
