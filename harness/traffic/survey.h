/* Which flows are in a capture, and whether each could be replayed, in memory for the flows and not
 * for what they say: any number of packets, one pass. Flows are bounded, too: packets of further
 * ones are counted and no more. traffic/capture.h keeps the bytes, too. */
#ifndef TRAFFIC_SURVEY_H
#define TRAFFIC_SURVEY_H

#include "traffic/capture.h"
#include "traffic/datagrams.h"
#include "traffic/tcp_tally.h"

struct survey {
    struct tcp_table tcp;
    struct tcp_tally *tallies; /* by stream number */
    struct datagrams *datagrams;
    size_t ndatagrams, cap_datagrams, cap_tallies;
    uint32_t *order; /* of all flows, by first packet: a stream's number, or SURVEY_DATAGRAMS with
                        an index in `datagrams` */
    size_t nflows, cap_flows;
    struct map map;   /* endpoints and protocol -> index in `datagrams` */
    uint64_t skipped; /* packets that belong to no flow */
    uint64_t crowded; /* packets of flows that came when there were SURVEY_FLOWS_MAX already */
    int64_t first_ns, last_ns;
    bool any;

    /* Called with each new stream before its first segment is added, to lend its directions stores.
     * NULL: no stores. */
    void (*lend)(void *ctx, struct tcp_stream *s);
    void *ctx;
};

#define SURVEY_DATAGRAMS 0x80000000u
#define SURVEY_FLOWS_MAX 4194304u /* TCP streams, and as many others: some 550 bytes each */

void survey_init(struct survey *s);
void survey_release(struct survey *s);

void survey_add(struct survey *s, const struct savefile_packet *p);

enum conv_proto survey_proto(const struct survey *s, size_t i);

/* The Ith flow in order of first packets: no bytes (conv.data has lengths alone) and no turns.
 * Words live in ARENA; F->tcp as long as S. */
void survey_flow(const struct survey *s, size_t i, struct arena *arena, struct flow *f);

#endif
