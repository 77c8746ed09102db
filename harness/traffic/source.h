/* Where frames come from: the two families of capture formats behind one call. */
#ifndef TRAFFIC_SOURCE_H
#define TRAFFIC_SOURCE_H

#include "base/bytes.h"
#include "base/err.h"

#include <stdio.h>

struct source_frame {
    int64_t time_ns;
    struct bytes data; /* valid until the next call */
    uint32_t wire_len;
    uint32_t linktype; /* LINKTYPE_* */
};

struct source;

struct source_ops {
    /* ERR_OK, ERR_END, or what is wrong, in words in TEXT. */
    enum err (*next)(struct source *s, struct source_frame *out, char *text, size_t cap);
    void (*close)(struct source *s);
};

struct source {
    const struct source_ops *ops;
};

/* Each takes STREAM, also on failure, and says in TEXT why it gives NULL. */
struct source *source_pcap_open(FILE *stream, char *text, size_t cap);
struct source *source_pcapng_open(FILE *stream, char *text, size_t cap);

/* Seconds and nanoseconds as one number; what does not fit in it becomes the nearest that does. */
int64_t source_time(uint64_t seconds, uint64_t ns);

#endif
