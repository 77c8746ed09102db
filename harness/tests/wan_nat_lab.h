/* A lab with a NAT in front of the peer, or of the device, and one frame at a time. Test aid. */
#ifndef TESTS_WAN_NAT_LAB_H
#define TESTS_WAN_NAT_LAB_H

#include "replay/wan_nat.h"

#define INSIDE  0xc0a8fe02u /* 192.168.254.2: the gateway behind the NAT */
#define OUTSIDE 0xc6336402u /* 198.51.100.2: what the NAT makes of it */
#define FAR     0xd1a5c902u /* 209.165.201.2: the other one */
#define MOVED   0xcb007163u /* 203.0.113.99 */

struct wan_nat_lab {
    struct run r;
    struct plan plan;
    struct clock_virtual clk;
    bool at_device;
    uint32_t outside;    /* the NAT's address now */
    uint8_t frame[2048]; /* as it went on */
    size_t len;
};

struct wan_nat_lab *wan_nat_lab_new(bool at_device, bool forward);
void wan_nat_lab_free(struct wan_nat_lab *l);

/* Make the frame. */
void nat_put_ip(struct wan_nat_lab *l, const struct ip *ip, struct bytes payload);
void nat_put_udp(struct wan_nat_lab *l, const struct endpoint *from, const struct endpoint *to);

/* The frame goes from the gateway behind the NAT, or to it. False: it does not get through.
 * ARRIVES: nothing takes it away behind the NAT. */
bool nat_pass(struct wan_nat_lab *l, bool outward, bool arrives);

/* The frame, which is that of nat_put_udp; fails the test when one of its checksums is wrong. */
struct pkt nat_parsed(const struct wan_nat_lab *l);

/* Fails the test unless ADDR and PORT are these; WANT_PORT below 0: any. */
void nat_is_at(const struct ip_addr *addr, uint16_t port, uint32_t want_addr, long want_port);

/* An event on the NAT. */
struct plan_event nat_event(const struct wan_nat_lab *l, enum plan_action action);
void nat_happens(struct wan_nat_lab *l, enum plan_action action);

#endif
