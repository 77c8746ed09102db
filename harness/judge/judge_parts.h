/* What the files of judge/ share. Not for others: use judge/judge.h.
 *
 * Evidence is read once, record by record, in time order. Windows of expectations open when the
 * event they count from was sent, so everything is decided as it comes and little is kept. */
#ifndef JUDGE_JUDGE_PARTS_H
#define JUDGE_JUDGE_PARTS_H

#include "base/buf.h"
#include "base/map.h"
#include "crypto/hash.h"
#include "esp/esp.h"
#include "evidence/event_line.h"
#include "judge/judge.h"
#include "track/tcp_dir.h"
#include "wire/asa_log.h"
#include "wire/pkt.h"

#define STALL_MIN_NS INT64_C(200000000)  /* METRICS 3.3: shorter pauses are no stall */
#define GRACE_NS     INT64_C(1000000000) /* what was under way when something happened */
#define MS           1000000.0
#define NEVER        INT64_MIN

enum { BO, HO, SITES }; /* index of sites, and of directions by their sender */

struct progress {     /* of one direction at its receiver's leg */
    int64_t last_ns;  /* last new in-order byte; NEVER: none yet */
    int64_t in_order; /* position */
    int64_t stall_max_ns, stall_start_ns, stall_total_ns;
    unsigned stalls;
};

struct piece { /* of a direction, seen before its predecessors */
    int64_t pos;
    uint64_t len, hash;
    uint8_t *data; /* NULL: only the hash is there */
    struct piece *next;
};

struct bytes_seen { /* what passed a leg in order, digested */
    int64_t next;   /* position */
    struct piece *pending;
    size_t npending;
    uint64_t hash;
    struct sha256 *sha; /* NULL once bytes were missing */
    bool broken;        /* the hash cannot be told any more */
};

struct leg_dir { /* one direction of a stream on one LAN leg */
    struct tcp_dir tcp;
    struct bytes_seen seen;
    uint64_t datagrams, datagram_bytes;
    int64_t first_ns, last_data_ns;
    uint64_t triple_dupacks;
    unsigned dupack_run;
};

struct after_event {          /* of one stream: the longest silence that ended after an event */
    int64_t start_ns, end_ns; /* end NEVER: none ended yet */
    int64_t datagram_ns;      /* first datagram delivered after it; NEVER */
    uint64_t data_packets;    /* with payload, on either LAN, since */
};

struct jstream {
    const char *id;
    int plan; /* index in the plan; -1 */
    unsigned proto;
    struct endpoint at[SITES];
    int opener;
    uint64_t total[SITES];            /* bytes to be sent, by sender */
    char sha[SITES][65];              /* expected; "": not said */
    struct leg_dir dir[SITES][SITES]; /* [leg][sender] */
    struct progress progress[SITES];  /* by sender */
    struct after_event *after;        /* by event */
    int64_t first_syn_ns, handshake_ns;
    /* logs of it */
    bool built_seen[SITES], torn_logged;
    uint64_t conn_id_before, conn_id_after; /* 302013, 302014 */
    int64_t torn_ns;
    uint64_t torn_packet;
    char torn_reason[64];
    unsigned teardowns, denied; /* 302014; 106015 */
    /* resets */
    unsigned resets_by[4]; /* enum plan_reset_by */
    int64_t reset_ns;
    uint64_t reset_packet;
    const char *reset_leg;
    int reset_maker;
    bool reset_sent[SITES]; /* a host sent one itself */
    /* host lines */
    bool has_host[SITES];
    char host_state[SITES][24];
    uint64_t host_delivered[SITES], host_altered[SITES], host_rexmt[SITES], host_rexmt_bytes[SITES],
        host_rto[SITES], host_fast[SITES];
};

struct jevent {
    const char *id, *action;
    int plan;
    int64_t sent_ns, confirmed_ns; /* NEVER */
    bool failed;
    const char *detail, *reason;
    uint64_t stream_offset;
};

struct sa_seen { /* ESP on wan, by SPI and destination */
    uint32_t spi;
    struct ip_addr src, dst;
    int64_t first_ns, last_ns;
    uint64_t first_packet, last_packet, packets;
    uint32_t first_seq, high_seq;
    uint64_t replays, gaps;
    bool down_said;
    int64_t up_ns, down_ns;
    const char *down_reason;
    struct esp_sa *key; /* NULL: not known */
};

struct log_match { /* of one expectation */
    unsigned count;
    uint64_t packet;
    int64_t time_ns;
    const char *line;
    uint64_t near_packet; /* the nearest thing to it: right id and window, something else wrong */
    const char *near_line, *near_why;
};

struct ike_sa_seen {
    int64_t up_ns;
    bool rekey;
};

struct judge {
    struct judgement *out;
    struct arena *arena;
    const struct plan *plan; /* NULL: only classifies */
    const struct evidence_meta *meta;
    struct evidence_record rec; /* being judged */
    struct buf value, text;
    struct jstream *streams;
    size_t nstreams;
    struct jevent *events;
    size_t nevents;
    struct log_match *logs; /* by expectation of the plan */
    struct sa_seen *sas;
    size_t nsas, cap_sas;
    size_t last_sa;
    struct ike_sa_seen ikes[64];
    size_t nikes;
    uint64_t ike_packets;
    uint64_t clear_packets, clear_first;
    char clear_what[96];
    uint64_t syslog_seen[SITES], syslog_said[SITES], syslog_lost[SITES];
    bool has_syslog_said[SITES];
    uint64_t bad_log_lines;
    struct map inner[2]; /* hashes of inner packets: out of ESP, and into it */
    uint32_t *inner_counts;
    uint64_t decrypted, decrypt_mismatch, decrypt_failed, mismatch_packet;
    uint8_t *plain;
    bool has_end;
    char end_state[24], end_reason[256];
    int64_t first_ns, last_ns;
    uint64_t dropped;
    int64_t late_max_us;
    bool damaged;
    struct finding *findings;
    size_t nfindings, cap_findings;
    struct metric *metrics;
    size_t nmetrics, cap_metrics;
};

/* findings.c */
struct finding *find_add(struct judge *j, const char *rule, enum verdict v, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void find_at(struct finding *f, const struct plan_expect *x);
void metric_number(struct judge *j, const char *name, const char *stream, double v, bool integer);
void metric_text(struct judge *j, const char *name, const char *stream, const char *text);
void metric_null(struct judge *j, const char *name, const char *stream, const char *why);
void findings_finish(struct judge *j);
const char *keep_text(struct judge *j, struct bytes b);

/* event_lines.c */
void event_line_take(struct judge *j, struct bytes line);
struct jevent *event_of(struct judge *j, int plan_index); /* NULL */
double since_event_s(const struct judge *j, int plan_event, int64_t ns);

/* Is NS inside X's window? */
bool in_window(const struct judge *j, const struct plan_window *w, int64_t ns);

/* bytes_seen.c */
void bytes_take(struct bytes_seen *s, int64_t pos, uint64_t len, struct bytes data, bool has_hash,
                uint64_t hash);
void bytes_release(struct bytes_seen *s);

/* streams.c */
void stream_take(struct judge *j, int leg, const struct pkt *p);
struct jstream *stream_by_plan(struct judge *j, int index);

/* logs.c */
void log_take(struct judge *j, const struct pkt *p);
void console_take(struct judge *j, int site, struct bytes line);

/* wan.c */
void wan_take(struct judge *j, const struct pkt *p);
void inner_take(struct judge *j, const struct pkt *p); /* a frame on the peer's own LAN */
struct sa_seen *sa_find(struct judge *j, uint32_t spi, const struct ip_addr *dst, bool make);

/* gates.c, rules_*.c, metrics.c */
void gates_judge(struct judge *j);
void rule_log(struct judge *j, size_t i, const struct plan_expect *x);
void rule_no_log(struct judge *j, size_t i, const struct plan_expect *x);
void rule_stream(struct judge *j, const struct plan_expect *x);
void rule_no_cleartext(struct judge *j, const struct plan_expect *x);
void rule_tunnel(struct judge *j, const struct plan_expect *x);
void rule_reset(struct judge *j, const struct plan_expect *x);
void rule_decrypt(struct judge *j);
void metrics_make(struct judge *j);

/* The sender whose bytes matter more, and whether all of them arrived at the other LAN. */
int larger_sender(const struct jstream *s);
bool direction_complete(const struct jstream *s, int sender);
bool is_complete(const struct jstream *s);

#endif
