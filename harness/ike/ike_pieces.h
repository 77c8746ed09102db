/* IKEv1 messages that come in pieces, put together as a tap can: payload 132, as Cisco's devices
 * and others after them write it (no RFC; wire/isakmp.h). For those of IKEv2 see ike/ike_tap.h.
 *
 * Nothing authenticates a piece, and some senders give all their messages the same id, so a piece
 * that contradicts what is gathered ends nothing: it begins another message beside it, and what
 * comes later goes wherever it fits; into one of its own as well when what it fits is an old one or
 * one of uneven pieces. A message counts as whole when its own header agrees, in length and
 * cookies, with what carried it. Unlike an endpoint, which forgets a message once it is whole, this
 * remembers some, to know what is sent again.
 *
 * Memory is bounded: IKE_PIECES_SETS messages, IKE_PIECES_EACH of one sender and SA, each of at
 * most 64 pieces and 64 KiB; those that were not touched for longest go first. */
#ifndef IKE_IKE_PIECES_H
#define IKE_IKE_PIECES_H

#include "wire/isakmp.h"

#define IKE_PIECES_SETS 32u
#define IKE_PIECES_EACH 4u

struct ike_pieces;

struct ike_pieces *ike_pieces_new(void);
void ike_pieces_free(struct ike_pieces *p); /* NULL is fine */

/* A message of header H is a piece, and not for those who read messages. */
bool ike_pieces_is(const struct isakmp_hdr *h);

/* Takes the piece in MESSAGE, of header H. WAY tells senders and receivers apart: a hash of their
 * addresses, say. TIME_NS: when it was seen. ERR_OK: ask ike_pieces_next what it made whole;
 * ERR_END: nothing yet; others: it is malformed (ERR_SHORT, ERR_FORMAT) or of an impossible number
 * (ERR_RANGE), and nothing happened. */
MUST_USE enum err ike_pieces_add(struct ike_pieces *p, uint64_t way, const struct isakmp_hdr *h,
                                 struct bytes message, int64_t time_ns);

/* A message that the latest piece made whole, or whole once more. There may be several. WHOLE is
 * valid until the next call of either. */
bool ike_pieces_next(struct ike_pieces *p, struct bytes *whole);

struct ike_pieces_stats {
    uint64_t pieces, malformed;
    uint64_t whole; /* messages, those sent again included */
    uint64_t lost;  /* given up, or not whole yet: pieces of them are missing, or do not fit */
};

struct ike_pieces_stats ike_pieces_stats(const struct ike_pieces *p);

#endif
