/* Keyed 64-bit hashes for tables fed by untrusted input: SipHash-1-3. Not for signatures. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bytes.h"

/* SipHash-1-3 (Aumasson and Bernstein) of B under a 128-bit key derived from KEY. */
uint64_t hash_bytes(struct bytes b, uint64_t key);

/* The same of N words, for keys that are numbers: no bytes are put together. */
uint64_t hash_words(const uint64_t *words, size_t n, uint64_t key);

#endif
