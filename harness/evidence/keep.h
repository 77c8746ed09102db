/* What headers mode keeps of a frame. For evidence/ only. */
#ifndef EVIDENCE_KEEP_H
#define EVIDENCE_KEEP_H

#include "evidence/writer.h"

struct keep {
    size_t n;              /* bytes of the frame to keep, from its start */
    bool has_hash;         /* a TCP or UDP payload is cut off whole: `hash` is that of its bytes */
    uint64_t payload_hash; /* see evidence/payload_hash.h */
};

/* Frames of up to EVIDENCE_HEAD_MAX bytes and everything that a judge reads to its end are kept
 * whole: the legs mgmt and events, IKE, syslog, fragments, and whatever is not TCP, UDP or ESP. */
struct keep keep_headers(enum evidence_leg leg, struct bytes frame);

#endif
