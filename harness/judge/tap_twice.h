/* Span ports and bridges give a tap the same packet twice: the same IP packet byte by byte, at
 * once. A host that sends again numbers its packet anew (RFC 6864, 4.2), or takes at least a
 * network's round trip. */
#ifndef JUDGE_TAP_TWICE_H
#define JUDGE_TAP_TWICE_H

#include "base/bytes.h"

#define TAP_TWICE_NS INT64_C(1000000) /* later it is sent again, not seen again */

#define TAP_TWICE_SLOTS 4096u

struct tap_twice { /* of one tap; zero is empty */
    struct {
        uint64_t hash;
        int64_t ns;
    } seen[TAP_TWICE_SLOTS];
    uint64_t twice;
};

/* PACKET: from its IP header on. True, and counted: it was there already. */
bool tap_twice_add(struct tap_twice *t, struct bytes packet, int64_t time_ns);

#endif
