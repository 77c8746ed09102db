/* PRFs made of AES-128. For the files of this folder only: others use crypto/prf.h. */
#ifndef CRYPTO_PRF_PARTS_H
#define CRYPTO_PRF_PARTS_H

#include "crypto/prf.h"

/* AES-XCBC-PRF-128 (RFC 3566, 4434) or AES-CMAC-PRF-128 (RFC 4493, 4615): 16 bytes to OUT. */
void prf_aes(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
             uint8_t *out);

#endif
