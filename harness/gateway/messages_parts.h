/* What the files of the messages share. Not for others: use gateway/messages.h. */
#ifndef GATEWAY_MESSAGES_PARTS_H
#define GATEWAY_MESSAGES_PARTS_H

#include "gateway/messages.h"

/* "FIN PSH ACK ": each word with its blank, so that two blanks stand before "on interface". Returns
 * OUT. */
#define GW_FLAGS_TEXT 32
char *gw_flag_words(uint8_t flags, char out[static GW_FLAGS_TEXT]);

/* "tcp", "udp", "icmp", "icmp6", "protocol 47"; the names in capitals for UPPER. Returns OUT. */
#define GW_PROTO_TEXT 16
char *gw_proto_word(uint8_t proto, bool upper, char out[static GW_PROTO_TEXT]);

#endif
