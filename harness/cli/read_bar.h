/* A bar on a terminal while long captures are read, and whether to go on reading. */
#ifndef CLI_READ_BAR_H
#define CLI_READ_BAR_H

#include "cli/cli.h"

struct read_bar {
    const struct cli_env *env;
    uint64_t size; /* bytes to be read; 0: unknown */
    double begun_s, drawn_s;
    bool drawn;
};

/* Of the regular file PATH; 0: it is none, or cannot be asked. */
uint64_t read_bar_size(const char *path);

struct read_bar read_bar_begin(const struct cli_env *env, uint64_t size);

/* So many packets and bytes of files were read. Draws now and then, not in the first second. False:
 * a signal came. */
bool read_bar_tick(struct read_bar *b, uint64_t packets, uint64_t bytes);
void read_bar_clear(struct read_bar *b);

/* Waits a fifth of a second for files to grow. False: a signal came. */
bool read_bar_wait(const struct read_bar *b);

#endif
