/* The device's log: every message the model can cause, as rows of one table, in the ASA's own form;
 * filtered by level, stamped, and handed out as UDP/514 payloads for each logging host. */
#ifndef GATEWAY_SYSLOG_H
#define GATEWAY_SYSLOG_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "gateway/config.h"

/* X(number, default level). The text is given where it is logged, with the format of ASA.md. */
/* clang-format off */
#define GW_MESSAGES(X)                                                                             \
    X(106001, 2)                                                                                   \
    X(106015, 6)                                                                                   \
    X(106023, 4)                                                                                   \
    X(110003, 6) X(111008, 5) X(111009, 7) X(111010, 5) X(113019, 4) X(302013, 6) X(302014, 6)     \
        X(302015, 6) X(302016, 6) X(302020, 6) X(302021, 6) X(402114, 4) X(402116, 4) X(402117, 4) \
            X(402119, 4) X(402120, 4) X(602303, 6) X(602304, 6) X(702307, 7) X(713041, 5)          \
                X(713049, 5) X(713050, 5) X(713061, 3) X(713119, 5) X(713120, 5) X(713123, 3)      \
                    X(713202, 5) X(713259, 5) X(713902, 3) X(713903, 4) X(713904, 5) X(713906, 7)  \
                        X(715009, 7) X(752004, 5)
/* clang-format on */

struct gw_syslog;

/* A finished record on its way to a logging host. */
struct gw_syslog_record {
    const struct gw_log_host *host;
    struct bytes
        payload; /* "<166>Nov 09 2022 10:01:59: %ASA-6-302014: ..."; valid until next call */
};

/* CFG is borrowed and read anew for every message, so console changes take effect at once. */
struct gw_syslog *gw_syslog_new(const struct gw_config *cfg, const struct clock *clk,
                                int64_t epoch_s);
void gw_syslog_free(struct gw_syslog *s); /* NULL is fine */

/* Logs message ID (a row of GW_MESSAGES). Costs next to nothing when no host wants its level. */
void gw_log(struct gw_syslog *s, uint32_t id, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* True when message ID would reach a host or the buffer: guards costly arguments. */
bool gw_log_wants(const struct gw_syslog *s, uint32_t id);

/* Takes the next record to send; false when there is none. */
bool gw_syslog_next(struct gw_syslog *s, struct gw_syslog_record *out);

/* Ends the lines of `show logging`: settings, then the buffer, oldest first. */
void gw_syslog_show(const struct gw_syslog *s, struct buf *out);

#endif
