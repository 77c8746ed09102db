/* What happened in a run, by its own account: events, when windows open and shut, what the legs
 * lost, how the run ended. For judge/ only. Times are Unix nanoseconds, as in the evidence. */
#ifndef JUDGE_TIMELINE_H
#define JUDGE_TIMELINE_H

#include "evidence/reader.h"
#include "judge/lines.h"
#include "plan/plan.h"

#define NEVER           INT64_MIN
#define TIMELINE_EVENTS 256 /* of evidence judged without a plan; more are ignored */

struct jevent {
    const char *id, *action_name;
    enum plan_action action; /* ACTION_COUNT: a word we do not know */
    bool by_device;
    const struct plan_event *spec; /* NULL: judged without a plan */
    int64_t sent_ns, confirmed_ns; /* NEVER */
    uint64_t sent_packet;          /* of the event line */
    bool failed;
    const char *detail, *reason; /* NULL: not said */
};

struct leg_facts {
    uint64_t frames;
    bool said;             /* there is a `port` line of it */
    uint64_t dropped_said; /* by that line */
    int64_t late_max_us;
};

enum run_end { RUN_NONE, RUN_COMPLETE, RUN_INTERRUPTED, RUN_TIMEOUT, RUN_ERROR, RUN_OTHER };

struct timeline {
    struct arena *arena;
    const struct plan *plan;
    struct jevent *events; /* with a plan: in its order */
    size_t n, cap;
    bool any_sent;
    int64_t first_ns, last_ns; /* of all records; NEVER */
    uint64_t last_packet;
    struct leg_facts legs[EV_LEGS];
    uint64_t dropped[EV_LEGS]; /* known at the end */
    bool captured[EV_LEGS];    /* the same: the leg was there */
    enum run_end end;
    const char *end_word, *end_reason;
    bool damaged;
    const char *damage;
};

void timeline_init(struct timeline *t, struct arena *arena, const struct plan *plan);

/* Lines about events. Returns the index of the event that was sent now, or -1. */
int timeline_event(struct timeline *t, const struct line *l, int64_t now, uint64_t packet);
void timeline_port(struct timeline *t, const struct line *l);
void timeline_run_end(struct timeline *t, const struct line *l);

/* The evidence is over: E of evidence_next, and what the file's statistics say. */
void timeline_finish(struct timeline *t, enum err e, const struct evidence_totals *totals);

/* NULL: no such event. INDEX is one of the plan's. */
const struct jevent *timeline_get(const struct timeline *t, int index);

/* When the stimulus took effect: the command was given (device), else it showed on the wire. NEVER:
 * it was not sent. */
int64_t event_time(const struct jevent *e);

/* The window [*from, *to) as far as it is known now. False: it has not opened. */
bool window_bounds(const struct timeline *t, const struct plan_window *w, int64_t *from,
                   int64_t *to);
bool window_has(const struct timeline *t, const struct plan_window *w, int64_t ns);

/* "0.400 s after event cut", "3.200 s after the start": since the event W counts from, or the last
 * one before NS. */
const char *say_when(const struct timeline *t, const struct plan_window *w, int64_t ns);

/* " within 2.000 s of event cut", " after event cut", "": where W looks. */
const char *say_window(const struct timeline *t, const struct plan_window *w);

/* Evidence is there to its end, so that what is not in it did not happen. */
bool timeline_is_whole(const struct timeline *t);

/* The harness sent up to this late; 0 in virtual time. */
int64_t timeline_late_ns(const struct timeline *t);

static inline double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

#endif
