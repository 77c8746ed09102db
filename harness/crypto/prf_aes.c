/* Both MACs are CBC-MAC whose last block is masked with one of two values, depending on whether it
 * is whole; they differ in how key and masks come about. */
#include "base/mem.h"
#include "crypto/openssl.h"
#include "crypto/prf_parts.h"

#include <string.h>

enum { BLOCK = 16 };

struct mac {
    EVP_CIPHER_CTX *ctx;
    uint8_t whole[BLOCK], padded[BLOCK]; /* the masks */
    uint8_t sum[BLOCK], last[BLOCK];
    size_t nlast; /* bytes of LAST, which waits until it is known whether more comes */
};

static void use_key(EVP_CIPHER_CTX *ctx, const uint8_t key[static BLOCK])
{
    if (EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL) != 1 ||
        EVP_CIPHER_CTX_set_padding(ctx, 0) != 1)
        bug("libcrypto has no AES");
}

static void encrypt(EVP_CIPHER_CTX *ctx, const uint8_t *in, uint8_t *out)
{
    int done;

    if (EVP_EncryptUpdate(ctx, out, &done, in, BLOCK) != 1 || done != BLOCK)
        bug("AES of one block failed");
}

static void xor_into(uint8_t *out, const uint8_t *in)
{
    for (size_t i = 0; i < BLOCK; i++)
        out[i] ^= in[i];
}

/* RFC 3566, 4: K1, K2 and K3 are the encryptions of 0x01..01, 0x02..02 and 0x03..03. */
static void xcbc_keys(struct mac *m, const uint8_t key[static BLOCK])
{
    uint8_t block[BLOCK], k1[BLOCK];

    use_key(m->ctx, key);
    encrypt(m->ctx, memset(block, 1, BLOCK), k1);
    encrypt(m->ctx, memset(block, 2, BLOCK), m->whole);
    encrypt(m->ctx, memset(block, 3, BLOCK), m->padded);
    use_key(m->ctx, k1);
    mem_wipe(k1, sizeof(k1));
}

/* RFC 4493, 2.3: times x in GF(2^128). */
static void double_block(const uint8_t *in, uint8_t *out)
{
    uint8_t carry = in[0] >> 7;

    for (size_t i = 0; i < BLOCK - 1; i++)
        out[i] = (uint8_t)(in[i] << 1 | in[i + 1] >> 7);
    out[BLOCK - 1] = (uint8_t)(in[BLOCK - 1] << 1 ^ (carry ? 0x87 : 0));
}

static void cmac_keys(struct mac *m, const uint8_t key[static BLOCK])
{
    static const uint8_t zero[BLOCK];
    uint8_t l[BLOCK];

    use_key(m->ctx, key);
    encrypt(m->ctx, zero, l);
    double_block(l, m->whole);
    double_block(m->whole, m->padded);
    mem_wipe(l, sizeof(l));
}

static void absorb(struct mac *m)
{
    xor_into(m->sum, m->last);
    encrypt(m->ctx, m->sum, m->sum);
    m->nlast = 0;
}

static void add(struct mac *m, struct bytes b)
{
    for (size_t at = 0; at < b.n;) {
        if (m->nlast == BLOCK)
            absorb(m);
        size_t n = BLOCK - m->nlast < b.n - at ? BLOCK - m->nlast : b.n - at;
        memcpy(m->last + m->nlast, b.p + at, n);
        m->nlast += n;
        at += n;
    }
}

static void end(struct mac *m, uint8_t *out)
{
    bool whole = m->nlast == BLOCK;

    if (!whole) {
        memset(m->last + m->nlast, 0, BLOCK - m->nlast);
        m->last[m->nlast] = 0x80;
    }
    xor_into(m->last, whole ? m->whole : m->padded);
    absorb(m);
    memcpy(out, m->sum, BLOCK);
}

static void mac_once(enum prf_alg alg, const uint8_t key[static BLOCK], const struct bytes *parts,
                     size_t nparts, uint8_t *out)
{
    struct mac m = {.ctx = EVP_CIPHER_CTX_new()};

    if (!m.ctx)
        bug("no memory for a cipher");
    if (alg == PRF_AES128_XCBC)
        xcbc_keys(&m, key);
    else
        cmac_keys(&m, key);
    for (size_t i = 0; i < nparts; i++)
        add(&m, parts[i]);
    end(&m, out);
    EVP_CIPHER_CTX_free(m.ctx);
    mem_wipe(&m, sizeof(m));
}

/* A key of another length: XCBC pads a short one with zeros (RFC 4434, 2); else its MAC under the
 * key of zeros takes its place (the same; RFC 4615, 3). */
void prf_aes(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
             uint8_t *out)
{
    static const uint8_t zero[BLOCK];
    uint8_t k[BLOCK] = {0};

    if (key.n == BLOCK || (key.n < BLOCK && alg == PRF_AES128_XCBC)) {
        if (key.n)
            memcpy(k, key.p, key.n);
    } else {
        mac_once(alg, zero, &key, 1, k);
    }
    mac_once(alg, k, parts, nparts, out);
    mem_wipe(k, sizeof(k));
}
