/* What the files of the connection table share. Not for others: use gateway/conn.h. */
#ifndef GATEWAY_CONN_PARTS_H
#define GATEWAY_CONN_PARTS_H

#include "base/map.h"
#include "gateway/conn.h"

#define EMBRYONIC_S   30
#define TIMEWAIT      SPAN_S(15)
#define LATE_LOG      SPAN_S(30) /* of the fault late-302014 */
#define BREATHE_EVERY 64         /* endings between two calls of `breathe` */
#define BATCH         2048       /* connections seen to at a time, so that packets need not wait */

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
    uint32_t ts;      /* TS.Recent of its receiver (RFC 7323, 4.3) */
    uint8_t wscale;
    bool syn : 1, syn_acked : 1, fin : 1, fin_acked : 1, data : 1, has_acked : 1, has_wscale : 1,
        fin_first : 1;
    bool has_ts : 1; /* its SYN had a timestamp */
};

/* Requests of an echo session that have had no answer, for `inspect icmp`. */
struct conn_echo {
    uint32_t open; /* bit I: the request whose number is I below LAST */
    uint16_t last; /* highest sequence number asked */
    bool any;
};

enum conn_life { CONN_LIVE, CONN_CLOSED /* TIME-WAIT */, CONN_STALE /* fault */, CONN_ZOMBIE };

/* Fields that every packet touches stand first, so that they lie in as few cache lines as can be;
 * what is only touched when a connection begins, ends or is shown stands last. */
struct conn {
    struct endpoint at[2];
    uint8_t proto;
    uint8_t life; /* enum conn_life */
    bool orphan : 1, preserve : 1;
    bool ending : 1;       /* conn_settle ends it */
    bool mapback_lost : 1; /* fault */
    bool one_way : 1;      /* fault */
    bool waits_on : 1;     /* fault: its tunnel is back since `seen` */
    bool resumed : 1;      /* has been an orphan */
    bool corrupted : 1;    /* fault: it has had its wrong byte */
    bool has_lost_seq : 1; /* fault: this segment is lost whenever it comes */
    uint8_t reason;        /* enum gw_reason: why it is ending */
    int16_t icmp_type, icmp_code;
    uint32_t tunnel[2];
    uint32_t turn[2];       /* of each tunnel, up to which it was seen to */
    struct conn_more *more; /* gateway/conn_more.h; NULL: nothing is translated or inspected */
    union {
        struct conn_tcp_side tcp[2];
        struct conn_echo echo; /* ICMP */
    };
    struct mono seen;
    uint64_t bytes, packets;
    uint32_t ifi[2];
    struct gw_hop hop[2];

    struct timer timer;
    struct mono born;
    uint32_t id;
    uint32_t slot;
    uint32_t lost_seq;
    struct conn_link link[2];
    struct conn *prev, *next; /* all, oldest first; of a freed record: the next one free */
};

/* A million connections at 512 bytes each, with their place in the hash table (8 bytes a slot, at
 * the worst 3/8 full). */
#define CONN_BYTES_MAX (512 - 24)
_Static_assert(sizeof(struct conn) <= CONN_BYTES_MAX, "a connection takes too much memory");

/* conn_pool.c */
#define CONN_CHUNK 512

struct conn_pool {
    struct conn **chunks; /* of CONN_CHUNK records each */
    size_t nchunks, room;
    uint32_t fresh; /* records with this number and above were never used */
    struct conn *free;
};

struct conn *conn_pool_take(struct conn_pool *p); /* zeroed, but for its slot */
void conn_pool_give(struct conn_pool *p, struct conn *c);
void conn_pool_release(struct conn_pool *p); /* all of them, taken or not */

static inline struct conn *conn_pool_at(const struct conn_pool *p, uint32_t slot)
{
    return &p->chunks[slot / CONN_CHUNK][slot % CONN_CHUNK];
}

/* The flows of one tunnel. It goes down and comes back in turns, numbered from 1; its flows are
 * seen to in batches afterwards, or when a packet asks for one (conn_catch_up). */
struct conn_tunnel {
    struct conn *head;
    struct conn *next;         /* to be seen to; NULL: all were */
    uint32_t turn, fell, rose; /* the last turn, the last one down, the last one up */
    uint32_t rose_before;      /* the last turn up before it fell */
    bool preserve;             /* as it came up last */
    bool preserved_before;     /* and before it fell */
};

struct conn_blocks { /* records of one size, never given back before the end */
    void **chunks;
    size_t nchunks, size;
    void *free; /* the next one's address stands in each */
};

void *conn_blocks_take(struct conn_blocks *b); /* zeroed */
void conn_blocks_give(struct conn_blocks *b, void *p);
void conn_blocks_release(struct conn_blocks *b);

struct conns {
    struct conns_env env;
    struct conn_model model;
    struct map map; /* by both endpoints */
    uint64_t hash_key;
    struct conn_pool pool;
    struct conn *oldest, *newest;
    size_t count, most, orphans;
    uint32_t next_id;
    struct wheel wheel;
    struct conn_tunnel *tunnels; /* by number */
    size_t ntunnels;
    size_t behind; /* tunnels with flows that are to be seen to */
    struct conn_blocks more, ftps;
    struct map holes; /* pinholes by the connection that is expected: slots of control channels */
    struct wheel hole_timers;
};

static inline bool conn_is_icmp(const struct conn *c)
{
    return c->proto == IP_ICMP || c->proto == IP_ICMPV6;
}

static inline struct mono conns_now(const struct conns *t)
{
    return clock_now(t->env.clk);
}

static inline bool conns_fault(const struct conns *t, enum gw_fault f)
{
    return t->env.faults && gw_fault_on(*t->env.faults, f);
}

/* conn_blocks.c: records of struct conn_blocks. conn_table.c: */
struct gw_msg_conn conn_message(const struct conns *t, const struct conn *c);

/* conn_show.c */
void conn_show_line(const struct conns *t, const struct conn *c, struct buf *out);

/* conn_timer.c */
void conn_arm(struct conns *t, struct conn *c);
uint32_t conn_patience(const struct conns *t, const struct conn *c); /* seconds; 0: for ever */
bool conn_is_embryonic(const struct conn *c);

/* conn_table.c */
void conn_end(struct conns *t, struct conn *c, enum gw_reason reason); /* logs, frees */
void conn_free(struct conns *t, struct conn *c);
void conn_log_built(struct conns *t, const struct conn *c);
void conn_log_end(struct conns *t, const struct conn *c, enum gw_reason reason);

/* conn_fault.c: what is wrong about C, with the faults that are on. */
struct conn_ending { /* what the log is to say */
    struct gw_msg_conn m;
    struct span lasted;
    uint64_t bytes;
    enum gw_reason reason;
};
/* False: the log says nothing. */
bool conn_fault_ending(const struct conns *t, const struct conn *c, struct conn_ending *e);
bool conn_fault_eats(struct conns *t, struct conn *c, int side, const struct pkt *p);
bool conn_fault_tears(const struct conns *t, const struct conn *c); /* although it is preserved */
void conn_fault_resumed(struct conns *t, struct conn *c);
bool conn_fault_waits_on(struct conns *t, struct conn *c); /* still an orphan */

/* conn_tunnel.c */
void conn_set_orphan(struct conns *t, struct conn *c, bool orphan);
void conn_link_tunnels(struct conns *t, struct conn *c);
void conn_unlink_tunnels(struct conns *t, struct conn *c);
/* What became of C's tunnels happens to C, if it has not yet. False: it is gone. */
bool conn_catch_up(struct conns *t, struct conn *c);
/* The same for the next BATCH flows. */
void conn_catch_up_some(struct conns *t);

/* conn_tcp.c */
void conn_tcp_open(struct conns *t, struct conn *c, const struct tcp *syn);
enum gw_drop conn_tcp_take(struct conns *t, struct conn *c, int side, const struct pkt *p);

/* conn_echo.c */
enum gw_drop conn_echo_take(struct conn *c, int side, const struct pkt *p);

/* conn_check.c */

/* Why segment P of SIDE does not fit connection C; GW_DROP_NONE: it does. Its numbers are those of
 * the side they are of: without offsets. OPTS: its options; NOW: the clock. */
enum gw_drop conn_tcp_check(const struct conn *c, int side, const struct pkt *p,
                            const struct tcp_opts *opts, struct mono now);

/* tcp-options range 6 7 clear, range 9 255 clear: NOPs are put in their place. */
static inline bool conn_clears_option(uint8_t kind)
{
    return kind == 6 || kind == 7 || kind >= 9;
}

/* The number after the segment's last: data and FIN. */
static inline uint32_t conn_tcp_end(const struct pkt *p)
{
    return p->tcp.seq + (uint32_t)p->data_len + tcp_has(&p->tcp, TCP_FIN);
}

#endif
