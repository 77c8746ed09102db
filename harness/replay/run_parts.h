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
#include "replay/replay.h"
#include "traffic/capture.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#define LOG_MODULE "replay"
#define SITES      2

struct run;

struct tap { /* the harness's end of a leg */
    struct run *run;
    enum evidence_leg leg;
    struct port *port;
    struct sink sink; /* where whoever holds the end sends */
    uint8_t *lent;
    bool block_in, block_out; /* a blackhole */
    bool quiet_out;           /* what is sent here was recorded where it came in */
    uint64_t blocked_in, blocked_out, passed_in, passed_out;
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
    uint32_t id[SITES]; /* of the hosts' flows */
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
    uint64_t blocked_before, passed_before; /* of the wan when it was sent */
    uint64_t lost_before;                   /* packets the peer knew no SA for */
    uint32_t new_spi[2];                    /* a rekeying: what is to be seen on wan; 0: not yet */
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
    struct rng_seeded seeded[8];
    struct rng os_rng;
    size_t nrngs;
    struct evidence_writer *ev;
    struct buf line;
    struct tap taps[TAPS];
    struct host *host[SITES];
    struct port *inner_end; /* peer mode: the peer's end of its own LAN */
    struct peer *peer;      /* NULL in pair mode */
    struct ike_suite suites[16];
    struct ike_esp_suite esp_suites[16];
    struct ike_peer_config ike_peer;
    struct ike_policy policy;
    struct device *device[SITES]; /* by site; NULL: the peer's */
    struct port *device_ports[SITES][DEVICE_LEGS];
    struct station mgmt[SITES];   /* the log host, on each device's mgmt leg */
    struct station router[SITES]; /* pair mode: the routers on the WAN */
    struct stream *streams;
    size_t nstreams;
    struct event *events;
    size_t nevents;
    bool wants_logs; /* an event waits for a message, or is confirmed by one */
    struct buf esp_keys, ike_keys;
    int esp_fd, ike_fd; /* -1: not wanted */
    bool watch_spi;     /* a rekeying waits for the first packet with its new SPI */
    uint64_t frames;
    struct mono host_due[SITES], device_due[SITES], peer_due;
    struct mono last_event;
    uint64_t last_delivered;
    struct mono last_progress;
    struct mono told; /* last progress report */
    const char *last_event_id;
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

struct rng *run_rng(struct run *r, const char *label);

/* tap.c */
void tap_open(struct run *r, enum tap_id id, enum evidence_leg leg, struct port *port);
bool tap_receive(struct tap *t, struct bytes *frame);

/* lab.c: everything of the run that is not traffic. */
MUST_USE enum err lab_open(struct run *r, struct diag *why);
void lab_close(struct run *r);
void lab_deliver(struct run *r); /* what has arrived by now */
void lab_tick(struct run *r);
struct mono lab_next(struct run *r);
MUST_USE enum err lab_suites(struct run *r, struct diag *why); /* suites.c */

/* stations.c: the log host, and the WAN's routers in pair mode. */
void stations_init(struct run *r);
void mgmt_input(struct run *r, enum plan_site site, struct bytes frame);
void router_input(struct run *r, enum plan_site from, struct bytes frame);

/* streams.c */
MUST_USE enum err streams_open(struct run *r, struct diag *why);
void streams_close(struct run *r);
void streams_start(struct run *r);         /* those whose turn has come */
bool streams_waiting(const struct run *r); /* for another's end */
void streams_look(struct run *r);          /* notes progress and ends */
bool streams_all_ended(const struct run *r);
struct span streams_patience(const struct run *r);
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

/* actions.c */
void action_send(struct run *r, struct event *e);

/* Types COMMAND at the console of the device at SITE; the transcript goes into the evidence. */
void console_run(struct run *r, enum plan_site site, const char *command, bool *refused);

/* confirm.c */
void confirm(struct run *r, struct event *e, const char *detail);
void confirm_fact(struct run *r, const struct peer_fact *f);
void confirm_log(struct run *r, enum plan_site site, const struct asa_log *log);
void confirm_frame(struct run *r, const struct pkt *p); /* of the wan leg */
void confirm_look(struct run *r);

/* facts.c: what the peer says of its SAs, as event lines and keys. */
void facts_take(struct run *r);
/* The files are opened while root is still there. */
MUST_USE enum err keys_open(struct run *r, struct diag *why);
MUST_USE enum err keys_write(struct run *r, struct diag *why);

/* finish.c: what is asked and written once the traffic is over. */
void finish_console(struct run *r);
void finish_counters(struct run *r);

/* Adds the line in r->line to the evidence. */
void run_event(struct run *r);

#endif
