/* Two IKE endpoints against each other in virtual time, over a link that a test may meddle with. */
#ifndef TESTS_TWO_IKES_H
#define TESTS_TWO_IKES_H

#include "base/clock.h"
#include "base/rng.h"
#include "ike/ike.h"

#define TWO_IKES_OUTS 4096
#define TWO_IKES_WIRE 4096

struct two_ikes_side {
    struct ike_suite suites[8];
    struct ike_esp_suite esp[8];
    struct ike_peer_config peer;
    struct ike_policy policy;
    struct ike_config cfg;
    struct rng_seeded rng;
    struct ike *ike;
    struct ike_out outs[TWO_IKES_OUTS]; /* all but datagrams, in order */
    size_t nouts;
};

struct two_ikes_datagram {
    struct mono due;
    int to; /* side */
    struct endpoint from_at, to_at;
    size_t n;
    uint8_t bytes[IKE_DATAGRAM_MAX];
    bool delivered;
};

struct two_ikes {
    struct clock_virtual clk;
    struct two_ikes_side side[2];
    struct two_ikes_datagram *wire; /* everything ever sent, in order */
    size_t nwire;
    /* True: the datagram is lost. I counts all datagrams from 0. NULL: none is. */
    bool (*lose)(void *ctx, size_t i, const struct two_ikes_datagram *d);
    void *lose_ctx;
};

/* Fills in addresses, a key, and one suite a phase (3DES, SHA-1, group 2; 3DES, MD5); tests change
 * `side` before two_ikes_start. */
void two_ikes_init(struct two_ikes *t);
void two_ikes_start(struct two_ikes *t);
void two_ikes_release(struct two_ikes *t);

/* Moves datagrams and time until D has passed. */
void two_ikes_run(struct two_ikes *t, struct span d);

/* Takes outputs without letting time pass: after calls on an endpoint. */
void two_ikes_drain(struct two_ikes *t);

/* The Nth (from 0) output of SIDE of this kind; NULL: there is none. And their number. */
const struct ike_out *two_ikes_out(const struct two_ikes *t, int side, enum ike_out_kind kind,
                                   size_t n);
size_t two_ikes_count(const struct two_ikes *t, int side, enum ike_out_kind kind);
const struct ike_out *two_ikes_fact(const struct two_ikes *t, int side, enum ike_fact fact);

/* How many pairs SIDE has now, going by its outputs. */
size_t two_ikes_children(const struct two_ikes *t, int side);

#endif
