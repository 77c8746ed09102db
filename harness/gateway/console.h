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

/* Shows TEXT, or its first page. */
void gw_page(struct gateway *g, struct buf *text, struct buf *answer);

/* True when LINE was an answer to "<--- More --->". */
bool gw_page_next(struct gateway *g, const char *line, struct buf *answer);

/* Asks before CALL's command is run: QUESTION is printed, and a yes runs the command with
 * "noconfirm" behind it. */
MUST_USE enum err gw_ask(struct gw_call *call, const char *question);

extern const struct gw_command_set gw_exec_commands;       /* modes, write, reload */
extern const struct gw_command_set gw_clear_commands;      /* clear, vpn-sessiondb logoff */
extern const struct gw_command_set gw_show_ikev2_commands; /* show crypto ikev2 */
extern const struct gw_command_set gw_show_vpn_commands; /* show asp table, isakmp, vpn-sessiondb */
extern const struct gw_command_set gw_show_session_commands;
extern const struct gw_command_set gw_show_ipsec_commands;
extern const struct gw_command_set gw_show_box_commands; /* show interface, arp */
extern const struct gw_command_set gw_show_net_commands; /* show asp drop, route, clock */
extern const struct gw_command_set gw_show_logging_commands;
extern const struct gw_command_set gw_conn_commands;  /* show conn, clear conn */
extern const struct gw_command_set gw_xlate_commands; /* show xlate, show local-host */
extern const struct gw_command_set gw_show_ipv6_commands;

#endif
