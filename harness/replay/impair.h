/* What the harness does to frames of the wan leg beside passing them on. For replay/ only.
 *
 * Rules are begun and ended by events of the timeline. A frame meets those that look at its way in
 * the order in which they were begun; the first that drops or holds it decides, and what was held
 * meets the ones behind when it goes on. Frames that the harness itself injects meet none.
 *
 * In the evidence a frame stands where it was on the wire: one from a device when it came, one to a
 * device when it went out. Dropped frames are marked "filtered", injected ones "injected". */
#ifndef REPLAY_IMPAIR_H
#define REPLAY_IMPAIR_H

#include "replay/run_parts.h"
#include "wire/isakmp.h"

#define REMARK_FILTERED "filtered"
#define REMARK_INJECTED "injected"

/* --- what a frame of the wan leg is (wan_match.c) ----------------------------------------------
 */

struct wan_frame {
    struct pkt p;
    bool esp, ike, keepalive; /* also in UDP 4500 (RFC 3948) */
    size_t at;                /* of the ESP or IKE header, in bytes from the frame's beginning */
    uint32_t spi, seq;
    struct isakmp_hdr hdr;
};

#define SPIS_KNOWN 64

struct wan_way { /* what has been seen on one way */
    uint32_t spis[SPIS_KNOWN];
    size_t nspis;    /* the last one is the newest */
    uint8_t eth[12]; /* addresses of the last frame */
    bool any;
    struct endpoint from, to; /* of the IKE SA, as its messages and its ESP in UDP go this way;
                                 port 0: none of these was seen */
    /* IKEv2, of the IKE SA seen last: what a request on this way would say */
    uint64_t ike_spi; /* the initiator's */
    uint8_t ike_flags;
    uint32_t next_id;
};

/* False: nothing that an event could be about, as ARP. */
bool wan_frame_parse(struct bytes frame, struct wan_frame *out);

/* Does F fit what M says of kind, SPI and IKE message? */
bool wan_match(const struct plan_match *m, const struct wan_way *way, const struct wan_frame *f);

/* Remembers FRAME as something that was seen on WAY (wan_seen.c). */
void wan_note(struct run *r, enum way_id way, struct bytes frame, const struct wan_frame *f);

/* --- rules (impair.c) --------------------------------------------------------------------------
 */

enum impair_fate {
    FATE_PASS,  /* untouched */
    FATE_EATEN, /* it is lost, as it is */
    FATE_HELD,  /* a copy was kept and goes on later */
};

struct rule {
    struct event *event;
    const struct plan_match *match;
    unsigned ways;
    bool active, ended;
    struct mono until, free_at;
    uint64_t matched, acted, missed; /* MISSED: would have been its, after it ended */
};

struct held {
    struct held *next;
    enum way_id way;
    struct mono due;
    unsigned behind; /* so many frames of its way go first, or DUE comes */
    size_t rule;     /* the first one it still meets */
    const char *remark;
    size_t n, cap;
    uint8_t *p;
};

struct kept { /* for wan-replay */
    enum way_id way;
    size_t n, cap;
    uint8_t *p;
};

#define KEPT_MAX 2048

struct impair {
    struct rule *rules;
    size_t nrules;
    struct held *queue, *idle; /* QUEUE: in order of `due` */
    size_t nheld;
    struct wan_way seen[WAYS];
    uint8_t version; /* of the last IKE message with two cookies: it is of an SA */
    uint8_t cookies[2 * ISAKMP_COOKIE_LEN];
    bool keeps;
    struct kept kept[KEPT_MAX];
    uint64_t nkept;
    struct rng *rng;
};

/* NULL: the plan has no event that needs it. */
struct impair *impair_new(struct run *r);
void impair_free(struct impair *m);

enum impair_fate impair_frame(struct run *r, enum way_id way, struct bytes frame);
void impair_begin(struct run *r, struct event *e);
bool impair_end(struct run *r, const struct event *of); /* false: it was over */
uint64_t impair_missed(const struct run *r, const struct event *of);
struct mono impair_next(const struct run *r);

/* H goes on: it meets the rules that it has not met. */
enum impair_fate impair_again(struct run *r, const struct held *h);

/* Sends on what is due. TO_PORTS: only what goes out through a port, not to the harness itself. */
void impair_flush(struct run *r, bool to_ports);

/* --- the queue (impair_queue.c) ----------------------------------------------------------------
 */

struct held *impair_hold(struct run *r, enum way_id way, struct bytes frame, struct mono due,
                         size_t rule);              /* NULL: there is no more room */
void impair_passed(struct run *r, enum way_id way); /* a frame went by those that wait for it */
void impair_queue_free(struct impair *m);

/* Peer mode: the way out of our own gateway. */
static inline bool sent_by_peer(const struct run *r, enum way_id way)
{
    return way == WAY_OUT && !run_is_pair(r);
}

/* FRAME goes out, or to the harness, on WAY. REMARK NULL: it was recorded before, or is ordinary.
 */
void wan_emit(struct run *r, enum way_id way, struct bytes frame, const char *remark);

/* --- what is made up (inject.c, forge.c) -------------------------------------------------------
 */

void kept_add(struct impair *m, enum way_id way, struct bytes frame);

/* Sends the last frames kept that match; how many. */
size_t inject_kept(struct run *r, const struct plan_event *e);

/* Sends the IKE message DATAGRAM as the far gateway to the device. OF_SA: between the ports, and
 * the addresses, of the IKE SA that was seen last, on UDP 4500 behind a marker (RFC 3948, 2.2);
 * else between those of UDP 500, as a negotiation begins. False: there was no frame on that way
 * yet. */
bool inject_ike(struct run *r, const struct plan_event *e, bool of_sa, struct bytes datagram);

/* The messages of forge- and ike- events; how many went out. */
size_t forge_send(struct run *r, const struct plan_event *e);

#endif
