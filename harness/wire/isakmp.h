/* ISAKMP messages (RFC 2408) with the payloads of the IPsec DOI (RFC 2407), as IKEv1 uses them:
 * bytes to views and back. Nothing here knows what an exchange is about. */
#ifndef WIRE_ISAKMP_H
#define WIRE_ISAKMP_H

#include "base/cursor.h"

#define ISAKMP_HDR_LEN      28
#define ISAKMP_COOKIE_LEN   8
#define ISAKMP_VERSION_1    0x10 /* major 1, minor 0 */
#define ISAKMP_FLAG_ENCRYPT 0x01 /* RFC 2408, 3.1 */
#define ISAKMP_FLAG_COMMIT  0x02
#define ISAKMP_PAYLOADS_MAX 32 /* of one message; more is hostile */

/* X(id, value, name in logs) */
#define ISAKMP_PAYLOADS(X)                                                                         \
    X(NONE, 0, "NONE")                                                                             \
    X(SA, 1, "SA")                                                                                 \
    X(PROPOSAL, 2, "P")                                                                            \
    X(TRANSFORM, 3, "T")                                                                           \
    X(KE, 4, "KE")                                                                                 \
    X(ID, 5, "ID")                                                                                 \
    X(CERT, 6, "CERT")                                                                             \
    X(CERT_REQUEST, 7, "CERT_REQ")                                                                 \
    X(HASH, 8, "HASH")                                                                             \
    X(SIGNATURE, 9, "SIG")                                                                         \
    X(NONCE, 10, "NONCE")                                                                          \
    X(NOTIFY, 11, "NOTIFY")                                                                        \
    X(DELETE, 12, "DELETE")                                                                        \
    X(VENDOR, 13, "VENDOR")                                                                        \
    X(NAT_D, 20, "NAT-D")                                                                          \
    X(NAT_OA, 21, "NAT-OA")

#define ISAKMP_EXCHANGES(X)                                                                        \
    X(BASE, 1, "base")                                                                             \
    X(MAIN, 2, "main mode")                                                                        \
    X(AGGRESSIVE, 4, "aggressive mode")                                                            \
    X(INFORMATIONAL, 5, "informational")                                                           \
    X(TRANSACTION, 6, "transaction")                                                               \
    X(QUICK, 32, "quick mode")                                                                     \
    X(NEW_GROUP, 33, "new group mode")

/* Notify types: RFC 2408, 3.14.1; RFC 2407, 4.6.3; RFC 3706, 5.3 */
#define ISAKMP_NOTIFIES(X)                                                                         \
    X(INVALID_COOKIE, 4, "INVALID_COOKIE")                                                         \
    X(INVALID_SPI, 11, "INVALID_SPI")                                                              \
    X(NO_PROPOSAL_CHOSEN, 14, "NO_PROPOSAL_CHOSEN")                                                \
    X(PAYLOAD_MALFORMED, 16, "PAYLOAD_MALFORMED")                                                  \
    X(INVALID_ID_INFORMATION, 18, "INVALID_ID_INFORMATION")                                        \
    X(INVALID_HASH_INFORMATION, 23, "INVALID_HASH_INFORMATION")                                    \
    X(AUTHENTICATION_FAILED, 24, "AUTHENTICATION_FAILED")                                          \
    X(CONNECTED, 16384, "CONNECTED")                                                               \
    X(RESPONDER_LIFETIME, 24576, "RESPONDER_LIFETIME")                                             \
    X(REPLAY_STATUS, 24577, "REPLAY_STATUS")                                                       \
    X(INITIAL_CONTACT, 24578, "INITIAL_CONTACT")                                                   \
    X(R_U_THERE, 36136, "R_U_THERE")                                                               \
    X(R_U_THERE_ACK, 36137, "R_U_THERE_ACK")

enum {
#define X(id, value, name) ISAKMP_PAYLOAD_##id = value,
    ISAKMP_PAYLOADS(X)
#undef X
#define X(id, value, name) ISAKMP_EXCHANGE_##id = value,
        ISAKMP_EXCHANGES(X)
#undef X
#define X(id, value, name) ISAKMP_NOTIFY_##id = value,
            ISAKMP_NOTIFIES(X)
#undef X
};

const char *isakmp_payload_name(uint8_t type);  /* "?" when unknown */
const char *isakmp_exchange_name(uint8_t type); /* "?" when unknown */
const char *isakmp_notify_name(uint16_t type);  /* "?" when unknown */

/* Protocols of proposals, notifies and deletes (RFC 2407, 4.4.1) */
enum { ISAKMP_PROTO_ISAKMP = 1, ISAKMP_PROTO_AH = 2, ISAKMP_PROTO_ESP = 3 };

#define ISAKMP_DOI_IPSEC         1
#define ISAKMP_SIT_IDENTITY_ONLY 1
#define ISAKMP_TRANSFORM_KEY_IKE 1 /* RFC 2407, 4.4.2 */

/* Attributes of phase 1 (RFC 2409, appendix A) and phase 2 (RFC 2407, 4.5) */
enum {
    ISAKMP_P1_CIPHER = 1,
    ISAKMP_P1_HASH = 2,
    ISAKMP_P1_AUTH = 3,
    ISAKMP_P1_GROUP = 4,
    ISAKMP_P1_LIFE_TYPE = 11,
    ISAKMP_P1_LIFE = 12,
    ISAKMP_P1_KEY_LENGTH = 14,

    ISAKMP_P2_LIFE_TYPE = 1,
    ISAKMP_P2_LIFE = 2,
    ISAKMP_P2_GROUP = 3,
    ISAKMP_P2_MODE = 4,
    ISAKMP_P2_AUTH = 5,
    ISAKMP_P2_KEY_LENGTH = 6,

    ISAKMP_LIFE_SECONDS = 1,
    ISAKMP_LIFE_KILOBYTES = 2,
    ISAKMP_MODE_TUNNEL = 1,
    ISAKMP_AUTH_PSK = 1,
};

/* Identification types (RFC 2407, 4.6.2.1) */
enum {
    ISAKMP_ID_IPV4 = 1,
    ISAKMP_ID_FQDN = 2,
    ISAKMP_ID_IPV4_SUBNET = 4,
    ISAKMP_ID_IPV6 = 5,
    ISAKMP_ID_IPV6_SUBNET = 6,
};

struct isakmp_hdr {
    uint8_t cookie_i[ISAKMP_COOKIE_LEN], cookie_r[ISAKMP_COOKIE_LEN];
    uint8_t next; /* type of the first payload */
    uint8_t version, exchange, flags;
    uint32_t message_id;
    struct bytes body; /* what follows the header, by its length field */
};

/* ERR_SHORT: no whole header, or less than its length says. ERR_FORMAT: length below 28, or not
 * major version 1. Bytes after the length are dropped. */
MUST_USE enum err isakmp_parse(struct bytes in, struct isakmp_hdr *out);

struct isakmp_payload {
    uint8_t type;
    struct bytes body;  /* without the generic header */
    struct bytes whole; /* with it */
};

struct isakmp_chain {
    struct isakmp_payload p[ISAKMP_PAYLOADS_MAX];
    size_t n;
    size_t len; /* bytes of the chain: what follows in BODY is padding */
};

/* The payloads of BODY, the first of type NEXT. ERR_SHORT, ERR_FORMAT (length below 4), ERR_RANGE
 * (too many). */
MUST_USE enum err isakmp_chain_parse(uint8_t next, struct bytes body, struct isakmp_chain *out);

/* The Nth payload of TYPE, from 0; NULL when there is none. */
const struct isakmp_payload *isakmp_find(const struct isakmp_chain *c, uint8_t type, size_t n);

/* A transform of a proposal: attributes are read as they are asked for. */
struct isakmp_transform {
    uint8_t number, id;
    struct bytes attributes;
};

struct isakmp_attribute {
    uint16_t type;
    uint64_t value; /* of up to eight bytes; longer: UINT64_MAX */
};

/* The next attribute; false at the end or at a broken one (then R->err). */
bool isakmp_attribute_next(struct rd *r, struct isakmp_attribute *out);

#define ISAKMP_SPI_MAX 16

struct isakmp_proposal {
    uint8_t number, protocol;
    struct bytes spi;
    uint8_t ntransforms;
    struct bytes transforms; /* the chain; see isakmp_transform_next */
    bool last;
};

/* The body of an SA payload: DOI and situation are checked (IPsec, identity only), the proposals
 * are what follows. ERR_UNSUPPORTED: another DOI or situation. */
MUST_USE enum err isakmp_sa_parse(struct bytes body, struct bytes *proposals);

/* Takes the next proposal, or transform of a proposal, off REST; false when there is none, or a
 * broken one (*ERR). Transforms whose own number of bytes does not fit are ERR_FORMAT. */
bool isakmp_proposal_next(struct rd *rest, struct isakmp_proposal *out);
bool isakmp_transform_next(struct rd *rest, struct isakmp_transform *out);

struct isakmp_id {
    uint8_t type, proto;
    uint16_t port;
    struct bytes data;
};
MUST_USE enum err isakmp_id_parse(struct bytes body, struct isakmp_id *out);

struct isakmp_notify {
    uint8_t protocol;
    uint16_t type;
    struct bytes spi, data;
};
MUST_USE enum err isakmp_notify_parse(struct bytes body, struct isakmp_notify *out);

struct isakmp_delete {
    uint8_t protocol;
    uint8_t spi_len;
    uint16_t count;
    struct bytes spis; /* count * spi_len bytes */
};
MUST_USE enum err isakmp_delete_parse(struct bytes body, struct isakmp_delete *out);

/* --- writing --------------------------------------------------------------------------------- */

/* Writes a header with length 0 to be filled by isakmp_put_end; *NEXT is the place of the first
 * payload's type. */
void isakmp_put_hdr(struct wr *w, const struct isakmp_hdr *h);

/* The length field of the message that began at START, now that it is whole. */
void isakmp_put_end(struct wr *w, size_t start);

/* Payloads are written one after the other; each one's type is noted in the one before it. */
struct isakmp_put {
    struct wr *w;
    size_t next_at; /* where the next payload's type goes */
    size_t len_at;  /* of the payload being written */
    size_t start;
};

/* NEXT_AT: the header's next-payload field (offset 16 from the message's start), or that of a chain
 * of its own. */
struct isakmp_put isakmp_put_begin(struct wr *w, size_t next_at);

void isakmp_put_open(struct isakmp_put *p, uint8_t type);
void isakmp_put_close(struct isakmp_put *p);
void isakmp_put_bytes(struct isakmp_put *p, uint8_t type, struct bytes body);

/* Attributes: up to 16 bits in the short form, else four bytes in the long one (RFC 2408, 3.3). */
void isakmp_put_attribute(struct wr *w, uint16_t type, uint32_t value);

void isakmp_put_id(struct isakmp_put *p, const struct isakmp_id *id);
void isakmp_put_notify(struct isakmp_put *p, const struct isakmp_notify *n);
void isakmp_put_delete(struct isakmp_put *p, uint8_t protocol, uint8_t spi_len, struct bytes spis);

#endif
