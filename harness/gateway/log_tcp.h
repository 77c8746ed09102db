/* A TCP connection to a logging host: opens it, keeps it, sends records over it, each ended by LF
 * (RFC 6587, 3.4.2). A sender and no more: what the host says is acknowledged and forgotten.
 * Segments and time in, segments and the next deadline out; no I/O.
 *
 * TCP as in RFC 9293, with the timer of RFC 6298 and go-back-N. Records of a connection that broke
 * go over the next one, from the first that was not acknowledged whole.
 *
 * Not known of real devices, and chosen here: how long they try (SYN 1, 2, 4 s; data until 20 s
 * without an acknowledgement), and when they try again (10 s later). */
#ifndef GATEWAY_LOG_TCP_H
#define GATEWAY_LOG_TCP_H

#include "base/clock.h"
#include "base/rng.h"
#include "wire/tcp.h"

#define LOG_TCP_ROOM        65536 /* bytes that may wait or be under way */
#define LOG_TCP_SEGMENT_MAX 1460

enum log_tcp_state {
    LOG_TCP_CLOSED, /* tries again at `at` */
    LOG_TCP_SYN_SENT,
    LOG_TCP_OPEN
};

enum log_tcp_event { LOG_TCP_NOTHING, LOG_TCP_CONNECTED, LOG_TCP_FAILED };

struct log_tcp {
    enum log_tcp_state state;
    bool failed; /* the last attempt, or the last connection, failed; false before the first */
    uint16_t own_port, port;
    uint32_t base;      /* sequence number of data[0] */
    uint32_t peer_next; /* what the host sends next */
    size_t n;           /* bytes of data */
    size_t acked, sent; /* offsets into data; data[0] begins a record */
    size_t window, mss;
    bool ack_due, reset_due;
    uint32_t reset_seq;
    unsigned tries;     /* since something was acknowledged */
    struct mono at;     /* CLOSED: next attempt; else when to send again; MONO_NEVER */
    struct mono since;  /* when what is not acknowledged was sent first */
    uint64_t rewritten; /* records that a break cut, sent anew */
    uint8_t data[LOG_TCP_ROOM];
};

/* Before the first attempt, which is due at once. */
void log_tcp_init(struct log_tcp *c, uint16_t port);

/* Room for records now: 0 unless the connection is open. */
size_t log_tcp_room(const struct log_tcp *c);

/* Takes a record of at most log_tcp_room bytes, with its LF. */
void log_tcp_put(struct log_tcp *c, struct bytes record);

/* True when a segment from the host's port to DST is of this connection. */
static inline bool log_tcp_owns(const struct log_tcp *c, uint16_t src, uint16_t dst)
{
    return c->state != LOG_TCP_CLOSED && src == c->port && dst == c->own_port;
}

/* A segment came in; DATA_LEN: its payload bytes. */
enum log_tcp_event log_tcp_take(struct log_tcp *c, const struct tcp *t, size_t data_len,
                                struct mono now);

/* Time has come: attempts, repetitions, giving up. RNG: ports and initial sequence numbers. */
enum log_tcp_event log_tcp_tick(struct log_tcp *c, struct rng *rng, struct mono now);
struct mono log_tcp_deadline(const struct log_tcp *c);

/* The next segment to send; false when there is none now. Its data are views into C. */
bool log_tcp_next(struct log_tcp *c, struct mono now, struct tcp *out);

#endif
