/* Two IKE endpoints with a wire between them, under a virtual clock: what tests of IKE run on.
 * Configure between init and start; everything that happens is kept. */
#ifndef TESTS_TWO_IKES_H
#define TESTS_TWO_IKES_H

#include "ike/ike.h"

enum { IKE_A, IKE_B, IKE_SUITES = 8, IKE_POLICIES = 4 };

struct flown { /* a datagram that was sent */
    int from;  /* IKE_A or IKE_B */
    struct endpoint src, dst;
    struct mono sent, due;
    uint8_t *p;
    size_t n;
    bool lost, arrived;
};

struct two_ikes;

/* Says what happens to datagram D, the Nth of its sender from 0: false loses it. It may change
 * D->due, or its bytes. */
typedef bool flight(struct two_ikes *t, struct flown *d, size_t n);

struct ike_end_point {
    struct ip_addr addr;
    struct ike_suite suites[IKE_SUITES];
    struct ike_esp_suite esp[IKE_SUITES];
    struct ike_policy policies[IKE_POLICIES];
    struct ike_peer_config peer;
    struct ike_config cfg;
    struct ike_quirks quirks;
    struct rng_seeded rng;
    struct ike *ike;
    struct ike_out *said; /* all outputs but datagrams; keys are in it */
    size_t nsaid;
    size_t nsent;
    bool is_server; /* its peer is a group, whose clients come from anywhere */
};

struct two_ikes {
    struct clock_virtual clk;
    struct ike_end_point side[2];
    struct flown *flown;
    size_t nflown;
    struct span delay;
    /* Answers LOGIN and CONFIG of a server; NULL: nobody does. */
    void (*answer)(struct two_ikes *t, int side, const struct ike_out *o);
    flight *filter; /* NULL: all arrive */
    void *ctx;      /* the filter's */
    uint64_t seed;
};

/* LIST of N elements of SIZE with room for one more; it grows by doubling. */
void *two_ikes_room(void *list, size_t n, size_t size);

/* Side A protects 10.1.0.0/16, side B 10.2.0.0/16, policy 7: AES-128, SHA-1, group 2; ESP with
 * AES-128 and HMAC-SHA1, no PFS; DPD on; the same pre-shared key. */
void two_ikes_init(struct two_ikes *t);
/* The same with IKEv2: AES-GCM, HMAC-SHA-256, Curve25519; ESP with AES-GCM; fragments of 1280
 * bytes, NAT traversal. */
void two_ikes_init_v2(struct two_ikes *t);
void two_ikes_start(struct two_ikes *t);
void two_ikes_release(struct two_ikes *t);

/* Lets everything happen that is due until SECONDS from now. */
void two_ikes_run(struct two_ikes *t, double seconds);

/* Takes the outputs: after each call on an endpoint that is not two_ikes_run. */
void two_ikes_drain(struct two_ikes *t, int side);

/* Both: for after a call on SIDE's endpoint. */
void two_ikes_wait(struct two_ikes *t, int side, double seconds);

/* A flight in which nothing arrives. */
flight two_ikes_lose_all;

/* Brings both phases up, begun by SIDE, and checks that it worked. */
void two_ikes_establish(struct two_ikes *t, int side);

/* A wants policy 7; then as long as it may take. */
void two_ikes_acquire(struct two_ikes *t, double seconds);

/* A begins and everything is as two_ikes_establish leaves it. */
void two_ikes_up(struct two_ikes *t);
void two_ikes_up_v2(struct two_ikes *t);

/* Hands a datagram to SIDE at once, as from the other one. */
void two_ikes_inject(struct two_ikes *t, int side, struct bytes datagram);

/* How many outputs SIDE has made of this kind; with this fact or end. */
size_t two_ikes_facts(const struct two_ikes *t, int side, enum ike_fact fact);
size_t two_ikes_ends(const struct two_ikes *t, int side, enum ike_out_kind kind, enum ike_end end);
size_t two_ikes_said(const struct two_ikes *t, int side, enum ike_out_kind kind);
/* The last output of this kind; NULL if there is none. */
const struct ike_out *two_ikes_last(const struct two_ikes *t, int side, enum ike_out_kind kind);
struct ike_status two_ikes_status(const struct two_ikes *t, int side);

/* Pairs that SIDE may use, by its outputs: up and not down. */
size_t two_ikes_pairs(const struct two_ikes *t, int side);
uint32_t two_ikes_pair(const struct two_ikes *t, int side); /* the newest one's inbound SPI, or 0 */

/* Checks that both sides have the same IKES IKE SAs and CHILDREN pairs, keys and all, and that
 * nothing is under way. */
void two_ikes_agree(const struct two_ikes *t, size_t ikes, size_t children);

#endif
