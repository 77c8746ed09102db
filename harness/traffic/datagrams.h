/* UDP and ICMP echo flows while a capture is read: each datagram is a turn. */
#ifndef TRAFFIC_DATAGRAMS_H
#define TRAFFIC_DATAGRAMS_H

#include "base/buf.h"
#include "traffic/capture.h"

struct datagrams {
    enum conv_proto proto;
    struct endpoint at[2];         /* the first speaker's first */
    bool turned;                   /* the second one is taken for the opener */
    bool counted_only;             /* neither bytes nor turns are kept */
    uint64_t packets[2], bytes[2]; /* of each, captured */
    struct buf data[2];            /* by index of `at` */
    struct turn *turns;            /* `from` by index of `at` */
    size_t nturns, cap;
    int64_t first_ns, last_ns;
    uint64_t ip_bytes;       /* the table's: of its packets by their headers */
    uint64_t cut, cut_bytes; /* datagrams captured short, and what is missing of them */
    bool too_large;          /* the capture's limit was met */
};

/* What P (PKT_UDP or PKT_ICMP) is to a flow; false: nothing that is replayed. */
struct datagram {
    enum conv_proto proto;
    struct endpoint from, to;
    bool answers; /* says of itself that it answers: an echo reply */
    struct bytes data;
    size_t len; /* by the headers */
};

bool datagram_of(const struct pkt *p, struct datagram *out);

/* Equal for both directions of a flow. */
uint64_t datagram_hash(const struct datagram *d);

/* D goes from G's end FROM to the other. */
bool datagrams_is_from(const struct datagrams *g, int from, const struct datagram *d);

void datagrams_init(struct datagrams *g, const struct datagram *first, int64_t time_ns);
void datagrams_release(struct datagrams *g);

/* FROM: index in `at` of the sender. At most *BUDGET more bytes are kept, which is lessened. */
void datagrams_add(struct datagrams *g, int from, const struct datagram *d, int64_t time_ns,
                   uint64_t *budget);

/* Fills F; bytes and turns live in ARENA. */
void datagrams_finish(struct datagrams *g, struct flow *f, struct arena *arena);

#endif
