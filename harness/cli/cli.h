/* The command line: what main.c hands down, and what every subcommand needs. Results go to stdout;
 * progress and diagnostics to stderr, one line each. */
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
    const char *program; /* as called: "build/holdfast" */
    int64_t unix_s;      /* now */
    const char *hostname;
    const char *no_color, *clicolor, *clicolor_force, *term; /* environment; NULL: not set */
    const char *sudo_uid, *sudo_gid;
    bool out_is_tty, err_is_tty;
    int columns; /* of the terminal on stderr; 80 when it does not say */
    int cpus;
    const volatile sig_atomic_t *stop; /* the signal that came, or 0 */
    double (*wall)(void);              /* seconds, for durations */
};

typedef int cli_command(const struct cli_env *env, int argc, char **argv);

/* X(name, what it does). Each is cmd_NAME in cli/cmd_NAME.c. */
#define COMMANDS(X)                                                                                \
    X(run, "replay cases through a device, judge them, write reports")                             \
    X(list, "list cases")                                                                          \
    X(check, "validate case files and run nothing")                                                \
    X(explain, "say in words what a case does and what must hold")                                 \
    X(judge, "judge evidence once more")                                                           \
    X(inspect, "list the flows of captures, and what can be replayed")                             \
    X(logs, "take ASA logs apart, a record a line")                                                \
    X(gateway, "the built-in gateway: its console, or a device on real interfaces")

#define X(name, what) cli_command cmd_##name;
COMMANDS(X)
#undef X

struct command {
    const char *name;
    cli_command *run;
    const char *summary;
};
extern const struct command commands[];
extern const size_t ncommands;

/* The command called NAME; NULL: none, after saying so, with the nearest right word. */
const struct command *command_find(const char *name);

void put_out(const struct buf *b); /* to stdout, at once */

/* "holdfast: ..." to stderr; returns EXIT_USAGE. */
int usage_error(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* WHY to stderr, with file and line where it has them; returns CODE. */
int say_why(const struct diag *why, int code);

#endif
