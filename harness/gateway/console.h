/* What the files of the console share: the gateway behind a command. Not for others: use
 * gateway/gateway.h. */
#ifndef GATEWAY_CONSOLE_H
#define GATEWAY_CONSOLE_H

#include "gateway/command_parts.h"
#include "gateway/gateway_parts.h"
#include "gateway/show.h"

struct console {            /* call->owner */
    struct gw_show_env env; /* first: the rows of gateway/show.h look here */
    struct gateway *g;
    bool quiet; /* the command is not logged */
    bool moved; /* the command was about the mode itself */
};

static inline struct gateway *gateway_of(const struct gw_call *call)
{
    return ((struct console *)call->owner)->g;
}

extern const struct gw_command_set gw_exec_commands;     /* modes, write, reload */
extern const struct gw_command_set gw_clear_commands;    /* clear, vpn-sessiondb logoff */
extern const struct gw_command_set gw_show_vpn_commands; /* show asp table, isakmp, vpn-sessiondb */
extern const struct gw_command_set gw_show_ipsec_commands;
extern const struct gw_command_set gw_show_net_commands; /* show asp drop, route, clock */
extern const struct gw_command_set gw_show_logging_commands;
extern const struct gw_command_set gw_conn_commands;  /* show conn, clear conn */
extern const struct gw_command_set gw_xlate_commands; /* show xlate, show local-host */

#endif
