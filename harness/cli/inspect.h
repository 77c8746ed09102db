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
    const struct inspect_filter *filter; /* borrowed; never NULL */
    bool quiet;                          /* the table for a person has only what went wrong */
};

/* False: the file could not be read; TROUBLE says why. Released in any case. O: as for
 * scan_file_with; its filter must be set. */
bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules,
                  const struct scan_options *o);
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

/* Whether flow F is told of. */
bool inspect_keeps(const struct inspection *i, const struct flow *f);

/* How bad it is, from 0: nothing, 1: something was sent again or out of order, 2: a stall, 3: it
 * was reset, or bytes are missing. */
#define INSPECT_STALL_NS                                                                           \
    INT64_C(3000000000) /* a pause this long in a direction that is not done                       \
                         */
int inspect_trouble(const struct flow *f);

/* What became of a TCP stream, in a line: "download 10.0.0.1:1135 < 10.1.0.1:80: 53947 bytes
 * in 41.2 s, 3 packets sent again, silent 36.2 s up to 14:02:47, then went on; FIN". */
void inspect_story(const struct flow *f, enum tcp_rules rules, struct buf *out);

/* A line for a flow, comma-separated, behind one of names. */
void inspect_csv(const struct inspection *i, struct inspect_out *out, bool names);

/* A table for a person: the worst first, then by bytes. */
void inspect_text(const struct inspection *i, struct inspect_out *out);

#endif
