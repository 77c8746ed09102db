#include "crypto/dh.h"

#include "base/mem.h"
#include "crypto/dh_parts.h"

#include <string.h>

/* Bytes of a private value. RFC 3526, 8 asks for twice the strength: 220 to 320 bits for group 14,
 * less for the smaller ones, up to 620 for group 18. The full size of the group would cost six
 * times the time. */
#define PRIVATE_SHORT 40
#define PRIVATE_LONG  80

static const struct {
    uint16_t group;
    const char *name;
    uint16_t public, secret;
} groups[] = {
#define X(number, name, public, secret) {number, name, public, secret},
    DH_GROUPS(X)
#undef X
};

static size_t row_of(uint16_t group)
{
    size_t i = 0;

    while (i < COUNT(groups) && groups[i].group != group)
        i++;
    return i;
}

size_t dh_len(uint16_t group)
{
    size_t i = row_of(group);

    return i < COUNT(groups) ? groups[i].public : 0;
}

size_t dh_secret_len(uint16_t group)
{
    size_t i = row_of(group);

    return i < COUNT(groups) ? groups[i].secret : 0;
}

const char *dh_name(uint16_t group)
{
    size_t i = row_of(group);

    return i < COUNT(groups) ? groups[i].name : NULL;
}

uint16_t dh_by_name(const char *name)
{
    for (size_t i = 0; i < COUNT(groups); i++)
        if (strcmp(groups[i].name, name) == 0)
            return groups[i].group;
    return 0;
}

static bool is_ecp(uint16_t group)
{
    return group >= 19 && group <= 21;
}

static BIGNUM *prime(uint16_t group)
{
    switch (group) {
    case 1: return BN_get_rfc2409_prime_768(NULL);
    case 2: return BN_get_rfc2409_prime_1024(NULL);
    case 5: return BN_get_rfc3526_prime_1536(NULL);
    case 14: return BN_get_rfc3526_prime_2048(NULL);
    case 15: return BN_get_rfc3526_prime_3072(NULL);
    case 16: return BN_get_rfc3526_prime_4096(NULL);
    case 17: return BN_get_rfc3526_prime_6144(NULL);
    case 18: return BN_get_rfc3526_prime_8192(NULL);
    default: return NULL;
    }
}

/* BASE to the power of the private value, left-padded: the time does not tell the exponent. */
static enum err power(const struct dh *d, const BIGNUM *base, uint8_t *out)
{
    enum err e = ERR_CRYPTO;
    BN_CTX *ctx = BN_CTX_new();
    BIGNUM *y = BN_new();

    if (ctx && y && BN_mod_exp_mont_consttime(y, base, d->x, d->p, ctx, NULL) == 1 &&
        BN_bn2binpad(y, out, (int)dh_len(d->group)) >= 0)
        e = ERR_OK;
    BN_clear_free(y);
    BN_CTX_free(ctx);
    return e;
}

static enum err make_modp(struct dh *d, struct rng *rng)
{
    uint8_t x[PRIVATE_LONG];
    size_t n = d->group <= 14 ? PRIVATE_SHORT : PRIVATE_LONG;
    BIGNUM *g = BN_new();
    enum err e = ERR_CRYPTO;

    rng_fill(rng, x, n);
    x[0] |= 0x80; /* all private values have the same length */
    d->p = prime(d->group);
    d->x = BN_bin2bn(x, (int)n, NULL);
    if (g && d->p && d->x && BN_set_word(g, 2) == 1) /* the generator of all these groups */
        e = power(d, g, d->public);
    BN_free(g);
    mem_wipe(x, sizeof(x));
    return e;
}

static enum err make_keys(struct dh *d, struct rng *rng)
{
    if (is_ecp(d->group))
        return dh_ecp_new(d, rng);
    return d->group == 31 ? dh_x25519_new(d, rng) : make_modp(d, rng);
}

enum err dh_new(uint16_t group, struct rng *rng, struct dh **out)
{
    if (dh_len(group) == 0)
        return ERR_UNSUPPORTED;
    struct dh *d = mem_zalloc(sizeof(*d));
    d->group = group;
    enum err e = make_keys(d, rng);
    if (e)
        dh_free(d);
    else
        *out = d;
    return e;
}

void dh_free(struct dh *d)
{
    if (!d)
        return;
    BN_clear_free(d->x);
    BN_free(d->p);
    EC_GROUP_free(d->curve);
    EVP_PKEY_free(d->montgomery);
    mem_free(d);
}

struct bytes dh_public(const struct dh *d)
{
    return bytes_of(d->public, dh_len(d->group));
}

/* 1 < Y < P - 1: the other values give a secret that everybody knows (RFC 6989, 2.1). */
static bool is_usable(const BIGNUM *y, const BIGNUM *p)
{
    BIGNUM *top = BN_dup(p);
    bool ok =
        top && BN_sub_word(top, 1) == 1 && !BN_is_zero(y) && !BN_is_one(y) && BN_cmp(y, top) < 0;

    BN_free(top);
    return ok;
}

enum err dh_shared(const struct dh *d, struct bytes peer_public, uint8_t *out)
{
    if (peer_public.n != dh_len(d->group))
        return ERR_RANGE;
    if (is_ecp(d->group))
        return dh_ecp_shared(d, peer_public, out);
    if (d->group == 31)
        return dh_x25519_shared(d, peer_public, out);
    BIGNUM *y = BN_bin2bn(peer_public.p, (int)peer_public.n, NULL);
    if (!y)
        return ERR_CRYPTO;
    enum err e = is_usable(y, d->p) ? power(d, y, out) : ERR_RANGE;
    BN_free(y);
    return e;
}
