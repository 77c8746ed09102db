/* Capture files in, flows and conversations out.
 *
 * Reads pcap (µs and ns, both byte orders) and pcapng (interfaces of several link types), gzip and
 * zstd compressed too; link types as in wire/link.h. Every flow is listed; one that cannot be
 * replayed says why. Memory: the payload that can be replayed, up to CAPTURE_KEEP_MAX. */
#ifndef TRAFFIC_CAPTURE_H
#define TRAFFIC_CAPTURE_H

#include "base/arena.h"
#include "base/err.h"
#include "track/tcp_stream.h"
#include "traffic/conversation.h"
#include "traffic/savefile.h"

#define FLOW_WHY_MAX     4
#define CAPTURE_KEEP_MAX (UINT64_C(8) << 30) /* bytes of payload */

struct flow {
    struct conversation conv;  /* complete when `replayable` */
    int64_t first_ns, last_ns; /* of its packets, Unix time */
    uint64_t packets, bytes;   /* IP bytes by the headers */
    bool replayable;
    const char *why_not[FLOW_WHY_MAX]; /* reasons in words, NULL-terminated when fewer */
    const struct tcp_stream *tcp;      /* what a tap saw of it; NULL: not TCP */
    enum conv_side first;              /* who sent the first packet: side A of `tcp` */
    uint64_t datagrams[2];             /* by conv_side; not TCP */
    bool whole[2]; /* TCP: conv.data[side] is given, even where the flow as a whole is not */
};

struct capture {
    const char *path;
    struct savefile_stats file;
    int64_t first_ns, last_ns; /* earliest and latest packet; 0, 0: no packets */
    uint64_t skipped;          /* packets that belong to no flow (ARP, other protocols) */
    struct flow *flows;        /* in order of their first packet */
    size_t nflows;
    struct diag damage; /* err set: the file is damaged at a place, or has a link type that is not
                           read; flows are made of the rest */
    struct tcp_table tcp;
    struct arena arena;
};

/* Reads PATH whole. On failure WHY names the file and what is wrong with it (cannot be opened, no
 * capture, empty). A file that is cut or damaged after its first packet is read up to there: see
 * `damage`. Gives *OUT (capture_free). */
MUST_USE enum err capture_read(const char *path, struct capture **out, struct diag *why);
void capture_free(struct capture *c); /* NULL is fine */

/* Which flow a case means. PROTO 0: any. NUMBER 0: the replayable one with the most bytes, else the
 * NUMBERth (from 1) of that protocol. ERR_NOTFOUND with the flows there are in WHY; ERR_UNSUPPORTED
 * when it cannot be replayed, with the reason. */
MUST_USE enum err capture_pick(const struct capture *c, enum conv_proto proto, unsigned number,
                               const struct flow **out, struct diag *why);

#endif
