/* The flows of a capture while it is read: finds the one a packet belongs to and feeds it. */
#ifndef TRAFFIC_FLOW_TABLE_H
#define TRAFFIC_FLOW_TABLE_H

#include "traffic/datagrams.h"
#include "traffic/tcp_log.h"

/* One flow in the making: TCP has a stream and its log, everything else datagrams. */
struct open_flow {
    struct tcp_stream *stream;
    struct tcp_log *log;
    struct datagrams *datagrams;
    uint64_t packets, bytes;
    int64_t first_ns, last_ns;
};

struct flow_table {
    struct tcp_table *tcp; /* borrowed */
    struct map map;        /* datagram flows: endpoints and protocol -> index in `flows` */
    struct open_flow *flows;
    size_t n, cap;
    uint32_t *of_stream; /* index in `flows` by stream number */
    size_t nof_stream;
    uint64_t budget; /* payload bytes that may still be kept */
};

void flow_table_init(struct flow_table *t, struct tcp_table *tcp, uint64_t budget);
void flow_table_release(struct flow_table *t);

/* Gives up what F holds; its stream stays. */
void open_flow_release(struct open_flow *f);

/* False: the packet belongs to no flow that is kept. */
bool flow_table_add(struct flow_table *t, const struct pkt *p, int64_t time_ns);

#endif
