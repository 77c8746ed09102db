/* What `show asp drop` and `show conn` print, from plain values; as gateway/show_vpn.h. */
#ifndef GATEWAY_SHOW_NET_H
#define GATEWAY_SHOW_NET_H

#include "base/buf.h"
#include "gateway/platform.h"

struct show_drop {
    const char *text, *keyword;
    uint64_t n;
};

/* One line of `show asp drop`, as real devices print it: the name in 67 columns or, when it is
 * longer, in 100, and cut there. */
void show_drop_put(const struct show_drop *d, struct buf *out);

struct show_conn_side {
    const char *nameif, *addr, *mapped; /* MAPPED equals ADDR where nothing is translated */
    uint16_t port, mapped_port;
};

struct show_conn {
    const char *proto; /* "TCP" */
    struct show_conn_side outer, inner;
    bool outer_began;
    uint32_t id;
    int64_t idle_s, uptime_s;
    uint32_t timeout_s; /* 0: never */
    uint64_t bytes;
    const char *flags; /* "UIO" */
};

enum show_conn_how { SHOW_CONN_PLAIN, SHOW_CONN_LONG, SHOW_CONN_DETAIL };

/* 8.0: "TCP out A:p in B:p idle ...", real. 8.2: "TCP outside A:p inside B:p, idle ..." from
 * Cisco's documents. 9.x long and detail: real, 9.16(4). */
void show_conn_put(const struct gw_profile *p, const struct show_conn *c, enum show_conn_how how,
                   struct buf *out);

/* The legend of flags in front of `long` and `detail`: 9.16(4) real, 8.x from the command
 * reference; nothing for plain. */
void show_conn_put_legend(const struct gw_profile *p, enum show_conn_how how, struct buf *out);

#endif
