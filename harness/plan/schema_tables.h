/* Structs that exist only between the grammar's tables and the builders. */
#ifndef PLAN_SCHEMA_TABLES_H
#define PLAN_SCHEMA_TABLES_H

#include "plan/schema.h"

struct lab_site { /* <site>: one side of struct plan_lab */
    unsigned name;
    struct ip_addr host, on_link, inside, outside, wan_router, mgmt;
    struct ip_net net;
};

struct lab_leg {   /* <leg> */
    unsigned name; /* index into LEG_WORDS, which is enum plan_leg */
    struct plan_leg_spec spec;
};

#define LEG_WORDS    "bo-lan wan ho-lan mgmt"
#define SITE_WORDS   "bo ho"
#define ACTOR_WORDS  "peer device harness"
#define TUNNEL_WORDS "kept replaced deleted up down"
#define RESET_WORDS  "any device host peer"
#define STREAM_WORDS "continuous torn stalled idle"

#endif
