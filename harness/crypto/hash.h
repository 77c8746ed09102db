/* Digests and HMAC (RFC 2104), whole and truncated as ESP uses them. From libcrypto. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "base/bytes.h"
#include "base/err.h"

#define DIGEST_MAX 64

/* X(id, name, digest bytes, block bytes) */
#define DIGESTS(X)                                                                                 \
    X(MD5, "md5", 16, 64)                                                                          \
    X(SHA1, "sha1", 20, 64)                                                                        \
    X(SHA256, "sha256", 32, 64)                                                                    \
    X(SHA384, "sha384", 48, 128)                                                                   \
    X(SHA512, "sha512", 64, 128)

enum digest_alg {
    DIGEST_NONE,
#define X(id, name, len, block) DIGEST_##id,
    DIGESTS(X)
#undef X
        DIGEST_COUNT
};

/* ESP and AH integrity: X(id, name, digest, ICV bytes) */
#define INTEGS(X)                                                                                  \
    X(HMAC_MD5_96, "hmac-md5-96", MD5, 12)              /* RFC 2403 */                             \
    X(HMAC_SHA1_96, "hmac-sha1-96", SHA1, 12)           /* RFC 2404 */                             \
    X(HMAC_SHA256_128, "hmac-sha2-256-128", SHA256, 16) /* RFC 4868 */                             \
    X(HMAC_SHA384_192, "hmac-sha2-384-192", SHA384, 24)                                            \
    X(HMAC_SHA512_256, "hmac-sha2-512-256", SHA512, 32)

enum integ_alg {
    INTEG_NONE,
#define X(id, name, digest, icv) INTEG_##id,
    INTEGS(X)
#undef X
        INTEG_COUNT
};

const char *digest_name(enum digest_alg alg);
size_t digest_len(enum digest_alg alg);
const char *integ_name(enum integ_alg alg);
enum integ_alg integ_by_name(const char *name); /* INTEG_NONE when unknown */
enum digest_alg integ_digest(enum integ_alg alg);
size_t integ_icv_len(enum integ_alg alg);
size_t integ_key_len(enum integ_alg alg); /* the digest's length (RFC 2403, 2404, 4868) */

/* Digest of PARTS one after the other, to OUT (digest_len bytes). */
void digest_sum(enum digest_alg alg, const struct bytes *parts, size_t nparts, uint8_t *out);

/* HMAC with the key's inner and outer state computed once: no allocation per message. */
struct hmac;

/* Any key length (RFC 2104). Gives *OUT (hmac_free). */
MUST_USE enum err hmac_new(enum digest_alg alg, struct bytes key, struct hmac **out);
void hmac_free(struct hmac *h); /* wipes; NULL is fine */

/* The whole HMAC (digest_len bytes) of PARTS one after the other. Truncation is the caller's. */
void hmac_sum(const struct hmac *h, const struct bytes *parts, size_t nparts, uint8_t *out);

/* One-off HMAC, as the IKE PRF wants it (RFC 2409, 3.2 and 5). */
void hmac_once(enum digest_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
               uint8_t *out);

/* Compares secrets in constant time. */
bool secret_eq(const void *a, const void *b, size_t n);

/* A running SHA-256, for stream digests: plain memory, to be copied and forgotten at will. */
struct sha256 {
    uint32_t state[28]; /* libcrypto's */
};

void sha256_begin(struct sha256 *s);
void sha256_add(struct sha256 *s, struct bytes b);
void sha256_end(const struct sha256 *s, uint8_t out[static 32]); /* OUT may lie in S; S goes on */

#endif
