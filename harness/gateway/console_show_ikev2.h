/* What other show commands have of IKEv2. Not for others: use gateway/console.h. */
#ifndef GATEWAY_CONSOLE_SHOW_IKEV2_H
#define GATEWAY_CONSOLE_SHOW_IKEV2_H

#include "gateway/gateway_parts.h"

/* "IKEv2 SAs:" and all of them, or that there are none. */
void show_ikev2_sas(const struct gateway *g, bool detail, struct buf *out);

/* The block of S in `show vpn-sessiondb detail l2l`. */
void show_ikev2_block(const struct gateway *g, const struct vpn_session *s, struct buf *out);

#endif
