/* Cases side by side, each in a process of its own: a case that crashes takes no other with it. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "cli/run_case.h"

struct worker_state { /* a case under way */
    const char *id;
    int percent; /* of its bytes delivered; -1: not known yet */
};

struct workers_view {
    /* Case I is there; called in the order of the cases. */
    void (*done)(void *ctx, size_t i, const struct outcome *o);
    /* Some time passed, or what is under way changed; several times a second at most. FINISHED:
     * cases that are, told of or not. */
    void (*tick)(void *ctx, const struct worker_state *now, size_t n, size_t finished);
    void *ctx;
};

/* Runs PLANS, JOBS at a time. OUTCOMES (n of them) is filled; each is released by the caller. After
 * a signal no new case is begun, those under way end with their evidence whole, and those not run
 * are SKIPPED. */
void workers_run(const struct run_setup *s, const struct cli_env *env, struct plan *const *plans,
                 size_t n, int jobs, struct outcome *outcomes, const struct workers_view *view);

#endif
