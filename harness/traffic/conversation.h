/* What a capture says was exchanged, free of sequence numbers and loss: who opened, which bytes in
 * which direction, in which order, with which pauses. Made once, then read by both hosts. */
#ifndef TRAFFIC_CONVERSATION_H
#define TRAFFIC_CONVERSATION_H

#include "base/bytes.h"
#include "base/clock.h"
#include "wire/addr.h"

enum conv_side { CONV_A, CONV_B }; /* A opened the flow (TCP: sent the SYN; else spoke first) */

enum conv_proto { CONV_ICMP = 1, CONV_TCP = 6, CONV_UDP = 17 };

enum turn_kind {
    TURN_DATA, /* bytes; one turn is a run in one direction (TCP), one datagram (UDP), one echo
                  message (ICMP: A asks, B answers; the bytes are what follows the 8-byte header) */
    TURN_FIN,  /* this side closes its direction */
    TURN_RST,  /* this side aborts */
};

struct turn {
    enum turn_kind kind;
    enum conv_side from;
    struct span gap; /* pause before it: since the previous turn was complete on the wire */
    uint64_t offset; /* DATA: place in the direction's bytes */
    uint64_t len;    /* DATA */
};

/* What was mended on the way from packets to bytes; all counts in packets unless named bytes. */
struct conv_repairs {
    uint64_t retransmitted, reordered, overlapping;
    uint64_t conflicting_bytes; /* sent twice with other content: the first copy was kept */
    uint64_t undelivered_bytes; /* left out: behind a hole, and never acknowledged */
    bool no_start;              /* the capture began in the middle */
    bool no_end; /* no RST, nor a FIN from each side, was seen: what was missing was added */
};

struct conversation {
    enum conv_proto proto;
    struct endpoint a, b; /* as captured; ICMP: port is the echo id */
    struct bytes data[2]; /* every byte of each direction, indexed by conv_side */
    const struct turn *turns;
    size_t nturns;
    uint16_t mss[2]; /* TCP: as announced by each side; 0 unknown */
    struct conv_repairs repairs;
};

#endif
