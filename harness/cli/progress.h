/* What a person sees on stderr while cases run: a bar on a terminal; elsewhere a line now and then,
 * because CI systems end jobs that say nothing. */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/cli.h"
#include "cli/workers.h"

#define PROGRESS_SILENCE_S 30.0 /* lines: after this long without a finished case */

struct progress {
    const struct cli_env *env;
    bool bar, lines; /* neither: silent */
    size_t n, finished, bad;
    double said_s; /* when something was last said */
    bool drawn;
};

/* A line of at most COLUMNS: "[=====>    ] 12/35  1 not passed  case-a 43%, case-b". NOW: the cases
 * under way (n of them). For a test of its own. */
void progress_bar(const struct progress *p, const struct worker_state *now, size_t n,
                  size_t columns, struct buf *out);

/* Cases under way changed, or time passed. */
void progress_tick(struct progress *p, const struct worker_state *now, size_t n, size_t finished);

/* A case is about to be told of; BAD: it did not pass. Clears the bar, so that lines can be
 * printed. */
void progress_told(struct progress *p, bool bad);

void progress_clear(struct progress *p);

#endif
