/* Two hosts on one link in virtual time, for tests: delay, loss, reordering, duplication, damage,
 * outages, a hook that sees and may change each frame, a pcap file of what was sent. */
#ifndef TESTS_TWO_HOSTS_H
#define TESTS_TWO_HOSTS_H

#include "base/clock.h"
#include "base/log.h"
#include "base/rng.h"
#include "host/host.h"
#include "wire/pkt.h"

#include <stdio.h>

struct two_frame { /* under way */
    struct mono at;
    uint64_t order;
    int to;
    size_t n;
    uint8_t *p;
};

struct two_hosts;

struct two_end { /* where a host's frames go */
    struct sink sink;
    struct two_hosts *net;
    int from;
    uint8_t buf[65536 + 64];
};

/* Sees each frame as it is sent by host FROM. Returns its new length, 0: the frame is lost. */
typedef size_t two_hook(struct two_hosts *net, int from, uint8_t *frame, size_t n);

struct two_hosts {
    struct clock_virtual clk;
    struct rng_seeded rng, fate; /* the hosts', the link's */
    struct log log;
    struct host *host[2];
    struct endpoint ep[2];
    struct two_end end[2];
    struct span delay; /* one way */
    double loss, duplicate, reorder, damage;
    struct mono down_from, down_to; /* nothing passes in between */
    two_hook *hook;
    void *hook_ctx;
    FILE *pcap;
    struct two_frame *heap;
    size_t nheap, cap;
    uint64_t order;
    uint64_t sent[2]; /* frames */
};

/* CFG: two configurations whose addresses are filled in here (FAMILY 4 or 6); NULL: defaults. */
void two_hosts_init(struct two_hosts *net, uint64_t seed, uint8_t family,
                    const struct host_config cfg[2]);
void two_hosts_release(struct two_hosts *net);

/* Side A on host 0 opens at time 0, side B on host 1 listens. Ids are 0, 1, … on both. */
uint32_t two_hosts_add(struct two_hosts *net, const struct tape *tape, uint16_t port);

/* Runs until both hosts are done and the link is empty, or until UNTIL. */
void two_hosts_run(struct two_hosts *net, struct mono until);

struct host_flow_status two_hosts_status(const struct two_hosts *net, int side, uint32_t id);

/* Hands FRAME to host TO after the delay, as if it came from the link. */
void two_hosts_inject(struct two_hosts *net, int to, const uint8_t *frame, size_t n);

/* Records every frame sent from now on. */
void two_hosts_pcap(struct two_hosts *net, const char *path);

/* A conversation from rows; ends at the first row with kind 0 and length 0 ("{0}"), at most N. Its
 * bytes are pseudo-random. Release with conv_release. */
struct two_row {
    enum turn_kind kind;
    enum conv_side from;
    uint64_t len;
    int gap_ms;
};
void conv_make(struct conversation *c, enum conv_proto proto, const struct two_row *rows, size_t n);
void conv_release(struct conversation *c);

/* Recomputes the checksums of a frame after a hook changed it. */
void frame_fix(uint8_t *frame, size_t n);

#endif
