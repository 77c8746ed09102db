/* The streams of a run on the two LANs: which bytes passed where and when, who sent resets. For
 * judge/ only.
 *
 * A stream is announced by its `stream` line with the endpoints its hosts use. Between the two LANs
 * a device may change addresses, ports, initial sequence numbers and segment borders: bytes are
 * therefore told by their position from the SYN, and packets that carry other endpoints are bound
 * to a stream by what is left of them (flow_table.c). */
#ifndef JUDGE_FLOW_H
#define JUDGE_FLOW_H

#include "base/map.h"
#include "judge/flow_bytes.h"
#include "judge/timeline.h"
#include "track/tcp_dir.h"
#include "wire/asa_log.h"

#define STALL_MIN_NS INT64_C(200000000)  /* METRICS 3.3: shorter pauses are no stall */
#define GRACE_NS     INT64_C(1000000000) /* what is under way when something happens takes this */
#define FLOWS_MAX    4096
#define HOST_RESETS  8
#define RECORDS_MAX  16 /* of each kind that are kept of a stream; all are counted */

struct flow_dir { /* one direction on one LAN */
    struct tcp_dir tcp;
    struct flow_bytes bytes;
    uint64_t frames, datagrams, datagram_bytes;
    uint64_t bad_checksums, bad_packet; /* TCP segments nobody would take; the first one */
    uint64_t triple_dupacks;
    unsigned dupack_run;
    int64_t first_ns; /* of any frame; NEVER */
};

struct way {         /* one direction from its sender's LAN to the other one */
    int64_t last_ns; /* of the last new in-order byte (or datagram) at the receiver's LAN; NEVER */
    /* since when something is under way: sent and not yet arrived, or not yet acknowledged to its
     * sender; NEVER: nothing is. settled_ns: when nothing was any more, though it may go on at once
     */
    int64_t due_ns, settled_ns;
    int64_t stall_max_ns, stall_max_from_ns, stall_total_ns;
    unsigned stalls;
    /* comparison of what arrived with what was sent */
    int64_t good_to; /* the same up to here */
    bool altered;    /* and not behind: between good_to and altered_to */
    int64_t altered_to;
    uint64_t altered_packet;
    /* SACK blocks that reached the sender and name bytes it has never sent */
    uint64_t strange_sacks, strange_packet; /* the first one */
    /* repetitions by the sender */
    int64_t again_pos;
    unsigned again, again_max; /* times in a row that the same position was sent again */
    uint64_t spurious;         /* of bytes that had arrived */
};

struct aftermath {                      /* of one event, for one stream */
    bool known;                         /* the stream was there when the event was sent */
    int64_t before_ns;                  /* last progress before it; NEVER */
    int64_t first_ns;                   /* first progress after it; NEVER */
    int64_t stall_from_ns, stall_to_ns; /* the pause that the event made; NEVER: none that ended */
    int64_t due_ns; /* since when something was due when that pause, or the first progress, ended */
    bool ended;     /* the stream was complete before it */
};

struct stream_watch { /* of one <stream> expectation */
    const struct plan_expect *x;
    int64_t stall_max_ns, stall_from_ns; /* in its window */
    int64_t first_move_ns, last_move_ns; /* progress in its window; NEVER */
    uint64_t moves;
    uint64_t fresh_packets, fresh_packet; /* new data that was sent in its window; the first one */
    int64_t datagram_due_ns, datagram_ns; /* first sent, first arrived in its window; NEVER */
};

struct reset {
    uint64_t packet;
    int64_t time_ns;
    const char *leg;
    int sender; /* site it says it is from */
    enum plan_reset_by by;
};

struct reset_watch { /* of one <reset> expectation: those in its window */
    uint64_t n;
    struct reset first;
    const char *stream; /* that the first one ended */
};

struct log_record { /* a message of a device about this stream */
    uint64_t packet;
    int64_t time_ns;
    int site; /* of the device */
    uint32_t id;
    uint64_t connection;
    enum asa_reason reason_class;
    const char *reason, *line;
    bool has_duration, has_bytes;
    uint64_t duration_s, bytes;
};

struct jflow {
    const char *id;
    int plan; /* index in the plan; -1 */
    uint8_t proto;
    struct endpoint at[SITES];
    int opener;
    uint64_t total[SITES]; /* bytes to be sent, by sender */
    char sha[SITES][65];   /* of them; "": not said */
    int64_t begun_ns;
    bool seen[SITES];                 /* on the LAN of that site */
    struct flow_dir on[SITES][SITES]; /* [LAN][sender] */
    struct way way[SITES];            /* by sender */
    int64_t syn_ns;                   /* first SYN at its opener's LAN; NEVER */
    int64_t syn_ack_ns;               /* last SYN-ACK at the responder's LAN */
    int64_t rtt_ns;                   /* from the handshake, tunnel set-up left out; 0: not known */
    struct aftermath *after;          /* by event; NULL: none was sent yet */
    unsigned awaiting;                /* events after which it has not moved yet */
    struct stream_watch **watch;
    size_t nwatch;
    /* resets */
    struct reset resets[RECORDS_MAX];
    uint64_t nresets;
    uint64_t resets_by[RESET_BY_PEER + 1];
    uint64_t
        reset_in_esp; /* packets inside ESP that were a reset of this stream, not yet on a LAN */
    int64_t host_reset_pos[SITES][HOST_RESETS]; /* the latest, by sender */
    uint64_t host_resets[SITES];
    /* logs */
    struct log_record built[RECORDS_MAX], torn[RECORDS_MAX];
    unsigned nbuilt, ntorn;
    uint64_t denied; /* 106015 */
    /* `host` lines */
    bool aligned[SITES]; /* by sender: begun in the middle, positions are those of both LANs */
    bool has_host[SITES];
    const char *host_state[SITES];
    uint64_t host_delivered[SITES], host_altered[SITES];
    uint64_t host_rto[SITES], host_fast[SITES];
};

struct alias;

struct jflows {
    struct jflow **list;
    size_t n, cap, refused;
    struct pieces pieces;
    struct map map; /* of aliases */
    struct alias *aliases;
    uint32_t naliases, cap_aliases;
    uint32_t recent[SITES][2]; /* aliases last met on each LAN */
    size_t unseen;             /* flows that are still to be seen on one of the LANs */
    /* frames of all of them, by sender: sent, arrived; least difference before the first rekeying
     */
    uint64_t in[SITES], out[SITES], floor[SITES];
    bool floor_set, lossy; /* lossy: by then senders had repeated themselves */
};

struct judge;
struct pkt;

/* flow_table.c */
void jflows_init(struct jflows *f);
void jflows_release(struct jflows *f);
void jflow_announce(struct judge *j, const struct line *l);
/* A stream on these endpoints, by site. NULL: too many. ID is kept. */
struct jflow *jflow_make(struct judge *j, const char *id, uint8_t proto,
                         const struct endpoint at[SITES], int opener);
void jflow_host_line(struct judge *j, const struct line *l);
/* The flow of a packet seen on the LAN of SITE, and who sent it; NULL: none. */
struct jflow *jflow_find(struct judge *j, int site, const struct pkt *p, int *sender);
/* The same, but nothing is learnt from the packet. */
struct jflow *jflow_known(const struct judge *j, int site, const struct pkt *p, int *sender);
struct jflow *jflow_of_plan(const struct jflows *f, int index);
bool jflow_key_of(const struct pkt *p, struct endpoint *src, struct endpoint *dst);

/* flow_take.c */
void jflow_frame(struct judge *j, int site, const struct pkt *p);

/* flow_progress.c */
void jflow_sent_data(struct judge *j, struct jflow *f, int sender, bool fresh);
/* An acknowledgement came to the LAN of SENDER. */
void jflow_acknowledged(struct jflow *f, int sender, uint32_t ack, int64_t now);
void jflow_progress(struct judge *j, struct jflow *f, int sender);
void jflow_datagram_sent(struct judge *j, struct jflow *f, int sender);
void jflow_datagram_came(struct judge *j, struct jflow *f, int sender);
void jflows_event_sent(struct judge *j, int event);
void jflows_finish(struct judge *j); /* the run is over: pauses that never ended */
int64_t jflow_stall_min(const struct jflow *f);

/* flow_reset.c */
/* POS: where in the sender's direction it stands. */
void jflow_reset_frame(struct judge *j, struct jflow *f, int site, int sender, int64_t pos);

/* flow_facts.c: what can be said of a stream at the end */
bool jflow_complete(const struct jflow *f); /* every byte, both ways, at its receiver */
bool jflow_way_complete(const struct jflow *f, int sender);
int jflow_larger(const struct jflow *f);                   /* the sender of more */
int64_t jflow_last_move(const struct jflow *f);            /* NEVER */
uint64_t jflow_arrived(const struct jflow *f, int sender); /* bytes in order */
/* NULL: both LANs saw the stream from its SYN on; else what is missing. */
const char *jflow_blind_spot(const struct jflow *f);
/* The first RST or teardown that is no normal end, in W (NULL: anywhere). */
struct tear {
    int64_t time_ns;
    uint64_t packet;
    const char *leg, *what;
};
bool jflow_torn(const struct judge *j, const struct jflow *f, const struct plan_window *w,
                struct tear *out);
/* The first thing that says that a device ended F, and not a host: its reset, or a teardown whose
 * reason is of its own. */
bool jflow_ended_by_device(const struct jflow *f, struct tear *out);
/* One of the classes of the design, 8, and (*WHY) what makes it this one, in words. */
const char *jflow_class(struct judge *j, const struct jflow *f, const char **why);

/* flow_foreign.c: captures that holdfast did not make */
/* Streams are found as they begin. P begins one, or is of one that began before the capture; seen
 * on the LAN of SITE first, so its sender is there. False: it is none (no TCP, too many). */
bool jflow_discover(struct judge *j, int site, const struct pkt *p);
/* P opens the endpoints of F, which has ended, anew. */
bool jflow_is_over(const struct jflow *f, int site, int sender, const struct pkt *p);
/* A direction that begins in its middle gets the positions of the other LAN, where the sequence
 * numbers are the same. */
void jflow_align(struct judge *j, struct jflow *f, int site, int sender, const struct pkt *p);
/* What was sent is all there was to send. */
void jflows_foreign_totals(struct judge *j);
const char *jflow_foreign_class(struct judge *j, const struct jflow *f, const char **why);

static inline const char *site_lan(int site)
{
    return site == BO ? "bo-lan" : "ho-lan";
}

static inline const char *way_name(int sender)
{
    return sender == BO ? "BO to HO" : "HO to BO";
}

static inline const char *host_name(int site)
{
    return site == BO ? "user" : "server";
}

#endif
