/* The connection table as such, between two interfaces: side 0 of every connection is a client
 * inside (10.1.1.5), side 1 a server outside (198.51.100.9). Test aid. */
#ifndef TESTS_CONN_LAB_H
#define TESTS_CONN_LAB_H

#include "base/rng.h"
#include "gateway/conn.h"
#include "wire/pkt.h"

struct bed_rng { /* gives these numbers, one after the other */
    struct rng rng;
    const uint32_t *next;
};

struct conn_bed {
    struct clock_virtual clk;
    struct bed_rng rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif netif[2];
    struct netifs ifs;
    struct conns *t;
};

enum { BED_OUTSIDE, BED_INSIDE };

/* NUMBERS: what initial sequence numbers are moved by, one after the other; NULL: they are not. */
void bed_open(struct conn_bed *b, const uint32_t *numbers);
void bed_close(struct conn_bed *b);
bool bed_logged(struct conn_bed *b, const char *text);
void bed_wait(struct conn_bed *b, int64_t ms);

struct bed_packet {
    uint8_t mem[2048];
    size_t n;
    struct pkt p;
};

/* A packet of SIDE with LEN bytes: a segment like T, a datagram, or a ping and its answer. */
void bed_packet(struct bed_packet *k, int side, uint8_t proto, const struct tcp *t, size_t len);

enum conn_verdict bed_take(struct conns *t, struct conn *c, int side, const struct pkt *p);

/* A new connection, by its first packet. */
struct conn *bed_begin(struct conn_bed *b, const struct bed_packet *k);

#endif
