/* Two peers with a WAN between them, under a virtual clock: what tests of the peer run on. The test
 * plays a host behind each. Peer B stands behind the router that is A's next hop. Test aid. */
#ifndef TESTS_TWO_PEERS_H
#define TESTS_TWO_PEERS_H

#include "esp/esp.h"
#include "peer/peer.h"
#include "port/port_mem.h"
#include "wire/pkt.h"

enum { PEER_A, PEER_B };

struct two_peers;

/* Sees every frame on the WAN; false: it is lost. */
typedef bool wan_hook(struct two_peers *t, int from, struct bytes frame);

struct got_packet { /* an IP packet that came to a host */
    uint8_t *p;
    size_t n;
};

struct one_peer {
    struct two_peers *lab;
    struct peer_config cfg;
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy;
    struct ike_peer_config ike;
    struct rng_seeded rng;
    struct peer *peer;
    struct port *wan, *inner; /* the peer's ends */
    struct port *host;        /* the host's end */
    struct ip_addr host_addr; /* A: 10.1.0.9, B: 10.2.0.9; each on the link with its gateway */
    struct mac host_mac;
    struct peer_fact *facts; /* all of them */
    size_t nfacts;
    struct got_packet *got;
    size_t ngot;
    uint8_t *last_esp; /* the last ESP frame it sent */
    size_t last_esp_len;
    size_t esp_sent, fragments_sent, largest_sent; /* frames on the WAN; IP bytes */
};

struct two_peers {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct one_peer side[2];
    wan_hook *hook; /* NULL: everything passes */
    void *ctx;      /* the hook's */
};

/* A protects 10.1.0.0/16, B 10.2.0.0/16; AES-128, SHA-1, group 2, DPD 10 s and 3 times 2 s. Change
 * what is to be different, then start. */
void two_peers_init(struct two_peers *t);
void two_peers_start(struct two_peers *t);
void two_peers_release(struct two_peers *t);

/* Lets everything happen that is due until SECONDS from now. */
void two_peers_run(struct two_peers *t, double seconds);

/* Brings the tunnel up, begun by A, and checks that it is. */
void two_peers_up(struct two_peers *t);

/* init, start and up in one. */
void two_peers_begin(struct two_peers *t);

/* The host of FROM sends LEN bytes of UDP payload to the host of the other side. */
void two_peers_send(struct two_peers *t, int from, size_t len, bool df, uint8_t ttl);

/* The same, and it must arrive. */
void two_peers_pass(struct two_peers *t, int from);

/* The last packet that came to the host of SIDE, taken apart; fails the test when none did. */
struct pkt two_peers_last(const struct two_peers *t, int side);

/* Facts of this kind; the last of them, which must be there. */
size_t two_peers_facts(const struct two_peers *t, int side, enum peer_fact_kind kind);
size_t two_peers_ike_facts(const struct two_peers *t, int side, enum ike_fact fact);
const struct peer_fact *two_peers_last_fact(const struct two_peers *t, int side,
                                            enum peer_fact_kind kind);

struct peer_counters two_peers_count(const struct two_peers *t, int side);

/* An IP packet as an Ethernet frame to SIDE's address on its WAN, handed in at once. */
void two_peers_inject(struct two_peers *t, int side, const struct ip *ip, struct bytes payload);

/* The SA of the last pair that came up at SIDE, as it names it; the caller frees it. */
struct esp_sa *two_peers_sa(const struct two_peers *t, int side, bool inbound);

#endif
