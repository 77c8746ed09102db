/* GCM (RFC 4106), CCM (RFC 4309) and ChaCha20-Poly1305 (RFC 7634): encryption and ICV in one. */
#include "base/mem.h"
#include "crypto/cipher_parts.h"

#include <string.h>

static size_t nonce_len(const struct cipher *c)
{
    return c->nsalt + cipher_iv_len(c->alg);
}

/* The lengths come before the key: CCM bakes them in. */
static EVP_CIPHER_CTX *keyed(const struct cipher *c, int encrypt)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ccm = cipher_mode(c->alg) == CIPHER_MODE_CCM;
    int icv = (int)cipher_icv_len(c->alg);

    if (ctx && EVP_CipherInit_ex(ctx, cipher_algorithm(c->alg), NULL, NULL, NULL, encrypt) == 1 &&
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, (int)nonce_len(c), NULL) == 1 &&
        (!ccm || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, icv, NULL) == 1) &&
        EVP_CipherInit_ex(ctx, NULL, NULL, c->key, NULL, -1) == 1)
        return ctx;
    EVP_CIPHER_CTX_free(ctx);
    return NULL;
}

/* CCM wants the message's length before anything else. */
static bool announce(const struct cipher *c, EVP_CIPHER_CTX *ctx, size_t n)
{
    int done;

    return cipher_mode(c->alg) != CIPHER_MODE_CCM ||
           EVP_CipherUpdate(ctx, NULL, &done, NULL, (int)n) == 1;
}

static EVP_CIPHER_CTX *begin(struct cipher *c, int encrypt, const uint8_t *iv)
{
    EVP_CIPHER_CTX **ctx = &c->ctx[encrypt];

    if (!*ctx)
        *ctx = keyed(c, encrypt);
    memcpy(c->nonce + c->nsalt, iv, cipher_iv_len(c->alg));
    return *ctx && EVP_CipherInit_ex(*ctx, NULL, NULL, NULL, c->nonce, -1) == 1 ? *ctx : NULL;
}

static bool is_fit(const struct cipher *c, struct bytes aad, size_t n)
{
    return cipher_is_aead(c->alg) && n <= INT32_MAX && aad.n <= INT32_MAX;
}

enum err cipher_seal(struct cipher *c, const uint8_t *iv, struct bytes aad, const uint8_t *in,
                     uint8_t *out, size_t n, uint8_t *icv)
{
    uint8_t rest[CIPHER_BLOCK_MAX];
    int done;

    if (!is_fit(c, aad, n))
        return ERR_RANGE;
    EVP_CIPHER_CTX *ctx = begin(c, 1, iv);
    if (!ctx || !announce(c, ctx, n) ||
        EVP_CipherUpdate(ctx, NULL, &done, aad.p, (int)aad.n) != 1 ||
        EVP_CipherUpdate(ctx, out, &done, in, (int)n) != 1 ||
        EVP_CipherFinal_ex(ctx, rest, &done) != 1 ||
        EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, (int)cipher_icv_len(c->alg), icv) != 1)
        return ERR_CRYPTO;
    return ERR_OK;
}

/* CCM checks while it decrypts, the others at the end. */
enum err cipher_open(struct cipher *c, const uint8_t *iv, struct bytes aad, const uint8_t *in,
                     uint8_t *out, size_t n, const uint8_t *icv)
{
    uint8_t rest[CIPHER_BLOCK_MAX], want[CIPHER_ICV_MAX];
    int done, len = (int)cipher_icv_len(c->alg);
    bool ccm = cipher_mode(c->alg) == CIPHER_MODE_CCM;

    if (!is_fit(c, aad, n))
        return ERR_RANGE;
    memcpy(want, icv, (size_t)len);
    EVP_CIPHER_CTX *ctx = begin(c, 0, iv);
    if (!ctx || EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, len, want) != 1 ||
        !announce(c, ctx, n) || EVP_CipherUpdate(ctx, NULL, &done, aad.p, (int)aad.n) != 1)
        return ERR_CRYPTO;
    if (EVP_CipherUpdate(ctx, out, &done, in, (int)n) != 1)
        return ccm ? ERR_AUTH : ERR_CRYPTO;
    return ccm || EVP_CipherFinal_ex(ctx, rest, &done) == 1 ? ERR_OK : ERR_AUTH;
}
