/* What came of one case, as a value that can cross a pipe between processes. */
#ifndef CLI_OUTCOME_H
#define CLI_OUTCOME_H

#include "base/buf.h"
#include "base/err.h"
#include "judge/verdict.h"
#include "plan/plan.h"

struct outcome {
    enum verdict verdict;
    struct judgement *judgement; /* NULL: never judged */
    struct plan *plan;           /* what it was judged by, while names in it may be the plan's own;
                                    NULL: they are not */
    char why[768];               /* SKIPPED or ERROR before judging */
    double wall_s, run_s;
    bool has_evidence, has_keys, interrupted;
};

void outcome_release(struct outcome *o);
void outcome_put(const struct outcome *o, struct buf *out);
/* ERR_SHORT, ERR_FORMAT: the other process ended before it had said all. */
MUST_USE enum err outcome_take(struct bytes in, struct outcome *out);

#endif
