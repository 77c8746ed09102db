/* What was seen of each stream on the hosts' own legs, for packets that carry on from there. */
#ifndef REPLAY_SIGHT_H
#define REPLAY_SIGHT_H

#include "plan/plan.h"
#include "wire/pkt.h"

#define SIGHT_QUOTE 64 /* bytes of a packet that an ICMP error has room for */

struct sight {
    bool sent, came; /* something of it */
    struct endpoint local, remote;
    uint32_t next, ack; /* the local host's: after its last byte; what it acknowledged last */
    uint16_t window;
    uint32_t ts, ts_echo;      /* its timestamps (RFC 7323) */
    uint8_t last[SIGHT_QUOTE]; /* the head of the packet that came last */
    size_t last_len;
};

/* P was sent (else came) by the host that S is about. PACKET: it, from its IP header on. */
void sight_take(struct sight *s, const struct pkt *p, struct bytes packet, bool sent);

#endif
