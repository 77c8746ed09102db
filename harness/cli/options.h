/* Options of a subcommand: one table makes the parsing, the --help text and the errors. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/cli.h"

/* Takes an option's VALUE (NULL for a switch) into the command's own record CTX. Returns NULL, or
 * what a value must be: "wants a number from 1 to 64". */
typedef const char *option_take(void *ctx, const char *value);

struct option_row {
    char letter;      /* 0: none */
    const char *name; /* "junit" */
    const char *arg;  /* "FILE"; NULL: a switch */
    const char *help;
    option_take *take;
};

struct options {
    const char *command; /* "run" */
    const char *usage;   /* "[OPTIONS] [CASE|DIR]..." */
    const char *about;   /* a sentence or two */
    const struct option_row *rows;
    size_t n;
};

/* Takes options off ARGV, up to "--"; what is left is moved to its front and counted in *ARGC.
 * Returns -1 to go on, or the exit code: help was asked for, or something is wrong. */
int options_parse(const struct options *o, int *argc, char **argv, void *ctx);

/* What --help prints. */
void options_help(const struct options *o, struct buf *out);

#endif
