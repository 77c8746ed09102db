/* What the two versions of ike_tap share. Not for others: use ike/ike_tap.h. */
#ifndef IKE_IKE_TAP_PARTS_H
#define IKE_IKE_TAP_PARTS_H

#include "ike/ike2_crypt.h"
#include "ike/ike_tap.h"

enum {
    TAP_MESSAGE_MAX = 65536,
    TAP_EXCHANGES = 64,   /* of an IKEv1 SA whose chains are kept */
    TAP_PUBLIC_MAX = 1024 /* bytes of a public value: group 18 */
};

/* The block that the next message of an exchange is chained to: the last one of the message before.
 * Anybody can write a message, so that of the last one that opened is kept, too. */
struct tap1_link {
    uint8_t seen[CIPHER_BLOCK_MAX], opened[CIPHER_BLOCK_MAX];
};

struct tap1_chain {      /* of one exchange of phase 2 */
    uint32_t message_id; /* 0: free */
    struct tap1_link link;
};

struct tap1 { /* an IKEv1 SA */
    uint8_t key[CIPHER_KEY_MAX];
    size_t key_len;
    enum cipher_alg alg; /* CIPHER_NONE: not negotiated yet */
    enum digest_alg digest;
    uint8_t cookie_r[ISAKMP_COOKIE_LEN];
    uint8_t public[2][TAP_PUBLIC_MAX]; /* g^xi, g^xr */
    size_t npublic[2];
    bool begun;            /* its phase 1 has an IV */
    struct tap1_link last; /* of phase 1 so far */
    struct tap1_chain chains[TAP_EXCHANGES];
    size_t next_chain;
    struct cipher *cipher;
};

struct tap2 { /* an IKEv2 SA; [1]: of the original initiator's messages */
    struct ike2_crypt *crypt[2];
    struct ike2_reassembly *pieces[2];
};

void tap1_key(struct tap1 *s, const struct ike_table_row *row);
void tap1_release(struct tap1 *s);

/* CLEAR has room for MESSAGE. */
MUST_USE enum err tap1_open(struct tap1 *s, const struct isakmp_hdr *h, struct bytes message,
                            uint8_t *clear, struct ike_tap_clear *out);

#endif
