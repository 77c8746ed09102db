/* Cases side by side, each in a process of its own: a case that crashes takes no other with it. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "cli/run_case.h"

typedef void worker_done(void *ctx, size_t i, const struct outcome *o);

/* Runs PLANS, JOBS at a time, and calls DONE for each in its order as soon as it and those before
 * it are there. OUTCOMES (n of them) is filled; each is released by the caller. After a signal no
 * new case is begun: those not run are SKIPPED. */
void workers_run(const struct run_setup *s, const struct cli_env *env, struct plan *const *plans,
                 size_t n, int jobs, struct outcome *outcomes, worker_done *done, void *ctx);

#endif
