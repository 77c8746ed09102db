/* Findings and figures while they are being made. For judge/ only. */
#ifndef JUDGE_FINDINGS_H
#define JUDGE_FINDINGS_H

#include "base/buf.h"
#include "judge/verdict.h"
#include "plan/plan.h"

/* What a finding rests on: decides what becomes of it when a gate stays shut. */
enum basis {
    BASIS_SEEN,    /* something wrong is in the evidence: stands in a run that was cut short */
    BASIS_MISSING, /* something is not in the evidence: says nothing when evidence is missing */
    BASIS_ALWAYS,  /* wrong whatever the stimulus did: clear text, altered bytes */
};

struct found {
    struct finding f;
    enum basis basis;
};

struct findings {
    struct arena *arena;
    struct found *list;
    size_t n, cap;
    struct metric *metrics;
    size_t nmetrics, cap_metrics;
    struct buf text;
};

void findings_init(struct findings *fs, struct arena *arena);
void findings_release(struct findings *fs);

/* The message is formatted to the arena. The result is valid until the next call. */
struct found *find_add(struct findings *fs, const char *rule, enum verdict v, enum basis basis,
                       const char *fmt, ...) PRINTF_LIKE(5, 6);

/* Where it stands in the case; which packet it is about. */
void found_place(struct found *f, const struct plan_expect *x);
void found_packet(struct found *f, uint64_t packet, const char *leg, int64_t time_ns);

void metric_number(struct findings *fs, const char *name, const char *stream, double v);
void metric_count(struct findings *fs, const char *name, const char *stream, uint64_t v);
void metric_text(struct findings *fs, const char *name, const char *stream, const char *text);
void metric_null(struct findings *fs, const char *name, const char *stream, const char *why);

/* A FAIL from number FROM on whose gate (before FROM) stayed shut is none: an unconfirmed stimulus
 * makes it UNRESOLVED, evidence that was cut off makes what is missing INCONCLUSIVE. A PASS because
 * something is missing is none either when evidence was cut off. */
void findings_temper(struct findings *fs, size_t from);

/* Sorts, and hands everything over. */
void findings_finish(struct findings *fs, struct judgement *out);

#endif
