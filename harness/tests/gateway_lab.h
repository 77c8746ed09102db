/* Two reference gateways and a WAN between them in virtual time: the branch office of Cisco's tech
 * note and its mirror image. The test plays the user behind one, the server behind the other, the
 * routers, and the management hosts that get the logs. Test aid. */
#ifndef TESTS_GATEWAY_LAB_H
#define TESTS_GATEWAY_LAB_H

#include "base/buf.h"
#include "base/rng.h"
#include "gateway/gateway.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

enum lab_side { LAB_BO, LAB_HO };
enum lab_leg { LAB_LAN, LAB_WAN, LAB_MGMT };

#define LAB_EPOCH INT64_C(1700000000)
#define LAB_PSK   "lab-secret"

/* Lines for a tunnel that nothing but its peer or its operator ends. */
#define LAB_NEVER_IDLE "group-policy DfltGrpPolicy attributes\n vpn-idle-timeout none\n"

#define LAB_USER   "10.224.228.10" /* behind a router of the BO */
#define LAB_SERVER "192.168.50.20" /* beside the HO gateway */

struct gateway_lab;

struct lab_end { /* one interface of one gateway */
    struct sink sink;
    struct gateway_lab *lab;
    enum lab_side side;
    enum lab_leg leg;
    size_t ifi;
    struct mac mac, gw_mac; /* the test's; the gateway's, once it was heard */
    struct ip_addr gw_addr;
    bool deaf; /* neighbors are not found in IPv6 */
    uint8_t buf[65536];
};

struct lab_frame {
    struct mono at;
    enum lab_side to;
    enum lab_leg leg;
    size_t n;
    uint8_t *p;
};

/* Sees every frame on the WAN; false: it is lost. May change it. */
typedef bool lab_hook(struct gateway_lab *l, enum lab_side from, uint8_t *frame, size_t n);

struct gateway_lab {
    struct clock_virtual clk;
    struct rng_seeded rng[2];
    struct gateway *gw[2];
    struct lab_end end[2][3];
    struct span wan_delay;
    bool wan_down;
    lab_hook *hook;
    void *hook_ctx;
    struct lab_frame *queue; /* frames under way between the gateways, in order */
    size_t nqueue, cap;
    struct lab_frame *got[2]; /* IP frames that came out at a LAN */
    size_t ngot[2], taken[2];
    struct buf logs[2];    /* records, one a line */
    uint64_t clear_on_wan; /* IP packets there that are neither ESP nor IKE nor ICMP of gateways */
    uint64_t esp_on_wan, ike_on_wan, fragments_on_wan;
    uint64_t nd_seen; /* messages of neighbor discovery that the gateways have sent */
    uint32_t id;
};

/* EXTRA: configuration lines after those of the device's file and of logging.cfg; may be NULL. */
void lab_init(struct gateway_lab *l, const char *extra_bo, const char *extra_ho, uint64_t seed);
void lab_init_model(struct gateway_lab *l, const char *extra_bo, const char *extra_ho,
                    uint64_t seed, const struct gateway_model *model); /* of the BO */
void lab_release(struct gateway_lab *l);

/* Lets time pass: frames, timers. */
void lab_run(struct gateway_lab *l, struct span d);

/* Sends an IP packet into the gateway of SIDE from its LAN, or whatever else LEG says. */
void lab_send_packet(struct gateway_lab *l, enum lab_side side, enum lab_leg leg,
                     struct bytes packet);

/* The same with a whole FRAME, after D. */
void lab_again(struct gateway_lab *l, enum lab_side side, enum lab_leg leg, const uint8_t *frame,
               size_t n, struct span d);

/* From the user (BO) to the server, or back (HO). */
void lab_send_tcp(struct gateway_lab *l, enum lab_side from, const struct tcp *t);
void lab_send_udp(struct gateway_lab *l, enum lab_side from, uint16_t src, uint16_t dst, size_t n);
void lab_ping(struct gateway_lab *l, enum lab_side from, uint16_t id, size_t n, bool df);

/* The next IP packet that came out at the LAN of SIDE; false when there is none. */
bool lab_take(struct gateway_lab *l, enum lab_side side, struct pkt *out);
size_t lab_flush(struct gateway_lab *l, enum lab_side side); /* how many there were */

/* What the console of SIDE answers; valid until the next call with OUT. */
const char *lab_type(struct gateway_lab *l, enum lab_side side, const char *line, struct buf *out);

/* How many records of SIDE have this number, and TEXT in them unless it is NULL. */
size_t lab_logged(const struct gateway_lab *l, enum lab_side side, uint32_t id, const char *text);

/* The LAST such record taken apart; fails the test when there is none. */
struct asa_log lab_last_log(const struct gateway_lab *l, enum lab_side side, uint32_t id);

void lab_forget_logs(struct gateway_lab *l);

/* A TCP connection from the user to the server, segment by segment as the two see it. */
struct lab_tcp {
    uint16_t user_port, server_port;
    uint32_t user_next, server_next; /* next sequence number each sends, in its own numbers */
    uint32_t user_sees, server_sees; /* what each expects of the other, as it sees it */
    uint64_t to_user, to_server;     /* payload bytes that arrived */
};

/* The handshake, which brings the tunnel up. False: it did not come about within 10 s. */
bool lab_connect(struct gateway_lab *l, struct lab_tcp *c, uint16_t user_port,
                 uint16_t server_port);

/* Sends N bytes from SIDE and their ACK back; false when either did not arrive. A second call after
 * a failure sends the same bytes again. */
bool lab_transfer(struct gateway_lab *l, struct lab_tcp *c, enum lab_side from, size_t n);

/* Both FINs and their ACKs. */
bool lab_close(struct gateway_lab *l, struct lab_tcp *c);

#endif
