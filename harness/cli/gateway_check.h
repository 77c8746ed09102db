/* `holdfast gateway --check`: what becomes of each line of a configuration, then what is wrong with
 * the whole. */
#ifndef CLI_GATEWAY_CHECK_H
#define CLI_GATEWAY_CHECK_H

#include "gateway/config.h"

struct check {
    const char *file; /* of the lines that come */
    bool quiet;       /* only what is no good */
    size_t modelled, accepted, remarked, refused;
    struct buf out;
};

/* A gw_load_options.each; CTX is a struct check. */
void check_line(void *ctx, int line, const char *command, enum gw_line_fate fate, const char *why);

/* Adds what the whole lacks, and the sums. Returns the exit code: STRICT, whatever is not modelled
 * is wrong. */
int check_end(struct check *c, const struct gw_config *cfg, bool strict);

#endif
