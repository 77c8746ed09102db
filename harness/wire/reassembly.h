/* Fragments of IPv4 (RFC 791, 3.2) and IPv6 (RFC 8200, 4.5) put together, as an ASA does it before
 * it looks at a packet: `fragment size 200`, `chain 24`, `timeout 5`. A datagram whose fragments
 * overlap is dropped, as RFC 5722 asks for IPv6; so is an IPv6 fragment that has other extension
 * headers too, which no host here sends. */
#ifndef WIRE_REASSEMBLY_H
#define WIRE_REASSEMBLY_H

#include "base/clock.h"
#include "wire/pkt.h"

#define REASSEMBLY_CHAIN   24  /* fragments of one datagram */
#define REASSEMBLY_SLOTS   200 /* datagrams at once; the oldest goes first */
#define REASSEMBLY_TIMEOUT SPAN_S(5)

struct reassembly;

struct reassembly *reassembly_new(void);
void reassembly_free(struct reassembly *r); /* NULL is fine */
void reassembly_forget(struct reassembly *r);

/* Takes the fragment in P, which came in on interface IFI. True when it completes its
 * datagram: P is then that datagram, whole and taken apart, with views that are valid until the
 * next call. */
bool reassembly_add(struct reassembly *r, size_t ifi, struct pkt *p, struct mono now);

#endif
