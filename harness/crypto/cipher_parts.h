/* What a keyed cipher is inside. For the files of this folder only: others use crypto/cipher.h. */
#ifndef CRYPTO_CIPHER_PARTS_H
#define CRYPTO_CIPHER_PARTS_H

#include "crypto/cipher.h"
#include "crypto/openssl.h"

struct cipher {
    enum cipher_alg alg;
    /* One keyed context a direction (0: decrypts), made at first use: an ESP SA needs only one. */
    EVP_CIPHER_CTX *ctx[2];
    uint8_t key[CIPHER_KEY_MAX]; /* as libcrypto wants it */
    size_t nsalt;
    uint8_t nonce[CIPHER_BLOCK_MAX]; /* begins with the salt; the IV follows message by message */
};

const EVP_CIPHER *cipher_algorithm(enum cipher_alg alg);

#endif
