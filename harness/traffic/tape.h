/* A conversation as it is replayed: looped or cut to a wanted size, with its pauses stretched.
 * A value: copies share the conversation, which must outlive them. Reading is O(1) per call. */
#ifndef TRAFFIC_TAPE_H
#define TRAFFIC_TAPE_H

#include "traffic/conversation.h"

struct tape_options {
    uint64_t bytes;    /* wanted size of the larger direction: its longest turn is repeated or cut
                          until the direction has this many, but keeps at least one byte. TCP only:
                          a datagram has its length. 0: as captured */
    struct span think; /* pauses of at least `think_from` become this long. 0: as captured */
    struct span think_from; /* 0: 1 s */
    struct span gap_max;    /* shorter pauses are capped at this. 0: as captured */
};

struct tape {
    const struct conversation *conv;
    struct tape_options opts;
    uint64_t total[2];  /* bytes of each direction as replayed */
    size_t grown;       /* index of the turn that was looped or cut; conv->nturns: none */
    uint64_t grown_len; /* its length as replayed */
};

void tape_init(struct tape *t, const struct conversation *conv, const struct tape_options *opts);

/* Turn I (0 .. conv->nturns - 1) with the offset, length and gap of the replay. */
struct turn tape_turn(const struct tape *t, size_t i);

/* Copies N bytes of direction FROM at OFFSET (offset + n <= total) to OUT. */
void tape_read(const struct tape *t, enum conv_side from, uint64_t offset, void *out, size_t n);

/* How many leading bytes of GOT equal the tape at OFFSET: got.n when all do. Bytes beyond the end
 * of the direction never match. */
size_t tape_match(const struct tape *t, enum conv_side from, uint64_t offset, struct bytes got);

#endif
