/* What the files that review a configuration share. Not for others: use gateway/config.h. */
#ifndef GATEWAY_CONFIG_CHECK_H
#define GATEWAY_CONFIG_CHECK_H

#include "gateway/config_parts.h"

struct gw_review {
    const struct gw_config *c;
    struct buf *out; /* one sentence a line */
    size_t errors;
};

/* A line "error: ..." or "warning: ...". */
void gw_review_error(struct gw_review *r, const char *fmt, ...) PRINTF_LIKE(2, 3);
void gw_review_warning(struct gw_review *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Interface NAMEIF is there, and not shut down. */
bool gw_review_is_up_named(const struct gw_config *c, const char *nameif);

void gw_review_vpn(struct gw_review *r);   /* config_check_vpn.c */
void gw_review_ikev2(struct gw_review *r); /* config_check_ikev2.c */

#endif
