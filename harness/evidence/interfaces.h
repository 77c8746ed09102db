/* The interfaces of a pcapng section, numbered as they come, and which leg each is. For evidence/
 * only. */
#ifndef EVIDENCE_INTERFACES_H
#define EVIDENCE_INTERFACES_H

#include "evidence/writer.h"
#include "wire/pcapng.h"

struct interface {
    enum evidence_leg leg;      /* EV_LEGS: not named as one */
    uint64_t ticks;             /* of its time stamps, a second */
    int64_t offset_s;           /* seconds added to them */
    uint64_t received, dropped; /* by the last statistics block */
};

struct interfaces {
    struct interface *list;
    size_t n;
    size_t legs; /* those named as legs */
};

void interfaces_release(struct interfaces *all);

/* ERR_UNSUPPORTED: a leg that is no Ethernet. ERR_FORMAT: options that make no sense, or thousands
 * of interfaces. */
MUST_USE enum err interfaces_add(struct interfaces *all, const struct pcapng_interface *i);

/* NULL: no such number. */
struct interface *interfaces_get(const struct interfaces *all, uint32_t number);

/* A time stamp as Unix time in nanoseconds; INT64_MAX when it does not fit. */
int64_t interface_time_ns(const struct interface *i, uint64_t time);

#endif
