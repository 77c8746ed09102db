/* ARP (RFC 826) and neighbor discovery (RFC 4861): answers for the gateway's addresses, finds the
 * link addresses of next hops, and keeps a few frames until one is known. IPv6 neighbours are asked
 * again when nothing was heard of them for 30 s and packets go there (7.3); others after four
 * hours. Our own addresses are used while they are tested for duplicates (as RFC 4429 has it), and
 * kept whatever the test says. Router advertisements are neither sent nor read. Entries have
 * numbers, so that a flow that has looked its next hop up once need not look again. */
#ifndef GATEWAY_NEIGHBORS_H
#define GATEWAY_NEIGHBORS_H

#include "base/clock.h"
#include "base/cursor.h"
#include "gateway/netif.h"
#include "wire/arp.h"
#include "wire/ether.h"
#include "wire/pkt.h"

#define NEIGHBOR_NONE UINT32_MAX

struct neighbors;

/* IFS and CLK are borrowed. */
struct neighbors *neighbors_new(struct netifs *ifs, const struct clock *clk);
void neighbors_free(struct neighbors *n); /* NULL is fine */

/* Forgets all entries and what waits for them: a reboot, or `clear arp`. */
void neighbors_forget(struct neighbors *n);

/* The entries, for `show arp` and `show ipv6 neighbor`: the I-th, numbers 0 and up; false past the
 * end. */
struct neighbor_view {
    size_t ifi;
    struct ip_addr addr;
    struct mac mac;
    bool known;
    const char *state; /* "REACH", "STALE", "DELAY", "PROBE", "INCMP" */
};
bool neighbors_view(const struct neighbors *n, size_t i, struct neighbor_view *out);

/* The entry of address A on interface IFI, made if need be. The number holds as long as
 * neighbors_epoch does. */
uint32_t neighbors_at(struct neighbors *n, size_t ifi, const struct ip_addr *a);
uint32_t neighbors_epoch(const struct neighbors *n);

/* True when frames to it can be sent at once. Asks for its address otherwise, unless that is under
 * way. */
bool neighbors_ready(struct neighbors *n, uint32_t id);

/* The same, and nothing is sent: for who holds memory that the interface has lent. */
bool neighbors_known(const struct neighbors *n, uint32_t id);

/* A frame to neighbour ID, for an IP packet of at most CAP bytes: the Ethernet header is written
 * already. False: it cannot be sent, or kept until the address is known. */
bool neighbors_begin(struct neighbors *n, uint32_t id, size_t cap, struct wr *w);
void neighbors_end(struct neighbors *n, uint32_t id, struct wr *w);

/* The same with a frame that lies, but for its header, in memory lent by the neighbour's own
 * interface. Only for one that is ready. */
void neighbors_send_lent(struct neighbors *n, uint32_t id, uint8_t *frame, size_t len);

size_t neighbors_interface(const struct neighbors *n, uint32_t id);

struct neighbor_line { /* of `show arp` */
    size_t ifi;
    struct ip_addr addr;
    bool known;
    struct mac mac;
    struct span age; /* since its address was heard */
};

/* Entry number I; false past the last one. */
bool neighbors_line(const struct neighbors *n, uint32_t i, struct neighbor_line *out);
/* On interface IFI, requests for other addresses are answered, too, where ANSWERS says so (proxy
 * ARP for translated addresses). */
void neighbors_answer_for(struct neighbors *n,
                          bool (*answers)(const void *ctx, size_t ifi, const struct ip_addr *a),
                          const void *ctx);

/* An ARP packet came in on interface IFI. */
void neighbors_input(struct neighbors *n, size_t ifi, const struct arp *a);

/* An IPv6 packet in P may be neighbor discovery: true when it was, well formed or not. */
bool neighbors_nd_input(struct neighbors *n, size_t ifi, const struct pkt *p);

/* Says who we are on interface IFI, as an interface does that comes up: gratuitous ARP; a test for
 * duplicates (RFC 4862, 5.4.2) and an unsolicited advertisement of every IPv6 address. */
void neighbors_announce(struct neighbors *n, size_t ifi);

void neighbors_tick(struct neighbors *n);
struct mono neighbors_deadline(const struct neighbors *n);

#endif
