/* How far apart the clocks of the taps are, before their packets are put in one order.
 *
 * The BO's tap is the reference. The HO's is compared with it by payloads that both saw; the WAN's
 * by what ESP held, which takes its keys: sizes alone do not tell one packet from another, so that
 * without keys nothing is said of it but that. */
#ifndef CLI_LEG_CLOCKS_H
#define CLI_LEG_CLOCKS_H

#include "cli/leg_files.h"
#include "judge/tap_clock.h"

struct leg_clocks {
    bool has[EV_EVENTS];       /* the leg has files */
    struct tap_offset ho;      /* HO against BO */
    struct tap_offset wan;     /* WAN against the LAN that tells more */
    enum evidence_leg wan_lan; /* which that is */
    bool opened;               /* something of the WAN could be opened */
};

/* Reads the files once, but for those that can be read only once (-). J: has the keys. */
void leg_clocks_compare(struct leg_clocks *c, const struct leg_files *f, struct judge *j);

/* What to take from the times of LEG. */
int64_t leg_clocks_mend(const struct leg_clocks *c, enum evidence_leg leg);

void leg_clocks_say(const struct leg_clocks *c, struct judge *j);

#endif
