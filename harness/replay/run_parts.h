/* A run as the files of replay/ see it. Not for others: use replay/replay.h.
 *
 * Frames are recorded where the harness holds the leg: what it sends when it sends it, what arrives
 * when it arrives. That is the same in virtual time and on real interfaces. */
#ifndef REPLAY_RUN_PARTS_H
#define REPLAY_RUN_PARTS_H

#include "base/buf.h"
#include "base/clock_real.h"
#include "base/rng.h"
#include "device/device.h"
#include "evidence/event_line.h"
#include "evidence/writer.h"
#include "host/host.h"
#include "peer/peer.h"
#include "port/port_mem.h"
#include "replay/log_server.h"
#include "replay/replay.h"
#include "replay/sight.h"
#include "traffic/capture.h"
#include "wire/asa_log.h"
#include "wire/isakmp.h"
#include "wire/pkt.h"

#define LOG_MODULE "replay"
#define SITES      2

struct run;
struct impair;
struct wan_nats;
struct wan_frame;

/* The directions of the WAN, each of which can be a blackhole. Peer mode: into the peer's end and
 * out of it. Pair mode, where the harness is in the middle: into either end. And the hosts' own
 * legs, both directions of which stop at once. */
enum way_id { WAY_IN, WAY_OUT, WAY_IN2, WAY_BO, WAY_HO, WAYS };

struct way {
    bool blocked;
    uint64_t passed, eaten; /* frames */
};

struct tap { /* the harness's end of a leg */
    struct run *run;
    enum evidence_leg leg;
    struct port *port;
    struct port *far; /* the link's other end; NULL: an interface */
    bool is_live;
    struct sink sink; /* where whoever holds the end sends */
    uint8_t *lent;
    struct way *in, *out; /* NULL: is never blocked */
    uint64_t recorded;    /* frames in the evidence */
};

enum tap_id {
    TAP_BO,   /* the BO user's end */
    TAP_HO,   /* the HO server's end */
    TAP_WAN,  /* peer mode: the peer's end; pair mode: the end towards the BO device */
    TAP_WAN2, /* pair mode: the end towards the HO device */
    TAP_MGMT, /* the log host's end, of the first device and of the second */
    TAP_MGMT2,
    TAPS
};

struct station {           /* an address the harness answers ARP for, on a leg of its own */
    struct mac mac, other; /* its own; the device's, once heard */
    bool knows_other;
    struct ip_addr addr;
};

struct stream {
    const struct plan_stream *spec;
    const struct flow *flow;
    struct tape tape;
    enum plan_site opener;
    struct endpoint at[SITES];
    char sha256[SITES][65]; /* of what each site sends, in hex; "": not wanted */
    uint32_t id[SITES];     /* of the hosts' flows */
    struct sight seen[SITES];
    bool added, ended;
    struct span gap_max;   /* the longest pause it has by itself */
    enum conv_side larger; /* direction with more bytes: the one offsets count */
};

enum event_state { EVENT_PLANNED, EVENT_SENT, EVENT_CONFIRMED, EVENT_FAILED };

struct event {
    const struct plan_event *spec;
    enum event_state state;
    bool triggered;  /* its condition came true at `due` less its delay */
    struct mono due; /* MONO_NEVER: waits for its condition */
    struct mono sent;
    unsigned ways;        /* blackhole, restore: the ones concerned, a bit each */
    uint64_t ways_before; /* frames eaten, or passed, on these when it was sent */
    uint64_t lost_before; /* packets the peer knew no SA for */
    uint32_t new_spi[2];  /* a rekeying: what is to be seen on wan; 0: not yet. esp-jump,
                             esp-restart: the SPI and the number behind which to look */
    unsigned left, shown; /* times it is still to be done; was seen to bite */
    bool waits;           /* it was done and not yet seen to bite */
    struct mono until;    /* when it ends by itself; MONO_NEVER */
    uint64_t met;         /* messages that fit its trigger */
    uint64_t bites;       /* frames of the wan leg that it changed or sent */
    uint64_t bites_before;
    uint64_t met_before; /* nat- events: what the NAT counted */
    struct {
        bool waits; /* for the peer's request, until the device's is answered */
        uint32_t id;
        uint8_t spi[ISAKMP_COOKIE_LEN]; /* of the device's request: its IKE SA */
    } cross;
};

struct told { /* a Delete of a pair: by its inbound SPI at the peer */
    uint32_t spi;
    bool by_peer;
};

struct run {
    const struct plan *plan;
    const struct replay_options *opts;
    struct replay_result *result;
    struct replay_captures *captures;
    struct clock_virtual virtual;
    struct clock_real real;
    struct clock *clk;
    struct mono zero; /* the clock when the run began */
    struct rng_seeded seeded[16];
    struct rng os_rng;
    size_t nrngs;
    struct evidence_writer *ev;
    struct buf line;
    struct tap taps[TAPS];
    struct way ways[WAYS];
    struct impair *impair; /* NULL: no event needs it */
    struct wan_nats *nats; /* NULL: the lab has none */
    struct host *host[SITES];
    struct host *outside;   /* NULL: nobody is there */
    struct port *inner_end; /* peer mode: the peer's end of its own LAN */
    struct peer *peer;      /* NULL in pair mode */
    struct ike_suite suites[16];
    struct ike_esp_suite esp_suites[16];
    struct ike_peer_config ike_peer;
    struct ike_policy policies[PLAN_PROTOCOLS]; /* one for all, or one a protocol */
    size_t npolicies;
    struct ike_quirks quirks;     /* of the peer's IKE */
    struct device *device[SITES]; /* by site; NULL: the peer's */
    struct port *device_ports[SITES][DEVICE_LEGS];
    struct station mgmt[SITES]; /* the log host, on each device's mgmt leg */
    struct log_server log_server[SITES];
    struct station router[SITES]; /* pair mode: the routers on the WAN */
    struct stream *streams;
    size_t nstreams;
    struct event *events;
    size_t nevents;
    bool wants_logs; /* an event waits for a message, or is confirmed by one */
    struct buf esp_keys, ike_keys, ike2_keys;
    int esp_fd, ike_fd, ike2_fd; /* -1: not wanted */
    bool watch_hosts;            /* a <send> carries on from what the hosts sent */
    struct mac beyond[TAPS];     /* whoever is at the other end of a host's leg, once heard */
    bool knows_beyond[TAPS];
    const char *remark; /* of what goes out at the moment; NULL: none */
    uint64_t leg_frames[EV_LEGS];
    bool watch_wan; /* an event waits for a frame there as its proof */
    uint64_t frames;
    struct mono host_due[SITES], outside_due, device_due[SITES],
        peer_due; /* as lab_next saw them */
    struct mono last_event;
    uint64_t last_delivered;
    struct mono last_progress;
    struct mono told; /* last progress report */
    const char *last_event_id;
    struct told told_of[16]; /* the latest */
    size_t ntold;
    bool broken; /* it cannot go on; result->why says why */
};

static inline struct mono run_now(const struct run *r)
{
    return clock_now(r->clk);
}

static inline struct span run_time(const struct run *r)
{
    return mono_diff(r->zero, run_now(r));
}

/* The clock as evidence wants it: since the run began. */
static inline struct mono run_stamp(const struct run *r, struct mono t)
{
    return (struct mono){t.ns - r->zero.ns};
}

static inline bool run_is_pair(const struct run *r)
{
    return r->plan->lab.mode == MODE_PAIR;
}

/* Peer mode: where the device is. */
static inline enum plan_site run_device_site(const struct run *r)
{
    return r->plan->lab.device_site;
}

/* The device that an event is about. */
static inline struct device *event_device(const struct run *r, const struct plan_event *e)
{
    return r->device[r->device[e->site] ? e->site : run_device_site(r)];
}

struct rng *run_rng(struct run *r, const char *label);

/* tap.c */
void tap_open(struct run *r, enum tap_id id, enum evidence_leg leg, struct port *port);
bool tap_receive(struct tap *t, struct bytes *frame, struct mono *when);
/* Sends FRAME past all that could stop it, and records it with REMARK; or records it only. */
void tap_put(struct tap *t, struct bytes frame, const char *remark);
void tap_note(struct tap *t, struct bytes frame, const char *remark);

/* lab.c: everything of the run that is not traffic. */
struct mac lab_host_mac(enum plan_site site);
#define LAB_WAN_MAC                                                                                \
    ((struct mac){{0x02, 0x48, 0x46, 0, 0x40, 0}}) /* of the peer's end of the WAN */
MUST_USE enum err lab_open(struct run *r, struct diag *why);
void lab_close(struct run *r);
MUST_USE enum err lab_suites(struct run *r, struct diag *why);                     /* suites.c */
MUST_USE enum err lab_suites_are(struct run *r, const char *ike, const char *esp); /* "": stay */
void lab_psk_is(struct run *r, bool wrong);
MUST_USE enum err legs_open(struct run *r, struct diag *why); /* legs.c */

/* moving.c */
void lab_deliver(struct run *r); /* what has arrived by now */
void lab_tick(struct run *r);
void lab_hand(struct run *r, enum tap_id id, struct bytes frame); /* to who is at that end */
struct mono lab_next(struct run *r);
/* Live: what is sent from now on should have been sent at DUE. */
void lab_due(struct run *r, struct mono due);

/* stations.c: the log host, and the WAN's routers in pair mode. */
void stations_init(struct run *r);
void mgmt_input(struct run *r, enum plan_site site, struct bytes frame);
void router_input(struct run *r, enum plan_site from, struct bytes frame);

/* streams.c */
MUST_USE enum err streams_open(struct run *r, struct diag *why);
void streams_close(struct run *r);
struct host *stream_host(const struct run *r, const struct stream *s, enum plan_site site);
void streams_start(struct run *r);         /* those whose turn has come */
bool streams_waiting(const struct run *r); /* for another's end */
void streams_look(struct run *r);          /* notes progress and ends */
bool streams_all_ended(const struct run *r);
struct span streams_patience(const struct run *r);
struct mono streams_next_start(const struct run *r); /* MONO_NEVER: none by time */
uint64_t stream_offset(const struct run *r, const struct stream *s);
uint64_t stream_in_flight(const struct run *r, const struct stream *s);
void streams_sum(const struct run *r, uint64_t *delivered, uint64_t *planned);
MUST_USE enum err captures_get(struct replay_captures *c, const char *path,
                               const struct capture **out, struct diag *why);

/* timeline.c */
void timeline_open(struct run *r);
void timeline_look(struct run *r);
struct mono timeline_next(const struct run *r);
bool timeline_is_over(const struct run *r);
void timeline_say(struct run *r, const struct event *e, const char *state, const char *key,
                  const char *text);
void timeline_on_message(struct run *r, enum way_id way, const struct wan_frame *f);
void timeline_on_log(struct run *r, const struct asa_log *log); /* events that wait for it */

/* actions.c */
void action_send(struct run *r, struct event *e);

/* Types COMMAND at the console of the device at SITE; the transcript goes into the evidence. */
void console_run(struct run *r, enum plan_site site, const char *command, bool *refused);

/* send.c: NULL: it is on its way; else why not. */
const char *send_packet(struct run *r, const struct plan_event *s);
void send_watch(struct run *r, const struct tap *t, struct bytes frame, bool sent);

/* outside.c: a server beyond the WAN, where the peer's link is. */
void outside_open(struct run *r);
bool outside_takes(const struct run *r, struct bytes frame); /* it is for that host alone */
bool outside_hears(const struct run *r, struct bytes frame); /* for it as for the peer */

/* ways.c */
void ways_init(struct run *r);                                  /* once the legs are there */
unsigned ways_block(struct run *r, const struct plan_event *s); /* those blocked by it, as bits */
unsigned ways_unblock(struct run *r, unsigned ways); /* those of them that were blocked */
unsigned ways_of_event(const struct run *r, const struct plan_event *s); /* by its directions */
enum way_id way_to_device(const struct run *r, const struct plan_event *s);
uint64_t ways_eaten(const struct run *r, unsigned ways);
uint64_t ways_passed(const struct run *r, unsigned ways);

/* odd.c: how the peer answers, from <peer-answer> on, and whether F is such an answer. */
void odd_answers(struct run *r, const struct plan_event *s);
bool odd_is_answer(const struct plan_event *s, const struct peer_fact *f);
void odd_end(struct run *r);
/* <reuse-spi>: ends the pair in use; the next one has its SPI. */
MUST_USE enum err odd_spi_again(struct run *r);

/* confirm.c: what shows that an event bit. */
void confirm_command(struct run *r, struct event *e); /* the device took it */
void confirm_fact(struct run *r, const struct peer_fact *f);
void confirm_log(struct run *r, enum plan_site site, const struct asa_log *log);
void confirm_frame(struct run *r, struct bytes frame);                 /* of the wan leg */
void confirm_look(struct run *r);                                      /* at the counters */
void confirm_seen(struct run *r, struct event *e, const char *detail); /* it bit, as DETAIL says */
uint64_t peer_lost(const struct run *r); /* packets the peer knew no SA for */

/* cross.c: requests of peer and device that cross (IKEv2), and who has deleted a pair. */
bool cross_fits(const struct plan_event *s, const struct wan_frame *f); /* what S may cross */
void cross_on_message(struct run *r, enum way_id way, const struct wan_frame *f);
void cross_begin(struct run *r, const struct plan_event *s); /* the peer's quirks are those of S */
void cross_note(struct run *r, const struct ike_out *fact);
const char *cross_deleter(const struct run *r, uint32_t in_spi); /* NULL: nobody has said so */

/* facts.c: what the peer says of its SAs, as event lines and keys. */
void facts_take(struct run *r);
void facts_moved(struct run *r); /* the peer is known by another address from now on */
/* The files are opened while root is still there. */
MUST_USE enum err keys_open(struct run *r, struct diag *why);
MUST_USE enum err keys_write(struct run *r, struct diag *why);

/* finish.c: what is asked and written once the traffic is over. */
void finish_console(struct run *r);
void finish_counters(struct run *r);

/* Adds the line in r->line to the evidence. */
void run_event(struct run *r);

/* The lab cannot go on, for this reason: the run ends. */
void run_break(struct run *r, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
