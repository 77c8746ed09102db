/* Logging as it is configured; what it does is gateway/syslog.h's. */
#ifndef GATEWAY_CONFIG_LOGGING_H
#define GATEWAY_CONFIG_LOGGING_H

#include "gateway/config_nat.h"

struct gw_log_host {
    char nameif[GW_NAME];
    struct ip_addr addr;
    uint16_t port;
    bool tcp, emblem;
};

struct gw_log_message { /* logging message ID ...; no logging message ID */
    uint32_t id;
    bool disabled;
    int level; /* -1: as built in */
};

enum gw_device_id {
    GW_DEVICE_ID_NONE,
    GW_DEVICE_ID_HOSTNAME,
    GW_DEVICE_ID_STRING,
    GW_DEVICE_ID_IP,
    GW_DEVICE_ID_CONTEXT, /* in single mode "single_vf" */
    GW_DEVICE_ID_CLUSTER  /* no unit of a cluster: nothing is printed */
};

/* Where messages go: X(id, word of `logging`, words of `show logging`) */
#define GW_LOG_DESTINATIONS(X)                                                                     \
    X(CONSOLE, "console", "Console")                                                               \
    X(MONITOR, "monitor", "Monitor")                                                               \
    X(BUFFER, "buffered", "Buffer")                                                                \
    X(TRAP, "trap", "Trap")          /* the logging hosts */                                       \
    X(HISTORY, "history", "History") /* SNMP: counted, and no trap is sent */                      \
    X(MAIL, "mail", "Mail")          /* counted, and no mail is sent */                            \
    X(ASDM, "asdm", "ASDM")          /* counted */

enum gw_log_destination {
#define X(id, word, shown) GW_LOG_TO_##id,
    GW_LOG_DESTINATIONS(X)
#undef X
        GW_LOG_DESTINATION_COUNT
};

#define GW_LOG_CLASS 16

struct gw_log_filter {  /* logging trap LEVEL, logging trap LIST */
    int level;          /* 0..7, -1: none */
    char list[GW_NAME]; /* in place of a level; "": none */
};

struct gw_log_rule {          /* logging list NAME level L [class C]; ... message A[-B] */
    char list[GW_NAME];       /* rules of one list lie one behind the other */
    int level;                /* -1: of message numbers */
    char class[GW_LOG_CLASS]; /* "": any */
    uint32_t from, to;        /* message numbers */
};

struct gw_log_class { /* logging class C trap L buffered L ... */
    char class[GW_LOG_CLASS];
    int level[GW_LOG_DESTINATION_COUNT]; /* -1: as for the others */
};

struct gw_log_rate { /* logging rate-limit N INTERVAL level L; ... message ID */
    int level;       /* -1: of one message */
    uint32_t id;
    uint32_t n, interval_s;
};

struct gw_logging {
    bool enable, timestamp, timestamp_rfc5424;
    struct gw_log_filter to[GW_LOG_DESTINATION_COUNT];
    unsigned facility; /* 16..23; default 20 */
    enum gw_device_id device_id;
    char device_id_arg[GW_NAME]; /* STRING: what is printed; IP: the interface whose address is */
    uint32_t queue;              /* records waiting for the hosts; 512, 0: GW_LOG_QUEUE_MAX */
    uint32_t buffer_size;        /* bytes kept for `show logging`; 4096 */
    struct gw_log_host *hosts;
    size_t nhosts;
    struct gw_log_message *messages;
    size_t nmessages;
    struct gw_log_rule *rules;
    size_t nrules;
    struct gw_log_class *classes;
    size_t nclasses;
    struct gw_log_rate *rates;
    size_t nrates;
    bool permit_hostdown;
    bool emblem; /* where it is no host's own setting: buffer and console */
    bool standby, hide_username, debug_trace, flash_bufferwrap;
};

#endif
