/* What the files of the connection table share. Not for others: use gateway/conn.h. */
#ifndef GATEWAY_CONN_PARTS_H
#define GATEWAY_CONN_PARTS_H

#include "base/map.h"
#include "gateway/conn.h"

#define EMBRYONIC_S   30
#define TIMEWAIT      SPAN_S(15)
#define LATE_LOG      SPAN_S(30) /* of the fault late-302014 */
#define BREATHE_EVERY 64         /* endings between two calls of `breathe` */

struct conn_link { /* in the list of one tunnel */
    struct conn *prev, *next;
};

struct conn_tcp_side {
    uint32_t isn;
    uint32_t end;     /* highest sequence number sent, and one: with SYN and FIN */
    uint32_t acked;   /* highest number of the other side that this one acknowledged */
    uint32_t fin_end; /* number after its FIN */
    uint32_t window;  /* largest ever offered, scaled */
    uint32_t offset;  /* added to its sequence numbers on the way out */
    uint8_t wscale;
    bool syn, syn_acked, fin, fin_acked, data, has_acked, has_wscale;
};

enum conn_life { CONN_LIVE, CONN_CLOSED /* TIME-WAIT */, CONN_STALE /* fault */, CONN_ZOMBIE };

struct conn {
    struct timer timer;
    struct conn *prev, *next; /* all, oldest first */
    uint32_t slot;
    uint32_t id;
    uint8_t proto;
    enum conn_life life;
    bool orphan, preserve;
    bool ending;           /* conn_settle ends it */
    enum gw_reason reason; /* why */
    bool mapback_lost;     /* fault */
    bool corrupted;        /* fault: it has had its wrong byte */
    bool has_lost_seq;     /* fault: this segment is lost whenever it comes */
    uint32_t lost_seq;
    struct endpoint at[2];
    size_t ifi[2];
    uint32_t tunnel[2];
    struct conn_link link[2];
    struct gw_hop hop[2];
    struct mono born, seen;
    uint64_t bytes, packets;
    int icmp_type, icmp_code;
    struct conn_tcp_side tcp[2];
};

struct conns {
    struct conns_env env;
    struct conn_model model;
    struct map map; /* by both endpoints */
    uint64_t hash_key;
    struct conn **slots;
    size_t nslots;
    uint32_t *free_slots;
    size_t nfree;
    struct conn *oldest, *newest;
    size_t count, most, orphans;
    uint32_t next_id;
    struct wheel wheel;
    struct conn **heads; /* of the lists by tunnel */
    size_t nheads;
};

static inline struct mono conns_now(const struct conns *t)
{
    return clock_now(t->env.clk);
}

static inline bool conns_fault(const struct conns *t, enum gw_fault f)
{
    return t->env.faults && gw_fault_on(*t->env.faults, f);
}

/* conn_timer.c */
void conn_arm(struct conns *t, struct conn *c);
bool conn_is_embryonic(const struct conn *c);

/* conn_table.c */
void conn_end(struct conns *t, struct conn *c, enum gw_reason reason); /* logs, frees */
void conn_free(struct conns *t, struct conn *c);
void conn_log_end(struct conns *t, const struct conn *c, enum gw_reason reason);

/* conn_tunnel.c */
void conn_link_tunnels(struct conns *t, struct conn *c);
void conn_unlink_tunnels(struct conns *t, struct conn *c);

/* conn_tcp.c */
void conn_tcp_open(struct conns *t, struct conn *c, const struct tcp *syn);
enum conn_verdict conn_tcp_take(struct conns *t, struct conn *c, int side, const struct pkt *p);

#endif
