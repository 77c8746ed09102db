/* A running digest on the stack. For the files of this folder only: others use crypto/hash.h. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include "crypto/hash.h"
#include "crypto/openssl.h"

/* libcrypto's own state structs and not EVP_MD_CTX: they are copied by assignment, which is what
 * makes an HMAC without any allocation out of a key's two prepared states. */
struct digest {
    enum digest_alg alg;
    union {
        MD5_CTX md5;
        SHA_CTX sha1;
        SHA256_CTX sha256;
        SHA512_CTX sha512; /* SHA-384, too */
    } u;
};

/* ALG must not be DIGEST_NONE. */
void digest_begin(struct digest *d, enum digest_alg alg);
void digest_add(struct digest *d, struct bytes b);
void digest_end(struct digest *d, uint8_t *out); /* digest_len bytes; D is used up */

size_t digest_block_len(enum digest_alg alg);

#endif
