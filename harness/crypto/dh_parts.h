/* What a key pair is inside. For the files of this folder only: others use crypto/dh.h. */
#ifndef CRYPTO_DH_PARTS_H
#define CRYPTO_DH_PARTS_H

#include "crypto/dh.h"
#include "crypto/openssl.h"

struct dh {
    uint16_t group;
    BIGNUM *p, *x;        /* MODP: prime, private value; ECP: the private value alone */
    EC_GROUP *curve;      /* ECP */
    EVP_PKEY *montgomery; /* Curve25519 */
    uint8_t public[DH_PUBLIC_MAX];
};

/* dh_curve.c: ECP and Curve25519 */
MUST_USE enum err dh_ecp_new(struct dh *d, struct rng *rng);
MUST_USE enum err dh_ecp_shared(const struct dh *d, struct bytes peer, uint8_t *out);
MUST_USE enum err dh_x25519_new(struct dh *d, struct rng *rng);
MUST_USE enum err dh_x25519_shared(const struct dh *d, struct bytes peer, uint8_t *out);

#endif
