/* Puts IP fragments together (RFC 791 3.2, RFC 8200 4.5). Bounded: few datagrams at a time, the
 * oldest goes first; a datagram whose fragments overlap is dropped (RFC 5722). */
#ifndef HOST_DEFRAG_H
#define HOST_DEFRAG_H

#include "base/clock.h"
#include "host/intervals.h"
#include "wire/ip.h"

#define DEFRAG_SLOTS 8

struct defrag_slot {
    struct mono until; /* incomplete then: forgotten */
    struct ip head;    /* of one fragment: addresses, proto, id */
    uint8_t *buf;      /* made when first used, then kept */
    size_t total;      /* payload bytes; 0: the last fragment has not come */
    struct intervals have;
    bool used;
};

struct defrag {
    struct defrag_slot slots[DEFRAG_SLOTS];
};

void defrag_release(struct defrag *r);

/* Takes in the fragment IP. True when it completes its datagram: *OUT is then the whole IP packet,
 * valid until the next call. */
bool defrag_add(struct defrag *r, const struct ip *ip, struct mono now, struct bytes *out);

#endif
