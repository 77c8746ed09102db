#include "ike/ike2_transform.h"

/* X(cipher, transform): the key length is told unless there is only one. */
#define ENCRS(X)                                                                                   \
    X(NONE, NULL, false)                                                                           \
    X(DES_CBC, DES, false)                                                                         \
    X(3DES_CBC, 3DES, false)                                                                       \
    X(AES128_CBC, AES_CBC, true)                                                                   \
    X(AES192_CBC, AES_CBC, true)                                                                   \
    X(AES256_CBC, AES_CBC, true)                                                                   \
    X(AES128_CTR, AES_CTR, true)                                                                   \
    X(AES192_CTR, AES_CTR, true)                                                                   \
    X(AES256_CTR, AES_CTR, true)                                                                   \
    X(AES128_GCM_8, AES_GCM_8, true)                                                               \
    X(AES192_GCM_8, AES_GCM_8, true)                                                               \
    X(AES256_GCM_8, AES_GCM_8, true)                                                               \
    X(AES128_GCM_12, AES_GCM_12, true)                                                             \
    X(AES192_GCM_12, AES_GCM_12, true)                                                             \
    X(AES256_GCM_12, AES_GCM_12, true)                                                             \
    X(AES128_GCM_16, AES_GCM_16, true)                                                             \
    X(AES192_GCM_16, AES_GCM_16, true)                                                             \
    X(AES256_GCM_16, AES_GCM_16, true)                                                             \
    X(AES128_CCM_8, AES_CCM_8, true)                                                               \
    X(AES192_CCM_8, AES_CCM_8, true)                                                               \
    X(AES256_CCM_8, AES_CCM_8, true)                                                               \
    X(AES128_CCM_12, AES_CCM_12, true)                                                             \
    X(AES192_CCM_12, AES_CCM_12, true)                                                             \
    X(AES256_CCM_12, AES_CCM_12, true)                                                             \
    X(AES128_CCM_16, AES_CCM_16, true)                                                             \
    X(AES192_CCM_16, AES_CCM_16, true)                                                             \
    X(AES256_CCM_16, AES_CCM_16, true)                                                             \
    X(CHACHA20_POLY1305, CHACHA20_POLY1305, false)

static const struct {
    uint8_t id;
    bool tells_length;
} encrs[CIPHER_COUNT] = {
#define X(cipher, encr, tells) [CIPHER_##cipher] = {IKEV2_ENCR_##encr, tells},
    ENCRS(X)
#undef X
};

static const uint8_t prf_numbers[PRF_COUNT] = {
#define X(prf, name, digest, len) [PRF_##prf] = IKEV2_PRF_##prf,
    PRFS(X)
#undef X
};

static const uint8_t integ_numbers[INTEG_COUNT] = {
#define X(integ, name, digest, icv) [INTEG_##integ] = IKEV2_INTEG_##integ,
    INTEGS(X)
#undef X
};

struct ikev2_transform ike2_encr(enum cipher_alg cipher)
{
    struct ikev2_transform t = {.type = IKEV2_T_ENCR, .id = encrs[cipher].id};

    if (encrs[cipher].tells_length)
        t.key_bits = (uint16_t)cipher_key_bits(cipher);
    return t;
}

struct ikev2_transform ike2_prf(enum prf_alg prf)
{
    return (struct ikev2_transform){.type = IKEV2_T_PRF, .id = prf_numbers[prf]};
}

struct ikev2_transform ike2_integ(enum integ_alg integ)
{
    return (struct ikev2_transform){.type = IKEV2_T_INTEG, .id = integ_numbers[integ]};
}

struct ikev2_transform ike2_group(uint16_t group)
{
    return (struct ikev2_transform){.type = IKEV2_T_DH, .id = group};
}

struct ikev2_transform ike2_esn(bool esn)
{
    return (struct ikev2_transform){.type = IKEV2_T_ESN, .id = esn ? IKEV2_ESN_YES : IKEV2_ESN_NO};
}

enum err ike2_cipher_of(const struct ikev2_transform *t, enum cipher_alg *out)
{
    for (enum cipher_alg c = CIPHER_NONE; c < CIPHER_COUNT && !t->odd; c++) {
        struct ikev2_transform own = ike2_encr(c);
        if (own.id != t->id || own.key_bits != t->key_bits)
            continue;
        *out = c;
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}

enum err ike2_prf_of(const struct ikev2_transform *t, enum prf_alg *out)
{
    for (enum prf_alg p = PRF_NONE + 1; p < PRF_COUNT && !t->odd && !t->key_bits; p++) {
        if (prf_numbers[p] != t->id)
            continue;
        *out = p;
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}

enum err ike2_integ_of(const struct ikev2_transform *t, enum integ_alg *out)
{
    for (enum integ_alg i = INTEG_NONE; i < INTEG_COUNT && !t->odd && !t->key_bits; i++) {
        if (integ_numbers[i] != t->id)
            continue;
        *out = i;
        return ERR_OK;
    }
    return ERR_NOTFOUND;
}
