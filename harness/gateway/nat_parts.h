/* What the files of address translation share. Not for others: use gateway/nat.h. */
#ifndef GATEWAY_NAT_PARTS_H
#define GATEWAY_NAT_PARTS_H

#include "gateway/nat.h"

enum nat_kind { NAT_EXEMPT, NAT_FIXED, NAT_DYNAMIC, NAT_IDENTITY /* nat 0 without a list */ };

struct nat_range { /* addresses in host order */
    uint32_t from, to;
};

struct nat_rule {
    enum nat_kind kind;
    bool twice;
    size_t real_ifi, mapped_ifi; /* NETIF_NONE: any */
    struct nat_range real;
    uint32_t mapped; /* FIXED: the first mapped address */
    uint8_t proto;   /* FIXED: not 0: one port */
    uint16_t real_port, mapped_port;
    char acl[GW_NAME]; /* not "": and the list permits it */
    /* by destination: as the real side sees them, and where they really are */
    bool has_dst;
    struct nat_range dst_seen;
    uint32_t dst_real;
    uint32_t id;  /* DYNAMIC: of its pools */
    bool outside; /* DYNAMIC: also towards interfaces of higher or equal security */
    struct xlate *xlate;
};

struct nat_pool {
    uint32_t id;
    size_t ifi; /* NETIF_NONE: any */
    bool interface, port;
    struct nat_range range;
};

/* Pools of rules that name their addresses themselves are numbered from here on. */
#define NAT_OWN_POOLS UINT32_C(0x80000000)

struct nat {
    struct xlates_env env;
    struct xlates *xlates;
    struct nat_rule *rules;
    size_t nrules;
    struct nat_pool *pools;
    size_t npools;
    bool own_ports;
};

static inline bool nat_in(const struct nat_range *r, uint32_t a)
{
    return a >= r->from && a <= r->to;
}

/* nat_rules.c: rules and pools of the configuration, in order: section 1 (twice NAT), 2 (objects,
 * static ones first), 3 (twice NAT after-auto). */
void nat_rules_build(struct nat *n);
void nat_add_rule(struct nat *n, const struct nat_rule *r);
/* NETIF_NONE for GW_NAT_ANY; *OK becomes false when there is no such interface. */
size_t nat_interface_of(const struct nat *n, const char *name, bool *ok);
uint32_t nat_own_address(const struct nat *n, size_t ifi); /* 0: it has none */
/* Pools of its own for rule R, which maps to NAME, or to ADDR where that is "". False: to nothing.
 */
bool nat_own_pools(struct nat *n, struct nat_rule *r, const char *name, const struct ip_addr *addr);

/* nat_twice.c: the rules of one section of twice NAT */
void nat_add_twices(struct nat *n, bool after_auto);

#endif
