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

/* vpn_filter.c: may P begin a flow between the tunnels IN and OUT (VPN_NONE: none there)? OUT_IF:
 * the interface it leaves through; WIRE: it as a crypto map sees it. False: it is dropped, and that
 * is said. */
bool gw_vpn_filter_permits(struct gateway *g, const struct gw_packet *p, size_t out_if, uint32_t in,
                           uint32_t out, const struct gw_flow_key *wire);
/* The list that filters tunnel NUMBER; NULL: none. */
const struct gw_acl *gw_vpn_filter(const struct gateway *g, uint32_t number);

#endif
