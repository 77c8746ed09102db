/* Who types at the gateway: standard input, or one client at a time of a TCP port. Reads what is
 * there, never waits for it. */
#ifndef CLI_CONSOLES_H
#define CLI_CONSOLES_H

#include "base/clock_real.h"
#include "cli/shell.h"

struct consoles;

struct consoles_config {
    struct shell_ops ops;
    int in, out;            /* descriptors; -1: nobody there */
    bool prompts;           /* on OUT */
    const char *listen;     /* "127.0.0.1:5000", "[::1]:0"; NULL: none */
    bool anywhere;          /* LISTEN may be an address that others can reach */
    struct clock_real *clk; /* told what to wake up for; NULL: consoles_wait is used */
};

/* ERR_INVALID, ERR_IO with the sentence in WHY. */
MUST_USE enum err consoles_open(const struct consoles_config *cfg, struct consoles **out,
                                struct diag *why);
void consoles_close(struct consoles *c); /* NULL is fine */

/* Where it listens, "127.0.0.1:5000"; NULL: nowhere. */
const char *consoles_address(const struct consoles *c);

/* Runs the lines that came in. */
void consoles_read(struct consoles *c);

/* Something the device says of itself: to whoever is there. */
void consoles_say(struct consoles *c, struct bytes text);

/* True when nobody will ever type again. */
bool consoles_are_over(const struct consoles *c);

/* Sleeps until somebody types, at most MS. */
void consoles_wait(const struct consoles *c, int ms);

#endif
