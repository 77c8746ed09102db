/* Made-up traffic of far_end: a conversation with its two ends. Not for others: use cli/far_end.h.
 */
#ifndef CLI_FAR_FLOW_H
#define CLI_FAR_FLOW_H

#include "host/host.h"

#define FAR_ECHO_BYTES 56 /* of an echo, behind its header */

struct far_flow;

/* COUNT echoes from SRC to DST, one a second. */
struct far_flow *far_flow_ping(const struct ip_addr *src, const struct ip_addr *dst,
                               uint16_t echo_id, unsigned count);

/* A line a second each way, for an hour, then both close. */
struct far_flow *far_flow_tcp(const struct ip_addr *src, uint16_t sport, const struct ip_addr *dst,
                              uint16_t dport);

/* After the hosts that play it. NULL is fine. */
void far_flow_free(struct far_flow *f);

/* A opens it now, B answers. The hosts are borrowed for the flow's life. */
MUST_USE enum err far_flow_begin(struct far_flow *f, struct host *a, struct host *b,
                                 struct mono now);

void far_flow_status(const struct far_flow *f, struct host_flow_status *out); /* A's */

#endif
