/* Does a device's log hold all that it should? Signs that messages were held back or lost: sequence
 * numbers that jump (where a relay puts them), counts per second that stand at a ceiling as with
 * `logging rate-limit`, the command itself being typed (111008, 111010), a device that says that it
 * is overrun (733100: threat rates exceeded; 414003, 414005: its log host does not answer), and
 * relays that fold lines together ("last message repeated 3 times").
 *
 * A ceiling has a rule: of the busy seconds (more than half of the highest count), at least half
 * have exactly that count, CEILING_SECONDS or more, of CEILING_COUNT messages or more of one
 * severity. A load that never varies looks the same, so it takes evidence to say which of the two
 * it is: a device numbers its connections one by one (302013, 302015), and a limit that drops what
 * comes late in a second leaves holes behind the full ones. Holes in as many of the other seconds
 * come from something else. Memory is fixed. */
#ifndef JUDGE_LOG_RATE_H
#define JUDGE_LOG_RATE_H

#include "wire/asa_log.h"

#define CEILING_COUNT   10u
#define CEILING_SECONDS 5u
#define RATE_MAX        4096u /* higher counts per second are taken as this one */

enum { SEVERITIES = 8 };

/* A second of one severity, as far as connections go. */
struct log_second {
    uint32_t count;   /* messages */
    uint32_t built;   /* with the number of a connection */
    uint64_t missing; /* numbers that were given out behind one of these, and not seen */
};

struct log_rate {
    struct {
        int64_t second;         /* being counted */
        struct log_second now;  /* count 0: none yet */
        struct log_second last; /* the latest one before it with a number; built 0: none yet */
        struct {
            uint32_t all;      /* seconds that had so many messages */
            uint32_t numbered; /* of these, those with the number of a connection */
            uint32_t holed;    /* of those, those with numbers missing behind them */
        } seconds[RATE_MAX + 1];
        uint64_t highest; /* number of a connection; 0: none yet */
    } of[SEVERITIES];
    bool has_sequence;
    uint64_t sequence; /* the highest one */
    uint64_t jumps, missing;
    uint64_t last_number, number_jumps, numbers_missing; /* of connections: they count up by one */
    uint64_t commands, overruns, unheard, folded;        /* see above, in that order */
};

enum log_ceiling_kind {
    CEILING_LIMIT,   /* numbers are missing behind half of the full seconds, and seldom elsewhere */
    CEILING_UNKNOWN, /* nothing tells: no numbers, or some are missing everywhere */
    CEILING_LOAD,    /* it is all there */
};

struct log_ceiling {
    enum log_ceiling_kind kind;
    unsigned severity;
    uint32_t count;           /* messages a second */
    uint32_t at, busy;        /* seconds with just so many, of so many busy ones */
    uint32_t numbered, holed; /* of those AT it: see struct log_rate */
};

struct log_tally {                   /* of the log lines in captures of others */
    uint64_t lines, messages, bound; /* messages: of an ASA; bound: about streams */
    bool holes;                      /* some came over TCP, and a part of it is missing */
    struct log_rate *rate;
};

struct log_rate *log_rate_new(void);
void log_rate_free(struct log_rate *r); /* NULL is fine */

/* A line, in the order of the log. LOG: NULL when it is none of a device. SECOND: of its own clock;
 * negative: not known. */
void log_rate_add(struct log_rate *r, struct bytes line, const struct asa_log *log, int64_t second);

/* After the last line: puts the ceilings that there are to OUT and returns how many. */
size_t log_rate_ceilings(struct log_rate *r, struct log_ceiling out[static SEVERITIES]);

#endif
