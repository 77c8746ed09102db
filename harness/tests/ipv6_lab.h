/* IPv6 through the two gateways of tests/gateway_lab.h: their inner networks, the tunnel between
 * them, and a host at each end. Test aid. */
#ifndef TESTS_IPV6_LAB_H
#define TESTS_IPV6_LAB_H

#include "tests/gateway_lab.h"

#define V6_USER   "2001:db8:b0::10"
#define V6_SERVER "2001:db8:50::20"
#define V6_BEYOND "2001:db8:ffff::9" /* on no tunnel's list */

/* BO and HO: more configuration of each; NULL: none. */
struct gateway_lab *v6_new(const char *bo, const char *ho);
void v6_free(struct gateway_lab *l); /* nothing has left in clear */

struct ip_addr v6_address(const char *text);
struct ip v6_header(const char *src, const char *dst, uint8_t proto);

void v6_send_ip(struct gateway_lab *l, enum lab_side side, enum lab_leg leg, const struct ip *ip,
                struct bytes payload);

/* T from the user, or from the server, to the other one. */
void v6_send_tcp(struct gateway_lab *l, enum lab_side side, const struct tcp *t);

/* An echo request with N bytes, into the BO's LAN. */
void v6_ping(struct gateway_lab *l, const char *src, const char *dst, size_t n);

/* A datagram of the user with N bytes, in fragments. */
void v6_send_fragments(struct gateway_lab *l, size_t n);

bool v6_icmp_checksum_ok(const struct pkt *p);

/* A connection as the two hosts see it; the MSS is that of Ethernet in IPv6. */
struct v6_stream {
    uint32_t user, server; /* what the server sees of the user's numbers: the offset */
};

void v6_connect(struct gateway_lab *l, struct v6_stream *s);

/* N bytes of the server; false when they did not come through. */
bool v6_download(struct gateway_lab *l, const struct v6_stream *s, size_t n);

#endif
