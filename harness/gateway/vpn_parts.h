/* What the files about IKE's outputs share. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_VPN_PARTS_H
#define GATEWAY_VPN_PARTS_H

#include "gateway/gateway_parts.h"
#include "gateway/vpn_words.h"

/* PEER as the log names it: with its tunnel group, and its user if it has one. */
struct gw_msg_ike gw_vpn_who(const struct gateway *g, const struct ip_addr *peer);
/* The same of who O is about, also before there is a session; O must outlive it. */
struct gw_msg_ike gw_vpn_who_of(const struct gateway *g, const struct ike_out *o);
/* True when PEER's session is AnyConnect's: nothing is logged of IKE and IPsec. */
bool gw_vpn_is_ssl(struct gateway *g, const struct ip_addr *peer);

/* --- vpn_remote.c: clients that come in by a dynamic map -------------------------------------- */

void gw_vpn_login(struct gateway *g, const struct ike_out *o);  /* XAUTH: is it the user? */
void gw_vpn_config(struct gateway *g, const struct ike_out *o); /* mode-config: what does it get? */
/* S has come up by O: its type, limits and first records. */
void gw_vpn_remote_up(struct gateway *g, struct vpn_session *s, const struct ike_out *o);
/* A tunnel of S came up or went. */
void gw_vpn_remote_tunnel(struct gateway *g, const struct vpn_session *s,
                          const struct vpn_policy *p, bool up);
/* Ends sessions that have been idle, or have lasted, for as long as their policy lets them. */
void gw_vpn_limit_sessions(struct gateway *g);
const char *gw_vpn_type_text(enum vpn_session_type t); /* as 113019 has it */

/* Asks IKE of VERSION for the tunnel of POLICY. */
void gw_vpn_try(struct gateway *g, uint32_t policy, uint8_t version);

/* An IKE SA came up, or went, or did not come about. */
void gw_vpn_ike_up(struct gateway *g, const struct ike_out *o);
void gw_vpn_ike_down(struct gateway *g, const struct ike_out *o);

/* vpn_facts.c: logs what changes no SA. */
void gw_vpn_fact(struct gateway *g, const struct ike_out *o);

/* vpn_idle.c: ends tunnels that have carried nothing for the time of the group policy. */
void gw_vpn_end_idle(struct gateway *g);
/* A tunnel came up, or the configuration changed: when to look next. */
void gw_vpn_idle_renew(struct gateway *g);
/* The reasons for END, of the session with PEER. */
struct vpn_end_words gw_vpn_words(struct gateway *g, const struct ip_addr *peer, enum ike_end end);

/* Keeps the highest numbers of sessions and tunnels there were. */
void gw_vpn_tally(struct gateway *g);
/* What there is now, as gw_vpn_tally counts it. */
struct vpn_tally gw_vpn_now(const struct gateway *g);
/* The tunnels of session S, and whether P is one. */
unsigned gw_vpn_tunnels(const struct vpn *v, const struct vpn_session *s);
static inline bool gw_vpn_is_tunnel_of(const struct vpn_policy *p, const struct vpn_session *s)
{
    return p->up && ip_addr_eq(&p->peer, &s->peer);
}

/* clear crypto ipsec sa counters: of POLICY. */
void gw_vpn_clear_counters(struct vpn *v, uint32_t policy);

/* True while a pair with PEER is there. */
bool gw_vpn_has_pairs(struct gateway *g, const struct ip_addr *peer);

/* Logs the end of S and forgets it. */
void gw_vpn_session_end(struct gateway *g, struct vpn_session *s, enum ike_end end);

#endif
