/* One gateway between three networks in virtual time, without tunnels: inside (10.1.1.1/24, level
 * 100), dmz (192.168.7.1/24, 50), outside (203.0.113.1/24, 0). The test plays every host; whoever
 * is asked for by ARP answers. Sequence numbers are left alone unless a configuration says
 * otherwise. Test aid. */
#ifndef TESTS_NAT_LAB_H
#define TESTS_NAT_LAB_H

#include "base/buf.h"
#include "base/rng.h"
#include "gateway/gateway.h"
#include "wire/pkt.h"

enum nat_leg { NAT_INSIDE, NAT_OUTSIDE, NAT_DMZ, NAT_LEGS };

struct nat_lab;

struct nat_end {
    struct sink sink;
    struct nat_lab *lab;
    enum nat_leg leg;
    size_t ifi;
    struct mac mac, gw_mac;
    uint8_t buf[65536];
};

struct nat_frame {
    enum nat_leg leg;
    size_t n;
    uint8_t *p;
};

struct nat_lab {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway *g;
    struct nat_end end[NAT_LEGS];
    struct nat_frame *got; /* IP frames that came out */
    size_t ngot, taken[NAT_LEGS];
    struct nat_frame arp; /* frames to answer ARP with, to be put in */
    bool has_arp;
    struct mac answered; /* who answered the last nat_ask */
    bool was_answered;
    uint32_t id;
};

/* VERSION: "8.2(1)", "9.1(2)"; LINES: configuration after that of the interfaces. */
void nat_init(struct nat_lab *l, const char *version, const char *lines);
void nat_release(struct nat_lab *l);
struct nat_lab *nat_lab_new(const char *version, const char *lines);
void nat_lab_free(struct nat_lab *l);
void nat_run(struct nat_lab *l, struct span d);

/* What most tests begin with: one server outside, and everybody behind the interface's address. */
#define NAT_SERVER "198.51.100.9:80"
#define NAT_PAT                                                                                    \
    "global (outside) 1 interface\nnat (inside) 1 10.1.1.0 255.255.255.0\n"                        \
    "access-list in extended permit ip any any\n"

/* Endpoints as text: "10.1.1.5:1000". */
struct endpoint nat_at(const char *text);

void nat_send_ip(struct nat_lab *l, enum nat_leg leg, struct ip *ip, struct bytes payload);
void nat_send_tcp(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to,
                  struct tcp t);
struct tcp nat_syn(void); /* of a new connection */
void nat_send_udp(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to,
                  const char *text);
void nat_ping(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to, uint8_t type,
              uint16_t id);

/* The next IP packet that came out at LEG, its checksums seen to fit; false when there is none. */
bool nat_take(struct nat_lab *l, enum nat_leg leg, struct pkt *out);

/* The same, which has to be there, with these ends. */
struct pkt nat_expect(struct nat_lab *l, enum nat_leg leg, const char *from, const char *to);
void nat_expect_none(struct nat_lab *l, enum nat_leg leg);

/* A handshake from INSIDE's host to the other leg's; MAPPED: as the other side sees it. */
void nat_connect(struct nat_lab *l, enum nat_leg from_leg, const char *from, const char *to,
                 enum nat_leg to_leg, const char *mapped_from, const char *real_to);

/* Asks on LEG who has A. True: the gateway says it has. */
bool nat_ask(struct nat_lab *l, enum nat_leg leg, const char *a);

/* What the console answers; valid until the next call with OUT. */
const char *nat_type(struct nat_lab *l, const char *line, struct buf *out);

/* How many records of the log buffer have TEXT in them. */
size_t nat_logged(struct nat_lab *l, const char *text);

#endif
