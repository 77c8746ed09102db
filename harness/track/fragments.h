/* IPv4 and IPv6 fragments put together again (RFC 791, 3.2; RFC 8200, 4.5).
 *
 * Bounded: so many datagrams at once, so many bytes in all; the oldest goes first. Overlaps: the
 * first copy of a byte wins. Datagrams unfinished after FRAGMENTS_TIMEOUT of packet time are
 * dropped. */
#ifndef TRACK_FRAGMENTS_H
#define TRACK_FRAGMENTS_H

#include "wire/pkt.h"

#define FRAGMENTS_DATAGRAMS 256
#define FRAGMENTS_BYTES     (8u << 20)
#define FRAGMENTS_TIMEOUT   INT64_C(60000000000) /* ns: RFC 8200, 4.5 */

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *f); /* NULL is fine */

/* Takes the fragment in P (any IP kind, ip_is_fragment), seen at TIME_NS. True when it completes
 * its datagram: P then holds that datagram, whole and taken apart, with views that are valid until
 * the next call. False otherwise; P is as it was. */
bool fragments_add(struct fragments *f, struct pkt *p, int64_t time_ns);

struct fragments_stats {
    uint64_t fragments, whole, dropped; /* fragments taken, datagrams made, datagrams given up */
};

struct fragments_stats fragments_stats(const struct fragments *f);

#endif
