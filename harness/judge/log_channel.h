/* Logs that come over TCP: the streams of the devices, each put together and taken apart into
 * lines. For judge/ only. */
#ifndef JUDGE_LOG_CHANNEL_H
#define JUDGE_LOG_CHANNEL_H

#include "track/line_stream.h"

/* Cisco's port, the one of UDP, and RFC 6587's own example: logs over TCP. */
static inline bool log_channel_is_port(uint16_t port)
{
    return port == 1470 || port == 514 || port == 601;
}

#define LOG_CHANNELS 32 /* connections at most; a device that breaks off begins another */

struct log_channel {
    struct endpoint from;
    struct line_stream stream;
};

struct log_channels {
    struct log_channel *v[LOG_CHANNELS];
    size_t n;
    bool too_many;
};

void log_channels_release(struct log_channels *c);

/* The channel of a segment from this endpoint, made if need be; NULL: there are too many. */
struct line_stream *log_channel_of(struct log_channels *c, const struct endpoint *from);

/* Something of the log of the device at ADDR (NULL: of any) was sent and not seen. */
bool log_channels_have_hole(const struct log_channels *c, const struct ip_addr *addr);

#endif
