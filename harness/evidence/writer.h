/* The evidence of a run: one pcapng file (draft-ietf-opsawg-pcapng), written by appending whole
 * blocks, so that it is valid after a crash at any point. Interfaces are the five legs, all
 * Ethernet with nanosecond stamps and one snap length. */
#ifndef EVIDENCE_WRITER_H
#define EVIDENCE_WRITER_H

#include "base/bytes.h"
#include "base/clock.h"
#include "base/err.h"

enum evidence_leg { EV_BO_LAN, EV_WAN, EV_HO_LAN, EV_MGMT, EV_EVENTS, EV_LEGS };

#define EVIDENCE_SNAPLEN  65535u
#define EVIDENCE_HEAD_MAX 192u /* headers mode: frames up to this length are kept whole */

struct evidence_meta {
    struct bytes case_xml; /* plan's resolved XML */
    const char *version;   /* "holdfast 0.1.0" */
    uint64_t seed;
    bool headers_only;
    bool virtual_time;
    int64_t epoch_ns; /* Unix time of the run's clock zero */
};

struct evidence_writer;

/* Creates PATH (over an older file). WHY names it when it cannot be written. */
MUST_USE enum err evidence_create(const char *path, const struct evidence_meta *meta,
                                  struct evidence_writer **out, struct diag *why);

/* REMARK becomes the packet's comment; NULL: none. Errors are kept and told by evidence_close. */
void evidence_frame(struct evidence_writer *w, enum evidence_leg leg, struct mono when,
                    struct bytes frame, const char *remark);

/* One line on the events leg (see event_line.h). */
void evidence_event(struct evidence_writer *w, struct mono when, struct bytes line);

/* What a leg's capture received and lost, for its Interface Statistics Block at the end. */
void evidence_stats(struct evidence_writer *w, enum evidence_leg leg, uint64_t received,
                    uint64_t dropped);

/* Makes what was written so far durable in the file (not fsync). */
void evidence_flush(struct evidence_writer *w);

/* Writes statistics, closes, frees W. ERR_IO: some of it could not be written; the file is valid as
 * far as it goes. */
MUST_USE enum err evidence_close(struct evidence_writer *w, struct mono when, struct diag *why);

uint64_t evidence_bytes(const struct evidence_writer *w);
const char *evidence_leg_name(enum evidence_leg leg);

#endif
