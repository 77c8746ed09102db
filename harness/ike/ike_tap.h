/* IKE as a tap sees it that has the keys of Wireshark's tables (ike/ike_table.h): every message of
 * a capture is handed in, in the order of the wire, and comes back in the clear.
 *
 * IKEv2 messages stand for themselves and are authenticated. Those of IKEv1 are chained (RFC 2409,
 * appendix B): the IV of an exchange rests on the last block of phase 1, and that on both public
 * values and the negotiated hash, all of which are sent in the clear. So phase 1 must have been
 * seen from its beginning. The table holds no key to authenticate with; a message counts as opened
 * when its payloads are sound and, in phase 2, a HASH of the right length leads them.
 *
 * Memory is bounded: IKE_TAP_KEYS SAs, and for each the last exchanges and one message in
 * fragments a direction. */
#ifndef IKE_IKE_TAP_H
#define IKE_IKE_TAP_H

#include "ike/ike_table.h"

#define IKE_TAP_KEYS 1024u

struct ike_tap;

struct ike_tap *ike_tap_new(void);
void ike_tap_free(struct ike_tap *t); /* wipes; NULL is fine */

/* Before the first message. A later key of the same SA takes the place of an earlier one.
 * ERR_RANGE: too many; ERR_UNSUPPORTED. */
MUST_USE enum err ike_tap_key(struct ike_tap *t, const struct ike_table_row *row);

struct ike_tap_clear {
    uint8_t next;          /* type of the first payload */
    struct bytes payloads; /* valid until the next call, and as long as the message */
    bool sealed;           /* it was encrypted */
};

/* MESSAGE: from its ISAKMP header on. ERR_NOTFOUND: no key for it; ERR_STATE: IKEv1, and its phase
 * 1 was not seen; ERR_REPLAY: the same bytes were there lately, it is sent again; ERR_END: a
 * fragment, and more are to come; ERR_AUTH: the key does not open it; others: it is malformed. */
MUST_USE enum err ike_tap_open(struct ike_tap *t, struct bytes message, struct ike_tap_clear *out);

#endif
