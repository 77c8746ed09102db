/* Which of a capture's flows `inspect` tells of. */
#ifndef CLI_INSPECT_FILTER_H
#define CLI_INSPECT_FILTER_H

#include "base/err.h"
#include "wire/addr.h"

#define INSPECT_HOSTS 16

struct inspect_filter {
    struct {
        struct ip_net net;
        uint16_t port;      /* 0: any */
    } hosts[INSPECT_HOSTS]; /* either end must be one of them; none: any */
    size_t nhosts;
    int64_t stream;         /* TCP stream by number; -1: all flows */
    int64_t from_ns, to_ns; /* of packets, Unix time or since the first one; see `relative` */
    bool has_from, has_to;
    bool from_relative, to_relative;
};

void inspect_filter_init(struct inspect_filter *f);

/* "192.0.2.1", "192.0.2.0/24", "192.0.2.1:80", "[2001:db8::1]:80". ERR_INVALID, ERR_RANGE: too
 * many. */
MUST_USE enum err inspect_filter_host(struct inspect_filter *f, const char *text);

/* Of TCP streams by number. ERR_INVALID. */
MUST_USE enum err inspect_filter_stream(struct inspect_filter *f, const char *text);

/* "1700000000.5" is Unix time, "+12.5" seconds after the capture's first packet. ERR_INVALID. */
MUST_USE enum err inspect_filter_from(struct inspect_filter *f, const char *text);
MUST_USE enum err inspect_filter_to(struct inspect_filter *f, const char *text);

bool inspect_filter_ends(const struct inspect_filter *f, const struct endpoint *a,
                         const struct endpoint *b);

/* Whether a packet at TIME_NS counts; FIRST_NS: the capture's first one. */
bool inspect_filter_time(const struct inspect_filter *f, int64_t first_ns, int64_t time_ns);

#endif
