/* A headend for remote access (cases/devices/ho-asa.cfg with ho-remote.cfg) and clients on its
 * outside network, in virtual time. The test plays the server, the hosts behind the clients and the
 * management host that gets the log. Test aid. */
#ifndef TESTS_REMOTE_LAB_H
#define TESTS_REMOTE_LAB_H

#include "base/buf.h"
#include "gateway/gateway.h"
#include "peer/peer.h"

#define REMOTE_CLIENTS 3
#define REMOTE_PSK     "lab-secret"

struct remote_lab;

enum remote_place { /* where a frame goes to */
                    REMOTE_INSIDE,
                    REMOTE_OUTSIDE,
                    REMOTE_MGMT,                              /* the gateway's interfaces */
                    REMOTE_WAN,                               /* that of client 0; 1 ... */
                    REMOTE_LAN = REMOTE_WAN + REMOTE_CLIENTS, /* its hosts' side */
                    REMOTE_PLACES = REMOTE_LAN + REMOTE_CLIENTS,
};

struct remote_end { /* what leaves a place comes here */
    struct sink sink;
    struct remote_lab *lab;
    int place;
    uint8_t buf[2048];
};

struct remote_frame {
    int to; /* a place */
    struct mono at;
    size_t n;
    uint8_t *p;
};

struct remote_client {
    bool used;
    struct ike_peer_config ike; /* its address and suites are the lab's */
    struct ike_suite suite;
    struct ike_esp_suite esp;
    struct ike_policy policy;
    struct ip_addr host; /* 10.224.228.10, 10.224.52.10, 10.224.77.10 */
    struct rng_seeded rng;
    struct peer *peer;
    size_t got;        /* IP packets that came to its hosts */
    size_t ups, downs; /* of its IKE SA, attempts that failed among the latter */
    enum ike_end end;  /* the last of them */
};

struct remote_lab {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway *gw;
    struct remote_end end[REMOTE_PLACES];
    struct remote_client client[REMOTE_CLIENTS];
    struct remote_frame *queue;
    size_t nqueue;
    struct buf log;        /* records, one a line */
    size_t served;         /* IP packets that came to the server */
    uint32_t server_sees;  /* sequence number of the last segment there */
    struct mac inside_mac; /* the gateway's, once it sent something there */
};

enum remote_mode { REMOTE_NEM, REMOTE_CLIENT_MODE, REMOTE_ANYCONNECT };

/* EXTRA: configuration lines behind those of the files; may be NULL. */
void remote_lab_init(struct remote_lab *l, const char *extra);
void remote_lab_release(struct remote_lab *l);

/* Client I as user "branch" of the group that goes with MODE. Change what is to be different in its
 * `ike`, then start it. */
void remote_client_init(struct remote_lab *l, int i, enum remote_mode mode);
void remote_client_start(struct remote_lab *l, int i);

/* Both, and the tunnel comes up; true if it did. */
bool remote_client_up(struct remote_lab *l, int i, enum remote_mode mode);

void remote_run(struct remote_lab *l, double seconds);

/* A SYN from client I's host (PORT) to the server, or a SYN+ACK back. */
void remote_syn(struct remote_lab *l, int i, uint16_t port);
void remote_answer(struct remote_lab *l, int i, uint16_t port);

/* Records with this number, and TEXT in them unless it is NULL. */
size_t remote_logged(const struct remote_lab *l, uint32_t id, const char *text);

/* What the console answers; valid until the next call with OUT. */
const char *remote_type(struct remote_lab *l, const char *line, struct buf *out);

#endif
