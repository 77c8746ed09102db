/* One gateway between four networks in virtual time: outside (192.0.2.1/24 and 2001:db8::1/64,
 * level 0), inside (10.1.1.1/24 and 2001:db8:1::1/64, 100), dmz (10.2.2.1/24, 50) and lab
 * (10.3.3.1/24, 50). 10.9.0.0/16 is behind a router of the inside. The test plays every host;
 * whoever is asked for answers. Test aid. */
#ifndef TESTS_ACCESS_LAB_H
#define TESTS_ACCESS_LAB_H

#include "base/rng.h"
#include "gateway/gateway.h"
#include "wire/pkt.h"

enum { ACCESS_OUTSIDE, ACCESS_INSIDE, ACCESS_DMZ, ACCESS_LAB, ACCESS_INTERFACES };

struct access_end {
    struct sink sink;
    struct access_bench *b;
    uint8_t buf[65536];
    struct mac mac, gw;
    uint8_t last[2048]; /* the IP packet that came out last */
    size_t n, came;
    bool deaf; /* its neighbours do not answer */
};

struct access_bench {
    struct clock_virtual clk;
    struct rng_seeded rng;
    struct gateway *g;
    struct access_end end[ACCESS_INTERFACES];
};

struct access_bench *access_new(const char *extra); /* more configuration */
void access_free(struct access_bench *b);
void access_wait_s(struct access_bench *b, int64_t s);

/* How many times TEXT is in the log buffer. */
size_t access_logged(struct access_bench *b, const char *text);
void access_assert_logged(struct access_bench *b, const char *text);

struct ip_addr access_address(const char *text);

/* A first packet: SYN, datagram, echo request, or just a payload. PORT: or ICMP type. */
void access_send_first(struct access_bench *b, size_t from, const char *src, const char *dst,
                       uint8_t proto, uint16_t port);

/* PAYLOAD in an IP packet of protocol PROTO. */
void access_send(struct access_bench *b, size_t from, const char *src, const char *dst,
                 uint8_t proto, struct bytes payload);

void access_send_icmp(struct access_bench *b, size_t from, const char *src, const char *dst,
                      const struct icmp *m);

#endif
