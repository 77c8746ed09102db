/* What explain.c says of single packets, and of streams past the tunnel. */
#ifndef PLAN_EXPLAIN_PACKETS_H
#define PLAN_EXPLAIN_PACKETS_H

#include "base/buf.h"
#include "plan/plan.h"

void explain_past_tunnel(struct buf *out, const struct plan *p, const struct plan_stream *s);
void explain_send(struct buf *out, const struct plan *p,
                  const struct plan_event *e); /* a line's end */
void explain_packet(struct buf *out, const struct plan *p, const struct plan_expect *x);
void explain_ike(struct buf *out, const struct plan_expect *x);

/* explain.c: ", once," */
void explain_count(struct buf *out, const struct plan_expect *x);

#endif
