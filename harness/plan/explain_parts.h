/* What the files that put a plan into words share. For plan/ only. */
#ifndef PLAN_EXPLAIN_PARTS_H
#define PLAN_EXPLAIN_PARTS_H

#include "base/buf.h"
#include "plan/plan.h"

/* What E waits to see on a leg. */
void explain_seen(struct buf *out, const struct plan_event *e);

/* What E says beyond its name: which frames, how many, how long. */
void explain_details(struct buf *out, const struct plan *p, const struct plan_event *e);

#endif
