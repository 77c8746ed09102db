/* Diffie-Hellman over the MODP groups of RFC 2409 and RFC 3526, the ECP groups of RFC 5903 and
 * Curve25519 (RFC 8031). Private values come from the caller's randomness, so that a seeded run
 * repeats itself. */
#ifndef CRYPTO_DH_H
#define CRYPTO_DH_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/rng.h"

/* X(IANA group number, name, bytes of a public value, bytes of a shared secret). ECP: the public
 * value is x and y, the secret is x alone (RFC 5903, 7 and 9). */
#define DH_GROUPS(X)                                                                               \
    X(1, "modp768", 96, 96)                                                                        \
    X(2, "modp1024", 128, 128)                                                                     \
    X(5, "modp1536", 192, 192)                                                                     \
    X(14, "modp2048", 256, 256)                                                                    \
    X(15, "modp3072", 384, 384)                                                                    \
    X(16, "modp4096", 512, 512)                                                                    \
    X(17, "modp6144", 768, 768)                                                                    \
    X(18, "modp8192", 1024, 1024)                                                                  \
    X(19, "ecp256", 64, 32)                                                                        \
    X(20, "ecp384", 96, 48)                                                                        \
    X(21, "ecp521", 132, 66)                                                                       \
    X(31, "curve25519", 32, 32)

#define DH_PUBLIC_MAX 1024

size_t dh_len(uint16_t group);         /* of a public value; 0: group not known */
size_t dh_secret_len(uint16_t group);  /* the same */
const char *dh_name(uint16_t group);   /* NULL: group not known */
uint16_t dh_by_name(const char *name); /* 0: not known */

struct dh;

/* A fresh key pair of GROUP. Gives *OUT (dh_free). ERR_UNSUPPORTED: group not known. */
MUST_USE enum err dh_new(uint16_t group, struct rng *rng, struct dh **out);
void dh_free(struct dh *d); /* wipes; NULL is fine */

struct bytes dh_public(const struct dh *d); /* dh_len bytes, left-padded with zeros */

/* The shared secret, dh_secret_len bytes left-padded (RFC 2409, 5). ERR_RANGE: the peer's value has
 * the wrong length, or gives the secret away (RFC 6989, 2): 0, 1, p - 1 or not below p; a point
 * that is not on the curve; of small order. */
MUST_USE enum err dh_shared(const struct dh *d, struct bytes peer_public, uint8_t *out);

#endif
