/* The gateway's interfaces: where frames come in and go out. Numbers are given once, in the
 * configuration's order, and kept: one that goes down keeps its number, one that comes up later
 * gets the next. */
#ifndef GATEWAY_NETIF_H
#define GATEWAY_NETIF_H

#include "base/sink.h"
#include "gateway/config.h"

#define NETIF_MTU  1500
#define NETIF_NONE SIZE_MAX

struct netif {
    char hardware[GW_NAME], nameif[GW_NAME];
    int level;                     /* 0..100 */
    struct ip_net net;             /* own address, and the prefix of its network; family 0: none */
    struct ip_net net6[GW_ADDRS6]; /* the same in IPv6, link-local ones left out */
    size_t nnet6;
    struct ip_addr link_local; /* family 0: it does not speak IPv6 */
    struct mac mac;            /* from the address it had when it was numbered */
    bool up, was_up;           /* was: when it was announced last */
    struct sink *out;          /* NULL: nothing is attached */
    uint64_t received, sent, lost;
    uint64_t unreached; /* of the lost ones: packets whose neighbour gave no address */
};

struct netifs {
    struct netif *v;
    size_t n;
};

/* Lends CAP bytes for a frame, until the next one on this interface; NULL: it takes none now, which
 * counts as lost. */
static inline uint8_t *netif_reserve(struct netif *n, size_t cap)
{
    uint8_t *p = n->up && n->out ? sink_reserve(n->out, cap) : NULL;

    n->lost += !p;
    return p;
}

/* Sends the first LEN bytes of what was lent. */
static inline void netif_commit(struct netif *n, size_t len)
{
    n->sent++;
    sink_commit(n->out, len);
}

/* Takes over what C says now. */
void netifs_configure(struct netifs *s, const struct gw_config *c);
void netifs_release(struct netifs *s);

/* The one that is called NAMEIF and is up; NETIF_NONE. */
size_t netifs_find(const struct netifs *s, const char *nameif);

/* The one whose own address A is, and which is up; NETIF_NONE. */
size_t netifs_owner(const struct netifs *s, const struct ip_addr *a);

/* True when A is an address of N's own. */
bool netif_owns(const struct netif *n, const struct ip_addr *a);

/* The own address that N speaks to A from (RFC 6724, rules 2 and 8 in short: of A's scope, and of
 * its network where there is one). Family 0: it has none of that version. */
struct ip_addr netif_source(const struct netif *n, const struct ip_addr *a);

#endif
