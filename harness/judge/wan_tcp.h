/* IKE and ESP in TCP (RFC 8229, now 9329), as the tap on the WAN sees it: a stream to or from port
 * 4500, or one that begins with the prefix "IKETCP" on any port. For judge/ only.
 *
 * Memory is bounded: WAN_TCP_MAX directions of streams, each with what `track/ordered.h` keeps. */
#ifndef JUDGE_WAN_TCP_H
#define JUDGE_WAN_TCP_H

#include "base/map.h"
#include "wire/pkt.h"

#define WAN_TCP_MAX 64u

struct judge;
struct tcp_reader;

struct wan_tcp {
    struct tcp_reader *v[WAN_TCP_MAX];
    struct map map; /* by both endpoints */
    uint32_t n;
    bool elsewhere; /* some are on other ports than 4500 */
    bool too_many;  /* more than that were there: not read */
};

void wan_tcp_init(struct wan_tcp *t);
void wan_tcp_release(struct wan_tcp *t);

/* A whole packet of TCP. TAKE is called for every message that it completes: IKE behind four zeros,
 * or ESP. False: it is of no such stream. */
bool wan_tcp_frame(struct judge *j, const struct pkt *p,
                   void take(struct judge *j, const struct pkt *p, struct bytes message));

/* Holes that were given up: messages may be missing. */
uint64_t wan_tcp_holes(const struct wan_tcp *t);

#endif
