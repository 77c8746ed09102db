/* Capture files in, flows and conversations out.
 *
 * Reads pcap (µs and ns, both byte orders) and pcapng through libpcap, gzip and zstd compressed
 * too; link types Ethernet (VLAN, QinQ, MPLS, PPPoE), raw IP, Linux SLL and SLL2, NULL and LOOP,
 * PPP. Every flow is listed; one that cannot be replayed says why. */
#ifndef TRAFFIC_CAPTURE_H
#define TRAFFIC_CAPTURE_H

#include "base/err.h"
#include "traffic/conversation.h"

#define FLOW_WHY_MAX 4

struct flow {
    struct conversation conv;  /* complete when `replayable` */
    int64_t first_ns, last_ns; /* of its packets, Unix time */
    uint64_t packets, bytes;   /* IP bytes by the headers */
    bool replayable;
    const char *why_not[FLOW_WHY_MAX]; /* reasons in words, NULL-terminated when fewer */
};

struct capture {
    const char *path;
    uint64_t packets, bytes; /* frames, and their bytes on the wire */
    uint64_t skipped;        /* frames that belong to no flow (ARP, other protocols) */
    struct flow *flows;      /* in order of their first packet */
    size_t nflows;
};

/* Reads PATH whole. On failure WHY names the file and what is wrong with it (no capture, cut in
 * packet N, unknown link type). Gives *OUT (capture_free). */
MUST_USE enum err capture_read(const char *path, struct capture **out, struct diag *why);
void capture_free(struct capture *c); /* NULL is fine */

/* Which flow a case means. PROTO 0: any. NUMBER 0: the replayable one with the most bytes, else the
 * NUMBERth (from 1) of that protocol. ERR_NOTFOUND with the flows there are in WHY; ERR_UNSUPPORTED
 * when it cannot be replayed, with the reason. */
MUST_USE enum err capture_pick(const struct capture *c, enum conv_proto proto, unsigned number,
                               const struct flow **out, struct diag *why);

#endif
