/* What the log says of IKEv2: for the files about IKE's outputs. */
#ifndef GATEWAY_VPN_IKEV2_H
#define GATEWAY_VPN_IKEV2_H

#include "gateway/gateway_parts.h"

/* O is of version 2, in all of them. */
void gw_vpn_ikev2_fact(struct gateway *g, const struct ike_out *o);
void gw_vpn_ikev2_up(struct gateway *g, const struct vpn_session *s, const struct ike_out *o);
void gw_vpn_ikev2_down(struct gateway *g, const struct vpn_session *s, const struct ike_out *o);
/* An IKE SA did not come about. */
void gw_vpn_ikev2_failed(struct gateway *g, const struct ike_out *o);

/* The name of an error notify (RFC 7296, 3.10.1); NULL: it is none that is known. */
const char *gw_vpn_ikev2_error(uint16_t code);

#endif
