/* The command line: what main.c hands down, and what the subcommands share. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/buf.h"
#include "base/err.h"

#include <signal.h>
#include <stdint.h>

/* Exit codes (DESIGN 8). */
enum {
    EXIT_PASSED = 0,
    EXIT_FAILED = 1,
    EXIT_USAGE = 2,
    EXIT_NO_VERDICT = 3, /* lab, harness, inconclusive */
    EXIT_INTERNAL = 4,
    EXIT_NOTHING = 5, /* nothing selected */
    EXIT_INT = 130,
    EXIT_TERM = 143,
};

struct cli_env {         /* argv, environment and clocks are read in main.c alone */
    const char *version; /* "holdfast 0.1.0" */
    const char *program; /* as called, for messages */
    int64_t unix_s;      /* now */
    const char *hostname;
    const char *no_color, *clicolor, *clicolor_force, *term; /* environment; NULL: not set */
    const char *sudo_uid, *sudo_gid;
    bool out_is_tty, err_is_tty;
    int cpus;
    const volatile sig_atomic_t *stop; /* the signal that came, or 0 */
    double (*wall)(void);              /* seconds, for durations */
};

typedef int cli_command(const struct cli_env *env, int argc, char **argv);

cli_command cmd_run, cmd_list, cmd_check, cmd_explain, cmd_judge, cmd_inspect, cmd_logs,
    cmd_gateway;

struct command {
    const char *name;
    cli_command *run;
    const char *summary;
};
extern const struct command commands[];
extern const size_t ncommands;

/* --- options.c: one table a subcommand makes parsing, help and errors. -------------------------
 */

struct option_row {
    char letter;      /* 0: none */
    const char *name; /* "junit" */
    const char *arg;  /* "FILE"; NULL: a switch */
    const char *help;
};

struct options {
    const struct option_row *rows;
    size_t n;
    const char *usage; /* "run [OPTIONS] [CASE|DIR]..." */
    const char *about; /* lines below it */
};

/* Called for each option in turn. False: VALUE is not acceptable, a message was printed. */
typedef bool option_taker(void *ctx, const char *name, const char *value);

/* Takes options off ARGV; what is left is moved to its front and counted in *ARGC. Returns -1 to go
 * on, or the exit code: help was asked for, or something is wrong. */
int options_parse(const struct options *o, const struct cli_env *env, int *argc, char **argv,
                  option_taker *take, void *ctx);

/* "error: ..." to stderr; returns EXIT_USAGE. */
int usage_error(const struct cli_env *env, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* --- output.c -----------------------------------------------------------------------------------
 */

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* --color, then NO_COLOR, CLICOLOR_FORCE, CLICOLOR=0, TERM=dumb, then whether it is a terminal. */
bool use_color(const struct cli_env *env, enum color wish, bool is_tty);
bool color_by_name(const char *name, enum color *out);

/* Writes PATH.tmp and renames it. ERR_IO with PATH in WHY. */
MUST_USE enum err write_whole(const char *path, struct bytes b, struct diag *why);

/* The whole file; the caller frees with mem_free. */
MUST_USE enum err read_whole(const char *path, char **out, size_t *n, struct diag *why);

/* Makes the folder and those above it. */
MUST_USE enum err make_folder(const char *path, struct diag *why);

void put_out(const struct buf *b); /* to stdout */

/* The right word for a wrong one; NULL: none is near. */
const char *nearest(const char *word, const char *const *words, size_t n);

#endif
