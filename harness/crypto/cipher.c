#include "crypto/cipher.h"

#include "base/mem.h"
#include "crypto/cipher_parts.h"

#include <string.h>

static const struct {
    const char *name;
    enum cipher_mode mode;
    uint8_t key, salt, iv, icv;
} ciphers[] = {{"none", CIPHER_MODE_NONE, 0, 0, 0, 0},
#define X(id, name, mode, key, salt, iv, icv) {name, CIPHER_MODE_##mode, key, salt, iv, icv},
               CIPHERS(X)
#undef X
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

enum cipher_mode cipher_mode(enum cipher_alg alg)
{
    return ciphers[alg].mode;
}

size_t cipher_key_len(enum cipher_alg alg)
{
    return (size_t)ciphers[alg].key + ciphers[alg].salt;
}

unsigned cipher_key_bits(enum cipher_alg alg)
{
    return ciphers[alg].key * 8U;
}

size_t cipher_iv_len(enum cipher_alg alg)
{
    return ciphers[alg].iv;
}

size_t cipher_icv_len(enum cipher_alg alg)
{
    return ciphers[alg].icv;
}

size_t cipher_block_len(enum cipher_alg alg)
{
    return ciphers[alg].mode == CIPHER_MODE_CBC ? ciphers[alg].iv : 0;
}

static const EVP_CIPHER *of_key(unsigned bits, const EVP_CIPHER *k128, const EVP_CIPHER *k192,
                                const EVP_CIPHER *k256)
{
    return bits == 128 ? k128 : bits == 192 ? k192 : k256;
}

const EVP_CIPHER *cipher_algorithm(enum cipher_alg alg)
{
    unsigned bits = cipher_key_bits(alg);

    switch (ciphers[alg].mode) {
    case CIPHER_MODE_CBC:
        if (cipher_block_len(alg) == 8) /* single DES too: see cipher_new */
            return EVP_des_ede3_cbc();
        return of_key(bits, EVP_aes_128_cbc(), EVP_aes_192_cbc(), EVP_aes_256_cbc());
    case CIPHER_MODE_CTR:
        return of_key(bits, EVP_aes_128_ctr(), EVP_aes_192_ctr(), EVP_aes_256_ctr());
    case CIPHER_MODE_GCM:
        return of_key(bits, EVP_aes_128_gcm(), EVP_aes_192_gcm(), EVP_aes_256_gcm());
    case CIPHER_MODE_CCM:
        return of_key(bits, EVP_aes_128_ccm(), EVP_aes_192_ccm(), EVP_aes_256_ccm());
    case CIPHER_MODE_CHACHA: return EVP_chacha20_poly1305();
    case CIPHER_MODE_NONE: break;
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
    size_t n = ciphers[alg].key;
    c->alg = alg;
    c->nsalt = ciphers[alg].salt;
    /* OpenSSL 3 keeps single DES in its legacy provider, which is often not installed. Triple DES
     * with three equal keys is single DES: encrypt, decrypt, encrypt (SP 800-67). */
    for (size_t i = 0; i < (alg == CIPHER_DES_CBC ? 3 : 1); i++)
        memcpy(c->key + i * n, key.p, n);
    memcpy(c->nonce, key.p + n, c->nsalt);
    *out = c;
    return ERR_OK;
}

void cipher_free(struct cipher *c)
{
    if (!c)
        return;
    EVP_CIPHER_CTX_free(c->ctx[0]);
    EVP_CIPHER_CTX_free(c->ctx[1]);
    mem_wipe(c, sizeof(*c));
    mem_free(c);
}

static EVP_CIPHER_CTX *keyed(const struct cipher *c, int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx && EVP_CipherInit_ex(ctx, cipher_algorithm(c->alg), NULL, c->key, NULL, encrypt) == 1 &&
        EVP_CIPHER_CTX_set_padding(ctx, 0) == 1)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

/* RFC 3686, 4: nonce, IV, and a block counter that begins at 1. */
static const uint8_t *ctr_block(struct cipher *c, const uint8_t *iv)
{
    memcpy(c->nonce + c->nsalt, iv, cipher_iv_len(c->alg));
    memcpy(c->nonce + c->nsalt + cipher_iv_len(c->alg), "\0\0\0\1", 4);
    return c->nonce;
}

static enum err run(struct cipher *c, int encrypt, const uint8_t *iv, const uint8_t *in,
                    uint8_t *out, size_t n)
{
    EVP_CIPHER_CTX **ctx = &c->ctx[encrypt];
    size_t block = cipher_block_len(c->alg);
    int done;

    if (cipher_is_aead(c->alg) || (block && n % block != 0) || n > INT32_MAX)
        return ERR_RANGE;
    if (n == 0)
        return ERR_OK;
    if (!*ctx)
        *ctx = keyed(c, encrypt);
    if (!block)
        iv = ctr_block(c, iv);
    /* Only the IV is set: the key schedule stays. */
    if (!*ctx || EVP_CipherInit_ex(*ctx, NULL, NULL, NULL, iv, -1) != 1 ||
        EVP_CipherUpdate(*ctx, out, &done, in, (int)n) != 1 || (size_t)done != n)
        return ERR_CRYPTO;
    return ERR_OK;
}

enum err cipher_encrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in, uint8_t *out,
                        size_t n)
{
    return run(c, 1, iv, in, out, n);
}

enum err cipher_decrypt(struct cipher *c, const uint8_t *iv, const uint8_t *in, uint8_t *out,
                        size_t n)
{
    return run(c, 0, iv, in, out, n);
}
