/* What `holdfast inspect` says of one capture. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "base/buf.h"
#include "cli/scan.h"

struct inspection {
    const char *path;
    struct scan scan;
    bool good; /* else it could not be read: `trouble` */
    struct diag trouble;
    enum tcp_rules rules;
};

/* False: the file could not be read; TROUBLE says why. Released in any case. DIGESTS: as for
 * scan_file. */
bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules, bool digests);
void inspect_release(struct inspection *i);

/* Where a report goes piece by piece: that of a million flows is not held in memory. */
struct inspect_out {
    struct buf b;                 /* what is not yet out */
    void (*flush)(struct buf *b); /* writes it and clears it */
};

/* To be called between flows: flushes when there is enough. */
void inspect_flush(struct inspect_out *out);

/* One object, as DESIGN 8 has it. */
void inspect_json(const struct inspection *i, struct inspect_out *out);

/* A table for a person. */
void inspect_text(const struct inspection *i, struct inspect_out *out);

#endif
