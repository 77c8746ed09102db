/* What judging says: one verdict a case, built from findings. A value without pointers into
 * evidence; reports are made from it. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "base/arena.h"
#include "base/bytes.h"

/* X(id, name), from best to worst. The worst finding is the verdict; of equals the first counts. */
#define VERDICTS(X)                                                                                \
    X(PASS, "PASS")                                                                                \
    X(SKIPPED, "SKIPPED")                                                                          \
    X(INCONCLUSIVE, "INCONCLUSIVE") /* evidence is missing: no word about the device */            \
    X(UNRESOLVED, "UNRESOLVED")     /* the stimulus did not bite */                                \
    X(FAIL, "FAIL")                                                                                \
    X(ERROR, "ERROR") /* lab or harness */

enum verdict {
#define X(id, name) VERDICT_##id,
    VERDICTS(X)
#undef X
        VERDICT_COUNT
};

const char *verdict_name(enum verdict v);

struct finding {
    const char *rule; /* "no-log", "gate", ... never changes: reports key on it */
    enum verdict verdict;
    const char *message; /* a sentence with the numbers that matter */
    const char *file;    /* of the expectation; NULL: none */
    int line;
    uint64_t packet; /* in the evidence file; 0: none */
    const char *leg; /* NULL: none */
    int64_t time_ns; /* Unix time of that packet; 0: none */
};

/* A figure of METRICS: a number with its unit in the name, or why there is none. */
struct metric {
    const char *name;
    const char *stream; /* NULL: of the whole case */
    bool is_null;
    double value;
    bool is_integer;
    const char *text; /* a value that is words or hex; NULL: a number */
    const char *why_null;
};

struct event_outcome {
    const char *id, *action, *state; /* planned, sent, confirmed, failed */
    const char *source;              /* evidence, ike, esp */
    int64_t time_ns;                 /* of sending; 0: never */
    int64_t run_ns;                  /* the same since the run began */
};

struct judgement {
    struct arena arena;
    const char *case_id; /* NULL: judged without a case */
    enum verdict verdict;
    struct finding *findings; /* worst first; one PASS finding per rule that held */
    size_t nfindings;
    struct metric *metrics;
    size_t nmetrics;
    struct event_outcome *events;
    size_t nevents;
    uint64_t packets; /* records judged */
};

void judgement_free(struct judgement *j); /* NULL is fine */

#endif
