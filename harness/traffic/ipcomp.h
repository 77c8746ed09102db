/* IP payload compression (RFC 3173) with DEFLATE (RFC 2394), which is all that is met. */
#ifndef TRAFFIC_IPCOMP_H
#define TRAFFIC_IPCOMP_H

#include "wire/pkt.h"

struct ipcomp;

struct ipcomp *ipcomp_new(void);
void ipcomp_free(struct ipcomp *c); /* NULL is fine */

/* When P (PKT_IP, no fragment) is compressed: P becomes what it was before, its views valid until
 * the next call. False otherwise, and when the data is cut or damaged; P is as it was. At most
 * 65,535 bytes are made of a packet. */
bool ipcomp_open(struct ipcomp *c, struct pkt *p);

#endif
