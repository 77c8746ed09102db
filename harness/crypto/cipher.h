/* Ciphers of IKE and ESP, keyed once and used for many messages. From libcrypto.
 *
 * CBC takes whole blocks and an IV of one. The others take any length and an explicit IV of eight
 * bytes, which must never come twice under one key; their key material ends with a salt (nonce)
 * that the wire never shows. GCM, CCM and ChaCha20-Poly1305 also authenticate: their ICV is made
 * here. */
#ifndef CRYPTO_CIPHER_H
#define CRYPTO_CIPHER_H

#include "base/bytes.h"
#include "base/err.h"

/* X(id, name, mode, key bytes, salt bytes, IV bytes, ICV bytes). Names as in reports. */
#define CIPHERS(X)                                                                                 \
    X(DES_CBC, "des-cbc", CBC, 8, 0, 8, 0)          /* RFC 2405 */                                 \
    X(3DES_CBC, "3des-cbc", CBC, 24, 0, 8, 0)       /* RFC 2451 */                                 \
    X(AES128_CBC, "aes-128-cbc", CBC, 16, 0, 16, 0) /* RFC 3602 */                                 \
    X(AES192_CBC, "aes-192-cbc", CBC, 24, 0, 16, 0)                                                \
    X(AES256_CBC, "aes-256-cbc", CBC, 32, 0, 16, 0)                                                \
    X(AES128_CTR, "aes-128-ctr", CTR, 16, 4, 8, 0) /* RFC 3686 */                                  \
    X(AES192_CTR, "aes-192-ctr", CTR, 24, 4, 8, 0)                                                 \
    X(AES256_CTR, "aes-256-ctr", CTR, 32, 4, 8, 0)                                                 \
    X(AES128_GCM_8, "aes-128-gcm-8", GCM, 16, 4, 8, 8) /* RFC 4106 */                              \
    X(AES192_GCM_8, "aes-192-gcm-8", GCM, 24, 4, 8, 8)                                             \
    X(AES256_GCM_8, "aes-256-gcm-8", GCM, 32, 4, 8, 8)                                             \
    X(AES128_GCM_12, "aes-128-gcm-12", GCM, 16, 4, 8, 12)                                          \
    X(AES192_GCM_12, "aes-192-gcm-12", GCM, 24, 4, 8, 12)                                          \
    X(AES256_GCM_12, "aes-256-gcm-12", GCM, 32, 4, 8, 12)                                          \
    X(AES128_GCM_16, "aes-128-gcm-16", GCM, 16, 4, 8, 16)                                          \
    X(AES192_GCM_16, "aes-192-gcm-16", GCM, 24, 4, 8, 16)                                          \
    X(AES256_GCM_16, "aes-256-gcm-16", GCM, 32, 4, 8, 16)                                          \
    X(AES128_CCM_8, "aes-128-ccm-8", CCM, 16, 3, 8, 8) /* RFC 4309 */                              \
    X(AES192_CCM_8, "aes-192-ccm-8", CCM, 24, 3, 8, 8)                                             \
    X(AES256_CCM_8, "aes-256-ccm-8", CCM, 32, 3, 8, 8)                                             \
    X(AES128_CCM_12, "aes-128-ccm-12", CCM, 16, 3, 8, 12)                                          \
    X(AES192_CCM_12, "aes-192-ccm-12", CCM, 24, 3, 8, 12)                                          \
    X(AES256_CCM_12, "aes-256-ccm-12", CCM, 32, 3, 8, 12)                                          \
    X(AES128_CCM_16, "aes-128-ccm-16", CCM, 16, 3, 8, 16)                                          \
    X(AES192_CCM_16, "aes-192-ccm-16", CCM, 24, 3, 8, 16)                                          \
    X(AES256_CCM_16, "aes-256-ccm-16", CCM, 32, 3, 8, 16)                                          \
    X(CHACHA20_POLY1305, "chacha20-poly1305", CHACHA, 32, 4, 8, 16) /* RFC 7634 */

enum cipher_alg {
    CIPHER_NONE,
#define X(id, name, mode, key, salt, iv, icv) CIPHER_##id,
    CIPHERS(X)
#undef X
        CIPHER_COUNT
};

enum cipher_mode {
    CIPHER_MODE_NONE,
    CIPHER_MODE_CBC,
    CIPHER_MODE_CTR,
    CIPHER_MODE_GCM,
    CIPHER_MODE_CCM,
    CIPHER_MODE_CHACHA
};

#define CIPHER_KEY_MAX   36 /* with the salt */
#define CIPHER_BLOCK_MAX 16
#define CIPHER_ICV_MAX   16

const char *cipher_name(enum cipher_alg alg);     /* "none" for CIPHER_NONE */
enum cipher_alg cipher_by_name(const char *name); /* CIPHER_NONE when unknown */
enum cipher_mode cipher_mode(enum cipher_alg alg);
size_t cipher_key_len(enum cipher_alg alg);    /* bytes of key material: key and salt */
unsigned cipher_key_bits(enum cipher_alg alg); /* of the key alone */
size_t cipher_iv_len(enum cipher_alg alg);     /* on the wire */
size_t cipher_icv_len(enum cipher_alg alg);    /* 0: it does not authenticate */
size_t cipher_block_len(enum cipher_alg alg);  /* what a message must be a multiple of; 0: none */

static inline bool cipher_is_aead(enum cipher_alg alg)
{
    return cipher_icv_len(alg) > 0;
}

struct cipher;

/* KEY is the key material: exactly cipher_key_len bytes. Gives *OUT (cipher_free). ERR_UNSUPPORTED,
 * ERR_RANGE. */
MUST_USE enum err cipher_new(enum cipher_alg alg, struct bytes key, struct cipher **out);

/* Wipes the key. NULL is fine. */
void cipher_free(struct cipher *c);

/* CBC without padding, or CTR, over N bytes; IN and OUT may be the same memory. IV:
 * cipher_iv_len bytes. ERR_RANGE: N is no multiple of the block, or the cipher authenticates;
 * ERR_CRYPTO. */
MUST_USE enum err cipher_encrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in,
                                 uint8_t *out, size_t n);
MUST_USE enum err cipher_decrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in,
                                 uint8_t *out, size_t n);

/* Ciphers that authenticate: AAD is covered by the ICV (cipher_icv_len bytes) and not encrypted.
 * ERR_AUTH: the ICV is wrong, and OUT holds nothing that may be used. */
MUST_USE enum err cipher_seal(struct cipher *c, const uint8_t *iv, struct bytes aad,
                              const uint8_t *in, uint8_t *out, size_t n, uint8_t *icv);
MUST_USE enum err cipher_open(struct cipher *c, const uint8_t *iv, struct bytes aad,
                              const uint8_t *in, uint8_t *out, size_t n, const uint8_t *icv);

#endif
