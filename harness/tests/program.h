/* The built program run once: what it printed and how it ended. It is named by HOLDFAST in the
 * environment (tests/run.sh sets it). */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include "base/buf.h"

struct program {
    int code; /* of exit, as a shell tells it; -1: ended by a signal */
    struct buf out, err;
};

/* Runs the shell COMMAND, in which every %H stands for the program and every %T for a folder of
 * this process that program_folder_remove removes. */
void program_run(struct program *p, const char *command);
void program_release(struct program *p);

/* The folder, made at the first call. */
const char *program_folder(void);
int program_folder_remove(void **state); /* a group teardown of cmocka */

/* Writes a file NAME into the folder. */
void program_file(const char *name, const char *text);

/* Lines in S. */
size_t program_lines(const struct buf *s);

#endif
