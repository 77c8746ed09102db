/* CBC block ciphers for IKEv1 and ESP, keyed once and used for many messages. From libcrypto. */
#ifndef CRYPTO_CIPHER_H
#define CRYPTO_CIPHER_H

#include "base/bytes.h"
#include "base/err.h"

/* X(id, name, key bytes, block and IV bytes). Names are those of the RFCs, as in reports. */
#define CIPHERS(X)                                                                                 \
    X(DES_CBC, "des-cbc", 8, 8)          /* RFC 2405 */                                            \
    X(3DES_CBC, "3des-cbc", 24, 8)       /* RFC 2451 */                                            \
    X(AES128_CBC, "aes-128-cbc", 16, 16) /* RFC 3602 */                                            \
    X(AES192_CBC, "aes-192-cbc", 24, 16)                                                           \
    X(AES256_CBC, "aes-256-cbc", 32, 16)

enum cipher_alg {
    CIPHER_NONE,
#define X(id, name, key, block) CIPHER_##id,
    CIPHERS(X)
#undef X
        CIPHER_COUNT
};

#define CIPHER_KEY_MAX   32
#define CIPHER_BLOCK_MAX 16

const char *cipher_name(enum cipher_alg alg);     /* "none" for CIPHER_NONE */
enum cipher_alg cipher_by_name(const char *name); /* CIPHER_NONE when unknown */
size_t cipher_key_len(enum cipher_alg alg);       /* bytes; 0 for CIPHER_NONE */
size_t cipher_block_len(enum cipher_alg alg);

struct cipher;

/* KEY must have exactly cipher_key_len bytes. Gives *OUT (cipher_free). ERR_UNSUPPORTED, ERR_RANGE.
 */
MUST_USE enum err cipher_new(enum cipher_alg alg, struct bytes key, struct cipher **out);

/* Wipes the key. NULL is fine. */
void cipher_free(struct cipher *c);

/* CBC without padding over N bytes, a multiple of the block; IN and OUT may be the same memory.
 * IV: one block. ERR_RANGE for another length, ERR_CRYPTO. */
MUST_USE enum err cipher_encrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in,
                                 uint8_t *out, size_t n);
MUST_USE enum err cipher_decrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in,
                                 uint8_t *out, size_t n);

#endif
