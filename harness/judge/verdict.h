/* What judging says: one verdict a case, built from findings. A value without pointers into
 * evidence; reports are made from it. */
#ifndef JUDGE_VERDICT_H
#define JUDGE_VERDICT_H

#include "base/arena.h"
#include "base/bytes.h"
#include "wire/addr.h"

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

#define LOGS_KEPT 4096

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

/* What became of the bytes that the host at one site sent. */
struct way_outcome {
    uint64_t sent_unique_bytes, delivered_unique_bytes, lost_bytes;
    uint64_t altered_bytes; /* of the segments in which the two LANs differ */
    bool has_sent, has_delivered;
    int64_t stall_max_ns;   /* 0: none */
    int64_t stall_start_ns; /* Unix time; 0: none */
    int64_t recovery_ns;    /* from the last event before that stall's end to its end; -1: none */
    uint64_t retransmitted_packets;
};

struct reset_outcome {
    int64_t time_ns;
    const char *by; /* bo, ho, device, peer */
    uint64_t packet;
    const char *leg;
};

struct stream_outcome {
    const char *id;                 /* of the case; NULL */
    const char *bo, *ho;            /* "IP:PORT" as its hosts know them */
    struct endpoint bo_end, ho_end; /* the same */
    const char *class_name, *why;
    bool is_tcp;
    struct way_outcome to_bo, to_ho;
    struct reset_outcome *resets;
    size_t nresets;
    const char *torn; /* the reason of its first 302014; NULL: none was logged */
    int64_t torn_ns;
};

struct sa_outcome {
    uint32_t spi;
    const char *src, *dst, *encapsulation; /* ip, udp, tcp */
    const char *moved_src, *moved_dst;     /* after one of them has changed; NULL: none has */
    int64_t moved_ns;                      /* the last time */
    int64_t first_ns, last_ns;
    uint64_t packets, missing;
    bool deleted; /* a Delete was seen, or its end was logged or told */
    /* by opened IKE messages */
    int64_t up_ns, down_ns; /* agreed, deleted; 0: not said */
    bool rekeys;
    uint32_t old_spi; /* of the one it took the place of */
};

struct ike_outcome { /* an IKE message on the WAN */
    int64_t time_ns;
    uint64_t packet;
    const char *src, *dst;
    uint8_t version;
    const char *exchange;
    const char *spi_i, *spi_r; /* hex */
    uint32_t message_id;
    bool is_response; /* IKEv2 */
    bool is_sealed, is_opened, is_again;
    bool matters;         /* what was opened is about SAs */
    const char *contents; /* payloads with SPIs and notifies by name; NULL: not known */
};

struct log_outcome { /* a device's message about a connection or the tunnel */
    uint64_t packet;
    int64_t time_ns;
    const char *line;
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
    struct stream_outcome *streams;
    size_t nstreams;
    struct sa_outcome *sas;
    size_t nsas;
    struct ike_outcome *ikes; /* of captures of others */
    size_t nikes;
    struct log_outcome *logs; /* the first LOGS_KEPT of them */
    size_t nlogs;
    uint64_t logs_seen; /* messages of devices, all */
    uint64_t packets;   /* records judged */
};

void judgement_free(struct judgement *j); /* NULL is fine */

#endif
