/* What the files that make a plan share. Not for others: use gateway/vpn_plan.h. */
#ifndef GATEWAY_VPN_PLAN_PARTS_H
#define GATEWAY_VPN_PLAN_PARTS_H

#include "gateway/vpn_plan.h"

/* --- vpn_plan.c: what a static and a dynamic map have in common ------------------------------- */

/* Gives the proposals of entry M, N of them; mem_free. */
struct ike_esp_suite *vpn_plan_esp_suites(const struct gw_config *c, const struct gw_map_entry *m,
                                          size_t *n);

/* False when ACE is more than one selector can say. */
bool vpn_plan_selector(const struct gw_ace *ace, struct ike_selector *out);
bool vpn_plan_same_selector(const struct ike_selector *a, const struct ike_selector *b);

/* Of peers of IKEv1 (ike_peer_config.fragment_mtu). */
uint16_t vpn_plan_fragment_mtu(const struct vpn *v);

/* One more, the last by number. */
struct vpn_policy *vpn_plan_policy_new(struct vpn *v);

/* Policy NUMBER is what PEER is asked for, or may ask. */
void vpn_plan_add_policy(struct vpn_plan *p, uint32_t number, size_t peer,
                         const struct ike_selector *sel, const struct ike_esp_suite *suites,
                         size_t nsuites);

/* --- vpn_plan_ikev2.c ------------------------------------------------------------------------- */

/* True when C's crypto map is where IKEv2 is enabled. */
bool vpn_plan_has_ikev2(const struct gw_config *c);
/* What C's policies combine to, and the settings of the endpoint. */
void vpn_plan_ikev2(struct vpn_plan *p, const struct gw_config *c);
/* Index of the peer at ADDR as one of IKEv2, which is added if need be; SIZE_MAX: there is no
 * tunnel group with its keys, or it must not use IKEv2. */
size_t vpn_plan_ikev2_peer(struct vpn_plan *p, const struct gw_config *c,
                           const struct ip_addr *addr);
/* Gives what the proposals of entry M combine to, N of them; mem_free. */
struct ike_esp_suite *vpn_plan_ikev2_esp(const struct gw_config *c, const struct gw_map_entry *m,
                                         size_t *n);

/* --- vpn_plan_dynamic.c: remote access -------------------------------------------------------- */

/* The entries of dynamic map NAME, for each group. */
void vpn_plan_dynamic_map(struct vpn *v, struct vpn_plan *p, const struct gw_config *c,
                          const char *name);

#endif
