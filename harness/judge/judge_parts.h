/* What the files of judge/ share. Not for others: use judge/judge.h.
 *
 * Evidence is read once, record by record, in time order. Windows of expectations open when the
 * event they count from was sent, so everything is decided as it comes: memory is for live flows.
 */
#ifndef JUDGE_JUDGE_PARTS_H
#define JUDGE_JUDGE_PARTS_H

#include "judge/findings.h"
#include "judge/flow.h"
#include "judge/history.h"
#include "judge/judge.h"
#include "judge/logs.h"
#include "judge/timeline.h"
#include "judge/wan.h"
#include "track/fragments.h"

struct packet_watch {   /* of one <packet> expectation */
    uint64_t n, packet; /* that fit; the first of them */
    int64_t time_ns;
    uint16_t mss; /* a larger one than may be; 0: none */
    uint64_t mss_packet;
    uint64_t isn_packet; /* the first whose sequence number is not as it should; 0: none */
};

struct ike_watch {      /* of one <ike> expectation */
    uint64_t n, packet; /* messages that fit; the first of them */
    int64_t time_ns;
};

struct judge {
    struct judgement *out;
    struct arena *arena;
    const struct plan *plan; /* NULL: only classifies */
    const struct evidence_meta *meta;
    struct history *history;    /* captures of others: what the events are found from; NULL */
    struct evidence_record rec; /* being judged; its time is never negative */
    struct buf value;
    struct timeline tl;
    struct jflows flows;
    struct wan wan;
    struct logs logs;
    struct findings fs;
    struct stream_watch *watches;      /* by expectation */
    struct reset_watch *reset_watches; /* the same */
    struct packet_watch *packets;      /* the same */
    struct ike_watch *ikes;            /* the same */
    bool counts_packets, has_outside;
    struct fragments *fragments[EV_LEGS], *inner_fragments;
};

/* The site whose LAN is the peer's own; SITES: there is none (pair mode, no plan). */
int judge_peer_site(const struct judge *j);

/* Something came later than it may by EXCESS: is the harness's own lateness reason enough? */
bool judge_blames_lateness(const struct judge *j, int64_t excess_ns);

/* Cut, made to fit one line. */
const char *judge_quote(struct judge *j, struct bytes line);

/* gates.c */
void gates_judge(struct judge *j);

/* rule_*.c */
void rule_log(struct judge *j, size_t i, const struct plan_expect *x);
void rule_no_log(struct judge *j, size_t i, const struct plan_expect *x);
void rule_stream(struct judge *j, size_t i, const struct plan_expect *x);
void rule_no_cleartext(struct judge *j, size_t i, const struct plan_expect *x);
/* rule_settled.c: what is left at the end of [FROM, TO). */
struct found *judge_settled(struct judge *j, const struct plan_expect *x, int64_t from, int64_t to);
void rule_tunnel(struct judge *j, size_t i, const struct plan_expect *x);
void rule_reset(struct judge *j, size_t i, const struct plan_expect *x);
void rule_esp(struct judge *j);
void rule_answer(struct judge *j, size_t i, const struct plan_expect *x);
void rule_decrypt(struct judge *j);

/* rule_ike.c */
void rule_ike(struct judge *j, size_t i, const struct plan_expect *x);
void ike_message(struct judge *j, const struct ip *ip, const struct isakmp_hdr *h,
                 struct bytes message);

/* rule_packet.c */
void rule_packet(struct judge *j, size_t i, const struct plan_expect *x);
void packet_init(struct judge *j);
void packet_fragment(struct judge *j, const struct pkt *p); /* a frame of its own */
void packet_whole(struct judge *j, const struct pkt *p);    /* put together */

/* rule_stream_continuous.c */
struct found *stream_continuous(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                                const struct stream_watch *w);
/* rule_stream_datagrams.c */
struct found *stream_datagrams(struct judge *j, const struct jflow *f, const struct plan_expect *x,
                               const struct stream_watch *w);
/* A FAIL about time, which is INCONCLUSIVE when the harness itself was late enough to be why. */
struct found *stream_timing(struct judge *j, int64_t excess_ns, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* "dl stands still at 3 of 5 bytes for the last 2.000 s" */
const char *say_stuck(struct judge *j, const struct jflow *f);
/* Whether the devices' logs can prove that no teardown was logged (NULL); else why not. */
const char *logs_blind(struct judge *j, const struct jflow *f);

/* N4: incomplete, neither torn nor reset, and still to the end. */
bool stream_is_silent(const struct judge *j, const struct jflow *f, const struct plan_window *w);
const char *say_silent(struct judge *j, const struct jflow *f, const struct plan_window *w);

/* What became of the tunnel's SAs in a window, by direction. */
struct sa_change {
    const struct sa *old;   /* the last one in use when the window opened; NULL */
    const struct sa *fresh; /* the first to come into use in it; NULL */
    const struct sa *next;  /* the next one after that; NULL */
    const struct sa *stuck; /* in use long after `fresh` was; NULL */
    uint64_t packets;       /* that got through in the window, as far as the SAs tell */
};

/* Pauses between an SA and its successor. */
struct sa_switch {
    int64_t hole_ns[DIRECTIONS]; /* from the old one's last packet to the new one's first; negative:
                                    overlap. NEVER: no switch */
};

void tunnel_changes(const struct judge *j, int64_t from, int64_t to,
                    struct sa_change out[static DIRECTIONS]);
/* The worst switch that began at or after FROM. */
struct sa_switch tunnel_switch(const struct judge *j, int64_t from);

/* take.c: one record, and what is made of it */
struct judge *judge_begin(const struct evidence_meta *meta, const struct plan *plan);
void judge_take_frame(struct judge *j);              /* j->rec */
void judge_take_pkt(struct judge *j, struct pkt *p); /* the same, taken apart already */
void judge_release(struct judge *j);

/* outcomes.c: streams, SAs and logs for the report */
void judge_outcomes(struct judge *j);

/* metrics_*.c */
void metrics_case(struct judge *j);
void metrics_stream(struct judge *j, const struct jflow *f);

#endif
