/* Compressed files as plain streams: gzip and zstd, told by their first bytes. */
#ifndef TRAFFIC_INFLATE_H
#define TRAFFIC_INFLATE_H

#include "base/err.h"

#include <stdio.h>

/* What a file may grow to: a few bytes can stand for terabytes. */
#define INFLATE_BYTES_MAX (UINT64_C(64) << 30)
#define INFLATE_RATIO_MAX 2000u /* beyond the first GiB; real captures stay below 100 */

struct inflate_state {
    enum err err; /* why the stream ended early; ERR_OK: it did not */
    char text[128];
};

/* Takes FILE, open for reading and at its beginning, and gives a stream of its plain content: FILE
 * itself when it is not compressed, else one that inflates while it is read and closes FILE with
 * itself. STATE (borrowed until the stream is closed) says afterwards whether the compressed data
 * was whole. A FILE that cannot be wound back (a pipe) must be
 * unbuffered. NULL on failure, with FILE closed. */
FILE *inflate_stream(FILE *file, struct inflate_state *state);

#endif
