/* Packets that a tap saw twice, as a span port of both directions gives them: the same bytes within
 * a millisecond, with at most SCAN_COPIES others between them. They count in all figures, as with
 * other tools, where they look like retransmissions; so their number is told. TCP with data, and
 * ESP. */
#ifndef CLI_SCAN_COPIES_H
#define CLI_SCAN_COPIES_H

#include "traffic/savefile.h"

#define SCAN_COPIES    8u
#define SCAN_COPIES_NS INT64_C(1000000)

struct scan_copies {
    struct {
        uint64_t key;
        int64_t ns;
    } late[SCAN_COPIES];
    unsigned next;
    uint64_t n; /* copies */
};

/* A packet that has no data and is no ESP is not looked at. */
void scan_copies_add(struct scan_copies *c, const struct savefile_packet *p);

#endif
