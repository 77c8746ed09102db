/* What decides whether a TCP stream can be replayed, without its bytes and turns: a few bytes a
 * stream, some 60 a direction when something is out of the ordinary. struct tcp_log keeps
 * everything. */
#ifndef TRAFFIC_TCP_TALLY_H
#define TRAFFIC_TCP_TALLY_H

#include "track/tcp_stream.h"

struct tcp_tally_side {
    uint64_t reordered;           /* what filled a hole and was not sent again */
    uint64_t keepalive_conflicts; /* bytes: they may be anything (RFC 9293, 3.8.4) */
    int64_t jump_ns;              /* when the hole now being filled was opened */
    int64_t rst_ns;
    struct range_set content; /* valid when cut: the bytes captured, as far as TCP_TALLY_PIECES
                                 goes */
    bool cut;                 /* something was captured short */
    bool has_rst;             /* and nothing new came from this side afterwards */
};

#define TCP_TALLY_PIECES 4096u /* what is more is taken to be missing */

struct tcp_tally {
    struct tcp_tally_side *side[2]; /* by tcp_side. NULL: all is zero. Read with tcp_tally_of */
    bool has_fin[2];
};

/* Never NULL. */
const struct tcp_tally_side *tcp_tally_of(const struct tcp_tally *t, enum tcp_side side);

void tcp_tally_release(struct tcp_tally *t);

/* To be called after tcp_stream_add with what that gave. */
void tcp_tally_add(struct tcp_tally *t, const struct tcp_stream *s, enum tcp_side from,
                   const struct tcp_seg *seg, const struct tcp_note *note);

/* The end of the bytes captured without a gap from FROM on, where FROM to UNTIL was on the wire. */
int64_t tcp_tally_content_end(const struct tcp_tally_side *side, int64_t from, int64_t until);

#endif
