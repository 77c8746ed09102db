/* Flows of datagrams: turns played by time and cause, each sent once, any of them may be lost. */
#ifndef HOST_DGRAM_H
#define HOST_DGRAM_H

#include "host/host_impl.h"

#define DGRAM_WINDOW 512 /* turns before and after the current one that are looked through */

struct dgram_flow {
    struct flow flow;
    void (*send)(struct dgram_flow *d, const struct turn *t);
    bool answers_only; /* its own turns are answers, given when asked and not by time */
    bool started;
    size_t at;         /* turn to be played or waited for */
    struct mono since; /* when the turn before it was complete, or should have been */
    size_t seen;       /* one past the latest turn of the other side that has come */
    uint64_t came[2 * DGRAM_WINDOW / 64]; /* turns of the window that have come, by index */
};

/* Begins to play, once. */
void dgram_begin(struct dgram_flow *d);

/* Plays what is due. */
void dgram_run(struct dgram_flow *d);

/* The turn of the other side that DATA is, among those near the current one that have not come yet;
 * nturns when it is none. */
size_t dgram_find(const struct dgram_flow *d, struct bytes data);

/* DATA has come: finds its turn and counts it as delivered, as altered, or, when it came before,
 * not at all. */
void dgram_take(struct dgram_flow *d, struct bytes data);

bool dgram_came(const struct dgram_flow *d, size_t turn);
void dgram_mark(struct dgram_flow *d, size_t turn);

/* The listener for a packet with DATA that no flow is bound to; NULL when there is none whose tape
 * has it. */
struct flow *dgram_listener(struct host *h, const struct demux_name *n, struct bytes data);

/* For flow_ops. */
void dgram_wake(struct flow *f);
void dgram_start(struct flow *f);
void dgram_reachable(struct flow *f);
void dgram_fill(const struct flow *f, struct host_flow_status *out);
void dgram_free(struct flow *f);

/* icmp_flow.c: the echo request or reply P; false when it is no flow's. */
bool icmp_flow_request(struct host *h, const struct pkt *p);
bool icmp_flow_reply(struct host *h, const struct pkt *p);

#endif
