/* Where packets go: connected networks and static routes, the longest prefix first. */
#ifndef GATEWAY_ROUTES_H
#define GATEWAY_ROUTES_H

#include "gateway/netif.h"

struct route {
    struct ip_net net;
    size_t ifi;
    struct ip_addr next_hop; /* none: the destination itself */
};

struct routes {
    struct route *v; /* longest prefix first; of equals the connected one, then as configured */
    size_t n;
};

/* Those of C whose interface is up. */
void routes_build(struct routes *r, const struct gw_config *c, const struct netifs *s);
void routes_release(struct routes *r);

/* The way to DST; through interface ONLY unless that is NETIF_NONE. False when there is none. */
bool routes_find(const struct routes *r, const struct ip_addr *dst, size_t only, size_t *ifi,
                 struct ip_addr *next_hop);

#endif
