/* One case: replayed into its evidence file, which is then read back and judged. */
#ifndef CLI_RUN_CASE_H
#define CLI_RUN_CASE_H

#include "cli/cli.h"
#include "cli/outcome.h"
#include "plan/plan.h"
#include "replay/replay.h"

struct run_setup {
    const char *out; /* folder of the reports */
    uint64_t seed;
    int64_t epoch_ns;
    const char *psk;
    const char *fault;              /* NULL: none */
    const struct replay_live *live; /* NULL: virtual time */
    struct replay_captures *captures;
    const struct log *log;
    bool keys; /* export them for Wireshark */
};

/* "reports/evidence/ID.pcapng", "reports/evidence/ID.keys"; the caller frees with mem_free. */
char *evidence_path(const struct run_setup *s, const struct plan *p);
char *keys_path(const struct run_setup *s, const struct plan *p);

void run_case(const struct run_setup *s, const struct cli_env *env, const struct plan *p,
              struct outcome *out);

/* Judges an evidence file by the case that is in it (CASE_PLAN NULL), or by another. */
MUST_USE enum err judge_file(const char *path, const struct plan *case_plan, struct judgement **out,
                             struct plan **its_plan, struct diag *why);

#endif
