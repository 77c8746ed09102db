/* Elliptic curves: ECP groups (RFC 5903) and Curve25519 (RFC 7748, RFC 8031). */
#include "base/mem.h"
#include "crypto/dh_parts.h"

#define SCALAR_MAX 66 /* of a 521-bit curve */

/* --- ECP ---------------------------------------------------------------------------------------
 */

static int curve_number(uint16_t group)
{
    return group == 19 ? NID_X9_62_prime256v1 : group == 20 ? NID_secp384r1 : NID_secp521r1;
}

/* Uniform in 1 .. n - 1, but for a bias nobody can see: eight bytes more than the order has
 * (FIPS 186-4, B.4.1). */
static bool make_scalar(struct dh *d, struct rng *rng, BN_CTX *ctx)
{
    uint8_t bytes[SCALAR_MAX + 8];
    size_t n = dh_secret_len(d->group) + 8;
    BIGNUM *wide, *top = BN_dup(EC_GROUP_get0_order(d->curve));

    rng_fill(rng, bytes, n);
    wide = BN_bin2bn(bytes, (int)n, NULL);
    d->x = BN_new();
    bool ok = wide && top && d->x && BN_sub_word(top, 1) == 1 &&
              BN_mod(d->x, wide, top, ctx) == 1 && BN_add_word(d->x, 1) == 1;
    BN_clear_free(wide);
    BN_free(top);
    mem_wipe(bytes, sizeof(bytes));
    return ok;
}

/* x and y, each left-padded; Y NULL: x alone. */
static bool put_point(const struct dh *d, const EC_POINT *point, uint8_t *x_out, uint8_t *y_out,
                      BN_CTX *ctx)
{
    int n = (int)dh_secret_len(d->group);
    BIGNUM *x = BN_new(), *y = BN_new();
    bool ok = x && y && EC_POINT_get_affine_coordinates(d->curve, point, x, y, ctx) == 1 &&
              BN_bn2binpad(x, x_out, n) == n && (!y_out || BN_bn2binpad(y, y_out, n) == n);

    BN_clear_free(x);
    BN_clear_free(y);
    return ok;
}

enum err dh_ecp_new(struct dh *d, struct rng *rng)
{
    BN_CTX *ctx = BN_CTX_new();
    EC_POINT *point = NULL;

    d->curve = EC_GROUP_new_by_curve_name(curve_number(d->group));
    bool ok = ctx && d->curve && make_scalar(d, rng, ctx);
    if (ok)
        point = EC_POINT_new(d->curve);
    ok = ok && point && EC_POINT_mul(d->curve, point, d->x, NULL, NULL, ctx) == 1 &&
         put_point(d, point, d->public, d->public + dh_secret_len(d->group), ctx);
    EC_POINT_free(point);
    BN_CTX_free(ctx);
    return ok ? ERR_OK : ERR_CRYPTO;
}

/* The point, if it is on the curve: libcrypto looks (RFC 6989, 2.3). */
static EC_POINT *take_point(const struct dh *d, struct bytes peer, BN_CTX *ctx)
{
    int n = (int)dh_secret_len(d->group);
    BIGNUM *x = BN_bin2bn(peer.p, n, NULL), *y = BN_bin2bn(peer.p + n, n, NULL);
    EC_POINT *point = EC_POINT_new(d->curve);

    if (!x || !y || !point || EC_POINT_set_affine_coordinates(d->curve, point, x, y, ctx) != 1) {
        EC_POINT_free(point);
        point = NULL;
    }
    BN_free(x);
    BN_free(y);
    return point;
}

enum err dh_ecp_shared(const struct dh *d, struct bytes peer, uint8_t *out)
{
    BN_CTX *ctx = BN_CTX_new();
    EC_POINT *theirs = ctx ? take_point(d, peer, ctx) : NULL;
    EC_POINT *ours = EC_POINT_new(d->curve);
    enum err e = ERR_OK;

    if (!theirs)
        e = ERR_RANGE;
    else if (!ours || EC_POINT_mul(d->curve, ours, NULL, theirs, d->x, ctx) != 1 ||
             !put_point(d, ours, out, NULL, ctx))
        e = ERR_CRYPTO;
    EC_POINT_free(theirs);
    EC_POINT_clear_free(ours);
    BN_CTX_free(ctx);
    return e;
}

/* --- Curve25519 --------------------------------------------------------------------------------
 */

enum err dh_x25519_new(struct dh *d, struct rng *rng)
{
    uint8_t secret[32];
    size_t n = sizeof(secret);

    rng_fill(rng, secret, sizeof(secret)); /* libcrypto clamps it (RFC 7748, 5) */
    d->montgomery = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, secret, sizeof(secret));
    mem_wipe(secret, sizeof(secret));
    if (!d->montgomery || EVP_PKEY_get_raw_public_key(d->montgomery, d->public, &n) != 1)
        return ERR_CRYPTO;
    return ERR_OK;
}

/* A secret of zeros is refused by libcrypto (RFC 8031, 5 and RFC 7748, 6.1). */
enum err dh_x25519_shared(const struct dh *d, struct bytes peer, uint8_t *out)
{
    EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, peer.p, peer.n);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(d->montgomery, NULL);
    size_t n = dh_secret_len(d->group);
    enum err e = ERR_CRYPTO;

    if (key && ctx && EVP_PKEY_derive_init(ctx) == 1 && EVP_PKEY_derive_set_peer(ctx, key) == 1)
        e = EVP_PKEY_derive(ctx, out, &n) == 1 && n == dh_secret_len(d->group) ? ERR_OK : ERR_RANGE;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(key);
    return e;
}
