/* The host as its own files see it. */
#ifndef HOST_HOST_IMPL_H
#define HOST_HOST_IMPL_H

#include "base/cursor.h"
#include "host/defrag.h"
#include "host/demux.h"
#include "host/flow.h"
#include "host/neighbor.h"
#include "wire/ip.h"
#include "wire/pkt.h"

#define LOG_MODULE "host"

struct host {
    struct host_config cfg; /* defaults filled in */
    const struct clock *clk;
    struct rng *rng;
    const struct log *log;
    struct sink *out; /* NULL: not attached, everything sent is lost */
    struct wheel wheel;
    struct neighbor next_hop;
    struct demux demux;
    struct defrag defrag;
    struct flow **flows; /* by id */
    uint32_t nflows, cap;
    uint32_t live; /* waiting or open */
    uint16_t ip_id;
    uint8_t *scratch; /* 64 KiB for a datagram that must be cut into fragments; made when needed */
    struct host_stats stats;
};

static inline struct mono host_now(const struct host *h)
{
    return clock_now(h->clk);
}

/* True for the addresses the host answers for by itself: ping, RST. */
bool host_owns(const struct host *h, const struct ip_addr *a);

/* Begins an IP packet with LEN bytes after its header in the sink's memory, to the next hop and not
 * to be fragmented. False: it cannot be sent now, and counts as lost. */
bool host_packet_open(struct host *h, const struct ip_addr *src, const struct ip_addr *dst,
                      uint8_t proto, size_t len, struct wr *w);

/* Sends what host_packet_open began. */
void host_packet_send(struct host *h, const struct wr *w);

/* Sends PAYLOAD as one IP packet, in fragments when it does not fit MTU. */
void host_datagram_send(struct host *h, const struct ip_addr *src, const struct ip_addr *dst,
                        uint8_t proto, struct bytes payload, uint16_t mtu);

/* Room for the largest IP payload, to build a datagram in. */
uint8_t *host_scratch(struct host *h);
#define HOST_SCRATCH 65536

/* What arrives, by protocol. P is a whole packet with a correct IP header. */
void host_arp_input(struct host *h, const struct pkt *p);
void host_icmp_input(struct host *h, const struct pkt *p);
void host_udp_input(struct host *h, const struct pkt *p);
void host_tcp_input(struct host *h, const struct pkt *p);

/* Answers the echo request P. */
void host_echo_answer(struct host *h, const struct pkt *p);

/* Makers of flows: zeroed but for their protocol's own parts. */
struct flow *tcp_flow_new(enum conv_side side);
struct flow *udp_flow_new(enum conv_side side);
struct flow *icmp_flow_new(enum conv_side side);

#endif
