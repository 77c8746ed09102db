/* What one IKE message in the clear says of SAs. For judge/ only. */
#ifndef JUDGE_IKE_READ_H
#define JUDGE_IKE_READ_H

#include "base/buf.h"
#include "wire/ikev2.h"

#define SAID_DELETES 32 /* SPIs of one message that are looked at */

struct ike_said {
    bool offers_child; /* an SA payload of phase 2 or for a Child SA */
    uint32_t child_spi;
    bool offers_ike; /* CREATE_CHILD_SA of IKEv2: a new IKE SA */
    uint8_t ike_spi[ISAKMP_COOKIE_LEN];
    bool rekeys; /* N(REKEY_SA) of ESP or AH */
    uint32_t rekeyed_spi;
    uint64_t
        selectors; /* IKEv1: a hash of what the SA is for, the same for both roles; 0: not said */
    uint32_t deleted[SAID_DELETES];
    size_t ndeleted;
    bool deletes_ike;
    uint8_t ike_deleted[ISAKMP_COOKIE_LEN]; /* IKEv1: the initiator's cookie of the one deleted */
    bool fails;                             /* a notify that is an error */
};

/* H: the message's header; NEXT and PAYLOADS: its payloads in the clear. Adds a line for a person
 * to TEXT: "N(REKEY_SA ESP 0x1a2b) SA(ESP 0x3c4d) Nonce TSi TSr". What is malformed is said there
 * and ends what is read. */
void ike_read(const struct isakmp_hdr *h, uint8_t next, struct bytes payloads, struct ike_said *out,
              struct buf *text);

#endif
