/* Evidence read back as a stream: memory for one block, whatever the file's length. Reads every
 * pcapng of one section whose interfaces are named as legs. */
#ifndef EVIDENCE_READER_H
#define EVIDENCE_READER_H

#include "base/buf.h"
#include "evidence/writer.h"

struct evidence_reader;

struct evidence_record {
    uint64_t packet; /* number in the file, from 1, as Wireshark counts */
    enum evidence_leg leg;
    int64_t time_ns;       /* Unix time */
    struct bytes frame;    /* as kept; valid until the next call */
    size_t wire_len;       /* as it was: more than frame.n when cut */
    bool has_hash;         /* headers mode: hash of the TCP or UDP payload that was cut off */
    uint64_t payload_hash; /* see evidence/payload_hash.h */
    struct bytes remark;   /* comment; empty: none */
};

struct evidence_totals { /* known after the last record */
    uint64_t received[EV_LEGS], dropped[EV_LEGS];
    bool has_stats[EV_LEGS];
};

/* WHY: no pcapng, no legs, cut short at packet N (what came before was delivered all the same). */
MUST_USE enum err evidence_open(const char *path, struct evidence_reader **out, struct diag *why);

/* The same over bytes in memory, borrowed. */
MUST_USE enum err evidence_open_bytes(struct bytes file, struct evidence_reader **out,
                                      struct diag *why);

void evidence_reader_free(struct evidence_reader *r); /* NULL is fine */

/* The section's meta data. case_xml and version point into the reader. */
const struct evidence_meta *evidence_reader_meta(const struct evidence_reader *r);

/* ERR_END after the last whole record. ERR_SHORT or ERR_FORMAT: the file is damaged from here on.
 */
MUST_USE enum err evidence_next(struct evidence_reader *r, struct evidence_record *out);

const struct evidence_totals *evidence_totals(const struct evidence_reader *r);

#endif
