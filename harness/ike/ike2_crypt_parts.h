/* What ike2_crypt.c and ike2_fragment.c share. Not for others: use ike/ike2_crypt.h. */
#ifndef IKE_IKE2_CRYPT_PARTS_H
#define IKE_IKE2_CRYPT_PARTS_H

#include "ike/ike2_crypt.h"

struct ike2_crypt {
    enum cipher_alg alg;
    size_t iv_len, icv_len;
    struct cipher *cipher;
    struct hmac *hmac; /* NULL: the cipher authenticates */
    uint64_t sent;     /* IVs of ciphers that count */
};

struct ike2_piece {         /* what one SK or SKF payload carries */
    uint8_t next;           /* the first payload inside; of a fragment after the first: none */
    uint16_t number, total; /* TOTAL 0: SK */
    struct bytes text;      /* in the clear, without padding */
};

/* Bytes of a message whose SK carries N bytes. SKF: 4 for the fields of that payload, else 0. */
size_t ike2_envelope_len(const struct ike2_crypt *c, size_t skf, size_t n);

/* A clear message taken apart. ERR_FORMAT. */
MUST_USE enum err ike2_clear_parse(struct bytes clear, struct isakmp_hdr *hdr,
                                   struct bytes *payloads);

/* As ike2_seal, of a piece. */
MUST_USE enum err ike2_put_sealed(struct ike2_crypt *c, struct rng *rng,
                                  const struct isakmp_hdr *hdr, const struct ike2_piece *piece,
                                  struct wr *w);

struct ike2_sealed { /* an encrypted message */
    struct isakmp_hdr hdr;
    struct ike2_piece piece; /* without its text */
    struct bytes head, body; /* what is in the clear; IV, encrypted text and ICV */
};

/* TYPE: the payload that the message must begin with, IKEV2_P_SK or IKEV2_P_SKF. */
MUST_USE enum err ike2_sealed_parse(struct bytes datagram, uint8_t type, struct ike2_sealed *out);

/* Authenticates S and decrypts it to OUT; TEXT is the view of it without the padding. Errors as
 * ike2_open. */
MUST_USE enum err ike2_reveal(struct ike2_crypt *c, const struct ike2_sealed *s, void *out,
                              size_t cap, struct bytes *text);

/* The header of a clear message whose payloads, the first of type NEXT, have PAYLOADS bytes. */
void ike2_put_clear_header(struct wr *w, const struct isakmp_hdr *h, uint8_t next, size_t payloads);

#endif
