/* Which destinations a message goes to, and whether it is one too many: `logging trap`, lists,
 * classes, rate limits. Not for others: use gateway/syslog.h. */
#ifndef GATEWAY_LOG_FILTER_H
#define GATEWAY_LOG_FILTER_H

#include "base/clock.h"
#include "gateway/config.h"

/* What the choice is made by. */
struct log_subject {
    uint32_t id;
    int level; /* as `logging message` has it */
    const char *class;
};

/* The destinations that M goes to, as bits (enum gw_log_destination). A class with a level of its
 * own for a destination goes by that, others by the destination's list or level. */
unsigned log_filter(const struct gw_logging *l, const struct log_subject *m);

/* True when any destination takes anything. */
bool log_filter_any(const struct gw_logging *l);

#define LOG_RATES 32 /* limits whose windows are kept; more are not limited */

struct log_rate_window {
    struct mono since; /* INT64_MIN: not begun */
    uint32_t n;
};

struct log_rates {
    struct log_rate_window window[LOG_RATES]; /* by the configuration's order */
};

void log_rates_reset(struct log_rates *r);

/* Counts M in; true: one of its limits is reached in this interval. */
bool log_rates_exceeded(struct log_rates *r, const struct gw_logging *l,
                        const struct log_subject *m, struct mono now);

#endif
