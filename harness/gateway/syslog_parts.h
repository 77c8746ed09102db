/* What the files of the log share. Not for others: use gateway/syslog.h. */
#ifndef GATEWAY_SYSLOG_PARTS_H
#define GATEWAY_SYSLOG_PARTS_H

#include "gateway/log_filter.h"
#include "gateway/log_forms.h"
#include "gateway/log_ring.h"
#include "gateway/syslog.h"

#define GW_MESSAGE_ROWS 256

struct gw_message { /* a row of GW_MESSAGES */
    uint32_t id;
    int level;
    const char *class;
    int limit_s;
};

/* The row of ID; NULL when there is none. */
const struct gw_message *gw_message_find(uint32_t id);

struct gw_log_meta { /* stands before the text of a record in the queue */
    uint32_t id;
    int level;
    int64_t unix_s;
};

struct gw_log_reader { /* a logging host's place in the queue */
    bool used;
    struct gw_log_host host;
    struct log_place place;
    uint64_t sent, dropped, errors;
};

struct gw_syslog {
    const struct gw_config *cfg;
    const struct clock *clk;
    int64_t epoch_s;
    struct log_ring queue, buffer;         /* made when first needed */
    uint32_t queue_size, buffer_size;      /* as they were made */
    uint64_t to[GW_LOG_DESTINATION_COUNT]; /* messages */
    struct gw_syslog_channels channels;    /* of TCP */
    struct buf console;                    /* what the console is to show */
    struct log_rates rates;
    bool unlimited; /* a seeded fault */
    enum log_separator separator;
    struct gw_syslog_counters counters;
    struct gw_log_reader hosts[GW_LOG_HOSTS]; /* in the configuration's order */
    struct mono last[GW_MESSAGE_ROWS];        /* rate limits; INT64_MIN: never */
    struct buf out, line;
};

#endif
