/* IKEv2 messages (RFC 7296, 3): payload chain and the payloads' bodies, both ways. The fixed header
 * and the message builder are those of wire/isakmp.h. Numbers are in host order once parsed; an
 * unknown number is data, not an error. Views point into the input.
 *
 * Every parser gives ERR_SHORT when its input ends too early, ERR_FORMAT when it breaks the
 * payload's own rules, and leaves OUT alone then. Reserved bits are not looked at (RFC 7296, 3). */
#ifndef WIRE_IKEV2_H
#define WIRE_IKEV2_H

#include "wire/addr.h"
#include "wire/ikev2_numbers.h"
#include "wire/isakmp.h"

#define IKEV2_SPI_LEN      8
#define IKEV2_NONCE_MIN    16 /* RFC 7296, 3.9 */
#define IKEV2_NONCE_MAX    256
#define IKEV2_PAYLOADS_MAX 64 /* of one message that we look at */
#define IKEV2_GENERIC_LEN  4  /* of a payload's generic header */

static inline bool ikev2_is_response(const struct isakmp_hdr *h)
{
    return h->flags & IKEV2_FLAG_RESPONSE;
}

static inline bool ikev2_from_initiator(const struct isakmp_hdr *h)
{
    return h->flags & IKEV2_FLAG_INITIATOR;
}

struct ikev2_payload {
    uint8_t type;
    uint8_t next; /* what its header says; in SK and SKF: the first payload inside */
    bool critical;
    struct bytes whole, body; /* with and without the generic header */
};

struct ikev2_chain {
    struct ikev2_payload v[IKEV2_PAYLOADS_MAX];
    size_t n;
    uint8_t unsupported; /* the first payload of an unknown type whose critical bit is set: the
                            message is to be refused (RFC 7296, 2.5); IKEV2_P_NONE: there is none */
};

/* The payloads in IN, the first of which has type FIRST; IN holds nothing else. SK and SKF end the
 * chain. ERR_NOSPACE: more than IKEV2_PAYLOADS_MAX. */
MUST_USE enum err ikev2_chain_parse(uint8_t first, struct bytes in, struct ikev2_chain *out);

/* The first payload of TYPE, or NULL; how many there are. */
const struct ikev2_payload *ikev2_find(const struct ikev2_chain *c, uint8_t type);
size_t ikev2_count(const struct ikev2_chain *c, uint8_t type);

/* The first well-formed notify of TYPE; false: there is none. */
struct ikev2_notify;
bool ikev2_find_notify(const struct ikev2_chain *c, uint16_t type, struct ikev2_notify *out);

/* --- SA, proposal, transform (RFC 7296, 3.3) ------------------------------------------------- */

struct ikev2_proposal {
    uint8_t number, protocol, ntransforms;
    struct bytes spi, transforms;
};

struct ikev2_transform {
    uint8_t type;
    uint16_t id;
    uint16_t key_bits; /* Key Length; 0: there is none */
    bool odd;          /* has an attribute that we do not know, or one twice: not to be chosen */
};

/* Checks the whole tree below the SA payload's BODY; the walks below then cannot fail. *NUMBERED
 * (may be NULL): the proposals are numbered 1, 2, 3 ..., as those of an offer must be. */
MUST_USE enum err ikev2_sa_check(struct bytes body, bool *numbered);

/* One step of a walk: takes the next element off the front of *LEFT; false at the end. */
bool ikev2_next_proposal(struct bytes *left, struct ikev2_proposal *out);
bool ikev2_next_transform(struct bytes *left, struct ikev2_transform *out);

/* --- traffic selectors (RFC 7296, 3.13) ------------------------------------------------------ */

struct ikev2_ts {
    uint8_t type, protocol; /* protocol 0: any */
    uint16_t start_port, end_port;
    struct ip_addr start, end; /* family 0: a type that we do not know */
};

/* Checks all selectors of the payload's BODY, of which there is at least one; *LEFT then is what
 * ikev2_next_ts walks. */
MUST_USE enum err ikev2_ts_check(struct bytes body, struct bytes *left);
bool ikev2_next_ts(struct bytes *left, struct ikev2_ts *out);

/* --- other payloads -------------------------------------------------------------------------- */

struct ikev2_ke { /* 3.4 */
    uint16_t group;
    struct bytes data;
};

struct ikev2_id { /* 3.5 */
    uint8_t type;
    struct bytes data;
};

struct ikev2_auth { /* 3.8 */
    uint8_t method;
    struct bytes data;
};

struct ikev2_notify { /* 3.10 */
    uint8_t protocol; /* IKEV2_PROTO_... when it is about an SA, which then has an SPI */
    uint16_t type;
    struct bytes spi, data;
};

struct ikev2_delete {          /* 3.11 */
    uint8_t protocol, spi_len; /* of IKE SAs: no SPI, the message's own is meant */
    uint16_t nspis;
    struct bytes spis; /* nspis times spi_len bytes */
};

struct ikev2_cp { /* 3.15 */
    uint8_t type; /* IKEV2_CP_... */
    struct bytes attributes;
};

struct ikev2_cp_attribute {
    uint16_t type;
    struct bytes value;
};

struct ikev2_eap { /* 3.16: for EAP itself to read */
    uint8_t code, id;
    struct bytes data;
};

struct ikev2_fragment {     /* SKF, RFC 7383, 2.5 */
    uint16_t number, total; /* 1 <= number <= total */
    struct bytes sealed;    /* IV, encrypted text, ICV */
};

MUST_USE enum err ikev2_ke_parse(struct bytes body, struct ikev2_ke *out);
MUST_USE enum err ikev2_id_parse(struct bytes body, struct ikev2_id *out);
MUST_USE enum err ikev2_auth_parse(struct bytes body, struct ikev2_auth *out);

/* ERR_RANGE: not 16 to 256 bytes long. */
MUST_USE enum err ikev2_nonce_check(struct bytes body);

MUST_USE enum err ikev2_notify_parse(struct bytes body, struct ikev2_notify *out);

/* An SPI length that is not its protocol's (IKE 0, AH and ESP 4) is ERR_FORMAT. */
MUST_USE enum err ikev2_delete_parse(struct bytes body, struct ikev2_delete *out);

/* The I-th SPI, of AH or ESP; I below nspis. */
uint32_t ikev2_delete_spi(const struct ikev2_delete *d, size_t i);

/* With all its attributes checked: the walk then cannot fail. */
MUST_USE enum err ikev2_cp_parse(struct bytes body, struct ikev2_cp *out);
bool ikev2_next_cp_attribute(struct bytes *left, struct ikev2_cp_attribute *out);

MUST_USE enum err ikev2_eap_parse(struct bytes body, struct ikev2_eap *out);
MUST_USE enum err ikev2_fragment_parse(struct bytes body, struct ikev2_fragment *out);

/* --- building -------------------------------------------------------------------------------- */

/* isakmp_begin, isakmp_open, isakmp_close, isakmp_put and isakmp_end (PAD 0) make an IKEv2 message
 * in the clear out of payloads of IKEV2_P_... types; ike/ike2_crypt.h encrypts one. */

/* Sets the critical bit of the payload that was opened last. */
void ikev2_set_critical(struct isakmp_msg *m);

/* Inside an SA payload, which has no fields of its own: proposals and transforms. LAST: no other
 * follows. P->spi and P->ntransforms are written as they are. To be closed with isakmp_close_part.
 */
size_t ikev2_open_proposal(struct wr *w, bool last, const struct ikev2_proposal *p);

/* A whole transform, with a Key Length when KEY_BITS is not 0. */
void ikev2_put_transform(struct wr *w, bool last, const struct ikev2_transform *t);

void ikev2_put_ke(struct isakmp_msg *m, const struct ikev2_ke *ke);
/* TYPE: IKEV2_P_ID_I or IKEV2_P_ID_R. */
void ikev2_put_id(struct isakmp_msg *m, uint8_t type, const struct ikev2_id *id);
void ikev2_put_auth(struct isakmp_msg *m, const struct ikev2_auth *a);
void ikev2_put_notify(struct isakmp_msg *m, const struct ikev2_notify *n);
void ikev2_put_delete(struct isakmp_msg *m, const struct ikev2_delete *d);
/* TYPE: IKEV2_P_TS_I or IKEV2_P_TS_R; N at most 255. A selector of family 0 is left out. */
void ikev2_put_ts(struct isakmp_msg *m, uint8_t type, const struct ikev2_ts *v, size_t n);

/* A configuration payload is opened with this, its attributes are put, and it is closed. */
size_t ikev2_open_cp(struct isakmp_msg *m, uint8_t type);
void ikev2_put_cp_attribute(struct wr *w, uint16_t type, struct bytes value);

#endif
