/* Address translation of packets through the gateway. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_TRANSLATE_H
#define GATEWAY_TRANSLATE_H

#include "gateway/gateway_parts.h"

/* F: the ends of P, which begins a flow, its destination mapped back. */
void gw_nat_arrive(struct gateway *g, const struct gw_packet *p, struct nat_flow *f);

/* Maps the source of a flow that leaves through OUT. False: P is dropped, and that is said. */
bool gw_nat_leave(struct gateway *g, const struct gw_packet *p, size_t out, struct nat_flow *f);

/* What access lists are asked about P on its way in and out, and what a crypto map sees. */
struct gw_flow_key gw_nat_key_in(const struct gateway *g, const struct gw_packet *p,
                                 const struct nat_flow *f);
struct gw_flow_key gw_nat_key_out(const struct gateway *g, const struct gw_packet *p,
                                  const struct nat_flow *f);
struct gw_flow_key gw_nat_key_wire(const struct gw_packet *p, const struct nat_flow *f);

/* P is of a protocol without connections: its addresses are put in. */
void gw_nat_stateless(const struct nat_flow *f, struct gw_packet *p);

#endif
