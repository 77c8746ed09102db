/* `show` commands that need only configuration and log. A console puts gw_show_commands among its
 * own sets (gateway/command.h), or hands single lines to gw_show. */
#ifndef GATEWAY_SHOW_H
#define GATEWAY_SHOW_H

#include "gateway/command.h"
#include "gateway/syslog.h"

struct gw_show_env {
    const struct gw_config *cfg;
    const struct gw_syslog *log; /* NULL: `show logging` says that logging is off */
    int64_t uptime_s;            /* for `show version` */
};

/* Rows of GW_EXEC. Their call->owner is a struct gw_show_env, or a struct that begins with one. */
extern const struct gw_command_set gw_show_commands;

/* Runs LINE, which begins with "show", and adds what the device prints to OUT. Keywords may be
 * abbreviated. ERR_NOTFOUND: no command of this module; nothing was added. ERR_FORMAT, ERR_SHORT:
 * one of ours, wrongly typed; the device's words are in OUT. */
MUST_USE enum err gw_show(const struct gw_show_env *env, const char *line, struct buf *out);

#endif
