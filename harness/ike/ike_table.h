/* Lines of Wireshark's tables that open encrypted IKE messages:
 *   ikev1_decryption_table   initiator's cookie, key
 *   ikev2_decryption_table   SPIi, SPIr, SK_ei, SK_er, "cipher", SK_ai, SK_ar, "integrity"
 * Names as Wireshark 3 and later have them; of a cipher that Wireshark does not open (ChaCha20)
 * there is no line. */
#ifndef IKE_IKE_TABLE_H
#define IKE_IKE_TABLE_H

#include "base/buf.h"
#include "ike/ike.h"

/* Adds the line for the IKE SA of UP (IKE_OUT_IKE_UP), with its newline; which of the two tables it
 * is for, UP's version says. */
void ike_table_put(struct buf *b, const struct ike_out *up);

#endif
