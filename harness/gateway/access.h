/* Whether a new flow may be: access lists and security levels, and what is said of those that may
 * not. Not for others: use gateway/gateway.h. */
#ifndef GATEWAY_ACCESS_H
#define GATEWAY_ACCESS_H

#include "gateway/gateway_parts.h"

/* The list that packets of this IP VERSION meet at interface IFI on their way in or OUT. Up to 8.x
 * each version has its own; since 9.0 one list is for both. NULL: none. */
const struct gw_acl *gw_list_of(const struct gateway *g, size_t ifi, bool out, uint8_t version);

/* Asks LIST about KEY of packet P, which wants to leave through OUT. An entry with "log" is counted
 * for 106100. False: it is denied, counted, logged (106023 or 106100) and answered. */
bool gw_list_permits(struct gateway *g, const struct gw_packet *p, size_t out,
                     const struct gw_acl *list, const struct gw_flow_key *key);

/* The levels of its interfaces: traffic without a list goes from higher to lower; between equals
 * and back through the same interface only where `same-security-traffic` permits it. HAS_LIST: an
 * access list of the interface has permitted it. False: it is denied, as above. */
bool gw_levels_permit(struct gateway *g, const struct gw_packet *p, size_t out, bool has_list);

/* `service resetinbound` and `resetoutbound`: a segment was denied on its way to OUT; its sender
 * may get a reset. */
void gw_answer_denied(struct gateway *g, const struct gw_packet *p, size_t out);

/* The ends of P for messages. */
struct gw_msg_packet gw_packet_message(const struct pkt *p);

#endif
