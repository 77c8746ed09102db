/* What the two ways of loading a configuration share. Not for others: use gateway/config.h. */
#ifndef GATEWAY_CONFIG_LOAD_H
#define GATEWAY_CONFIG_LOAD_H

#include "gateway/command.h"

struct gw_load {
    const char *file;
    struct diag *why;
    struct buf answer; /* what the device would have printed */
};

/* After each command: turns a refused one into file, line and the device's words, or into a note
 * when other releases have it, and stops a configuration that grows without bounds. */
MUST_USE enum err gw_load_finish(const struct gw_load *l, const struct gw_call *call, enum err e,
                                 int line_no, const char *line);

/* Tells opts->each of COMMAND, whose outcome is E. NOTES: how many there were before it. Gives E,
 * or ERR_OK for one that was told. */
MUST_USE enum err gw_load_tell(const struct gw_load *l, const struct gw_call *call, size_t notes,
                               enum err e, const char *command);

/* A document without usable line ends (gw_load_options.as_printed). */
MUST_USE enum err gw_load_printed(struct gw_load *l, struct gw_call *call, struct bytes text);

#endif
