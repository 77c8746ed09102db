/* How far apart the clocks of two taps are, from what both saw.
 *
 * A payload that each LAN saw exactly once is the same packet. Whatever its delay, it did not
 * arrive before it left: those of one direction bound the offset from above, those of the other
 * from below. Addresses and sequence numbers are not looked at beyond telling directions apart, so
 * translation does not matter. Memory is fixed: what is more than that is left out. */
#ifndef JUDGE_TAP_CLOCK_H
#define JUDGE_TAP_CLOCK_H

#include "wire/pkt.h"

struct tap_clock;

struct tap_clock *tap_clock_new(void);
void tap_clock_free(struct tap_clock *c); /* NULL is fine */

/* A packet that the tap of SITE (0: BO, 1: HO) saw at TIME_NS. In any order. */
void tap_clock_add(struct tap_clock *c, int site, const struct pkt *p, int64_t time_ns);

struct tap_offset {
    bool known;              /* packets of both directions were seen on both LANs */
    bool contradicts;        /* no one offset explains all of them: a clock was set, or drifts */
    int64_t low_ns, high_ns; /* the HO tap's clock is ahead of the BO tap's by so much */
    uint64_t packets;        /* that it rests on */
};

struct tap_offset tap_clock_offset(const struct tap_clock *c);

/* What to take from the HO tap's times: 0 when they may be right as they are. */
int64_t tap_offset_mend(const struct tap_offset *o);

#endif
