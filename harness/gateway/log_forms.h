/* How log lines differ from release to release, and where sources print them differently: one
 * table. Not for others: use gateway/syslog.h.
 *
 * Sources: Cisco "ASA Series Syslog Messages" of 8.0 (2008), 9.6 (2016) and today; real lines.
 * Where the release that brought a form in is not known, the comment says what the guess rests on.
 */
#ifndef GATEWAY_LOG_FORMS_H
#define GATEWAY_LOG_FORMS_H

#include "gateway/config.h"

struct log_forms {
    const char *tag;      /* "ASA", of "%ASA-6-302014" */
    const char *identity; /* the device itself where an interface is named: "NP Identity Ifc"
                             in 8.x, "identity" in 9.x (real lines of both) */
    bool hashes;          /* 106023 ends in [0x0, 0x0]; older releases have none */
    bool initiator;      /* "TCP FINs from inside": real from 2020 on, in no line of 2018 or before;
                            so given to 9.14 and later */
    bool tunnel_manager; /* 752003 to 752016: 8.4 and later */
    bool tcp_stats; /* `show logging` counts the channels of TCP syslog: real listings of 9.x */
};

/* The forms of C's release. */
struct log_forms log_forms_of(const struct gw_config *c);

/* What stands between the number and the text. Real lines have a colon and a blank. The note prints
 * the colon alone ("302014:Teardown"), and some real lines lack the colon ("302016 Teardown"). */
enum log_separator { LOG_COLON_BLANK, LOG_COLON, LOG_BLANK };
const char *log_separator_text(enum log_separator s);

#endif
