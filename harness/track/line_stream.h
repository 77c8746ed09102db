/* Lines out of one direction of a TCP connection: syslog records ended by LF or led by their length
 * (RFC 6587, 3.4.2 and 3.4.1: "155 <166>..."), told apart record by record, in the order of the
 * stream whatever the order of the segments, each once. */
#ifndef TRACK_LINE_STREAM_H
#define TRACK_LINE_STREAM_H

#include "base/buf.h"
#include "track/tcp_dir.h"

#define LINE_STREAM_LINE_MAX 65536u /* longer ones are cut into pieces of this length */
#define LINE_STREAM_AHEAD    64u    /* segments kept that came before their time */

struct line_ahead {
    uint32_t seq;
    struct buf data;
};

struct line_stream {
    bool started;
    uint32_t first, next; /* sequence numbers of its first byte, and of the one waited for */
    bool joined;          /* begun in the middle: the first line is not whole, and left out, unless
                             it is led by its length */
    bool heads;           /* a length may lead what comes */
    size_t counted; /* bytes still to come of a record whose length is known; 0: it has none */
    struct buf line;
    struct line_ahead ahead[LINE_STREAM_AHEAD];
    size_t nahead;
    uint64_t given_up; /* segments that came before their time and found no room */
};

void line_stream_init(struct line_stream *s);
void line_stream_release(struct line_stream *s);

/* Takes the next segment that a tap saw, and calls TAKE for every line that is whole now, without
 * its end. A SYN with another number begins anew (the same one is a repetition). */
void line_stream_add(struct line_stream *s, const struct tcp_seg *seg,
                     void (*take)(void *ctx, struct bytes line), void *ctx);

/* Something that was sent has not been seen: lines may be missing. */
bool line_stream_has_hole(const struct line_stream *s);

#endif
