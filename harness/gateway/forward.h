/* Packets that may pass, on their way out. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_FORWARD_H
#define GATEWAY_FORWARD_H

#include "gateway/gateway_parts.h"

/* P is the next packet of C, from SIDE. */
void gw_forward(struct gateway *g, struct gw_packet *p, struct conn *c, int side);

/* The ICMP error P is about a packet of C that SIDE sent: it goes there. */
void gw_forward_error(struct gateway *g, struct gw_packet *p, struct conn *c, int side);

/* P belongs to no flow that is kept: another protocol. TUNNEL may be VPN_NONE. */
void gw_forward_stateless(struct gateway *g, struct gw_packet *p, const struct gw_hop *hop,
                          uint32_t tunnel);

#endif
