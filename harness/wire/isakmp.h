/* ISAKMP messages as IKEv1 uses them (RFC 2407 to 2409): header, payload chain, and the payloads'
 * bodies, both ways. Numbers are those of IANA's registries, in host order once parsed; an unknown
 * number is data, not an error. Views point into the input. */
#ifndef WIRE_ISAKMP_H
#define WIRE_ISAKMP_H

#include "base/cursor.h"
#include "wire/isakmp_numbers.h"

#define ISAKMP_HDR_LEN      28
#define ISAKMP_COOKIE_LEN   8
#define ISAKMP_PAYLOADS_MAX 48 /* of one message that we look at; real ones have up to 20 or so */

struct isakmp_hdr {
    uint8_t cookie_i[ISAKMP_COOKIE_LEN], cookie_r[ISAKMP_COOKIE_LEN];
    uint8_t next; /* type of the first payload */
    uint8_t version, exchange, flags;
    uint32_t message_id, length;
};

static inline uint8_t isakmp_major(const struct isakmp_hdr *h)
{
    return h->version >> 4;
}

/* The fixed header, of IKEv1 or IKEv2. ERR_SHORT; ERR_FORMAT: a length below the header's own. */
MUST_USE enum err isakmp_hdr_parse(struct bytes in, struct isakmp_hdr *out);

struct isakmp_payload {
    uint8_t type;
    struct bytes whole, body; /* with and without the generic header */
};

struct isakmp_chain {
    struct isakmp_payload v[ISAKMP_PAYLOADS_MAX];
    size_t n;
    struct bytes padding; /* what follows the last payload */
};

/* The payloads in IN, the first of which has type FIRST. ERR_SHORT, ERR_FORMAT (RFC 2408, 5.3: a
 * length below 4, a reserved byte that is not 0), ERR_NOSPACE: more than ISAKMP_PAYLOADS_MAX. */
MUST_USE enum err isakmp_chain_parse(uint8_t first, struct bytes in, struct isakmp_chain *out);

/* The first payload of TYPE, or NULL; how many there are. */
const struct isakmp_payload *isakmp_find(const struct isakmp_chain *c, uint8_t type);
size_t isakmp_count(const struct isakmp_chain *c, uint8_t type);

/* --- SA, proposal, transform, attribute (RFC 2408, 3.3 to 3.6) ------------------------------- */

struct isakmp_sa {
    uint32_t doi, situation;
    struct bytes proposals;
};

struct isakmp_proposal {
    uint8_t number, protocol, ntransforms;
    struct bytes spi, transforms;
};

struct isakmp_transform {
    uint8_t number, id;
    struct bytes whole, attributes; /* WHOLE: with its generic header */
};

struct isakmp_attribute {
    uint16_t type; /* without the bit that tells the two forms apart */
    bool basic;    /* TV: the value has two bytes */
    struct bytes value;
    uint64_t number; /* the value; UINT64_MAX when it has more than eight bytes */
};

/* Checks the whole tree below the SA payload's BODY; the walks below then cannot fail.
 * ERR_UNSUPPORTED: a DOI or situation other than IPsec's. */
MUST_USE enum err isakmp_sa_parse(struct bytes body, struct isakmp_sa *out);

/* One step of a walk: takes the next element off the front of *LEFT; false at the end. */
bool isakmp_next_proposal(struct bytes *left, struct isakmp_proposal *out);
bool isakmp_next_transform(struct bytes *left, struct isakmp_transform *out);
bool isakmp_next_attribute(struct bytes *left, struct isakmp_attribute *out);

/* The same for attributes that stand by themselves (in a RESPONDER-LIFETIME): checks them all. */
MUST_USE enum err isakmp_attributes_check(struct bytes in);

/* --- other payloads -------------------------------------------------------------------------- */

struct isakmp_id { /* RFC 2407, 4.6.2 */
    uint8_t type, protocol;
    uint16_t port;
    struct bytes data;
};

struct isakmp_notify { /* RFC 2408, 3.14 */
    uint32_t doi;
    uint8_t protocol;
    uint16_t type;
    struct bytes spi, data;
};

struct isakmp_delete { /* RFC 2408, 3.15 */
    uint32_t doi;
    uint8_t protocol, spi_len;
    uint16_t nspis;
    struct bytes spis; /* nspis times spi_len bytes */
};

struct isakmp_cfg { /* the attribute payload (draft-dukes-ike-mode-cfg-02, 3.2) */
    uint8_t type;   /* ISAKMP_CFG_... */
    uint16_t id;    /* an answer has that of its question */
    struct bytes attributes;
};

struct isakmp_fragment { /* a piece of a message, in the form that Cisco's devices made common (no
                            RFC; [MS-IKEE] and Wireshark read the same) */
    uint16_t id;         /* the same in all pieces of a message */
    uint8_t number;      /* from 1 */
    bool last;
    struct bytes data; /* of the whole message, its header included */
};

MUST_USE enum err isakmp_id_parse(struct bytes body, struct isakmp_id *out);
MUST_USE enum err isakmp_notify_parse(struct bytes body, struct isakmp_notify *out);
MUST_USE enum err isakmp_delete_parse(struct bytes body, struct isakmp_delete *out);

/* ERR_FORMAT: number 0, or nothing in it. */
MUST_USE enum err isakmp_fragment_parse(struct bytes body, struct isakmp_fragment *out);

/* With all its attributes checked: isakmp_next_attribute then cannot fail. */
MUST_USE enum err isakmp_cfg_parse(struct bytes body, struct isakmp_cfg *out);

/* --- building -------------------------------------------------------------------------------- */

/* A message under construction. Payloads link themselves; lengths are filled when they close.
 * W.err tells at the end whether all of it fitted. */
struct isakmp_msg {
    struct wr w;
    size_t link;  /* where the type of the next payload goes */
    uint16_t low; /* the byte that shares two bytes with it */
};

/* Writes H to BUF; its `next` and `length` are filled in later. */
void isakmp_begin(struct isakmp_msg *m, void *buf, size_t cap, const struct isakmp_hdr *h);

/* Begins a payload, whose body the caller writes to M->w; gives what isakmp_close wants. */
size_t isakmp_open(struct isakmp_msg *m, uint8_t type);
void isakmp_close(struct isakmp_msg *m, size_t at);

/* A payload with this body. */
void isakmp_put(struct isakmp_msg *m, uint8_t type, struct bytes body);

/* Fills the header's length and gives the message. With PAD, a power of two, zeros are added first
 * so that what follows the header is a multiple of it. */
struct bytes isakmp_end(struct isakmp_msg *m, size_t pad);

/* Inside an SA payload. LAST: no other follows. Both give what isakmp_close_part wants. */
void isakmp_put_sa(struct wr *w);
size_t isakmp_open_proposal(struct wr *w, bool last, const struct isakmp_proposal *p);
size_t isakmp_open_transform(struct wr *w, bool last, uint8_t number, uint8_t id);
void isakmp_close_part(struct wr *w, size_t at);
void isakmp_put_attribute(struct wr *w, uint16_t type, uint64_t value); /* TV if it fits */

void isakmp_put_id(struct isakmp_msg *m, const struct isakmp_id *id);
void isakmp_put_notify(struct isakmp_msg *m, const struct isakmp_notify *n);
void isakmp_put_delete(struct isakmp_msg *m, const struct isakmp_delete *d);
void isakmp_put_fragment(struct isakmp_msg *m, const struct isakmp_fragment *f);

/* An attribute payload is opened with these and its attributes written to M->w. */
size_t isakmp_open_cfg(struct isakmp_msg *m, uint8_t type, uint16_t id);
void isakmp_put_attribute_bytes(struct wr *w, uint16_t type, struct bytes value); /* TLV */

#endif
