/* The next hop's link address: ARP (RFC 826) and neighbour discovery (RFC 4861), both as asker and
 * as the one asked. There is one neighbour that matters: everything is sent to the next hop. */
#ifndef HOST_NEIGHBOR_H
#define HOST_NEIGHBOR_H

#include "base/wheel.h"
#include "host/flow.h"
#include "wire/icmp.h"
#include "wire/ip.h"

struct neighbor {
    bool known;
    struct mac mac;
    struct timer retry;                  /* armed while an answer is awaited */
    bool asked;                          /* at least once, at `asked_at` */
    struct mono asked_at;                /* the last question */
    struct flow *pending, *last_pending; /* flows that could not send */
};

/* Asks for the next hop's address unless it is known or being asked for. */
void neighbor_need(struct host *h);

/* The same, and F is told (flow_ops.reachable) once it is known. */
void neighbor_wait(struct host *h, struct flow *f);

/* Something that should have been answered was not: checks that the address still holds, at most
 * once in 5 s, as RFC 4861 7.3 does when it has no hint of forward progress. */
void neighbor_doubt(struct host *h);

/* The retry timer fired. */
void neighbor_retry(struct host *h);

/* A neighbour solicitation or advertisement M in IP. */
void neighbor_discovery_input(struct host *h, const struct ip *ip, const struct icmp *m);

#endif
