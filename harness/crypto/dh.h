/* Diffie-Hellman over the MODP groups of RFC 2409 and RFC 3526. Private values come from the
 * caller's randomness, so that a seeded run repeats itself. */
#ifndef CRYPTO_DH_H
#define CRYPTO_DH_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/rng.h"

/* X(IANA group number, name, bytes of a public value) */
#define DH_GROUPS(X)                                                                               \
    X(1, "modp768", 96)                                                                            \
    X(2, "modp1024", 128)                                                                          \
    X(5, "modp1536", 192)                                                                          \
    X(14, "modp2048", 256)

#define DH_PUBLIC_MAX 256

size_t dh_len(uint16_t group);       /* 0: group not known */
const char *dh_name(uint16_t group); /* NULL: group not known */

struct dh;

/* A fresh key pair of GROUP. Gives *OUT (dh_free). ERR_UNSUPPORTED: group not known. */
MUST_USE enum err dh_new(uint16_t group, struct rng *rng, struct dh **out);
void dh_free(struct dh *d); /* wipes; NULL is fine */

struct bytes dh_public(const struct dh *d); /* dh_len bytes, left-padded with zeros */

/* The shared secret, dh_len bytes left-padded (RFC 2409, 5). ERR_RANGE: the peer's value has the
 * wrong length or is 0, 1, p - 1 or not below p. */
MUST_USE enum err dh_shared(const struct dh *d, struct bytes peer_public, uint8_t *out);

#endif
