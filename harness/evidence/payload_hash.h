/* A 64-bit hash of payload bytes that can be joined: from the hashes of two neighbours comes the
 * hash of both together, so byte continuity is provable from cut packets whatever their borders.
 * Polynomial over the Mersenne prime 2^61 - 1; against accident, not against an attacker. */
#ifndef EVIDENCE_PAYLOAD_HASH_H
#define EVIDENCE_PAYLOAD_HASH_H

#include "base/bytes.h"

/* Hash of no bytes. */
#define PAYLOAD_HASH_EMPTY 0u

uint64_t payload_hash(struct bytes b);

/* Hash of A followed by B, where B is LEN_B bytes long. */
uint64_t payload_hash_join(uint64_t a, uint64_t b, uint64_t len_b);

#endif
