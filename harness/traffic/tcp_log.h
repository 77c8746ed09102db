/* What each side of a TCP stream sent, and how much of the other side it had seen when it did.
 *
 * The order in which a tap sees the segments of two senders depends on where the tap stands. What a
 * sender had received does not: each segment says so in its acknowledgement. So every run of new
 * bytes is kept with what it acknowledged, and the order of turns is made from that. */
#ifndef TRAFFIC_TCP_LOG_H
#define TRAFFIC_TCP_LOG_H

#include "track/byte_store.h"
#include "track/tcp_stream.h"

/* A silence this long between two runs of one side is a pause of its application, when nothing of
 * its own was unacknowledged meanwhile. */
#define TCP_LOG_PAUSE INT64_C(100000000) /* ns; twice the round trip when that is longer */

struct tcp_run {
    int64_t from, to; /* new bytes, by position */
    int64_t need;     /* position up to which the other side's bytes were acknowledged */
    int64_t start_ns, end_ns;
    bool after_pause;
};

struct tcp_log_side {
    struct byte_store store;
    struct tcp_run *runs; /* by position once tcp_log_finish was called */
    size_t nruns, cap;
    bool sorted;
    bool saw_data;
    int64_t data_ns; /* of the last new byte */
    int64_t free_ns; /* since when nothing kept it from sending: all acknowledged, window open */
    bool all_acked, shut;
    int64_t jump_ns; /* when the hole now being filled was opened */
    bool has_fin;
    int64_t fin_need, fin_ns;
    bool has_rst; /* and nothing new came from this side afterwards */
    int64_t rst_ns;
    uint64_t retransmitted, reordered, overlapping, conflicting_bytes;
};

struct tcp_log {
    struct tcp_log_side side[2]; /* by tcp_side */
};

/* Lends its stores to the directions of S, which must be new. They keep what *BUDGET (borrowed)
 * allows. */
void tcp_log_init(struct tcp_log *l, struct tcp_stream *s, uint64_t *budget);
void tcp_log_release(struct tcp_log *l);

/* To be called after tcp_stream_add with what that gave. */
void tcp_log_add(struct tcp_log *l, const struct tcp_stream *s, enum tcp_side from,
                 const struct tcp_seg *seg, const struct tcp_note *note);

/* The round trip that the handshake of S shows, or OTHERWISE. */
int64_t tcp_log_round_trip(const struct tcp_stream *s, int64_t otherwise);

/* A sender learns of a loss one round trip later at the earliest: what fills a hole sooner was late
 * and not sent again. */
#define TCP_LOG_SOON INT64_C(3000000) /* ns; where no round trip is known */

/* Brings the runs into the order of positions, each with the least it and all later ones needed: a
 * byte that was lost and sent again was first sent before its successors. */
void tcp_log_finish(struct tcp_log *l);

#endif
