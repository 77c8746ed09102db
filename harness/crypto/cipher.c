#include "crypto/cipher.h"

#include "base/mem.h"
#include "crypto/openssl.h"

static const struct {
    const char *name;
    uint8_t key, block;
} ciphers[] = {{"none", 0, 0},
#define X(id, name, key, block) {name, key, block},
               CIPHERS(X)
#undef X
};

struct cipher {
    enum cipher_alg alg;
    /* One keyed context a direction, made at first use: an ESP SA needs only one. */
    EVP_CIPHER_CTX *encrypt, *decrypt;
    uint8_t key[CIPHER_KEY_MAX]; /* as libcrypto wants it */
};

const char *cipher_name(enum cipher_alg alg)
{
    return ciphers[alg].name;
}

enum cipher_alg cipher_by_name(const char *name)
{
    for (enum cipher_alg a = CIPHER_NONE + 1; a < CIPHER_COUNT; a++)
        if (strcmp(ciphers[a].name, name) == 0)
            return a;
    return CIPHER_NONE;
}

size_t cipher_key_len(enum cipher_alg alg)
{
    return ciphers[alg].key;
}

size_t cipher_block_len(enum cipher_alg alg)
{
    return ciphers[alg].block;
}

static const EVP_CIPHER *algorithm(enum cipher_alg alg)
{
    switch (alg) {
    case CIPHER_DES_CBC: /* see cipher_new */
    case CIPHER_3DES_CBC: return EVP_des_ede3_cbc();
    case CIPHER_AES128_CBC: return EVP_aes_128_cbc();
    case CIPHER_AES192_CBC: return EVP_aes_192_cbc();
    case CIPHER_AES256_CBC: return EVP_aes_256_cbc();
    case CIPHER_NONE:
    case CIPHER_COUNT: break;
    }
    return NULL;
}

enum err cipher_new(enum cipher_alg alg, struct bytes key, struct cipher **out)
{
    if (alg <= CIPHER_NONE || alg >= CIPHER_COUNT)
        return ERR_UNSUPPORTED;
    if (key.n != cipher_key_len(alg))
        return ERR_RANGE;
    struct cipher *c = mem_zalloc(sizeof(*c));
    c->alg = alg;
    /* OpenSSL 3 keeps single DES in its legacy provider, which is often not installed. Triple DES
     * with three equal keys is single DES: encrypt, decrypt, encrypt (SP 800-67). */
    for (size_t i = 0; i < (alg == CIPHER_DES_CBC ? 3 : 1); i++)
        memcpy(c->key + i * key.n, key.p, key.n);
    *out = c;
    return ERR_OK;
}

void cipher_free(struct cipher *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->encrypt);
    EVP_CIPHER_CTX_free(c->decrypt);
    mem_wipe(c, sizeof(*c));
    mem_free(c);
}

static EVP_CIPHER_CTX *keyed(const struct cipher *c, int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx && EVP_CipherInit_ex(ctx, algorithm(c->alg), NULL, c->key, NULL, encrypt) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

static enum err run(const struct cipher *c, EVP_CIPHER_CTX **ctx, int encrypt, const uint8_t *iv,
                    const uint8_t *in, uint8_t *out, size_t n)
{
    int done;

    if (n % cipher_block_len(c->alg) != 0 || n > INT32_MAX)
        return ERR_RANGE;
    if (n == 0)
        return ERR_OK;
    if (!*ctx)
        *ctx = keyed(c, encrypt);
    /* Only the IV is set: the key schedule stays. */
    if (!*ctx || EVP_CipherInit_ex(*ctx, NULL, NULL, NULL, iv, -1) != 1 ||
        EVP_CipherUpdate(*ctx, out, &done, in, (int)n) != 1 || (size_t)done != n)
        return ERR_CRYPTO;
    return ERR_OK;
}

enum err cipher_encrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in, uint8_t *out,
                        size_t n)
{
    return run(c, &c->encrypt, 1, iv, in, out, n);
}

enum err cipher_decrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in, uint8_t *out,
                        size_t n)
{
    return run(c, &c->decrypt, 0, iv, in, out, n);
}
