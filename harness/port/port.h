/* One end of a leg, as an argument: an in-memory link in virtual time, a real interface in a live
 * run. Whoever holds a port sends frames through its sink and takes what has arrived; nobody above
 * this folder knows which kind it is.
 *
 * Frames are whole Ethernet frames without FCS. */
#ifndef PORT_PORT_H
#define PORT_PORT_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/sink.h"

#define PORT_FRAME_MAX 65536 /* no frame is longer: offloads are off and jumbo frames fit */

struct port;

/* Decides what an impaired leg lets through; see port_set_filter. */
struct port_filter {
    /* OUTBOUND: the frame is being sent through this port; else it is arriving. True: let it pass.
     * Called once per frame, in order. */
    bool (*pass)(void *ctx, bool outbound, struct bytes frame);
    void *ctx;
};

struct port_stats {
    uint64_t sent, received; /* frames */
    uint64_t filtered;       /* frames the filter ate, either way */
    uint64_t lost;           /* frames lost by the link's own impairment (loss, full queue) */
    uint64_t dropped;        /* frames the capture lost: the evidence is incomplete if not 0 */
    int64_t late_max_ns;     /* live: worst time between a frame's due time and its sending */
};

struct port_ops {
    /* The next frame that has arrived by now, borrowed until the next call on this port; false when
     * there is none. WHEN: its arrival. */
    bool (*receive)(struct port *p, struct bytes *frame, struct mono *when);
    /* When a frame will be there: the past when one waits, MONO_NEVER when only the outside knows.
     */
    struct mono (*next)(const struct port *p);
    void (*stats)(const struct port *p, struct port_stats *out);
    void (*close)(struct port *p); /* takes the port */
};

struct port {
    const struct port_ops *ops;
    struct sink sink;          /* where to send */
    struct port_filter filter; /* pass == NULL: everything passes */
};

static inline bool port_receive(struct port *p, struct bytes *frame, struct mono *when)
{
    return p->ops->receive(p, frame, when);
}

static inline struct mono port_next(const struct port *p)
{
    return p->ops->next(p);
}

static inline void port_stats(const struct port *p, struct port_stats *out)
{
    p->ops->stats(p, out);
}

/* NULL is fine. */
static inline void port_close(struct port *p)
{
    if (p)
        p->ops->close(p);
}

/* From now on FILTER decides for every frame of this port, in both directions. */
static inline void port_set_filter(struct port *p, struct port_filter filter)
{
    p->filter = filter;
}

#endif
