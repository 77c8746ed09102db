/* The device's log: every message the model can cause, as rows of one table, in the ASA's own form;
 * filtered by level, stamped, and handed out as UDP/514 payloads for each logging host. */
#ifndef GATEWAY_SYSLOG_H
#define GATEWAY_SYSLOG_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "gateway/config.h"
#include "gateway/log_forms.h"

/* X(number, default level, class of the EMBLEM tag, seconds in which it is logged once at most).
 * The texts are in gateway/messages.c. Levels: Cisco "ASA Series Syslog Messages". */
#define GW_MESSAGES(X)                                                                             \
    X(106001, 2, "session", 0)                                                                     \
    X(106006, 2, "session", 0)                                                                     \
    X(106007, 2, "session", 0)                                                                     \
    X(106010, 3, "session", 0)                                                                     \
    X(106014, 3, "session", 0)                                                                     \
    X(106015, 6, "session", 0)                                                                     \
    X(106023, 4, "session", 0)                                                                     \
    X(106100, 6, "session", 0)                                                                     \
    X(110002, 6, "bridge", 0)                                                                      \
    X(110003, 6, "bridge", 0)                                                                      \
    X(111001, 5, "config", 0)                                                                      \
    X(111003, 5, "config", 0)                                                                      \
    X(111004, 5, "config", 0)                                                                      \
    X(111005, 5, "config", 0)                                                                      \
    X(111007, 5, "config", 0)                                                                      \
    X(111008, 5, "config", 0)                                                                      \
    X(111009, 7, "config", 0)                                                                      \
    X(111010, 5, "config", 0)                                                                      \
    X(113008, 6, "auth", 0)                                                                        \
    X(113009, 6, "auth", 0)                                                                        \
    X(113012, 6, "auth", 0)                                                                        \
    X(113015, 6, "auth", 0)                                                                        \
    X(113019, 4, "auth", 0)                                                                        \
    X(113039, 6, "auth", 0)                                                                        \
    X(199001, 5, "sys", 0)                                                                         \
    X(199002, 6, "sys", 0)                                                                         \
    X(201008, 3, "session", 0)                                                                     \
    X(302010, 6, "session", 0)                                                                     \
    X(302013, 6, "session", 0)                                                                     \
    X(302014, 6, "session", 0)                                                                     \
    X(302015, 6, "session", 0)                                                                     \
    X(302016, 6, "session", 0)                                                                     \
    X(302020, 6, "session", 0)                                                                     \
    X(302021, 6, "session", 0)                                                                     \
    X(305005, 3, "session", 0)                                                                     \
    X(305006, 3, "session", 0)                                                                     \
    X(305009, 6, "session", 0)                                                                     \
    X(305010, 6, "session", 0)                                                                     \
    X(305011, 6, "session", 0)                                                                     \
    X(305012, 6, "session", 0)                                                                     \
    X(305013, 5, "session", 0)                                                                     \
    X(313004, 4, "session", 0)                                                                     \
    X(313005, 4, "session", 0)                                                                     \
    X(402114, 4, "vpn", 5)                                                                         \
    X(402115, 4, "vpn", 5)                                                                         \
    X(402116, 4, "vpn", 5)                                                                         \
    X(402117, 4, "vpn", 5)                                                                         \
    X(402119, 4, "vpn", 5)                                                                         \
    X(402120, 4, "vpn", 5)                                                                         \
    X(402121, 4, "vpn", 5)                                                                         \
    X(402122, 4, "vpn", 5)                                                                         \
    X(406001, 4, "session", 0)                                                                     \
    X(406002, 4, "session", 0)                                                                     \
    X(414003, 3, "sys", 0)                                                                         \
    X(414005, 3, "sys", 0)                                                                         \
    X(419002, 4, "session", 0)                                                                     \
    X(500003, 5, "session", 0)                                                                     \
    X(500004, 4, "session", 0)                                                                     \
    X(602303, 6, "vpn", 0)                                                                         \
    X(602304, 6, "vpn", 0)                                                                         \
    X(702305, 3, "vpn", 0)                                                                         \
    X(702307, 7, "vpn", 0)                                                                         \
    X(713041, 5, "vpn", 0)                                                                         \
    X(713049, 5, "vpn", 0)                                                                         \
    X(713050, 5, "vpn", 0)                                                                         \
    X(713061, 3, "vpn", 0)                                                                         \
    X(713068, 5, "vpn", 0)                                                                         \
    X(713073, 5, "vpn", 0)                                                                         \
    X(713074, 5, "vpn", 0)                                                                         \
    X(713075, 5, "vpn", 0)                                                                         \
    X(713076, 5, "vpn", 0)                                                                         \
    X(713119, 5, "vpn", 0)                                                                         \
    X(713120, 5, "vpn", 0)                                                                         \
    X(713123, 3, "vpn", 0)                                                                         \
    X(713132, 3, "vpn", 0)                                                                         \
    X(713136, 5, "vpn", 0)                                                                         \
    X(713145, 6, "vpn", 0)                                                                         \
    X(713147, 6, "vpn", 0)                                                                         \
    X(713167, 3, "vpn", 0)                                                                         \
    X(713174, 3, "vpn", 0)                                                                         \
    X(713184, 6, "vpn", 0)                                                                         \
    X(713201, 5, "vpn", 0)                                                                         \
    X(713202, 5, "vpn", 0)                                                                         \
    X(713206, 3, "vpn", 0)                                                                         \
    X(713228, 6, "vpn", 0)                                                                         \
    X(713259, 5, "vpn", 0)                                                                         \
    X(713902, 3, "vpn", 0)                                                                         \
    X(713903, 4, "vpn", 0)                                                                         \
    X(713904, 5, "vpn", 0)                                                                         \
    X(713905, 6, "vpn", 0)                                                                         \
    X(713906, 7, "vpn", 0)                                                                         \
    X(715009, 7, "vpn", 0)                                                                         \
    X(715080, 7, "vpn", 0)                                                                         \
    X(716001, 6, "webvpn", 0)                                                                      \
    X(716002, 6, "webvpn", 0)                                                                      \
    X(722022, 6, "svc", 0)                                                                         \
    X(722023, 6, "svc", 0)                                                                         \
    X(722037, 5, "svc", 0)                                                                         \
    X(722051, 4, "svc", 0)                                                                         \
    X(750001, 5, "vpn", 0)                                                                         \
    X(750002, 5, "vpn", 0)                                                                         \
    X(750003, 4, "vpn", 0)                                                                         \
    X(750004, 5, "vpn", 0)                                                                         \
    X(750005, 5, "vpn", 0)                                                                         \
    X(750006, 5, "vpn", 0)                                                                         \
    X(750007, 5, "vpn", 0)                                                                         \
    X(750014, 4, "vpn", 0)                                                                         \
    X(751009, 3, "vpn", 0)                                                                         \
    X(751022, 3, "vpn", 0)                                                                         \
    X(752003, 5, "vpn", 0)                                                                         \
    X(752004, 5, "vpn", 0)                                                                         \
    X(752010, 4, "vpn", 0)                                                                         \
    X(752012, 4, "vpn", 0)                                                                         \
    X(752015, 3, "vpn", 0)                                                                         \
    X(752016, 5, "vpn", 0)

#define GW_LOG_HOSTS      16   /* logging hosts an ASA takes */
#define GW_LOG_QUEUE_MAX  8192 /* records */
#define GW_LOG_RECORD_MAX 1024 /* bytes of one finished record; longer texts are cut */

struct gw_syslog;

/* A finished record on its way to a logging host. Valid until the next call. */
struct gw_syslog_record {
    const struct gw_log_host *host;
    struct bytes payload; /* "<166>Nov 09 2022 10:01:59: %ASA-6-302014: ..."; for a TCP host with
                             the LF that ends it */
};

/* CFG is borrowed and read anew for every message, so console changes take effect at once. */
struct gw_syslog *gw_syslog_new(const struct gw_config *cfg, const struct clock *clk,
                                int64_t epoch_s);
void gw_syslog_free(struct gw_syslog *s); /* NULL is fine */

/* The fault limits-ignored: `no logging message` and `logging rate-limit` are without effect. */
void gw_syslog_ignore_limits(struct gw_syslog *s);

/* Logs message ID (a row of GW_MESSAGES). Costs next to nothing when no host wants its level. */
void gw_log(struct gw_syslog *s, uint32_t id, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* True when message ID would reach a host or the buffer: guards costly arguments. */
bool gw_log_wants(const struct gw_syslog *s, uint32_t id);

/* The forms of the release that the configuration names. */
struct log_forms gw_syslog_forms(const struct gw_syslog *s);

/* USER, or asterisks where `logging hide username` wants a name hidden that may be no user's. */
const char *gw_syslog_user(const struct gw_syslog *s, const char *user);

/* Takes the next record to send; false when there is none. Records wait in a queue of
 * logging.queue; when it is full the oldest is lost and counted, so take them after every call that
 * may have logged, and inside long loops. */
bool gw_syslog_next(struct gw_syslog *s, struct gw_syslog_record *out);

/* The same for some of the hosts: bit I of HOSTS is the one with index I of the configuration. The
 * records of the others wait. */
bool gw_syslog_next_of(struct gw_syslog *s, uint32_t hosts, struct gw_syslog_record *out);

/* True when a record waits for any host. */
bool gw_syslog_waiting(const struct gw_syslog *s);

/* The record just taken could not be sent: it counts as an error, and not as sent. */
void gw_syslog_unsent(struct gw_syslog *s, const struct gw_syslog_record *r);

/* Forgets the queue and the buffer: a reboot. Counters start anew. */
void gw_syslog_reset(struct gw_syslog *s);

/* Where the note and some real lines differ from the others: "302014:Teardown", "302016 Teardown".
 * Holds until it is set anew, over a reset, too. */
void gw_syslog_set_separator(struct gw_syslog *s, bool colon, bool blank);

/* What the console shows by itself (`logging console`), one line each, is moved to the end of OUT.
 */
void gw_syslog_take_console(struct gw_syslog *s, struct buf *out);

/* Empties the buffer of `show logging` (`clear logging buffer`). */
void gw_syslog_clear_buffer(struct gw_syslog *s);

struct gw_syslog_counters {
    uint64_t logged;  /* messages that went to the buffer or to at least one host */
    uint64_t sent;    /* records taken by gw_syslog_next */
    uint64_t dropped; /* records lost because the queue was full, counted per host */
    uint64_t limited; /* messages held back by their rate limit */
};
/* What became of TCP to logging hosts, as `show logging` counts it. */
struct gw_syslog_channels {
    uint64_t not_putable; /* records that found their channel full */
    uint64_t all_down;    /* times at which no TCP host was left */
    uint64_t flaps;       /* channels that went down */
    uint64_t lost;        /* records lost with a channel */
    uint64_t partial;     /* records cut by a channel's end, sent anew */
};
struct gw_syslog_channels *gw_syslog_channels(struct gw_syslog *s);

void gw_syslog_counters(const struct gw_syslog *s, struct gw_syslog_counters *out);

/* The lines of `show logging`: settings, then the buffer, oldest first. `show logging setting`: the
 * settings alone. */
void gw_syslog_show(const struct gw_syslog *s, struct buf *out);
void gw_syslog_show_setting(const struct gw_syslog *s, struct buf *out);

/* `show logging message [ID | all]`: what `logging message` has changed, one message (true unless
 * there is none), or all of them. */
void gw_syslog_show_changed(const struct gw_syslog *s, struct buf *out);
bool gw_syslog_show_message(const struct gw_syslog *s, uint32_t id, struct buf *out);
void gw_syslog_show_messages(const struct gw_syslog *s, struct buf *out);

#endif
