/* What `holdfast inspect` says of one capture. */
#ifndef CLI_INSPECT_H
#define CLI_INSPECT_H

#include "base/buf.h"
#include "cli/scan.h"
#include "traffic/capture.h"

struct inspection {
    const char *path;
    struct capture *capture; /* NULL: could not be read; then `trouble` */
    struct scan scan;
    struct diag trouble;
    enum tcp_rules rules;
};

/* False: the file could not be read; TROUBLE says why. Released in any case. DIGESTS: as for
 * scan_file. */
bool inspect_read(struct inspection *i, const char *path, enum tcp_rules rules, bool digests);
void inspect_release(struct inspection *i);

/* The flow of each TCP stream by its number, NULL where there is none, in ARENA. */
const struct flow *const *inspect_flows(const struct inspection *i, struct arena *arena);

/* One object, as DESIGN 8 has it. */
void inspect_json(const struct inspection *i, struct buf *out);

/* A table for a person. */
void inspect_text(const struct inspection *i, struct buf *out);

#endif
