/* The devices' logs on the mgmt leg: bound to streams, held against what is expected, and how far
 * they can be trusted. For judge/ only. */
#ifndef JUDGE_LOGS_H
#define JUDGE_LOGS_H

#include "judge/flow.h"
#include "judge/log_channel.h"
#include "judge/log_rate.h"

#define SYSLOG_PORT 514

struct nearest { /* what came closest to an expectation that nothing met */
    int rank;    /* how much of it fitted; 0: there is none */
    uint64_t packet;
    int64_t time_ns;
    const char *line, *why;
};

struct log_watch {            /* of one <log> or <no-log> expectation */
    uint64_t count, searched; /* matches; messages that were looked at in its window */
    uint64_t packet, second;  /* of the first and second match */
    int64_t time_ns;
    const char *line;
    const char *wrong; /* of the first match whose account is not what was seen; NULL */
    uint64_t wrong_packet;
    const char *wrong_line;
    struct nearest nearest;
};

struct device_log {             /* of one device */
    uint64_t records, messages; /* datagrams, or lines over TCP; those with an ASA message */
    uint64_t by_severity[8];
    /* its own count, from the last `show logging` in a transcript */
    bool has_count;
    uint64_t said, lost_said; /* sent; given up */
    uint64_t seen_then;       /* records that had come when it said so */
    /* sessions: 113019, 713259, 713050, by phase */
    int64_t ended_ns;   /* last one; NEVER */
    int64_t phase1_ns;  /* last 713119; NEVER */
    unsigned phase1_up; /* 713119 */
};

struct answer_watch {  /* of one <answer> expectation */
    uint64_t n, lines; /* that hold its words; in all */
    uint64_t packet;   /* of the first that does */
    int64_t time_ns;
    const char *line, *first; /* it; the first of all. NULL: none */
};

struct logs {
    struct device_log device[SITES];
    struct answer_watch *answers;   /* by expectation of the plan */
    int asked, answering;           /* events: sent and not typed yet; being answered. -1: none */
    struct log_watch *watch;        /* by expectation of the plan */
    const char *vpn_context[SITES]; /* from the last `show asp table vpn-context`; NULL */
    bool in_vpn_context;
    struct log_channels channels; /* over TCP */
    struct log_tally *tally; /* captures of others: of what their mgmt leg has; NULL: nothing */
};

struct judge;

void logs_init(struct judge *j);
void logs_release(struct judge *j);
void log_frame(struct judge *j, const struct pkt *p);
/* A line of the device at SITE; true when it is about a stream. The record at hand says when. */
bool log_line(struct judge *j, int site, struct bytes line);
void log_console(struct judge *j, const struct line *l);

/* rule_answer.c: EVENT was sent; a line of a transcript. */
void answer_sent(struct judge *j, int event);
void answer_line(struct judge *j, struct bytes text);

/* log_bind.c: the stream that a message of the device at SITE is about; NULL: none, or it cannot be
 * told. */
struct jflow *log_bind(struct judge *j, int site, const struct asa_log *log);
/* The message names the addresses of F's hosts, whatever the ports. */
bool log_names_hosts(const struct asa_log *log, const struct jflow *f);

/* log_account.c: what the teardown LOG says about F that is not what was seen, as a sentence; NULL:
 * it agrees. To be asked when the message comes. */
const char *log_misaccount(struct judge *j, int site, const struct asa_log *log,
                           const struct jflow *f);

/* log_trust.c: NULL when the absence of message ID about F (NULL: about anything) in the log of the
 * device at SITE proves that it was not logged; else why it does not, as a sentence. */
const char *log_distrust(struct judge *j, int site, uint32_t id, const struct jflow *f);

/* What the trust rests on, for the report: "its 302013 is packet 27, and all of ... came". */
const char *log_proof(struct judge *j, int site, const struct jflow *f);

/* The first site >= SITE whose device's log X is about; SITES: no more. */
int log_site(const struct judge *j, const struct plan_expect *x, int site);

#endif
