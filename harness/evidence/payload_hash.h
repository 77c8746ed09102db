/* A 64-bit hash of payload bytes that can be joined: from the hashes of two neighbours comes the
 * hash of both together, so byte continuity is provable from cut packets whatever their borders.
 *
 * The bytes are read as one big number, most significant first, and taken modulo the prime
 * 2^64 - 59. Two runs of the same length that differ only within 7 bytes never have the same hash;
 * others by a chance of 2^-64 (256 has an order near 2^62, so swapped blocks show as well). Against
 * accident, not against an attacker. Leading zeros do not count: compare lengths, too. */
#ifndef EVIDENCE_PAYLOAD_HASH_H
#define EVIDENCE_PAYLOAD_HASH_H

#include "base/bytes.h"

/* Hash of no bytes. */
#define PAYLOAD_HASH_EMPTY 0u

uint64_t payload_hash(struct bytes b);

/* Hash of A followed by B, where B is LEN_B bytes long. */
uint64_t payload_hash_join(uint64_t a, uint64_t b, uint64_t len_b);

#endif
