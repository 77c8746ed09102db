/* What the commands of address translation share. */
#ifndef GATEWAY_COMMAND_NAT_H
#define GATEWAY_COMMAND_NAT_H

#include "gateway/command_parts.h"

/* "(REAL,MAPPED)": two interfaces that exist; ANY: or the word "any". ERR_SHORT, ERR_FORMAT. */
MUST_USE enum err gw_take_interfaces(struct gw_words *w, const struct gw_config *c, bool any,
                                     char real[static GW_NAME], char mapped[static GW_NAME]);

/* "nat ..." of the configuration mode: twice NAT (command_twice.c) */
enum err gw_set_twice(struct gw_call *call);

#endif
