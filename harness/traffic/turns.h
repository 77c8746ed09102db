/* From what two sides sent to the order in which they spoke.
 *
 * One side speaks as long as what it sends does not rest on bytes of the other that have not been
 * said yet; then the other speaks. A side that merely sends at the same time interrupts nobody: in
 * a full-duplex exchange turns change about once a round trip, where one side's acknowledgements
 * show that it had heard the other. */
#ifndef TRAFFIC_TURNS_H
#define TRAFFIC_TURNS_H

#include "base/arena.h"
#include "traffic/conversation.h"
#include "traffic/tcp_log.h"

struct turns_side {
    const struct tcp_log_side *log;
    int64_t start, end; /* the positions that are replayed */
};

struct turns_input {
    struct turns_side side[2]; /* by conv_side; logs finished */
    bool fin[2];               /* this side closes */
    int rst;                   /* the side that aborts at the end, or -1 */
    int64_t begin_ns;          /* when the connection was there */
};

/* The turns, in ARENA; their number to *N. */
struct turn *turns_make(const struct turns_input *in, struct arena *arena, size_t *n);

#endif
