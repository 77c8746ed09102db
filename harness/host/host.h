/* An endpoint the harness plays: a user or a server with its own TCP, UDP and ICMP, which replays
 * its side of conversations and checks every byte it is given.
 *
 * No I/O: frames and time in, frames (through a sink) and the next deadline out. TCP after RFC
 * 9293, 5681 and 6582 (congestion control), 6298 (retransmission timer), 6675 (SACK recovery), 7323
 * (window scale, timestamps), 5961 (blind resets), 1122 (keep-alive, zero window probes, delayed
 * ACK), with the constants of Linux: 200 ms to 120 s between retransmissions, 15 of them before it
 * gives up (about 924 s), 6 for a SYN (127 s), initial window of ten segments, TIME-WAIT of 60 s.
 *
 * How a tape is played. A side's turn is written once everything the other side said in earlier
 * turns has been read and the turn's gap has passed. TCP: that is waited for without limit; a FIN
 * closes one direction, a RST is sent when all that was written before has been acknowledged; a
 * side whose tape has no FIN of its own closes at the end. UDP and ICMP, where nothing is sent
 * twice: a datagram of the other side that has not come 2 s after its time is taken as lost, and
 * the flow goes on; the listening side begins with the first datagram that reaches it. An ICMP flow
 * of side B answers each echo request, as a real host does, with what was in it.
 *
 * Address translation on the way. The opener finds its peer where it looks for it. A listener
 * expects `remote`, but a gateway may have translated that: a SYN or first datagram from elsewhere
 * goes to the longest waiting listener at that local endpoint, one with the same remote port first
 * (UDP and ICMP: the one whose tape has that very datagram). Translated sequence numbers are no
 * matter.
 *
 * A listener whose opener never gets through stays HOST_FLOW_WAITING, one whose opener gave up
 * stays HOST_FLOW_OPEN: nobody tells it, so the caller decides how long to wait.
 *
 * For itself the host answers ARP, neighbour discovery and pings to `addr` and `on_link`, and
 * refuses TCP segments of no connection to them; a UDP datagram of no flow is ignored. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "base/sink.h"
#include "traffic/tape.h"
#include "wire/addr.h"

struct host_config {
    struct ip_addr addr;     /* the host's own */
    struct ip_addr on_link;  /* the address it has on this leg: its own, or that of the router it
                                stands behind (the harness plays both) */
    struct ip_addr next_hop; /* the gateway: where everything is sent */
    struct mac mac;
    uint16_t mtu;         /* IP bytes, 0: 1500 */
    uint16_t mss;         /* announced, 0: mtu - 40 (60 for IPv6) */
    uint32_t recv_window; /* bytes, 0: 256 KiB */
    bool no_sack, no_timestamps, no_window_scale;
    struct span keepalive;    /* idle time before the first keep-alive probe; 0: none */
    struct span user_timeout; /* gives up on unacknowledged data after it; 0: 15 retransmissions, as
                                 Linux does (about 15 minutes) */
};

struct host;

struct host *host_new(const struct host_config *cfg, const struct clock *clk, struct rng *rng,
                      const struct log *log);
void host_free(struct host *h); /* NULL is fine */

/* OUT is borrowed for the host's life. It must not call back into this host from within a call:
 * what it is given is to be queued. */
void host_attach(struct host *h, struct sink *out);

/* A frame has arrived (borrowed for the call). One for another link address, with a bad checksum or
 * cut short is dropped. */
void host_input(struct host *h, struct bytes frame);

/* Does what is due by now. host_deadline: when to call it next; nothing happens before. Timers run
 * up to 1.05 ms late, never early. */
void host_tick(struct host *h);
struct mono host_deadline(const struct host *h);

struct host_flow {
    const struct tape *tape;       /* borrowed */
    enum conv_side side;           /* which side of the conversation this host plays */
    struct endpoint local, remote; /* remote.port 0 is not allowed: replay knows both */
    struct mono start;             /* opener: when to begin */
    bool stop_reading; /* test aid: nothing is read, so the window fills up and stays shut until
                          host_read_on */
};

/* Takes up a flow; its number is in *ID. ERR_EXISTS: the endpoints are in use. ERR_INVALID: a port
 * is 0, or an address is not of the next hop's family. */
MUST_USE enum err host_add_flow(struct host *h, const struct host_flow *flow, uint32_t *id);
void host_read_on(struct host *h, uint32_t id);

enum host_flow_state {
    HOST_FLOW_WAITING, /* not begun */
    HOST_FLOW_OPEN,    /* connecting or running */
    HOST_FLOW_DONE,    /* the conversation was played to its end, both directions closed */
    HOST_FLOW_RESET,   /* a RST ended it that the conversation does not have */
    HOST_FLOW_GAVE_UP, /* no answer for too long */
};

struct host_flow_status {
    enum host_flow_state state;
    uint64_t sent, acked; /* bytes of its own direction: handed out once, acknowledged */
    uint64_t delivered;   /* bytes of the other direction, in order */
    uint64_t altered;     /* bytes that were not those of the conversation */
    uint64_t retransmitted_segments, retransmitted_bytes;
    uint64_t rto_fired, fast_retransmits;
    uint64_t window_probes, icmp_errors;
    uint32_t in_flight;        /* bytes sent and not acknowledged */
    struct mono last_progress; /* last new in-order byte delivered, or own byte acknowledged */
};

/* ID from host_add_flow. */
void host_flow_status(const struct host *h, uint32_t id, struct host_flow_status *out);

struct host_stats {
    uint64_t bad_checksum; /* frames dropped for a wrong checksum or because they were cut short */
    uint64_t resets;       /* RST sent to segments of no connection */
};

void host_stats(const struct host *h, struct host_stats *out);

/* True when no flow is waiting or open. */
bool host_is_done(const struct host *h);

const char *host_flow_state_name(enum host_flow_state s);

#endif
