/* Keys of IKE SAs in the tables from which Wireshark decrypts IKE:
 *   ikev1_decryption_table: initiator's cookie, encryption key
 *   ikev2_decryption_table: SPIi,SPIr,SK_ei,SK_er,"encryption",SK_ai,SK_ar,"integrity" */
#ifndef IKE_IKE_KEYS_H
#define IKE_IKE_KEYS_H

#include "base/buf.h"
#include "ike/ike.h"

/* Adds the line of the IKE SA that UP (IKE_UP) is about to the table of its version.
 * ERR_UNSUPPORTED: Wireshark has no name for the algorithms (IKEv2 with DES or ChaCha20-Poly1305,
 * as of its version 4.0); nothing is added. */
MUST_USE enum err ike_keys_put(struct buf *v1, struct buf *v2, const struct ike_out *up);

#endif
