/* What crypto/ calls an algorithm, and IKEv2's transform for it (RFC 7296, 3.3.2; RFC 8221, 8247).
 * Diffie-Hellman groups have the same numbers on both sides. */
#ifndef IKE_IKE2_TRANSFORM_H
#define IKE_IKE2_TRANSFORM_H

#include "crypto/cipher.h"
#include "crypto/prf.h"
#include "wire/ikev2.h"

/* ENCR: with the Key Length attribute where the algorithm has keys of several lengths. CIPHER_NONE
 * is ENCR_NULL. */
struct ikev2_transform ike2_encr(enum cipher_alg cipher);
struct ikev2_transform ike2_prf(enum prf_alg prf);
struct ikev2_transform ike2_integ(enum integ_alg integ); /* INTEG_NONE: NONE */
struct ikev2_transform ike2_group(uint16_t group);
struct ikev2_transform ike2_esn(bool esn);

/* The other way; T has the type that is asked for. ERR_NOTFOUND: an algorithm or a key length that
 * we do not have, or a transform with something odd. */
MUST_USE enum err ike2_cipher_of(const struct ikev2_transform *t, enum cipher_alg *out);
MUST_USE enum err ike2_prf_of(const struct ikev2_transform *t, enum prf_alg *out);
MUST_USE enum err ike2_integ_of(const struct ikev2_transform *t, enum integ_alg *out);

#endif
