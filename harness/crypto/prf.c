#include "crypto/prf.h"

#include "base/mem.h"
#include "crypto/prf_parts.h"

static const struct {
    const char *name;
    enum digest_alg digest;
    size_t len;
} prfs[] = {{"none", DIGEST_NONE, 0},
#define X(id, name, digest, len) {name, DIGEST_##digest, len},
            PRFS(X)
#undef X
};

const char *prf_name(enum prf_alg alg)
{
    return prfs[alg].name;
}

enum prf_alg prf_by_name(const char *name)
{
    for (enum prf_alg a = PRF_NONE + 1; a < PRF_COUNT; a++)
        if (strcmp(prfs[a].name, name) == 0)
            return a;
    return PRF_NONE;
}

size_t prf_len(enum prf_alg alg)
{
    return prfs[alg].len;
}

enum prf_alg prf_of_digest(enum digest_alg digest)
{
    for (enum prf_alg a = PRF_NONE + 1; a < PRF_COUNT; a++)
        if (digest != DIGEST_NONE && prfs[a].digest == digest)
            return a;
    return PRF_NONE;
}

bool prf_has_fixed_key(enum prf_alg alg)
{
    return alg == PRF_AES128_XCBC || alg == PRF_AES128_CMAC;
}

void prf_once(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
              uint8_t *out)
{
    if (prfs[alg].digest != DIGEST_NONE)
        hmac_once(prfs[alg].digest, key, parts, nparts, out);
    else
        prf_aes(alg, key, parts, nparts, out);
}

/* T1 = prf(K, S | 0x01), Tn = prf(K, Tn-1 | S | n) */
void prf_plus(enum prf_alg alg, struct bytes key, const struct bytes *parts, size_t nparts,
              uint8_t *out, size_t n)
{
    size_t len = prf_len(alg);
    uint8_t block[PRF_MAX], number = 1;
    struct bytes all[PRF_PLUS_PARTS + 2] = {{block, 0}};

    if (nparts > PRF_PLUS_PARTS || len == 0 || n > 255 * len)
        bug("prf+ was asked for more than it can give");
    memcpy(all + 1, parts, nparts * sizeof(*parts));
    all[nparts + 1] = bytes_of(&number, 1);
    for (size_t at = 0; at < n; at += len, number++) {
        prf_once(alg, key, all, nparts + 2, block);
        all[0].n = len;
        memcpy(out + at, block, n - at < len ? n - at : len);
    }
    mem_wipe(block, sizeof(block));
}
