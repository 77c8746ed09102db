#include "crypto/dh.h"

#include "base/mem.h"
#include "crypto/openssl.h"

/* Bits of a private value. RFC 3526, 8 asks for twice the strength: 220 to 320 bits for group 14,
 * less for the smaller ones. The full size of the group would cost six times the time. */
#define PRIVATE_BITS 320

struct dh {
    uint16_t group;
    BIGNUM *p, *x;
    uint8_t public[DH_PUBLIC_MAX];
};

size_t dh_len(uint16_t group)
{
    switch (group) {
#define X(number, name, len)                                                                       \
    case number: return len;
        DH_GROUPS(X)
#undef X
    default: return 0;
    }
}

const char *dh_name(uint16_t group)
{
    switch (group) {
#define X(number, name, len)                                                                       \
    case number: return name;
        DH_GROUPS(X)
#undef X
    default: return NULL;
    }
}

static BIGNUM *prime(uint16_t group)
{
    switch (group) {
    case 1: return BN_get_rfc2409_prime_768(NULL);
    case 2: return BN_get_rfc2409_prime_1024(NULL);
    case 5: return BN_get_rfc3526_prime_1536(NULL);
    case 14: return BN_get_rfc3526_prime_2048(NULL);
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

static enum err make_keys(struct dh *d, struct rng *rng)
{
    uint8_t x[PRIVATE_BITS / 8];
    BIGNUM *g = BN_new();
    enum err e = ERR_CRYPTO;

    rng_fill(rng, x, sizeof(x));
    x[0] |= 0x80; /* all private values have the same length */
    d->p = prime(d->group);
    d->x = BN_bin2bn(x, sizeof(x), NULL);
    if (g && d->p && d->x && BN_set_word(g, 2) == 1) /* the generator of all these groups */
        e = power(d, g, d->public);
    BN_free(g);
    mem_wipe(x, sizeof(x));
    return e;
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
    BIGNUM *y = BN_bin2bn(peer_public.p, (int)peer_public.n, NULL);
    if (!y)
        return ERR_CRYPTO;
    enum err e = is_usable(y, d->p) ? power(d, y, out) : ERR_RANGE;
    BN_free(y);
    return e;
}
