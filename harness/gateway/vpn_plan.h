/* From configuration to what an IKE endpoint wants: peers, proposals, and a policy for every permit
 * entry of the crypto map. */
#ifndef GATEWAY_VPN_PLAN_H
#define GATEWAY_VPN_PLAN_H

#include "gateway/vpn.h"

/* IKEv1 in fragments (Cisco's own, no RFC): an ASA says in every phase 1 that it can, both modes,
 * has no command against it, and cuts up what is long once the other side has said the same. How
 * long that is Cisco does not say: this is the default of `crypto ikev2 fragmentation`, in bytes of
 * an IP packet. The model's switch ikev1-in-one-piece is without all of it. */
#define VPN_IKEV1_FRAGMENT_MTU 576

struct vpn_entry { /* a crypto map entry that can be used */
    const char *map;
    unsigned seq;
    char acl[GW_NAME];
    struct gw_acl list; /* a copy: the configuration may change before the plan does */
    size_t npeers;
    size_t active;      /* the peer that is tried next */
    uint32_t *policies; /* [npeers][list.naces]: numbers; VPN_NONE for a deny entry */
};

struct vpn_plan {
    char map[GW_NAME];
    struct ike_config ike;
    struct vpn_entry *entries;
    size_t nentries;
    /* what ike borrows */
    struct ike_peer_config *peers;
    char (*keys)[129];
    char (*names)[GW_NAME]; /* of remote access groups, by peer */
    struct ike_suite *suites;
    size_t nsuites;
    struct ike_policy *policies;
    size_t npolicies;
    struct ike_esp_suite **esp_suites; /* one list per entry */
    /* the same for IKEv2 (vpn_plan_ikev2.c) */
    char (*remote_keys)[129];
    struct ike_suite *ikev2_suites;
    size_t nikev2_suites;
    struct ike_esp_suite **ikev2_esp_suites;
};

/* What C says, for the interface LOCAL is the address of. Adds to V's policies, and marks those
 * that are configured. */
struct vpn_plan *vpn_plan_new(struct vpn *v, const struct gw_config *c,
                              const struct ip_addr *local);
void vpn_plan_free(struct vpn_plan *p); /* wipes keys; NULL is fine */

/* The policy that protects packets of KEY, which leave through the crypto map's interface. Of
 * several peers one that has a tunnel, else the one to be tried next. VPN_NONE: they go in clear.
 * VPN_BLOCKED: they must not, and no tunnel can be made for them. */
uint32_t vpn_plan_match(const struct vpn *v, const struct gw_flow_key *key);

/* The policy of a pair that was negotiated with PEER for PARENT and protects SEL: PARENT itself, or
 * a part of it that gets a number of its own. */
uint32_t vpn_policy_for(struct vpn *v, uint32_t parent, const struct ip_addr *peer,
                        const struct ike_selector *sel);

/* True when packets of KEY, which leave, are in SEL. */
bool vpn_selector_has(const struct ike_selector *sel, const struct gw_flow_key *key);

/* The peer of policy P did not answer: another one of the same entry is tried next. */
void vpn_plan_next_peer(struct vpn *v, const struct vpn_policy *p);

#endif
