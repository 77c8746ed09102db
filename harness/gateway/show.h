/* `show` commands that need only configuration and log. The console hands in what was typed after
 * "show"; keywords may be abbreviated as on the device. */
#ifndef GATEWAY_SHOW_H
#define GATEWAY_SHOW_H

#include "gateway/config.h"
#include "gateway/syslog.h"

struct gw_show_env {
    const struct gw_config *cfg;
    const struct gw_syslog *log; /* NULL: `show logging` says that logging is off */
    int64_t uptime_s;            /* for `show version` */
};

/* LINE begins with "show". ERR_NOTFOUND: no command of this module, nothing was added to OUT.
 * ERR_FORMAT, ERR_SHORT: one of ours, wrongly typed; the device's words are in OUT. */
MUST_USE enum err gw_show(const struct gw_show_env *env, const char *line, struct buf *out);

#endif
