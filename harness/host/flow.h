/* What every flow has, whatever its protocol: endpoints, tape, one timer, counters. Protocols embed
 * it as their first member and are reached through flow_ops. */
#ifndef HOST_FLOW_H
#define HOST_FLOW_H

#include "base/wheel.h"
#include "host/host.h"

struct flow;

struct flow_ops {
    void (*start)(struct flow *f); /* opener: its time has come and the next hop is known */
    void (*wake)(struct flow *f);  /* the timer fired; deadlines are looked at, some have passed */
    /* The next hop became known after something could not be sent. */
    void (*reachable)(struct flow *f);
    void (*read_on)(struct flow *f); /* stop_reading was lifted; may be NULL */
    void (*fill)(const struct flow *f, struct host_flow_status *out); /* what `status` lacks */
    void (*free)(struct flow *f);                                     /* takes it */
};

/* Listeners that could be meant by a packet from an unexpected address: see demux.h. */
enum wait_list { WAIT_PORT, WAIT_LOCAL, WAIT_LISTS };

struct wait_link {
    struct flow *prev, *next;
    uint32_t group;
};

struct flow {
    const struct flow_ops *ops;
    struct host *host;
    uint32_t id;
    enum conv_proto proto;
    enum conv_side side;
    const struct tape *tape;
    struct endpoint local, remote; /* as configured; ICMP: remote.port is the echo id */
    struct endpoint peer;          /* the remote as it shows up here, after translation */
    struct mono start;
    uint16_t mtu; /* of the path, IP bytes */
    bool stop_reading;
    bool bound, listening; /* which tables of the demux know it */
    bool begun;            /* opener: started */
    bool pending;          /* waits for the next hop's address */
    struct flow *pending_next;
    struct wait_link wait[WAIT_LISTS];
    struct timer timer;
    struct host_flow_status status;
};

static inline enum conv_side flow_other(const struct flow *f)
{
    return f->side == CONV_A ? CONV_B : CONV_A;
}

static inline bool flow_is_live(const struct flow *f)
{
    return f->status.state == HOST_FLOW_WAITING || f->status.state == HOST_FLOW_OPEN;
}

struct mono flow_now(const struct flow *f);

/* Makes sure that the flow is woken at DUE or earlier. A later deadline never moves the timer: it
 * then fires once too early, which costs less than moving it for each packet. */
void flow_wake_by(struct flow *f, struct mono due);

/* Changes the state, says so in the log (WHY in words) and counts the live flows. */
void flow_set_state(struct flow *f, enum host_flow_state s, const char *why);

void flow_progress(struct flow *f);

#endif
