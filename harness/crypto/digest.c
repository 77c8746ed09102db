/* MD5_*, SHA1_*, SHA256_*, SHA384_* and SHA512_* are marked as deprecated since OpenSSL 3.0 in
 * favour of EVP, which allocates and looks up tables for every message. This is the only file that
 * calls them. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/digest.h"

#include "base/mem.h"

static const struct {
    const char *name;
    uint8_t len, block;
} digests[] = {{"none", 0, 0},
#define X(id, name, len, block) {name, len, block},
               DIGESTS(X)
#undef X
};

static const struct {
    const char *name;
    enum digest_alg digest;
    uint8_t icv;
} integs[] = {{"none", DIGEST_NONE, 0},
#define X(id, name, digest, icv) {name, DIGEST_##digest, icv},
              INTEGS(X)
#undef X
};

const char *digest_name(enum digest_alg alg)
{
    return digests[alg].name;
}

size_t digest_len(enum digest_alg alg)
{
    return digests[alg].len;
}

size_t digest_block_len(enum digest_alg alg)
{
    return digests[alg].block;
}

const char *integ_name(enum integ_alg alg)
{
    return integs[alg].name;
}

enum integ_alg integ_by_name(const char *name)
{
    for (enum integ_alg a = INTEG_NONE + 1; a < INTEG_COUNT; a++)
        if (strcmp(integs[a].name, name) == 0)
            return a;
    return INTEG_NONE;
}

enum digest_alg integ_digest(enum integ_alg alg)
{
    return integs[alg].digest;
}

size_t integ_icv_len(enum integ_alg alg)
{
    return integs[alg].icv;
}

size_t integ_key_len(enum integ_alg alg)
{
    return digest_len(integs[alg].digest);
}

void digest_begin(struct digest *d, enum digest_alg alg)
{
    d->alg = alg;
    switch (alg) {
    case DIGEST_MD5: MD5_Init(&d->u.md5); return;
    case DIGEST_SHA1: SHA1_Init(&d->u.sha1); return;
    case DIGEST_SHA256: SHA256_Init(&d->u.sha256); return;
    case DIGEST_SHA384: SHA384_Init(&d->u.sha512); return;
    case DIGEST_SHA512: SHA512_Init(&d->u.sha512); return;
    case DIGEST_NONE:
    case DIGEST_COUNT: break;
    }
    bug("a digest of no algorithm");
}

void digest_add(struct digest *d, struct bytes b)
{
    if (b.n == 0)
        return;
    switch (d->alg) {
    case DIGEST_MD5: MD5_Update(&d->u.md5, b.p, b.n); break;
    case DIGEST_SHA1: SHA1_Update(&d->u.sha1, b.p, b.n); break;
    case DIGEST_SHA256: SHA256_Update(&d->u.sha256, b.p, b.n); break;
    case DIGEST_SHA384: SHA384_Update(&d->u.sha512, b.p, b.n); break;
    case DIGEST_SHA512: SHA512_Update(&d->u.sha512, b.p, b.n); break;
    case DIGEST_NONE:
    case DIGEST_COUNT: break;
    }
}

void digest_end(struct digest *d, uint8_t *out)
{
    switch (d->alg) {
    case DIGEST_MD5: MD5_Final(out, &d->u.md5); break;
    case DIGEST_SHA1: SHA1_Final(out, &d->u.sha1); break;
    case DIGEST_SHA256: SHA256_Final(out, &d->u.sha256); break;
    case DIGEST_SHA384: SHA384_Final(out, &d->u.sha512); break;
    case DIGEST_SHA512: SHA512_Final(out, &d->u.sha512); break;
    case DIGEST_NONE:
    case DIGEST_COUNT: break;
    }
}

void digest_sum(enum digest_alg alg, const struct bytes *parts, size_t nparts, uint8_t *out)
{
    struct digest d;

    digest_begin(&d, alg);
    for (size_t i = 0; i < nparts; i++)
        digest_add(&d, parts[i]);
    digest_end(&d, out);
}

bool secret_eq(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256) &&
                   _Alignof(SHA256_CTX) <= _Alignof(struct sha256),
               "libcrypto's state fits ours");

static SHA256_CTX *context(struct sha256 *s)
{
    return (SHA256_CTX *)(void *)s->state;
}

void sha256_begin(struct sha256 *s)
{
    SHA256_Init(context(s));
}

void sha256_add(struct sha256 *s, struct bytes b)
{
    if (b.n)
        SHA256_Update(context(s), b.p, b.n);
}

void sha256_end(const struct sha256 *s, uint8_t out[static 32])
{
    struct sha256 copy = *s;

    SHA256_Final(out, context(&copy));
}
