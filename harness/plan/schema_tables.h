/* Structs that exist only between the grammar's tables and the builders. */
#ifndef PLAN_SCHEMA_TABLES_H
#define PLAN_SCHEMA_TABLES_H

#include "plan/schema.h"

#include <stddef.h>

#define IN(type, field) offsetof(struct type, field)

/* Attributes: name, kind, required, place */
#define ATTRS(list) .attrs = (list), .nattrs = COUNT(list)

extern const struct elem_spec schema_actions[ACTION_COUNT]; /* schema_actions.c */

/* Addresses of the lab: X(field of struct plan_lab, attribute, what it is when the case is silent).
 * These are the Cisco note's: BO behind 209.165.201.2, its users in 10.224.228.0/25 behind the
 * router 10.224.9.1. Crypto ACL 100 protects them towards anywhere, so anywhere is what HO
 * protects. */
#define LAB_ADDRESSES(X)                                                                           \
    X(bo_host, "bo-host", "10.224.228.10")                                                         \
    X(bo_on_link, "bo-on-link", "10.224.9.1")                                                      \
    X(bo_inside, "bo-inside", "10.224.9.5")                                                        \
    X(bo_outside, "bo-outside", "209.165.201.2")                                                   \
    X(bo_wan_router, "bo-wan-router", "209.165.201.1")                                             \
    X(ho_outside, "ho-outside", "209.165.200.10")                                                  \
    X(ho_wan_router, "ho-wan-router", "209.165.200.9")                                             \
    X(ho_inside, "ho-inside", "192.168.50.1")                                                      \
    X(ho_on_link, "ho-on-link", "192.168.50.10")                                                   \
    X(ho_host, "ho-host", "192.168.50.10")                                                         \
    X(mgmt_device, "mgmt-device", "10.224.14.10")                                                  \
    X(mgmt_device2, "mgmt-device2", "10.224.14.11")                                                \
    X(mgmt_host, "mgmt-host", "10.224.14.20")                                                      \
    X(outside_host, "outside-host", "203.0.113.20")
#define LAB_NETS(X)                                                                                \
    X(bo_net, "bo-net", "10.224.228.0/25")                                                         \
    X(ho_net, "ho-net", "0.0.0.0/0")

struct lab_leg {   /* <leg> */
    unsigned name; /* index into LEG_WORDS, which is enum plan_leg */
    struct plan_leg_spec spec;
};

struct lab_nat { /* <nat> */
    unsigned site;
    struct ip_addr outside, inside; /* family 0: nothing was said */
    struct plan_nat spec;
};

#define LEG_WORDS    "bo-lan wan ho-lan mgmt"
#define SITE_WORDS   "bo ho"
#define ACTOR_WORDS  "peer device harness"
#define TUNNEL_WORDS "kept replaced deleted up down settled"
#define RESET_WORDS  "any device host peer"
#define STREAM_WORDS "continuous torn stalled idle"

#endif
