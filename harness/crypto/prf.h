/* The pseudorandom functions of IKEv2 (RFC 7296, 2.13; RFC 4868, 4434, 4615) and prf+. */
#ifndef CRYPTO_PRF_H
#define CRYPTO_PRF_H

#include "crypto/hash.h"

/* X(id, name, digest of an HMAC, bytes of output). The preferred key length is that of the output.
 */
#define PRFS(X)                                                                                    \
    X(HMAC_MD5, "prf-hmac-md5", MD5, 16)                                                           \
    X(HMAC_SHA1, "prf-hmac-sha1", SHA1, 20)                                                        \
    X(HMAC_SHA256, "prf-hmac-sha2-256", SHA256, 32)                                                \
    X(HMAC_SHA384, "prf-hmac-sha2-384", SHA384, 48)                                                \
    X(HMAC_SHA512, "prf-hmac-sha2-512", SHA512, 64)                                                \
    X(AES128_XCBC, "prf-aes128-xcbc", NONE, 16) /* RFC 4434 */                                     \
    X(AES128_CMAC, "prf-aes128-cmac", NONE, 16) /* RFC 4615 */

enum prf_alg {
    PRF_NONE,
#define X(id, name, digest, len) PRF_##id,
    PRFS(X)
#undef X
        PRF_COUNT
};

#define PRF_MAX 64 /* bytes of output */

const char *prf_name(enum prf_alg alg);     /* "none" for PRF_NONE */
enum prf_alg prf_by_name(const char *name); /* PRF_NONE when unknown */
size_t prf_len(enum prf_alg alg);           /* of output, and of a key that we make */
enum prf_alg prf_of_digest(enum digest_alg digest);

/* True for those that the RFCs give keys of one length only: SKEYSEED then takes eight bytes of
 * each nonce (RFC 7296, 2.14). */
bool prf_has_fixed_key(enum prf_alg alg);

/* prf(KEY, PARTS one after the other) to OUT, prf_len bytes. Any key length. */
void prf_once(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
              uint8_t *out);

/* The first N bytes of prf+(KEY, SEED), with SEED the PARTS one after the other. NPARTS is at most
 * PRF_PLUS_PARTS, N at most 255 times prf_len (RFC 7296, 2.13). */
#define PRF_PLUS_PARTS 6
void prf_plus(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
              uint8_t *out, size_t n);

#endif
