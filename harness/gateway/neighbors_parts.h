/* What the files of the neighbours' table share. Not for others: use gateway/neighbors.h. */
#ifndef GATEWAY_NEIGHBORS_PARTS_H
#define GATEWAY_NEIGHBORS_PARTS_H

#include "base/map.h"
#include "base/wheel.h"
#include "gateway/neighbors.h"

#define ENTRIES_MAX 4096
#define HELD_MAX    4                /* frames waiting for one address */
#define RETRY       SPAN_S(1)        /* between questions */
#define TRIES       4                /* questions before what waits is given up */
#define LIFE        SPAN_S(4 * 3600) /* the ASA's arp timeout: 14400 s */

struct held {
    uint8_t *p;
    size_t n;
};

/* RFC 4861, 7.3.2: how sure it is that a known neighbour is there. */
enum nud { NUD_REACHABLE, NUD_STALE, NUD_DELAY, NUD_PROBE };

struct entry {
    struct timer timer; /* the next question, or the end of a known entry's life */
    uint32_t id;
    size_t ifi;
    struct ip_addr addr;
    struct mac mac;
    bool known;
    struct mono heard; /* known: since then */
    uint8_t nud;       /* enum nud: of IPv6, when it is known */
    unsigned asked;    /* questions since the last answer */
    struct held held[HELD_MAX];
    size_t nheld;
};

struct neighbors {
    struct netifs *ifs;
    const struct clock *clk;
    struct entry **v;
    size_t n;
    size_t hand; /* the next to go when all places are taken */
    struct map by_addr;
    struct wheel timers;
    uint32_t epoch;
    bool (*answers)(const void *ctx, size_t ifi, const struct ip_addr *a);
    const void *answers_ctx;
};

static inline uint16_t neighbor_ether_type(const struct entry *e)
{
    return e->addr.family == 6 ? ETHER_IPV6 : ETHER_IPV4;
}

/* --- neighbors.c --------------------------------------------------------------------------------
 */

/* The entry of A if there is one; NULL. */
struct entry *neighbor_find(struct neighbors *n, size_t ifi, const struct ip_addr *a);

/* E's address is MAC: what waited goes. */
void neighbor_learn(struct neighbors *n, struct entry *e, const struct mac *mac);

/* E does not answer: what waited is dropped. */
void neighbor_give_up(struct neighbors *n, struct entry *e);

/* --- neighbors_nd.c (IPv6) ----------------------------------------------------------------------
 */

void neighbor_nd_ask(struct neighbors *n, struct entry *e);    /* and again, later */
void neighbor_nd_use(struct neighbors *n, struct entry *e);    /* a known one gets a packet */
void neighbor_nd_expire(struct neighbors *n, struct entry *e); /* its timer has fired */
void neighbor_nd_announce(struct neighbors *n, size_t ifi);

#endif
