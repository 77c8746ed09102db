/* Which flow a packet belongs to, in O(1).
 *
 * A flow that has heard from its peer, or opened towards it, is *bound*: found by its local
 * endpoint and the remote endpoint as it shows up here. A listener is *listening*: found by the
 * remote endpoint it was configured with, and, because a gateway may have translated that, by
 * local endpoint and remote port (address translation only), then by local endpoint alone (port
 * translation too), in the order in which the flows were added. Bound and listening at once is a
 * connection that may still turn out to be a false start. */
#ifndef HOST_DEMUX_H
#define HOST_DEMUX_H

#include "base/map.h"
#include "host/flow.h"

struct demux_group {
    struct flow *first, *last;
};

struct demux {
    uint64_t key;
    struct map bound, exact; /* flow ids */
    struct map lists;        /* indices of `groups` */
    struct demux_group *groups;
    struct demux_name *names; /* what each group stands for */
    uint32_t ngroups, cap;
};

/* A packet's or flow's place in the world, as this host sees it. */
struct demux_name {
    enum conv_proto proto;
    struct endpoint local, remote;
};

void demux_init(struct demux *d, uint64_t key);
void demux_release(struct demux *d);

/* The bound flow, or NULL. */
struct flow *demux_bound(const struct host *h, const struct demux_name *n);

/* True when a flow is bound to N or configured for it. */
bool demux_is_taken(const struct host *h, const struct demux_name *n);

/* The listener configured for exactly N, or NULL. */
struct flow *demux_exact(const struct host *h, const struct demux_name *n);

/* The first of LIST that N may be meant for, or NULL; the others follow by wait[LIST].next. */
struct flow *demux_first(const struct host *h, const struct demux_name *n, enum wait_list list);

/* The listener that fits N best: the exact one, else the first of the first list that has one. */
struct flow *demux_listener(const struct host *h, const struct demux_name *n);

/* Binds F to PEER, instead of what it was bound to before. */
void demux_bind(struct flow *f, const struct endpoint *peer);
void demux_unbind(struct flow *f);

/* Adds F to the listeners, or moves it to the front or back of its lists. */
void demux_listen(struct flow *f, bool first);
void demux_unlisten(struct flow *f);

#endif
