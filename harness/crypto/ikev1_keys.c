#include "crypto/ikev1_keys.h"

#include "base/cursor.h"
#include "base/mem.h"

static struct bytes cookie(const uint8_t *p)
{
    return bytes_of(p, IKEV1_COOKIE_LEN);
}

/* SKEYID_x = prf(SKEYID, BEFORE | g^xy | CKY-I | CKY-R | NUMBER) */
static void derive_one(const struct ikev1_phase1 *x, struct bytes skeyid, struct bytes before,
                       struct bytes shared, uint8_t number, uint8_t *out)
{
    const struct bytes parts[] = {before, shared, cookie(x->cookie_i), cookie(x->cookie_r),
                                  bytes_of(&number, 1)};

    hmac_once(x->digest, skeyid, parts, COUNT(parts), out);
}

void ikev1_derive(const struct ikev1_phase1 *x, struct bytes psk, struct bytes shared,
                  struct ikev1_keys *out)
{
    const struct bytes nonces[] = {x->nonce_i, x->nonce_r};
    size_t n = digest_len(x->digest);
    struct bytes skeyid = bytes_of(out->skeyid, n);

    memset(out, 0, sizeof(*out));
    out->digest = x->digest;
    hmac_once(x->digest, psk, nonces, COUNT(nonces), out->skeyid);
    derive_one(x, skeyid, bytes_of(NULL, 0), shared, 0, out->skeyid_d);
    derive_one(x, skeyid, bytes_of(out->skeyid_d, n), shared, 1, out->skeyid_a);
    derive_one(x, skeyid, bytes_of(out->skeyid_a, n), shared, 2, out->skeyid_e);
}

void ikev1_cipher_key(const struct ikev1_keys *k, enum cipher_alg cipher, uint8_t *out)
{
    size_t n = digest_len(k->digest), want = cipher_key_len(cipher);
    struct bytes skeyid_e = bytes_of(k->skeyid_e, n);
    uint8_t block[DIGEST_MAX] = {0};
    struct bytes before = bytes_of(block, 1); /* K1 = prf(SKEYID_e, 0): one octet */

    if (want <= n) {
        memcpy(out, k->skeyid_e, want);
        return;
    }
    for (size_t at = 0; at < want; at += n) { /* Kn = prf(SKEYID_e, Kn-1) */
        hmac_once(k->digest, skeyid_e, &before, 1, block);
        before = bytes_of(block, n);
        memcpy(out + at, block, want - at < n ? want - at : n);
    }
    mem_wipe(block, sizeof(block));
}

static void iv_of(enum digest_alg digest, struct bytes a, struct bytes b, enum cipher_alg cipher,
                  uint8_t *out)
{
    const struct bytes parts[] = {a, b};
    uint8_t sum[DIGEST_MAX];

    digest_sum(digest, parts, COUNT(parts), sum);
    memcpy(out, sum, cipher_block_len(cipher)); /* every block is shorter than every digest */
}

void ikev1_phase1_iv(const struct ikev1_phase1 *x, enum cipher_alg cipher, uint8_t *out)
{
    iv_of(x->digest, x->public_i, x->public_r, cipher, out);
}

static struct bytes put_id(uint8_t out[static 4], uint32_t message_id)
{
    struct wr w = wr_of(out, 4);

    wr_be32(&w, message_id);
    return wr_bytes(&w);
}

void ikev1_phase2_iv(enum digest_alg digest, const uint8_t *last_block, uint32_t message_id,
                     enum cipher_alg cipher, uint8_t *out)
{
    uint8_t id[4];

    iv_of(digest, bytes_of(last_block, cipher_block_len(cipher)), put_id(id, message_id), cipher,
          out);
}

/* prf(SKEYID, g^x OWN | g^x OTHER | CKY OWN | CKY OTHER | SAi_b | ID_b) */
static void prove(const struct ikev1_keys *k, struct bytes public_own, struct bytes public_other,
                  const uint8_t *cookie_own, const uint8_t *cookie_other, struct bytes sa_i,
                  struct bytes id, uint8_t *out)
{
    const struct bytes parts[] = {public_own,           public_other, cookie(cookie_own),
                                  cookie(cookie_other), sa_i,         id};

    hmac_once(k->digest, bytes_of(k->skeyid, digest_len(k->digest)), parts, COUNT(parts), out);
}

void ikev1_hash_i(const struct ikev1_keys *k, const struct ikev1_phase1 *x, struct bytes sa_i,
                  struct bytes id, uint8_t *out)
{
    prove(k, x->public_i, x->public_r, x->cookie_i, x->cookie_r, sa_i, id, out);
}

void ikev1_hash_r(const struct ikev1_keys *k, const struct ikev1_phase1 *x, struct bytes sa_i,
                  struct bytes id, uint8_t *out)
{
    prove(k, x->public_r, x->public_i, x->cookie_r, x->cookie_i, sa_i, id, out);
}

static void authenticate(const struct ikev1_keys *k, const struct bytes *parts, size_t nparts,
                         uint8_t *out)
{
    hmac_once(k->digest, bytes_of(k->skeyid_a, digest_len(k->digest)), parts, nparts, out);
}

void ikev1_hash_1(const struct ikev1_keys *k, uint32_t message_id, struct bytes payloads,
                  uint8_t *out)
{
    uint8_t id[4];
    const struct bytes parts[] = {put_id(id, message_id), payloads};

    authenticate(k, parts, COUNT(parts), out);
}

void ikev1_hash_2(const struct ikev1_keys *k, uint32_t message_id, struct bytes nonce_i,
                  struct bytes payloads, uint8_t *out)
{
    uint8_t id[4];
    const struct bytes parts[] = {put_id(id, message_id), nonce_i, payloads};

    authenticate(k, parts, COUNT(parts), out);
}

void ikev1_hash_3(const struct ikev1_keys *k, uint32_t message_id, struct bytes nonce_i,
                  struct bytes nonce_r, uint8_t *out)
{
    static const uint8_t zero[1];
    uint8_t id[4];
    const struct bytes parts[] = {bytes_of(zero, 1), put_id(id, message_id), nonce_i, nonce_r};

    authenticate(k, parts, COUNT(parts), out);
}

void ikev1_keymat(const struct ikev1_keys *k, struct bytes shared, uint8_t protocol, uint32_t spi,
                  struct bytes nonce_i, struct bytes nonce_r, uint8_t *out, size_t n)
{
    size_t len = digest_len(k->digest);
    uint8_t block[DIGEST_MAX], spi_be[4];
    struct bytes parts[] = {{block, 0},          shared,  bytes_of(&protocol, 1),
                            put_id(spi_be, spi), nonce_i, nonce_r};

    for (size_t at = 0; at < n; at += len) { /* K1 has no block before it */
        hmac_once(k->digest, bytes_of(k->skeyid_d, len), parts, COUNT(parts), block);
        parts[0].n = len;
        memcpy(out + at, block, n - at < len ? n - at : len);
    }
    mem_wipe(block, sizeof(block));
}
