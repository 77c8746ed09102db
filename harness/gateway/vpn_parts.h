/* What the files about IKE's outputs share. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_VPN_PARTS_H
#define GATEWAY_VPN_PARTS_H

#include "gateway/gateway_parts.h"
#include "gateway/vpn_words.h"

/* PEER as the log names it: with its tunnel group. */
struct gw_msg_ike gw_vpn_who(const struct gateway *g, const struct ip_addr *peer);

/* An IKE SA came up, or went, or did not come about. */
void gw_vpn_ike_up(struct gateway *g, const struct ike_out *o);
void gw_vpn_ike_down(struct gateway *g, const struct ike_out *o);

/* vpn_idle.c: ends tunnels that have carried nothing for the time of the group policy. */
void gw_vpn_end_idle(struct gateway *g);
/* A tunnel came up, or the configuration changed: when to look next. */
void gw_vpn_idle_renew(struct gateway *g);
/* The reasons for END, of the session with PEER. */
struct vpn_end_words gw_vpn_words(struct gateway *g, const struct ip_addr *peer, enum ike_end end);

/* Keeps the highest numbers of sessions and tunnels there were. */
void gw_vpn_tally(struct gateway *g);

/* clear crypto ipsec sa counters: of POLICY. */
void gw_vpn_clear_counters(struct vpn *v, uint32_t policy);

/* True while a pair with PEER is there. */
bool gw_vpn_has_pairs(struct gateway *g, const struct ip_addr *peer);

/* Logs the end of S and forgets it. */
void gw_vpn_session_end(struct gateway *g, struct vpn_session *s, enum ike_end end);

#endif
