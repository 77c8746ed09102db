/* What our own evidence files say beside the frames: see doc/evidence.md. For evidence/ only. */
#ifndef EVIDENCE_FORMAT_H
#define EVIDENCE_FORMAT_H

#include "base/buf.h"
#include "evidence/writer.h"

/* The option epb_hash of a frame without its payload: one byte says which hash, eight bytes, most
 * significant first, are its value. The draft numbers its hashes from 0 to 5. */
#define EVIDENCE_HASH_ALGORITHM 61
#define EVIDENCE_HASH_LEN       9

/* The section's first comment: one line of META but for the case and the version. */
void evidence_format_put(struct buf *line, const struct evidence_meta *meta);

/* ERR_NOTFOUND: the line is no such line. ERR_UNSUPPORTED: of a later format. ERR_FORMAT. */
MUST_USE enum err evidence_format_parse(struct bytes line, struct evidence_meta *out);

#endif
