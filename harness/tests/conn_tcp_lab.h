/* One TCP connection through the connection table: the client is inside. Numbers and addresses are
 * those of a capture of a real ASAv 9.16(4) (CSCwj61793). Test aid. */
#ifndef TESTS_CONN_TCP_LAB_H
#define TESTS_CONN_TCP_LAB_H

#include "base/rng.h"
#include "gateway/conn.h"
#include "wire/pkt.h"

struct fixed_rng { /* gives what it is told to */
    struct rng rng;
    uint32_t next;
};

struct tcp_bench {
    struct clock_virtual clk;
    struct fixed_rng rng;
    struct gw_config *cfg;
    struct gw_syslog *log;
    struct netif v[2];
    struct netifs ifs;
    struct conns *t;
    struct conn *c;
    int resets;
    uint8_t memory[2048]; /* the packet that was sent last, as it went on */
};

struct bench_seg {
    int side; /* 0: the client sends it */
    uint8_t flags;
    uint32_t seq, ack;
    uint16_t n, window;
    uint8_t opts[20];
    uint8_t nopts;
};

/* RANDOM: whether the SYN's number is changed, by what the rng says. */
struct tcp_bench *bench_new(bool random, int client_level, int server_level);
void bench_free(struct tcp_bench *b);

void bench_wait_s(struct tcp_bench *b, int64_t s);
void bench_assert_logged(struct tcp_bench *b, const char *text);

/* Sends S through the connection, which its first SYN opens. What became of it is in `memory`. */
enum gw_drop bench_pass(struct tcp_bench *b, const struct bench_seg *s);
struct tcp bench_sent(const struct tcp_bench *b); /* the same, its checksum seen to fit */

/* The client's ISN is 1000, the server's 5000. */
void bench_open_half(struct tcp_bench *b);
void bench_open_whole(struct tcp_bench *b);

#endif
