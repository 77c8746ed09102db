/* One host against a peer that the test plays segment by segment, in virtual time. */
#ifndef TESTS_LONE_HOST_H
#define TESTS_LONE_HOST_H

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "host/host.h"
#include "wire/pkt.h"

#define LONE_FRAMES 4096

struct lone_frame {
    struct mono at;
    size_t n;
    uint8_t *p;
};

struct lone {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct log log;
    struct sink sink;
    struct host *host;
    struct host_config cfg;
    struct endpoint us, peer; /* the host's and the test's */
    struct mac peer_mac;
    uint32_t id;
    uint8_t buf[65536 + 64];
    struct lone_frame out[LONE_FRAMES]; /* what the host sent, in order */
    size_t nout, taken;
    uint32_t irs;         /* the host's ISN, once its SYN was seen by lone_segment */
    struct tcp_opts opts; /* of the segment last given by lone_segment */
};

/* CFG may be NULL. FAMILY 4 or 6. The host knows the peer's link address already. */
void lone_init(struct lone *l, const struct host_config *cfg, uint8_t family, uint64_t seed);
void lone_release(struct lone *l);

/* Takes up the flow between `us` and `peer`, begins it at once. */
void lone_add(struct lone *l, const struct tape *tape, enum conv_side side);

/* Lets time pass, timers included. */
void lone_wait(struct lone *l, struct span d);

/* The next frame that was sent; false when there is none. AT may be NULL. */
bool lone_frame(struct lone *l, struct pkt *out, struct mono *at);

/* The next TCP segment that was sent, sequence numbers counted from the ISNs. */
bool lone_segment(struct lone *l, struct tcp *out, struct mono *at);

/* Discards what was sent so far; returns how many frames that were. */
size_t lone_flush(struct lone *l);

/* Sends T (ports filled in; sequence numbers relative to ISS and the host's ISN) to the host. */
#define LONE_ISS 0x1000u
void lone_send(struct lone *l, struct tcp t);
void lone_send_opts(struct lone *l, struct tcp t, const struct tcp_opts *o);
void lone_input_ip(struct lone *l, const struct ip *ip, struct bytes payload);

/* Handshake with the peer's options (NULL: MSS 1460 and nothing else) and window. */
void lone_open(struct lone *l, enum conv_side side, const struct tcp_opts *o, uint16_t window);

struct host_flow_status lone_status(const struct lone *l);

#endif
