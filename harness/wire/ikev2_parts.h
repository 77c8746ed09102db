/* What the files that read IKEv2 payloads share. Not for others: use wire/ikev2.h. */
#ifndef WIRE_IKEV2_PARTS_H
#define WIRE_IKEV2_PARTS_H

#include "wire/ikev2.h"

/* One step of a walk: *LEFT begins where R stands. What was checked as a whole does not fail piece
 * by piece. */
static inline bool ikev2_step(struct bytes *left, const struct rd *r)
{
    *left = r->err ? (struct bytes){NULL, 0} : bytes_from(*left, r->at);
    return !r->err;
}

#endif
