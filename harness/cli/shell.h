/* The line side of a console: bytes as they come from a pipe, a terminal or a telnet client, into
 * lines; answers with prompts back. Any bytes are harmless. No I/O. */
#ifndef CLI_SHELL_H
#define CLI_SHELL_H

#include "base/buf.h"

#include <stdbool.h>

#define SHELL_LINE_MAX                                                                             \
    1024 /* longer than any command of an ASA; a longer line is answered with an                   \
            error, and not run */

struct shell_ops {
    /* What the device prints for LINE (a "?" at its end asks for help), added to OUT. False: it
     * ends the session. */
    bool (*line)(void *ctx, const char *line, struct buf *out);
    void (*prompt)(void *ctx, struct buf *out);
    void *ctx;
};

struct shell_config {
    struct shell_ops ops;
    bool prompts; /* shows prompts */
    bool network; /* TCP: CR LF in what is printed; telnet's negotiation is answered and never
                     begun, so that plain programs see none of it. The client's own line editing is
                     used unless it asks for our echo. */
};

enum shell_telnet { SHELL_TEXT, SHELL_IAC, SHELL_OPTION, SHELL_SUB, SHELL_SUB_IAC };

struct shell { /* by shell_init */
    struct shell_config cfg;
    char line[SHELL_LINE_MAX];
    size_t n;
    bool too_long, echo, after_cr, over;
    enum shell_telnet telnet;
    unsigned char verb;
};

/* Begins a session; what is to be sent at once is added to OUT. */
void shell_init(struct shell *s, const struct shell_config *cfg, struct buf *out);

/* Takes what came in; what is to be sent is added to OUT. False: the session is over, by a command
 * or by Ctrl-D on an empty line, and the rest of IN was not looked at. */
bool shell_input(struct shell *s, struct bytes in, struct buf *out);

/* What came in has ended: a line without an end is run. */
void shell_finish(struct shell *s, struct buf *out);

void shell_release(struct shell *s); /* wipes */

#endif
