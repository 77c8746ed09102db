/* Where frames come from: the two families of capture formats behind one call. */
#ifndef TRAFFIC_SOURCE_H
#define TRAFFIC_SOURCE_H

#include "base/err.h"
#include "traffic/intake.h"

struct source_frame {
    int64_t time_ns;
    struct bytes data; /* valid until the next call */
    uint32_t wire_len;
    uint32_t linktype; /* LINKTYPE_* */
};

/* What was read past. */
struct source_damage {
    uint64_t places;
    uint64_t bytes; /* not read because of it */
    enum err err;   /* of the first place */
    char text[128];
};

struct source;

struct source_ops {
    /* ERR_OK, ERR_END, or ERR_SHORT when the stream ends inside something, in words in TEXT. What
     * is damaged before that is read past and counted in `damage`. */
    enum err (*next)(struct source *s, struct source_frame *out, char *text, size_t cap);
    void (*close)(struct source *s);
};

struct source {
    const struct source_ops *ops;
    struct source_damage damage;
    uint64_t unknown_blocks; /* of types that no registry has; left out */
    uint32_t unknown_type;   /* of the first */
};

/* Each takes IN, also on failure, and says in TEXT why it gives NULL. */
struct source *source_pcap_open(struct intake *in, char *text, size_t cap);
struct source *source_pcapng_open(struct intake *in, char *text, size_t cap);

/* One more damaged place. TEXT is kept of the first. */
void source_note(struct source *s, enum err e, const char *text);

/* Seconds and nanoseconds as one number; what does not fit in it becomes the nearest that does. */
int64_t source_time(uint64_t seconds, uint64_t ns);

#endif
