/* Encrypted IKEv2 messages: the SK payload (RFC 7296, 3.14; AEAD: RFC 5282 and 7634), its fragments
 * (SKF, RFC 7383), and putting them together again.
 *
 * Both directions speak of a *clear message*: the IKE header, whose `next` is the first payload and
 * whose `length` covers what is there, and the payloads in the clear, as isakmp_begin ...
 * isakmp_end make it and ikev2_chain_parse reads it. It is never sent like that. Messages with
 * payloads in front of SK or SKF, which no exchange defines, are refused. */
#ifndef IKE_IKE2_CRYPT_H
#define IKE_IKE2_CRYPT_H

#include "base/rng.h"
#include "crypto/cipher.h"
#include "crypto/hash.h"
#include "wire/ikev2.h"

/* The keys of one direction of an IKE SA: SK_ei and SK_ai, or SK_er and SK_ar. */
struct ike2_crypt;

/* SK_E: cipher_key_len bytes; SK_A: integ_key_len bytes. Gives *OUT (ike2_crypt_free).
 * ERR_UNSUPPORTED: no cipher, integrity with a cipher that has its own, or one of neither kind;
 * ERR_RANGE: a key of another length. */
MUST_USE enum err ike2_crypt_new(enum cipher_alg cipher, enum integ_alg integ, struct bytes sk_e,
                                 struct bytes sk_a, struct ike2_crypt **out);
void ike2_crypt_free(struct ike2_crypt *c); /* wipes; NULL is fine */

/* Bytes of the whole message that CLEAR becomes. */
size_t ike2_sealed_len(const struct ike2_crypt *c, struct bytes clear);

/* Encrypts the clear message CLEAR as one message with an SK payload, appended to W. RNG is for the
 * IVs of CBC; the others count. ERR_NOSPACE, ERR_FORMAT: CLEAR is no message; ERR_CRYPTO. W is then
 * failed and holds no more than before. */
MUST_USE enum err ike2_seal(struct ike2_crypt *c, struct rng *rng, struct bytes clear,
                            struct wr *w);

/* The message in DATAGRAM (without the marker of UDP 4500), which must have an SK payload, in the
 * clear, to OUT; CLEAR is a view of it. OUT need not have room for more than DATAGRAM has bytes.
 * ERR_SHORT, ERR_FORMAT (also: a header whose length is not that of DATAGRAM), ERR_NOSPACE;
 * ERR_AUTH: not made with these keys. Only when it is ERR_OK may anything of OUT be used. */
MUST_USE enum err ike2_open(struct ike2_crypt *c, struct bytes datagram, void *out, size_t cap,
                            struct bytes *clear);

/* --- fragments (RFC 7383) -------------------------------------------------------------------- */

#define IKE2_FRAGMENTS_MAX 64 /* of a message that we take */

/* How many messages CLEAR becomes when none may have more than LIMIT bytes (IP and UDP headers and
 * the marker not counted). 1: fits as it is, with SK. 0: LIMIT is too small for any. */
uint16_t ike2_fragments(const struct ike2_crypt *c, struct bytes clear, size_t limit);

/* Encrypts piece NUMBER of TOTAL, as told by ike2_fragments for the same LIMIT, as ike2_seal does.
 * NUMBER counts from 1. With TOTAL 1 the message still has SKF. */
MUST_USE enum err ike2_seal_fragment(struct ike2_crypt *c, struct rng *rng, struct bytes clear,
                                     size_t limit, uint16_t number, uint16_t total, struct wr *w);

/* True when the message in DATAGRAM begins with an SKF payload: it is for ike2_reassembly_add.
 * FRAGMENT (may be NULL): its number; an answer is sent again only for number 1 (2.6.1). */
bool ike2_is_fragment(struct bytes datagram, uint16_t *fragment);

/* The fragments of one message, as far as they came. */
struct ike2_reassembly;

/* MAX: bytes of the clear message that may come of it. */
struct ike2_reassembly *ike2_reassembly_new(size_t max);
void ike2_reassembly_free(struct ike2_reassembly *r); /* wipes; NULL is fine */

/* Takes a fragment (2.6). When it was the last one missing, the clear message is put to OUT, CLEAR
 * is a view of it, and R is empty again; else *CLEAR is empty. A message with another header, or
 * with more fragments in all, takes the place of what was gathered. What is refused changes
 * nothing: ERR_SHORT, ERR_FORMAT, ERR_AUTH as ike2_open; ERR_REPLAY: it was there already, or a
 * message in fewer fragments than what is gathered; ERR_RANGE: more than IKE2_FRAGMENTS_MAX, or too
 * many bytes; ERR_NOSPACE: OUT is too small for the whole. */
MUST_USE enum err ike2_reassembly_add(struct ike2_reassembly *r, struct ike2_crypt *c,
                                      struct bytes datagram, void *out, size_t cap,
                                      struct bytes *clear);

/* Forgets what was gathered. */
void ike2_reassembly_clear(struct ike2_reassembly *r);

/* Bytes and fragments that are held. */
size_t ike2_reassembly_held(const struct ike2_reassembly *r, size_t *fragments);

#endif
