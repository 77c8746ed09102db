/* One run of one case: hosts, legs, device and peer are built from the plan, the conversations are
 * played, the timeline is worked off, and everything seen goes into one evidence file. Judging is
 * not done here: whoever called reads the file back.
 *
 * Virtual time: everything in this process, repeatable byte for byte by its seed. Live: the device
 * is outside, on real interfaces. There is one exit, which restores the device and closes the
 * evidence, also after an interruption or an error.
 *
 * When a run is over. Every event was sent or cannot come any more, no stream waits for its start
 * time, every window of the case's expectations ("within", "resumes-within") has passed since its
 * event, and
 * - every stream has ended (played to its end, reset, or given up), and `settle` has passed since
 *   then and since the last event; or
 * - what has not ended stands still: no byte was delivered or acknowledged for `settle`, and for as
 *   long as it takes to know that none will be, and for the longest pause of its own conversation.
 *   Virtual time is free: 250 s, two of the longest pauses between retransmissions (120 s). Two,
 *   because the first one after an outage may be lost to bring the tunnel up. Live: two and a half
 *   times the outage before the last event, as a sender that doubles its pauses tries twice in that
 *   time; at least 5 s.
 * The case's timeout ends it in any case. */
#ifndef REPLAY_REPLAY_H
#define REPLAY_REPLAY_H

#include "base/err.h"
#include "base/log.h"
#include "plan/plan.h"

#include <signal.h>

/* Captures that were read, kept so that the next case need not read them again. */
struct replay_captures;

struct replay_captures *replay_captures_new(void);
void replay_captures_free(struct replay_captures *c); /* NULL is fine */

/* Reads PATH now, if it was not read before: what is forked later shares it. */
MUST_USE enum err replay_captures_load(struct replay_captures *c, const char *path,
                                       struct diag *why);

struct replay_progress {
    struct span run_time;        /* since the run began */
    uint64_t frames;             /* on all legs */
    uint64_t delivered, planned; /* bytes of all streams, both directions */
    const char *event;           /* id of the last event that was sent; NULL: none yet */
};

struct replay_live { /* names of interfaces; NULL: the leg is not there */
    const char *legs[LEG_COUNT];
    const char *drop_uid, *drop_gid; /* values of SUDO_UID and SUDO_GID, or NULL */
};

struct replay_options {
    uint64_t seed;
    int64_t epoch_ns;     /* Unix time of the run's clock zero. Virtual runs: a constant */
    const char *version;  /* "holdfast 0.1.0" */
    const char *evidence; /* path to write */
    const char *keys_dir; /* NULL, or where Wireshark's key tables are written */
    const char *psk;      /* the lab's pre-shared key; NULL: a fixed one */
    const char *fault;    /* seeded fault of the reference gateway; NULL: none */
    const struct replay_live *live;    /* NULL: virtual time */
    const volatile sig_atomic_t *stop; /* not 0: end the run as soon as may be; NULL: never */
    const struct log *log;             /* NULL: silent */
    void (*progress)(void *ctx, const struct replay_progress *p); /* now and then; NULL: none */
    void *progress_ctx;
};

enum replay_end {
    REPLAY_COMPLETE,    /* the plan was played to its end */
    REPLAY_INTERRUPTED, /* `stop` was raised */
    REPLAY_TIMEOUT,     /* the case's timeout passed (virtual or real) */
    REPLAY_LAB_ERROR,   /* harness, lab or device could not go on: `why` */
};

struct replay_result {
    enum replay_end end;
    struct span run_time;
    uint64_t frames;         /* on all legs */
    uint64_t evidence_bytes; /* of the file */
    char why[512];           /* LAB_ERROR: the sentence */
};

/* Runs P. ERR_OK: evidence was written and closed, however the run ended (see OUT->end). Else there
 * is no evidence file worth judging and WHY has the sentence: ERR_UNSUPPORTED when the device
 * cannot do what the case wants (the case is SKIPPED), ERR_NOTFOUND and ERR_INVALID for captures,
 * streams and configurations that do not fit, ERR_IO for files and interfaces. */
MUST_USE enum err replay_run(const struct plan *p, struct replay_captures *captures,
                             const struct replay_options *opts, struct replay_result *out,
                             struct diag *why);

#endif
