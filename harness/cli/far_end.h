/* The other end of the gateway's tunnel, in memory: the harness's own peer at the address of the
 * crypto map, hosts behind it, and hosts at the gateway's other interfaces. For trying the gateway
 * out by hand, in virtual time or in real time. */
#ifndef CLI_FAR_END_H
#define CLI_FAR_END_H

#include "base/log.h"
#include "gateway/gateway.h"
#include "host/host.h"

struct far_end;

/* The peer is made from CFG's applied crypto map: the first entry's first peer, with its key, its
 * proposals, and its permit entries the other way round. ERR_INVALID: CFG has no such entry. */
MUST_USE enum err far_end_new(const struct gw_config *cfg, struct clock *clk, struct rng *rng,
                              const struct log *log, struct far_end **out, struct diag *why);
void far_end_free(struct far_end *f); /* NULL is fine */

/* Once, when the gateway is there: joins them. */
void far_end_attach(struct far_end *f, struct gateway *gw);

/* Moves the frames that have arrived and does what is due. */
void far_end_tick(struct far_end *f);
struct mono far_end_deadline(const struct far_end *f);

/* A flow from SRC to DST, of which one lies behind the peer and the other at the gateway. A ping is
 * COUNT echoes, one a second; a connection sends a line a second and gets one back, for an hour.
 * ERR_INVALID: there is no way; ERR_NOSPACE: too many flows. *ID names it for far_end_status. */
MUST_USE enum err far_end_ping(struct far_end *f, const struct ip_addr *src,
                               const struct ip_addr *dst, unsigned count, size_t *id,
                               struct diag *why);
MUST_USE enum err far_end_connect(struct far_end *f, const struct ip_addr *src,
                                  const struct ip_addr *dst, uint16_t port, size_t *id,
                                  struct diag *why);

struct far_status {
    struct host_flow_status opener;
    unsigned sent, answered; /* ping: echoes */
};
void far_end_status(const struct far_end *f, size_t id, struct far_status *out);

/* The peer deletes its SAs of PHASE (1, 2), forgets everything, or is cut off. ERR_STATE: it has no
 * such SA. */
MUST_USE enum err far_end_delete(struct far_end *f, unsigned phase);
void far_end_crash(struct far_end *f);
void far_end_cut(struct far_end *f, bool cut);

#endif
