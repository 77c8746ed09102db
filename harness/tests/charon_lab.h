/* One IKE endpoint of ours on real UDP sockets, charon at the other end (tests/charon.h): what the
 * interoperability tests run on. Failures are failures of the test. */
#ifndef TESTS_CHARON_LAB_H
#define TESTS_CHARON_LAB_H

#include "base/clock_real.h"
#include "esp/esp.h"
#include "ike/ike.h"
#include "tests/charon.h"
#include "tests/matrix.h"

struct charon_lab {
    struct charon charon;
    struct clock_real clk;
    struct rng rng;
    int fd[2];           /* UDP 500 and 4500 */
    struct ip_addr us;   /* where these are: 192.0.2.1 at first */
    struct ip_addr them; /* charon: 192.0.2.2 */
    bool deaf;           /* the cable is cut: nothing goes in or out */
    uint16_t tfc;        /* of what we seal (esp/esp.h) */
    int tun;             /* for real programs (charon_tun_open); 0: none */
    uint64_t tun_bytes;  /* that came through the tunnel for them */
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy; /* number 1: 10.1.0.0/16 to 10.2.0.0/16 */
    struct ike_peer_config peer;
    struct ike_config cfg;
    struct ike *ike;
    struct ike_out *said; /* all outputs but datagrams */
    size_t nsaid;
    struct ike_out pair; /* the newest that came up */
    struct esp_sa *in, *out;
    struct esp_sa *was_in; /* of the pair before: what is still under way */
    bool pong;
    struct ip_addr ping_from, ping_to; /* 10.1.0.1 and 10.2.0.1 unless a test says otherwise */
    /* Each of charon's IKE messages before our end reads it, and each of ours before it goes;
     * without the marker of UDP 4500. False: it is lost. NULL: all pass. */
    bool (*heard)(struct charon_lab *l, struct bytes message);
    bool (*leaves)(struct charon_lab *l, struct bytes message);
    void *ctx; /* theirs */
    /* Answers LOGIN and CONFIG; NULL: nobody does. */
    void (*answer)(struct charon_lab *l, const struct ike_out *o);
    struct matrix_row row; /* what is tried here: the lab fills in all but `responder` */
    const char *event;     /* under trial */
};

/* PROPOSALS and ESP_PROPOSALS are charon's, SUITE and ESP ours. */
void charon_lab_init(struct charon_lab *l, const char *proposals, const char *esp_proposals,
                     const struct ike_suite *suite, const struct ike_esp_suite *esp,
                     const char *secret);
/* The same with all of charon's swanctl.conf, and our side to be changed before this: the policy
 * and the peer. */
void charon_lab_init_ours(struct charon_lab *l, const struct ike_suite *suite,
                          const struct ike_esp_suite *esp, const char *secret);
void charon_lab_start(struct charon_lab *l, const char *swanctl_conf);
void charon_lab_release(struct charon_lab *l);

/* Prints the end of charon's log, for whoever has to find out why a test fails. */
void charon_lab_tell(const struct charon_lab *l);

/* EVENT is tried from here on; what is asserted about it has held. */
void charon_lab_try(struct charon_lab *l, const char *event);
void charon_lab_ok(struct charon_lab *l);

/* Takes the outputs: after each call on the endpoint. */
void charon_lab_drain(struct charon_lab *l);

/* Lets our end work; until it has said WANT outputs of this kind and end (ten seconds at most). */
void charon_lab_turn(struct charon_lab *l); /* for a moment */
void charon_lab_work(struct charon_lab *l, double seconds);
void charon_lab_await(struct charon_lab *l, enum ike_out_kind kind, enum ike_end end, size_t want);

/* Our end is 192.0.2.LAST from now on, and no longer where it was. */
void charon_lab_move(struct charon_lab *l, uint8_t last);

/* END NONE: any. */
size_t charon_lab_count(const struct charon_lab *l, enum ike_out_kind kind, enum ike_end end);
size_t charon_lab_facts(const struct charon_lab *l, enum ike_fact fact);

/* Has swanctl do ARGS while our end works; true when it says that it worked. */
bool charon_lab_ask(struct charon_lab *l, const char *args);

/* Checks what charon has, or gets within five seconds: IKE SAs that are up, and pairs that have no
 * successor. */
void charon_lab_has(struct charon_lab *l, size_t ikes, size_t pairs);

size_t charon_lab_pairs(struct charon_lab *l); /* the second of these, not checked */
/* Waits until charon has no IKE SA any more (ten seconds at most). */
void charon_lab_await_gone(struct charon_lab *l);

/* Sends an echo request through the newest pair and checks that the answer comes back. */
void charon_lab_ping(struct charon_lab *l);
/* Whether it does, of so many. */
bool charon_lab_pings(struct charon_lab *l, int times);

#endif
