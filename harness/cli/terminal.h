/* Colours and when to use them. */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include "cli/cli.h"

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* "auto", "always", "never"; false for another word. */
bool color_by_name(const char *name, enum color *out);

/* The first of these that says something: WISH (--color), NO_COLOR set and not empty,
 * CLICOLOR_FORCE set and not 0, CLICOLOR=0, TERM=dumb, whether the output is a terminal. */
bool use_color(const struct cli_env *env, enum color wish, bool is_tty);

#define COLOR_HELP "auto, always or never; else NO_COLOR and CLICOLOR_FORCE decide"
#define COLOR_WANT "wants auto, always or never"

#endif
