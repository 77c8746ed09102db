/* The key schedule of IKEv1 with pre-shared keys (RFC 2409, 5 and appendix B) as pure functions.
 * The PRF is the HMAC of the negotiated digest. Names follow the RFC; `_b` there means the body of
 * a payload without its generic header, and that is what is passed here. */
#ifndef CRYPTO_IKEV1_KEYS_H
#define CRYPTO_IKEV1_KEYS_H

#include "crypto/cipher.h"
#include "crypto/hash.h"

#define IKEV1_COOKIE_LEN 8

/* What phase 1 has exchanged after its fourth message. */
struct ikev1_phase1 {
    enum digest_alg digest;
    struct bytes nonce_i, nonce_r;   /* Ni_b, Nr_b */
    struct bytes public_i, public_r; /* g^xi, g^xr: the bodies of the KE payloads */
    const uint8_t *cookie_i, *cookie_r;
};

struct ikev1_keys {
    enum digest_alg digest;
    uint8_t skeyid[DIGEST_MAX];
    uint8_t skeyid_d[DIGEST_MAX], skeyid_a[DIGEST_MAX], skeyid_e[DIGEST_MAX];
};

/* SKEYID and what is derived from it. SHARED: g^xy, as long as the group. Wipe OUT after use. */
void ikev1_derive(const struct ikev1_phase1 *x, struct bytes psk, struct bytes shared,
                  struct ikev1_keys *out);

/* The encryption key of the IKE SA: SKEYID_e, cut or expanded to Ka (appendix B).
 * OUT: cipher_key_len bytes. Weak DES keys, one in 2^52, are not looked for. */
void ikev1_cipher_key(const struct ikev1_keys *k, enum cipher_alg cipher, uint8_t *out);

/* The IV of main mode's fifth message: hash(g^xi | g^xr). OUT: one block of CIPHER. */
void ikev1_phase1_iv(const struct ikev1_phase1 *x, enum cipher_alg cipher, uint8_t *out);

/* The IV of the first message of a quick mode or informational exchange: hash(LAST_BLOCK | M-ID),
 * where LAST_BLOCK is the last ciphertext block of phase 1. OUT: one block of CIPHER. */
void ikev1_phase2_iv(enum digest_alg digest, const uint8_t *last_block, uint32_t message_id,
                     enum cipher_alg cipher, uint8_t *out);

/* HASH_I and HASH_R. SA_I: SAi_b, the initiator's whole offer. ID: IDii_b or IDir_b of the side
 * that proves itself. OUT: digest_len bytes. */
void ikev1_hash_i(const struct ikev1_keys *k, const struct ikev1_phase1 *x, struct bytes sa_i,
                  struct bytes id, uint8_t *out);
void ikev1_hash_r(const struct ikev1_keys *k, const struct ikev1_phase1 *x, struct bytes sa_i,
                  struct bytes id, uint8_t *out);

/* Quick mode (RFC 2409, 5.5). PAYLOADS: what follows the HASH payload in the message, with generic
 * headers and without padding. OUT: digest_len bytes.
 * HASH(1) is also the hash of informational exchanges (RFC 2409, 5.7). */
void ikev1_hash_1(const struct ikev1_keys *k, uint32_t message_id, struct bytes payloads,
                  uint8_t *out);
void ikev1_hash_2(const struct ikev1_keys *k, uint32_t message_id, struct bytes nonce_i,
                  struct bytes payloads, uint8_t *out);
void ikev1_hash_3(const struct ikev1_keys *k, uint32_t message_id, struct bytes nonce_i,
                  struct bytes nonce_r, uint8_t *out);

/* N bytes of KEYMAT for the SA that its receiver named SPI. PROTOCOL: 3 for ESP (RFC 2407, 4.4.1).
 * SHARED: g(qm)^xy of this quick mode, empty without PFS. The encryption key comes first, then the
 * authentication key (RFC 2407, 4.5 with RFC 2401, 4.1). */
void ikev1_keymat(const struct ikev1_keys *k, struct bytes shared, uint8_t protocol, uint32_t spi,
                  struct bytes nonce_i, struct bytes nonce_r, uint8_t *out, size_t n);

#endif
