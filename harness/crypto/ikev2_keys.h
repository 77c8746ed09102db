/* The key schedule of IKEv2 (RFC 7296, 2.13 to 2.18) as pure functions, with what else it hashes:
 * proof by pre-shared key (2.15), NAT detection (2.23), cookies (2.6). Names follow the RFC. */
#ifndef CRYPTO_IKEV2_KEYS_H
#define CRYPTO_IKEV2_KEYS_H

#include "base/rng.h"
#include "crypto/cipher.h"
#include "crypto/prf.h"

#define IKEV2_KEYS_SPI_LEN 8

/* What makes the keys of an IKE SA. */
struct ikev2_seed {
    enum prf_alg prf;
    enum cipher_alg cipher;
    enum integ_alg integ;          /* INTEG_NONE with a cipher that authenticates */
    struct bytes nonce_i, nonce_r; /* Ni, Nr: bodies of the payloads */
    const uint8_t *spi_i, *spi_r;  /* of the (new) IKE SA */
};

struct ikev2_keys { /* to be wiped by its owner */
    enum prf_alg prf;
    enum cipher_alg cipher;
    enum integ_alg integ;
    uint8_t d[PRF_MAX];                             /* prf_len bytes */
    uint8_t ai[DIGEST_MAX], ar[DIGEST_MAX];         /* integ_key_len */
    uint8_t ei[CIPHER_KEY_MAX], er[CIPHER_KEY_MAX]; /* cipher_key_len: with the salt */
    uint8_t pi[PRF_MAX], pr[PRF_MAX];               /* prf_len */
};

/* The keys of a first IKE SA. SHARED: g^ir, as dh_shared gives it. */
void ikev2_derive(const struct ikev2_seed *x, struct bytes shared, struct ikev2_keys *out);

/* Those of one that succeeds OLD (2.18): SKEYSEED is made with OLD's prf, the rest with the new. */
void ikev2_derive_rekeyed(const struct ikev2_seed *x, const struct ikev2_keys *old,
                          struct bytes shared, struct ikev2_keys *out);

/* The AUTH data of the side with SK_P (PI or PR, prf_len bytes): MESSAGE is its own first message,
 * from the IKE header on (of a responder, and of an initiator that was asked for a cookie or
 * another group, the last one of IKE_SA_INIT), NONCE the other side's, ID the body of its own ID
 * payload. OUT: prf_len bytes. */
void ikev2_auth_psk(enum prf_alg prf, struct bytes psk, const uint8_t *sk_p, struct bytes message,
                    struct bytes nonce, struct bytes id, uint8_t *out);

struct ikev2_child_keys { /* of initiator and responder of the exchange: what I encrypts, R opens */
    uint8_t ei[CIPHER_KEY_MAX], er[CIPHER_KEY_MAX];
    uint8_t ai[DIGEST_MAX], ar[DIGEST_MAX];
};

/* KEYMAT (2.17) for a pair of ESP SAs. SHARED: g^ir of this exchange, empty without PFS. CIPHER may
 * be CIPHER_NONE (NULL encryption). */
void ikev2_child(const struct ikev2_keys *k, struct bytes shared, struct bytes nonce_i,
                 struct bytes nonce_r, enum cipher_alg cipher, enum integ_alg integ,
                 struct ikev2_child_keys *out);

#define IKEV2_NATD_LEN 20

/* The hash of NAT_DETECTION_*_IP: SHA-1(SPIi | SPIr | address | port). ADDRESS: 4 or 16 bytes. */
void ikev2_nat_detection(const uint8_t *spi_i, const uint8_t *spi_r, struct bytes address,
                         uint16_t port, uint8_t out[static IKEV2_NATD_LEN]);

/* --- cookies (2.6) --------------------------------------------------------------------------- */

#define IKEV2_COOKIE_LEN        17 /* of ours: the secret's version, half of an HMAC-SHA-256 */
#define IKEV2_COOKIE_MIN        1
#define IKEV2_COOKIE_MAX        64 /* of anybody's */
#define IKEV2_COOKIE_SECRET_LEN 32

/* Secrets of a responder: cookies made with the present one and the one before it are good. */
struct ikev2_cookie_jar {
    uint8_t secret[2][IKEV2_COOKIE_SECRET_LEN];
    uint8_t version; /* of the present one, in secret[version % 2] */
    bool has_old;
};

void ikev2_cookie_jar_init(struct ikev2_cookie_jar *j, struct rng *rng);

/* A new secret; to be called every few minutes. */
void ikev2_cookie_jar_turn(struct ikev2_cookie_jar *j, struct rng *rng);

/* <version> | prf(secret, Ni | IPi | port | SPIi). */
void ikev2_cookie_make(const struct ikev2_cookie_jar *j, struct bytes nonce_i, struct bytes address,
                       uint16_t port, const uint8_t *spi_i, uint8_t out[static IKEV2_COOKIE_LEN]);
bool ikev2_cookie_is_ours(const struct ikev2_cookie_jar *j, struct bytes cookie,
                          struct bytes nonce_i, struct bytes address, uint16_t port,
                          const uint8_t *spi_i);

#endif
