#include "crypto/ikev2_keys.h"

#include "base/cursor.h"
#include "base/mem.h"

#include <string.h>

#define KEYMAT_MAX ((size_t)(3 * PRF_MAX + 2 * DIGEST_MAX + 2 * CIPHER_KEY_MAX))

static struct bytes spi(const uint8_t *p)
{
    return bytes_of(p, IKEV2_KEYS_SPI_LEN);
}

static void take(struct rd *r, uint8_t *out, size_t n)
{
    rd_copy(r, out, n);
}

/* {SK_d | SK_ai | SK_ar | SK_ei | SK_er | SK_pi | SK_pr} = prf+(SKEYSEED, Ni | Nr | SPIi | SPIr) */
static void expand(const struct ikev2_seed *x, struct bytes skeyseed, struct ikev2_keys *out)
{
    const struct bytes parts[] = {x->nonce_i, x->nonce_r, spi(x->spi_i), spi(x->spi_r)};
    size_t np = prf_len(x->prf), na = integ_key_len(x->integ), ne = cipher_key_len(x->cipher);
    uint8_t all[KEYMAT_MAX];
    size_t n = 3 * np + 2 * na + 2 * ne;

    prf_plus(x->prf, skeyseed, parts, COUNT(parts), all, n);
    struct rd r = rd_of(bytes_of(all, n));
    memset(out, 0, sizeof(*out));
    out->prf = x->prf;
    out->cipher = x->cipher;
    out->integ = x->integ;
    take(&r, out->d, np);
    take(&r, out->ai, na);
    take(&r, out->ar, na);
    take(&r, out->ei, ne);
    take(&r, out->er, ne);
    take(&r, out->pi, np);
    take(&r, out->pr, np);
    mem_wipe(all, sizeof(all));
}

/* The key is Ni | Nr, of which PRFs with keys of one length take eight bytes each (2.14). */
void ikev2_derive(const struct ikev2_seed *x, struct bytes shared, struct ikev2_keys *out)
{
    size_t most = prf_has_fixed_key(x->prf) ? 8 : SIZE_MAX;
    struct bytes ni = bytes_head(x->nonce_i, most), nr = bytes_head(x->nonce_r, most);
    uint8_t *key = mem_zalloc(ni.n + nr.n), skeyseed[PRF_MAX];
    struct wr w = wr_of(key, ni.n + nr.n);

    wr_put(&w, ni);
    wr_put(&w, nr);
    prf_once(x->prf, wr_bytes(&w), &shared, 1, skeyseed);
    expand(x, bytes_of(skeyseed, prf_len(x->prf)), out);
    mem_wipe(skeyseed, sizeof(skeyseed));
    mem_free(key);
}

void ikev2_derive_rekeyed(const struct ikev2_seed *x, const struct ikev2_keys *old,
                          struct bytes shared, struct ikev2_keys *out)
{
    const struct bytes parts[] = {shared, x->nonce_i, x->nonce_r};
    size_t n = prf_len(old->prf);
    uint8_t skeyseed[PRF_MAX];

    prf_once(old->prf, bytes_of(old->d, n), parts, COUNT(parts), skeyseed);
    expand(x, bytes_of(skeyseed, n), out);
    mem_wipe(skeyseed, sizeof(skeyseed));
}

void ikev2_auth_psk(enum prf_alg prf, struct bytes psk, const uint8_t *sk_p, struct bytes message,
                    struct bytes nonce, struct bytes id, uint8_t *out)
{
    const struct bytes pad = bytes_str("Key Pad for IKEv2");
    size_t n = prf_len(prf);
    uint8_t key[PRF_MAX], maced_id[PRF_MAX];

    prf_once(prf, psk, &pad, 1, key);
    prf_once(prf, bytes_of(sk_p, n), &id, 1, maced_id);
    const struct bytes parts[] = {message, nonce, bytes_of(maced_id, n)};
    prf_once(prf, bytes_of(key, n), parts, COUNT(parts), out);
    mem_wipe(key, sizeof(key));
}

/* KEYMAT = prf+(SK_d, [g^ir |] Ni | Nr): first what the initiator sends with, encryption before
 * integrity. */
void ikev2_child(const struct ikev2_keys *k, struct bytes shared, struct bytes nonce_i,
                 struct bytes nonce_r, enum cipher_alg cipher, enum integ_alg integ,
                 struct ikev2_child_keys *out)
{
    const struct bytes parts[] = {shared, nonce_i, nonce_r};
    size_t ne = cipher_key_len(cipher), na = integ_key_len(integ), n = 2 * (ne + na);
    uint8_t all[KEYMAT_MAX];

    prf_plus(k->prf, bytes_of(k->d, prf_len(k->prf)), parts, COUNT(parts), all, n);
    struct rd r = rd_of(bytes_of(all, n));
    memset(out, 0, sizeof(*out));
    take(&r, out->ei, ne);
    take(&r, out->ai, na);
    take(&r, out->er, ne);
    take(&r, out->ar, na);
    mem_wipe(all, sizeof(all));
}

static struct bytes put_port(uint8_t out[static 2], uint16_t port)
{
    struct wr w = wr_of(out, 2);

    wr_be16(&w, port);
    return wr_bytes(&w);
}

void ikev2_nat_detection(const uint8_t *spi_i, const uint8_t *spi_r, struct bytes address,
                         uint16_t port, uint8_t out[static IKEV2_NATD_LEN])
{
    uint8_t be[2];
    const struct bytes parts[] = {spi(spi_i), spi(spi_r), address, put_port(be, port)};

    digest_sum(DIGEST_SHA1, parts, COUNT(parts), out);
}

/* --- cookies --------------------------------------------------------------------------------- */

void ikev2_cookie_jar_init(struct ikev2_cookie_jar *j, struct rng *rng)
{
    *j = (struct ikev2_cookie_jar){0};
    rng_fill(rng, j->secret[0], sizeof(j->secret[0]));
}

void ikev2_cookie_jar_turn(struct ikev2_cookie_jar *j, struct rng *rng)
{
    j->version++;
    j->has_old = true;
    rng_fill(rng, j->secret[j->version % 2], sizeof(j->secret[0]));
}

static void make(const struct ikev2_cookie_jar *j, uint8_t version, struct bytes nonce_i,
                 struct bytes address, uint16_t port, const uint8_t *spi_i, uint8_t *out)
{
    uint8_t be[2], mac[DIGEST_MAX];
    const struct bytes parts[] = {nonce_i, address, put_port(be, port), spi(spi_i)};

    hmac_once(DIGEST_SHA256, bytes_of(j->secret[version % 2], sizeof(j->secret[0])), parts,
              COUNT(parts), mac);
    out[0] = version;
    memcpy(out + 1, mac, IKEV2_COOKIE_LEN - 1);
}

void ikev2_cookie_make(const struct ikev2_cookie_jar *j, struct bytes nonce_i, struct bytes address,
                       uint16_t port, const uint8_t *spi_i, uint8_t out[static IKEV2_COOKIE_LEN])
{
    make(j, j->version, nonce_i, address, port, spi_i, out);
}

bool ikev2_cookie_is_ours(const struct ikev2_cookie_jar *j, struct bytes cookie,
                          struct bytes nonce_i, struct bytes address, uint16_t port,
                          const uint8_t *spi_i)
{
    uint8_t want[IKEV2_COOKIE_LEN];

    if (cookie.n != IKEV2_COOKIE_LEN)
        return false;
    if (cookie.p[0] != j->version && !(j->has_old && cookie.p[0] == (uint8_t)(j->version - 1)))
        return false;
    make(j, cookie.p[0], nonce_i, address, port, spi_i, want);
    return secret_eq(cookie.p, want, sizeof(want));
}
