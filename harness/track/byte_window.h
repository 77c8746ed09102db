/* The latest bytes of many directions, in memory that does not grow with them: what is handed on in
 * order of positions, and what later copies are compared with.
 *
 * Bytes lie in pages, which all directions share; when there are no more, the oldest page is used
 * again. What is in it then goes to its owner's sink first, with all before it: a hole below is
 * given up. Bytes in order go to the sink as they come. The first copy of each byte wins. */
#ifndef TRACK_BYTE_WINDOW_H
#define TRACK_BYTE_WINDOW_H

#include "base/map.h"
#include "track/tcp_dir.h"

struct window_page;
struct window_side;

/* Takes runs of bytes of S in order of their positions. Runs are as long as it happens. */
typedef void window_sink(struct window_side *s, struct bytes b);

struct byte_window {
    window_sink *sink;
    struct map map;             /* owner and page number -> index */
    struct window_page *pages;  /* one block: only what was used is in memory */
    uint32_t npages, max, next; /* made, allowed, the oldest once all are made */
    struct range_list fresh;    /* scratch */
    uint64_t uncompared; /* bytes sent again, or first copies of them, that were not there to be
                            compared */
};

/* One direction. A million streams have two each: no larger than it must be. */
struct window_side {
    struct tcp_store store; /* to be lent to it */
    struct byte_window *w;
    struct range_set kept; /* positions whose bytes were captured */
    int64_t
        at; /* up to here the sink has had them; until it has begun, it begins here at the lowest */
    int64_t gone;  /* below, nothing can be compared any more */
    uint32_t last; /* page used last; MAP_NONE: none */
    bool begun;
    bool broken; /* bytes came behind the sink's place: it lacks them */
};

/* BYTES: memory for all pages; those of one large segment at least. */
void byte_window_init(struct byte_window *w, size_t bytes, window_sink *sink);
void byte_window_release(struct byte_window *w); /* its sides may then only be released */

/* W is borrowed. S must stay at its address. */
void window_side_init(struct window_side *s, struct byte_window *w);

/* Hands the rest to the sink, holes left out. D: whose bytes they are. */
void window_side_finish(struct window_side *s, const struct tcp_dir *d);
void window_side_release(struct window_side *s);

#endif
