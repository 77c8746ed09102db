/* Two reference gateways back to back in virtual time, with one station behind each, for
 * benchmarks: what one sends on its WAN goes straight into the other. With a tunnel between them
 * (aes-128-cbc, hmac-sha1-96) or, `plain`, in clear. */
#ifndef BENCH_PAIR_H
#define BENCH_PAIR_H

#include "gateway/gateway.h"
#include "wire/pkt.h"

enum { PAIR_BO, PAIR_HO };
enum { PAIR_LAN, PAIR_WAN };

#define PAIR_FRAME 2048 /* the largest */

struct pair;

struct pair_end {
    struct sink sink;
    struct pair *pair;
    int side, leg;
    uint8_t buf[PAIR_FRAME];
};

struct pair {
    struct clock_virtual clk;
    struct rng_seeded rng[2];
    struct gateway *g[2];
    struct pair_end end[2][2];
    struct mac mac[2]; /* the gateways', on their LANs */
    bool cut;          /* what leaves on a WAN is counted and goes no further */
    bool blind;        /* frames for a LAN are counted and not looked at */
    uint64_t out[2];   /* frames that came out at the LANs */
    uint64_t wan[2];   /* and that left on a WAN */
    struct pkt last[2];
    uint8_t seen[2][PAIR_FRAME];
};

struct pair_setup {
    bool plain;
    const char *more; /* configuration lines for both; may be NULL */
};

/* Ends the program with a sentence when it does not come about. */
void pair_init(struct pair *p, const struct pair_setup *setup);
void pair_release(struct pair *p);
_Noreturn void pair_die(const char *what);

/* A segment from the station of SIDE to the other in OUT, which has PAIR_FRAME bytes. Returns the
 * frame's length. */
size_t pair_segment(const struct pair *p, int side, const struct tcp *t, uint8_t *out);

/* Puts one into the gateway of SIDE. */
void pair_send(struct pair *p, int side, const struct tcp *t);

/* Lets time pass. */
void pair_wait(struct pair *p, struct span d);

struct pair_flow { /* from the BO's PORT to port 80 of the HO */
    uint16_t port;
    uint32_t next[2]; /* sequence number each sends next */
    uint32_t sees[2]; /* what each has seen of the other's, as it sees it */
};

/* The handshake; the first one brings the tunnel up. */
void pair_connect(struct pair *p, struct pair_flow *f, uint16_t port);

/* A data segment of SIDE with N bytes as a frame to be sent again and again: pair_next changes it
 * into the one that follows. Its checksum is that of the first: nobody looks at it. */
struct pair_frame {
    uint8_t b[PAIR_FRAME];
    size_t n, data;
};
void pair_frame(const struct pair *p, const struct pair_flow *f, int side, size_t n,
                struct pair_frame *out);
void pair_next(struct pair *p, struct pair_flow *f, int side, struct pair_frame *frame);

/* CPU seconds of this process: what other programs do meanwhile does not count. */
double pair_cpu(void);

#endif
