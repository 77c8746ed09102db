/* A TCP connection that plays one side of a tape.
 *
 * Places in a stream are 64-bit *positions*: 0 is the SYN, byte I of the tape is position I + 1,
 * the FIN comes after the last byte. Sequence numbers exist only in segments; they are mapped to
 * positions as they arrive, so nothing else has to think about wrap-around. There is no buffer on
 * either side: what is sent, for the first time or again, is read from the tape, what arrives is
 * compared with it at once. */
#ifndef HOST_TCP_CONN_H
#define HOST_TCP_CONN_H

#include "host/host_impl.h"
#include "host/intervals.h"
#include "wire/tcp.h"

/* RFC 9293, 3.3.2 */
enum tcp_state {
    TCP_CLOSED,
    TCP_LISTEN,
    TCP_SYN_SENT,
    TCP_SYN_RCVD,
    TCP_ESTABLISHED,
    TCP_FIN_WAIT_1,
    TCP_FIN_WAIT_2,
    TCP_CLOSE_WAIT,
    TCP_CLOSING,
    TCP_LAST_ACK,
    TCP_TIME_WAIT,
};

#define POS_NONE UINT64_MAX

struct tcp_send { /* RFC 9293, 3.3.1, as positions */
    uint32_t iss;
    uint64_t una, nxt;
    uint64_t end;        /* of what the application has written so far */
    uint64_t fin;        /* the FIN's; POS_NONE until the application closed */
    uint64_t edge;       /* una + window: right edge offered by the peer */
    uint32_t wnd_max;    /* largest window it ever offered */
    int64_t wl1, wl2;    /* segment that last set the window */
    uint16_t mss_option; /* as the peer announced it, or the default */
    uint16_t mss;        /* largest segment with its options: mss_option, path MTU */
    uint8_t shift;       /* peer's window scale */
    bool probed;         /* position nxt was shown in a window probe and may be acknowledged */
};

struct tcp_receive {
    uint32_t irs;
    uint64_t nxt;
    uint64_t adv;    /* right edge we have offered: never moves back */
    uint64_t fin;    /* the peer's FIN; POS_NONE until seen */
    uint64_t unread; /* bytes the application left lying (stop_reading) */
    uint8_t shift;   /* our window scale */
    uint8_t segs;    /* data segments since the last ACK */
    bool ack_now;
    struct intervals ooo;             /* what arrived beyond nxt */
    uint64_t recent[TCP_SACK_BLOCKS]; /* places in `ooo`, latest arrival first (RFC 2018, 4) */
    struct mono last_invalid_ack;     /* last answer to a segment that does not fit */
};

enum tcp_phase {
    TCP_OPEN,     /* nothing is known to be lost */
    TCP_RECOVERY, /* fast recovery (RFC 6675, RFC 6582) */
    TCP_LOSS,     /* after a retransmission timeout */
};

struct tcp_recovery { /* congestion control and loss recovery: RFC 5681, 6675 */
    uint32_t cwnd, ssthresh;
    uint32_t acked; /* towards the next increase in congestion avoidance */
    bool limited;   /* the congestion window held data back */
    bool force;     /* the first retransmission of fast recovery waits for nobody */
    enum tcp_phase phase;
    uint64_t point;     /* recovery ends when this is acknowledged */
    uint64_t high_rxt;  /* everything lost below it has been sent again */
    uint64_t rto_lost;  /* everything below it counts as lost: a timeout said so */
    uint64_t sack_lost; /* the same, deduced from SACK or duplicate ACKs */
    uint32_t dupacks;
    struct intervals sacked; /* the scoreboard */
};

struct tcp_rtt { /* RFC 6298 */
    bool valid;  /* a measurement was made */
    struct span srtt, rttvar;
    struct span rto; /* with back-off */
    bool timing;     /* the segment that ends at `end` is being timed */
    uint64_t end;
    struct mono sent;
    bool again; /* something was sent again at `again_at` on our clock */
    uint32_t again_at;
};

struct tcp_stamps { /* RFC 7323 */
    bool on;
    uint32_t offset; /* of our clock, so that it tells nothing about other connections */
    uint32_t recent; /* TS.Recent */
    struct mono recent_at;
    uint64_t last_ack; /* Last.ACK.sent */
};

struct tcp_app {       /* who plays the turns: tcp_app.c */
    size_t at;         /* turn being played or waited for */
    struct turn turn;  /* that one */
    struct mono since; /* when the turn before it was complete; MONO_NEVER: not yet */
    bool ended;        /* nothing left to do */
};

struct tcp_timers {     /* MONO_NEVER: off */
    struct mono resend; /* retransmission or window probe */
    struct mono ack;
    struct mono app;
    struct mono idle; /* keep-alive */
    struct mono end;  /* TIME-WAIT */
    bool persist;     /* `resend` is for a window probe */
    uint8_t retries;  /* retransmissions or probes without an answer */
    uint8_t backoff;  /* of the window probe */
    uint8_t idle_probes;
    struct mono heard;   /* last segment from the peer */
    struct mono waiting; /* since when the oldest byte has been unacknowledged */
    struct mono sent;    /* last data */
};

struct tcp_conn {
    struct flow flow;
    enum tcp_state state;
    bool sack_ok, wscale_ok; /* wanted, then agreed */
    bool syn_lost;           /* the SYN had to be repeated (RFC 5681 3.1, RFC 6298 5.7) */
    struct tcp_send snd;
    struct tcp_receive rcv;
    struct tcp_recovery rec;
    struct tcp_rtt rtt;
    struct tcp_stamps ts;
    struct tcp_app app;
    struct tcp_timers timers;
};

/* A segment that arrived. */
struct tcp_seg {
    const struct tcp *t;
    struct tcp_opts o;
    int64_t from, to; /* positions it covers, SYN and FIN included */
    int64_t ack;      /* position it acknowledges up to; 0 without ACK */
};

static inline struct mono tcp_now(const struct tcp_conn *c)
{
    return flow_now(&c->flow);
}

static inline uint32_t tcp_snd_seq(const struct tcp_conn *c, uint64_t pos)
{
    return c->snd.iss + (uint32_t)pos;
}

static inline uint32_t tcp_rcv_seq(const struct tcp_conn *c, uint64_t pos)
{
    return c->rcv.irs + (uint32_t)pos;
}

static inline int64_t tcp_snd_pos(const struct tcp_conn *c, uint32_t seq)
{
    return (int64_t)c->snd.una + (int32_t)(seq - tcp_snd_seq(c, c->snd.una));
}

static inline int64_t tcp_rcv_pos(const struct tcp_conn *c, uint32_t seq)
{
    return (int64_t)c->rcv.nxt + (int32_t)(seq - tcp_rcv_seq(c, c->rcv.nxt));
}

/* End of what may be sent as far as the application goes: its bytes, then its FIN. */
static inline uint64_t tcp_snd_limit(const struct tcp_conn *c)
{
    return c->snd.fin == POS_NONE ? c->snd.end : c->snd.fin + 1;
}

static inline uint64_t tcp_snd_window(const struct tcp_conn *c)
{
    return c->snd.edge > c->snd.una ? c->snd.edge - c->snd.una : 0;
}

/* tcp_open.c: the way to ESTABLISHED. */
void tcp_connect(struct tcp_conn *c);
void tcp_listen_again(struct tcp_conn *c, const char *why);
void tcp_input_listen(struct tcp_conn *c, const struct tcp *t, const struct endpoint *from);
void tcp_input_syn_sent(struct tcp_conn *c, const struct tcp *t);
void tcp_established(struct tcp_conn *c, const struct tcp_seg *s);
void tcp_mss_update(struct tcp_conn *c);

/* tcp_input.c: segments of a connection that has synchronised. */
void tcp_input(struct tcp_conn *c, const struct tcp *t);

/* tcp_receive.c: data in, window and SACK out. */
void tcp_receive(struct tcp_conn *c, const struct tcp_seg *s);
void tcp_read_on(struct tcp_conn *c);
uint16_t tcp_window_offer(struct tcp_conn *c); /* for a header; notes what was offered */
void tcp_sack_fill(const struct tcp_conn *c, struct tcp_opts *o, int max);

/* tcp_ack.c: what the peer acknowledges. False: the segment must not be looked at further. */
bool tcp_ack(struct tcp_conn *c, const struct tcp_seg *s);

/* tcp_recovery.c */
void tcp_recovery_init(struct tcp_conn *c);
void tcp_recovery_acked(struct tcp_conn *c, uint64_t n);
void tcp_recovery_check(struct tcp_conn *c);
void tcp_recovery_timeout(struct tcp_conn *c);
void tcp_recovery_resend_all(struct tcp_conn *c);
uint64_t tcp_pipe(const struct tcp_conn *c);
bool tcp_next_hole(const struct tcp_conn *c, bool guess, struct interval *out);

/* tcp_output.c: everything that may be sent now, or at least an ACK when one is due. */
void tcp_output(struct tcp_conn *c);

/* tcp_segment.c */
void tcp_send_syn(struct tcp_conn *c);
void tcp_send_range(struct tcp_conn *c, struct interval range);
void tcp_send_ack(struct tcp_conn *c);
void tcp_send_keepalive(struct tcp_conn *c); /* nothing, but from before the peer's window */
void tcp_send_probe(struct tcp_conn *c);     /* one byte or the FIN, past what the window allows */
void tcp_send_reset(struct tcp_conn *c);
void tcp_challenge(struct tcp_conn *c);       /* ACK for what does not fit, not too often */
size_t tcp_room(const struct tcp_conn *c);    /* data bytes a segment sent now can hold */
uint32_t tcp_clock(const struct tcp_conn *c); /* our timestamp */

/* tcp_rtt.c */
void tcp_rtt_init(struct tcp_conn *c);
void tcp_rtt_acked(struct tcp_conn *c, const struct tcp_seg *s); /* measures, if S allows it */
void tcp_rtt_sent_again(struct tcp_conn *c);                     /* loss recovery begins */
void tcp_rtt_backoff(struct tcp_conn *c);

/* tcp_timer.c */
void tcp_timers_set(struct tcp_conn *c); /* retransmission or probe, after sending or an ACK */
void tcp_timers_restart(struct tcp_conn *c);
void tcp_timers_arm(struct tcp_conn *c);
void tcp_wake(struct flow *f);

/* tcp_close.c: the ways out. */
void tcp_close(struct tcp_conn *c, enum host_flow_state s, const char *why);
void tcp_time_wait(struct tcp_conn *c);
void tcp_reset_came(struct tcp_conn *c, const struct tcp_seg *s);

/* tcp_app.c */
void tcp_app_start(struct tcp_conn *c);
bool tcp_app_run(struct tcp_conn *c); /* true when it wrote something */
bool tcp_app_expects_reset(const struct tcp_conn *c);
/* Silence after which the peer is asked whether it lives; 0: never. */
struct span tcp_app_patience(const struct tcp_conn *c);

/* Plays and sends until nothing more can be done now. */
void tcp_go(struct tcp_conn *c);

/* tcp_flow.c: answers T, sent from REMOTE to LOCAL, with the RST of RFC 9293 3.10.7.1. */
void host_tcp_refuse(struct host *h, const struct endpoint *local, const struct endpoint *remote,
                     const struct tcp *t);

/* For icmp_input.c: F is a TCP flow. */
bool tcp_is_in_flight(const struct flow *f, uint32_t seq);
void tcp_mtu_changed(struct flow *f);

#endif
