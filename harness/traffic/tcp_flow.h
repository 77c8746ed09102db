/* A TCP stream made ready for replay, or the reasons why it cannot be. */
#ifndef TRAFFIC_TCP_FLOW_H
#define TRAFFIC_TCP_FLOW_H

#include "traffic/capture.h"
#include "traffic/tcp_log.h"
#include "traffic/tcp_tally.h"

/* Fills F (packets, bytes and times are the caller's) from stream S and its log, which is finished
 * by this. Bytes, turns and words live in ARENA. */
void tcp_flow_finish(struct flow *f, const struct tcp_stream *s, struct tcp_log *log,
                     struct arena *arena);

/* The same where neither bytes nor turns were kept: conv.data has lengths and no bytes, and there
 * are no turns. */
void tcp_flow_tell(struct flow *f, const struct tcp_stream *s, const struct tcp_tally *tally,
                   struct arena *arena);

#endif
