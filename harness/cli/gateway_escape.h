/* Lines that are not for the device: "!wait 30". To an ASA they are comments. Not for others: use
 * cli/gateway_live.h. */
#ifndef CLI_GATEWAY_ESCAPE_H
#define CLI_GATEWAY_ESCAPE_H

#include "cli/far_end.h"

/* Who runs the gateway, as the lines see it. */
struct escape_env {
    struct far_end *far; /* NULL: there is none */
    void (*run_for)(void *ctx, struct span d);
    bool (*stopped)(void *ctx);
    void *ctx;
};

/* What LINE says of itself, added to OUT. False: it is no such line, and the device's own. */
bool escape_line(const struct escape_env *env, const char *line, struct buf *out);

#endif
