/* Does a device's log hold all that it should? Signs that messages were held back or lost: sequence
 * numbers that jump (where a relay puts them), counts per second that stand at a ceiling as with
 * `logging rate-limit`, the command itself being typed (111008, 111010), a device that says that it
 * is overrun (733100: threat rates exceeded; 414003, 414005: its log host does not answer), and
 * relays that fold lines together ("last message repeated 3 times").
 *
 * A ceiling is a suspicion with a rule: of the busy seconds (more than half of the highest count),
 * at least half have exactly that count, CEILING_SECONDS or more, of CEILING_COUNT messages or more
 * of one severity. Load of its own accord varies; a flow that is polled exactly so often would look
 * the same. Memory is fixed. */
#ifndef JUDGE_LOG_RATE_H
#define JUDGE_LOG_RATE_H

#include "wire/asa_log.h"

#define CEILING_COUNT   10u
#define CEILING_SECONDS 5u
#define RATE_MAX        4096u /* higher counts per second are taken as this one */

enum { SEVERITIES = 8 };

struct log_rate {
    struct {
        int64_t second;                 /* being counted */
        uint32_t count;                 /* 0: none yet */
        uint32_t seconds[RATE_MAX + 1]; /* how many had so many messages */
    } of[SEVERITIES];
    bool has_sequence;
    uint64_t sequence; /* the highest one */
    uint64_t jumps, missing;
    uint64_t commands, overruns, unheard, folded; /* see above, in that order */
};

struct log_ceiling {
    unsigned severity;
    uint32_t count;    /* messages a second */
    uint32_t at, busy; /* seconds with just so many, of so many busy ones */
};

struct log_rate *log_rate_new(void);
void log_rate_free(struct log_rate *r); /* NULL is fine */

/* A line, in the order of the log. LOG: NULL when it is none of a device. SECOND: of its own clock;
 * negative: not known. */
void log_rate_add(struct log_rate *r, struct bytes line, const struct asa_log *log, int64_t second);

/* After the last line: puts the ceilings that there are to OUT and returns how many. */
size_t log_rate_ceilings(struct log_rate *r, struct log_ceiling out[static SEVERITIES]);

#endif
